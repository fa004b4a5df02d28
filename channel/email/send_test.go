package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
)

func refusal(code int, e smtp.EnhancedCode) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: "says the peer"}
}

// TestSend reads back what a submission server got.
func TestSend(t *testing.T) {
	p := (&peer{}).start(t, nil, false)
	ch := New(Options{Key: key, Hostname: "desk.test", Now: now})
	a := account(t, Config{SMTPHost: p.host, SMTPPort: p.port, SMTPSecurity: "none"})
	m := outbound()
	m.Signature, m.SignedHTML = "Lindqvist\nStorgatan 1", "<p>Lindqvist<br />\nStorgatan 1</p>"
	m.Quoted = &channel.Quoted{From: desk.Address{Name: "Anna Öberg", Email: "anna@example.com"}, At: now(), Text: "It is broken.\n\n> hi", HTML: `<p>It is <b>broken</b>.<img src="https://x.example/p.gif" alt="logo"><script>x</script></p>`}
	m.Also, m.Cc, m.Bcc = []desk.Address{{Email: "per@example.com"}}, []desk.Address{{Name: "Boss, the", Email: "boss@example.com"}}, []desk.Address{{Email: "secret@example.com"}}
	m.Files = []channel.File{{Name: "räkning.pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.4 x")}}
	sent, err := ch.Send(t.Context(), a, m)
	if err != nil {
		t.Fatal(err)
	}
	got := p.mails()
	if len(got) != 1 || mail.BounceOf(key, got[0].from) != bare(m.Message.String()) || !slices.Equal(got[0].to, []string{"anna@example.com", "per@example.com", "boss@example.com", "secret@example.com"}) || got[0].helo != "desk.test" {
		t.Fatalf("%+v", got)
	}
	r, err := mail.Parse(t.Context(), got[0].body)
	if err != nil {
		t.Fatal(err)
	}
	if r.From.String() != "Maja at Lindqvist Cycles <Support@Lindqvist.example>" || r.To[0].String() != "Anna Öberg <anna@example.com>" || r.To[1].Email != "per@example.com" || r.Cc[0].String() != "Boss, the <boss@example.com>" {
		t.Errorf("from %v to %v cc %v", r.From, r.To, r.Cc)
	}
	if bytes.Contains(got[0].body, []byte("secret@")) {
		t.Error("the mail names who got a blind copy")
	}
	if r.Subject != "Re: Broken wheel" || !r.Date.Equal(now()) || r.MessageID != sent.ExternalID || sent.Own[0] != "mid:"+r.MessageID {
		t.Errorf("%q %v %q %+v", r.Subject, r.Date, r.MessageID, sent)
	}
	if !slices.Equal(r.InReplyTo, []string{"last@example.com"}) || !slices.Equal(r.References, []string{"root@example.com", "last@example.com"}) {
		t.Errorf("in reply to %q, references %q", r.InReplyTo, r.References)
	}
	if token := mail.Token(key, r.ReplyTo[0].Email); token == "" || conversation(token) != m.Conversation {
		t.Errorf("answers go to %v", r.ReplyTo)
	}
	quote := "\n\nOn " + now().Format("2006-01-02") + " at " + now().Format("15:04") + " UTC, Anna Öberg <anna@example.com> wrote:\n> It is broken.\n>\n>> hi"
	if r.Text != "Hello Anna,\n\nwe send a new one.\n\n-- \nLindqvist\nStorgatan 1"+quote || !strings.Contains(r.HTML, "<strong>send</strong>") || !strings.Contains(r.HTML, "Storgatan 1") ||
		!strings.Contains(r.HTML, "<p>It is <b>broken</b>.[logo]</p></blockquote>") {
		t.Errorf("%q\n%q", r.Text, r.HTML)
	}
	if len(r.Files) != 1 || r.Files[0].Name != "räkning.pdf" || string(r.Files[0].Data) != "%PDF-1.4 x" {
		t.Errorf("%+v", r.Files)
	}
	if r.Auto != "" {
		t.Errorf("a person's answer is marked as automatic: %q", r.Auto)
	}
	for line := range bytes.Lines(got[0].body) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes: RFC 5321 allows 1000", len(line))
		}
	}
}

// TestEveryTryIsTheSame: what the first try made is kept before it leaves, and sent
// again as it is, whatever was changed meanwhile (F7: a retry is the same message to
// whoever gets it twice).
func TestEveryTryIsTheSame(t *testing.T) {
	p := (&peer{cut: true}).start(t, nil, false)
	ch := New(Options{Key: key, Now: now})
	m := outbound()
	m.Files = []channel.File{{Name: "a.txt", ContentType: "text/plain", Data: []byte("a")}}
	m.Keep = func(_ context.Context, built []byte) error {
		if len(p.mails()) != 0 {
			t.Error("it was kept after it left")
		}
		m.Built = built
		return nil
	}
	if _, err := ch.Send(t.Context(), through(t, p), m); err == nil {
		t.Fatal("the server that hung up took it")
	}
	p.mu.Lock()
	p.cut = false
	p.mu.Unlock()
	m.Try, m.Text, m.Subject, m.AuthorName = 2, "Something else", "Something else", "Otto"
	if _, err := ch.Send(t.Context(), through(t, p), m); err != nil {
		t.Fatal(err)
	}
	got := p.mails()
	if len(got) != 2 || !bytes.Equal(got[0].body, got[1].body) || len(got[0].body) == 0 {
		t.Errorf("%d tries: %+v", len(got), got)
	}
	m.Built, m.Keep = nil, func(context.Context, []byte) error { return errors.New("the disk is full") }
	_, err := ch.Send(t.Context(), through(t, p), m)
	if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != channel.Retry || len(p.mails()) != 2 {
		t.Errorf("what could not be kept: %v, %d mails", err, len(p.mails()))
	}
}

