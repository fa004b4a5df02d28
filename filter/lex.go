package filter

import (
	"strings"
	"unicode"
)

// token is a part of a text, with its place in characters.
type token struct {
	kind     tokenKind
	text     string // of a word or a quotation, without its quotes
	from, to int
}

type tokenKind int

const (
	tokenEnd    tokenKind = iota
	tokenWord             // anything without spaces, parentheses and quotes
	tokenKey              // from: with its colon; text is the lower case key
	tokenQuoted           // "…"
	tokenOpen             // (
	tokenClose            // )
	tokenMinus            // - before something
)

// lexer reads tokens from a text.
type lexer struct {
	in []rune
	at int
}

// quotes are the signs that open a quotation, each with what closes it.
var quotes = map[rune]rune{'"': '"', '“': '”', '„': '“'}

// apart reports whether r ends a word.
func apart(r rune) bool {
	return unicode.IsSpace(r) || r == '(' || r == ')' || r == '"' || r == '“' || r == '”' || r == '„'
}

// next returns the next token. What follows a key is read by value.
func (l *lexer) next() (token, error) {
	for l.at < len(l.in) && unicode.IsSpace(l.in[l.at]) {
		l.at++
	}
	from := l.at
	if from == len(l.in) {
		return token{kind: tokenEnd, from: from, to: from}, nil
	}
	switch r := l.in[from]; {
	case r == '(':
		l.at++
		return token{kind: tokenOpen, text: "(", from: from, to: l.at}, nil
	case r == ')':
		l.at++
		return token{kind: tokenClose, text: ")", from: from, to: l.at}, nil
	case quotes[r] != 0:
		return l.quoted()
	case r == '”':
		return token{}, &Error{From: from, To: from + 1, Message: `This quotation begins with a closing quote. Write " before it.`}
	case r == '-' && from+1 < len(l.in) && !unicode.IsSpace(l.in[from+1]) && l.in[from+1] != ')':
		l.at++
		return token{kind: tokenMinus, text: "-", from: from, to: l.at}, nil
	}
	for l.at < len(l.in) && !apart(l.in[l.at]) {
		if l.in[l.at] == ':' && isKey(l.in[from:l.at]) && !l.slashes(l.at+1) {
			l.at++
			return token{kind: tokenKey, text: strings.ToLower(string(l.in[from : l.at-1])), from: from, to: l.at}, nil
		}
		l.at++
	}
	return token{kind: tokenWord, text: string(l.in[from:l.at]), from: from, to: l.at}, nil
}

// slashes reports whether an address like https://… goes on at a place.
func (l *lexer) slashes(at int) bool {
	return at+1 < len(l.in) && l.in[at] == '/' && l.in[at+1] == '/'
}

func isKey(word []rune) bool {
	for i, r := range word {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_') {
			return false
		}
	}
	return len(word) > 0
}

func (l *lexer) quoted() (token, error) {
	from := l.at
	closing := quotes[l.in[from]]
	var b strings.Builder
	for l.at++; l.at < len(l.in); l.at++ {
		switch r := l.in[l.at]; {
		case r == closing:
			l.at++
			return token{kind: tokenQuoted, text: b.String(), from: from, to: l.at}, nil
		case r == '\\' && l.at+1 < len(l.in) && (l.in[l.at+1] == '"' || l.in[l.at+1] == '\\'):
			l.at++
			b.WriteRune(l.in[l.at])
		default:
			b.WriteRune(r)
		}
	}
	return token{}, &Error{From: from, To: l.at, Message: `The quote is not closed. Write " at the end of the phrase.`}
}

// value reads what stands at once behind a key or a comma: a word that ends at a
// comma or plus too, or a quotation. ok is false when there is nothing.
func (l *lexer) value() (token, bool, error) {
	from := l.at
	if from == len(l.in) || unicode.IsSpace(l.in[from]) {
		return token{from: from, to: from}, false, nil
	}
	if quotes[l.in[from]] != 0 {
		t, err := l.quoted()
		return t, err == nil, err
	}
	for l.at < len(l.in) && !apart(l.in[l.at]) && l.in[l.at] != ',' && !l.joins() {
		l.at++
	}
	return token{kind: tokenWord, text: string(l.in[from:l.at]), from: from, to: l.at}, l.at > from, nil
}

// joins reports whether there is a plus between two values; one in front is of a
// phone number.
func (l *lexer) joins() bool {
	if l.in[l.at] != '+' || l.at+1 == len(l.in) || l.in[l.at-1] == ',' || l.in[l.at-1] == ':' {
		return false
	}
	next := l.in[l.at+1]
	return !unicode.IsSpace(next) && next != ','
}
