package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// SaveQuickReply makes a quick reply or a note template, or with an id changes it
// (F1-37, F1-38, F1-45). Its earlier texts stay to be read. Saving one that was
// removed brings it back.
func (a *App) SaveQuickReply(ctx context.Context, q desk.QuickReply) (desk.QuickReply, error) {
	act, action := from(ctx), "changed"
	if q.ID == 0 {
		action, q.ID, q.CreatedAt = "created", desk.QuickReplyID(a.number()), a.now()
	}
	q, err := q.Clean()
	if err != nil {
		return q, err
	}
	return q, a.Change(ctx, "quick_reply", q.ID.String(), action, func(tx *store.WriteTx) error {
		if err := checkAudience(tx, act.Actor, q.Sharing); err != nil {
			return err
		}
		if err := areInboxes(tx, q.Inboxes); err != nil {
			return err
		}
		if slices.ContainsFunc(q.Inboxes, func(i desk.InboxID) bool { return !act.Sees(i) }) {
			return desk.Errorf(desk.NotFound, "There is no such inbox here. Choose one that you see.")
		}
		if q.Tag != 0 {
			if _, err := tx.TagByID(q.Tag); err != nil {
				return err
			}
		}
		q.ChangedBy, q.ChangedAt, q.Edition, q.RemovedAt = act.User, a.now(), 1, time.Time{}
		if action == "changed" {
			old, err := tx.QuickReply(q.ID)
			if err != nil {
				return err
			}
			if err := old.Check(act.Actor); err != nil {
				return err
			}
			q.CreatedAt, q.Uses, q.UsedAt, q.Edition = old.CreatedAt, old.Uses, old.UsedAt, old.Edition
			if old.Text == q.Text && old.Name == q.Name && old.Shortcut == q.Shortcut && old.Category == q.Category {
				q.ChangedBy, q.ChangedAt = old.ChangedBy, old.ChangedAt
			} else {
				q.Edition++
			}
		}
		return tx.SaveQuickReply(q)
	})
}

// DeleteQuickReply takes a quick reply away; what was written with it stays.
func (a *App) DeleteQuickReply(ctx context.Context, id desk.QuickReplyID) error {
	return a.Change(ctx, "quick_reply", id.String(), "removed", func(tx *store.WriteTx) error {
		q, err := tx.QuickReply(id)
		if err != nil {
			return err
		}
		if err := q.Check(from(ctx).Actor); err != nil {
			return err
		}
		q.RemovedAt = a.now()
		return tx.SaveQuickReply(q)
	})
}

// UseQuickReply counts that somebody inserted a quick reply (F2-22).
func (a *App) UseQuickReply(ctx context.Context, id desk.QuickReplyID) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		q, err := tx.QuickReply(id)
		if err != nil {
			return err
		}
		if !q.Reaches(from(ctx).Actor) || !q.RemovedAt.IsZero() {
			return desk.Errorf(desk.NotFound, "There is no such quick reply here.")
		}
		return tx.CountUse(id, a.now())
	})
}

// SaveMacro makes a macro, or with an id changes it. Saving one that was removed
// brings it back.
func (a *App) SaveMacro(ctx context.Context, m desk.Macro) (desk.Macro, error) {
	act, action := from(ctx), "changed"
	if m.ID == 0 {
		action, m.ID, m.CreatedAt = "created", desk.MacroID(a.number()), a.now()
	}
	m, err := m.Clean()
	if err != nil {
		return m, err
	}
	return m, a.Change(ctx, "macro", m.ID.String(), action, func(tx *store.WriteTx) error {
		if err := checkAudience(tx, act.Actor, m.Sharing); err != nil {
			return err
		}
		if action == "changed" {
			old, err := tx.Macro(m.ID)
			if err != nil {
				return err
			}
			if err := old.Check(act.Actor); err != nil {
				return err
			}
			m.CreatedAt = old.CreatedAt
		}
		for i, s := range m.Steps {
			if err := named(tx, s); err != nil {
				if desk.KindOf(err) != desk.NotFound {
					return err
				}
				return field(fmt.Sprintf("steps[%d]", i), fmt.Sprintf("Step %d (%s): %s", i+1, s.Do, err))
			}
		}
		m.RemovedAt = time.Time{}
		return tx.SaveMacro(m)
	})
}

