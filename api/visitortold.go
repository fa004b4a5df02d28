package api

import (
	"context"

	"parley/app"
	"parley/desk"
	"parley/store"
)

func (s *server) visitorTypes(ctx context.Context, v visit, on bool) error {
	return s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace, Inboxes: []desk.InboxID{v.account.Inbox}}, func(tx *store.Tx) error {
		all, _, err := chatConversations(tx, v.contact, 1)
		if err != nil || len(all) == 0 {
			return err
		}
		contacts, err := tx.Contacts([]desk.ContactID{v.contact})
		if err != nil {
			return err
		}
		kept, err := tx.Kept(all[0])
		if err != nil {
			return err
		}
		s.visitorTyping(all[0], kept, contacts[v.contact].Title(), on)
		return nil
	})
}

// settleUpTo records how far the team's messages have come: delivered when the
// chat has them, read when the visitor has seen them.
func (s *server) settleUpTo(ctx context.Context, v visit, seq int64, state desk.Delivery) error {
	ctx = app.System(ctx, v.account.Workspace)
	var due []desk.Message
	err := s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace, Inboxes: []desk.InboxID{v.account.Inbox}}, func(tx *store.Tx) error {
		_, ids, err := chatConversations(tx, v.contact, 5)
		if err != nil || len(ids) == 0 {
			return err
		}
		messages, err := tx.ChatMessages(ids, v.account.Inbox, 0, newest)
		messages, _ = shown(messages, s.now())
		for _, m := range messages {
			behind := m.Delivery == desk.DeliveryQueued || m.Delivery == desk.DeliverySent || m.Delivery == desk.DeliveryDelivered && state == desk.DeliveryRead
			if m.Side == desk.SideTeam && behind && seqOf(m.ID) <= seq {
				due = append(due, m)
			}
		}
		return err
	})
	for _, m := range due {
		if err == nil {
			_, err = s.App.Do(ctx, m.Conversation, desk.Settle{Message: m.ID, State: state})
		}
	}
	return err
}
