package app

import (
	"context"
	"slices"

	"parley/channel"
	"parley/desk"
	"parley/internal/richtext"
	"parley/store"
)

// Outgoing is a message to a customer, with all a channel needs to send it.
type Outgoing struct {
	Account channel.Account
	Channel channel.Channel
	Message channel.Outbound
	State   desk.Delivery
	Reason  string // why it still waits, if it was tried
	Machine bool   // no person of the team wrote it
	Ailing  bool   // the channel's last try failed
}

// Outgoing loads a message that is to be sent.
func (a *App) Outgoing(ctx context.Context, id desk.MessageID) (out Outgoing, err error) {
	var m desk.Message
	var built store.OutgoingRaw
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if out, m, err = a.outgoing(ctx, tx, id); err != nil {
			return err
		}
		if built, err = tx.OutgoingRaw(m.ID); err != nil && desk.KindOf(err) != desk.NotFound {
			return err
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if out.Message.Built, err = a.builtBytes(ctx, built); err != nil || out.Message.Built != nil {
		return out, err
	}
	for _, f := range a.carriedFiles(ctx, &out, m.Files) {
		data, err := a.Blobs.ReadAll(ctx, f.Hash)
		if err != nil {
			return out, err
		}
		out.Message.Files = append(out.Message.Files, channel.File{Name: f.Name, ContentType: f.ContentType, ContentID: f.ContentID, Inline: f.Inline, Data: data})
	}
	return out, nil
}

// outgoing loads all but the bytes of a message's files, which are those of the message
// that it returns.
func (a *App) outgoing(ctx context.Context, tx *store.Tx, id desk.MessageID) (out Outgoing, m desk.Message, err error) {
	if m, err = tx.MessageByID(id); err != nil {
		return out, m, err
	}
	c, err := tx.PeekConversation(m.Conversation)
	if err != nil {
		return out, m, err
	}
	if m.Channel == 0 {
		return out, m, desk.Errorf(desk.Invalid, "This conversation has no channel to answer through.")
	}
	ch, err := tx.Channel(m.Channel)
	if err != nil {
		return out, m, err
	}
	if ch.Disabled {
		return out, m, desk.Errorf(desk.Invalid, "The channel %s is switched off. Switch it on in the settings, then send again.", ch.Name)
	}
	if out.Account, err = a.account(WorkspaceFrom(ctx), ch); err != nil {
		return out, m, err
	}
	to, also, err := addressee(tx, c, ch, m)
	if err != nil {
		return out, m, err
	}
	keys, err := tx.ThreadKeys(c.ID, m.Kind, 20)
	if err != nil {
		return out, m, err
	}
	answers, err := answered(tx, c, m)
	out.Message = channel.Outbound{
		Message: m.ID, Conversation: c.ID, To: to, Also: also, Cc: m.Cc, Bcc: m.Bcc, AuthorName: m.AuthorName, Subject: c.Subject, Text: m.Text, Parents: keys, Answers: answers, At: m.At,
		Keep: func(ctx context.Context, built []byte) error { return a.keepBuilt(ctx, m.ID, built) },
	}
	if err != nil {
		return out, m, err
	}
	if m.Subject != "" {
		out.Message.Subject, out.Message.Exact = m.Subject, true
	}
	if m.Auto == desk.AutoSurvey && ch.Kind != chatKind {
		link, err := a.surveyLink(WorkspaceFrom(ctx), m.ID)
		if err != nil {
			return out, m, err
		}
		out.Message.Auto = true
		out.Message.Unsubscribe = a.unsubscribeLink(WorkspaceFrom(ctx), m.ID)
		out.Message.Text += "\n\nChoose an answer here: <" + link + ">"
	}
	if out.Channel, err = a.Channel(ch.Kind); err != nil {
		return out, m, err
	}
	if err := a.render(&out, m); err != nil {
		return out, m, err
	}
	if err := finish(tx, m, c.Contact, &out.Message); err != nil {
		return out, m, err
	}
	theirs, err := carry(tx, m, &out.Message)
	if err != nil {
		return out, m, err
	}
	m.Files = slices.Concat(m.Files, theirs)
	out.Machine = m.AuthorKind != desk.AuthorUser
	out.State, out.Reason, out.Ailing = m.Delivery, m.DeliveryReason, ch.LastError != ""
	return out, m, nil
}

// answered returns the thread key of the mail that one of the team answers, or "".
func answered(tx *store.Tx, c desk.Conversation, m desk.Message) (string, error) {
	switch {
	case m.Kind != desk.KindAside:
		return tx.AnsweredKey(c.ID)
	case m.Answers == 0:
		return "", nil
	}
	return tx.MessageKey(c.ID, m.Answers)
}

// render makes of what was written what its channel can show (F2-34).
func (a *App) render(out *Outgoing, m desk.Message) (err error) {
	html := richtext.Verbatim(out.Message.Text)
	if m.Markdown {
		if html, out.Message.Text, err = richtext.Reply(out.Message.Text, a.placed(out, m.Files)); err != nil {
			return err
		}
	}
	if out.Channel.Kind().Caps.HTML {
		out.Message.HTML = html
	}
	return nil
}

// addressee returns whom a message goes to: as it was settled when it was written, or
// else as a channel knows the customer; and who else stands in To.
func addressee(tx *store.Tx, c desk.Conversation, ch desk.Channel, m desk.Message) (channel.Identity, []desk.Address, error) {
	if ch.Kind != desk.KindMail || len(m.To) == 0 {
		to, err := recipient(tx, c.Contact, ch, c.ID)
		return to, nil, err
	}
	first := m.To[0]
	return channel.Identity{Kind: "email", ID: first.Email, Name: first.Name, Email: first.Email}, m.To[1:], nil
}

// Reachable returns why a contact cannot be written to through a channel, or nil.
func Reachable(tx *store.Tx, contact desk.ContactID, ch desk.Channel) error {
	_, err := recipient(tx, contact, ch, 0)
	return err
}

// recipient returns how a channel knows a contact. Of several ways, as somebody has
// who was known twice, it is the one by which they wrote in the conversation last.
func recipient(tx *store.Tx, id desk.ContactID, ch desk.Channel, conversation desk.ConversationID) (channel.Identity, error) {
	all, err := tx.Contacts([]desk.ContactID{id})
	if err != nil {
		return channel.Identity{}, err
	}
	c := all[id]
	to := channel.Identity{Name: c.Name, Email: c.Email, Phone: c.Phone}
	identities, err := tx.Identities(id)
	if err != nil {
		return to, err
	}
	identities = slices.DeleteFunc(identities, func(i store.Identity) bool {
		return i.Scope != ch.ID.String() && (i.Scope != "" || (i.Kind == "email") != (ch.Kind == "email"))
	})
	if len(identities) > 1 && conversation != 0 {
		sender, err := tx.Sender(conversation, ch.ID)
		if err != nil {
			return to, err
		}
		if at := slices.IndexFunc(identities, func(i store.Identity) bool { return i.ID == sender }); at > 0 {
			identities[0] = identities[at]
		}
	}
	if len(identities) > 0 {
		i := identities[0]
		to.Kind, to.Scope, to.ID = i.Kind, i.Scope, i.ID
		if i.Kind == "email" {
			to.Email = i.ID
		}
		return to, nil
	}
	if ch.Kind == "email" && c.Email != "" {
		to.Kind, to.ID = "email", c.Email
		return to, nil
	}
	return to, desk.Errorf(desk.Invalid, "%s cannot be reached through %s. Choose another channel.", c.Title(), ch.Name)
}

// SetHealth records whether a channel works, for its page in the settings.
func (a *App) SetHealth(ctx context.Context, ch desk.ChannelID, problem string) error {
	ctx = Meanwhile(ctx) // the job of the message has more to do
	err := a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.SetChannelHealth(ch, problem, a.now()) })
	switch {
	case err != nil:
		return err
	case problem == "":
		return a.works(ctx, ch, store.WayOut, 0, -1)
	}
	return a.fails(ctx, ch, store.WayOut, problem, true)
}

// Author returns who of the team wrote a message; 0 is nobody.
func (a *App) Author(ctx context.Context, id desk.MessageID) (user desk.UserID, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		m, err := tx.MessageByID(id)
		user = m.User
		return err
	})
	return user, err
}

// Depart says that a reply which waited is about to leave: from here on it is not
// taken back. It reports false when it was.
func (a *App) Depart(ctx context.Context, id desk.MessageID) (may bool, err error) {
	err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) (err error) { may, err = tx.Depart(id); return err })
	return may, err
}
