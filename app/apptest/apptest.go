// Package apptest gives a test a whole desk: a fresh database, real files and
// keys, a clock that stands still until it is moved, and a channel in memory.
package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/effect"
	"parley/internal/blob"
	"parley/internal/secret"
	"parley/responder"
	"parley/store"
	"parley/store/storetest"
)

// Desk is an app with a workspace, an owner, an agent and one inbox.
type Desk struct {
	*app.App
	T         testing.TB
	Clock     *Clock
	Channel   *Channel
	Workspace desk.WorkspaceID
	Owner     desk.Actor
	Agent     desk.Actor
	Inbox     desk.Inbox
	Account   channel.Account
}

// Clock is a clock that a test moves.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// New returns a desk whose inbox groups messages in one way and promises nothing.
func New(t testing.TB, grouping desk.Grouping) *Desk {
	t.Helper()
	return newDesk(t, grouping, &Channel{})
}

// MailAddress is where the inbox of NewMail is written to.
const MailAddress = "support@lindqvist.example"

// NewMail is New with a channel in memory that counts as mail, by threads: who
// writes is known by their mail address.
func NewMail(t testing.TB) *Desk {
	t.Helper()
	return newDesk(t, desk.PerThread, &Channel{mail: true})
}

func newDesk(t testing.TB, grouping desk.Grouping, ch *Channel) *Desk {
	t.Helper()
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	clock := &Clock{now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
	d := &Desk{T: t, Clock: clock, Channel: ch}
	d.App = &app.App{
		DB: storetest.Open(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler), Blobs: blobs, Keys: keys, Channels: []channel.Channel{d.Channel},
		Feed: app.NewBell(), Written: app.NewBell(),
	}
	d.Effects = []app.Effect{effect.Deliver{App: d.App}, effect.Notify{App: d.App}, effect.Replied{App: d.App}, effect.Release{App: d.App}, effect.Digest{App: d.App}, effect.Welcome{App: d.App}, effect.Survey{App: d.App},
		effect.Wake{App: d.App}, effect.Woken{App: d.App}, effect.AutoClose{App: d.App}, effect.AutoArchive{App: d.App},
		effect.Answer{App: d.App, Agents: []responder.Responder{responder.Script{}}},
		effect.AutoAssign{App: d.App}, effect.Leave{App: d.App}, effect.Ailing{App: d.App}, effect.Handover{App: d.App}, effect.Remind{App: d.App},
		effect.PromiseTimer{App: d.App}, effect.PromiseTell{App: d.App}, effect.PromiseRecompute{App: d.App}, effect.HandUp{App: d.App}, effect.Bulk{App: d.App}, effect.Dispatch{App: d.App}, effect.Held{App: d.App},
	}
	d.setUp(grouping)
	return d
}

func (d *Desk) setUp(grouping desk.Grouping) {
	d.T.Helper()
	ctx := d.T.Context()
	owner, err := d.Setup(ctx, "Lindqvist Cycles", "Maja Ek", "maja@example.com", "correct horse battery")
	d.OK(err)
	d.OK(d.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		all, err := tx.Memberships(owner)
		if err == nil {
			d.Workspace = all[0].ID
		}
		return err
	}))
	d.Owner = d.enter(owner)
	d.Inbox, err = d.CreateInbox(d.As(d.Owner), "Front desk", grouping, app.InboxChange{Settings: &desk.InboxSettings{PromiseSettings: desk.PromiseSettings{SLAMode: desk.SLAOff}}})
	d.OK(err)
	d.Agent = d.Join("Daniel Berg", "daniel@example.com", desk.RoleAgent, d.Inbox.ID)
	ch, err := d.SaveChannel(d.As(d.Owner), d.Inbox.ID, 0, d.Channel.Kind().Name, "Memory", json.RawMessage(`{}`), nil)
	d.OK(err)
	d.Account, err = d.Lookup(ctx, ch.Kind, ch.Address)
	d.OK(err)
}

// Join makes somebody a member through an invitation.
func (d *Desk) Join(name, email string, role desk.Role, inboxes ...desk.InboxID) desk.Actor {
	d.T.Helper()
	_, secret, err := d.Invite(d.As(d.Owner), email, role, inboxes)
	d.OK(err)
	user, err := d.AcceptInvitation(d.T.Context(), secret, name, "correct horse battery")
	d.OK(err)
	return d.enter(user)
}

func (d *Desk) enter(user desk.UserID) desk.Actor {
	d.T.Helper()
	a, err := d.Enter(d.T.Context(), d.Workspace, user)
	d.OK(err)
	return a
}

// As returns a context in which an actor acts in the workspace.
func (d *Desk) As(a desk.Actor) context.Context { return app.As(d.T.Context(), d.Workspace, a) }

// OK fails the test on an error.
func (d *Desk) OK(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}

// Post is what the channel in memory takes in.
type Post struct {
	From   string   `json:"from"`
	Key    string   `json:"key"`
	Text   string   `json:"text"`
	Thread []string `json:"thread,omitempty"` // the keys it answers
	Own    string   `json:"own,omitempty"`
	At     int64    `json:"at,omitempty"` // Unix seconds
	Auto   string   `json:"auto,omitempty"`
	Bounce string   `json:"bounce,omitempty"` // the key of a message that did not arrive
	To     string   `json:"to,omitempty"`     // whom it did not reach
	Hard   bool     `json:"hard,omitempty"`   // there is no such address
	Cc     []string `json:"cc,omitempty"`     // who else got a mail
}

// Get takes in a customer's message and returns what became of it.
func (d *Desk) Get(p Post) app.Received {
	d.T.Helper()
	r, err := d.TryGet(p)
	d.OK(err)
	return r
}

