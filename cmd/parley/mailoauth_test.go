package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/oauthtest"
)

// provider is an authorization server that Dovecot asks whose a token is.
type provider struct {
	*oauthtest.Server
	t    *testing.T
	base string
}

func (m *mailSystem) provider(p *program, user string, lifetime time.Duration) *provider {
	m.t.Helper()
	s, err := oauthtest.New(p.base+"/oauth/custom", user, lifetime)
	if err != nil {
		m.t.Fatal(err)
	}
	l, err := net.Listen("tcp", m.oauth)
	if err != nil {
		m.t.Fatal(err)
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()
	m.t.Cleanup(func() { _ = srv.Close() })
	return &provider{s, m.t, "http://" + m.oauth}
}

// register says to Parley what it is known by.
func (o *provider) register(p *program) {
	o.t.Helper()
	p.must("PUT", p.ws+"/mail-providers/custom", map[string]any{
		"title": "Example Mail", "client_id": oauthtest.ClientID, "client_secret": oauthtest.ClientSecret, "scope": "mail offline_access",
		"authorize_url": o.base + "/authorize", "token_url": o.base + "/token", "userinfo_url": o.base + "/userinfo", "revoke_url": o.base + "/revoke",
	}, nil)
}

// finished is what became of a connection.
type finished struct{ Mailbox, Problem string }

// visit goes to the provider as the admin's browser does, presses a button there, and
// returns with what the provider sent back.
func (o *provider) visit(p *program, channel, button string) url.Values {
	o.t.Helper()
	var begun struct{ URL string }
	p.must("POST", p.ws+"/channels/"+channel+"/connection", nil, &begun)
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.PostForm(begun.URL, url.Values{button: {"yes"}})
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		said, _ := io.ReadAll(resp.Body)
		o.t.Fatalf("the provider sends nobody back: %s %s", resp.Status, said)
	}
	if got := back.Scheme + "://" + back.Host + back.Path; got != o.Redirect {
		o.t.Errorf("sent back to %s", got)
	}
	return back.Query()
}

// hand gives to Parley what the provider sent back.
func (o *provider) hand(p *program, q url.Values) (f finished) {
	o.t.Helper()
	p.must("POST", "/api/v1/mail-connections", map[string]any{
		"provider": "custom", "state": q.Get("state"), "code": q.Get("code"), "error": q.Get("error"), "error_description": q.Get("error_description"),
	}, &f)
	return f
}

// allow connects a channel as somebody who allows it.
func (o *provider) allow(p *program, channel string) {
	o.t.Helper()
	if f := o.hand(p, o.visit(p, channel, "allow")); f.Problem != "" {
		o.t.Fatalf("not connected: %s", f.Problem)
	}
	eventually(o.t, "Parley has looked into the mailbox", func() bool { h := p.health(channel, "in"); return !h.OkAt.IsZero() && h.Problem == "" })
}

// granted is the settings of a channel into which a provider lets us.
func (b box) granted(imap, smtp string, more ...any) map[string]any {
	host, port := split(b.t, smtp)
	return b.config(imap, append([]any{"sign_in", "custom", "imap_password", "", "smtp_host", host, "smtp_port", port}, more...)...)
}

// without takes a word out of what a server says of itself.
func without(word string) func([]byte) []byte {
	return func(said []byte) []byte {
		return bytes.ReplaceAll(said, []byte(word), bytes.Repeat([]byte("X"), len(word)))
	}
}

// TestMailByOAuth: mail is fetched and goes out by what a provider allows, with both
// mechanisms, through Dovecot and Postfix. Specification 7 (e-mail), RFC 7628.
func TestMailByOAuth(t *testing.T) {
	m := newMailSystem(t)
	for name, c := range map[string]struct{ submission, hidden string }{
		"OAUTHBEARER": {m.submission, "AUTH=XOAUTH2"}, "XOAUTH2": {m.xoauth2, "AUTH=OAUTHBEARER"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMailSystem(t)
			b := m.box()
			line := newWire(t, m.imap)
			line.changing(without(c.hidden))
			p := m.program()
			o := m.provider(p, b.user, time.Hour)
			o.register(p)
			_, ch := p.connect(b.granted(line.addr, c.submission))
			eventually(t, "it says that nothing is connected", func() bool { return strings.Contains(p.health(ch, "in").Problem, "Press Connect") })
			o.allow(p, ch)
			b.deliver("kim@customer.test", letter("kim@customer.test", "By "+name, "Is it there?"))
			talk := p.arrived("By " + name)
			p.reply(talk.ID, "It is.")
			m.arrive("kim@customer.test", "By "+name, 1)
			log, err := os.ReadFile(m.log)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(log), "sasl_method="+name) || !strings.Contains(string(log), "sasl_username="+b.user) {
				t.Errorf("Postfix knows of no %s of %s", name, b.user)
			}
			o.quiet(p)
		})
	}
}

