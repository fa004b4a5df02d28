package app

import (
	"context"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// CameIn takes in that a customer came through a channel and has written nothing
// yet (E26, T4). Where the inbox says so that opens a conversation in which nobody
// waits, unless they have an open one; it returns that conversation, or 0.
func (a *App) CameIn(ctx context.Context, acc channel.Account, from channel.Identity) (opened desk.ConversationID, err error) {
	ctx = As(ctx, acc.Workspace, desk.Actor{Kind: desk.ActorContact})
	err = a.write(ctx, func(tx *store.WriteTx) error {
		opened = 0
		inbox, err := tx.Inbox(acc.Inbox)
		if err != nil {
			return err
		}
		contact, err := a.contactOf(tx, inbound{Inbound: channel.Inbound{From: from}})
		switch {
		case err != nil:
			return err
		case contact.Blocked, !inbox.Settings.OpenOnWelcome, inbox.Settings.TrackingDisabled, inbox.Grouping != desk.PerContact:
			return nil
		}
		found, err := tx.Candidates(inbox.OpenScope, contact.ID)
		if err != nil || found.Active != nil {
			return err
		}
		open := opening(inbox, acc, contact, inbound{}, 0)
		open.Source = desk.SourceWelcome
		r, err := a.execute(ctx, tx, nil, []desk.Command{desk.Open{Opened: *open}})
		opened = r.Conversation.ID
		return err
	})
	return opened, err
}
