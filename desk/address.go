package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Address is somebody's mail address, with their name or "".
type Address struct{ Name, Email string }

// maxEmail is how long a mail address may be (RFC 5321, 4.5.3.1.3, less its brackets).
const maxEmail = 254

// IsEmail reports whether s can be a mail address: something, an at sign and
// something, without what would end it in a header or a list. Whether it exists,
// only a mail can tell.
func IsEmail(s string) bool {
	at := strings.LastIndex(s, "@")
	return at > 0 && at < len(s)-1 && len(s) <= maxEmail && utf8.ValidString(s) && !strings.ContainsAny(s, ` <>,;:"()[]\`) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// ParseAddress reads "jane@example.com" or "Jane Doe <jane@example.com>", the name
// with or without quotes. It reports false for what is no mail address.
func ParseAddress(s string) (a Address, ok bool) {
	a.Email = strings.TrimSpace(s)
	if open := strings.LastIndexByte(a.Email, '<'); open >= 0 && strings.HasSuffix(a.Email, ">") {
		a.Name, a.Email = unquoted(a.Email[:open]), strings.TrimSpace(a.Email[open+1:len(a.Email)-1])
	}
	if ok = IsEmail(a.Email); ok && a.Name == a.Email {
		a.Name = ""
	}
	return a, ok
}

// unquoted is a name as people read it, on one line.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		var b strings.Builder
		escaped := false
		for _, r := range s[1 : len(s)-1] {
			if escaped = r == '\\' && !escaped; !escaped {
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	return Line(s, 200)
}

// String returns the address as ParseAddress reads it.
func (a Address) String() string {
	switch {
	case a.Name == "":
		return a.Email
	case strings.ContainsAny(a.Name, `",;:<>()[]@\`):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Name) + `" <` + a.Email + ">"
	}
	return a.Name + " <" + a.Email + ">"
}

// MarshalText writes what String returns.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what was stored, whatever it is: it was checked when it came.
func (a *Address) UnmarshalText(b []byte) error {
	*a, _ = ParseAddress(string(b))
	return nil
}

// Same reports whether two addresses are of one mailbox: without their names, and
// folded, as every mail server in use does.
func (a Address) Same(o Address) bool { return strings.EqualFold(a.Email, o.Email) }
