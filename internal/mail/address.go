package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

var lower = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// tag is the signature of a reply address: 60 bits, enough against guessing over
// a wire, short enough for an address.
func tag(key []byte, what string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(what))
	return lower.EncodeToString(h.Sum(nil))[:12]
}

// Sign returns address with a signed token: support+c.<token>.<signature>@example.com.
func Sign(key []byte, address, token string) string {
	local, domain, _ := strings.Cut(address, "@")
	token = strings.ToLower(token)
	return local + "+c." + token + "." + tag(key, token+"@"+strings.ToLower(domain)) + "@" + domain
}

// Token returns the token of an address that Sign made for the same domain, or "".
func Token(key []byte, address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	_, extension, plus := strings.Cut(local, "+c.")
	token, sum, dot := strings.Cut(extension, ".")
	if !ok || !plus || !dot || !hmac.Equal([]byte(sum), []byte(tag(key, token+"@"+domain))) {
		return ""
	}
	return token
}

// Bare returns an address folded and without what stands after a plus.
func Bare(address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !ok {
		return strings.ToLower(strings.TrimSpace(address))
	}
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// MessageID returns the id of a mail of ours, the same at every try.
func MessageID(key []byte, token, domain string) string {
	token = strings.ToLower(token)
	return token + "." + tag(key, token) + "@" + domain
}
