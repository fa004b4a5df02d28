package webchat

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/channel"
	"parley/desk"
)

const (
	secret = "an identity secret of 32 letters"
	chat   = "chat-key"
)

var now = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

func part(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func sign(header, claims, key string) string {
	signed := part(header) + "." + part(claims)
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac([]byte(key), signed))
}

// Only what the site's server signed for this chat, now and for minutes, is
// believed.
func TestIdentity(t *testing.T) {
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	good := `{"sub":"7","name":"Kim","email":"kim@example.com","aud":"chat-key","exp":` + at(5*time.Minute) + `}`
	for name, token := range map[string]string{
		"plain": sign(`{"alg":"HS256","typ":"JWT"}`, good, secret), "a list of audiences": sign(`{"alg":"HS256"}`, strings.Replace(good, `"chat-key"`, `["x","chat-key"]`, 1), secret),
		"begins now": sign(`{"alg":"HS256"}`, strings.Replace(good, `"exp"`, `"nbf":`+at(time.Minute)+`,"exp"`, 1), secret),
	} {
		if k, err := VerifyIdentity(secret, chat, token, now); err != nil || k.Subject != "7" || k.Email != "kim@example.com" {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
	with := func(old, text string) string {
		return sign(`{"alg":"HS256"}`, strings.Replace(good, old, text, 1), secret)
	}
	for name, token := range map[string]string{
		"nothing": "", "no parts": "x", "alg none": sign(`{"alg":"none"}`, good, secret), "no alg": sign(`{}`, good, secret), "alg RS256": sign(`{"alg":"RS256"}`, good, secret),
		"alg hs256": sign(`{"alg":"hs256"}`, good, secret), "no signature": part(`{"alg":"HS256"}`) + "." + part(good) + ".", "another key": sign(`{"alg":"HS256"}`, good, secret+"x"),
		"a key in the header": sign(`{"alg":"HS256","jwk":{"kty":"oct","k":"eA"}}`, good, "x"), "no sub": with(`"sub":"7"`, `"sub":""`), "a number as sub": with(`"7"`, `7`),
		"a long sub": with(`"7"`, `"`+strings.Repeat("7", 201)+`"`), "another chat": with("chat-key", "other"), "no aud": with(`"aud":"chat-key",`, ""),
		"expired": with(at(5*time.Minute), at(-3*time.Minute)), "no exp": with(`,"exp":`+at(5*time.Minute), ""), "too long": with(at(5*time.Minute), at(time.Hour)),
		"exp beyond numbers": with(at(5*time.Minute), "1e300"), "exp below numbers": with(at(5*time.Minute), "-1e300"), "not yet": with(`"exp"`, `"nbf":`+at(time.Hour)+`,"exp"`),
		"four parts": sign(`{"alg":"HS256"}`, good, secret) + ".x",
	} {
		if k, err := VerifyIdentity(secret, chat, token, now); err == nil {
			t.Errorf("%s is believed: %v", name, k)
		}
	}
	if _, err := VerifyIdentity("", chat, sign(`{"alg":"HS256"}`, good, ""), now); err == nil {
		t.Error("a chat without a secret believes")
	}
}

// A token says what was signed, until it expires, to the holder of its key.
func TestVisitorToken(t *testing.T) {
	v := Visitor{Channel: 7, Kind: "visitor", ID: "x.y", Name: "Kim", Expires: now.Unix()}
	token, err := Sign([]byte("key"), v)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Verify([]byte("key"), token, now); err != nil || got != v {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Verify([]byte("key"), token, now.Add(time.Second)); err == nil {
		t.Error("an old token is taken")
	}
	if _, err := Verify([]byte("another"), token, now); err == nil {
		t.Error("a token of another key is taken")
	}
	for i := range token {
		changed := []byte(token)
		changed[i] ^= 1
		if got, err := Verify([]byte("key"), string(changed), now); err == nil && got != v {
			t.Errorf("changed at %d it says %v", i, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	token, err := Sign([]byte("key"), Visitor{Channel: desk.ChannelID(7), Kind: "visitor", ID: "x"})
	if err != nil {
		f.Fatal(err)
	}
	body, _, _ := strings.Cut(token, ".")
	for _, s := range []string{"", ".", token, body, body + ".", token + ".x", part("{}") + "." + part("x")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		// Of one body there is one token, but for the bits that base64 leaves over.
		if v, err := Verify([]byte("key"), s, now); err == nil && !strings.HasPrefix(s, body+".") {
			t.Errorf("%q says %v", s, v)
		}
	})
}

// Whatever is in a token that is signed rightly, it is refused or names somebody.
func FuzzVerifyIdentity(f *testing.F) {
	exp := strconv.FormatInt(now.Add(time.Minute).Unix(), 10)
	for _, s := range []string{`{"sub":"7","aud":"chat-key","exp":` + exp + `}`, `{"sub":"7","aud":["chat-key"],"exp":1e400}`, `{"aud":{}}`, `[]`, `null`, ``, `{"exp":"x"}`} {
		f.Add(`{"alg":"HS256"}`, s)
	}
	f.Add(`{"alg":["HS256"]}`, `{}`)
	f.Add(`null`, `{"sub":"7"}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		k, err := VerifyIdentity(secret, chat, sign(header, claims, secret), now)
		if err == nil && (k.Subject == "" || !strings.Contains(claims, chat) && !strings.Contains(claims, `\u`)) {
			t.Errorf("%q, %q names %v", header, claims, k)
		}
		if _, err := VerifyIdentity(secret, chat, header+"."+claims, now); err == nil {
			t.Errorf("%q.%q is believed", header, claims)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{}`, `{"accent":"#fff"}`, `{"allowed_origins":["https://x.example; script-src *"]}`, `{"allowed_origins":["https://*.example.com"]}`, `{"allowed_origins":["https://x.example\\n"]}`, `{"identity_secret":"x"}`, `[]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if (Channel{}).Check(json.RawMessage(s)) != nil {
			return
		}
		c, err := Read(json.RawMessage(s))
		if err != nil {
			t.Fatalf("%q is checked but not read: %v", s, err)
		}
		// They become part of a header and of a style.
		if all := strings.Join(append(c.AllowedOrigins, c.Accent, c.HeaderColor), ""); strings.ContainsAny(all, " \t\r\n;,'\"<>{}\x00") {
			t.Errorf("%q lets %q through", s, all)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"visitor":{"c":"chn_0000000000007","k":"visitor","i":"x"},"client_id":"12345678","text":"Hello"}`, `{"visitor":{"c":7}}`, `{}`, `[`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := (Channel{}).Parse(t.Context(), channel.Account{ID: 7}, channel.Raw{Body: b, At: now})
		if err == nil && (len(all) != 1 || all[0].Dedupe == "" || all[0].From.ID == "" || all[0].Text != desk.Clean(all[0].Text)) {
			t.Errorf("%q became %+v", b, all)
		}
	})
}
