package effect_test

import (
	"encoding/json"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/app/apptest"
	"parley/channel/email"
	"parley/desk"
	"parley/effect"
	"parley/store"
)

// mailbox is a mail server that takes everything.
type mailbox struct {
	mu    sync.Mutex
	busy  bool // says once to come back later
	mails []string
}

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &taking{m}, nil }

type taking struct{ *mailbox }

func (*taking) Reset()                               {}
func (*taking) Logout() error                        { return nil }
func (*taking) Mail(string, *smtp.MailOptions) error { return nil }
func (t *taking) Rcpt(to string, _ *smtp.RcptOptions) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy {
		t.busy = false
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}
	}
	if to != "daniel@example.com" {
		return &smtp.SMTPError{Code: 550, Message: "who is " + to}
	}
	return nil
}

func (t *taking) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mails = append(t.mails, string(b))
	return err
}

// newMailbox starts a server and returns where it is.
func newMailbox(t *testing.T) (*mailbox, string) {
	t.Helper()
	m := &mailbox{}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(m)
	s.Domain = "localhost"
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return m, l.Addr().String()
}

// F3-90: who asked for it gets one mail on every working day, one hour before it
// ends, with what is open; not when there is nothing, nor after switching it off.
func TestDigest(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	box, at := newMailbox(t)
	mail := email.New(email.Options{Key: []byte("0123456789abcdef0123456789abcdef"), Relay: email.Relay{Address: at}, Now: d.Clock.Now})
	d.Channels = append(d.Channels, mail)
	d.Effects = append(d.Effects, effect.Mail{App: d.App, Post: mail, Base: "https://desk.example"})
	agent := d.As(d.Agent)
	d.OK(d.SavePreferences(agent, desk.Preferences{Zone: "Europe/Stockholm", Digest: true})) // Monday 11:00 there
	next := func() time.Time {
		var at time.Time
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, err := tx.Preferences([]desk.UserID{d.Agent.User})
			at = all[d.Agent.User].DigestAt
			return err
		}))
		return at
	}
	if at := next(); !at.Equal(time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC)) {
		t.Fatalf("the first is due at %v", at)
	}
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "My [bike](https://evil.example) is stuck"}).Conversation
	d.Work()
	due := func() { // 16:00 in Stockholm
		d.Clock.Add(next().Sub(d.Clock.Now()))
		d.Work()
	}
	due() // nothing is theirs
	_, err := d.Do(d.As(d.Owner), id, desk.Assign{Assignee: d.Agent.User})
	d.OK(err)
	due() // no address to send from
	_, err = d.SaveChannel(d.As(d.Owner), d.Inbox.ID, 0, "email", "Support", json.RawMessage(`{"address":"support@shop.example"}`), nil)
	d.OK(err)
	if len(box.mails) != 0 {
		t.Fatalf("%q", box.mails)
	}
	box.busy = true
	due()
	d.Clock.Add(time.Minute)
	d.Work()
	if len(box.mails) != 1 {
		t.Fatalf("%d mails on Wednesday", len(box.mails))
	}
	for _, want := range []string{
		"From: \"Parley\" <support@shop.example>", "To: \"Daniel Berg\" <daniel@example.com>", "Subject: Your day in Lindqvist Cycles: 1 open, 0 overdue", "Auto-Submitted:", id.String(),
	} {
		if !strings.Contains(box.mails[0], want) {
			t.Errorf("%s is not in\n%s", want, box.mails[0])
		}
	}
	if strings.Contains(box.mails[0], `href="https://evil.example`) {
		t.Errorf("a customer's link became one\n%s", box.mails[0])
	}
	due()
	due()
	if at := next(); !at.Equal(time.Date(2026, 6, 8, 14, 0, 0, 0, time.UTC)) || len(box.mails) != 3 {
		t.Errorf("after Friday %v, %d mails", at, len(box.mails))
	}
	d.OK(d.SavePreferences(agent, desk.Preferences{Zone: "Europe/Stockholm"}))
	d.Clock.Add(14 * 24 * time.Hour)
	d.Work()
	if len(box.mails) != 3 {
		t.Errorf("%d mails after it was switched off", len(box.mails))
	}
	var decided []string
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Agent.User}, func(tx *store.Tx) error {
		all, err := tx.Decided(d.Agent.User, desk.NewsDigest, 10)
		for _, n := range all {
			decided = append(decided, n.State+" "+n.Reason)
		}
		return err
	}))
	if want := []string{"told ", "told ", "told ", "suppressed no_sender", "suppressed nothing"}; !slices.Equal(decided, want) {
		t.Errorf("decided %q", decided)
	}
}