// quiet fails a test when the program's log or database holds a token that was used.
func (o *provider) quiet(p *program) {
	o.t.Helper()
	p.kill()
	files := map[string]string{"the log": p.log.String()}
	names, _ := filepath.Glob(filepath.Join(p.args[2], "*.db*"))
	p.start()
	for _, name := range names {
		plain, err := os.ReadFile(name)
		if err != nil {
			o.t.Fatal(err)
		}
		files[filepath.Base(name)] = string(plain)
	}
	if len(o.Offered()) == 0 {
		o.t.Error("no token was ever shown")
	}
	for name, text := range files {
		for _, token := range append(o.Offered(), oauthtest.ClientSecret) {
			if strings.Contains(text, token) {
				o.t.Errorf("%s holds a token or the secret", name)
			}
		}
	}
}

// TestMailOAuthEnds: tokens end while the mailbox is listened to, the refresh token is
// another one each time, and the provider is away for a while: nothing is lost,
// nothing comes twice.
func TestMailOAuthEnds(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program("--mail-renew", "1s")
	o := m.provider(p, b.user, 3*time.Second)
	o.register(p)
	_, ch := p.connect(b.granted(line.addr, m.submission))
	o.allow(p, ch)
	var want []string
	deliver := func(subject string) {
		want = append(want, subject)
		b.deliver("kim@customer.test", letter("kim@customer.test", subject, "Hello."))
	}
	for i, subject := range []string{"First", "Second", "Third"} {
		deliver(subject)
		eventually(t, "the token has ended", func() bool { return !o.Active(t.Context(), o.Offered()[len(o.Offered())-1]) })
		deliver(subject + " again")
		line.cut() // as servers do when a token has ended
		deliver(subject + " at last")
		eventually(t, "there is a new token", func() bool { return o.Renewed() > i })
		p.holds(t, want...)
	}
	talk := p.arrived("First")
	p.reply(talk.ID, "It is.")
	m.arrive("kim@customer.test", "First", 1)
	o.Break(true)
	eventually(t, "the token has ended", func() bool { return !o.Active(t.Context(), o.Offered()[len(o.Offered())-1]) })
	line.cut()
	eventually(t, "it says why", func() bool {
		return strings.Contains(p.health(ch, "in").Problem, "Example Mail gives no access just now")
	})
	deliver("While it was away")
	o.Break(false)
	p.holds(t, want...)
	if n := o.Allowed(t.Context(), b.user); n != 1 {
		t.Errorf("%d refresh tokens are good still, want the last one", n)
	}
	o.quiet(p)
}

// TestMailOAuthOver: what somebody took back is not asked for again; whoever looks
// after the workspace is told at once, and Reconnect mends it at once.
func TestMailOAuthOver(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program()
	o := m.provider(p, b.user, time.Hour)
	o.register(p)
	_, ch := p.connect(b.granted(line.addr, m.submission))
	o.allow(p, ch)
	b.deliver("kim@customer.test", letter("kim@customer.test", "Let in again", "Hello."))
	talk := p.arrived("Let in again")
	if err := o.Forget(t.Context(), b.user); err != nil {
		t.Fatal(err)
	}
	line.cut()
	again := "Example Mail asks you to sign in again. Press Reconnect"
	eventually(t, "it says who asks for what", func() bool { return strings.Contains(p.health(ch, "in").Problem, again) })
	if c := p.connection(ch); c.Mailbox != b.user || !strings.Contains(c.Problem, again) {
		t.Errorf("the connection: %+v", c)
	}
	asked := o.Asked()
	p.reply(talk.ID, "Can you read this?")
	eventually(t, "the answer says so, too", func() bool {
		all := p.messages(talk.ID)
		return len(all) == 2 && strings.Contains(all[1].Delivery.Reason, again)
	})
	if o.Asked() != asked {
		t.Error("the provider was asked again, though its answer is known")
	}
	var bell struct {
		Items []struct{ Kind string }
	}
	p.must("GET", p.ws+"/notifications", nil, &bell)
	if len(bell.Items) == 0 {
		t.Error("nobody was told")
	}
	b.deliver("kim@customer.test", letter("kim@customer.test", "Meanwhile", "Hello."))
	o.allow(p, ch)
	p.holds(t, "Let in again", "Meanwhile")
	p.retry(talk.ID, p.messages(talk.ID)[1].ID)
	m.arrive("kim@customer.test", "Let in again", 1)
	// Who becomes somebody else at the provider is not let in by what it gave before.
	p.must("PUT", p.ws+"/mail-providers/custom", map[string]any{"title": "Other", "client_id": "other", "client_secret": "x", "authorize_url": o.base + "/authorize", "token_url": o.base + "/token"}, nil)
	if c := p.connection(ch); c.Mailbox != "" {
		t.Errorf("%+v", c)
	}
}

