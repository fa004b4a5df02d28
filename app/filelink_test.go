package app_test

import (
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Files that are too large for a mail together go as links: signed, for some days, and
// as long as the message stands.
func TestFileLink(t *testing.T) {
	d := apptest.NewMail(t)
	d.PublicURL = "https://desk.example"
	d.Channel.Limit = channel.Limits{Attach: 100, LinkFor: 48 * time.Hour}
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"})
	up := func(name string, size int) desk.AttachmentID {
		t.Helper()
		f, err := d.Upload(d.As(d.Agent), channel.File{Name: name, ContentType: "text/plain", Data: []byte(strings.Repeat("x", size))}, app.Uploader(d.Agent))
		d.OK(err)
		return f.ID
	}
	sent, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Here they are.", Files: []desk.AttachmentID{up("large.txt", 90), up("small.txt", 40), up("tiny.txt", 20)}})
	d.OK(err)
	d.Clock.Add(time.Minute)
	d.Work()
	out := d.Channel.Out[0]
	if len(out.Files) != 2 || out.Files[0].Name != "small.txt" || len(out.Links) != 1 || out.Links[0].Name != "large.txt" || out.Links[0].Size != 90 || !strings.HasPrefix(out.Links[0].URL, "https://desk.example/d/") {
		t.Fatalf("%+v, %+v", out.Files, out.Links)
	}
	name := strings.TrimPrefix(out.Links[0].URL, d.PublicURL+app.FilePath)
	open := func(name string) error {
		f, err := d.OpenFile(t.Context(), name)
		if err == nil && (f.Name != "large.txt" || !f.Expires.Equal(out.Links[0].Expires)) {
			t.Errorf("%+v", f)
		}
		return err
	}
	d.OK(open(name))
	for i := 0; i < len(name); i += 7 {
		other := byte('A')
		if name[i] == other {
			other = 'B'
		}
		if err := open(name[:i] + string(other) + name[i+1:]); desk.KindOf(err) != desk.NotFound {
			t.Errorf("sign %d changed: %v", i, err)
		}
	}
	gone := func(at time.Time) {
		t.Helper()
		d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error { return tx.SetDeleted(sent.Message, at) }))
	}
	gone(d.Clock.Now())
	if err := open(name); desk.KindOf(err) != desk.NotFound {
		t.Errorf("the message is gone: %v", err)
	}
	gone(time.Time{})
	d.OK(open(name))
	d.Clock.Add(49 * time.Hour)
	if err := open(name); desk.KindOf(err) != desk.NotFound {
		t.Errorf("it has ended: %v", err)
	}
}

// What is more than an account sends waits for its turn and has not failed.
func TestPacedAccount(t *testing.T) {
	d := apptest.NewMail(t)
	d.Channel.Limit = channel.Limits{PaceLimits: desk.PaceLimits{Minute: 2}}
	for _, name := range []string{"a", "b", "c", "d"} {
		r := d.Get(apptest.Post{From: name + "@example.com", Key: name, Text: "hello", Own: name})
		do(t, d, r.Conversation, desk.Reply{Text: "hi " + name})
	}
	waiting := func() (n int) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, err := tx.QueuedThrough()
			n = all[d.Account.ID]
			return err
		}))
		return n
	}
	d.Clock.Add(time.Minute)
	d.Work()
	if len(d.Channel.Sent()) != 2 || waiting() != 2 {
		t.Errorf("%q left, %d wait", d.Channel.Sent(), waiting())
	}
	for _, c := range d.List(d.Owner, store.List{View: store.ViewAll, Limit: 10}) {
		if c.DeliveryProblems != 0 {
			t.Errorf("a mail that waits counts as a problem")
		}
	}
	d.Clock.Add(time.Minute)
	d.Work()
	if len(d.Channel.Sent()) != 4 || waiting() != 0 {
		t.Errorf("a minute later %q left, %d wait", d.Channel.Sent(), waiting())
	}
}
