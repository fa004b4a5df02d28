package richtext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
)

// maxNote is up to how many bytes a note is read as Markdown. It is read whenever
// it is shown, and what is made to be slow to read is so by its square.
const maxNote = 10_000

// maxDepth is how many quotes and lists a note may have within each other.
const maxDepth = 100

// FromNote returns the HTML of a note for the team, safe to show, with the names
// behind at signs set apart; "" of a longer one, or of one that is nested deeper
// than anybody reads, which are shown as they were typed.
func FromNote(text string, names []string) (string, error) {
	if len(text) > maxNote {
		return "", nil
	}
	s, err := FromMarkdown(text)
	if err != nil {
		return s, err
	}
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) }) // the longest first
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for code, depth := 0, 0; ; {
		kind := z.Next()
		raw := string(z.Raw())
		switch kind {
		case xhtml.ErrorToken:
			return b.String(), nil
		case xhtml.StartTagToken, xhtml.EndTagToken:
			name, _ := z.TagName()
			step := map[bool]int{true: 1, false: -1}[kind == xhtml.StartTagToken]
			switch string(name) {
			case "code", "pre", "a":
				code += step
			case "blockquote", "ul", "ol", "li":
				depth += step
			}
			if depth > maxDepth {
				return "", nil
			}
		case xhtml.TextToken:
			if code == 0 {
				raw = setApart(xhtml.UnescapeString(raw), names)
			}
		}
		b.WriteString(raw)
	}
}

// setApart returns plain text as HTML in which names behind at signs are marked.
func setApart(text string, names []string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "@")
		b.WriteString(xhtml.EscapeString(before))
		if !found {
			return b.String()
		}
		n := 0
		if r, _ := utf8.DecodeLastRuneInString(before); !inName(r) || before == "" {
			n = called(rest, names)
		}
		if n > 0 {
			b.WriteString(`<span class="at">@` + xhtml.EscapeString(rest[:n]) + `</span>`)
		} else {
			b.WriteString("@")
		}
		text = rest[n:]
	}
}

// called returns how many bytes of s are one of the names, whatever the case.
func called(s string, names []string) int {
	for _, name := range names {
		if len(s) < len(name) || name == "" || !strings.EqualFold(s[:len(name)], name) {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(s[len(name):]); !inName(r) {
			return len(name)
		}
	}
	return 0
}

func inName(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
