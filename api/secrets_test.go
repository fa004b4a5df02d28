package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/api"
	"parley/app"
	"parley/internal/limit"
	"parley/realtime"
)

// What is secret is shown once or never, is not readable in the database, and is
// in no log: neither passwords nor tokens, nor channels' secrets, nor what
// customers write.
func TestSecretsAreWrittenOnly(t *testing.T) {
	s := serve(t, nil)
	const mark = "marker-"
	secrets := map[string]any{"address": "help@example.com", "smtp_host": "smtp.example.com", "smtp_user": "help@example.com", "smtp_password": mark + "smtp-password"}
	cookie := s.signIn("maja@example.com")
	chat := s.connect("webchat", map[string]any{"identity_secret": mark + "identity-0123456789-0123456789"})
	inbound := s.connect("api", map[string]any{"webhook_url": "https://example.com/x", "webhook_secret": "whsec_bWFya2VyLW1hcmtlci1tYXJrZXItbWFya2VyLQ==", "inbound_secret": mark + "inbound-0123456789"})
	s.connect("email", secrets)
	list := s.do("GET", s.ws("/inboxes"), nil, "Cookie", cookie).want(t, 200)
	if strings.Contains(list.body, mark) || strings.Contains(list.body, "bWFya2Vy") || !strings.Contains(list.body, `"secrets_set":["smtp_password"]`) {
		t.Errorf("%s", list.body)
	}

	// What is refused does not come back, and what is accepted is not logged.
	wrong := s.do("POST", "/api/v1/session", map[string]any{"email": "maja@example.com", "password": mark + "wrong"})
	odd := s.do("POST", "/api/v1/session", map[string]any{"email": 7, "password": []string{mark + "wrong"}})
	short := s.do("PATCH", "/api/v1/me", map[string]any{"current_password": mark + "current", "password": mark + "x"}, "Cookie", cookie)
	for _, a := range []answer{wrong, odd, short} {
		if a.StatusCode < 400 || strings.Contains(a.body, mark) {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	}
	var token struct{ Secret string }
	s.do("POST", s.ws("/tokens"), map[string]any{"name": "x", "scopes": []string{"read"}}, "Cookie", cookie).want(t, 201).read(t, &token)
	var invitation struct{ URL string }
	s.do("POST", s.ws("/invitations"), map[string]any{"email": "new@example.com", "role": "agent"}, "Cookie", cookie).want(t, 201).read(t, &invitation)
	secret := invitation.URL[strings.LastIndex(invitation.URL, "/")+1:]
	s.do("POST", "/api/v1/invitations/"+secret+"/accept", map[string]any{"name": "New", "password": mark + "tulip-harbour"}).want(t, 200)
	var session struct {
		Token  string
		Ticket string `json:"stream_ticket"`
	}
	s.do("POST", "/api/widget/v1/"+chat+"/session", map[string]any{"identity": "a.b." + mark}).want(t, 200).read(t, &session)
	s.do("POST", "/api/widget/v1/"+chat+"/messages", map[string]any{"client_id": "12345678", "text": mark + "text of a customer"}, "Authorization", "Bearer "+session.Token).want(t, 200)
	s.do("POST", "/api/v1/channels/"+inbound+"/messages", map[string]any{"contact": map[string]any{"external_id": "1"}, "text": mark + "text"},
		"Authorization", "Bearer "+mark+"inbound-0123456789", "Idempotency-Key", "1").want(t, 202)
	s.do("POST", "/api/v1/channels/"+inbound+"/messages", map[string]any{"contact": map[string]any{"external_id": "1"}, "text": mark + "text"},
		"Authorization", "Bearer "+mark+"wrong", "Idempotency-Key", "2").want(t, 401)
	s.do("GET", s.ws("/members"), nil, "Authorization", "Bearer "+token.Secret).want(t, 200)
	s.do("POST", s.ws("/tags"), map[string]any{"name": mark + "x"}, "Authorization", "Bearer "+token.Secret).want(t, 403)
	s.Work()
	log := s.log.String()
	_, value, _ := strings.Cut(cookie, "=")
	for what, v := range map[string]string{
		"a marker": mark, "a password": password, "a cookie": value, "a token": token.Secret, "an invitation": secret, "a visitor's token": session.Token, "a ticket": session.Ticket,
		"a webhook's secret": "bWFya2Vy",
	} {
		if strings.Contains(log, v) {
			t.Errorf("%s is in the log:\n%s", what, log)
		}
	}
	// Who did what is there, for who has to find out later.
	for _, want := range []string{"signed in", "sign-in refused", "password change refused", "a request was refused", "a post with a wrong secret was refused", "an identity was not believed"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log:\n%s", want, log)
		}
	}
}

