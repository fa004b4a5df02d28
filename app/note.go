package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/store"
)

// letRead lets people read a conversation that they were called to (F1-43), by
// name or as one of a group, unless they see all of its inbox anyhow.
func letRead(tx *store.WriteTx, c desk.Conversation, mentions []desk.Mention) error {
	if len(mentions) == 0 {
		return nil
	}
	all, err := tx.Members()
	if err != nil {
		return err
	}
	for _, m := range all {
		called := slices.ContainsFunc(mentions, func(by desk.Mention) bool { return by.Calls(m) })
		if !called || m.Sees(c.Inbox) && m.Actor().SeesAll() {
			continue
		}
		if err := tx.AddReader(c.ID, m.User); err != nil {
			return err
		}
	}
	return nil
}

// mayChange refuses commands of somebody who only reads here because they were
// mentioned; how far they have read is their own.
func mayChange(a desk.Actor, c *desk.Conversation, cmd desk.Command) error {
	if c == nil || a.Kind != desk.ActorUser || a.SeesKept(c.Keeping()) {
		return nil
	}
	switch cmd.(type) {
	case desk.MarkRead, desk.MarkUnread:
		return nil
	}
	return desk.Errorf(desk.Forbidden, "You may read this conversation because you were mentioned in it. To change it, ask to be given it, or ask an admin to add you to its inbox.")
}

// maxContactNote is how long a note about a customer may be, in characters.
const maxContactNote = 20_000

// AddContactNote keeps something about a customer (F3-67).
func (a *App) AddContactNote(ctx context.Context, contact desk.ContactID, text string) (n store.ContactNote, err error) {
	n = store.ContactNote{ID: desk.ContactNoteID(a.number()), Contact: contact, User: from(ctx).User, CreatedAt: a.now()}
	if n.Text, err = contactNoteText(text); err != nil {
		return n, err
	}
	return n, a.Change(ctx, "contact_note", n.ID.String(), "created", func(tx *store.WriteTx) error {
		if _, err := tx.Contact(contact); err != nil {
			return err
		}
		p, err := tx.Person(n.User)
		if err != nil {
			return err
		}
		n.Author = p.Name
		return tx.SaveContactNote(n)
	})
}

// ChangeContactNote gives a note about a customer another text, takes it away or
// puts it back; nil leaves it. Only its author may say something else in it.
func (a *App) ChangeContactNote(ctx context.Context, contact desk.ContactID, id desk.ContactNoteID, text *string, removed *bool) (n store.ContactNote, err error) {
	action := "changed"
	if removed != nil && *removed {
		action = "removed"
	}
	return n, a.Change(ctx, "contact_note", id.String(), action, func(tx *store.WriteTx) error {
		if _, err := tx.Contact(contact); err != nil {
			return err
		}
		if n, err = tx.ContactNote(contact, id); err != nil {
			return err
		}
		if text != nil {
			if n.User != from(ctx).User {
				return desk.Errorf(desk.Forbidden, "Only %s can change this note. Add one of your own.", n.Author)
			}
			if n.Text, err = contactNoteText(*text); err != nil {
				return err
			}
			n.EditedAt = a.now()
		}
		if removed != nil {
			n.RemovedAt = time.Time{}
			if *removed {
				n.RemovedAt = a.now()
			}
		}
		return tx.SaveContactNote(n)
	})
}

func contactNoteText(text string) (string, error) {
	text = strings.TrimSpace(desk.Clean(text))
	if text == "" {
		return "", field("text", "Write something first.")
	}
	if n := len([]rune(text)); n > maxContactNote {
		return "", desk.Errorf(desk.TooLarge, "This note has %d characters; the most is %d.", n, maxContactNote)
	}
	return text, nil
}
