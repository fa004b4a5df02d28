package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"parley/api"
	"parley/app/apptest"
	apichannel "parley/channel/api"
	"parley/channel/email"
	"parley/channel/webchat"
	"parley/desk"
	"parley/realtime"
)

// site is a whole server, with what it logs.
type site struct {
	*apptest.Desk
	http.Handler
	t   testing.TB
	log *words
}

// words is what was logged.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// serve returns a site; change may change how it is served.
func serve(t testing.TB, change func(*api.Options)) *site {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	s := &site{Desk: d, t: t, log: &words{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d.Log = log
	d.Channels = append(d.Channels, webchat.New(), apichannel.Channel{Now: d.Clock.Now}, email.New(email.Options{Key: []byte("key"), Now: d.Clock.Now}))
	o := api.Options{App: d.App, Hub: &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: log}, Log: log, Version: "1"}
	if change != nil {
		change(&o)
	}
	h, _ := api.New(o)
	mux := http.NewServeMux()
	mux.Handle("/api/", h)
	mux.Handle("/", api.Pages(o, dist()))
	s.Handler = api.Headers(mux)
	return s
}

func dist() fs.FS {
	page := &fstest.MapFile{Data: []byte("<!doctype html><title>x</title>")}
	return fstest.MapFS{"app/index.html": page, "app/assets/a.js": page, "widget/loader.js": page, "widget/frame.html": page, "widget/frame.js": page, "widget/part.d/x.js": page, "app/part.d/x.js": page}
}

// answer is a response that was read.
type answer struct {
	*http.Response
	body string
}

// do makes a request; a header ending in a colon is not sent.
func (s *site) do(method, path string, body any, header ...string) answer {
	s.t.Helper()
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		b, err := json.Marshal(body)
		s.OK(err)
		in = bytes.NewReader(b)
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, "http://127.0.0.1:8080"+path, in)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Parley-CSRF", "1")
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "Host":
			r.Host = header[i+1]
		case "Remote":
			r.RemoteAddr = header[i+1]
		default:
			r.Header.Set(header[i], header[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	s.OK(err)
	return answer{w.Result(), string(b)}
}

// want fails the test if an answer is another.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%d, want %d: %.400s", a.StatusCode, status, a.body)
	}
	return a
}

func (a answer) read(t testing.TB, out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), out); err != nil {
		t.Fatalf("%v: %.300s", err, a.body)
	}
}

// cookie is what an answer sets, as a browser sends it back.
func (a answer) cookie(t testing.TB) string {
	t.Helper()
	for _, c := range a.Cookies() {
		if strings.HasSuffix(c.Name, "parley_session") {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatal("no cookie was set")
	return ""
}

// signIn returns the cookie of a new session.
func (s *site) signIn(email string, header ...string) string {
	s.t.Helper()
	return s.do("POST", "/api/v1/session", map[string]string{"email": email, "password": password}, header...).want(s.t, 200).cookie(s.t)
}

func (s *site) ws(path string) string { return "/api/v1/workspaces/" + s.Workspace.String() + path }

// connect makes an inbox's channel and returns its address.
func (s *site) connect(kind string, config any) string {
	s.t.Helper()
	var ch struct{ Address string }
	s.do("POST", s.ws("/inboxes/"+s.Inbox.ID.String()+"/channels"), map[string]any{"kind": kind, "config": config}, "Cookie", s.signIn("maja@example.com")).
		want(s.t, 201).read(s.t, &ch)
	return ch.Address
}