// Whatever breaks inside, people get one sentence, and the log the cause.
func TestErrorsTellNothing(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	s.OK(s.DB.Close())
	for _, path := range []string{"/api/v1/session", s.ws("/members"), "/api/v1/install", "/w/x", "/try"} {
		a := s.do("GET", path, nil, "Cookie", cookie)
		if a.StatusCode != 500 || !strings.Contains(a.body, "Something went wrong on our side.") || strings.Contains(a.body, "sql") || strings.Contains(a.body, "closed") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if !strings.Contains(s.log.String(), "closed") {
		t.Error("the cause is not in the log")
	}
}

// readTimeout is how long a request may take to arrive; feeds are open for longer.
const readTimeout = 200 * time.Millisecond

// live is a site on the network, since feeds need a connection.
func live(t *testing.T, change func(*api.Options)) (*site, string) {
	t.Helper()
	var hub *realtime.Hub
	s := serve(t, func(o *api.Options) {
		hub = o.Hub
		if change != nil {
			change(o)
		}
	})
	s.Clock.Add(time.Since(s.Clock.Now())) // deadlines of a connection are of the real clock
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := hub.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	srv := httptest.NewUnstartedServer(s.Handler)
	srv.Config.ReadTimeout = readTimeout
	srv.Start()
	t.Cleanup(func() { hub.CutAll(); stop(); <-done; srv.Close() })
	return s, srv.URL
}

func dial(t *testing.T, s *site, url string, header ...string) (*websocket.Conn, int) {
	t.Helper()
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	c, resp, err := websocket.Dial(t.Context(), strings.Replace(url, "http", "ws", 1)+s.ws("/socket"), &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	t.Cleanup(func() { c.CloseNow() })
	return c, resp.StatusCode
}

// ended waits until a socket is closed by the other side.
func ended(t *testing.T, c *websocket.Conn) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return ctx.Err()
		}
	}
}

// A feed ends with what it was opened by: sign-out, a new password, a revoked
// token, a deactivated member.
func TestFeedsEnd(t *testing.T) {
	s, url := live(t, nil)
	owner := s.signIn("maja@example.com")
	for name, end := range map[string]func(cookie string){
		"signed out": func(cookie string) { s.do("DELETE", "/api/v1/session", nil, "Cookie", cookie).want(t, 204) },
		"new password": func(cookie string) {
			s.do("PATCH", "/api/v1/me", map[string]string{"current_password": password, "password": "tulip-harbour-nine"}, "Cookie", cookie).want(t, 200)
			s.OK(s.ResetPassword(t.Context(), "daniel@example.com", password))
		},
		"deactivated": func(string) {
			s.do("PATCH", s.ws("/members/"+s.Agent.User.String()), map[string]any{"active": false}, "Cookie", owner).want(t, 204)
			s.OK(s.ChangeMember(s.As(s.Owner), s.Agent.User, app.MemberChange{Active: ptr(true)}))
		},
	} {
		cookie := s.signIn("daniel@example.com")
		c, code := dial(t, s, url, "Cookie", cookie)
		if c == nil {
			t.Fatalf("%s: %d", name, code)
		}
		end(cookie)
		if err := ended(t, c); err != nil {
			t.Errorf("%s: the feed goes on", name)
		}
	}
	var token struct{ ID, Secret string }
	s.do("POST", s.ws("/tokens"), map[string]any{"name": "x", "scopes": []string{"read"}}, "Cookie", owner).want(t, 201).read(t, &token)
	c, _ := dial(t, s, url, "Authorization", "Bearer "+token.Secret)
	s.do("DELETE", s.ws("/tokens/"+token.ID), nil, "Cookie", owner).want(t, 204)
	if c == nil || ended(t, c) != nil {
		t.Error("revoked: the feed goes on")
	}
}

func ptr[T any](v T) *T { return &v }

