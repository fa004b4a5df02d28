// Command serve runs, for tests in a browser, an authorization server and a mailbox
// that only it opens: IMAP, and a submission that keeps what it takes. It prints where
// they listen as JSON, and ends with its input.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/internal/oauthtest"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "serve REDIRECT-ADDRESS MAILBOX")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// box is the mailbox.
type box struct {
	*oauthtest.Server
	user *imapmemserver.User
	name string
	ctx  context.Context

	mu    sync.Mutex
	conns []*imapserver.Conn
	sent  []string
}

func run(ctx context.Context, redirect, mailbox string) error {
	oauth, err := oauthtest.New(redirect, mailbox, time.Hour)
	if err != nil {
		return err
	}
	b := &box{Server: oauth, user: imapmemserver.NewUser(mailbox, ""), name: mailbox, ctx: ctx}
	if err := b.user.Create("INBOX", nil); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /deliver", b.deliver)
	mux.HandleFunc("POST /forget", b.forget)
	mux.HandleFunc("GET /sent", b.taken)
	mux.Handle("/", oauth)
	im := imapserver.New(&imapserver.Options{
		InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}},
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.conns = append(b.conns, c)
			return &session{imapmemserver.NewUserSession(b.user), b}, nil, nil
		},
	})
	sub := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &submission{box: b}, nil }))
	sub.AllowInsecureAuth, sub.Domain = true, "localhost"
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	at := map[string]int{}
	for name, serve := range map[string]func(net.Listener) error{"http": web.Serve, "imap": im.Serve, "smtp": sub.Serve} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		at[name] = l.Addr().(*net.TCPAddr).Port
		go func() { _ = serve(l) }()
	}
	if err := json.NewEncoder(os.Stdout).Encode(at); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// deliver puts a mail into the mailbox.
func (b *box) deliver(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = b.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: time.Now()})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// literal implements imap.LiteralReader.
type literal struct{ *bytes.Reader }

// forget takes back what was allowed, as its owner can, and ends what is open by it.
func (b *box) forget(w http.ResponseWriter, r *http.Request) {
	if err := b.Forget(r.Context(), b.name); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		_ = c.NetConn().Close()
	}
	b.conns = nil
}

// taken lists what was handed in.
func (b *box) taken(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = json.NewEncoder(w).Encode(b.sent)
}

// bearer lets in who shows a token for the mailbox (RFC 7628).
func (b *box) bearer(in func()) sasl.Server {
	return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
		if !b.Opens(b.ctx, o.Token, b.name) {
			return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
		}
		in()
		return nil
	})
}

// session implements imapserver.SessionSASL.
type session struct {
	*imapmemserver.UserSession
	box *box
}

// AuthenticateMechanisms implements imapserver.SessionSASL.
func (*session) AuthenticateMechanisms() []string { return []string{sasl.OAuthBearer} }

// Authenticate implements imapserver.SessionSASL.
func (s *session) Authenticate(string) (sasl.Server, error) { return s.box.bearer(func() {}), nil }

// submission implements smtp.AuthSession.
type submission struct {
	box  *box
	open bool
}

// AuthMechanisms implements smtp.AuthSession.
func (*submission) AuthMechanisms() []string { return []string{sasl.OAuthBearer} }

// Auth implements smtp.AuthSession.
func (s *submission) Auth(string) (sasl.Server, error) {
	return s.box.bearer(func() { s.open = true }), nil
}

// Mail implements smtp.Session.
func (s *submission) Mail(string, *smtp.MailOptions) error {
	if !s.open {
		return smtp.ErrAuthRequired
	}
	return nil
}

// Rcpt implements smtp.Session.
func (*submission) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data implements smtp.Session.
func (s *submission) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.sent = append(s.box.sent, string(raw))
	return err
}

// Reset implements smtp.Session.
func (*submission) Reset() {}

// Logout implements smtp.Session.
func (*submission) Logout() error { return nil }
