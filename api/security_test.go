package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"parley/api"
	"parley/internal/limit"
)

const password = "correct horse battery"

// Every answer says how a browser is to take it, whoever gives it: a page, a
// file, an error, the API, what is not there.
func TestHeadersOfEveryAnswer(t *testing.T) {
	s := serve(t, nil)
	key := s.connect("webchat", map[string]any{"allowed_origins": []string{"https://www.example.com"}})
	for _, path := range []string{
		"/", "/settings", "/assets/a.js", "/assets/none.js", "/widget.js", "/w/" + key, "/w/none", "/w/assets/frame.js", "/w/assets/none.js", "/try", "/try/" + key, "/try/none",
		"/api/docs", "/api/openapi.json", "/api/v1/install", "/api/v1/session", "/api/none", "/api/v1/workspaces/x/members", "/api/widget/v1/" + key + "/config",
	} {
		a := s.do("GET", path, nil)
		policy := a.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'unsafe-inline'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		ancestors := "frame-ancestors 'none'"
		if path == "/w/"+key {
			ancestors = "frame-ancestors 'self' https://www.example.com"
		}
		if !strings.HasSuffix(policy, ancestors) && !strings.Contains(policy, ancestors+";") {
			t.Errorf("%s may be framed: %q", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		for _, name := range []string{"Permissions-Policy", "Cross-Origin-Resource-Policy", "Cache-Control", "Content-Type"} {
			if a.Header.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
		if a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is for other origins", path)
		}
		if strings.HasPrefix(path, "/api/") && a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %q", path, a.Header.Get("Cache-Control"))
		}
	}
	if strings.Contains(s.do("GET", "/api/docs", nil).body, "<script") {
		t.Error("the page of the API runs scripts")
	}
}

// What is no file is not there, whatever the address; a request is not sent back.
func TestOnlyFilesAreServed(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/w/assets/part.d", "/w/assets/part.d/", "/w/assets/", "/w/assets/.", "/part.d", "/part.d/", "/w/assets/..%2fapp/index.html", "/w/assets/%2e%2e/app/assets/a.js", "/assets/..%2f..%2fx.js"} {
		if a := s.do("GET", path, nil); a.StatusCode != 404 && a.StatusCode != 307 && a.StatusCode != 301 || strings.Contains(a.body, "x.js") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/", "/api/v1/install", "/api/none"} {
		if a := s.do("TRACE", path, nil, "X-Marker", "marker"); a.StatusCode < 400 || strings.Contains(a.body, "marker") {
			t.Errorf("TRACE %s: %d %s", path, a.StatusCode, a.body)
		}
	}
}

// With an https address the cookie is bound to this host; it is never readable by
// scripts.
func TestCookie(t *testing.T) {
	plain, secure := serve(t, nil), serve(t, func(o *api.Options) { o.Secure, o.PublicURL = true, "https://desk.example.com" })
	for s, name := range map[*site]string{plain: "parley_session", secure: "__Host-parley_session"} {
		a := s.do("POST", "/api/v1/session", map[string]string{"email": "maja@example.com", "password": password}).want(t, 200)
		c := a.Cookies()[0]
		if c.Name != name || !c.HttpOnly || c.Secure != (s == secure) || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s", a.Header.Get("Set-Cookie"))
		}
		s.do("GET", "/api/v1/session", nil, "Cookie", a.cookie(t)).want(t, 200)
		if strings.Contains(a.body, c.Value) {
			t.Error("the session is in the body, too")
		}
		if out := s.do("DELETE", "/api/v1/session", nil, "Cookie", a.cookie(t)).want(t, 204); out.Cookies()[0].MaxAge >= 0 || out.Cookies()[0].Name != name {
			t.Errorf("%s", out.Header.Get("Set-Cookie"))
		}
	}
}