// TestEnvelope: everybody gets one copy, who is in blind copy is named nowhere, and
// nobody is told of automatic mail that does not arrive, unless the server wants a sender.
func TestEnvelope(t *testing.T) {
	for _, tt := range []struct {
		auto       bool
		only, from string
	}{
		{false, "", mail.SignBounce(key, "Support@Lindqvist.example", bare(outbound().Message.String()))}, {false, "Support@Lindqvist.example", "Support@Lindqvist.example"}, {true, "", ""},
		{true, "Support@Lindqvist.example", "Support@Lindqvist.example"},
	} {
		p := (&peer{only: tt.only}).start(t, nil, false)
		m := outbound()
		m.Auto, m.Cc, m.Bcc = tt.auto, []desk.Address{{Email: "boss@example.com"}, {Email: "ANNA@example.com"}}, []desk.Address{{Email: "secret@example.com"}, {Email: "Boss@example.com"}}
		if _, err := New(Options{Key: key, Now: now}).Send(t.Context(), through(t, p), m); err != nil {
			t.Fatal(err)
		}
		got := p.mails()
		if len(got) != 1 || got[0].from != tt.from || !slices.Equal(got[0].to, []string{"anna@example.com", "boss@example.com", "secret@example.com"}) || bytes.Contains(bytes.ToLower(got[0].body), []byte("secret@")) || bytes.Contains(bytes.ToLower(got[0].body), []byte("bcc")) {
			t.Errorf("%+v: %+v", tt, got)
		}
		if auto := bytes.Contains(got[0].body, []byte("Auto-Submitted: auto-replied")) && bytes.Contains(got[0].body, []byte("X-Auto-Response-Suppress: All")) && bytes.Contains(got[0].body, []byte("Precedence: auto_reply")); auto != tt.auto || bytes.Contains(got[0].body, []byte("Precedence")) != tt.auto {
			t.Errorf("automatic %v: %q", tt.auto, got[0].body)
		}
	}
}

// TestSendErrors: what a server's answer means depends on the stage.
func TestSendErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		peer  *peer
		class channel.Class
		code  string
	}{
		{"greylisted", &peer{rcpt: refusal(451, smtp.EnhancedCode{4, 7, 1})}, channel.Retry, "451 4.7.1"},
		{"mailbox full", &peer{rcpt: refusal(452, smtp.EnhancedCode{4, 2, 2})}, channel.Retry, "452 4.2.2"},
		{"no such user", &peer{rcpt: refusal(550, smtp.EnhancedCode{5, 1, 1})}, channel.Gone, "550 5.1.1"},
		{"no such domain", &peer{rcpt: refusal(550, smtp.EnhancedCode{5, 1, 2})}, channel.Gone, "550 5.1.2"},
		{"policy", &peer{rcpt: refusal(550, smtp.EnhancedCode{5, 7, 1})}, channel.Reject, "550 5.7.1"},
		{"sender refused", &peer{mail: refusal(553, smtp.EnhancedCode{5, 7, 1})}, channel.Reject, "553 5.7.1"},
		{"wants a login", &peer{mail: refusal(530, smtp.EnhancedCode{5, 7, 0})}, channel.Unauth, "530 5.7.0"},
		{"closing", &peer{mail: refusal(421, smtp.EnhancedCode{4, 3, 2})}, channel.Retry, "421 4.3.2"},
		{"spam", &peer{data: refusal(550, smtp.EnhancedCode{5, 7, 1})}, channel.Reject, "550 5.7.1"},
		{"too large", &peer{data: refusal(552, smtp.EnhancedCode{5, 3, 4})}, channel.Reject, "552 5.3.4"},
		{"disk full", &peer{data: refusal(451, smtp.EnhancedCode{4, 3, 0})}, channel.Retry, "451 4.3.0"},
		{"cut after the final dot", &peer{cut: true}, channel.Ambiguous, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.peer.start(t, nil, false)
			_, err := New(Options{Key: key, Now: now}).Send(t.Context(), through(t, tt.peer), outbound())
			se, ok := errors.AsType[*channel.SendError](err)
			if !ok || se.Class != tt.class || se.Code != tt.code {
				t.Fatalf("%#v", err)
			}
			if tt.peer.cut != (len(tt.peer.mails()) == 1) {
				t.Errorf("the server has %d mails", len(tt.peer.mails()))
			}
		})
	}
}

