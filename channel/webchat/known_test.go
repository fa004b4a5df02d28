package webchat

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

func identityOf(sub string, left time.Duration, key string) string {
	claims, err := json.Marshal(map[string]any{"sub": sub, "aud": chat, "exp": now.Add(left).Unix()})
	if err != nil {
		panic(err) // of a map of strings
	}
	return sign(`{"alg":"HS256"}`, string(claims), key)
}

// Of a proof that was good and is too old one learns whom it named; of any other
// that is refused one learns nobody.
func TestExpiredIdentityNamesWhoItWas(t *testing.T) {
	if k, err := VerifyIdentity(secret, chat, identityOf("kim", -time.Hour, secret), now); !errors.Is(err, ErrExpired) || k.Subject != "kim" {
		t.Errorf("%+v, %v", k, err)
	}
	for name, token := range map[string]string{
		"forged and expired": identityOf("kim", -time.Hour, "another"), "forged": identityOf("kim", time.Minute, "another"), "too long": identityOf("kim", time.Hour, secret),
		"with an extension that must be known": sign(`{"alg":"HS256","crit":["b64"],"b64":false}`, `{"sub":"kim"}`, secret), "of a name with NUL": identityOf("k\x00im", time.Minute, secret),
	} {
		if k, err := VerifyIdentity(secret, chat, token, now); err == nil || errors.Is(err, ErrExpired) || k != (Known{}) {
			t.Errorf("%s: %+v, %v", name, k, err)
		}
	}
	if _, err := VerifyIdentity("", chat, identityOf("kim", time.Minute, ""), now); err == nil {
		t.Error("without a secret everybody is believed")
	}
}

// FuzzKnown: whatever a header and claims say, signed with the right secret or not,
// who is believed was signed for this chat, for now, with HS256.
func FuzzKnown(f *testing.F) {
	for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"none"}`, `{"alg":"HS256","crit":["x"]}`, `[]`, ``} {
		for _, claims := range []string{
			`{"sub":"kim","aud":"chat-key","exp":1780304700}`, `{"sub":"kim","aud":["x","chat-key"],"exp":1.7803047e9,"nbf":0}`, `{"sub":"","aud":"chat-key","exp":1780304700}`,
			`{"sub":"kim","aud":"chat-key","exp":1e308}`, `{"sub":"kim","aud":"chat-key","exp":1780304700,"exp":9e18}`, `{"sub":"\u0000","aud":"chat-key","exp":1780304700}`, `{`,
		} {
			f.Add(header, claims, secret)
		}
	}
	f.Add(`{"alg":"HS256"}`, `{"sub":"kim","aud":"chat-key","exp":1780304700}`, "another")
	f.Fuzz(func(t *testing.T, header, claims, by string) {
		k, err := VerifyIdentity(secret, chat, sign(header, claims, by), now)
		if err != nil {
			if k != (Known{}) && (by != secret || !errors.Is(err, ErrExpired)) {
				t.Fatalf("refused, and yet %+v", k)
			}
			return
		}
		var h struct{ Alg string }
		var c struct {
			Sub string
			Exp float64
		}
		if json.Unmarshal([]byte(header), &h) != nil || json.Unmarshal([]byte(claims), &c) != nil {
			t.Fatalf("believed: %q %q", header, claims)
		}
		left := c.Exp - float64(now.Unix())
		if by != secret || h.Alg != "HS256" || k.Subject == "" || k.Subject != c.Sub || len(k.Subject) > 200 || left < -121 || left > 721 {
			t.Fatalf("%+v is believed: %q %q, signed with %q", k, header, claims, by)
		}
	})
}

// FuzzToken: what is believed is what its own token gives again, and what is
// refused gives nobody.
func FuzzToken(f *testing.F) {
	key := []byte("key")
	token := func(v Visitor) string {
		s, err := Sign(key, v)
		if err != nil {
			f.Fatal(err)
		}
		return s
	}
	f.Add(token(Visitor{Channel: desk.ChannelID(3), Kind: "visitor", ID: "V1"}))
	f.Add(token(Visitor{Channel: desk.ChannelID(3), Kind: "external", ID: "kim", Name: "Kim", Verified: true, Expires: now.Unix()}))
	f.Add(token(Visitor{Channel: desk.ChannelID(3), Kind: "visitor", ID: "old", Expires: now.Unix() - 1}))
	f.Add("e30." + base64.RawURLEncoding.EncodeToString(mac(key, "e30")))
	f.Add(".")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Verify(key, s, now)
		if err != nil {
			if v != (Visitor{}) {
				t.Fatalf("a refused token gives %+v", v)
			}
			return
		}
		body, _, _ := strings.Cut(s, ".")
		if raw, err := base64.RawURLEncoding.DecodeString(body); err != nil || !json.Valid(raw) {
			t.Fatalf("believed: %q", s)
		}
		again, err := Sign(key, v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Verify(key, again, now); err != nil || got != v {
			t.Fatalf("%+v is not what its own token gives: %+v, %v", v, got, err)
		}
	})
}
