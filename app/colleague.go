package app

import (
	"context"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// nowhere is why a colleague's message is a dead letter.
const nowhere = "A colleague's message goes into a conversation with its customer, and there is none. Replay it when there is."

// receiveColleague records what somebody of the organisation who is no agent wrote to
// a customer elsewhere, in the conversation where the customer's own words would go
// (F0-25). It begins none.
func (a *App) receiveColleague(ctx context.Context, tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound, id desk.MessageID) error {
	contact, err := tx.LockIdentity(in.From.Kind, in.From.Scope, in.From.ID)
	if err != nil {
		if desk.KindOf(err) == desk.NotFound {
			return refuse(tx, acc, entry, in, nowhere)
		}
		return err
	}
	inbox, err := tx.Inbox(acc.Inbox)
	if err != nil {
		return err
	}
	tx.ForeseeContactTags(contact.ID)
	route, err := a.place(tx, inbox, contact, &in)
	if err != nil {
		return err
	}
	if route.Join == nil && route.Previous != 0 {
		ended, err := tx.Conversation(route.Previous)
		if err != nil {
			return err
		}
		route.Join = &ended
	}
	switch {
	case route.Join == nil:
		return refuse(tx, acc, entry, in, nowhere)
	case route.Join.MergedInto != 0:
		return errLost // it was merged meanwhile
	}
	in.Auto = "" // a colleague is no stranger
	m := a.messageOf(id, acc, contact, in)
	m.Side, m.AuthorKind, m.AuthorName, m.Contact = desk.SideTeam, desk.AuthorColleague, in.Colleague, 0
	return a.record(ctx, tx, entry, in, route.Join, desk.Actor{Kind: desk.ActorSystem}, desk.Receive{Message: m})
}
