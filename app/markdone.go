package app

import (
	"context"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// MarkDone is what an automation outside says of a customer's matter.
type MarkDone struct {
	From     channel.Identity
	Done     bool        // close what they have open; false opens one
	Source   desk.Source // who says so: desk.SourceWorkflow or desk.SourceDialogflow
	Summary  string
	Category desk.CategoryID
}

// MarkDone closes a customer's conversation, or opens one in which nobody waits (E20 to
// E22, T3, T5, T16, T17). What is so already, and what a blocked customer has, stays as
// it is. It returns the conversation that it changed, or 0.
func (a *App) MarkDone(ctx context.Context, acc channel.Account, m MarkDone) (changed desk.ConversationID, err error) {
	ctx = As(ctx, acc.Workspace, desk.Actor{Kind: desk.ActorAutomation})
	err = a.write(ctx, func(tx *store.WriteTx) error {
		changed = 0
		inbox, err := tx.Inbox(acc.Inbox)
		if err != nil {
			return err
		}
		if inbox.Grouping != desk.PerContact {
			return desk.Errorf(desk.Invalid, "The inbox %s begins a conversation with every thread, so a customer has not one that could be meant. Use the API's verbs on the conversation instead.", inbox.Name)
		}
		if m.Category != 0 {
			if _, err := tx.Category(m.Category); err != nil {
				return err
			}
		}
		contact, err := a.contactOf(tx, inbound{Inbound: channel.Inbound{From: m.From}})
		if err != nil || contact.Blocked {
			return err
		}
		found, err := tx.Candidates(inbox.OpenScope, contact.ID)
		if err != nil {
			return err
		}
		var r Result
		switch there := found.Active; {
		case m.Done && there == nil && found.Resolved == nil, !m.Done && there != nil:
			return nil
		case m.Done:
			if there == nil {
				there = found.Resolved
			}
			r, err = a.execute(ctx, tx, there, []desk.Command{desk.Close{Summary: m.Summary, Category: m.Category, Source: m.Source}})
		case inbox.Settings.TrackingDisabled:
			return nil
		default:
			if err := a.supersede(ctx, tx, inbox, contact, true); err != nil {
				return err
			}
			open := opening(inbox, acc, contact, inbound{}, 0)
			open.Source, open.Greet = m.Source, false
			r, err = a.execute(ctx, tx, nil, []desk.Command{desk.Open{Opened: *open}})
		}
		changed = r.Conversation.ID
		return err
	})
	return changed, err
}
