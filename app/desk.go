package app

import (
	"context"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Start is a conversation that somebody of the team begins (E6).
type Start struct {
	Inbox   desk.InboxID
	Channel desk.ChannelID // 0: the inbox's first
	Contact desk.ContactID // or Email
	Email   string
	Name    string
	desk.Header
	Text      string // the first message; "" writes nothing yet
	Files     []desk.AttachmentID
	ClientID  string
	Supersede bool // closes a resolved conversation with the contact, which would be in the way (T2)
}

// Start begins a conversation with a contact, who is made when they are new.
func (a *App) Start(ctx context.Context, s Start) (Result, error) {
	var r Result
	err := a.write(ctx, func(tx *store.WriteTx) (err error) { r, err = a.start(ctx, tx, s); return err })
	return r, err
}

func (a *App) start(ctx context.Context, tx *store.WriteTx, s Start) (r Result, err error) {
	act := from(ctx)
	if !act.Role.May(desk.MayAnswer) {
		return r, desk.Errorf(desk.Forbidden, "Your role here is %s, which may not begin conversations.", act.Role)
	}
	if !act.Sees(s.Inbox) {
		return r, desk.Errorf(desk.NotFound, "There is no such inbox here.")
	}
	inbox, err := tx.Inbox(s.Inbox)
	if err != nil {
		return r, err
	}
	ch, err := startChannel(tx, s)
	if err != nil {
		return r, err
	}
	contact, err := a.startContact(tx, s)
	if err != nil {
		return r, err
	}
	if contact.Blocked { // F4-22
		return r, desk.Errorf(desk.Forbidden, "This customer is blocked. Unblock them first.")
	}
	if err := a.supersede(ctx, tx, inbox, contact, s.Supersede); err != nil {
		return r, err
	}
	open := desk.Open{Opened: desk.Opened{
		Inbox: inbox.ID, Channel: ch, Contact: contact.ID, Grouping: inbox.Grouping, OpenScope: inbox.OpenScope, Source: desk.SourceUser, By: act.User,
		AI: inbox.Settings.HasAI(), Subject: desk.Line(s.Subject, desk.MaxSubject),
	}}
	if open.Subject == "" {
		open.Subject = desk.Line(s.Text, 80)
	}
	cmds := []desk.Command{open}
	if strings.TrimSpace(s.Text) != "" || len(s.Files) > 0 {
		cmds = append(cmds, desk.Reply{Text: s.Text, Files: s.Files, ClientID: s.ClientID, AtOnce: true, Header: s.recipients()}) // a beginning is not taken back
	}
	return a.execute(ctx, tx, nil, cmds)
}

// recipients is to whom the first message goes: the subject is the conversation's.
func (s Start) recipients() desk.Header {
	s.Subject = ""
	return s.Header
}

// supersede closes the contact's resolved conversation before the team begins
// another one, once that is confirmed (T2).
func (a *App) supersede(ctx context.Context, tx *store.WriteTx, inbox desk.Inbox, contact desk.Contact, confirmed bool) error {
	if inbox.Grouping != desk.PerContact {
		return nil
	}
	found, err := tx.Candidates(inbox.OpenScope, contact.ID)
	if err != nil || found.Active != nil || found.Resolved == nil {
		return err
	}
	if !confirmed {
		return unnamed(tx, &desk.Error{
			Kind: desk.Conflict, Message: "A resolved conversation with this customer is closed when a new one begins. Go on there, or confirm with supersede.",
			Details: map[string]any{"conversation_id": found.Resolved.ID},
		})
	}
	act := from(ctx)
	act.request = request{} // the answer to the request is the new conversation
	_, err = a.execute(context.WithValue(ctx, key{}, act), tx, found.Resolved, []desk.Command{desk.Supersede{}})
	return err
}

func startChannel(tx *store.WriteTx, s Start) (desk.ChannelID, error) {
	all, err := tx.Channels()
	if err != nil {
		return 0, err
	}
	for _, ch := range all {
		if ch.Inbox == s.Inbox && !ch.Disabled && (s.Channel == 0 || s.Channel == ch.ID) {
			return ch.ID, nil
		}
	}
	return 0, desk.Errorf(desk.Invalid, "This inbox has no channel to write through. Connect one in the settings.")
}

func (a *App) startContact(tx *store.WriteTx, s Start) (desk.Contact, error) {
	if s.Contact != 0 {
		c, err := tx.LockContact(s.Contact)
		if err == nil && c.MergedInto != 0 {
			err = contactGone(c.MergedInto)
		}
		return c, err
	}
	if s.Email == "" && len(s.To) > 0 {
		to, _ := desk.ParseAddress(s.To[0])
		s.Email, s.Name = to.Email, to.Name
	}
	email := store.FoldEmail(s.Email)
	if !desk.IsEmail(email) {
		return desk.Contact{}, field("email", "Say to whom: a contact or a mail address.")
	}
	own, err := tx.OwnAddresses()
	if err == nil && slices.Contains(own, email) {
		err = field("email", "This is an address of your own team. Write to somebody else.")
	}
	if err != nil {
		return desk.Contact{}, err
	}
	return a.contactOf(tx, inbound{Inbound: channel.Inbound{From: channel.Identity{Kind: "email", ID: email, Name: s.Name, Email: email}}})
}

// ReadNotifications marks the actor's notifications as seen, up to one.
func (a *App) ReadNotifications(ctx context.Context, upTo int64) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		if err := tx.ReadNotifications(upTo, a.now()); err != nil {
			return err
		}
		return tx.AppendEvent(&desk.Event{
			Workspace: WorkspaceFrom(ctx), At: a.now(), By: ActorFrom(ctx), Command: desk.CommandID(a.number()), Fact: desk.Notified{User: from(ctx).User},
		})
	})
}

// RestartJob starts a job again that gave up.
func (a *App) RestartJob(ctx context.Context, id desk.JobID) error {
	return a.write(ctx, func(tx *store.WriteTx) error { return tx.RestartJob(id, a.now()) })
}

// Replay takes in a dead letter again.
func (a *App) Replay(ctx context.Context, id desk.RawEventID) error {
	return a.write(ctx, func(tx *store.WriteTx) error {
		r, err := tx.Raw(id)
		if err != nil {
			return err
		}
		if r.State != store.RawDeadLetter {
			return desk.Errorf(desk.Conflict, "Only a dead letter can be replayed.")
		}
		r.State, r.Reason = store.RawReceived, ""
		if err := tx.FinishRaw(r); err != nil {
			return err
		}
		now := a.now()
		return tx.Enqueue(store.Job{
			ID: desk.JobID(a.number()), Workspace: WorkspaceFrom(ctx), Queue: QueueIntake, Payload: int64(id), RunAt: now, CreatedAt: now,
		})
	})
}
