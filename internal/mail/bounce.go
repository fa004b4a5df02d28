package mail

import (
	"bufio"
	"bytes"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// BounceKind is what became of a mail, by a notification.
type BounceKind string

// The kinds of notification.
const (
	BounceFailed    BounceKind = "failed"    // it did not arrive
	BounceDelayed   BounceKind = "delayed"   // it is still tried
	BounceComplaint BounceKind = "complaint" // its reader called it spam (RFC 5965)
)

// Bounce is what a notification says of one mail.
type Bounce struct {
	Kind      BounceKind
	MessageID string // of the mail, without brackets; "" if the notification does not say
	Recipient string // the address it is about, folded; "" if the notification names none
	Status    string // the code of RFC 3463, like 5.1.1; "" if there is none
	Reason    string // what the server said, or the code alone; on one line
}

// maxGroups is how many recipients of a notification are looked at.
const maxGroups = 100

// Bounce reads a notification about a mail that failed, is delayed or is complained
// of: the machine's part (RFC 3464, RFC 6533, RFC 5965), else the words. ok is false
// for everything else, also for word that a mail arrived.
func (m *Mail) Bounce() (b Bounce, ok bool) {
	if m.Auto != "bounce" {
		return b, false
	}
	told := false // a machine's part was there
	for _, f := range m.Files {
		switch f.ContentType {
		case "message/delivery-status", "message/global-delivery-status":
			told = true
			if found, is := failure(f.Data); is && !ok {
				found.MessageID = b.MessageID
				b, ok = found, true
			}
		case "message/feedback-report":
			h := block(bufio.NewReader(bytes.NewReader(f.Data)))
			told, ok, b.Kind = true, true, BounceComplaint
			for _, name := range []string{"Original-Rcpt-To", "Removal-Recipient"} {
				if a := afterType(h.Get(name)); isAddress(a) && b.Recipient == "" {
					b.Recipient = strings.ToLower(a)
				}
			}
			b.Reason = headerClean(h.Get("Feedback-Type"))
		case "message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers":
			if h := block(bufio.NewReader(bytes.NewReader(f.Data))); b.MessageID == "" {
				b.MessageID = first(ids(headerClean(h.Get("Message-Id"))))
			}
		}
	}
	if !told {
		id := b.MessageID
		if b, ok = m.worded(); b.MessageID == "" {
			b.MessageID = id
		}
	}
	return b, ok
}

// failure returns the first recipient whom a notification says the mail failed for, or
// else is delayed for.
func failure(status []byte) (b Bounce, found bool) {
	r := bufio.NewReader(bytes.NewReader(status))
	for range maxGroups {
		h := block(r)
		if len(h) == 0 {
			if _, err := r.Peek(1); err != nil {
				return b, found
			}
			continue
		}
		switch strings.ToLower(strings.TrimSpace(h.Get("Action"))) {
		case "failed":
			return group(h, BounceFailed), true
		case "delayed":
			if !found {
				b, found = group(h, BounceDelayed), true
			}
		}
	}
	return b, found
}

// group reads what a notification says of one recipient.
func group(h textproto.MIMEHeader, kind BounceKind) Bounce {
	b := Bounce{Kind: kind, Status: enhanced.FindString(h.Get("Status"))}
	for _, name := range []string{"Original-Recipient", "Final-Recipient"} { // the second is where it was forwarded to
		if a := afterType(h.Get(name)); isAddress(a) && b.Recipient == "" {
			b.Recipient = strings.ToLower(a)
		}
	}
	if b.Reason = afterType(h.Get("Diagnostic-Code")); b.Reason == "" {
		b.Reason = headerClean(h.Get("Status"))
	}
	return b
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

var (
	enhanced = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	// replied is a line that says what a server answered (RFC 5321, 4.2).
	replied = regexp.MustCompile(`(?:^|[^\d.])([45]\d\d)[ -](?:#?[245]\.\d|[A-Za-z<(])`)
	written = regexp.MustCompile(`[^\s<>()"',;:]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+`)
	// unnamed are words of notifications without a code, with the code they mean.
	unnamed = []struct {
		words  *regexp.Regexp
		status string
	}{
		{regexp.MustCompile(`(?i)mailbox (?:is )?full|quota exceeded|over ?quota|exceeded (?:the |his |their )?(?:storage|quota)|postfach (?:ist )?voll|boîte (?:est )?pleine`), "5.2.2"},
		{regexp.MustCompile(`(?i)(?:user|recipient|mailbox|address|account)s?\b.{0,40}\b(?:unknown|not found|not exist|doesn't exist|unavailable|disabled|inactive|rejected)|no such (?:user|recipient|mailbox|address|person)|unknown (?:user|recipient|address|mailbox)|no mailbox here|unbekannte[rn]? (?:empfänger|benutzer)|utilisateur inconnu`), "5.1.1"},
		{regexp.MustCompile(`(?i)(?:domain|host)\b.{0,40}\b(?:not found|unknown|does not exist)|no such domain`), "5.1.2"},
	}
	later = regexp.MustCompile(`(?i)(?:will|is) (?:be |still )*(?:keep |being )?(?:try|trying|tried|retried)|has not yet been delivered|delivery (?:is |has been )?(?:temporarily |being )*delayed|do not need to (?:resend|send)|warning: message`)
)

// maxWords is how much of a notification's text is read.
const maxWords = 20_000

// worded reads a notification that has words only.
func (m *Mail) worded() (b Bounce, ok bool) {
	text := m.Text
	if len(text) > maxWords {
		text = text[:maxWords]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if id, is := strings.CutPrefix(strings.ToLower(line), "message-id:"); is && b.MessageID == "" {
			b.MessageID = first(ids(line[len(line)-len(id):]))
			continue
		}
		if a := strings.ToLower(strings.TrimRight(written.FindString(line), ".")); b.Recipient == "" && isAddress(a) && !strings.HasPrefix(a, "postmaster@") && !strings.HasPrefix(a, "mailer-daemon@") && len(line) < 200 {
			b.Recipient = a
		}
		if b.Reason == "" && (enhanced.MatchString(line) || replied.MatchString(line)) {
			b.Reason, b.Status = headerClean(line), enhanced.FindString(line)
		}
	}
	if failed := parseAddresses(m.Header.Get("X-Failed-Recipients")); len(failed) > 0 && failed[0].Email != "" {
		b.Recipient = strings.ToLower(failed[0].Email)
	}
	for _, u := range unnamed {
		if found := u.words.FindString(text); b.Reason == "" && found != "" {
			b.Reason, b.Status = headerClean(found), u.status
		}
	}
	code := b.Status
	if code == "" {
		if found := replied.FindStringSubmatch(b.Reason); found != nil {
			code = found[1]
		}
	}
	b.Kind = BounceFailed
	if strings.HasPrefix(code, "4") || code == "" && later.MatchString(m.Subject+"\n"+text) {
		b.Kind = BounceDelayed
	}
	return b, b.Reason != "" || b.Recipient != "" || b.Kind == BounceDelayed
}