// TryGet is Get that may fail.
func (d *Desk) TryGet(p Post) (app.Received, error) {
	return d.Receive(d.T.Context(), d.Account, Raw(p, d.Clock.Now()), app.Uploads{})
}

// Raw is a post as it arrives.
func Raw(p Post, at time.Time) channel.Raw {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return channel.Raw{Dedupe: p.Key, ContentType: "application/json", Envelope: map[string]string{"mail_from": p.From}, Body: b, At: at}
}

// Conversation returns one as the owner sees it.
func (d *Desk) Conversation(id desk.ConversationID) (c desk.Conversation) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) (err error) {
		c, err = tx.Conversation(id)
		return err
	}))
	return c
}

// Message returns one message.
func (d *Desk) Message(id desk.MessageID) (m desk.Message) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { m, err = tx.MessageByID(id); return err }))
	return m
}

// List returns one page of a list as an actor sees it.
func (d *Desk) List(a desk.Actor, l store.List) (all []desk.Conversation) {
	d.T.Helper()
	if l.Limit == 0 {
		l.Limit = 100
	}
	l.Now = d.Clock.Now()
	d.OK(d.DB.Read(d.T.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { all, err = tx.Listed(l); return err }))
	return all
}

// Facts returns the facts of a conversation, oldest first.
func (d *Desk) Facts(id desk.ConversationID) (all []desk.Event) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) {
		all, err = tx.History(id)
		return err
	}))
	return all
}

// Timeline returns the names of the facts of a conversation, oldest first.
func (d *Desk) Timeline(id desk.ConversationID) (names []string) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, err := tx.History(id)
		for _, e := range all {
			names = append(names, desk.Facts.Name(e.Fact))
		}
		return err
	}))
	return names
}

// Work runs the jobs that are due, until none is.
func (d *Desk) Work() {
	d.T.Helper()
	n, err := d.WorkNow(d.T.Context())
	for err == nil && n > 0 {
		n, err = d.WorkNow(d.T.Context())
	}
	d.OK(err)
}

// Channel is a channel in memory.
type Channel struct {
	mu     sync.Mutex
	Fail   error                  // what the next Send returns, if anything
	Safe   bool                   // the far side drops second copies
	mail   bool                   // it counts as mail
	Limit  channel.Limits         // of its account
	OnSend func(channel.Outbound) // called by Send before anything else, if set
	Out    []channel.Outbound
}

// Kind implements channel.Channel.
func (c *Channel) Kind() channel.Kind {
	k := channel.Kind{Name: "memory", Title: "Memory", Grouping: desk.PerContact, Config: struct{}{}, Caps: channel.Caps{Resend: channel.ResendAsk}}
	if c.mail {
		k.Name, k.Grouping = desk.KindMail, desk.PerThread
	}
	if c.Safe {
		k.Caps.Resend = channel.ResendSafe
	}
	return k
}

// Limits implements channel.Limiter.
func (c *Channel) Limits(json.RawMessage) channel.Limits { return c.Limit }

// Check implements channel.Channel.
func (*Channel) Check(json.RawMessage) error { return nil }

// Address implements channel.Channel.
func (c *Channel) Address(json.RawMessage) (string, error) {
	if c.mail {
		return MailAddress, nil
	}
	return "", nil
}

// Parse implements channel.Channel.
func (c *Channel) Parse(_ context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	var p Post
	if err := json.Unmarshal(raw.Body, &p); err != nil || p.From == "" {
		return nil, errors.New("this is no post")
	}
	in := channel.Inbound{
		Dedupe: p.Key, From: channel.Identity{Kind: "memory", Scope: a.ID.String(), ID: p.From, Name: p.From}, Text: p.Text, At: raw.At, Auto: p.Auto,
		Thread: channel.Thread{Parents: p.Thread},
	}
	if c.mail {
		in.From = channel.Identity{Kind: desk.KindMail, ID: p.From, Name: p.From, Email: p.From}
		in.Email = &channel.Email{From: p.From, To: []string{MailAddress}, Cc: p.Cc}
	}
	if p.Own != "" {
		in.Thread.Own = []string{p.Own}
	}
	if p.Bounce != "" {
		in.Bounce = &channel.Bounce{Message: p.Bounce, Recipient: p.To, Reason: "It came back.", Hard: p.Hard}
	}
	if p.At != 0 {
		in.At = time.Unix(p.At, 0)
	}
	return []channel.Inbound{in}, nil
}

// Send implements channel.Channel.
func (c *Channel) Send(_ context.Context, _ channel.Account, m channel.Outbound) (channel.Sent, error) {
	if c.OnSend != nil {
		c.OnSend(m)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.Fail; err != nil {
		c.Fail = nil
		return channel.Sent{}, err
	}
	c.Out = append(c.Out, m)
	return channel.Sent{ExternalID: m.Message.String(), Own: []string{"out:" + m.Message.String()}, State: desk.DeliverySent}, nil
}

// Sent returns the texts that went out.
func (c *Channel) Sent() (texts []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.Out {
		texts = append(texts, m.Text)
	}
	return texts
}

// Index brings the search index up to date.
func (d *Desk) Index() {
	d.T.Helper()
	d.OK(d.IndexNow(d.T.Context()))
}

// Search returns the conversations in which an actor finds something.
func (d *Desk) Search(a desk.Actor, s store.Search) (found store.SearchAnswer) {
	d.T.Helper()
	if s.Limit == 0 {
		s.Limit = 100
	}
	s.Now = d.Clock.Now()
	d.OK(d.DB.Read(d.T.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { found, err = tx.Search(s); return err }))
	return found
}
