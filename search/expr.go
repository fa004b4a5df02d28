package search

import (
	"slices"
	"strings"
)

// Expr is what is looked for in one message or one customer: words in a row, all
// of several, or any of several. The zero Expr is found everywhere.
type Expr struct {
	Words []string // in a row; one is a word
	All   []Expr
	Any   []Expr
}

// Phrase is these words one after the other.
func Phrase(words ...string) Expr { return Expr{Words: words} }

// And is all of these, leaving out those that are found everywhere.
func And(parts ...Expr) Expr {
	parts = slices.DeleteFunc(slices.Clone(parts), Expr.IsZero)
	if len(parts) == 1 {
		return parts[0]
	}
	return Expr{All: parts}
}

// Or is any of these.
func Or(parts ...Expr) Expr {
	if len(parts) == 1 {
		return parts[0]
	}
	return Expr{Any: parts}
}

// IsZero reports whether e is found everywhere.
func (e Expr) IsZero() bool { return len(e.Words) == 0 && len(e.All) == 0 && len(e.Any) == 0 }

// FTS5 writes e as SQLite's full-text index reads it. Words hold nothing but
// letters, digits and underscores, and are quoted besides.
func (e Expr) FTS5() string {
	return e.write(func(words []string) string { return `"` + strings.Join(words, " ") + `"` }, " AND ", " OR ")
}

// TSQuery writes e as PostgreSQL reads it.
func (e Expr) TSQuery() string {
	return e.write(func(words []string) string {
		s := "'" + strings.Join(words, "' <-> '") + "'"
		if len(words) > 1 {
			s = "(" + s + ")"
		}
		return s
	}, " & ", " | ")
}

func (e Expr) write(phrase func([]string) string, and, or string) string {
	group := func(parts []Expr, sign string) string {
		all := make([]string, len(parts))
		for i, p := range parts {
			all[i] = p.write(phrase, and, or)
		}
		return "(" + strings.Join(all, sign) + ")"
	}
	switch {
	case len(e.Words) > 0:
		return phrase(e.Words)
	case len(e.All) > 0:
		return group(e.All, and)
	}
	return group(e.Any, or)
}

// Match reports whether e is found in a list of words.
func (e Expr) Match(words []string) bool {
	switch {
	case len(e.Words) > 0:
		for i := range words {
			if row(words[i:], e.Words) {
				return true
			}
		}
		return false
	case len(e.All) > 0:
		return !slices.ContainsFunc(e.All, func(p Expr) bool { return !p.Match(words) })
	case len(e.Any) > 0:
		return slices.ContainsFunc(e.Any, func(p Expr) bool { return p.Match(words) })
	}
	return true
}

func row(words, wanted []string) bool {
	if len(words) < len(wanted) {
		return false
	}
	for i, w := range wanted {
		if words[i] != w {
			return false
		}
	}
	return true
}

// phrases calls fn with every row of words of e.
func (e Expr) phrases(fn func([]string)) {
	if len(e.Words) > 0 {
		fn(e.Words)
	}
	for _, p := range e.All {
		p.phrases(fn)
	}
	for _, p := range e.Any {
		p.phrases(fn)
	}
}

// Loose is e with the words of each phrase anywhere, and whether that is another question.
func (e Expr) Loose() (Expr, bool) {
	differs := false
	parts := func(all []Expr) []Expr {
		out := make([]Expr, len(all))
		for i, p := range all {
			loose, other := p.Loose()
			out[i], differs = loose, differs || other
		}
		return out
	}
	switch {
	case len(e.Words) > 1:
		words := make([]Expr, len(e.Words))
		for i, w := range e.Words {
			words[i] = Phrase(w)
		}
		return Expr{All: words}, true
	case len(e.All) > 0:
		e = Expr{All: parts(e.All)}
	case len(e.Any) > 0:
		e = Expr{Any: parts(e.Any)}
	}
	return e, differs
}

// Replace returns e with each single word replaced by what fn makes of it.
func (e Expr) Replace(fn func(word string) Expr) Expr {
	parts := func(all []Expr) []Expr {
		out := make([]Expr, len(all))
		for i, p := range all {
			out[i] = p.Replace(fn)
		}
		return out
	}
	switch {
	case len(e.Words) == 1:
		return fn(e.Words[0])
	case len(e.All) > 0:
		return Expr{All: parts(e.All)}
	case len(e.Any) > 0:
		return Expr{Any: parts(e.Any)}
	}
	return e
}

// Singles returns the single words of e, each once, sorted.
func (e Expr) Singles() (all []string) {
	e.phrases(func(p []string) {
		if len(p) == 1 && p[0][0] != '_' {
			all = append(all, p[0])
		}
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// Size is how many words e has.
func (e Expr) Size() (n int) {
	e.phrases(func(p []string) { n += len(p) })
	return n
}

// InOrder is the words of e as one phrase, in the order in which they were typed.
func (e Expr) InOrder() Expr {
	var all []string
	e.phrases(func(p []string) {
		for _, w := range p {
			if w[0] != '_' {
				all = append(all, w)
			}
		}
	})
	return Phrase(all...)
}

// Only is e without the words that are not among some.
func (e Expr) Only(words map[string]bool) Expr {
	keep := func(all []Expr) (out []Expr) {
		for _, p := range all {
			if p = p.Only(words); !p.IsZero() {
				out = append(out, p)
			}
		}
		return out
	}
	if slices.ContainsFunc(e.Words, func(w string) bool { return !words[w] }) {
		return Expr{}
	}
	return Expr{Words: e.Words, All: keep(e.All), Any: keep(e.Any)}
}
