package app_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
)

// drawn uploads a picture of the owner's.
func drawn(d *apptest.Desk, name string, width, height int) desk.Attachment {
	d.T.Helper()
	var b bytes.Buffer
	d.OK(png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	f, err := d.Upload(d.As(d.Owner), channel.File{Name: name, ContentType: "image/png", Data: b.Bytes()}, app.Uploader(d.Owner))
	d.OK(err)
	return f
}

func shows(words string, f desk.Attachment) string { return "![" + words + "](" + f.ID.String() + ")" }

// F2-34, F2-37: a picture stands in a mail where it was put: in the preview, in what
// leaves, in what is forwarded, and after the mail was taken back and written again.
func TestPictureWithinAMail(t *testing.T) {
	p := newPostOffice(t, nil)
	id := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", subject: "Wheel"}).Conversation
	wide, plan := drawn(p.Desk, "key.png", 900, 20), drawn(p.Desk, "plan.png", 40, 30)
	reply := desk.Reply{Text: "Turn " + shows("the **red** key", wide) + " so.", Files: []desk.AttachmentID{plan.ID, wide.ID}}
	const img = `Turn <img src="cid:`
	seen, err := p.Preview(p.As(p.Owner), id, reply)
	p.OK(err)
	if !strings.Contains(seen.HTML, img+wide.PlaceID()) || len(seen.Attached) != 2 || !strings.HasPrefix(seen.Text, "Turn [image: the red key] so.") {
		t.Errorf("the preview is %+v", seen)
	}

	for range 2 {
		sent := p.do(id, reply)
		m := p.Message(sent.Message)
		if m.Files[0].ID != wide.ID || !m.Files[0].Placed() || m.Files[1].Inline || p.Conversation(id).WithFiles != 1 || !strings.HasPrefix(p.Conversation(id).Preview, "Turn the red key so.") {
			t.Errorf("it has the files %+v; %d with files, says %q", m.Files, p.Conversation(id).WithFiles, p.Conversation(id).Preview)
		}
		out := p.outgoing(sent.Message)
		if !strings.Contains(out.HTML, img+wide.PlaceID()+`" alt="the red key" width="600" style="max-width: 100%; height: auto">`) || out.Text != "Turn [image: the red key] so." {
			t.Errorf("%q\n%q", out.HTML, out.Text)
		}
		if len(out.Files) != 2 || !out.Files[0].Inline || out.Files[0].ContentID != wide.PlaceID() || out.Files[1].ContentID != "" {
			t.Errorf("%+v", out.Files)
		}
		fwd := p.outgoing(p.do(id, desk.Forward{Message: sent.Message, Text: "See", Header: desk.Header{To: []string{"sam@supplier.example"}}}).Message)
		if len(fwd.Files) != 1 || !strings.Contains(fwd.Forwarded[0].HTML, img+fwd.Files[0].ContentID+`"`) || fwd.Files[0].ContentID == wide.PlaceID() || fwd.Forwarded[0].Text != "Turn [image: the red key] so." {
			t.Errorf("forwarded it is %+v with %+v", fwd.Forwarded, fwd.Files)
		}
		p.OK(err2(p.Do(p.As(p.Owner), id, desk.Undo{Command: sent.Command}))) // it is sent once more
	}

	late, err := p.Do(p.As(p.Owner), id, desk.Schedule{Text: shows("", wide), Files: []desk.AttachmentID{wide.ID}, At: p.Clock.Now().Add(time.Hour)})
	p.OK(err)
	p.Clock.Add(2 * time.Hour)
	p.Work()
	facts := p.Facts(late.Conversation.ID)
	sent, ok := facts[slices.IndexFunc(facts, func(e desk.Event) bool { _, is := e.Fact.(desk.ScheduledSent); return is })].Fact.(desk.ScheduledSent)
	if out := p.outgoing(sent.Message); !ok || !strings.Contains(out.HTML, `cid:`+wide.PlaceID()+`" alt="key.png"`) || len(out.Files) != 1 || !out.Files[0].Inline {
		t.Errorf("scheduled it is %q with %+v", out.HTML, out.Files)
	}
}

// A picture that is not the message's own is never shown: one of another message, of
// somebody else, none at all, or what is no picture. Nor is one in a text that is used
// again and again.
func TestPicturesOfOthersAreRefused(t *testing.T) {
	p := newPostOffice(t, nil)
	id := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example"}).Conversation
	used, free := drawn(p.Desk, "used.png", 2, 2), drawn(p.Desk, "free.png", 2, 2)
	p.do(id, desk.Reply{Text: "a", Files: []desk.AttachmentID{used.ID}})
	note, err := p.Upload(p.As(p.Owner), channel.File{Name: "x.svg", ContentType: "image/svg+xml", Data: []byte("<svg/>")}, app.Uploader(p.Owner))
	p.OK(err)
	for what, r := range map[string]desk.Reply{
		"of another message":  {Text: shows("a", used)},
		"not attached":        {Text: shows("a", free)},
		"not attached either": {Text: "see " + shows("a", free) + shows("b", used), Files: []desk.AttachmentID{free.ID}},
		"no picture":          {Text: shows("a", note), Files: []desk.AttachmentID{note.ID}},
		"none":                {Text: "![x](att_0000000000001)"},
	} {
		_, err := p.Do(p.As(p.Owner), id, r)
		_, scheduled := p.Do(p.As(p.Owner), id, desk.Schedule{Text: r.Text, Files: r.Files, At: p.Clock.Now().Add(time.Hour)})
		if desk.KindOf(err) != desk.Invalid || desk.KindOf(scheduled) != desk.Invalid {
			t.Errorf("%s: %v, scheduled %v", what, err, scheduled)
		}
	}
	if _, err := p.Do(p.As(p.Agent), id, desk.Reply{Text: shows("a", free), Files: []desk.AttachmentID{free.ID}}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("what somebody else uploaded: %v", err)
	}
	for what, err := range map[string]error{
		"quick reply": err2(desk.QuickReply{Kind: desk.QuickForReply, Name: "A", Shortcut: "/a", Text: shows("a", free)}.Clean()),
		"macro":       err2(desk.Macro{Name: "A", Steps: []desk.Step{{Do: desk.StepReply, Text: shows("a", free)}}}.Clean()),
		"signature":   err2(desk.CleanSignature(shows("a", free))),
	} {
		if desk.KindOf(err) != desk.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Pictures that are too large for a mail go as links, and their words stand where they
// were; what is not by mail has them as files, in the order of the text.
func TestPictureThatCannotStandThere(t *testing.T) {
	d := apptest.NewMail(t)
	d.PublicURL = "https://desk.example"
	d.Channel.Limit = channel.Limits{Attach: 100, LinkFor: time.Hour}
	large, small := drawn(d, "large.png", 3000, 3000), drawn(d, "small.png", 2, 2)
	r := d.Get(apptest.Post{From: "kim@example.com", Key: "1", Text: "hello", Own: "1"})
	reply := desk.Reply{Text: shows("one", large) + " and " + shows("two", small), Files: []desk.AttachmentID{small.ID, large.ID}}
	d.OK(err2(d.Do(d.As(d.Owner), r.Conversation, reply)))
	d.Clock.Add(time.Minute)
	d.Work()
	if out := d.Channel.Out[0]; len(out.Files) != 1 || !out.Files[0].Inline || len(out.Links) != 1 || out.Links[0].Name != "large.png" || out.Text != "[image: one] and [image: two]" {
		t.Errorf("by mail: %q with %+v and %+v", out.Text, out.Files, out.Links)
	}

	d = apptest.New(t, desk.PerContact)
	last, first := drawn(d, "last.png", 2, 2), drawn(d, "first.png", 3, 3)
	r = d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	d.OK(err2(d.Do(d.As(d.Owner), r.Conversation, desk.Reply{Text: shows("", first) + " " + shows("", last), Files: []desk.AttachmentID{last.ID, first.ID}})))
	d.Clock.Add(time.Minute)
	d.Work()
	if out := d.Channel.Out[0]; len(out.Files) != 2 || out.Files[0].Name != "first.png" || out.Files[0].Inline || out.Text != "[image: first.png] [image: last.png]" || d.Conversation(r.Conversation).WithFiles != 1 {
		t.Errorf("by chat: %q with %+v", out.Text, out.Files)
	}
}
