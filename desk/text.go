package desk

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on what a person may write, in characters.
const (
	MaxText    = 100_000
	MaxSubject = 500
	maxPreview = 160
)

// microTime is a time as the database keeps it, to the microsecond, so that a
// fact read back equals the fact that was written.
type microTime struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t microTime) MarshalJSON() ([]byte, error) {
	return t.Truncate(time.Microsecond).UTC().MarshalJSON()
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *microTime) UnmarshalJSON(b []byte) error { return t.Time.UnmarshalJSON(b) }

// Clean returns s as we keep it: valid UTF-8, without NUL and other control
// characters but tab and line feed, which neither database nor screen can hold.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r == '\r' {
			return '\n'
		}
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// Line returns s on one line of at most n characters.
func Line(s string, n int) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range Clean(s) {
		if unicode.IsSpace(r) {
			space = count > 0
			continue
		}
		if count >= n {
			return strings.TrimRight(b.String(), " ") + "…"
		}
		if space {
			b.WriteByte(' ')
			count++
			space = false
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// preview is the one line that a list shows for m.
func preview(m Message) string {
	text := m.Text
	if m.VisibleEnd > 0 {
		if runes := []rune(text); m.VisibleEnd < len(runes) {
			text = string(runes[:m.VisibleEnd])
		}
	}
	if m.Markdown {
		text = WithoutMarks(text)
	} else {
		text = belowQuotes(text)
	}
	if line := Line(text, maxPreview); line != "" {
		return line
	}
	if m.Unreadable {
		return "A mail that could not be read"
	}
	for _, f := range m.Files {
		return f.Name
	}
	return "(empty message)"
}

// belowQuotes is a text without the quoted lines that it begins with, and who is said
// to have written them: who answers below says it there. Quotes alone stay.
func belowQuotes(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	quoted := func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), ">") }
	at := slices.IndexFunc(lines, quoted)
	const attribution = 3 // lines that "On … wrote:" takes at most, with an empty one
	if at < 0 || at > attribution || at > 0 && !strings.HasSuffix(strings.TrimSpace(strings.Join(lines[:at], " ")), ":") {
		return text
	}
	below := slices.IndexFunc(lines[at:], func(line string) bool { return strings.TrimSpace(line) != "" && !quoted(line) })
	if below < 0 {
		return text
	}
	return strings.Join(lines[at+below:], "\n")
}

func hasFiles(m Message) bool {
	for _, f := range m.Files {
		if !f.Inline {
			return true
		}
	}
	return false
}

// checkText cleans what somebody wrote and refuses what we do not take.
func checkText(what, text string, files int) (string, error) {
	text = strings.TrimSpace(Clean(text))
	if text == "" && files == 0 {
		return "", Errorf(Invalid, "Write something before you send %s.", what)
	}
	if n := utf8.RuneCountInString(text); n > MaxText {
		return "", Errorf(TooLarge, "%s has %d characters; the most is %d. Attach the text as a file instead.", strings.ToUpper(what[:1])+what[1:], n, MaxText)
	}
	return text, nil
}
