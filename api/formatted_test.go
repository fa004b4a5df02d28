package api_test

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"parley/api/apitest"
	"parley/internal/mail"
)

// postbox is a mail server on this machine that keeps what it is given.
type postbox struct {
	mu   sync.Mutex
	got  [][]byte
	port int
}

func (p *postbox) start(t *testing.T) *postbox {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return posting{p}, nil }))
	s.Domain = "peer.test"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close() // the server may not have known it yet
		<-done
	})
	return p
}

func (p *postbox) mails() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.got
}

type posting struct{ to *postbox }

func (posting) Reset()                               {}
func (posting) Logout() error                        { return nil }
func (posting) Mail(string, *smtp.MailOptions) error { return nil }
func (posting) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (p posting) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	p.to.mu.Lock()
	p.to.got = append(p.to.got, b)
	p.to.mu.Unlock()
	return err
}

// F2-34: one reply, written with marks, reaches mail as HTML and as text without them,
// the chat and the other system formatted and without, and the file of the conversation
// without. What a customer typed, and what only looks like a mark, stays sign by sign.
func TestReplyOnEveryChannel(t *testing.T) {
	h := chats(t)
	post := (&postbox{}).start(t)
	hook := newHook(t)
	h.Owner.Do("PATCH", h.Path("/channels/"+h.front.System), object{"config": object{"webhook_url": hook.url}}).Want(200)
	h.Owner.Do("PATCH", h.Path("/channels/"+h.front.Mail), object{"config": object{"address": strings.ToLower(h.front.Mark) + "@example.com", "smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"}}).Want(200)

	const written = "Dear **Kim**, 2*3*4 of snake_case_name:\n\n- hold the *key*\n- see [the guide](https://example.com/a?b=1)\n\n<script>alert(1)</script> [x](javascript:alert(1))"
	const plain = "Dear Kim, 2*3*4 of snake_case_name:\n\n- hold the key\n- see the guide (https://example.com/a?b=1)\n\n<script>alert(1)</script> x"
	formatted := func(where, html string) {
		t.Helper()
		for _, want := range []string{"<strong>Kim</strong>, 2*3*4 of snake_case_name:", "<li>hold the <em>key</em></li>", `<a href="https://example.com/a?b=1"`, ">the guide</a>", "&lt;script&gt;alert(1)&lt;/script&gt; x"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s has no %s: %s", where, want, html)
			}
		}
		if strings.Contains(html, "<script") || strings.Contains(html, "javascript:") {
			t.Errorf("%s runs something: %s", where, html)
		}
	}

	// Mail: both alternatives.
	var letter struct {
		Conversation struct{ ID string }
	}
	h.Owner.Do("POST", h.Path("/conversations"), object{"inbox_id": h.front.ID, "channel_id": h.front.Mail, "contact": object{"email": "kim@customer.example"}, "subject": "Pump", "text": written}).Want(201).Read(&letter)
	h.S.Eventually("the mail is there", func() bool { return len(post.mails()) == 1 })
	m, err := mail.Parse(t.Context(), post.mails()[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(m.Text) != plain {
		t.Errorf("the mail's text is %q", m.Text)
	}
	formatted("the mail", m.HTML)

	// The chat: what the visitor typed is not touched.
	v := h.S.Visitor(h.front.Key)
	v.Write("is it **2*3*4** or _5_? [x](https://example.com)")
	h.answer(v, written)
	h.answer(v, "Nothing to see at https://example.com.")
	chat := v.Messages("0")
	if len(chat.Messages) != 3 {
		t.Fatalf("%+v", chat.Messages)
	}
	if got := chat.Messages[0]; got.HTML != "" || got.Text != "is it **2*3*4** or _5_? [x](https://example.com)" {
		t.Errorf("the customer's own text: %+v", got)
	}
	if got := chat.Messages[1].Text; got != plain {
		t.Errorf("the chat's text is %q", got)
	}
	formatted("the chat", chat.Messages[1].HTML)
	if got := chat.Messages[2]; got.HTML != "" || got.Text != "Nothing to see at https://example.com." {
		t.Errorf("a text that formats nothing: %+v", got)
	}

	// The other system.
	talk := h.Talk(h.front, "and **mine**?")
	h.do(talk.ID, "reply", object{"text": written})
	h.S.Eventually("the system is told", func() bool { return len(hook.bodies()) == 1 })
	var told struct {
		Data struct{ Text, HTML string }
	}
	if err := json.Unmarshal([]byte(hook.bodies()[0]), &told); err != nil {
		t.Fatal(err)
	}
	if told.Data.Text != plain {
		t.Errorf("the system's text is %q", told.Data.Text)
	}
	formatted("the system", told.Data.HTML)

	// The inbox: as it was written, and as it is shown; the customer's as they typed it.
	var timeline struct {
		Items []struct {
			Message *struct{ Text, HTML, Side string }
		}
	}
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/timeline"), nil).Want(200).Read(&timeline)
	seen := map[string]bool{}
	for _, i := range timeline.Items {
		if i.Message == nil {
			continue
		}
		if seen[i.Message.Side] = true; i.Message.Side == "customer" {
			if i.Message.HTML != "" || !strings.HasSuffix(i.Message.Text, "and **mine**?") {
				t.Errorf("the customer's text: %+v", i.Message)
			}
			continue
		}
		if i.Message.Text != written {
			t.Errorf("it was written as %q", i.Message.Text)
		}
		formatted("the inbox", i.Message.HTML)
	}
	if !seen["customer"] || !seen["team"] {
		t.Errorf("seen: %v", seen)
	}
	file := h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/transcript?format=text"), nil).Want(200).Body
	if !strings.Contains(file, "Dear Kim, 2*3*4") || !strings.Contains(file, "and **mine**?") {
		t.Errorf("the file: %s", file)
	}
}

// A quick reply's marks are kept where it is offered, and what a customer calls
// themself adds none (F2-34).
func TestQuickReplyFormats(t *testing.T) {
	h := newHome(t, apitest.New(t).Team("ZQXHOME"))
	h.Owner.Do("POST", h.Path("/quick-replies"), object{"kind": "reply", "name": "Hello", "shortcut": "/hello", "text": "**Hello** {{contact.name}}"}).Want(201)
	talk := h.fresh()
	h.Owner.Do("PATCH", h.Path("/contacts/"+talk.Contact), object{"name": "_Kim_ [x](https://evil.example) www.evil.example"}).Want(200)
	var offered struct{ Items []struct{ Text string } }
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/quick-replies"), nil).Want(200).Read(&offered)
	if len(offered.Items) != 1 || offered.Items[0].Text != "**Hello** Kim (x)(evil.example) evil.example" {
		t.Fatalf("%+v", offered)
	}
	h.do(talk.ID, "reply", object{"text": offered.Items[0].Text})
	timeline := h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/timeline"), nil).Want(200).Body
	var parsed struct {
		Items []struct {
			Message *struct{ HTML, Side string }
		}
	}
	if err := json.Unmarshal([]byte(timeline), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, i := range parsed.Items {
		if i.Message != nil && i.Message.Side == "team" && strings.TrimSpace(i.Message.HTML) != "<p><strong>Hello</strong> Kim (x)(evil.example) evil.example</p>" {
			t.Errorf("%q", i.Message.HTML)
		}
	}
}
