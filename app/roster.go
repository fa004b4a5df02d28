package app

import (
	"parley/desk"
)

// Roster returns whom the rules of an inbox can give a conversation to. It takes
// a turn: rules that decide at the same time, on any node, decide one after the
// other, each with what the one before decided.
func (w *world) Roster(c desk.Conversation) (r desk.Roster, err error) {
	if _, err := w.TakeTurn(); err != nil {
		return r, err
	}
	if r.Tags, err = w.ContactTags(c.Contact); err != nil {
		return r, err
	}
	contacts, err := w.Contacts([]desk.ContactID{c.Contact})
	if err != nil {
		return r, err
	}
	r.Language = contacts[c.Contact].Language
	if r.Teams, err = w.Teams(); err != nil {
		return r, err
	}
	answered, err := w.AnsweredBy(c.Contact)
	if err != nil {
		return r, err
	}
	if len(answered) > 0 {
		r.Previous = answered[0].User
	}
	r.Members, err = w.candidates(c.Inbox)
	return r, err
}

func (w *world) candidates(inbox desk.InboxID) ([]desk.Candidate, error) {
	members, err := w.Members()
	if err != nil {
		return nil, err
	}
	loads, err := w.Loads(w.now)
	if err != nil {
		return nil, err
	}
	here, anywhere, err := w.Turns(inbox)
	if err != nil {
		return nil, err
	}
	all := make([]desk.Candidate, 0, len(members))
	for _, m := range members {
		all = append(all, desk.Candidate{
			Member: m, Open: loads[m.User].Open, Pending: loads[m.User].Pending, Turn: here[m.User], LastTurn: anywhere[m.User], OffHours: m.OffHours(w.now),
		})
	}
	return all, nil
}

// Addressee returns the address by which a mail channel reaches a contact: of several
// the one by which they wrote in the conversation last.
func (w *world) Addressee(contact desk.ContactID, id desk.ChannelID) (desk.Address, error) {
	ch, err := w.Tx.Channel(id)
	if err != nil {
		return desk.Address{}, err
	}
	to, err := recipient(w.WriteTx.Tx, contact, ch, w.conversation)
	a := desk.Address{Name: to.Name, Email: to.ID}
	if a.Name == a.Email {
		a.Name = ""
	}
	return a, err
}

// Reachable returns why a contact cannot be written to through a channel, or nil.
// A channel that the actor does not see is not there.
func (w *world) Reachable(contact desk.ContactID, id desk.ChannelID) error {
	all, err := w.Channels()
	if err != nil {
		return err
	}
	for _, ch := range all {
		if ch.ID != id {
			continue
		}
		if ch.Disabled {
			return desk.Errorf(desk.Invalid, "The channel %s is switched off. Choose another channel.", ch.Name)
		}
		return Reachable(w.WriteTx.Tx, contact, ch)
	}
	return desk.Errorf(desk.NotFound, "There is no such channel here.")
}
