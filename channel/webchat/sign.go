package webchat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
)

// encoding takes each text in one way only.
var encoding = base64.RawURLEncoding.Strict()

// Sign returns a visitor as a token that only a holder of key can make.
func Sign(key []byte, v Visitor) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	body := encoding.EncodeToString(b)
	return body + "." + encoding.EncodeToString(mac(key, body)), nil
}

// Verify returns the visitor of a token.
func Verify(key []byte, token string, now time.Time) (v Visitor, err error) {
	body, sum, _ := strings.Cut(token, ".")
	got, err := encoding.DecodeString(sum)
	if err != nil || !hmac.Equal(got, mac(key, body)) {
		return v, errBadToken
	}
	b, err := encoding.DecodeString(body)
	if err != nil || json.Unmarshal(b, &v) != nil || v.Expired(now) {
		return Visitor{}, errBadToken
	}
	return v, nil
}

var errBadToken = errors.New("the token is not one of ours, or it is too old")

func mac(key []byte, body string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(body))
	return h.Sum(nil)
}

// Known is who the site's own server says somebody is.
type Known struct {
	Subject string `json:"sub"`
	Email   string `json:"email"`
	Name    string `json:"name"`
}

// The rules of an identity token: short-lived, so that a stolen one is soon
// worthless, with room for clocks that differ.
const (
	maxUnix   = 1 << 40 // seconds, about the year 36,000
	maxAhead  = 10 * time.Minute
	clockSkew = 2 * time.Minute
)

// VerifyIdentity checks a JWT that the site's server signed with the channel's
// secret: HS256 and nothing else, meant for this chat (aud), not expired and
// expiring soon. Who it names is returned with ErrExpired, too.
func VerifyIdentity(secret, key, token string, now time.Time) (k Known, err error) {
	if secret == "" {
		return k, errors.New("this chat has no identity secret; set one in its settings")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return k, errors.New("the identity is not a JWT")
	}
	var header struct {
		Alg      string          `json:"alg"`
		Critical json.RawMessage `json:"crit"`
	}
	var claims struct {
		Known
		Expires  float64         `json:"exp"`
		Begins   float64         `json:"nbf"`
		Audience json.RawMessage `json:"aud"`
	}
	if !decodePart(parts[0], &header) || header.Alg != "HS256" || header.Critical != nil { // RFC 7515, 4.1.11: we know no extension
		return k, errors.New("the identity must be signed with HS256")
	}
	sum, err := encoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sum, mac([]byte(secret), parts[0]+"."+parts[1])) {
		return k, errors.New("the identity's signature is wrong")
	}
	if !decodePart(parts[1], &claims) || claims.Subject == "" || len(claims.Subject) > 200 || strings.ContainsFunc(claims.Subject, unicode.IsControl) {
		return k, errors.New("the identity names nobody (sub)")
	}
	if !hasAudience(claims.Audience, key) {
		return k, errors.New("the identity is meant for another chat (aud)")
	}
	if claims.Expires > maxUnix || claims.Begins > maxUnix { // no conversion of these is defined
		return k, errors.New("the identity must expire within ten minutes (exp)")
	}
	expires, begins := time.Unix(int64(max(claims.Expires, 0)), 0), time.Unix(int64(max(claims.Begins, 0)), 0)
	switch {
	case begins.After(now.Add(clockSkew)):
		return k, errors.New("the identity is not valid yet (nbf)")
	case now.After(expires.Add(clockSkew)):
		return claims.Known, ErrExpired
	case expires.After(now.Add(maxAhead + clockSkew)):
		return k, errors.New("the identity must expire within ten minutes (exp)")
	}
	return claims.Known, nil
}

// ErrExpired says that an identity was good and is too old now.
var ErrExpired = errors.New("the identity has expired (exp)")

func decodePart(s string, v any) bool {
	b, err := encoding.DecodeString(s)
	return err == nil && json.Unmarshal(b, v) == nil
}

func hasAudience(raw json.RawMessage, key string) bool {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one == key
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		return false
	}
	for _, a := range many {
		if a == key {
			return true
		}
	}
	return false
}
