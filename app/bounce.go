package app

import (
	"parley/desk"
	"parley/store"
)

// bounced puts word of a message that did not arrive into that message's
// conversation, and returns the command that marks the message as failed. When it
// did not reach somebody in copy, the message counts as sent: the customer has it.
func (a *App) bounced(tx *store.WriteTx, inbox desk.Inbox, in *inbound, route *desk.Routing) ([]desk.Command, error) {
	if in.Bounce == nil {
		return nil, nil
	}
	id, err := in.Bounce.ID, error(nil)
	if id == 0 {
		id, err = tx.ThreadMessage(inbox.ID, in.Bounce.Message)
	}
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil, nil // of a message that is gone
	}
	if err != nil {
		return nil, err
	}
	m, err := tx.MessageByID(id)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Side != desk.SideTeam {
		return nil, nil
	}
	c, err := tx.Conversation(m.Conversation)
	if err != nil {
		return nil, err
	}
	if c.Inbox != inbox.ID {
		return nil, nil
	}
	*route = desk.Routing{Join: &c}
	in.aside = m.Kind == desk.KindAside
	if in.Bounce.Notice {
		return nil, nil
	}
	if copied := (desk.Recipients{Cc: m.Cc, Bcc: m.Bcc}); in.Bounce.Recipient != "" && copied.Has(in.Bounce.Recipient) {
		return nil, nil
	}
	return []desk.Command{desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: in.Bounce.Reason}}, nil
}
