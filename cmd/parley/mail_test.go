package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"strings"
	"testing"
)

// apiMessage is a message as the public API shows it.
type apiMessage struct {
	Auto                    string `json:"auto"`
	ID, Text, Side, Subject string
	VisibleEnd              int    `json:"visible_end"`
	HTML                    string `json:"html_url"`
	Unreadable              bool
	Attachments             []apiFile
	Author                  struct{ Name string }
	Email                   struct {
		From      string
		To, Cc    []string
		MessageID string `json:"message_id"`
	}
	Delivery struct {
		State, Reason string
		CanRetry      bool `json:"can_retry"`
	}
}

type apiFile struct {
	ID, Name, URL string
	ContentType   string `json:"content_type"`
	Size          int
	Inline        bool
}

type apiConversation struct {
	ID, Subject, Status string
	Inbox               string `json:"inbox_id"`
	Previous            string `json:"previous_conversation_id"`
	Problem             bool   `json:"delivery_problem"`
	Contact             struct{ Name, Email string }
}

// conversations returns what the inbox shows, all of it, newest first.
func (p *program) conversations() []apiConversation {
	p.t.Helper()
	var page struct{ Items []apiConversation }
	p.must("GET", p.ws+"/conversations?view=all&limit=200", nil, &page)
	return page.Items
}

// messages returns the messages of a conversation, oldest first.
func (p *program) messages(conversation string) (all []apiMessage) {
	p.t.Helper()
	var timeline struct {
		Items []struct {
			Event   struct{ Kind string }
			Message *apiMessage
		}
	}
	p.must("GET", p.ws+"/conversations/"+conversation+"/timeline?limit=200", nil, &timeline)
	for _, i := range timeline.Items {
		if i.Event.Kind == "message_posted" {
			all = append(all, *i.Message)
		}
	}
	return all
}

