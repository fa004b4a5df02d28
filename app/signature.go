package app

import (
	"context"
	"encoding/json"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/richtext"
	"parley/store"
)

// OwnSignature is what somebody is in a workspace, and what they put under their
// mails there: Markdown with variables.
type OwnSignature struct{ Title, Signature string }

// OwnSignature returns the actor's.
func (a *App) OwnSignature(ctx context.Context) (s OwnSignature, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		m, err := tx.Member(from(ctx).User)
		if err != nil {
			return err
		}
		s.Title = m.Title
		s.Signature, err = tx.Signature(m.User)
		return err
	})
	return s, err
}

// SaveOwnSignature stores the actor's, and returns what was stored.
func (a *App) SaveOwnSignature(ctx context.Context, s OwnSignature) (OwnSignature, error) {
	var err error
	s.Title = desk.Line(s.Title, maxNameRunes)
	if s.Signature, err = desk.CleanSignature(s.Signature); err != nil {
		return s, field("signature", err.Error())
	}
	return s, a.write(ctx, func(tx *store.WriteTx) error {
		m, err := tx.Member(from(ctx).User)
		if err != nil {
			return err
		}
		if err := tx.SaveSignature(m.User, s.Title, s.Signature); err != nil {
			return err
		}
		return a.memberChanged(ctx, tx, m, false, m.Active && m.Available())
	})
}

// signer returns what is known of somebody who signs mails of an inbox, and what they
// put under them; 0 is nobody of the team.
func signer(tx *store.Tx, inbox desk.Inbox, user desk.UserID) (known desk.Known, own string, err error) {
	w, err := tx.Workspace()
	if err != nil {
		return nil, "", err
	}
	var m desk.Member
	if user != 0 {
		if m, err = tx.Member(user); err != nil {
			return nil, "", err
		}
		if own, err = tx.Signature(user); err != nil {
			return nil, "", err
		}
	}
	return desk.NewKnown(desk.Contact{}, desk.Conversation{}, m, inbox, w.Name), own, nil
}

// Signature implements desk.World.
func (w *world) Signature(inbox desk.Inbox, user desk.UserID) (string, error) {
	return signature(w.Tx, inbox, user)
}

func signature(tx *store.Tx, inbox desk.Inbox, user desk.UserID) (string, error) {
	known, own, err := signer(tx, inbox, user)
	return inbox.Settings.SignatureOf(own, known), err
}

// AnsweredMail implements desk.World.
func (w *world) AnsweredMail(in desk.ConversationID, id desk.MessageID) (desk.Answered, error) {
	a, _, err := answeredMail(w.Tx, in, id)
	return a, err
}

// answeredMail returns the mail that an answer in a conversation answers: who wrote it and
// whoever its header names have had it.
func answeredMail(tx *store.Tx, in desk.ConversationID, id desk.MessageID) (a desk.Answered, m desk.Message, err error) {
	if id != 0 {
		m, err = tx.MessageByID(id)
	} else {
		m, err = tx.LastMail(in)
	}
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return a, m, nil
	}
	if err != nil || len(m.Email) == 0 || !m.DeletedAt.IsZero() {
		return a, m, err
	}
	var head channel.Email
	if err := json.Unmarshal(m.Email, &head); err != nil {
		return a, m, err
	}
	a.Message = m.ID
	for _, list := range [][]string{{head.From, head.ReplyTo}, head.To, head.Cc} {
		for _, s := range list {
			if address, ok := desk.ParseAddress(s); ok {
				a.Seen = append(a.Seen, address)
			}
		}
	}
	return a, m, nil
}

// quotedMail returns a mail as an answer to a customer quotes it; nil when it was
// taken away since.
func quotedMail(tx *store.Tx, id desk.MessageID, contact desk.ContactID) (*channel.Quoted, error) {
	m, err := tx.MessageByID(id)
	if desk.KindOf(err) == desk.NotFound && err != nil || err == nil && !m.DeletedAt.IsZero() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := tx.Contact(contact)
	if err != nil {
		return nil, err
	}
	return quoted(m, c), nil
}

