package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// byForward is what Origin.By says of a mail that a teammate forwarded.
const byForward = "forward"

// handOn looks at mails by which somebody of the team hands on what a customer wrote,
// before their files are stored. Where who forwarded it is proven to be of the team,
// and who wrote it can be read without a doubt, the message is theirs; in a doubt it
// stays as it came, and says that somebody has to decide. Of everybody else a forward
// is a mail like others.
func (a *App) handOn(ctx context.Context, acc channel.Account, messages []channel.Inbound) error {
	if !slices.ContainsFunc(messages, func(m channel.Inbound) bool { return m.Forward != nil }) {
		return nil
	}
	return a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		inbox, err := tx.Inbox(acc.Inbox)
		if err != nil {
			return err
		}
		for i := range messages {
			if err := handOn(tx, inbox, &messages[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func handOn(tx *store.Tx, inbox desk.Inbox, in *channel.Inbound) error {
	f := in.Forward
	if f == nil || in.Origin.Proof != desk.ProofProven || in.Email == nil || in.Auto != "" {
		in.Forward = nil
		return nil
	}
	by, err := memberOf(tx, in.From.ID)
	if err != nil || by.User == 0 || !by.Role.May(desk.MayAnswer) || !by.Sees(inbox.ID) {
		in.Forward = nil
		return err
	}
	said := channel.Forwarded{By: f.By, User: by.User.String(), Email: f.From.Email, From: f.From.Email}
	if f.From.Name != "" && f.From.Email != "" {
		said.From = f.From.Name + " <" + f.From.Email + ">"
	}
	if !f.Date.IsZero() {
		said.Date = &f.Date
	}
	certain, err := isCustomer(tx, f.From.ID)
	if err != nil {
		return err
	}
	if !certain {
		said.Email, said.From = "", "" // one of us wrote it: it is no customer's
	}
	in.Email.Forwarded = &said
	if certain = certain && f.Sure && !inbox.Settings.KeepForwards; certain {
		certain, err = neverBlocked(tx, f.From)
	}
	if !certain || err != nil {
		said.Waits, in.Forward = true, nil
		return err
	}
	f.User = by.User
	in.From, in.Subject, in.Text, in.VisibleEnd, in.HTML, in.Files = f.From, f.Subject, f.Text, f.VisibleEnd, f.HTML, f.Files
	if in.Subject == "" {
		in.Subject = desk.Line(f.Text, 80)
	}
	if !f.Date.IsZero() {
		in.At = f.Date
	}
	in.Thread.Own = append(slices.Clone(f.Own), in.Thread.Own...)
	in.Thread.Parents = append(slices.Clone(f.Own), in.Thread.Parents...)
	in.Email.From, in.Email.ReplyTo = said.From, ""
	in.Origin, in.Hush = forwardOrigin(f.From.ID), true
	return nil
}

// forwardOrigin is what is known of who wrote a mail that somebody forwarded: what that
// one says.
func forwardOrigin(address string) desk.Origin {
	_, domain, _ := strings.Cut(address, "@")
	return desk.Origin{Proof: desk.ProofUnproven, By: byForward, Domain: domain}
}

// isCustomer reports whether an address is nobody's of the team, nor of an inbox.
func isCustomer(tx *store.Tx, address string) (bool, error) {
	if address == "" {
		return false, nil
	}
	m, err := memberOf(tx, address)
	if err != nil || m.User != 0 {
		return false, err
	}
	own, err := tx.OwnAddresses()
	return !slices.Contains(own, address), err
}

// neverBlocked reports whether somebody is not blocked: of who is, nothing is kept,
// but a teammate's mail is.
func neverBlocked(tx *store.Tx, who channel.Identity) (bool, error) {
	c, err := tx.IdentityContact(who.Kind, who.Scope, who.ID)
	if desk.KindOf(err) == desk.NotFound {
		return true, nil
	}
	return !c.Blocked, err
}

// Originator implements desk.World.
func (w *world) Originator(id desk.MessageID) (who desk.Originator, err error) {
	m, err := w.Message(id)
	if err != nil {
		return who, err
	}
	f := forwardedOf(m).Forwarded
	if f == nil || !f.Waits {
		return who, nil
	}
	if f.Email == "" {
		return who, desk.Errorf(desk.Invalid, "Who wrote this mail cannot be read. Write to them in a new conversation.")
	}
	address := strings.ToLower(f.Email)
	name, _, _ := strings.Cut(f.From, " <")
	if name == f.From {
		name = ""
	}
	c, err := w.app.contactOf(w.WriteTx, inbound{Inbound: channel.Inbound{From: channel.Identity{Kind: "email", ID: address, Name: name, Email: f.Email}}})
	return desk.Originator{Contact: c.ID, Blocked: c.Blocked}, err
}

// forwardedOf reads what the inbox shows of a mail's header.
func forwardedOf(m desk.Message) (header channel.Email) {
	if len(m.Email) == 0 || json.Unmarshal(m.Email, &header) != nil {
		return channel.Email{}
	}
	return header
}

// takeForward makes a message that of who wrote the mail in it.
func takeForward(tx *store.WriteTx, f desk.ForwardTaken) error {
	m, err := tx.MessageByID(f.Message)
	if err != nil {
		return err
	}
	header := forwardedOf(m)
	if header.Forwarded == nil {
		return nil
	}
	all, err := tx.Contacts([]desk.ContactID{f.Contact})
	if err != nil {
		return err
	}
	header.Forwarded.Waits = false
	if m.Email, err = json.Marshal(header); err != nil {
		return err
	}
	here := m.Origin
	m.Contact, m.Sender, m.AuthorName = f.Contact, strings.ToLower(header.Forwarded.Email), all[f.Contact].Title()
	m.Origin = forwardOrigin(m.Sender)
	m.Origin.Here, m.Origin.Answers = here.Here, here.Answers
	return tx.SetAuthor(m)
}
