package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// A webhook cannot make us wait for longer than we want, nor for a time that is over.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "99999999999999999999", "1.5", "Mon, 01 Jun 2026 10:00:00 GMT", "Mon, 01 Jun 0000 10:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d := retryAfter(s, time.Unix(1.78e9, 0)); d < 0 || d > maxAfter {
			t.Errorf("%q waits %s", s, d)
		}
	})
}

// What is checked can be posted to.
func FuzzCheck(f *testing.F) {
	const secrets = `"webhook_secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","inbound_secret":"a secret of the other system"`
	for _, s := range []string{"https://example.com/x", "http://[::1]:80/", "https://a:b@example.com", "file:///etc/passwd", "gopher://x", "https://x/\\r\\nX: y", "//x", "https://", "https://x#y", "https://%zz"} {
		f.Add(`{"webhook_url":"` + s + `",` + secrets + `}`)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if (Channel{}).Check(json.RawMessage(s)) != nil {
			return
		}
		c, err := Read(json.RawMessage(s))
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.WebhookURL, nil)
		if err != nil || r.URL.Scheme != "https" && r.URL.Scheme != "http" || r.URL.Hostname() == "" || r.URL.User != nil {
			t.Errorf("%q: %v", c.WebhookURL, err)
		}
	})
}
