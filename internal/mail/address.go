package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
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

// signed returns address with a token and its signature behind a plus: what is signed
// for one use, and stands behind its mark, is not for another.
func signed(key []byte, use, mark, address, token string) string {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	token = strings.ToLower(token)
	return local + "+" + mark + token + "." + tag(key, use, token+"@"+strings.ToLower(domain)) + "@" + domain
}

// opened returns the token of an address that signed made with key for the same use and
// domain, or "". It takes the same time for every wrong signature.
func opened(key []byte, use, mark, address string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	_, extension, _ := strings.Cut(local, "+")
	extension, plus := strings.CutPrefix(extension, mark)
	token, sum, dot := strings.Cut(extension, ".")
	if !ok || !plus || !dot || token == "" || !hmac.Equal([]byte(sum), []byte(tag(key, use, token+"@"+domain))) {
		return ""
	}
	return token
}

// Sign returns address with a signed token, to which answers to a conversation
// go: support+c<token>.<signature>@example.com. The token is of lower case
// letters and digits.
func Sign(key []byte, address, token string) string { return signed(key, "reply", "c", address, token) }

// Token returns the token of an address that Sign made, or "".
func Token(key []byte, address string) string { return opened(key, "reply", "c", address) }

// SignBounce returns address with a signed token, to which word goes that a message
// did not arrive: support+b<message>.<signature>@example.com (VERP).
func SignBounce(key []byte, address, message string) string {
	return signed(key, "bounce", "b", address, message)
}

// BounceOf returns the message of an address that SignBounce made, or "".
func BounceOf(key []byte, address string) string { return opened(key, "bounce", "b", address) }

// SignNotice returns address with a signed token, to which answers to a notification
// go: support+n<token>.<signature>@example.com. The token holds the notification, which
// is of one member about one conversation, and to the millisecond when it was mailed.
func SignNotice(key []byte, address string, notification int64, mailed time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(notification))
	b = append(b, binary.BigEndian.AppendUint64(nil, uint64(mailed.UnixMilli()))[2:]...)
	return signed(key, "notice", "n", address, lower.EncodeToString(b))
}

// NoticeOf returns the notification of an address that SignNotice made, and when it was
// mailed; or 0.
func NoticeOf(key []byte, address string) (notification int64, mailed time.Time) {
	b, err := lower.DecodeString(opened(key, "notice", "n", address))
	if err != nil || len(b) != 14 {
		return 0, time.Time{}
	}
	at := binary.BigEndian.Uint64(append([]byte{0, 0}, b[8:]...))
	return int64(binary.BigEndian.Uint64(b)), time.UnixMilli(int64(at)).UTC()
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
