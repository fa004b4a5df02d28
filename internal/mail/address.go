package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

var lower = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// tag is the signature of a reply address or a message id: 60 bits, enough
// against guessing over a wire, short enough for an address. use keeps apart
// what is signed for one purpose from what is signed for another.
func tag(key []byte, use, what string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(use + "\x00" + what))
	return lower.EncodeToString(h.Sum(nil))[:12]
}

// Sign returns address with a signed token, to which answers to a conversation
// go: support+c<token>.<signature>@example.com. The token is of lower case
// letters and digits.
func Sign(key []byte, address, token string) string {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	token = strings.ToLower(token)
	return local + "+c" + token + "." + tag(key, "reply", token+"@"+strings.ToLower(domain)) + "@" + domain
}

// Token returns the token of an address that Sign made with key for the same
// domain, or "". It takes the same time for every wrong signature.
func Token(key []byte, address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	_, extension, plus := strings.Cut(local, "+c")
	token, sum, dot := strings.Cut(extension, ".")
	if !ok || !plus || !dot || token == "" || !hmac.Equal([]byte(sum), []byte(tag(key, "reply", token+"@"+domain))) {
		return ""
	}
	return token
}

// SignBounce returns address with a signed token, to which word goes that a message
// did not arrive: support+b<message>.<signature>@example.com (VERP).
func SignBounce(key []byte, address, message string) string {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	message = strings.ToLower(message)
	return local + "+b" + message + "." + tag(key, "bounce", message+"@"+strings.ToLower(domain)) + "@" + domain
}

// BounceOf returns the message of an address that SignBounce made with key for the
// same domain, or "".
func BounceOf(key []byte, address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	_, extension, _ := strings.Cut(local, "+")
	extension, plus := strings.CutPrefix(extension, "b")
	message, sum, dot := strings.Cut(extension, ".")
	if !ok || !plus || !dot || message == "" || !hmac.Equal([]byte(sum), []byte(tag(key, "bounce", message+"@"+domain))) {
		return ""
	}
	return message
}

// Bare returns an address folded and without what stands after a plus.
func Bare(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return address
	}
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// MessageID returns the id of a mail of ours, without brackets, the same at every
// try: c<conversation>.m<message>.<signature>@domain.
func MessageID(key []byte, conversation, message, domain string) string {
	what := strings.ToLower("c" + conversation + ".m" + message)
	domain = strings.ToLower(domain)
	return what + "." + tag(key, "message", what+"@"+domain) + "@" + domain
}

// ConversationOf returns the conversation of a message id that MessageID made
// with key, or "".
func ConversationOf(key []byte, id string) string {
	local, domain, ok := strings.Cut(strings.ToLower(id), "@")
	what, sum, dot := cutLast(local, ".")
	conversation, _, m := strings.Cut(strings.TrimPrefix(what, "c"), ".m")
	if !ok || !dot || !m || !strings.HasPrefix(what, "c") || !hmac.Equal([]byte(sum), []byte(tag(key, "message", what+"@"+domain))) {
		return ""
	}
	return conversation
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