// arrived waits for a conversation with a subject.
func (p *program) arrived(subject string) (found apiConversation) {
	p.t.Helper()
	eventually(p.t, "a conversation "+subject, func() bool {
		for _, c := range p.conversations() {
			if c.Subject == subject {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// has waits until a conversation has n messages.
func (p *program) has(conversation string, n int) (all []apiMessage) {
	p.t.Helper()
	eventually(p.t, "messages in "+conversation, func() bool { all = p.messages(conversation); return len(all) >= n })
	if len(all) != n {
		p.t.Errorf("%d messages, want %d: %+v", len(all), n, all)
	}
	return all
}

// connect makes an inbox with a mail address and returns its id and its channel's.
func (p *program) connect(config map[string]any) (inbox, channel string) {
	p.t.Helper()
	var i, ch struct{ ID string }
	p.must("POST", p.ws+"/inboxes", map[string]any{"name": config["address"], "grouping": "per_thread"}, &i)
	p.must("POST", p.ws+"/inboxes/"+i.ID+"/channels", map[string]any{"kind": "email", "name": "Lindqvist", "config": config}, &ch)
	p.must("PATCH", p.ws+"/inboxes/"+i.ID, map[string]any{"settings": map[string]int{"undo_mail_seconds": 0}}, nil)
	return i.ID, ch.ID
}

func (p *program) reply(conversation, text string, files ...string) {
	p.t.Helper()
	p.must("POST", p.ws+"/conversations/"+conversation+"/reply", map[string]any{"text": text, "client_id": rand.Text(), "attachment_ids": files}, nil)
}

func (p *program) upload(name string, data []byte) string {
	p.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		p.t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = form.Close()
	var file apiFile
	if problem := p.send(p.client, "POST", p.ws+"/attachments", form.FormDataContentType(), &b, &file); problem != "" {
		p.t.Fatal(problem)
	}
	return file.ID
}

// TestMailLoop is a talk by mail through Postfix and Dovecot: encrypted and
// verified both ways, signed in for sending, threaded by every means there is.
// F2-36, F3-01, F1-09; specification 7 (e-mail) and 1.3.
func TestMailLoop(t *testing.T) {
	m := newMailSystem(t)
	m.refuse()
	p := m.program()
	host, port := split(t, m.submission)
	inbox, _ := p.connect(map[string]any{"address": "support@desk.test", "smtp_host": host, "smtp_port": port, "smtp_user": m.user, "smtp_password": m.password})
	p.must("PATCH", p.ws+"/inboxes/"+inbox, map[string]any{"settings": map[string]string{"signature": "Lindqvist Cycles"}}, nil)

	m.swaks("kim@customer.test", "support@desk.test", "The chain jumps: кедж 🚲.", "Subject", "=?UTF-8?Q?Br=C3=BCcke?=", "Message-Id", "<first@customer.test>", "Content-Type", "text/plain; charset=utf-8", "Cc", "lena@customer.test")
	c := p.arrived("Brücke")
	first := p.has(c.ID, 1)[0]
	if strings.TrimSpace(first.Text) != "The chain jumps: кедж 🚲." || c.Contact.Email != "kim@customer.test" || first.Email.MessageID != "first@customer.test" {
		t.Errorf("%+v of %+v", first, c)
	}
	eventually(t, "Postfix verified us", func() bool {
		log, err := os.ReadFile(m.log)
		return err == nil && strings.Contains(string(log), "Verified TLS connection established to 127.0.0.1[127.0.0.1]:"+m.deskSMTP[strings.LastIndex(m.deskSMTP, ":")+1:])
	})

	p.reply(c.ID, "Which **wheel** is it?\n\nPříliš žluťoučký kůň: "+strings.Repeat("long line ", 200), p.upload("räkning.pdf", []byte("%PDF-1.4 x\n%%EOF\n")))
	p.delivered(c.ID, "sent")
	raw := m.arrive("kim@customer.test", "Brücke", 1)[0]
	answer := checkMIME(t, raw)
	h := answer.Header
	if h.Get("From") != `"Maja at Lindqvist" <support@desk.test>` || h.Get("To") != "<kim@customer.test>" || decoded(h.Get("Subject")) != "Re: Brücke" {
		t.Errorf("From %q To %q Subject %q", h.Get("From"), h.Get("To"), h.Get("Subject"))
	}
	if h.Get("In-Reply-To") != "<first@customer.test>" || h.Get("References") != "<first@customer.test>" || !strings.HasSuffix(h.Get("Message-Id"), "@desk.test>") {
		t.Errorf("In-Reply-To %q References %q Message-ID %q", h.Get("In-Reply-To"), h.Get("References"), h.Get("Message-Id"))
	}
	if h.Get("Auto-Submitted") != "" || h.Get("Bcc") != "" {
		t.Errorf("%v", h)
	}
	to, err := mail.ParseAddress(h.Get("Reply-To"))
	if err != nil || !strings.HasPrefix(to.Address, "support+c") || !strings.HasSuffix(to.Address, "@desk.test") {
		t.Fatalf("Reply-To %q, %v", h.Get("Reply-To"), err)
	}
	id := h.Get("Message-Id")

	t.Run("answer with every header", func(t *testing.T) {
		m.swaks("kim@customer.test", to.Address, "The rear one.\n\nOn Monday Maja wrote:\n> Which wheel is it?", "Subject", "Re: =?UTF-8?Q?Br=C3=BCcke?=", "Message-Id", "<second@customer.test>", "In-Reply-To", id, "References", "<first@customer.test> "+id)
		got := p.has(c.ID, 3)[2]
		if shown := string([]rune(got.Text)[:got.VisibleEnd]); strings.TrimSpace(shown) != "The rear one." {
			t.Errorf("shows %q of %q", shown, got.Text)
		}
	})
	t.Run("answer with nothing but the address", func(t *testing.T) {
		m.swaks("kim@customer.test", to.Address, "And the front one.", "Subject", "wheels", "Message-Id", "<third@customer.test>")
		p.has(c.ID, 4)
	})
	t.Run("answer with nothing but the message id", func(t *testing.T) {
		m.swaks("kim@customer.test", "support@desk.test", "Hello?", "Subject", "wheels", "Message-Id", "<fourth@customer.test>", "In-Reply-To", id, "Date", "Mon, 4 May 2026 08:00:00 +0000")
		p.has(c.ID, 5)
	})
	t.Run("a copy", func(t *testing.T) {
		m.swaks("kim@customer.test", "support@desk.test", "Hello?", "Subject", "wheels", "Message-Id", "<fourth@customer.test>", "In-Reply-To", id, "Date", "Mon, 4 May 2026 08:00:00 +0000")
		m.swaks("kim@customer.test", "support@desk.test", "Later than the copy", "Subject", "wheels", "Message-Id", "<fifth@customer.test>", "In-Reply-To", id)
		p.has(c.ID, 6)
	})
	// Knowing an id or an address is not being part of it: what a stranger writes waits
	// to be let in (design of threads).
	t.Run("a stranger who quotes the id", func(t *testing.T) {
		m.swaks("slow@customer.test", "support@desk.test", "What did you write to Kim?", "Subject", "Stranger by id", "Message-Id", "<s1@customer.test>", "In-Reply-To", id, "References", id)
		if got := p.has(c.ID, 7)[6]; got.Auto != "stranger" {
			t.Errorf("%+v", got)
		}
		m.swaks("slow@customer.test", to.Address, "And by the address?", "Subject", "Stranger by address", "Message-Id", "<s2@customer.test>")
		if got := p.has(c.ID, 8)[7]; got.Auto != "stranger" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("somebody in copy", func(t *testing.T) {
		m.swaks("lena@customer.test", to.Address, "I am in copy.", "Subject", "Re: wheels", "Message-Id", "<l1@customer.test>", "In-Reply-To", id)
		p.has(c.ID, 9)
	})
	t.Run("answer to the talk", func(t *testing.T) {
		p.reply(c.ID, "We send both.")
		h := checkMIME(t, m.arrive("kim@customer.test", "wheels", 1)[0]).Header // the subject follows the newest mail
		if refs := strings.Fields(h.Get("References")); len(refs) < 5 || refs[0] != "<first@customer.test>" || h.Get("In-Reply-To") != refs[len(refs)-1] || h.Get("In-Reply-To") != "<l1@customer.test>" {
			t.Errorf("In-Reply-To %q References %q", h.Get("In-Reply-To"), refs)
		}
	})
}

// TestMailWaitsForUs: what arrives while Parley is down waits in Postfix and
// arrives once; LMTP gives every recipient an answer of its own.
func TestMailWaitsForUs(t *testing.T) {
	m := newMailSystem(t)
	p := m.program()
	p.connect(map[string]any{"address": "support@desk.test"})
	p.connect(map[string]any{"address": "help@lmtp.desk.test"})
	p.kill()
	m.swaks("kim@customer.test", "support@desk.test", "Anybody there?", "Subject", "While you were out", "Message-Id", "<out@customer.test>")
	eventually(t, "Postfix keeps it", func() bool {
		log, err := os.ReadFile(m.log)
		return err == nil && strings.Contains(string(log), "to=<support@desk.test>, relay=none") && strings.Contains(string(log), "status=deferred")
	})
	p.start()
	p.has(p.arrived("While you were out").ID, 1)

	m.swaks("kim@customer.test", "help@lmtp.desk.test,nobody@lmtp.desk.test", "By LMTP", "Subject", "By LMTP", "Message-Id", "<lmtp@customer.test>")
	p.has(p.arrived("By LMTP").ID, 1)
	bounce := m.arrive("kim@customer.test", "Undelivered Mail", 1)[0]
	if !strings.Contains(bounce, "nobody@lmtp.desk.test") || !strings.Contains(bounce, "550 5.1.1") || strings.Contains(bounce, "Final-Recipient: rfc822; help@") {
		t.Errorf("Postfix tells the sender:\n%s", bounce)
	}
}

// delivered waits until the last answer in a conversation has a state.
func (p *program) delivered(conversation, state string) (last apiMessage) {
	p.t.Helper()
	eventually(p.t, "the answer is "+state, func() bool {
		for _, m := range p.messages(conversation) {
			if m.Side == "team" {
				last = m
			}
		}
		return last.Delivery.State == state && (state == "sent" || last.Delivery.Reason != "")
	})
	return last
}

// checkMIME reads a mail with the standard library alone, which forgives nothing,
// and fails on what a strict receiver would refuse.
func checkMIME(t *testing.T, raw string) *mail.Message {
	t.Helper()
	for l := range strings.SplitAfterSeq(raw, "\n") {
		if len(l) > 1000 || !strings.HasSuffix(l, "\r\n") && l != "" {
			t.Errorf("a line of %d bytes, or without CRLF: %.80q", len(l), l)
		}
	}
	for _, r := range raw {
		if r >= 0x7f || r < ' ' && r != '\r' && r != '\n' && r != '\t' {
			t.Errorf("%U in a mail that must be ASCII", r)
			break
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Error(err)
	}
	for _, once := range []string{"From", "To", "Subject", "Message-Id", "Date", "Mime-Version", "Content-Type"} {
		if len(m.Header[once]) != 1 {
			t.Errorf("%d headers %s", len(m.Header[once]), once)
		}
	}
	if n := leaves(t, textproto.MIMEHeader(m.Header), m.Body); n == 0 {
		t.Error("the mail has no parts")
	}
	return m
}

// leaves reads every part to its end and returns how many say something.
func leaves(t *testing.T, h textproto.MIMEHeader, r io.Reader) (n int) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%q: %v", h.Get("Content-Type"), err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return n
			}
			if err != nil {
				t.Fatal(err)
			}
			n += leaves(t, p.Header, p)
		}
	}
	if h.Get("Content-Transfer-Encoding") == "quoted-printable" {
		r = quotedprintable.NewReader(r)
	}
	if b, err := io.ReadAll(r); err != nil || len(bytes.TrimSpace(b)) == 0 {
		t.Errorf("a part %s with %d bytes: %v", kind, len(b), err)
	}
	return 1
}

func decoded(s string) string {
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		return s
	}
	return out
}
