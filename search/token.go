package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Token is a word of a text.
type Token struct {
	Word     string // folded: without accents and capitals
	From, To int    // where in the text it is, in bytes
}

// MaxWord is how many characters of a word count.
const MaxWord = 64

// unjoined are the scripts that write words without spaces: each of their
// characters is a word, and a run of them in a question is a phrase.
var unjoined = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// special are letters that Unicode does not take apart although people type them
// without what makes them special.
var special = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d",
	'þ': "th", 'Þ': "th", 'ı': "i", 'ħ': "h", 'Ħ': "h", 'ŧ': "t", 'Ŧ': "t", 'ŋ': "n", 'Ŋ': "n", 'ς': "σ",
}

// Fold returns what is compared of a character: nothing of an accent, small
// letters without theirs of a letter. What is neither letter nor digit stays
// itself.
func fold(b []byte, r rune) []byte {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(b, byte(r))
	case special[r] != "":
		return append(b, special[r]...)
	case isMark(r):
		return b
	}
	for _, p := range norm.NFKD.String(string(r)) {
		if isMark(p) {
			continue
		}
		for _, q := range norm.NFKD.String(string(unicode.ToLower(p))) { // İ becomes i and a dot
			if !isMark(q) {
				b = utf8.AppendRune(b, q)
			}
		}
	}
	return b
}

func isMark(r rune) bool { return r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Mc) }

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// Fold returns a text without accents and capitals, its words parted by one space.
func Fold(text string) string { return strings.Join(Words(text), " ") }

// Words returns the words of a text.
func Words(text string) []string {
	tokens := Tokens(text)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Word
	}
	return words
}

// Tokens returns the words of a text with their places.
func Tokens(text string) (all []Token) {
	var word []byte
	from, runes := -1, 0
	end := func(to int) {
		if len(word) > 0 {
			all = append(all, Token{string(word), from, to})
		}
		word, from, runes = word[:0], -1, 0
	}
	for i, r := range text {
		switch {
		case isMark(r) && from >= 0:
			continue
		case !isWord(r):
			end(i)
			continue
		case r >= utf8.RuneSelf && unicode.In(r, unjoined...):
			end(i)
			from = i
			word = onlyWord(fold(word, r))
			end(i + utf8.RuneLen(r))
			continue
		}
		if from < 0 {
			from = i
		}
		if runes++; runes <= MaxWord {
			n := len(word)
			word = append(word[:n], onlyWord(fold(nil, r))...)
		}
	}
	end(len(text))
	return all
}

// onlyWord drops what a character has become that is no part of a word, as the
// bar of a fraction.
func onlyWord(b []byte) []byte {
	for _, r := range string(b) {
		if !isWord(r) {
			return []byte(strings.Map(func(r rune) rune {
				if isWord(r) {
					return r
				}
				return -1
			}, string(b)))
		}
	}
	return b
}
