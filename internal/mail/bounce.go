package mail

import (
	"bufio"
	"bytes"
	"net/textproto"
	"slices"
	"strings"
)

// Bounce is what a delivery status notification (RFC 3464) says of one mail that
// did not arrive.
type Bounce struct {
	MessageID string // of the mail that did not arrive, without brackets
	Recipient string // the address it did not reach, folded; "" if the notification names none
	Reason    string // what the server said, or the code alone; on one line
}

// maxGroups is how many recipients of a notification are looked at.
const maxGroups = 100

// Bounce reads a notification that a mail failed for good; ok is false for
// everything else, also for notes of a delay.
func (m *Mail) Bounce() (b Bounce, ok bool) {
	if m.Auto != "bounce" {
		return b, false
	}
	for _, f := range m.Files {
		switch f.ContentType {
		case "message/delivery-status", "message/global-delivery-status":
			if failed, found := failure(f.Data); found && !ok {
				b.Recipient, b.Reason, ok = failed.Recipient, failed.Reason, true
			}
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
			if h := block(bufio.NewReader(bytes.NewReader(f.Data))); b.MessageID == "" {
				b.MessageID = first(ids(headerClean(h.Get("Message-Id"))))
			}
		}
	}
	return b, ok && b.MessageID != ""
}

// failure returns the first recipient whom a notification says the mail failed for.
func failure(status []byte) (b Bounce, found bool) {
	r := bufio.NewReader(bytes.NewReader(status))
	for range maxGroups {
		h := block(r)
		if len(h) == 0 {
			if _, err := r.Peek(1); err != nil {
				return b, false
			}
			continue
		}
		if !strings.EqualFold(strings.TrimSpace(h.Get("Action")), "failed") {
			continue
		}
		for _, name := range []string{"Original-Recipient", "Final-Recipient"} { // the second is where it was forwarded to
			if a := afterType(h.Get(name)); isAddress(a) && b.Recipient == "" {
				b.Recipient = strings.ToLower(a)
			}
		}
		if b.Reason = afterType(h.Get("Diagnostic-Code")); b.Reason == "" {
			b.Reason = headerClean(h.Get("Status"))
		}
		return b, true
	}
	return b, false
}

// block reads header lines up to an empty line; what is no header is left out.
func block(r *bufio.Reader) textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	last := ""
	for {
		line, err := r.ReadString('\n')
		text := strings.TrimRight(line, "\r\n")
		name, value, colon := strings.Cut(text, ":")
		switch {
		case text == "":
			return h
		case last != "" && (text[0] == ' ' || text[0] == '\t'):
			all := h[last]
			all[len(all)-1] += " " + strings.TrimSpace(text)
		case colon && !strings.ContainsAny(name, " \t"):
			last = textproto.CanonicalMIMEHeaderKey(name)
			h[last] = append(slices.Clip(h[last]), strings.TrimSpace(value))
		default:
			last = ""
		}
		if err != nil {
			return h
		}
	}
}

// afterType returns "x" of "rfc822; x" (RFC 3464, 2.1.2).
func afterType(s string) string {
	if _, value, ok := strings.Cut(s, ";"); ok {
		s = value
	}
	return strings.Trim(headerClean(s), "<>")
}
