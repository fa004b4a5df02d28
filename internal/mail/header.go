package mail

import (
	"mime"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

const (
	maxIDs   = 200      // message ids that are read of one header
	maxField = 64 << 10 // bytes of a header that are read
	// maxComments is how many brackets a header of addresses may have, of which real ones have a few.
	maxComments = 200
)

// headerText returns a header decoded (RFC 2047), on one line.
func headerText(h textproto.MIMEHeader, name string) string {
	raw := h.Get(name)
	if raw == "" {
		return ""
	}
	if !utf8.ValidString(raw) {
		raw = unmarked(raw, h.Get("Content-Type"))
	}
	return headerClean(decodeWords(clip(raw, maxField)))
}

// decodeWords decodes the encoded words of a header (RFC 2047), also those that
// break its rules.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	// The library decodes headers only of a whole mail.
	p := enmime.NewPart("text/plain")
	p.Header.Set("Subject", s)
	if env, err := enmime.EnvelopeFromPart(p); err == nil {
		return env.GetHeader("Subject")
	}
	return s
}

// unmarked decodes a header whose letters stand there as bytes (against RFC 5322):
// in the charset of the text below it, or in Windows-1252, which fits any bytes.
func unmarked(raw, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if e, _ := charset.Lookup(params["charset"]); e != nil {
			if s, err := e.NewDecoder().String(raw); err == nil && !strings.ContainsRune(s, utf8.RuneError) {
				return s
			}
		}
	}
	if s, err := charmap.Windows1252.NewDecoder().String(raw); err == nil {
		return s
	}
	return raw
}

// headerClean returns s on one line, without control characters and without
// those that turn the direction of what follows.
func headerClean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, clean(s))
	return strings.TrimSpace(s)
}

// from returns whom From names, or Sender.
func from(h textproto.MIMEHeader) Address {
	for _, name := range []string{"From", "Sender"} {
		for _, a := range addresses(h, name) {
			if a.Email != "" {
				return a
			}
		}
	}
	name := headerText(h, "From")
	return Address{Name: strings.Trim(name, `"'<>() `)}
}

// addresses reads a header that holds addresses, also one that breaks the rules.
func addresses(h textproto.MIMEHeader, name string) []Address {
	raw := clip(strings.Join(h.Values(name), ", "), maxField)
	if raw == "" {
		return nil
	}
	if !utf8.ValidString(raw) {
		raw = unmarked(raw, h.Get("Content-Type"))
	}
	if strings.Count(raw, "(") > maxComments { // which the library takes quadratic time for
		return loose(headerText(textproto.MIMEHeader{"To": {raw}}, "To"))
	}
	if list, err := enmime.ParseAddressList(raw); err == nil {
		var all []Address
		for _, a := range list {
			if email := headerClean(a.Address); isAddress(email) {
				all = append(all, Address{headerClean(a.Name), email})
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return loose(headerText(textproto.MIMEHeader{"To": {raw}}, "To"))
}

func parseAddresses(s string) []Address {
	if s == "" {
		return nil
	}
	return addresses(textproto.MIMEHeader{"To": {s}}, "To")
}

func isAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && len(s) <= 320 && !strings.ContainsAny(s, " <>,;\t\r\n")
}

// loose finds addresses in a header that breaks the rules.
func loose(s string) (all []Address) {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		if name, rest, ok := strings.Cut(part, "<"); ok {
			email, _, _ := strings.Cut(rest, ">")
			if email = strings.TrimSpace(email); isAddress(email) {
				all = append(all, Address{strings.Trim(strings.TrimSpace(name), `"'`), email})
			}
			continue
		}
		for word := range strings.FieldsSeq(part) {
			if word = strings.Trim(word, `"'()[]<>`); isAddress(word) {
				all = append(all, Address{Email: word})
				break
			}
		}
	}
	return all
}

// ids reads message ids: what stands in brackets, or, if nothing does, words with an @.
func ids(s string) (all []string) {
	rest := s
	for len(all) < maxIDs {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			break
		}
		j := strings.IndexByte(rest[i:], '>')
		if j < 0 {
			break
		}
		if id := strings.Trim(strings.Join(strings.Fields(rest[i+1:i+j]), ""), "<"); id != "" {
			all = append(all, id)
		}
		rest = rest[i+j+1:]
	}
	if len(all) == 0 {
		for word := range strings.FieldsSeq(s) {
			if strings.Contains(word, "@") && len(all) < maxIDs {
				all = append(all, strings.Trim(word, "<>,;"))
			}
		}
	}
	return all
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// layouts are dates that real software writes and RFC 5322 does not know.
var layouts = []string{
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", time.RFC3339, "Mon Jan _2 15:04:05 2006", "Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05",
	"Mon Jan _2 15:04:05 MST 2006", "Mon, 2 Jan 2006 15:04:05 UT", "Mon, 2 Jan 2006 15:04 -0700", "02 Jan 06 15:04:05 -0700",
}

// parseDate returns a date in UTC, or zero. A year before mail, or far from now,
// is a clock that was never set; the caller knows when the mail came.
func parseDate(s string) time.Time {
	s = strings.Join(strings.Fields(headerClean(s)), " ")
	t, err := mail.ParseDate(s)
	for _, l := range layouts {
		if err == nil {
			break
		}
		t, err = time.Parse(l, s)
	}
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}
	}
	return t.UTC()
}
