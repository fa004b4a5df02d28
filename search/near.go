package search

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// minNear is the shortest word in which a slip of the fingers is looked for: with
// fewer letters everything is near everything.
const minNear = 4

// Near returns every word that is one slip from w: a letter too many, one missing,
// one wrong, or two in the wrong order. They are sorted; w is not one of them.
func Near(w string) []string {
	runes := []rune(w)
	if len(runes) < minNear || len(runes) > 24 {
		return nil
	}
	letters := alphabet(runes)
	if letters == nil {
		return nil
	}
	all := make([]string, 0, 2*len(runes)*(len(letters)+1))
	put := func(at, skip int, with ...rune) {
		next := make([]rune, 0, len(runes)+1)
		next = append(append(append(next, runes[:at]...), with...), runes[at+skip:]...)
		if s := string(next); s != w {
			all = append(all, s)
		}
	}
	for i := range runes {
		put(i, 1)
		if i+1 < len(runes) {
			put(i, 2, runes[i+1], runes[i])
		}
		for _, l := range letters {
			put(i, 1, l)
			put(i, 0, l)
		}
	}
	for _, l := range letters {
		put(len(runes), 0, l)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// alphabet returns the letters that somebody may have meant who typed a word, or
// nil for numbers, which are right or wrong, and scripts without a small alphabet.
func alphabet(word []rune) []rune {
	var from, to rune
	for _, r := range word {
		switch {
		case unicode.IsDigit(r):
			continue
		case r < utf8.RuneSelf:
			from, to = 'a', 'z'
		case unicode.Is(unicode.Greek, r):
			from, to = 'α', 'ω'
		case unicode.Is(unicode.Cyrillic, r):
			from, to = 'а', 'я'
		case unicode.Is(unicode.Hebrew, r):
			from, to = 'א', 'ת'
		case unicode.Is(unicode.Arabic, r):
			from, to = 'ء', 'ي'
		default:
			return nil
		}
		break
	}
	if from == 0 {
		return nil
	}
	var all []rune
	for r := from; r <= to; r++ {
		all = append(all, r)
	}
	return all
}
