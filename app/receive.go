package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Received is what became of one thing that arrived.
type Received struct {
	Raw          desk.RawEventID
	State        store.RawState
	Reason       string
	Conversation desk.ConversationID
	Message      desk.MessageID
}

// QueueIntake is the queue of raw events that wait to be understood.
const QueueIntake = "intake"

// Accept stores what arrived and enqueues its processing, in one transaction.
// When it returns nil the event will become a message, a duplicate or a dead
// letter, whatever happens to this process.
func (a *App) Accept(ctx context.Context, acc channel.Account, raw channel.Raw) error {
	ctx = System(ctx, acc.Workspace)
	if len(raw.Body) > inRow {
		if by, err := a.blockedLetter(ctx, acc, raw); by != 0 || err != nil { // before it is stored as a file
			_, err = a.turnAway(ctx, acc, by, err)
			return err
		}
	}
	entry, err := a.rawEntry(ctx, acc, raw)
	if err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.WriteTx) error {
		if err := tx.InsertRaw(entry); err != nil {
			return err
		}
		return tx.Enqueue(store.Job{
			ID: desk.JobID(a.number()), Workspace: acc.Workspace, Queue: QueueIntake, Lane: laneOf(raw.Envelope["mail_from"]),
			Payload: int64(entry.ID), RunAt: entry.ReceivedAt, CreatedAt: entry.ReceivedAt,
		})
	})
}

// Uploads are files that a visitor uploaded before the message they go with.
type Uploads struct {
	IDs      []desk.AttachmentID
	Uploader string
}

// Receive stores what arrived and what it means in one transaction, for channels
// that answer while the sender waits.
func (a *App) Receive(ctx context.Context, acc channel.Account, raw channel.Raw, uploads Uploads) (Received, error) {
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return Received{}, err
	}
	messages, err := ch.Parse(ctx, acc, raw)
	if err != nil {
		return Received{}, desk.Errorf(desk.Invalid, "%s", err)
	}
	ctx = System(ctx, acc.Workspace)
	if len(raw.Body) > inRow || slices.ContainsFunc(messages, func(m channel.Inbound) bool { return len(m.Files) > 0 }) {
		if by, err := a.blockedSender(ctx, messages); by != 0 || err != nil { // before files are stored
			return a.turnAway(ctx, acc, by, err)
		}
	}
	entry, err := a.rawEntry(ctx, acc, raw)
	if err != nil {
		return Received{}, err
	}
	ready, err := a.prepare(ctx, messages)
	if err != nil {
		return Received{}, err
	}
	err = a.write(ctx, func(tx *store.WriteTx) error {
		// An upload that was sent already belongs to the first copy of this
		// message; the second one is a duplicate and needs it no more.
		files, missing := tx.FreeAttachments(uploads.IDs, uploads.Uploader)
		if missing != nil && desk.KindOf(missing) != desk.NotFound {
			return missing
		}
		now := slices.Clone(ready)
		for i := range now {
			now[i].uploads = files
		}
		if err := a.finishRaw(ctx, tx, acc, &entry, now); err != nil {
			return err
		}
		if missing != nil && entry.State == store.RawMessage {
			return missing
		}
		if entry.State == store.RawBlocked {
			return nil
		}
		return tx.InsertRaw(entry)
	})
	if err == nil {
		a.arrived(acc.Kind, entry.State)
	}
	if entry.State == store.RawBlocked {
		return Received{State: entry.State}, err
	}
	return Received{entry.ID, entry.State, entry.Reason, entry.Conversation, entry.Message}, err
}

// inRow is up to how many bytes a raw event is kept in its row: the row is
// synced to disk with its transaction, a file would be synced for itself.
const inRow = 64 << 10

// rawEntry describes the bytes, and puts many of them into the blob store.
func (a *App) rawEntry(ctx context.Context, acc channel.Account, raw channel.Raw) (store.RawEvent, error) {
	body, hash, size := raw.Body, raw.Kept.Hash, int64(len(raw.Body))
	switch {
	case hash != "":
		size = raw.Kept.Size
	case size > inRow:
		var err error
		if hash, size, err = a.Blobs.Put(ctx, bytes.NewReader(raw.Body), size); err != nil {
			return store.RawEvent{}, fmt.Errorf("store a raw event: %w", err)
		}
		body = nil
	}
	at := raw.At.UTC().Truncate(time.Microsecond)
	if at.IsZero() {
		at = a.now()
	}
	return store.RawEvent{
		ID: desk.RawEventID(a.number()), Channel: acc.ID, Dedupe: raw.Dedupe, ContentType: raw.ContentType, Envelope: raw.Envelope,
		Body: body, Hash: hash, Size: size, State: store.RawReceived, ReceivedAt: at,
	}, nil
}

