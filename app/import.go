package app

import (
	"context"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Import takes in a mail of the past: into the conversation that it belongs to, or a
// one of its own, closed unless open says else, as of the day that it was written. Nobody is told, nothing is
// promised and nothing is sent. What came from an address of ours or of a member is
// the team's word. A mail that is there already is not taken in again.
func (a *App) Import(ctx context.Context, acc channel.Account, body []byte, open bool) (Received, error) {
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return Received{}, err
	}
	raw := channel.Raw{ContentType: "message/rfc822", Body: body}
	messages, err := ch.Parse(ctx, acc, raw)
	if err != nil {
		return Received{}, desk.Errorf(desk.Invalid, "%s", err)
	}
	ctx = System(ctx, acc.Workspace)
	entry, err := a.rawEntry(ctx, acc, raw)
	if err != nil {
		return Received{}, err
	}
	ready, err := a.prepare(ctx, messages)
	if err != nil {
		return Received{}, err
	}
	err = a.write(ctx, func(tx *store.WriteTx) error {
		for _, in := range ready {
			if err := a.importOne(ctx, tx, acc, &entry, in, open); err != nil {
				return err
			}
		}
		entry.FinishedAt = a.now()
		if entry.State == store.RawDuplicate {
			return nil
		}
		return tx.InsertRaw(entry)
	})
	return Received{entry.ID, entry.State, entry.Reason, entry.Conversation, entry.Message}, err
}

// importOne records one message of the past.
func (a *App) importOne(ctx context.Context, tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound, open bool) error {
	entry.Summary = desk.Line(in.From.Name+" "+in.From.ID+": "+in.Subject, 200)
	id := desk.MessageID(a.number())
	first, err := tx.ClaimInbound(acc.ID, in.Dedupe, id)
	if err != nil {
		return err
	}
	if first != id {
		entry.State, entry.Reason, entry.Message = store.RawDuplicate, "This message had arrived before.", first
		return nil
	}
	in.Auto, in.Origin, in.Bounce, in.From.Verified = desk.AutoImported, desk.Origin{}, nil, false
	if err := turned(tx, &in); err != nil {
		return err
	}
	inbox, err := tx.Inbox(acc.Inbox)
	if err != nil {
		return err
	}
	// An archive is as true as whoever brings it: who answers in a thread is part of it.
	join, _, err := a.thread(tx, inbox, in)
	if err != nil {
		return err
	}
	contact, err := a.contactOf(tx, in)
	if err != nil {
		return err
	}
	m := a.messageOf(id, acc, contact, in)
	m.CreatedAt, m.AuthorKind = m.At, desk.AuthorContact
	if in.Colleague != "" {
		m.Side, m.AuthorKind, m.AuthorName, m.Contact, m.Sender = desk.SideTeam, desk.AuthorColleague, in.Colleague, 0, ""
	}
	cmd := desk.Receive{Message: m}
	if join == nil {
		cmd.Open = opening(inbox, acc, contact, in, 0)
		cmd.Open.AI = false
		if open {
			cmd.Open.Closed, cmd.Open.Source = false, desk.SourceContact
		}
	}
	act := from(ctx)
	act.past = m.At
	return a.record(context.WithValue(ctx, key{}, act), tx, entry, in, join, desk.Actor{Kind: desk.ActorSystem}, cmd)
}

// turned makes what came from an address of ours, or of a member, the team's word to
// the first who is neither.
func turned(tx *store.WriteTx, in *inbound) error {
	own, err := tx.OwnAddresses()
	if err != nil {
		return err
	}
	members, err := tx.Members()
	if err != nil {
		return err
	}
	for _, m := range members {
		own = append(own, strings.ToLower(m.Email))
	}
	if !slices.Contains(own, in.From.ID) {
		return nil
	}
	if in.Colleague = in.From.Name; in.Colleague == "" {
		in.Colleague = in.From.ID
	}
	var to []string
	if in.Email != nil {
		to = slices.Concat(in.Email.To, in.Email.Cc)
	}
	for _, s := range to {
		if a, ok := desk.ParseAddress(s); ok && !slices.Contains(own, strings.ToLower(a.Email)) {
			in.From = channel.Identity{Kind: desk.KindMail, ID: strings.ToLower(a.Email), Name: a.Name, Email: a.Email}
			return nil
		}
	}
	return desk.Errorf(desk.Invalid, "It is from your team to your team: there is no customer in it.")
}

// ImportInto returns the mail account of an inbox, by the inbox's name or its address.
func (a *App) ImportInto(ctx context.Context, name string) (channel.Account, error) {
	var found []string
	err := a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { found, err = tx.AddressesOfInbox(strings.TrimSpace(name)); return err })
	switch {
	case err != nil:
		return channel.Account{}, err
	case len(found) == 0:
		return channel.Account{}, desk.Errorf(desk.NotFound, "There is no inbox %q with a mail address. Give the name or the address that stands in the settings.", name)
	case len(found) > 1:
		return channel.Account{}, desk.Errorf(desk.Invalid, "Several addresses are meant by %q: %s. Give one of them.", name, strings.Join(found, ", "))
	}
	return a.Lookup(ctx, desk.KindMail, found[0])
}
