package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parley/desk"
	"parley/store"
)

// What a client sends as a place in a list is read or refused.
func FuzzListCursor(f *testing.F) {
	f.Add(encodeCursor(store.Place{ID: 7}))
	for _, s := range []string{"", "x", "e30", "bnVsbA", "W10", "eyJpZCI6MX0", "eyJJRCI6ImNudl94In0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var p store.Place
		if err := decodeCursor(s, &p); err != nil && desk.KindOf(err) != desk.Invalid {
			t.Errorf("%q: %v", s, err)
		}
		if n, err := number(s); err == nil && n < 0 {
			t.Errorf("%q is %d", s, n)
		}
	})
}

// The numbers of a visitor's messages rise with their ids, and a number leads back
// to before its message.
func FuzzVisitorNumbers(f *testing.F) {
	f.Add(int64(1), int64(2))
	f.Add(int64(0), int64(1)<<62)
	f.Fuzz(func(t *testing.T, a, b int64) {
		if a < 0 || b < a {
			return
		}
		x, y := seqOf(desk.MessageID(a)), seqOf(desk.MessageID(b))
		if a>>22 < b>>22 && x >= y {
			t.Errorf("%d, %d: %d, %d", a, b, x, y)
		}
		if idAfter(x) > desk.MessageID(a) {
			t.Errorf("%d begins after %d", idAfter(x), a)
		}
	})
}

// What is stored of a page's address has no query, no fragment, no password.
func FuzzWithoutQuery(f *testing.F) {
	for _, s := range []string{"", "https://x.example/a?b=c#d", "javascript:alert(1)", "https://a:b@x.example/", "http:///x", "HTTPS://x", "https://x/%3Fa", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := withoutQuery(s)
		if got == "" {
			return
		}
		u, err := url.Parse("https" + strings.TrimPrefix(strings.TrimPrefix(got, "https"), "http"))
		if strings.HasPrefix(got, "http://") == strings.HasPrefix(got, "https://") || err == nil && u.User != nil {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// A limit counts an address under one name, however it is written.
func FuzzNetwork(f *testing.F) {
	for _, s := range []string{"", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "fe80::1%eth0", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := network(s)
		if ip, _, ok := strings.Cut(got, "/"); ok && got != s && network(ip) != got {
			t.Errorf("%q is %q, and that is %q", s, got, network(ip))
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Last-Event-ID", s)
		r.Header.Set("Content-Encoding", s)
		if lastSeq(r) < 0 {
			t.Errorf("%q is a negative number", s)
		}
		_ = plainBody(r)
	})
}
