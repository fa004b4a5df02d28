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

// related is a mail of Ann's with HTML and pictures, by their Content-IDs.
func related(id, answers, html, text string, pictures ...string) letter {
	var b strings.Builder
	b.WriteString("--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\n" + text + "\r\n--a\r\nContent-Type: text/html\r\n\r\n" + html + "\r\n--a--\r\n")
	for _, p := range pictures {
		b.WriteString("--r\r\nContent-Type: image/gif; name=" + p + ".gif\r\nContent-ID: <" + p + "@shop>\r\nContent-Disposition: inline\r\n\r\nGIF89a" + p + "\r\n")
	}
	return letter{
		from: "Ann <ann@shop.example>", id: id, answers: answers, subject: "Wheel", text: b.String() + "--r--",
		header: "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=r\r\n",
	}
}

// F2-37: pictures stay where the customer put them when mails are forwarded, one alone
// with all that it quotes, or all that was said without what each quotes.
func TestPicturesOfForwardedMails(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(related("1@shop.example", "", `<p>The <b>old</b> one <img src="cid:old@shop"> broke.</p>`, "The old one broke.", "old"))
	second := p.take(related("2@shop.example", "1@shop.example",
		`<p>This is <i>new</i>: <img src="cid:new@shop"></p><div class="gmail_quote">On Mon, Jun 1, 2026 at 9:00 AM Ann wrote:<blockquote>The old one <img src="cid:old@shop"> broke.</blockquote></div>`,
		"This is new:\r\n\r\nOn Mon, Jun 1, 2026 at 9:00 AM Ann <ann@shop.example> wrote:\r\n> The old one broke.", "new", "old"))
	third := p.take(related("3@shop.example", "2@shop.example", `<p>And signed: <img src="cid:sign@shop"></p><p>-- <br>Ann</p>`, "And signed:\r\n\r\n-- \r\nAnn", "sign"))
	if second.Conversation != first.Conversation || third.Conversation != first.Conversation {
		t.Fatal("they are not one conversation")
	}
	// in is the name of each picture in HTML, or why a file is none of it.
	in := func(out channel.Outbound, html string) (names []string) {
		for _, f := range out.Files {
			if f.Inline && strings.Contains(html, `src="cid:`+f.ContentID+`"`) {
				names = append(names, strings.TrimPrefix(string(f.Data), "GIF89a"))
			}
		}
		return names
	}
	to := desk.Header{To: []string{"sam@supplier.example"}}
	one := p.outgoing(p.do(first.Conversation, desk.Forward{Message: second.Message, Text: "See", Header: to}).Message)
	if got := in(one, one.Forwarded[0].HTML); len(one.Files) != 2 || len(got) != 2 || got[0] != "new" || got[1] != "old" {
		t.Errorf("one mail shows %v of %+v: %s", got, one.Files, one.Forwarded[0].HTML)
	}
	all := p.outgoing(p.do(first.Conversation, desk.Forward{Message: third.Message, Whole: true, Text: "See", Header: to}).Message)
	if len(all.Forwarded) != 3 || len(all.Files) != 3 {
		t.Fatalf("all of it is %+v with %+v", all.Forwarded, all.Files)
	}
	for i, want := range []string{"old", "new", "sign"} {
		c := all.Forwarded[i]
		if got := in(all, c.HTML); len(got) != 1 || got[0] != want {
			t.Errorf("mail %d shows %v: %s", i+1, got, c.HTML)
		}
		if i == 1 && (strings.Contains(c.HTML, "broke") || !strings.Contains(c.HTML, "<i>new</i>") || strings.Contains(c.Text, "broke")) {
			t.Errorf("it quotes again: %s, %q", c.HTML, c.Text)
		}
	}
}
