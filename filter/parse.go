package filter

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names knows what people call things. A nil Names knows nothing: then things
// are written with their ids.
type Names interface {
	// ID returns the id of the one thing that is called so, whatever the case.
	ID(n Noun, name string) (id string, ok bool)
	// Name returns what a thing is called.
	Name(n Noun, id string) (name string, ok bool)
	// Near returns a few names that may have been meant.
	Near(n Noun, name string) []string
}

// parser reads a text into a tree.
type parser struct {
	lex    lexer
	now    token // the one in front
	names  Names
	level  int
	tests  int
	deep   token // where groups lie deepest
	deepAt int
}

// Parse reads a text. What it does not understand it refuses with an *Error that
// says where. An empty text is the zero Node.
func Parse(text string, names Names) (Node, error) {
	if utf8.RuneCountInString(text) > MaxText {
		return Node{}, &Error{From: MaxText, To: utf8.RuneCountInString(text), Message: fmt.Sprintf("A search has at most %d characters. Write less.", MaxText)}
	}
	p := parser{lex: lexer{in: []rune(text)}, names: names}
	if i := slices.IndexFunc(p.lex.in, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) }); i >= 0 {
		return Node{}, &Error{From: i, To: i + 1, Message: "There is a character here that nobody can search for. Remove it."}
	}
	if err := p.advance(); err != nil || p.now.kind == tokenEnd {
		return Node{}, err
	}
	n, err := p.either()
	if err != nil {
		return Node{}, err
	}
	if p.now.kind == tokenClose {
		return Node{}, p.refuse(p.now, "There is no ( for this ). Write one before, or remove it.")
	}
	n = n.Simplify()
	if n.depth() > MaxDepth {
		return Node{}, p.refuse(p.deep, "Groups lie more than %d deep. Use fewer parentheses.", MaxDepth)
	}
	return n, nil
}

func (p *parser) refuse(t token, format string, args ...any) error {
	return &Error{From: t.from, To: t.to, Message: fmt.Sprintf(format, args...)}
}

func (p *parser) advance() (err error) {
	p.now, err = p.lex.next()
	return err
}

func (p *parser) word(w string) bool { return p.now.kind == tokenWord && p.now.text == w }

// either reads groups with OR between them.
func (p *parser) either() (Node, error) {
	var some []Node
	for {
		n, err := p.each()
		if err != nil {
			return n, err
		}
		some = append(some, n)
		if !p.word("OR") {
			break
		}
		if err := p.advance(); err != nil {
			return n, err
		}
	}
	if len(some) == 1 {
		return some[0], nil
	}
	return Any(some...), nil
}

// each reads conditions beside each other. Plain words are one search.
func (p *parser) each() (Node, error) {
	var all []Node
	words := -1
	for !p.word("OR") && p.now.kind != tokenEnd && p.now.kind != tokenClose {
		if p.word("AND") {
			at := p.now
			if err := p.advance(); err != nil {
				return Node{}, err
			}
			if len(all) == 0 || p.now.kind == tokenEnd || p.now.kind == tokenClose || p.word("OR") || p.word("AND") {
				return Node{}, p.refuse(at, `AND stands between two conditions. Write one on each side, or "AND" to search for the word.`)
			}
			continue
		}
		at, plain := p.now, p.now.kind == tokenWord && p.now.text != "NOT"
		n, err := p.one()
		if err != nil {
			return n, err
		}
		if plain && words >= 0 {
			joined := all[words].Values[0] + " " + n.Values[0]
			if utf8.RuneCountInString(joined) > MaxValue {
				return n, p.refuse(at, "One search has at most %d characters of words. Write fewer.", MaxValue)
			}
			all[words].Values[0] = joined
			continue
		}
		if plain {
			words = len(all)
		}
		all = append(all, n)
	}
	switch len(all) {
	case 0:
		if p.word("OR") {
			return Node{}, p.refuse(p.now, `OR stands between two conditions. Write one on each side, or "OR" to search for the word.`)
		}
		return Node{}, p.refuse(p.now, "A condition is missing here. Write one, or remove what stands before.")
	case 1:
		return all[0], nil
	}
	return All(all...), nil
}

// one reads one condition.
func (p *parser) one() (Node, error) {
	t := p.now
	switch {
	case t.kind == tokenMinus || p.word("NOT"):
		if err := p.enter(t); err != nil {
			return Node{}, err
		}
		if err := p.advance(); err != nil {
			return Node{}, err
		}
		if p.now.kind == tokenEnd || p.now.kind == tokenClose || p.word("OR") || p.word("AND") {
			return Node{}, p.refuse(t, "Write after %s what must not hold.", t.text)
		}
		n, err := p.one()
		p.level--
		return Not(n), err
	case t.kind == tokenOpen:
		return p.group()
	case t.kind == tokenKey:
		return p.field()
	case t.kind == tokenQuoted:
		return p.text(Phrase, t)
	}
	return p.text(Words, t)
}

// enter goes a level deeper, but not without end.
func (p *parser) enter(t token) error {
	if p.level++; p.level > p.deepAt {
		p.deep, p.deepAt = t, p.level
	}
	if p.level > 2*MaxDepth {
		return p.refuse(t, "Groups lie more than %d deep. Use fewer parentheses.", MaxDepth)
	}
	return nil
}

func (p *parser) group() (Node, error) {
	open := p.now
	if err := p.enter(open); err != nil {
		return Node{}, err
	}
	if err := p.advance(); err != nil {
		return Node{}, err
	}
	if p.now.kind == tokenClose {
		return Node{}, p.refuse(token{from: open.from, to: p.now.to}, "These parentheses are empty. Put a condition between them, or remove them.")
	}
	if p.now.kind == tokenEnd {
		return Node{}, p.refuse(open, "This ( is not closed. Write ) at its end.")
	}
	n, err := p.either()
	if err != nil {
		return n, err
	}
	if p.now.kind != tokenClose {
		return n, p.refuse(open, "This ( is not closed. Write ) at its end.")
	}
	p.level--
	return n, p.advance()
}

// text reads a word or a quotation.
func (p *parser) text(op Op, t token) (Node, error) {
	n := Test(Text, op, strings.Join(strings.Fields(t.text), " "))
	return n, p.done(n, t)
}

// done checks a test that was written at a place, and goes on behind it.
func (p *parser) done(n Node, t token) error {
	if p.tests++; p.tests > MaxTests {
		return p.refuse(t, "A filter has at most %d conditions. Use fewer, or several values with commas.", MaxTests)
	}
	if err := n.Check(); err != nil {
		if e, ok := AsError(err); ok {
			return p.refuse(t, "%s", e.Message)
		}
		return err
	}
	return p.advance()
}
