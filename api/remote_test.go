package api_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/api"
	"parley/app"
	"parley/channel"
	"parley/internal/safehttp"
)

// A picture of one pixel, as bytes of its type.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\xdac\xfc\xcf\xf0\x1f\x00\x05\x00\x01\xff\xa1\x14\x1a\xd8\x00\x00\x00\x00IEND\xaeB`\x82")

// gallery is a server of pictures that remembers how it was asked.
type gallery struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.asked = append(g.asked, r)
		g.mu.Unlock()
		http.SetCookie(w, &http.Cookie{Name: "reader", Value: "1"})
		w.Header().Set("Content-Type", "image/png") // whatever it is
		switch r.URL.Path {
		case "/logo.png":
			_, _ = w.Write(onePixel)
		case "/moved.png":
			http.Redirect(w, r, "/logo.png", http.StatusFound)
		case "/inside.png":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/drawing.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`))
		case "/page.png":
			_, _ = w.Write([]byte(`<html><script>alert(1)</script>`))
		case "/large.png":
			_, _ = w.Write(append(bytes.Clone(onePixel), make([]byte, 9<<20)...))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gallery) requests() []*http.Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// Remote pictures are asked for by nobody until a reader wants them; then by
// Parley, which says nothing of who reads, and only as the mail names them.
func TestRemotePictures(t *testing.T) {
	s := serve(t, func(o *api.Options) {
		o.Remote = safehttp.New(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	})
	g := newGallery(t)
	cookie := s.signIn("maja@example.com")
	s.do("POST", s.ws("/inboxes/"+s.Inbox.ID.String()+"/channels"), map[string]any{"kind": "email", "name": "Mail", "config": map[string]string{"address": "help@desk.test"}},
		"Cookie", cookie).want(t, 201)
	acc, err := s.Lookup(t.Context(), "email", "help@desk.test")
	s.OK(err)
	paths := []string{"/logo.png", "/moved.png", "/inside.png", "/drawing.svg", "/page.png", "/large.png", "/none.png"}
	mail := "From: Kim <kim@customer.test>\r\nTo: help@desk.test\r\nSubject: News\r\nMessage-ID: <1@customer.test>\r\nContent-Type: text/html\r\n\r\n<p>News</p>" +
		`<td background="` + g.URL + `/background.png">x</td><img width="1" height="1" src="` + g.URL + `/count.gif">`
	for _, p := range paths {
		mail += `<img alt="` + p + `" src="` + g.URL + p + `?a=1&amp;b=2">` + "\r\n"
	}
	got, err := s.Receive(t.Context(), acc, channel.Raw{
		Dedupe: "1", ContentType: "message/rfc822", Envelope: map[string]string{"mail_from": "kim@customer.test", "rcpt_to": "help@desk.test"}, Body: []byte(mail), At: s.Clock.Now(),
	}, app.Uploads{})
	s.OK(err)
	place := s.ws("/messages/" + got.Message.String() + "/html")
	if page := s.do("GET", place, nil, "Cookie", cookie).want(t, 200).body; strings.Contains(page, g.URL) || strings.Contains(page, "/picture?") {
		t.Errorf("pictures are shown before anybody asks:\n%s", page)
	}
	page := s.do("GET", place+"?pictures=true", nil, "Cookie", cookie).want(t, 200).body
	if strings.Contains(page, ` src="http`) || !strings.Contains(page, `data-trackers="1"`) {
		t.Errorf("it loads from elsewhere, or counts readers:\n%s", page)
	}
	if n := len(g.requests()); n != 0 {
		t.Fatalf("%d requests were made for a page that nobody looks at", n)
	}
	sources := map[string]string{}
	for _, m := range regexp.MustCompile(`<img src="([^"]+)" alt="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		sources[m[2]] = html.UnescapeString(m[1])
	}
	if len(sources) != len(paths) {
		t.Fatalf("%d pictures of %d are in\n%s", len(sources), len(paths), page)
	}
	for _, p := range paths {
		want := 404
		if p == "/logo.png" || p == "/moved.png" {
			want = 200
		}
		a := s.do("GET", sources[p], nil, "Cookie", cookie, "Referer", "https://desk.test/inbox", "User-Agent", "A browser")
		if a.StatusCode != want {
			t.Fatalf("%s: %d, %s", p, a.StatusCode, a.body)
		}
		if want == 200 && (a.body != string(onePixel) || a.Header.Get("Content-Type") != "image/png" || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") ||
			!strings.HasPrefix(a.Header.Get("Cache-Control"), "private") || a.Header.Get("Set-Cookie") != "" || a.Header.Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("%s: %d bytes, %v", p, len(a.body), a.Header)
		}
	}
	for _, r := range g.requests() {
		if r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" && !strings.HasPrefix(r.Header.Get("Referer"), g.URL) || r.UserAgent() != "Parley" || r.Header.Get("X-Forwarded-For") != "" {
			t.Errorf("%s was asked with %v", r.URL, r.Header)
		}
		if r.URL.Path == "/count.gif" {
			t.Error("what counts readers was asked for")
		}
	}
	// Its address is for who may read the mail, as it stands there, for a while.
	src := sources["/logo.png"]
	before := len(g.requests())
	s.do("GET", src, nil).want(t, 401)
	for what, address := range map[string]string{
		"another picture": strings.Replace(src, "logo.png", "page.png", 1), "another mail": strings.Replace(src, got.Message.String(), "msg_0000000000001", 1),
		"another end": regexp.MustCompile(`e=\d+`).ReplaceAllString(src, "e=9999999999"), "no signature": regexp.MustCompile(`&s=[^&]+`).ReplaceAllString(src, ""),
	} {
		if a := s.do("GET", address, nil, "Cookie", cookie); a.StatusCode != 404 {
			t.Errorf("%s: %d", what, a.StatusCode)
		}
	}
	s.Clock.Add(3 * 24 * time.Hour)
	s.do("GET", src, nil, "Cookie", s.signIn("maja@example.com")).want(t, 404)
	if n := len(g.requests()); n != before {
		t.Errorf("%d requests were made for addresses that are not valid", n-before)
	}
}
