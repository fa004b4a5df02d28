package filter

import (
	"fmt"
	"slices"
	"strings"
)

// field reads a key with its values.
func (p *parser) field() (Node, error) {
	key := p.now
	f, op := Field(key.text), Op("")
	switch a, ok := aliases[key.text]; {
	case ok:
		f = a
	case key.text == "before":
		f, op = Activity, Before
	case key.text == "after":
		f, op = Activity, After
	case key.text == "words":
		f, op = Text, Words
	case key.text == "phrase":
		f, op = Text, Phrase
	}
	spec, ok := SpecOf(f)
	if !ok {
		return Node{}, p.refuse(key, "There is no %q to search by. Use one of %s — or put it in quotes to search for it.", clip(key.text+":"), strings.Join(keys(), ", "))
	}
	values, all, err := p.values(key)
	if err != nil {
		return Node{}, err
	}
	place := token{from: key.from, to: values[len(values)-1].to}
	var n Node
	switch spec.Kind {
	case KindTime, KindAhead:
		n, err = p.time(spec, op, values)
	case KindNumber:
		n, err = p.number(spec, values)
	case KindLine:
		if len(values) > 1 {
			return n, p.refuse(values[1], "%s: takes one value. Put it in quotes when there are commas in it.", key.text)
		}
		if op == "" {
			op = spec.Ops[0]
		}
		n = Test(f, op, strings.Join(strings.Fields(values[0].text), " "))
	default:
		n, err = p.things(spec, values, all)
	}
	if err != nil {
		return n, err
	}
	return n, p.done(n, place)
}

// keys are the keys to offer.
func keys() []string {
	all := []string{"from:", "is:", "before:", "after:"}
	for _, s := range Fields {
		if s.Field != Text && s.Field != From && s.Field != Status {
			all = append(all, string(s.Field)+":")
		}
	}
	return all
}

// values reads the values behind a key, and whether all of them must hold.
func (p *parser) values(key token) (values []token, all bool, err error) {
	for {
		v, ok, err := p.lex.value()
		if err != nil {
			return nil, false, err
		}
		if !ok {
			after := token{from: key.from, to: p.lex.at}
			return nil, false, p.refuse(after, "Write a value right after %s:, without a space.", key.text)
		}
		values = append(values, v)
		if len(values) > MaxValues {
			return nil, false, p.refuse(v, "There are more than %d values. Use fewer.", MaxValues)
		}
		if p.lex.at == len(p.lex.in) {
			return values, all, nil
		}
		sign := p.lex.in[p.lex.at]
		if sign != ',' && sign != '+' {
			if r := p.lex.in[p.lex.at]; v.kind == tokenQuoted && !apart(r) || r == '"' || r == '“' {
				return nil, false, p.refuse(token{from: p.lex.at, to: p.lex.at + 1}, "Put a space after the value, or the whole of it in quotes.")
			}
			return values, all, nil
		}
		if len(values) > 1 && all != (sign == '+') {
			return nil, false, p.refuse(token{from: p.lex.at, to: p.lex.at + 1}, "Values have either commas between them (any of them) or + (all of them), not both.")
		}
		all = sign == '+'
		p.lex.at++
	}
}

// things resolves words, ids and names.
func (p *parser) things(spec Spec, values []token, all bool) (Node, error) {
	op := Is
	if all {
		if !slices.Contains(spec.Ops, HasAll) {
			return Node{}, p.refuse(values[1], "%s: is one thing at a time. Put commas between values for any of them, or quotes around a name with + in it.", spec.Field)
		}
		op = HasAll
	}
	n := Node{Field: spec.Field, Op: op}
	for _, t := range values {
		v, err := p.thing(spec, t)
		if err != nil {
			return n, err
		}
		if why := spec.value(op, v); why != "" {
			return n, p.refuse(t, "%s", why)
		}
		n.Values = append(n.Values, v)
	}
	return n, nil
}

