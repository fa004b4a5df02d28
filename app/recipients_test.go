package app_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
)

// Whom a mail goes to is settled when it is written: it leaves so, and stays so
// whoever the customer is later.
func TestRecipientsStay(t *testing.T) {
	d := apptest.NewMail(t)
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"})
	other := d.Get(apptest.Post{From: "kimberly@example.com", Key: "2", Text: "hello", Own: "2"})
	sent := do(t, d, r.Conversation, desk.Reply{Text: "hi", Header: desk.Header{
		Cc: []string{"Boss <boss@example.com>", apptest.MailAddress}, Bcc: []string{"law@example.com"}, Subject: "The wheel",
	}})
	_, err := d.MergeContacts(d.As(d.Owner), d.Conversation(other.Conversation).Contact, d.Conversation(r.Conversation).Contact, nil)
	d.OK(err)
	d.Clock.Add(time.Minute) // it can be taken back no longer
	d.Work()
	want := desk.Recipients{
		To: []desk.Address{{Email: "kim@example.com"}}, Cc: []desk.Address{{Name: "Boss", Email: "boss@example.com"}}, Bcc: []desk.Address{{Email: "law@example.com"}},
	}
	if m := d.Message(sent.Message); !reflect.DeepEqual(m.Recipients, want) || m.Subject != "The wheel" {
		t.Errorf("%+v %q", m.Recipients, m.Subject)
	}
	out := d.Channel.Out[0]
	if out.To.ID != "kim@example.com" || len(out.Also) != 0 || !slices.Equal(out.Cc, want.Cc) || !slices.Equal(out.Bcc, want.Bcc) || out.Subject != "The wheel" || !out.Exact {
		t.Errorf("it left as %+v", out)
	}
}