// A person, and a visitor, have so many feeds and no more; a closed one makes room.
func TestFeedsAreCounted(t *testing.T) {
	s, url := live(t, func(o *api.Options) { o.Screens = 2 })
	cookie := s.signIn("daniel@example.com")
	first, _ := dial(t, s, url, "Cookie", cookie)
	if second, code := dial(t, s, url, "Cookie", cookie); first == nil || second == nil {
		t.Fatal(code)
	}
	if c, code := dial(t, s, url, "Cookie", cookie); c != nil || code != 429 {
		t.Errorf("a third feed: %d", code)
	}
	if c, code := dial(t, s, url, "Cookie", s.signIn("maja@example.com")); c == nil {
		t.Errorf("of somebody else: %d", code)
	}
	first.CloseNow()
	deadline := time.Now().Add(20 * time.Second)
	for {
		if c, _ := dial(t, s, url, "Cookie", cookie); c != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a closed feed makes no room")
		}
	}
	chat := s.connect("webchat", map[string]any{})
	var session struct {
		Ticket string `json:"stream_ticket"`
	}
	s.do("POST", "/api/widget/v1/"+chat+"/session", "{}").want(t, 200).read(t, &session)
	for i, want := range []int{200, 200, 429} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", url+"/api/widget/v1/"+chat+"/stream?ticket="+session.Ticket, nil)
		s.OK(err)
		resp, err := http.DefaultClient.Do(req)
		s.OK(err)
		defer resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("stream %d: %d", i, resp.StatusCode)
		}
		if want == 200 && !bufio.NewScanner(resp.Body).Scan() {
			t.Errorf("stream %d says nothing", i)
		}
	}
}

// A frame larger than any of ours ends the socket; what is no frame does not.
func TestFramesAreBounded(t *testing.T) {
	s, url := live(t, nil)
	cookie := s.signIn("daniel@example.com")
	c, code := dial(t, s, url, "Cookie", cookie)
	if c == nil {
		t.Fatal(code)
	}
	for _, frame := range []string{"", "x", "{", `{"type":7}`, `{"type":"viewing","conversation_id":"cnv_0"}`, `{"type":"typing","conversation_id":"cnv_999999999999999999999999"}`, `[` + strings.Repeat("[", 4000)} {
		s.OK(c.Write(t.Context(), websocket.MessageText, []byte(frame)))
	}
	if _, _, err := c.Read(t.Context()); err != nil {
		t.Fatalf("odd frames ended the socket: %v", err)
	}
	s.OK(c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"`+strings.Repeat("x", 5000)+`"}`)))
	if ended(t, c) != nil {
		t.Error("a large frame is read")
	}
}

// The deadline for reading a request does not end the feed that it opens.
func TestStreamsOutliveTheirRequest(t *testing.T) {
	s, url := live(t, nil)
	chat := "/api/widget/v1/" + s.connect("webchat", map[string]any{})
	var session struct {
		Token  string
		Ticket string `json:"stream_ticket"`
	}
	s.do("POST", chat+"/session", "{}").want(t, 200).read(t, &session)
	req, err := http.NewRequestWithContext(t.Context(), "GET", url+chat+"/stream?ticket="+session.Ticket, nil)
	s.OK(err)
	resp, err := http.DefaultClient.Do(req)
	s.OK(err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for n, begin := 0, time.Now(); time.Since(begin) < 4*readTimeout; n++ {
		id := fmt.Sprintf("message-%d.", n)
		s.do("POST", chat+"/messages", map[string]string{"client_id": id, "text": id}, "Authorization", "Bearer "+session.Token).want(t, 200)
		for !strings.Contains(lines.Text(), id) {
			if !lines.Scan() {
				t.Fatalf("the stream ended after %s: %v", time.Since(begin), lines.Err())
			}
		}
	}
}

// Nobody calls faster than a person, or a program of theirs, has reason to; others
// do not wait for that.
func TestCallsAreLimited(t *testing.T) {
	s := serve(t, func(o *api.Options) {
		l, err := limit.New(5, time.Hour, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		o.Calls = l
	})
	const secret = "a secret of the other system"
	channel := s.connect("api", map[string]any{"webhook_url": "https://example.com/x", "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "inbound_secret": secret})
	for i := range 6 {
		a := s.do("POST", "/api/v1/channels/"+channel+"/messages", map[string]any{"contact": map[string]string{"external_id": "1"}, "text": "Hello"}, "Authorization", "Bearer "+secret, "Idempotency-Key", fmt.Sprint(i))
		if want := map[bool]int{true: 202, false: 429}[i < 5]; a.StatusCode != want || i == 5 && a.Header.Get("Retry-After") == "" {
			t.Errorf("post %d: %d %v", i, a.StatusCode, a.Header)
		}
	}
	cookie, other := s.signIn("maja@example.com"), s.signIn("daniel@example.com")
	for range 4 { // and one to connect the channel
		s.do("GET", s.ws("/members"), nil, "Cookie", cookie).want(t, 200)
	}
	if a := s.do("GET", s.ws("/members"), nil, "Cookie", cookie, "Remote", "192.0.2.9:1").want(t, 429); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
	s.do("GET", s.ws("/members"), nil, "Cookie", other).want(t, 200)
}
