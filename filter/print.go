package filter

import (
	"slices"
	"strings"
)

// Print writes a tree as text. Parsed with the same names it is the tree again,
// simplified.
func Print(n Node, names Names) string {
	if n.IsZero() {
		return ""
	}
	w := writer{names: names}
	return w.node(n.Simplify(), true)
}

type writer struct{ names Names }

// node writes n; top says that nothing stands around it.
func (w writer) node(n Node, top bool) string {
	switch {
	case n.Not != nil && n.Not.Field != "":
		return "-" + w.test(*n.Not, !strings.Contains(n.Not.Values[0], " "))
	case n.Not != nil:
		return "-" + w.node(*n.Not, false)
	case n.All != nil:
		return w.group(n.All, " ", top)
	case n.Any != nil:
		return w.group(n.Any, " OR ", top)
	}
	return w.test(n, true)
}

func (w writer) group(nodes []Node, between string, top bool) string {
	parts := make([]string, len(nodes))
	plain := true
	for i, n := range nodes {
		if n.Field == Text && n.Op == Words {
			// Only one search of a group is written as plain words; of two, one
			// would be made.
			parts[i] = w.test(n, plain || between != " ")
			plain = false
			continue
		}
		parts[i] = w.node(n, false)
	}
	text := strings.Join(parts, between)
	if top {
		return text
	}
	return "(" + text + ")"
}

// test writes a test; plain says that words may stand by themselves.
func (w writer) test(n Node, plain bool) string {
	spec, _ := SpecOf(n.Field)
	key := string(n.Field) + ":"
	switch {
	case n.Field == Text && n.Op == Phrase:
		return quoted(n.Values[0])
	case n.Field == Text:
		if plain && !slices.ContainsFunc(strings.Fields(n.Values[0]), special) {
			return n.Values[0]
		}
		return "words:" + value(n.Values[0])
	case n.Field == Status:
		key = "is:"
	case n.Field == Activity && n.Op == Before:
		return "before:" + n.Values[0]
	case n.Field == Activity && n.Op == After:
		return "after:" + n.Values[0]
	}
	switch n.Op {
	case AtLeast:
		return key + ">=" + n.Values[0]
	case AtMost:
		return key + "<=" + n.Values[0]
	case Before, After:
		return key + w.edge(spec, n)
	case Between:
		if n.Values[0] == n.Values[1] {
			return key + n.Values[0]
		}
		return key + n.Values[0] + ".." + n.Values[1]
	}
	parts := make([]string, len(n.Values))
	for i, v := range n.Values {
		parts[i] = w.thing(spec, v)
	}
	if n.Op == HasAll && len(parts) > 1 {
		return key + strings.Join(parts, "+")
	}
	return key + strings.Join(parts, ",")
}

func (w writer) edge(spec Spec, n Node) string {
	v := n.Values[0]
	switch far := parseDistance(v) != 0; {
	case far && (n.Op == Before) == (spec.Kind == KindAhead):
		return v
	case n.Op == Before:
		return "<" + v
	}
	return ">" + v
}

// thing writes a word as it is, and a thing by its name when that says which.
func (w writer) thing(spec Spec, v string) string {
	switch {
	case spec.Kind == KindLine:
		return value(v)
	case spec.Kind != KindThing || slices.Contains(spec.Words, v) || w.names == nil:
		return v
	}
	noun := spec.Noun
	if noun == NounChannel && !isID(noun, v) {
		return v
	}
	name, ok := w.names.Name(noun, v)
	if !ok || !writable(name) {
		return v
	}
	if id, ok := w.names.ID(noun, name); !ok || id != v {
		return v
	}
	if slices.Contains(spec.Words, strings.ToLower(name)) || isID(noun, name) || noun == NounChannel && isKind(strings.ToLower(name)) {
		return quoted(name)
	}
	return value(name)
}

// writable reports whether a name survives being written in a text.
func writable(name string) bool {
	return name != "" && Spec{Kind: KindLine}.value(Contains, name) == ""
}

// value writes a value behind a key: in quotes where it would end too soon.
func value(v string) string {
	if strings.ContainsFunc(v, func(r rune) bool { return apart(r) || r == ',' || r == '+' || r == '\\' }) {
		return quoted(v)
	}
	return v
}

func quoted(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}

// special reports whether a word by itself would be read as something else.
func special(word string) bool {
	if word == "OR" || word == "AND" || word == "NOT" || word[0] == '-' {
		return true
	}
	if key, rest, ok := strings.Cut(word, ":"); ok && isKey([]rune(key)) && !strings.HasPrefix(rest, "//") {
		return true
	}
	return strings.ContainsFunc(word, apart)
}
