package email

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/channel"
	"parley/desk"
)

// shared collects what a server logs.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.b.Reset()
	return s.b.String()
}

// Whatever a client says, the server lives, answers in whole lines, and stores
// only what a DATA of at most the allowed size brought to an address of ours.
func FuzzSMTP(f *testing.F) {
	to := "MAIL FROM:<a@x.example>\r\nRCPT TO:<support@lindqvist.example>\r\n"
	for _, s := range []string{
		"", "QUIT\r\n", "EHLO x\r\n" + to + "DATA\r\nFrom: a@x\r\n\r\nHello\r\n.\r\nQUIT\r\n", "HELO x\r\n" + to + "BDAT 5 LAST\r\nhello", "EHLO x\r\n" + to + "BDAT 9", "EHLO x\r\n" + to + "BDAT 99999999999999999999 LAST\r\n",
		"EHLO x\r\nMAIL FROM:<> SIZE=99999999999\r\n", "EHLO x\r\nMAIL FROM:<a@x> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<\xff@y>\r\n", "AUTH PLAIN AAAA\r\n", "STARTTLS\r\n", strings.Repeat("NOOP\r\n", 50),
		strings.Repeat("x", 70_000), "EHLO x\r\n" + to + "DATA\r\n..\r\n.\n.\r\n", "VRFY x\r\nRSET\r\nHELP\r\n", "EHLO x\r\n" + strings.Repeat("RCPT TO:<support@lindqvist.example>\r\n", 120), "LHLO x\r\n",
	} {
		f.Add([]byte(s))
	}
	in, log := twoInboxes(), &shared{}
	ready := make(chan []net.Addr, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	o := Options{Key: key, Listen: "127.0.0.1:0", Hostname: "desk.test", Now: now, MaxSize: 64 << 10, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Ready: func(a []net.Addr) { ready <- a }}
	go func() { done <- New(o).Serve(ctx, in) }()
	address := (<-ready)[0].String()
	f.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, said []byte) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		wrote := make(chan struct{})
		go func() {
			defer close(wrote)
			_, _ = conn.Write(said) // the server may have heard enough
			_ = conn.(*net.TCPConn).CloseWrite()
		}()
		answer, _ := io.ReadAll(conn) // it may have been reset
		<-wrote
		for line := range bytes.Lines(answer) {
			if bytes.HasSuffix(line, []byte("\n")) && (len(line) < 6 || line[0] < '2' || line[0] > '5') {
				t.Errorf("%q answers %.300q", line, said)
			}
		}
		in.mu.Lock()
		for _, g := range in.got {
			if g.account != 1 && g.account != 2 || len(g.raw.Body) > 64<<10 {
				t.Errorf("stored for %v: %d bytes", g.account, len(g.raw.Body))
			}
		}
		in.got = nil
		in.mu.Unlock()
		for line := range strings.Lines(log.take()) {
			// The library calls the session of a connection that went away within a
			// BDAT; it recovers, closes what is closed, and nothing was stored.
			if strings.Contains(line, "panic") && !strings.Contains(line, "handleBdat.func1") {
				t.Errorf("%.300q: %s", said, line)
			}
		}
	})
}

// Whatever arrives becomes a message or says why not.
func FuzzParse(f *testing.F) {
	for _, s := range []string{plainMail, richMail, oldMail, bounceMail, "", "x", "From: a@b\r\n\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=\"../x\"\r\n\r\n--b--"} {
		f.Add([]byte(s), "a@x.example", "support@lindqvist.example")
	}
	ch := New(Options{Key: key, Now: now})
	f.Fuzz(func(t *testing.T, body []byte, from, to string) {
		all, err := ch.Parse(t.Context(), channel.Account{ID: 1, Address: "support@lindqvist.example"}, channel.Raw{
			Body: body, At: now(), Envelope: map[string]string{"mail_from": from, "rcpt_to": to},
		})
		if err != nil {
			return
		}
		for _, in := range all {
			if in.From.ID == "" || in.Dedupe == "" || in.From.Verified || in.Text != desk.Clean(in.Text) || in.Thread.Conversation != 0 {
				t.Errorf("%+v", in)
			}
		}
	})
}

// What is checked can be used: no setting breaks out of a command or a header.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"address":"a@x.example"}`, `{"address":"a@x.example","smtp_host":"x\r\nQUIT"}`, `{"address":"<a@x>"}`, `{"address":"a@x.example","smtp_port":-1}`, `{"address":"ä@x"}`, `[]`, `{"address":"a@x.example","from_name":"x\nBcc: y"}`} {
		f.Add(s)
	}
	ch := New(Options{Key: key, Now: now})
	f.Fuzz(func(t *testing.T, s string) {
		if ch.Check(json.RawMessage(s)) != nil {
			return
		}
		c, err := read(json.RawMessage(s))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(c.Address+c.FromName+c.SMTPHost+c.SMTPUser+c.SMTPPassword, "\r\n\x00") || strings.Count(c.Address, "@") != 1 || c.SMTPPort < 1 || c.SMTPPort > 65535 {
			t.Errorf("%q: %+v", s, c)
		}
	})
}
