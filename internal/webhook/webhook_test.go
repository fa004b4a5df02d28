package webhook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	secret  = "whsec_cGFybGV5IHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzISE="
	another = "whsec_YW5vdGhlciBzZWNyZXQgd2l0aCAzMiBieXRlcyEhISE="
)

var at = time.Unix(1_800_000_000, 0)

func key(t testing.TB, secret string) []byte {
	t.Helper()
	k, err := Key(secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The signatures were made by another implementation, the npm package
// standardwebhooks 1.1.1: new Webhook(secret).sign(id, date, body).
func TestSignLikeOthers(t *testing.T) {
	for _, c := range []struct{ id, body, want string }{
		{"msg_parley1", `{"text":"Grüße ✓"}`, "v1,JVqwRuFzRB6LKIQXxWxGQQJyN/n1/jVEE4GTEW9En2U="},
		{"msg_parley2", "", "v1,uZClvNUNL9jQifpBXv+oEK1XMRimDS81PSSN28uhXX0="},
	} {
		h := http.Header{}
		Sign(h, key(t, secret), c.id, at.Add(999*time.Millisecond), []byte(c.body))
		if got := h.Get("webhook-signature"); got != c.want || h.Get("webhook-id") != c.id || h.Get("webhook-timestamp") != "1800000000" {
			t.Errorf("%s: %v; want %s", c.id, h, c.want)
		}
		if err := Verify(h, key(t, secret), []byte(c.body), at); err != nil {
			t.Errorf("%s: %v", c.id, err)
		}
	}
}

func signed(t testing.TB, body string) http.Header {
	h := http.Header{}
	Sign(h, key(t, secret), "msg_1", at, []byte(body))
	return h
}

func TestVerifyRefuses(t *testing.T) {
	const body = `{"a":1}`
	good := signed(t, body)
	fits := good.Get(HeaderSignature)
	for name, change := range map[string]func(http.Header){
		"without an id":           func(h http.Header) { h.Del(HeaderID) },
		"another id":              func(h http.Header) { h.Set(HeaderID, "msg_2") },
		"without a time":          func(h http.Header) { h.Del(HeaderTimestamp) },
		"another time":            func(h http.Header) { h.Set(HeaderTimestamp, "1800000001") },
		"a time written +":        func(h http.Header) { h.Set(HeaderTimestamp, "+1800000000") },
		"a time with zeros":       func(h http.Header) { h.Set(HeaderTimestamp, "01800000000") },
		"a time before all":       func(h http.Header) { h.Set(HeaderTimestamp, "-9223372036854775808") },
		"a time after all":        func(h http.Header) { h.Set(HeaderTimestamp, "9223372036854775807") },
		"a time that is none":     func(h http.Header) { h.Set(HeaderTimestamp, "now") },
		"without a signature":     func(h http.Header) { h.Del(HeaderSignature) },
		"part of the signature":   func(h http.Header) { h.Set(HeaderSignature, fits[:8]) },
		"without the version":     func(h http.Header) { h.Set(HeaderSignature, strings.TrimPrefix(fits, "v1,")) },
		"another version":         func(h http.Header) { h.Set(HeaderSignature, "v2,"+strings.TrimPrefix(fits, "v1,")) },
		"another key's signature": func(h http.Header) { Sign(h, key(t, another), "msg_1", at, []byte(body)) },
		"too many to look at":     func(h http.Header) { h.Set(HeaderSignature, strings.Repeat("v1,x ", maxSignatures)+fits) },
	} {
		h := good.Clone()
		change(h)
		if err := Verify(h, key(t, secret), []byte(body), at); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for i := range body {
		changed := []byte(body)
		changed[i] ^= 1
		if err := Verify(good, key(t, secret), changed, at); err == nil {
			t.Errorf("accepted with byte %d of the body changed", i)
		}
	}
}

// A clock may differ by five minutes to either side and no second more.
func TestTolerance(t *testing.T) {
	h := signed(t, "{}")
	for d, want := range map[time.Duration]bool{0: true, Tolerance: true, -Tolerance: true, Tolerance + time.Second: false, -Tolerance - time.Second: false, 1000 * time.Hour: false} {
		if err := Verify(h, key(t, secret), []byte("{}"), at.Add(d)); (err == nil) != want {
			t.Errorf("%s later: %v", d, err)
		}
	}
}

// While a secret is changed, posts carry a signature of each.
func TestTwoSecrets(t *testing.T) {
	h, other := signed(t, "{}"), http.Header{}
	Sign(other, key(t, another), "msg_1", at, []byte("{}"))
	h.Set(HeaderSignature, other.Get(HeaderSignature)+"  v2,AAAA "+h.Get(HeaderSignature))
	for _, s := range []string{secret, another} {
		if err := Verify(h, key(t, s), []byte("{}"), at); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	if a, b := NewSecret(), NewSecret(); a == b || !strings.HasPrefix(a, "whsec_") || len(key(t, a)) != 32 {
		t.Errorf("%q and %q", a, b)
	}
	if !bytes.Equal(key(t, secret), key(t, strings.TrimPrefix(secret, "whsec_"))) {
		t.Error("the prefix changes the key")
	}
	for _, bad := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "whsec_" + strings.Repeat("AAAA", 22), "whsek_" + strings.Repeat("AAA=", 11)} {
		if _, err := Key(bad); err == nil {
			t.Errorf("%q is taken for a secret", bad)
		}
	}
}

// Published examples of Standard Webhooks, where they are at hand.
func TestPublishedExamples(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "examples", "channels", "signatures")
	f, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Skipf("%s is not here", dir)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c struct {
			ID, Channel, Secret, Body string
			Headers                   map[string]string
			Now                       int64
			Expect                    struct{ Valid bool }
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Channel != "standard-webhooks" {
			continue
		}
		n++
		h := http.Header{}
		for name, v := range c.Headers {
			h.Set(name, v)
		}
		if err := Verify(h, key(t, c.Secret), []byte(c.Body), time.Unix(c.Now, 0)); (err == nil) != c.Expect.Valid {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	if n == 0 {
		t.Error("none of the examples is of Standard Webhooks")
	}
}

// No header crashes the check, and what passes it carries the one signature that fits.
func FuzzVerify(f *testing.F) {
	good := signed(f, "{}")
	f.Add("msg_1", "1800000000", good.Get(HeaderSignature), []byte("{}"))
	f.Add("msg_1", "1800000000", "v2,x "+good.Get(HeaderSignature), []byte("{}"))
	f.Add("msg_1", "+1800000000", "v1,", []byte(""))
	f.Add("", "-1", ",,, ,", []byte("\x00"))
	f.Fuzz(func(t *testing.T, id, timestamp, signatures string, body []byte) {
		h := http.Header{}
		h.Set(HeaderID, id)
		h.Set(HeaderTimestamp, timestamp)
		h.Set(HeaderSignature, signatures)
		if Verify(h, key(t, secret), body, at) == nil && !strings.Contains(signatures, signature(key(t, secret), id, timestamp, body)) {
			t.Errorf("accepted %q %q %q", id, timestamp, signatures)
		}
	})
}
