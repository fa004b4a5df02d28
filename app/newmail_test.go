package app_test

import (
	"slices"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// A new mail goes to everybody it names; its customer is the first of them, and an
// answer of any of them joins its conversation.
func TestNewMail(t *testing.T) {
	d := apptest.NewMail(t)
	start := app.Start{Inbox: d.Inbox.ID, Text: "Your wheel is ready.", Header: desk.Header{
		To: []string{"Kim Ek <kim@example.com>", "per@example.com"}, Cc: []string{"boss@example.com"}, Bcc: []string{"law@example.com"}, Subject: "The wheel",
	}}
	r, err := d.Start(d.As(d.Agent), start)
	d.OK(err)
	d.Work()
	out := d.Channel.Out[0]
	if out.To.ID != "kim@example.com" || out.To.Name != "Kim Ek" || !slices.Equal(out.Also, []desk.Address{{Email: "per@example.com"}}) || len(out.Cc) != 1 || len(out.Bcc) != 1 || out.Subject != "The wheel" || out.Exact {
		t.Errorf("it left as %+v", out)
	}
	if c := d.Conversation(r.Conversation.ID); c.Subject != "The wheel" || c.WaitingOn != desk.WaitingOnCustomer {
		t.Errorf("%q waits on %s", c.Subject, c.WaitingOn)
	}
	for i, from := range []string{"kim@example.com", "per@example.com", "law@example.com"} {
		got := d.Get(apptest.Post{From: from, Key: from, Text: "Thanks", Thread: []string{"out:" + r.Message.String()}})
		if got.Conversation != r.Conversation.ID {
			t.Errorf("answer %d went to %s", i, got.Conversation)
		}
	}
	for _, to := range []string{"kim", apptest.MailAddress} {
		start.To = []string{to}
		if _, err := d.Start(d.As(d.Agent), start); desk.KindOf(err) != desk.Invalid {
			t.Errorf("a mail to %s: %v", to, err)
		}
	}
}

// What somebody has begun to write is theirs, keeps its files, and two windows never
// write over each other.
func TestNewMailIsKept(t *testing.T) {
	d := apptest.NewMail(t)
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "wheel.png", ContentType: "image/png", Data: []byte("x")}, app.Uploader(d.Agent))
	d.OK(err)
	begun := store.NewMail{Name: "one", Inbox: d.Inbox.ID, Header: desk.Header{To: []string{"kim@"}, Subject: "The wheel"}, Text: "Dear", Files: []desk.AttachmentID{file.ID, 5}}
	saved, err := d.SaveNewMail(d.As(d.Agent), begun)
	d.OK(err)
	if saved.Revision != 1 || !slices.Equal(saved.Files, []desk.AttachmentID{file.ID}) {
		t.Errorf("%+v", saved)
	}
	if _, err := d.SaveNewMail(d.As(d.Agent), begun); desk.KindOf(err) != desk.Conflict {
		t.Errorf("another window: %v", err)
	}
	d.Clock.Add(400 * time.Hour)
	d.Work()
	list := func(who desk.Actor) (all []store.NewMail) {
		d.OK(d.DB.Read(t.Context(), app.ScopeFrom(d.As(who)), func(tx *store.Tx) (err error) { all, err = tx.NewMails(); return err }))
		return all
	}
	if all := list(d.Owner); len(all) != 0 {
		t.Errorf("the owner sees %+v", all)
	}
	if all := list(d.Agent); len(all) != 1 || all[0].Text != "Dear" || all[0].To[0] != "kim@" || all[0].Subject != "The wheel" {
		t.Errorf("%+v", all)
	}
	d.OK(d.DeleteNewMail(d.As(d.Agent), "one"))
	if all := list(d.Agent); len(all) != 0 {
		t.Errorf("%+v are still there", all)
	}
}
