package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

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
	if err := a.rememberBounce(tx, m, *in); err != nil {
		return nil, err
	}
	in.aside = m.Kind == desk.KindAside
	if in.Bounce.Notice {
		return nil, nil
	}
	if copied := (desk.Recipients{Cc: m.Cc, Bcc: m.Bcc}); in.Bounce.Recipient != "" && copied.Has(in.Bounce.Recipient) {
		return nil, nil
	}
	return []desk.Command{desk.Settle{Message: id, State: desk.DeliveryFailed, Reason: in.Bounce.Reason}}, nil
}

// rememberBounce keeps that mail to an address came back, for who writes to it next.
// Only whom the message went to is known by it: anybody can write a notification.
func (a *App) rememberBounce(tx *store.WriteTx, m desk.Message, in inbound) error {
	if in.Bounce.Delayed {
		return nil
	}
	all, address := m.All(), in.Bounce.Recipient
	switch {
	case len(all) == 1 && !m.Has(address): // it names none, or one that it was handed on to
		address = all[0].Email
	case !m.Has(address):
		return nil
	}
	return a.returned(tx, m.ID, address, in.Bounce.Hard, cmp.Or(in.Bounce.Said, in.Bounce.Reason))
}

// returned keeps that a message did not reach an address.
func (a *App) returned(tx *store.WriteTx, m desk.MessageID, address string, hard bool, reason string) error {
	known, err := tx.BouncedAddresses([]string{address})
	if err != nil {
		return err
	}
	b := desk.BouncedAddress{Address: address}
	if len(known) == 1 {
		b = known[0]
	}
	if err := tx.SaveBounced(b.Returned(hard, desk.Line(reason, 300), m, a.now())); err != nil {
		return err
	}
	return a.tellContacts(tx, address, desk.ActorSystem)
}

// reached forgets that mail to an address came back: somebody wrote from it.
func (a *App) reached(tx *store.WriteTx, address string) error {
	if m, err := tx.ForgetBounced(address); err != nil || m == 0 {
		return err
	}
	return a.tellContacts(tx, address, desk.ActorContact)
}

// tellContacts tells screens that something is news of the customers at an address.
func (a *App) tellContacts(tx *store.WriteTx, address string, by desk.ActorKind) error {
	theirs, err := tx.ContactsAt(address)
	for _, id := range theirs {
		err = errors.Join(err, a.contactChanged(tx, id, by))
	}
	return err
}

// Returned keeps that the server of an address refused a message at once.
func (a *App) Returned(ctx context.Context, m desk.MessageID, address, reason string) error {
	ctx = Meanwhile(ctx) // the job of the message has more to do
	return a.write(ctx, func(tx *store.WriteTx) error { return a.returned(tx, m, address, true, reason) })
}

// Bounced returns which of some addresses mail came back from, the newest first.
func (a *App) Bounced(ctx context.Context, addresses []string) (all []desk.BouncedAddress, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error { all, err = bouncedAmong(tx, addresses); return err })
	return all, err
}

// BouncedOf returns the addresses of a customer that mail came back from, the newest
// first: the one we know them by, and those they wrote from.
func BouncedOf(tx *store.Tx, c desk.Contact) ([]desk.BouncedAddress, error) {
	known, err := tx.Identities(c.ID)
	if err != nil {
		return nil, err
	}
	var addresses []string
	if c.Email != "" {
		addresses = append(addresses, c.Email)
	}
	for _, i := range known {
		if i.Kind == desk.KindMail {
			addresses = append(addresses, i.ID)
		}
	}
	return bouncedAmong(tx, addresses)
}

// bouncedAmong returns which of some addresses mail came back from, the newest first.
// Of a message in an inbox that the reader does not see they get only the fact.
func bouncedAmong(tx *store.Tx, addresses []string) ([]desk.BouncedAddress, error) {
	all, err := tx.BouncedAddresses(addresses)
	if err != nil {
		return nil, err
	}
	for i, b := range all {
		if _, err := tx.MessageByID(b.Message); err != nil && desk.KindOf(err) == desk.NotFound {
			all[i].Message = 0
		} else if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(x, y desk.BouncedAddress) int { return y.At.Compare(x.At) })
	return all, nil
}

// ForgetBounced takes away that mail to an address came back. The audit log has it of
// each customer at that address; where nobody is there, of the message that came back:
// no event names an address.
func (a *App) ForgetBounced(ctx context.Context, address string) error {
	act := from(ctx)
	return a.write(ctx, func(tx *store.WriteTx) error {
		m, err := tx.ForgetBounced(address)
		if err != nil || m == 0 {
			return err
		}
		theirs, err := tx.ContactsAt(address)
		if err != nil {
			return err
		}
		command := desk.CommandID(a.number())
		changed := func(subject, id string) error {
			e := desk.Event{
				Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: command,
				Fact: desk.SettingsChanged{Subject: subject, ID: id, Action: "mail_works_again"},
			}
			if err := tx.AppendEvent(&e); err != nil {
				return err
			}
			return a.enqueue(tx, desk.Conversation{}, e)
		}
		if len(theirs) == 0 {
			return changed("bounced_address", m.String())
		}
		for _, id := range theirs {
			err = errors.Join(err, changed("contact", id.String()))
		}
		return err
	})
}