func quoted(m desk.Message, c desk.Contact) *channel.Quoted {
	q := &channel.Quoted{At: m.At.UTC(), Language: c.Language, Text: m.Text, HTML: m.HTML, From: desk.Address{Name: m.AuthorName, Email: m.Sender}}
	var head channel.Email
	if json.Unmarshal(m.Email, &head) == nil {
		if from, ok := desk.ParseAddress(head.From); ok {
			q.From = from
		}
	}
	if zone, err := desk.LoadZone(c.Zone); err == nil && c.Zone != "" {
		q.At = m.At.In(zone)
	}
	return q
}

// finish gives a message on its way out what stands below its text.
func finish(tx *store.Tx, m desk.Message, contact desk.ContactID, out *channel.Outbound) (err error) {
	if m.Signature != "" {
		if out.SignedHTML, out.Signature, err = richtext.Reply(m.Signature, nil); err != nil {
			return err
		}
	}
	if m.Quotes != 0 {
		out.Quoted, err = quotedMail(tx, m.Quotes, contact)
	}
	return err
}

// Below is what would stand below the text of a mail.
type Below struct {
	Signature string         // Markdown, filled; "" is none
	Quote     string         // the line above the quote and the quote, as text; "" where there is no mail to quote
	Quoted    bool           // the answer quotes it
	Unseen    []desk.Address // whom the answer goes to and who has not had that mail
	Off       bool           // the inbox quotes nothing
	At        time.Time      // when the mail was written
}

// Below returns what would stand below an answer of the actor.
func (a *App) Below(ctx context.Context, id desk.ConversationID, to desk.Recipients, says desk.Quoting) (b Below, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		inbox, err := tx.Inbox(c.Inbox)
		if err != nil {
			return err
		}
		if b.Signature, err = signature(tx, inbox, from(ctx).User); err != nil {
			return err
		}
		was, m, err := answeredMail(tx, c.ID, 0)
		if err != nil || was.Message == 0 {
			return err
		}
		contact, err := tx.Contact(c.Contact)
		if err != nil {
			return err
		}
		q := quoted(m, contact)
		b.Quote, _ = mail.Quote(mail.Quoted{From: mail.Address(q.From), At: q.At, Language: q.Language, Text: q.Text})
		b.Quoted, b.Unseen, b.Off, b.At = inbox.Settings.Quotes(was, to, says), was.UnseenBy(to), inbox.Settings.QuotingDisabled, m.At
		return nil
	})
	return b, err
}

// Sample is a signature that is being written, for a look at it.
type Sample struct {
	Inbox     desk.InboxID // 0 is the first that the actor sees
	Signature *string      // nil is what would stand under a mail of the actor
	Title     *string      // what the actor is; nil is as it was stored
}

// Sign returns a signature as it would stand under a mail of the actor: Markdown.
func (a *App) Sign(ctx context.Context, s Sample) (signed string, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		inbox, err := sampleInbox(tx, s.Inbox)
		if err != nil {
			return err
		}
		known, own, err := signer(tx, inbox, from(ctx).User)
		if err != nil {
			return err
		}
		if s.Title != nil {
			m, err := tx.Member(from(ctx).User)
			if err != nil {
				return err
			}
			w, err := tx.Workspace()
			if err != nil {
				return err
			}
			m.Title = desk.Line(*s.Title, maxNameRunes)
			known = desk.NewKnown(desk.Contact{}, desk.Conversation{}, m, inbox, w.Name)
		}
		if s.Signature == nil {
			signed = inbox.Settings.SignatureOf(own, known)
			return nil
		}
		text, err := desk.CleanSignature(*s.Signature)
		if err != nil {
			return field("signature", err.Error())
		}
		signed = known.Sign(text)
		return nil
	})
	return signed, err
}

// sampleInbox returns an inbox that the reader sees, or with 0 the first of those.
func sampleInbox(tx *store.Tx, id desk.InboxID) (desk.Inbox, error) {
	if id != 0 && !tx.Scope().Sees(id) {
		return desk.Inbox{}, desk.Errorf(desk.NotFound, "There is no such inbox here.")
	}
	if id != 0 {
		return tx.Inbox(id)
	}
	all, err := tx.Inboxes()
	if err != nil || len(all) == 0 {
		return desk.Inbox{}, err
	}
	return all[0], nil
}