// Keep implements channel.Keeper.
func (a *App) Keep(ctx context.Context, r io.Reader, limit int64) (kept channel.Kept, err error) {
	kept.Hash, kept.Size, err = a.Blobs.Put(ctx, r, limit)
	return kept, err
}

// RawBytes returns what arrived, as it arrived.
func (a *App) RawBytes(ctx context.Context, id desk.RawEventID) (io.ReadCloser, error) {
	var entry store.RawEvent
	var body []byte
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		if entry, err = tx.Raw(id); err != nil {
			return err
		}
		if err := dropped(entry); err != nil {
			return err
		}
		body, err = tx.RawBody(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.open(entry, body)
}

// open returns the bytes of an entry, of which body are those in its row.
func (a *App) open(entry store.RawEvent, body []byte) (io.ReadCloser, error) {
	if entry.Hash != "" {
		return a.Blobs.Reader(entry.Hash)
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

// process turns one stored raw event into messages. It is the job of QueueIntake.
func (a *App) process(ctx context.Context, j store.Job) error {
	ctx = System(ctx, j.Workspace)
	var entry store.RawEvent
	var body []byte
	var acc channel.Account
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		if entry, err = tx.Raw(desk.RawEventID(j.Payload)); err != nil {
			return err
		}
		if body, err = tx.RawBody(entry.ID); err != nil {
			return err
		}
		ch, err := tx.Channel(entry.Channel)
		if err != nil {
			return err
		}
		acc, err = a.account(j.Workspace, ch)
		return err
	})
	if err != nil {
		return err
	}
	ready, reason, err := a.understandInTurn(ctx, acc, &entry, body)
	if by, ok := errors.AsType[*blockedError](err); ok {
		return a.dropRaw(ctx, acc, j, entry.ID, by.contact)
	}
	if err != nil {
		return err
	}
	var ended store.RawState
	err = a.write(ctx, func(tx *store.WriteTx) error {
		current, err := tx.Raw(entry.ID)
		if err != nil {
			return err
		}
		ended, current.Auth = "", entry.Auth
		if current.State == store.RawReceived {
			if reason != "" {
				current.State, current.Reason, current.FinishedAt = store.RawDeadLetter, reason, a.now()
			} else {
				if err := a.finishRaw(ctx, tx, acc, &current, ready); err != nil {
					return err
				}
			}
			ended = current.State
			if ended == store.RawBlocked {
				err = tx.DropRaw(current.ID)
			} else {
				err = tx.FinishRaw(current)
			}
			if err != nil {
				return err
			}
		}
		return tx.Finish(j)
	})
	if err == nil && ended != "" {
		a.arrived(acc.Kind, ended)
	}
	return err
}

// arrived tells whoever counts.
func (a *App) arrived(kind string, state store.RawState) {
	if a.Arrived != nil {
		a.Arrived(kind, state)
	}
}

// understandInTurn is understand, once there is room for as much as it reads.
func (a *App) understandInTurn(ctx context.Context, acc channel.Account, entry *store.RawEvent, body []byte) ([]inbound, string, error) {
	leave, err := a.large.enter(ctx, entry.Size)
	if err != nil {
		return nil, "", err
	}
	defer leave()
	return a.understand(ctx, acc, entry, body)
}

// understand finds out who wrote a raw event, and notes that in entry, and parses
// it; reason says why it will never be a message.
func (a *App) understand(ctx context.Context, acc channel.Account, entry *store.RawEvent, body []byte) (ready []inbound, reason string, err error) {
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return nil, "This Parley has no such channel any more.", nil
	}
	if entry.Hash != "" {
		if body, err = a.Blobs.ReadAll(ctx, entry.Hash); err != nil {
			return nil, "", err
		}
	}
	if asks, ok := channel.As[channel.Authenticator](ch); ok && len(entry.Auth) == 0 {
		entry.Auth = asks.Authenticate(ctx, acc, channel.Raw{ContentType: entry.ContentType, Envelope: entry.Envelope, Body: body, At: entry.ReceivedAt})
	}
	messages, err := ch.Parse(ctx, acc, channel.Raw{
		Dedupe: entry.Dedupe, ContentType: entry.ContentType, Envelope: entry.Envelope, Auth: entry.Auth, Body: body, At: entry.ReceivedAt,
	})
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case err != nil:
		return nil, desk.Line(err.Error(), 500), nil
	case len(messages) == 0:
		return nil, "There is no message in it.", nil
	}
	if err := a.handOn(ctx, acc, messages); err != nil {
		return nil, "", err
	}
	by, err := a.blockedSender(ctx, messages)
	if err == nil && by != 0 {
		err = &blockedError{by}
	}
	if err != nil {
		return nil, "", err
	}
	ready, err = a.prepare(ctx, messages)
	return ready, "", err
}