// DeleteMacro takes a macro away; what it did stays, and can be taken back.
func (a *App) DeleteMacro(ctx context.Context, id desk.MacroID) error {
	return a.Change(ctx, "macro", id.String(), "removed", func(tx *store.WriteTx) error {
		m, err := tx.Macro(id)
		if err != nil {
			return err
		}
		if err := m.Check(from(ctx).Actor); err != nil {
			return err
		}
		m.RemovedAt = a.now()
		return tx.SaveMacro(m)
	})
}

// named looks up whatever a step names: none of it may be another workspace's.
func named(tx *store.WriteTx, s desk.Step) error {
	for _, t := range s.Tags {
		if _, err := tx.TagByID(t); err != nil {
			return err
		}
	}
	if s.Assignee != 0 {
		m, err := tx.Member(s.Assignee)
		if err != nil {
			return err
		}
		if !m.Active || !m.Role.May(desk.MayAnswer) {
			return desk.Errorf(desk.NotFound, "%s cannot be given conversations.", m.Name)
		}
	}
	if s.Team != 0 {
		if _, err := tx.Team(s.Team); err != nil {
			return err
		}
	}
	if s.Category == 0 {
		return nil
	}
	_, err := tx.Category(s.Category)
	return err
}

// checkAudience refuses to keep something for others than one may, or for a team
// that there is none of.
func checkAudience(tx *store.WriteTx, who desk.Actor, to desk.Sharing) error {
	if err := to.Check(who); err != nil || to.Team == 0 {
		return err
	}
	_, err := tx.Team(to.Team)
	return err
}

// Offered returns the quick replies of one kind that the actor of ctx can insert in
// a conversation, filled in with what is known there: first those that are linked to
// one of its tags (F2-70), then those in the customer's language, then the most used. What is missing of each is beside it.
func (a *App) Offered(ctx context.Context, id desk.ConversationID, kind desk.QuickKind) (all []Offer, err error) {
	act := from(ctx)
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		known, contact, err := knownIn(tx, c, act.Actor)
		if err != nil {
			return err
		}
		quick, err := tx.QuickReplies()
		for _, q := range quick {
			if q.Kind != kind || !q.Reaches(act.Actor) || len(q.Inboxes) > 0 && !slices.Contains(q.Inboxes, c.Inbox) {
				continue
			}
			o := Offer{QuickReply: q, Solves: q.Tag != 0 && slices.Contains(c.Tags, q.Tag)}
			o.Text, o.Missing = known.Fill(q.Text)
			all = append(all, o)
		}
		slices.SortStableFunc(all, func(x, y Offer) int { return x.apart(contact.Language) - y.apart(contact.Language) })
		slices.SortStableFunc(all, func(x, y Offer) int { return y.first() - x.first() })
		return err
	})
	return all, err
}

// Offer is a quick reply, filled in.
type Offer struct {
	desk.QuickReply
	Missing []string
	Solves  bool // the conversation has the tag that it is linked to
}

func (o Offer) first() int {
	if o.Solves {
		return 1
	}
	return 0
}

// apart is 0 for the language of a customer, 1 for none, 2 for another one.
func (o Offer) apart(language string) int {
	switch {
	case o.Language == "" || language == "":
		return 1
	case o.Language == language:
		return 0
	}
	return 2
}

// knownIn returns the values of variables for somebody who writes in a conversation.
func knownIn(tx *store.Tx, c desk.Conversation, who desk.Actor) (desk.Known, desk.Contact, error) {
	contact, err := tx.Contact(c.Contact)
	if err != nil {
		return nil, contact, err
	}
	inbox, err := tx.Inbox(c.Inbox)
	if err != nil {
		return nil, contact, err
	}
	w, err := tx.Workspace()
	if err != nil {
		return nil, contact, err
	}
	var agent desk.Member
	if who.User != 0 {
		if agent, err = tx.Member(who.User); err != nil {
			return nil, contact, err
		}
	}
	return desk.NewKnown(contact, c, agent, inbox, w.Name), contact, nil
}

// Known returns the values of variables where the actor writes.
func (w *world) Known(c desk.Conversation) (desk.Known, error) {
	k, _, err := knownIn(w.Tx, c, w.by)
	return k, err
}