// TestSendRefusedCc: somebody in Cc who is gone says nothing about the customer.
func TestSendRefusedCc(t *testing.T) {
	p := (&peer{}).start(t, nil, false)
	m := outbound()
	m.Cc = []desk.Address{{Email: "gone@example.com\r\nRCPT TO:<x@example.com>"}}
	_, err := New(Options{Key: key, Now: now}).Send(t.Context(), through(t, p), m)
	if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != channel.Reject || len(p.mails()) != 0 {
		t.Errorf("%#v, %d mails", err, len(p.mails()))
	}
}

func TestSendEncryptedAndSignedIn(t *testing.T) {
	server, client := certificate(t)
	for _, security := range []string{"starttls", "tls"} {
		t.Run(security, func(t *testing.T) {
			p := (&peer{user: "maja", password: "secret"}).start(t, server, security == "tls")
			c := Config{SMTPHost: p.host, SMTPPort: p.port, SMTPSecurity: security, SMTPUser: "maja", SMTPPassword: "secret"}
			ch := New(Options{Key: key, Hostname: "desk.test", ClientTLS: client, Now: now})
			if _, err := ch.Send(t.Context(), account(t, c), outbound()); err != nil {
				t.Fatal(err)
			}
			if got := p.mails(); len(got) != 1 || !got[0].tls || got[0].helo != "desk.test" {
				t.Errorf("%+v", got)
			}
			c.SMTPPassword = "wrong"
			wantClass(t, ch, account(t, c), channel.Unauth)
			wantClass(t, New(Options{Key: key, ClientTLS: &tls.Config{RootCAs: nil}, Now: now}), account(t, c), channel.Unauth) // an unknown certificate
		})
	}
	t.Run("no STARTTLS offered", func(t *testing.T) {
		p := (&peer{}).start(t, nil, false)
		wantClass(t, New(Options{Key: key, Now: now}), account(t, Config{SMTPHost: p.host, SMTPPort: p.port}), channel.Unauth)
		if len(p.mails()) != 0 {
			t.Error("a mail went out without encryption")
		}
	})
}

func wantClass(t *testing.T, ch *Channel, a channel.Account, class channel.Class) {
	t.Helper()
	_, err := ch.Send(t.Context(), a, outbound())
	if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != class {
		t.Errorf("want %s, got %v", class, err)
	}
}

func TestSendThroughTheRelay(t *testing.T) {
	p := (&peer{}).start(t, nil, false)
	a := account(t, Config{})
	ch := New(Options{Key: key, Relay: Relay{Address: net.JoinHostPort(p.host, "0")}, Now: now})
	wantClass(t, ch, a, channel.Retry)
	ch = New(Options{Key: key, Relay: Relay{Address: (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: p.port}).String()}, Now: now})
	if _, err := ch.Send(t.Context(), a, outbound()); err != nil || len(p.mails()) != 1 {
		t.Errorf("%v, %d mails", err, len(p.mails()))
	}
	wantClass(t, New(Options{Key: key, Now: now}), a, channel.Unauth) // neither server nor relay
}

// TestSendGivesUp: a server that says nothing does not hold a delivery for ever.
func TestSendGivesUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			accepted <- c
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	addr := l.Addr().(*net.TCPAddr)
	_, err = New(Options{Key: key, Now: now}).Send(ctx, account(t, Config{SMTPHost: "127.0.0.1", SMTPPort: addr.Port, SMTPSecurity: "none"}), outbound())
	if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != channel.Retry {
		t.Errorf("%v", err)
	}
	_ = (<-accepted).Close()
}

func TestComposeFirstMail(t *testing.T) {
	ch := New(Options{Key: key, Now: now})
	m := outbound()
	m.Parents, m.Subject, m.AuthorName = nil, "Your order", ""
	out, err := ch.compose(Config{Address: "support@lindqvist.example"}, account(t, Config{}), m)
	if err != nil || out.Subject != "Your order" || out.From.Name != "Lindqvist Cycles" || len(out.References) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestAnswersTheCustomer: an answer answers what the customer wrote last, also when
// we have written since, and names the root of a long thread.
func TestAnswersTheCustomer(t *testing.T) {
	m := outbound()
	m.Parents = nil
	for i := range 40 {
		m.Parents = append(m.Parents, fmt.Sprintf("mid:%d@example.com", i))
	}
	m.Answers = "mid:38@example.com"
	out, err := New(Options{Key: key, Now: now}).compose(Config{Address: "support@lindqvist.example"}, account(t, Config{}), m)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := mail.Write(out)
	if err != nil {
		t.Fatal(err)
	}
	r, err := mail.Parse(t.Context(), raw)
	if err != nil || !slices.Equal(r.InReplyTo, []string{"38@example.com"}) || len(r.References) != 20 || r.References[0] != "0@example.com" || r.References[19] != "39@example.com" {
		t.Errorf("%v: in reply to %q, references %q", err, r.InReplyTo, r.References)
	}
}
