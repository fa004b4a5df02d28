package app_test

import (
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// A mail leaves with the signature that it had when it was written, and quotes the
// mail that it answers; neither notes nor what another has not had are in it.
func TestSignedAndQuoted(t *testing.T) {
	d := apptest.NewMail(t)
	own, err := d.SaveOwnSignature(d.As(d.Agent), app.OwnSignature{Title: " Fitter ", Signature: "{{agent.name}}, {{agent.title}}\n{{workspace.name}}"})
	d.OK(err)
	if own.Title != "Fitter" {
		t.Errorf("%+v", own)
	}
	if _, err := d.SaveOwnSignature(d.As(d.Agent), app.OwnSignature{Signature: "{{contact.name}}"}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a signature names the customer: %v", err)
	}
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "My wheel is broken.", Own: "1", Cc: []string{"Lena <lena@example.com>"}})
	zone := "Europe/Stockholm"
	language := "sv"
	d.OK(d.ChangeContact(d.As(d.Owner), d.Conversation(r.Conversation).Contact, app.ContactChange{Zone: &zone, Language: &language}))
	do(t, d, r.Conversation, desk.Note{Text: "only for us"})
	before, err := d.Below(d.As(d.Agent), r.Conversation, desk.Recipients{To: []desk.Address{{Email: "kim@example.com"}}, Cc: []desk.Address{{Email: "boss@example.com"}}}, "")
	d.OK(err)
	if before.Quoted || len(before.Unseen) != 1 || before.Unseen[0].Email != "boss@example.com" || !strings.Contains(before.Quote, "> My wheel is broken.") || !strings.Contains(before.Signature, "Fitter") {
		t.Errorf("%+v", before)
	}
	to := func(h desk.Header) desk.MessageID {
		t.Helper()
		got, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "We send one.", Header: h})
		d.OK(err)
		return got.Message
	}
	both := to(desk.Header{Cc: []string{"lena@example.com"}})
	to(desk.Header{Cc: []string{"boss@example.com"}})
	to(desk.Header{Cc: []string{"boss@example.com"}, Quoting: desk.QuoteInclude})
	_, err = d.SaveOwnSignature(d.As(d.Agent), app.OwnSignature{Signature: "changed"}) // what was written stays as it was
	d.OK(err)
	d.Clock.Add(time.Minute)
	d.Work()
	if len(d.Channel.Out) != 3 {
		t.Fatalf("%d left", len(d.Channel.Out))
	}
	for i, m := range d.Channel.Out {
		if m.Signature != "Daniel Berg, Fitter\nLindqvist Cycles" || !strings.Contains(m.SignedHTML, "Fitter") {
			t.Errorf("%d is signed %q, %q", i, m.Signature, m.SignedHTML)
		}
		if m.Quoted != nil != (i != 1) {
			t.Errorf("%d quotes %+v", i, m.Quoted)
		}
	}
	q := d.Channel.Out[0].Quoted
	if q.Text != "My wheel is broken." || q.From.Email != "kim@example.com" || q.Language != "sv" || q.At.Location().String() != zone || d.Message(both).Quotes == 0 {
		t.Errorf("%+v", q)
	}
}
