package api_test

import (
	"strings"
	"testing"

	"parley/app"
	"parley/channel"
)

// A mail is had as it arrived by whoever may read it, to keep or as text in which
// nothing runs; what came another way, or was removed, has no original.
func TestOriginals(t *testing.T) {
	s := serve(t, nil)
	cookie := s.signIn("maja@example.com")
	s.do("POST", s.ws("/inboxes/"+s.Inbox.ID.String()+"/channels"), map[string]any{"kind": "email", "name": "Mail", "config": map[string]string{"address": "help@desk.test"}},
		"Cookie", cookie).want(t, 201)
	acc, err := s.Lookup(t.Context(), "email", "help@desk.test")
	s.OK(err)
	for size, key := range map[int]string{10: "small", 300 << 10: "large"} { // in its row, and beside it
		raw := "Received: from somewhere\r\nFrom: Kim <kim@customer.test>\r\nTo: help@desk.test\r\nSubject: The ../wheel\r\nMessage-ID: <" + key + "@customer.test>\r\nContent-Type: text/html\r\n\r\n" +
			"<script>alert(1)</script>" + strings.Repeat("It is bent. ", size/12+1)
		got, err := s.Receive(t.Context(), acc, channel.Raw{
			Dedupe: key, ContentType: "message/rfc822", Envelope: map[string]string{"mail_from": "kim@customer.test", "rcpt_to": "help@desk.test"}, Body: []byte(raw), At: s.Clock.Now(),
		}, app.Uploads{})
		s.OK(err)
		place := s.ws("/messages/" + got.Message.String() + "/original")
		a := s.do("GET", place, nil, "Cookie", cookie).want(t, 200)
		if a.body != raw || a.Header.Get("Content-Type") != "message/rfc822" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment; ") ||
			strings.Contains(a.Header.Get("Content-Disposition"), "/") || !strings.Contains(a.Header.Get("Content-Disposition"), ".eml") {
			t.Errorf("%s: %d bytes of %d, %v", key, len(a.body), len(raw), a.Header)
		}
		a = s.do("GET", place+"?view=true", nil, "Cookie", cookie).want(t, 200)
		if a.body != raw || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s as text: %d bytes of %d, %v", key, len(a.body), len(raw), a.Header)
		}
		s.do("GET", place, nil).want(t, 401)
	}
}
