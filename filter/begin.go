package filter

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// begunRunes is how many characters of a text, from the start of a word on, are
// compared: an index takes no text of any length.
const begunRunes = 60

// Beginnings returns what a test with [Begins] is compared with: of every word of s
// the text from there on, folded and cut. A word is letters and digits.
func Beginnings(s string) (all []string) {
	s = Fold(s)
	within := false
	for i, r := range s {
		if starts := searchable(r) && !within; starts {
			all = append(all, cut(s[i:]))
		}
		within = searchable(r)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Begun returns what a word must begin with for a test of v to hold. Signs before the
// first letter or digit are left out: @example.com is example.com.
func Begun(v string) string {
	v = Fold(v)
	if i := strings.IndexFunc(v, searchable); i > 0 {
		v = v[i:]
	}
	return cut(v)
}

func cut(s string) string {
	n := 0
	for i := range s {
		if n == begunRunes {
			return s[:i]
		}
		n++
	}
	return s
}

// after returns the first text behind all that begin with v.
func after(v string) string { return v + string(utf8.MaxRune) }

// Stretch returns from where to before where the texts are that a test with [Begins]
// holds for.
func (t *Ready) Stretch() (from, to string) {
	from = Begun(t.Text)
	return from, after(from)
}

// begins reports whether a word of one of some texts begins with that of t.
func (t *Ready) begins(texts []string) bool {
	v := Begun(t.Text)
	return slices.ContainsFunc(texts, func(s string) bool {
		return slices.ContainsFunc(Beginnings(s), func(w string) bool { return strings.HasPrefix(w, v) })
	})
}