// TestMailOAuthRefused: a token that a server takes no more before its time is
// replaced by a new one, once; a disconnected mailbox is closed, there and here.
func TestMailOAuthRefused(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	line := newWire(t, m.imap)
	p := m.program()
	o := m.provider(p, b.user, time.Hour)
	o.register(p)
	_, ch := p.connect(b.granted(line.addr, m.submission))
	o.allow(p, ch)
	b.deliver("kim@customer.test", letter("kim@customer.test", "Ended early", "Hello."))
	talk := p.arrived("Ended early")
	for n, use := range []func(){
		func() {
			line.cut()
			b.deliver("kim@customer.test", letter("kim@customer.test", "Ended and cut", "Hello."))
			p.holds(t, "Ended and cut", "Ended early")
		},
		func() {
			p.reply(talk.ID, "Is it?")
			m.arrive("kim@customer.test", "Ended early", 1)
		},
	} {
		o.EndAccess(t.Context(), b.user)
		use()
		if o.Renewed() != n+1 {
			t.Errorf("renewed %d times, want %d", o.Renewed(), n+1)
		}
	}
	var ended struct{ Revoked bool }
	p.must("DELETE", p.ws+"/channels/"+ch+"/connection", nil, &ended)
	if n := o.Allowed(t.Context(), b.user); !ended.Revoked || n != 0 {
		t.Errorf("taken back: %v; %d refresh tokens are good still", ended.Revoked, n)
	}
	eventually(t, "it says that nothing is connected", func() bool { return strings.Contains(p.health(ch, "in").Problem, "Press Connect") })
}

// TestMailOAuthFlow: only the session that began may end it, once, with what the
// provider gave for it; what somebody allowed must open this mailbox, their own or
// one that the server lets them into.
func TestMailOAuthFlow(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	p := m.program()
	o := m.provider(p, b.user, time.Hour)
	_, ch := p.connect(b.granted(m.imap, m.submission))
	if p.call("POST", p.ws+"/channels/"+ch+"/connection", nil, nil) {
		t.Error("a connection began at a provider that knows nothing of Parley")
	}
	o.register(p)
	refused := func(what string, q url.Values, provider string) {
		t.Helper()
		if p.call("POST", "/api/v1/mail-connections", map[string]any{"provider": provider, "state": q.Get("state"), "code": q.Get("code")}, nil) {
			t.Errorf("%s was taken", what)
		}
	}
	q := o.visit(p, ch, "allow")
	refused("an invented state", url.Values{"state": {"invented"}, "code": q["code"]}, "custom")
	mine := p.client
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.client = &http.Client{Jar: jar, Timeout: 10 * time.Second}
	refused("the return of nobody", q, "custom")
	p.must("POST", "/api/v1/session", map[string]string{"email": "maja@example.com", "password": "correct horse battery"}, nil)
	refused("the return of another session", q, "custom")
	p.client = mine
	if f := o.hand(p, q); f.Problem != "" || f.Mailbox != b.user {
		t.Errorf("%+v", f)
	}
	refused("the same return again", q, "custom")
	refused("the return of another provider", o.visit(p, ch, "allow"), "google")

	first, second := o.visit(p, ch, "allow"), o.visit(p, ch, "allow")
	if f := o.hand(p, url.Values{"state": first["state"], "code": second["code"]}); f.Problem == "" {
		t.Error("a code was taken with the verifier of another")
	}
	for _, c := range []struct{ user, button, problem string }{
		{b.user, "deny", "You did not let Parley into the mailbox"},
		{"somebody@box.test", "allow", "You signed in as somebody@box.test at Example Mail, and that does not open the mailbox of " + b.user},
	} {
		o.SignIn(c.user)
		if f := o.hand(p, o.visit(p, ch, c.button)); !strings.Contains(f.Problem, c.problem) {
			t.Errorf("%s of %s: %+v", c.button, c.user, f)
		}
	}
	if n := o.Allowed(t.Context(), "somebody@box.test"); n != 0 {
		t.Errorf("what opens nothing was kept: %d", n)
	}
	if c := p.connection(ch); c.Mailbox != b.user || c.Problem != "" {
		t.Errorf("what was connected before is gone: %+v", c)
	}

	o.Share(b.user, "boss@box.test") // a shared mailbox: its server knows who may open it
	o.SignIn("boss@box.test")
	if f := o.hand(p, o.visit(p, ch, "allow")); f.Problem != "" {
		t.Errorf("a shared mailbox: %+v", f)
	}
}

// connection is what the settings say of how a provider opens a channel's mailbox.
func (p *program) connection(channel string) (found struct{ Provider, Mailbox, Problem string }) {
	p.t.Helper()
	var page struct {
		Items []struct {
			Channels []struct {
				ID         string
				Connection *struct{ Provider, Mailbox, Problem string }
			}
		}
	}
	p.must("GET", p.ws+"/inboxes", nil, &page)
	for _, i := range page.Items {
		for _, ch := range i.Channels {
			if ch.ID == channel && ch.Connection != nil {
				found = *ch.Connection
			}
		}
	}
	return found
}