// inbound is a message whose files are in the blob store.
type inbound struct {
	channel.Inbound
	files   []desk.Attachment // stored with the message
	uploads []desk.Attachment // there already
	aside   bool              // its author is not the customer, who sees nothing of it
}

// prepare stores files before the transaction that refers to them.
func (a *App) prepare(ctx context.Context, messages []channel.Inbound) ([]inbound, error) {
	var ready []inbound
	for _, m := range messages {
		in := inbound{Inbound: m}
		for _, f := range m.Files {
			file, err := a.storeFile(ctx, f)
			if err != nil {
				return nil, err
			}
			in.files = append(in.files, file)
		}
		in.Inbound.Files = nil
		ready = append(ready, in)
	}
	return ready, nil
}

// finishRaw records the messages of a raw event and notes in entry what became
// of it; the caller stores that. The last message decides; a mail or a post has one.
func (a *App) finishRaw(ctx context.Context, tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, ready []inbound) error {
	for _, in := range ready {
		if err := a.receive(ctx, tx, acc, entry, in); err != nil {
			return err
		}
	}
	entry.FinishedAt = a.now()
	return a.touchInbound(tx, acc.ID, entry.FinishedAt)
}

// touchInbound records when a channel took something in last, to the minute:
// most messages find that done.
func (a *App) touchInbound(tx *store.WriteTx, ch desk.ChannelID, at time.Time) error {
	minute := at.Truncate(time.Minute).UnixMicro()
	if last, ok := a.touched.Load(ch); ok && last == minute {
		return nil
	}
	a.touched.Store(ch, minute)
	return tx.TouchInbound(ch, at)
}

// receive is the inbound routing algorithm of the specification (1.3) in one
// transaction: duplicates, blocked contacts, the contact, the conversation.
func (a *App) receive(ctx context.Context, tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound) error {
	entry.Summary = desk.Line(in.From.Name+" "+in.From.ID+": "+in.Subject, 200)
	id := desk.MessageID(a.number())
	tx.ForeseeInbound(in.From.Kind, in.From.Scope, in.From.ID, acc.Inbox, in.Thread.Parents)
	first, err := tx.ClaimInbound(acc.ID, in.Dedupe, id)
	if err != nil {
		return err
	}
	if first != id {
		entry.State, entry.Reason, entry.Message = store.RawDuplicate, "This message had arrived before.", first
		if m, err := tx.Messages([]desk.MessageID{first}); err == nil && len(m) == 1 {
			entry.Conversation = m[0].Conversation
		}
		return nil
	}
	if in.Answered != nil {
		return a.receiveAnswer(ctx, tx, acc, entry, in)
	}
	if in.Colleague != "" {
		return a.receiveColleague(ctx, tx, acc, entry, in, id)
	}
	if own, err := isOwn(tx, acc, in); own || err != nil {
		return errors.Join(err, refuse(tx, acc, entry, in, "It says that it is from one of our own addresses."))
	}
	contact, err := a.contactOf(tx, in)
	if err != nil {
		return err
	}
	if contact.Blocked { // nothing of it is kept, but that it came
		entry.State = store.RawBlocked
		if err := tx.ReleaseInbound(acc.ID, in.Dedupe); err != nil {
			return err
		}
		return tx.TurnAway(contact.ID, a.now())
	}
	inbox, err := tx.Inbox(acc.Inbox)
	if err != nil {
		return err
	}
	if acc.Kind == desk.KindMail && in.Auto == "" { // who writes has a mailbox
		if err := a.reached(tx, in.From.ID); err != nil {
			return err
		}
	}
	tx.ForeseeContactTags(contact.ID)
	hush, more, err := a.guard(tx, acc, inbox, in)
	if err != nil {
		return err
	}
	route, err := a.place(tx, inbox, contact, &in)
	if err != nil {
		return err
	}
	returned, err := a.bounced(tx, inbox, &in, &route)
	if err != nil {
		return err
	}
	if returned != nil {
		in.Origin.Here = desk.PlacedBounce
	}
	if route.Join != nil && route.Join.MergedInto != 0 {
		return errLost // it was merged meanwhile
	}
	if route.Ignore != "" {
		return refuse(tx, acc, entry, in, route.Ignore)
	}
	m := a.messageOf(id, acc, contact, in)
	cmd := desk.Receive{Message: m, Hush: hush}
	if in.Forward != nil && in.Forward.User != 0 {
		cmd.Forward = &desk.HandedOn{By: in.Forward.User, Note: in.Forward.Note}
	}
	if route.Join == nil {
		cmd.Open = opening(inbox, acc, contact, in, route.Previous)
		cmd.Open.Greet, cmd.Open.AI = cmd.Open.Greet && !hush, cmd.Open.AI && !hush
	}
	return a.record(ctx, tx, entry, in, route.Join, desk.Actor{Kind: desk.ActorContact}, cmd, append(returned, more...)...)
}

