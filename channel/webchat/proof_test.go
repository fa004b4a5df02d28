package webchat

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	key         = []byte("a key of thirty-two bytes, at all")
	proofSecret = "a proofSecret of at least thirty-two characters"
	proofNow    = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
)

func token(t testing.TB, key []byte, v Visitor) string {
	t.Helper()
	s, err := Sign(key, v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// identity signs the text of a header and of claims as it is.
func identity(proofSecret, header, claims string) string {
	body := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	return body + "." + base64.RawURLEncoding.EncodeToString(mac([]byte(proofSecret), body))
}

func TestTokenGivesItsVisitor(t *testing.T) {
	for _, v := range []Visitor{
		{Channel: 3, Kind: "visitor", ID: "V1"}, {Channel: 3, Kind: "external", ID: "kim", Name: "Kim Ö", Email: "kim@example.com", Verified: true, Expires: proofNow.Unix() + 60},
		{Channel: 3, Kind: "visitor", ID: "at the last second", Expires: proofNow.Unix()},
	} {
		got, err := Verify(key, token(t, key, v), proofNow)
		if err != nil || !cmp.Equal(got, v) {
			t.Errorf("%+v, %v; want %+v", got, err, v)
		}
	}
}

func TestTokenIsRefused(t *testing.T) {
	v := Visitor{Channel: 3, Kind: "visitor", ID: "V1"}
	good := token(t, key, v)
	body, sum, _ := strings.Cut(good, ".")
	old := v
	old.Expires = proofNow.Unix() - 1
	for name, s := range map[string]string{
		"nothing": "", "a dot": ".", "without a signature": body + ".", "without a body": "." + sum, "of another key": token(t, []byte("another"), v), "expired": token(t, key, old),
		"with something after it": good + "x", "with another part": good + "." + sum, "with padding": good + "=", "a signature of nothing": "." + base64.RawURLEncoding.EncodeToString(mac(key, "")),
	} {
		if got, err := Verify(key, s, proofNow); err == nil || got != (Visitor{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	// No single changed character goes unnoticed, but for bits that base64 ignores.
	for i := range body {
		changed := []byte(good)
		changed[i] ^= 1
		if got, err := Verify(key, string(changed), proofNow); err == nil {
			t.Fatalf("with character %d changed it gives %+v", i, got)
		}
	}
}

// FuzzToken: nothing but what was signed is believed, and what is, is what was signed.
func FuzzToken(f *testing.F) {
	f.Add(token(f, key, Visitor{Channel: 3, Kind: "visitor", ID: "V1"}))
	f.Add(token(f, key, Visitor{Channel: 3, Kind: "external", ID: "kim", Name: "Kim", Verified: true, Expires: proofNow.Unix()}))
	f.Add(token(f, []byte("another"), Visitor{Channel: 3, Kind: "visitor", ID: "V1"}))
	f.Add("e30.")
	f.Add(".")
	f.Add("e30." + base64.RawURLEncoding.EncodeToString(mac(key, "e30")))
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Verify(key, s, proofNow)
		if err != nil {
			if v != (Visitor{}) {
				t.Fatalf("a refused token gives %+v", v)
			}
			return
		}
		body, _, _ := strings.Cut(s, ".")
		if got, err := Verify(key, token(t, key, v), proofNow); err != nil || got != v {
			t.Fatalf("%+v is not what its own token gives: %+v, %v", v, got, err)
		}
		if raw, err := base64.RawURLEncoding.DecodeString(body); err != nil || !json.Valid(raw) {
			t.Fatalf("believed: %q", s)
		}
	})
}

func TestIdentityProof(t *testing.T) {
	exp := func(d time.Duration) string { return string(mustJSON(t, proofNow.Add(d).Unix())) }
	claims := func(exp string) string {
		return `{"sub":"kim","email":"kim@example.com","name":"Kim","aud":"shop","exp":` + exp + `}`
	}
	for name, d := range map[string]time.Duration{"for five minutes": 5 * time.Minute, "at the last moment of a slow clock": -2 * time.Minute, "for as long as may be": 12 * time.Minute} {
		got, err := VerifyIdentity(proofSecret, "shop", identity(proofSecret, `{"alg":"HS256"}`, claims(exp(d))), proofNow)
		if want := (Known{Subject: "kim", Email: "kim@example.com", Name: "Kim"}); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	got, err := VerifyIdentity(proofSecret, "shop", identity(proofSecret, `{"alg":"HS256"}`, claims(exp(-3*time.Minute))), proofNow)
	if !errors.Is(err, ErrExpired) || got.Subject != "kim" {
		t.Errorf("expired: %+v, %v", got, err)
	}
	if got, err := VerifyIdentity(proofSecret, "shop", identity("another", `{"alg":"HS256"}`, claims(exp(-time.Hour))), proofNow); errors.Is(err, ErrExpired) || got != (Known{}) {
		t.Errorf("forged and expired: %+v, %v", got, err)
	}
	if _, err := VerifyIdentity("", "shop", identity("", `{"alg":"HS256"}`, claims(exp(0))), proofNow); err == nil {
		t.Error("without a proofSecret everybody is believed")
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzIdentity: whatever a header and claims say, signed with the right proofSecret or
// not, who is believed was signed for this chat, for proofNow, with HS256.
func FuzzIdentity(f *testing.F) {
	for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"none"}`, `{"alg":"HS256","crit":["x"]}`, `[]`, ``} {
		for _, claims := range []string{
			`{"sub":"kim","aud":"shop","exp":1780304700}`, `{"sub":"kim","aud":["x","shop"],"exp":1.7803047e9,"nbf":0}`, `{"sub":"kim","aud":"shop"}`, `{"sub":"","aud":"shop","exp":1780304700}`,
			`{"sub":"kim","aud":"shop","exp":1e308}`, `{"sub":"kim","aud":"shop","exp":-1e308}`, `{"sub":"kim","aud":"shop","exp":1780304700,"exp":9e18}`, `{"sub":"\u0000","aud":"shop","exp":1780304700}`, `{`,
		} {
			f.Add(header, claims, proofSecret)
		}
	}
	f.Add(`{"alg":"HS256"}`, `{"sub":"kim","aud":"shop","exp":1780304700}`, "another")
	f.Fuzz(func(t *testing.T, header, claims, by string) {
		k, err := VerifyIdentity(proofSecret, "shop", identity(by, header, claims), proofNow)
		if err != nil {
			if !errors.Is(err, ErrExpired) && k != (Known{}) {
				t.Fatalf("refused, and yet %+v", k)
			}
			if by != proofSecret && k != (Known{}) {
				t.Fatalf("signed by another, and yet %+v", k)
			}
			return
		}
		var h struct{ Alg string }
		var c struct {
			Sub string
			Exp float64
			Aud any
		}
		if json.Unmarshal([]byte(header), &h) != nil || json.Unmarshal([]byte(claims), &c) != nil {
			t.Fatalf("believed: %q %q", header, claims)
		}
		left := c.Exp - float64(proofNow.Unix())
		if by != proofSecret || h.Alg != "HS256" || k.Subject == "" || k.Subject != c.Sub || len(k.Subject) > 200 || left < -120 || left > 720 {
			t.Fatalf("%+v is believed: %q %q, signed with %q", k, header, claims, by)
		}
	})
}

// FuzzIdentityText: no text that was not signed is believed.
func FuzzIdentityText(f *testing.F) {
	good := identity(proofSecret, `{"alg":"HS256"}`, `{"sub":"kim","aud":"shop","exp":1780304700}`)
	f.Add(strings.TrimSuffix(good, good[len(good)-4:]))
	f.Add("a.b.c")
	f.Add("..")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := VerifyIdentity(proofSecret, "shop", s, proofNow); err == nil && strings.NewReplacer("\n", "", "\r", "").Replace(s) != good {
			t.Fatalf("%q makes %+v", s, k)
		}
	})
}
