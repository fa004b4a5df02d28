package app_test

import (
	"slices"
	"strings"
	"testing"

	"parley/app"
	"parley/channel"
	"parley/desk"
)

// F2-37: a preview is the mail that will be sent, and leaves nothing behind.
func TestAPreviewIsWhatWillBeSent(t *testing.T) {
	p := newPostOffice(t, nil)
	id := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", subject: "Wheel", text: "It is broken."}).Conversation
	file, err := p.Upload(p.As(p.Owner), channel.File{Name: "wheel.txt", ContentType: "text/plain", Data: []byte("a wheel")}, app.Uploader(p.Owner))
	p.OK(err)
	before := p.Timeline(id)
	reply := desk.Reply{Text: "Which **one**?", Files: []desk.AttachmentID{file.ID}, Header: desk.Header{Cc: []string{"bea@shop.example"}}}
	for range 2 {
		seen, err := p.Preview(p.As(p.Owner), id, reply)
		p.OK(err)
		if seen.From.Email != ours || len(seen.To) != 1 || seen.To[0].Email != "ann@shop.example" || len(seen.Cc) != 1 || seen.Subject != "Re: Wheel" || len(seen.Attached) != 1 ||
			!strings.HasPrefix(seen.Text, "Which one?") || !strings.Contains(seen.HTML, "<strong>one</strong>") {
			t.Errorf("the preview is %+v", seen)
		}
	}
	if after := p.Timeline(id); !slices.Equal(before, after) {
		t.Errorf("after it the conversation has %v, before %v", after, before)
	}
	sent := p.do(id, reply) // the file is still to be sent
	if len(p.Message(sent.Message).Files) != 1 {
		t.Error("the file is gone")
	}
	seen, err := p.PreviewStart(p.As(p.Owner), app.Start{Inbox: p.Inbox.ID, Channel: p.account.ID, Text: "Hello", Header: desk.Header{To: []string{"Kim <kim@else.example>"}, Subject: "Offer"}})
	p.OK(err)
	if seen.Subject != "Offer" || seen.To[0].String() != "Kim <kim@else.example>" {
		t.Errorf("the preview of a first mail is %+v", seen)
	}
	seen, err = p.Preview(p.As(p.Owner), id, desk.Forward{Message: p.Conversation(id).LastFromCustomer, Text: "See below.", Header: desk.Header{To: []string{"sam@supplier.example"}}})
	p.OK(err)
	if !strings.Contains(seen.Text, "See below.") || !strings.Contains(seen.Text, "It is broken.") || seen.Subject != "Fwd: Wheel" {
		t.Errorf("the preview of a forwarded mail is %+v", seen)
	}
	if _, err := p.Preview(p.As(p.Owner), id, desk.Reply{}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("the preview of nothing: %v", err)
	}
}
