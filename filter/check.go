package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBytes is the most that a tree may have as JSON.
const MaxBytes = 64 << 10

// Decode reads a tree from JSON and checks it. What is not a tree is an *Error.
func Decode(b []byte) (Node, error) {
	var n Node
	if len(b) > MaxBytes {
		return n, wrong("", "This filter has more than %d kB. Use fewer conditions.", MaxBytes>>10)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&n); err != nil || d.More() {
		return Node{}, wrong("", "This is no filter. Send an object with all, any, not, or field, op and values.")
	}
	if err := n.Check(); err != nil {
		return Node{}, err
	}
	return n.Simplify(), nil
}

// Encode returns the JSON of a tree.
func Encode(n Node) ([]byte, error) { return json.Marshal(n) }

// Check returns what is wrong with a tree, as an *Error with its path, or nil.
func (n Node) Check() error {
	if n.IsZero() {
		return nil
	}
	tests := 0
	return n.check("", 1, &tests)
}

func (n Node) check(path string, depth int, tests *int) error {
	if depth > MaxDepth {
		return wrong(path, "Groups lie more than %d deep. Use fewer groups.", MaxDepth)
	}
	forms := 0
	for _, has := range []bool{n.All != nil, n.Any != nil, n.Not != nil, n.Field != "" || n.Op != "" || n.Values != nil} {
		if has {
			forms++
		}
	}
	if forms != 1 {
		return wrong(path, "A condition is all, any, not, or a field with op and values: exactly one of them.")
	}
	at := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch {
	case n.Not != nil:
		return n.Not.check(at("not"), depth+1, tests)
	case n.All != nil:
		return checkGroup(n.All, at("all"), depth, tests)
	case n.Any != nil:
		return checkGroup(n.Any, at("any"), depth, tests)
	}
	if *tests++; *tests > MaxTests {
		return wrong(path, "A filter has at most %d conditions. Use fewer, or any of several values in one.", MaxTests)
	}
	return n.checkTest(at)
}

func checkGroup(nodes []Node, path string, depth int, tests *int) error {
	if len(nodes) == 0 {
		return wrong(path, "This group is empty. Put a condition in it, or leave it out.")
	}
	for i, c := range nodes {
		if err := c.check(path+"["+strconv.Itoa(i)+"]", depth+1, tests); err != nil {
			return err
		}
	}
	return nil
}

func (n Node) checkTest(at func(string) string) error {
	spec, ok := SpecOf(n.Field)
	if !ok {
		return wrong(at("field"), "There is no field %q. Use one of %s.", clip(string(n.Field)), names(Fields, func(s Spec) string { return string(s.Field) }))
	}
	if !slices.Contains(spec.Ops, n.Op) {
		return wrong(at("op"), "%s cannot be tested with %q. Use %s.", n.Field, clip(string(n.Op)), names(spec.Ops, func(o Op) string { return string(o) }))
	}
	least, most := 1, MaxValues
	switch {
	case n.Op == Between:
		least, most = 2, 2
	case n.Op != Is && n.Op != HasAll:
		most = 1
	}
	if len(n.Values) < least || len(n.Values) > most {
		if least == most {
			return wrong(at("values"), "%s %s takes %d value%s.", n.Field, n.Op, least, plural(least))
		}
		return wrong(at("values"), "%s %s takes %d to %d values.", n.Field, n.Op, least, most)
	}
	for i, v := range n.Values {
		if why := spec.value(n.Op, v); why != "" {
			return wrong(at("values")+"["+strconv.Itoa(i)+"]", "%s", why)
		}
	}
	if n.Op == Between && later(n.Values[0], n.Values[1]) {
		return wrong(at("values"), "The first day is after the last one. Turn them around.")
	}
	return nil
}

// value returns why a value does not fit, or "".
func (s Spec) value(op Op, v string) string {
	switch {
	case v == "":
		return fmt.Sprintf("Say what %s is compared with.", s.Field)
	case utf8.RuneCountInString(v) > MaxValue:
		return fmt.Sprintf("A value has at most %d characters.", MaxValue)
	case !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) || strings.ContainsRune(v, utf8.RuneError):
		return "A value has no control characters. Leave them out."
	}
	if slices.Contains(s.Words, v) {
		if op == HasAll {
			return fmt.Sprintf("%q cannot be one of several that all hold.", v)
		}
		return ""
	}
	switch s.Kind {
	case KindLine:
		if v != strings.Join(strings.Fields(v), " ") {
			return "Words have one space between them, and none around."
		}
		if !strings.ContainsFunc(v, searchable) {
			return "Write at least one letter or digit to search for."
		}
		return ""
	case KindThing:
		if isID(s.Noun, v) || s.Noun == NounChannel && isKind(v) {
			return ""
		}
		return fmt.Sprintf("%q is no %s. Use an id that begins with %s%s.", clip(v), noun(s.Noun), prefixes[s.Noun], orWords(s.Words))
	case KindCode:
		if isCode(v) {
			return ""
		}
		return fmt.Sprintf("%q is no %s. Write it like en or pt-BR.", clip(v), s.Field)
	case KindTime, KindAhead:
		m, ok := parseMoment(v)
		if !ok || op == Between && (m.distance != 0 || m.lastClose) || s.Kind == KindAhead && m.lastClose {
			return whyMoment(v, op)
		}
		return ""
	case KindNumber:
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1_000_000 || strconv.Itoa(n) != v {
			return fmt.Sprintf("%q is no number from 0 to 1000000.", clip(v))
		}
		return ""
	}
	return fmt.Sprintf("There is no %s %q. Use one of %s.", s.Field, clip(v), strings.Join(s.Words, ", "))
}

// searchable reports whether an index of words keeps r.
func searchable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isID(n Noun, v string) bool {
	digits, ok := strings.CutPrefix(v, prefixes[n])
	return ok && prefixes[n] != "" && len(digits) == 13 && digits[0] <= '7' && strings.Trim(digits, "0123456789abcdefghjkmnpqrstvwxyz") == "" && digits != "0000000000000"
}

func isKind(v string) bool {
	return v != "" && v[0] >= 'a' && v[0] <= 'z' && strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

func isCode(v string) bool {
	return len(v) <= 35 && v[0] != '-' && strings.Trim(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func noun(n Noun) string { return strings.ReplaceAll(string(n), "_", " ") }

func orWords(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return ", or " + strings.Join(words, ", ")
}

func names[T any](all []T, name func(T) string) string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = name(v)
	}
	return strings.Join(out, ", ")
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// AsError returns the *Error in err, if any.
func AsError(err error) (*Error, bool) { return errors.AsType[*Error](err) }