// Writes need a header that other sites cannot send and an origin of ours, with a
// cookie and without.
func TestAnotherSiteCannotWrite(t *testing.T) {
	s := serve(t, nil)
	secure := serve(t, func(o *api.Options) { o.Secure = true })
	cookie := s.signIn("maja@example.com")
	in := map[string]string{"email": "maja@example.com", "password": password}
	for name, header := range map[string][]string{
		"no header": {"X-Parley-CSRF", ""}, "another origin": {"Origin", "https://evil.example"}, "no origin": {"Origin", "null"},
		"another site": {"Sec-Fetch-Site", "cross-site"}, "the same site": {"Sec-Fetch-Site", "same-site"},
	} {
		for _, path := range []string{"/api/v1/session", "/api/v1/setup", "/api/v1/invitations/inv_x/accept"} {
			if got := s.do("POST", path, in, header...); got.StatusCode != 403 {
				t.Errorf("%s, %s: %d %s", name, path, got.StatusCode, got.body)
			}
		}
		if got := s.do("PATCH", "/api/v1/me", map[string]string{"name": "Eve"}, append(header, "Cookie", cookie)...); got.StatusCode != 403 {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
		if name != "no header" {
			if got := s.do("GET", s.ws("/socket"), nil, append(header, "Cookie", cookie)...); got.StatusCode != 403 {
				t.Errorf("%s: the socket says %d", name, got.StatusCode)
			}
		}
	}
	s.do("PATCH", "/api/v1/me", map[string]string{"name": "Maja E"}, "Cookie", cookie, "Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin").want(t, 200)
	secure.do("POST", "/api/v1/session", in, "Origin", "http://127.0.0.1:8080").want(t, 403)
	secure.do("POST", "/api/v1/session", in, "Origin", "https://127.0.0.1:8080").want(t, 200)
}

// A site whose name is made to lead here cannot set up an install.
func TestSetupByAForeignName(t *testing.T) {
	s := serve(t, nil)
	for host, want := range map[string]int{"evil.example": 403, "evil.example:8080": 403, "127.0.0.1.evil.example": 403, "127.0.0.1:8080": 409, "localhost:8080": 409, "[::1]:8080": 409, "desk.localhost": 409} {
		in := map[string]string{"workspace_name": "x", "name": "x", "email": "x@example.com", "password": password}
		if a := s.do("POST", "/api/v1/setup", in, "Host", host); a.StatusCode != want {
			t.Errorf("%s: %d %s", host, a.StatusCode, a.body)
		}
	}
	public := serve(t, func(o *api.Options) { o.PublicURL = "https://desk.example.com" })
	public.do("POST", "/api/v1/setup", map[string]string{"workspace_name": "x", "name": "x", "email": "x@example.com", "password": password}, "Host", "desk.example.com").want(t, 409)
}

// A session ends when it is not used for a week, and after thirty days in any case.
func TestSessionsEnd(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	s.Clock.Add(6 * 24 * time.Hour)
	s.do("GET", "/api/v1/session", nil, "Cookie", cookie).want(t, 200)
	s.Clock.Add(7*24*time.Hour + time.Minute)
	s.do("GET", "/api/v1/session", nil, "Cookie", cookie).want(t, 401)

	cookie = s.signIn("maja@example.com")
	for range 29 {
		s.Clock.Add(24 * time.Hour)
		s.do("GET", "/api/v1/session", nil, "Cookie", cookie).want(t, 200)
	}
	s.Clock.Add(24*time.Hour + time.Minute)
	s.do("GET", "/api/v1/session", nil, "Cookie", cookie).want(t, 401)
}

// Who signs in again, or changes the password, gets a new session, and the old
// one is over; so are all others after a change of the password.
func TestSessionsAreReplaced(t *testing.T) {
	s := serve(t, nil)
	first := s.signIn("maja@example.com")
	other := s.signIn("maja@example.com")
	second := s.signIn("maja@example.com", "Cookie", first)
	s.do("GET", "/api/v1/session", nil, "Cookie", first).want(t, 401)
	s.do("GET", "/api/v1/session", nil, "Cookie", other).want(t, 200)

	change := map[string]string{"current_password": "wrong wrong wrong", "password": "tulip-harbour-nine"}
	s.do("PATCH", "/api/v1/me", change, "Cookie", second).want(t, 422)
	change["current_password"] = password
	third := s.do("PATCH", "/api/v1/me", change, "Cookie", second).want(t, 200).cookie(t)
	for name, c := range map[string]string{"the one it was changed in": second, "another": other} {
		if a := s.do("GET", "/api/v1/session", nil, "Cookie", c); a.StatusCode != 401 {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	s.do("GET", "/api/v1/session", nil, "Cookie", third).want(t, 200)
	if a := s.do("PATCH", "/api/v1/me", map[string]string{"name": "Maja E"}, "Cookie", third).want(t, 200); a.Header.Get("Set-Cookie") != "" {
		t.Error("a new name gives a new session")
	}
	s.OK(s.ResetPassword(t.Context(), "maja@example.com", "another-tulip-harbour"))
	s.do("GET", "/api/v1/session", nil, "Cookie", third).want(t, 401)
}

// Somebody can end their other sessions one by one, and nobody else's.
func TestSessionsElsewhere(t *testing.T) {
	s := serve(t, nil)
	here, there, others := s.signIn("maja@example.com"), s.signIn("maja@example.com"), s.signIn("daniel@example.com")
	var list struct {
		Items []struct {
			ID      string
			Current bool
		}
	}
	s.do("GET", "/api/v1/sessions", nil, "Cookie", here).want(t, 200).read(t, &list)
	if len(list.Items) != 2 {
		t.Fatalf("%d sessions", len(list.Items))
	}
	for _, v := range list.Items {
		s.do("DELETE", "/api/v1/sessions/"+v.ID, nil, "Cookie", others).want(t, 204)
	}
	s.do("GET", "/api/v1/session", nil, "Cookie", there).want(t, 200)
	for _, v := range list.Items {
		if !v.Current {
			s.do("DELETE", "/api/v1/sessions/"+v.ID, nil, "Cookie", here).want(t, 204)
		}
	}
	s.do("GET", "/api/v1/session", nil, "Cookie", there).want(t, 401)
	s.do("GET", "/api/v1/session", nil, "Cookie", here).want(t, 200)
}

// A token acts in its workspace and never on the account of who made it.
func TestTokensAreNotTheAccount(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	var other struct{ ID string }
	s.do("POST", "/api/v1/workspaces", map[string]string{"name": "Other"}, "Cookie", cookie).want(t, 201).read(t, &other)
	s.do("GET", "/api/v1/workspaces/"+other.ID, nil, "Cookie", cookie).want(t, 200)
	var token struct{ ID, Secret string }
	s.do("POST", s.ws("/tokens"), map[string]any{"name": "x", "scopes": []string{"admin"}}, "Cookie", cookie).want(t, 201).read(t, &token)
	with := []string{"Authorization", "Bearer " + token.Secret}
	for _, r := range []struct{ method, path, body string }{
		{"PATCH", "/api/v1/me", `{"name":"Eve"}`}, {"DELETE", "/api/v1/session", ""}, {"GET", "/api/v1/sessions", ""}, {"DELETE", "/api/v1/sessions/ses_1", ""},
		{"POST", "/api/v1/workspaces", `{"name":"x"}`}, {"POST", s.ws("/tokens"), `{"name":"x","scopes":["read"]}`},
	} {
		if a := s.do(r.method, r.path, r.body, with...); a.StatusCode != 403 {
			t.Errorf("%s %s: %d %s", r.method, r.path, a.StatusCode, a.body)
		}
	}
	s.do("GET", "/api/v1/workspaces/"+other.ID, nil, with...).want(t, 404)
	s.do("GET", "/api/v1/workspaces/"+other.ID+"/socket", nil, with...).want(t, 404)
	var me struct{ Workspaces []struct{ ID string } }
	s.do("GET", "/api/v1/session", nil, with...).want(t, 200).read(t, &me)
	if len(me.Workspaces) != 1 || me.Workspaces[0].ID != s.Workspace.String() {
		t.Errorf("the token sees %v", me.Workspaces)
	}
	s.do("DELETE", s.ws("/tokens/"+token.ID), nil, "Cookie", cookie).want(t, 204)
	s.do("GET", s.ws(""), nil, with...).want(t, 401)

	end := s.Clock.Now().Add(time.Hour)
	s.do("POST", s.ws("/tokens"), map[string]any{"name": "for an hour", "scopes": []string{"read"}, "expires_at": end}, "Cookie", cookie).want(t, 201).read(t, &token)
	with = []string{"Authorization", "Bearer " + token.Secret}
	s.do("GET", s.ws(""), nil, with...).want(t, 200)
	s.Clock.Add(time.Hour + time.Minute)
	s.do("GET", s.ws(""), nil, with...).want(t, 401)
}

// Guesses are limited by where they come from and by whom they are about, however
// the address is written, and over a whole IPv6 network.
func TestGuessesAreLimited(t *testing.T) {
	limited := func(o *api.Options) {
		l, err := limit.New(3, time.Minute, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		o.SignIn = l
	}
	for name, try := range map[string]func(i int) (email, remote string){
		"one account": func(i int) (string, string) {
			return []string{"maja@example.com", " maja@example.com", "MAJA@example.com  ", "\tMaja@Example.com", "maja@example.com"}[i], string(rune('1'+i)) + ".1.1.1:99"
		},
		"one address": func(i int) (string, string) { return string(rune('a'+i)) + "@example.com", "192.0.2.1:99" },
		"one network": func(i int) (string, string) {
			return string(rune('a'+i)) + "@example.com", "[2001:db8:1:2::" + string(rune('1'+i)) + "]:99"
		},
	} {
		s := serve(t, limited)
		var last answer
		for i := range 5 {
			email, remote := try(i)
			last = s.do("POST", "/api/v1/session", map[string]string{"email": email, "password": "wrong wrong wrong"}, "Remote", remote)
			if i < 3 && last.StatusCode != 401 {
				t.Errorf("%s, try %d: %d %s", name, i, last.StatusCode, last.body)
			}
		}
		if last.StatusCode != 429 || last.Header.Get("Retry-After") == "" || strings.Contains(last.body, "conflict") {
			t.Errorf("%s: %d %v %s", name, last.StatusCode, last.Header, last.body)
		}
	}
}

// A wrong password and an unknown address get the same answer.
func TestSignInTellsNothing(t *testing.T) {
	s := serve(t, nil)
	known := s.do("POST", "/api/v1/session", map[string]string{"email": "maja@example.com", "password": "wrong wrong wrong"}).want(t, 401)
	unknown := s.do("POST", "/api/v1/session", map[string]string{"email": "nobody@example.com", "password": "wrong wrong wrong"}).want(t, 401)
	if known.body != unknown.body || !maps.EqualFunc(known.Header, unknown.Header, func(a, b []string) bool { return strings.Join(a, ",") == strings.Join(b, ",") }) {
		t.Errorf("%s %v\n%s %v", known.body, known.Header, unknown.body, unknown.Header)
	}
}

// Bodies have limits before anybody is asked to keep them: too large, packed,
// too deep, of nobody. Nothing of them stays on disk.
func TestBodies(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	chat := s.connect("webchat", map[string]any{})
	inbound := s.connect("api", map[string]any{"webhook_url": "https://example.com/x", "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "inbound_secret": "a secret of the other system"})
	var session struct{ Token string }
	s.do("POST", "/api/widget/v1/"+chat+"/session", "{}").want(t, 200).read(t, &session)

	form := func(n int) string {
		return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a\u202ehtml.png\"\r\n\r\n" + strings.Repeat("x", n) + "\r\n--b--\r\n"
	}
	multi := []string{"Content-Type", "multipart/form-data; boundary=b"}
	for name, tt := range map[string]struct {
		path, body string
		header     []string
		want       int
	}{
		"an upload":               {s.ws("/attachments"), form(100 << 10), append(multi, "Cookie", cookie), 201},
		"too large an upload":     {s.ws("/attachments"), form(27 << 20), append(multi, "Cookie", cookie), 413},
		"an upload of nobody":     {s.ws("/attachments"), form(27 << 20), multi, 401},
		"a visitor's upload":      {"/api/widget/v1/" + chat + "/attachments", form(100 << 10), append(multi, "Authorization", "Bearer "+session.Token), 201},
		"too large a visitor's":   {"/api/widget/v1/" + chat + "/attachments", form(27 << 20), append(multi, "Authorization", "Bearer "+session.Token), 413},
		"a visitor's of nobody":   {"/api/widget/v1/" + chat + "/attachments", form(27 << 20), append(multi, "Authorization", "Bearer x"), 401},
		"too large a JSON":        {s.ws("/tags"), `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, []string{"Cookie", cookie}, 413},
		"too deep a JSON":         {s.ws("/tags"), strings.Repeat("[", 200_000), []string{"Cookie", cookie}, 400},
		"a packed JSON":           {s.ws("/tags"), "x", []string{"Cookie", cookie, "Content-Encoding", "gzip"}, 422},
		"a post without a secret": {"/api/v1/channels/" + inbound + "/messages", strings.Repeat("[", 30<<20), []string{"Idempotency-Key", "1"}, 401},
		"a post with a wrong one": {"/api/v1/channels/" + inbound + "/messages", strings.Repeat("[", 30<<20), []string{"Idempotency-Key", "1", "Authorization", "Bearer wrong"}, 401},
	} {
		a := s.do("POST", tt.path, tt.body, tt.header...)
		if a.StatusCode != tt.want {
			t.Errorf("%s: %d %.300s", name, a.StatusCode, a.body)
		}
		if tt.want == 201 && !strings.Contains(a.body, `"ahtml.png"`) {
			t.Errorf("%s: the name stays: %s", name, a.body)
		}
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasPrefix(f.Name(), "multipart-") {
			t.Errorf("%s stays on disk", f.Name())
		}
	}
}

// A form without a length is cut off where it may not go on.
func TestEndlessForm(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	endless := &counted{r: io.MultiReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"), zeros{})}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:8080"+s.ws("/attachments"), endless)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	r.Header.Set("X-Parley-CSRF", "1")
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code < 400 || endless.n > 30<<20 {
		t.Errorf("%d after %d bytes: %s", w.Code, endless.n, w.Body)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// What is shown in place can run nothing, everything else is a download, and
// browsers do not keep it.
func TestDownloads(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	for name, tt := range map[string]struct{ data, inline string }{
		"a.svg":        {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "attachment"},
		"a.html":       {`<html><script>alert(1)</script>`, "attachment"},
		"a.pdf":        {"%PDF-1.4\n", "attachment"},
		"a.png":        {"\x89PNG\x0D\x0A\x1A\x0A", "inline"},
		"a.zip":        {"PK\x03\x04", "attachment"},
		"a\"; x=y.png": {"text", "attachment"},
	} {
		form := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=utf-8''" + strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22", " ", "%20").Replace(name) +
			"\r\nContent-Type: text/html\r\n\r\n" + tt.data + "\r\n--b--\r\n"
		var f struct{ URL string }
		s.do("POST", s.ws("/attachments"), form, "Content-Type", "multipart/form-data; boundary=b", "Cookie", cookie).want(t, 201).read(t, &f)
		a := s.do("GET", f.URL, nil, "Cookie", cookie).want(t, 200)
		if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, tt.inline+";") || strings.ContainsAny(got, "\r\n") || a.Header.Get("X") != "" {
			t.Errorf("%q: %q", name, got)
		}
		if got := a.Header.Get("Content-Type"); strings.Contains(got, "html") || strings.Contains(got, "svg") || strings.Contains(got, "xml") {
			t.Errorf("%q: %q", name, got)
		}
		if got := a.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %q, %q", name, got, a.Header.Get("Cache-Control"))
		}
	}
}

// A visitor's token ends: an anonymous one half a year after the chat was opened
// last, a signed customer's a day after their identity was verified, also if that
// identity is sent again.
func TestVisitorTokensEnd(t *testing.T) {
	s := serve(t, nil)
	const secret = "an identity secret of 32 letters"
	key := s.connect("webchat", map[string]any{"identity_secret": secret})
	base := "/api/widget/v1/" + key
	open := func(token, identity string) (a struct {
		Token   string
		Visitor struct{ Verified bool }
	}) {
		s.do("POST", base+"/session", map[string]string{"token": token, "identity": identity}).want(t, 200).read(t, &a)
		return a
	}
	known := func(token string) bool {
		return s.do("GET", base+"/messages", nil, "Authorization", "Bearer "+token).StatusCode == 200
	}
	jwt := func() string {
		enc := base64.RawURLEncoding.EncodeToString
		signed := enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(fmt.Sprintf(`{"sub":"7","aud":"%s","exp":%d}`, key, s.Clock.Now().Add(5*time.Minute).Unix())))
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(signed))
		return signed + "." + enc(mac.Sum(nil))
	}
	anonymous := open("", "").Token
	s.Clock.Add(170 * 24 * time.Hour)
	if !known(anonymous) {
		t.Error("an anonymous visitor is forgotten too early")
	}
	renewed := open(anonymous, "").Token
	s.Clock.Add(20 * 24 * time.Hour)
	if known(anonymous) || !known(renewed) {
		t.Error("a visitor's token does not end, or is not renewed")
	}
	proof := jwt()
	customer := open("", proof)
	s.Clock.Add(23 * time.Hour)
	again := open(customer.Token, proof) // too old by now, but it was good: the page has been open for long
	if open(customer.Token, "no identity").Visitor.Verified {
		t.Error("somebody else at the browser is taken for the customer")
	}
	if !customer.Visitor.Verified || !again.Visitor.Verified || !known(customer.Token) || !known(again.Token) {
		t.Error("a customer is forgotten too early")
	}
	s.Clock.Add(2 * time.Hour)
	if known(customer.Token) || known(again.Token) || open(again.Token, proof).Visitor.Verified {
		t.Error("a customer's token does not end")
	}
}
