package app

import (
	"slices"
	"strings"

	"parley/desk"
	"parley/store"
)

// isAside reports whether what somebody writes into a conversation is between them and
// the team: it answers what was forwarded, or only that was ever sent to them. What the
// customer writes never is, nor what somebody wrote who is found not to be its sender.
func isAside(tx *store.WriteTx, c desk.Conversation, contact desk.Contact, in inbound) (bool, error) {
	if p := in.Origin.Proof; p == desk.ProofFailed || p == desk.ProofSuspicious {
		return false, nil
	}
	asides, err := tx.Asides(c.ID, 100)
	if err != nil || len(asides) == 0 {
		return false, err
	}
	same, err := tx.MergedContacts(contact.ID)
	if err != nil || c.Contact == contact.ID || slices.Contains(same, c.Contact) {
		return false, err
	}
	if slices.ContainsFunc(asides, func(m desk.Message) bool { return m.ID == in.Origin.Answers }) {
		return true, nil
	}
	known := map[string]bool{}
	for _, m := range asides {
		addressesOf(m, known)
	}
	if !known[strings.ToLower(in.From.ID)] {
		return false, nil
	}
	public, err := participates(tx, c, contact, in)
	return !public, err
}

// placeAside puts what somebody answers to a forwarded mail into its conversation, where
// every contact has one of their own.
func (a *App) placeAside(tx *store.WriteTx, inbox desk.Inbox, contact desk.Contact, in *inbound) (route desk.Routing, err error) {
	if in.Email == nil {
		return route, nil
	}
	found, why, err := a.thread(tx, inbox, *in)
	if err != nil || found == nil {
		return route, err
	}
	if in.Origin.Answers, err = answers(tx, inbox, *in); err != nil {
		return route, err
	}
	if in.aside, err = isAside(tx, *found, contact, *in); in.aside {
		in.Origin.Here, route.Join = why, found
	}
	return route, err
}
