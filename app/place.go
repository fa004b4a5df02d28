package app

import (
	"strings"
	"time"

	"parley/desk"
	"parley/internal/mail"
	"parley/store"
)

// place finds the conversation a message belongs to, and notes in it why. A message
// of somebody who is not part of that conversation waits in it for a decision.
func (a *App) place(tx *store.WriteTx, inbox desk.Inbox, contact desk.Contact, in *inbound) (desk.Routing, error) {
	if inbox.Grouping == desk.PerContact {
		if route, err := a.placeAside(tx, inbox, contact, in); err != nil || in.aside {
			return route, err
		}
		c, err := tx.Candidates(inbox.OpenScope, contact.ID)
		route := desk.Route(inbox, c, a.now())
		in.Origin.Here = placement(route, desk.PlacedContact)
		return route, err
	}
	found, why, err := a.thread(tx, inbox, *in)
	if err != nil {
		return desk.Routing{}, err
	}
	if found == nil {
		if found, err = a.bySubject(tx, inbox, contact, *in); err != nil {
			return desk.Routing{}, err
		}
		why = desk.PlacedSubject
	}
	route := desk.Route(inbox, desk.Candidates{IsReply: len(in.Thread.Parents) > 0, Thread: found}, a.now())
	in.Origin.Here = placement(route, why)
	if route.Join == nil {
		return route, nil
	}
	if in.Origin.Answers, err = answers(tx, inbox, *in); err != nil {
		return route, err
	}
	if in.aside, err = isAside(tx, *found, contact, *in); err != nil || in.aside {
		return route, err
	}
	// A thread key shows that somebody knows of a conversation, not that they are
	// part of it.
	ok, err := participates(tx, *found, contact, *in)
	if err != nil || ok {
		in.Origin.NewSubject = ok && otherSubject(*found, *in)
		return route, err
	}
	if in.Auto == "" {
		in.Auto = desk.AutoStranger
	}
	return route, nil
}

func placement(route desk.Routing, joined desk.Placement) desk.Placement {
	switch {
	case route.Join != nil:
		return joined
	case route.Previous != 0:
		return desk.PlacedAgain
	}
	return desk.PlacedNew
}

// answers returns the message of an inbox that a message answers, or 0.
func answers(tx *store.WriteTx, inbox desk.Inbox, in inbound) (desk.MessageID, error) {
	for _, key := range in.Thread.Parents[:min(len(in.Thread.Parents), 5)] {
		id, err := tx.ThreadMessage(inbox.ID, key)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return 0, err
		}
		if err == nil {
			return id, nil
		}
	}
	return 0, nil
}

// otherSubject reports whether a mail has another subject than its conversation.
func otherSubject(c desk.Conversation, in inbound) bool {
	if in.Email == nil || in.Auto != "" || strings.TrimSpace(in.Subject) == "" || c.Subject == "" {
		return false
	}
	base := mail.BaseSubject(desk.Line(in.Subject, desk.MaxSubject))
	return base != "" && base != mail.BaseSubject(c.Subject)
}

// thread returns the conversation of a signed reply address or of a known
// thread key of this inbox, or nil.
func (a *App) thread(tx *store.WriteTx, inbox desk.Inbox, in inbound) (*desk.Conversation, desk.Placement, error) {
	if in.Thread.Conversation != 0 {
		c, err := tx.Conversation(in.Thread.Conversation)
		if err == nil && c.Inbox == inbox.ID {
			joined, err := follow(tx, inbox, in, c)
			return joined, desk.PlacedToken, err
		}
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return nil, "", err
		}
	}
	c, err := tx.Thread(inbox.ID, in.Thread.Parents)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil, "", nil
	}
	return &c, desk.PlacedAnswer, err
}

// subjectWithin is how long a conversation takes mails by their subject.
const subjectWithin = 7 * 24 * time.Hour

// bySubject returns the one conversation that an answer which names no mail may
// belong to, where the inbox wants that: of the same proven sender, with the same
// subject, and new. Machines and lists write the same subject again and again.
func (a *App) bySubject(tx *store.WriteTx, inbox desk.Inbox, contact desk.Contact, in inbound) (*desk.Conversation, error) {
	base := mail.BaseSubject(desk.Line(in.Subject, desk.MaxSubject))
	if !inbox.Settings.JoinBySubject || in.Auto != "" || in.Origin.Proof != desk.ProofProven || !mail.IsAnswer(in.Subject) || mail.GenericSubject(base) || mail.NoReply(in.From.ID) {
		return nil, nil //nolint:nilnil // no conversation is an answer, not a failure
	}
	all, err := tx.ContactConversations(contact.ID, 20)
	if err != nil {
		return nil, err
	}
	var found *desk.Conversation
	for i, c := range all {
		if c.Inbox != inbox.ID || c.Archived() || a.now().Sub(c.LastActivityAt) > subjectWithin || mail.BaseSubject(c.Subject) != base {
			continue
		}
		if found != nil {
			return nil, nil //nolint:nilnil // two are a guess
		}
		found = &all[i]
	}
	return found, nil
}