// record posts a message that arrived, gives the commands that follow from it, and
// notes in entry where it is. join is nil when it begins a conversation.
func (a *App) record(ctx context.Context, tx *store.WriteTx, entry *store.RawEvent, in inbound, join *desk.Conversation, by desk.Actor, post desk.Receive, more ...desk.Command) error {
	for _, f := range in.files {
		if err := tx.InsertAttachment(f, "", a.now()); err != nil {
			return err
		}
	}
	act := from(ctx)
	act.Actor, act.job, act.request = by, nil, request{}
	r, err := a.execute(context.WithValue(ctx, key{}, act), tx, join, append([]desk.Command{post}, more...))
	if err != nil {
		return err
	}
	if err := tx.SaveThread(r.Conversation.Inbox, r.Conversation.ID, post.Message.ID, in.Thread.Own); err != nil {
		return err
	}
	entry.State, entry.Conversation, entry.Message = store.RawMessage, r.Conversation.ID, post.Message.ID
	return nil
}

// refuse makes a dead letter of something that could be a message. Its key is
// free again, so that a replay takes it in once the reason is gone.
func refuse(tx *store.WriteTx, acc channel.Account, entry *store.RawEvent, in inbound, reason string) error {
	entry.State, entry.Reason = store.RawDeadLetter, reason
	return tx.ReleaseInbound(acc.ID, in.Dedupe)
}

// opening says how a conversation begins with a message (T1). Automatic mail is
// kept in a closed one: it asks nothing of anybody.
func opening(inbox desk.Inbox, acc channel.Account, contact desk.Contact, in inbound, previous desk.ConversationID) *desk.Opened {
	open := &desk.Opened{
		Inbox: inbox.ID, Channel: acc.ID, Contact: contact.ID, Grouping: inbox.Grouping, OpenScope: inbox.OpenScope,
		Source: desk.SourceContact, Previous: previous, Greet: inbox.Settings.Welcome != "", AI: inbox.Settings.HasAI(), Subject: desk.Line(in.Subject, desk.MaxSubject),
	}
	if open.Subject == "" {
		open.Subject = desk.Line(in.Text, 80)
	}
	if in.Auto != "" {
		open.Source, open.Closed, open.Greet = desk.SourceAutomatic, true, false
	}
	return open
}

func (a *App) messageOf(id desk.MessageID, acc channel.Account, contact desk.Contact, in inbound) desk.Message {
	at := in.At.UTC().Truncate(time.Microsecond)
	// A provider's clock may be wrong; a message from the future would keep
	// every answer from counting as later.
	if now := a.now(); at.IsZero() || at.After(now) {
		at = now
	}
	m := desk.Message{
		ID: id, Channel: acc.ID, Kind: desk.KindMessage, Side: desk.SideCustomer, AuthorKind: desk.AuthorContact, Contact: contact.ID,
		Sender: in.From.ID, AuthorName: contact.Title(), Text: desk.Clean(in.Text), VisibleEnd: in.VisibleEnd, HTML: in.HTML, Subject: desk.Line(in.Subject, desk.MaxSubject),
		Files: slices.Concat(in.files, in.uploads), At: at, CreatedAt: a.now(), ClientID: in.ClientID, ExternalID: in.ExternalID, Auto: in.Auto, Origin: in.Origin, Unreadable: in.Unreadable,
	}
	if in.aside {
		m.Kind = desk.KindAside
	}
	if in.Auto != "" && !m.Strange() {
		m.AuthorKind = desk.AuthorAutomation
	}
	if in.Email != nil {
		if b, err := json.Marshal(in.Email); err == nil {
			m.Email = b
		}
	}
	return m
}