func (p *parser) thing(spec Spec, t token) (string, error) {
	folded := strings.ToLower(t.text)
	if t.kind == tokenWord && slices.Contains(spec.Words, folded) {
		return folded, nil
	}
	if spec.Kind == KindWord && slices.Contains(spec.Words, strings.ReplaceAll(strings.ReplaceAll(folded, "-", "_"), " ", "_")) {
		return strings.ReplaceAll(strings.ReplaceAll(folded, "-", "_"), " ", "_"), nil
	}
	if spec.Kind != KindThing || t.kind == tokenWord && isID(spec.Noun, t.text) {
		return t.text, nil
	}
	// A kind of channel goes before an account that is called like it, unless in quotes.
	if spec.Noun == NounChannel && t.kind == tokenWord && p.isKind(folded) {
		return folded, nil
	}
	if p.names != nil {
		if id, ok := p.names.ID(spec.Noun, t.text); ok {
			return id, nil
		}
	}
	if isID(spec.Noun, t.text) {
		return t.text, nil
	}
	return "", p.refuse(t, "There is no %s %q here.%s", noun(spec.Noun), clip(t.text), p.near(spec, t.text))
}

func (p *parser) isKind(v string) bool {
	if p.names == nil {
		return isKind(v)
	}
	_, ok := p.names.ID(NounChannelKind, v)
	return ok
}

// near says what may have been meant.
func (p *parser) near(spec Spec, name string) string {
	var near []string
	if p.names != nil {
		for _, n := range p.names.Near(spec.Noun, name) {
			near = append(near, quoted(n))
		}
	}
	near = append(near, spec.Words...)
	if len(near) == 0 {
		return " Write its name as it is shown, in quotes when it has spaces."
	}
	return fmt.Sprintf(" Try %s.", strings.Join(near, ", "))
}

// time reads 2026-05-01, today, 7d, a..b, <a and >a.
func (p *parser) time(spec Spec, op Op, values []token) (Node, error) {
	t := values[0]
	if len(values) > 1 {
		return Node{}, p.refuse(values[1], "%s: takes one moment, or two with .. between them.", spec.Field)
	}
	v := t.text
	from, to, ranged := splitRange(v)
	switch {
	case op != "":
	case strings.HasPrefix(v, "<"):
		op, v = Before, v[1:]
	case strings.HasPrefix(v, ">"):
		op, v = After, strings.TrimPrefix(v[1:], "=")
	case ranged && to == "" && from != "":
		op, v = After, from
	case ranged:
		return p.between(spec, t, from, to)
	case parseDistance(v) != 0 && spec.Kind == KindAhead:
		op = Before
	case parseDistance(v) != 0:
		op = After
	default:
		return p.between(spec, t, v, v)
	}
	if why := spec.value(op, v); why != "" {
		return Node{}, p.refuse(t, "%s", why)
	}
	return Test(spec.Field, op, v), nil
}

func (p *parser) between(spec Spec, t token, from, to string) (Node, error) {
	for _, v := range []string{from, to} {
		if v == "" {
			return Node{}, p.refuse(t, "Write the first and the last day, like 2026-05-01..2026-05-31, or <2026-05-31.")
		}
		if why := spec.value(Between, v); why != "" {
			return Node{}, p.refuse(t, "%s", why)
		}
	}
	return Test(spec.Field, Between, from, to), nil
}

// number reads 3, >=3 and <=3.
func (p *parser) number(spec Spec, values []token) (Node, error) {
	t := values[0]
	if len(values) > 1 {
		return Node{}, p.refuse(values[1], "%s: takes one number, like >=3.", spec.Field)
	}
	op, v := AtLeast, t.text
	switch {
	case strings.HasPrefix(v, ">="):
		v = v[2:]
	case strings.HasPrefix(v, "<="):
		op, v = AtMost, v[2:]
	default:
		return Node{}, p.refuse(t, "Write %s:>=3 for three or more, or %s:<=3 for three or less.", spec.Field, spec.Field)
	}
	if why := spec.value(op, v); why != "" {
		return Node{}, p.refuse(t, "%s", why)
	}
	return Test(spec.Field, op, v), nil
}
