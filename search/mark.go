package search

import (
	"strings"
	"unicode/utf8"
)

// Excerpt is a text, or a part of one, with the places in it that a question has found.
type Excerpt struct {
	Text  string   `json:"text"`
	Marks [][2]int `json:"marks" doc:"What was found: from and to, in characters (code points)"`
}

// Mark returns a text on which every row of words of e is marked. It keeps about
// most characters around the first ones, on one line.
func (e Expr) Mark(text string, most int) Excerpt {
	tokens := Tokens(text)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Word
	}
	hit := make([]bool, len(tokens))
	e.phrases(func(p []string) {
		for i := range words {
			if row(words[i:], p) {
				for k := range p {
					hit[i+k] = true
				}
			}
		}
	})
	e.phones(text, tokens, hit)
	from, to := window(text, tokens, hit, most)
	return marked(text, tokens, hit, from, to)
}

// phones marks the digits of a phone number that was looked for.
func (e Expr) phones(text string, tokens []Token, hit []bool) {
	var wanted []string
	e.phrases(func(p []string) {
		if len(p) == 1 && strings.HasPrefix(p[0], "_p") {
			wanted = append(wanted, p[0][2:])
		}
	})
	if len(wanted) == 0 {
		return
	}
	for i := range tokens {
		for k := i; k < len(tokens) && k < i+8; k++ {
			digits := Digits(text[tokens[i].From:tokens[k].To])
			if len(digits) > maxPhone {
				break
			}
			for _, w := range wanted {
				if len(digits) >= minPhone && phoneWord(digits) == "_p"+w && Digits(tokens[i].Word) == tokens[i].Word && Digits(tokens[k].Word) == tokens[k].Word {
					for n := i; n <= k; n++ {
						hit[n] = true
					}
				}
			}
		}
	}
}

// window chooses the part of a text to show: the one with the most hits.
func window(text string, tokens []Token, hit []bool, most int) (from, to int) {
	if utf8.RuneCountInString(text) <= most {
		return 0, len(text)
	}
	best, at := 0, -1
	for i := range tokens {
		if !hit[i] {
			continue
		}
		n := 0
		for k := i; k < len(tokens) && tokens[k].To-tokens[i].From < most*3/4; k++ {
			if hit[k] {
				n++
			}
		}
		if n > best {
			best, at = n, i
		}
	}
	if at < 0 {
		return 0, forward(text, 0, most)
	}
	from = back(text, tokens[at].From, most/4)
	return from, forward(text, from, most)
}

// forward returns the end of n characters from a place, at the end of a word.
func forward(text string, from, n int) int {
	to, space := from, 0
	for ; n > 0 && to < len(text); n-- {
		r, size := utf8.DecodeRuneInString(text[to:])
		if r == ' ' || r == '\n' {
			space = to
		}
		to += size
	}
	if to < len(text) && space > from && to-space < 24 {
		return space
	}
	return to
}

// back returns a place up to n characters earlier, at the beginning of a word.
func back(text string, at, n int) int {
	from := at
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if from == 0 {
		return 0
	}
	if i := strings.IndexAny(text[from:at], " \n"); i >= 0 {
		return from + i + 1
	}
	return from
}

// marked cuts out a part of a text, puts it on one line and counts in characters.
func marked(text string, tokens []Token, hit []bool, from, to int) Excerpt {
	var b strings.Builder
	out := Excerpt{Marks: [][2]int{}}
	n := 0
	write := func(r rune) { b.WriteRune(r); n++ }
	if from > 0 {
		write('…')
	}
	next, space := 0, true
	for i, r := range text[from:to] {
		at := from + i
		for next < len(tokens) && tokens[next].To <= at {
			if hit[next] && tokens[next].From >= from {
				out.Marks[len(out.Marks)-1][1] = n
			}
			next++
		}
		if r == '\n' || r == '\t' || r == ' ' || r == '\r' {
			if !space {
				write(' ')
			}
			space = true
			continue
		}
		space = false
		if next < len(tokens) && tokens[next].From == at && hit[next] {
			out.Marks = append(out.Marks, [2]int{n, n})
		}
		write(r)
	}
	for ; next < len(tokens) && tokens[next].From < to; next++ {
		if hit[next] && tokens[next].From >= from && len(out.Marks) > 0 {
			out.Marks[len(out.Marks)-1][1] = n
		}
	}
	if to < len(text) {
		write('…')
	}
	out.Text = b.String()
	out.Marks = joined(out.Marks, []rune(out.Text))
	return out
}

// joined makes one mark of words that were found beside each other.
func joined(marks [][2]int, text []rune) [][2]int {
	out := [][2]int{}
	for _, m := range marks {
		if k := len(out) - 1; k >= 0 && m[0]-out[k][1] <= 1 && (m[0] == out[k][1] || strings.ContainsRune(" -./", text[out[k][1]])) {
			out[k][1] = m[1]
			continue
		}
		out = append(out, m)
	}
	return out
}

// MarkParts returns a text on which every part is marked, wherever it is in a
// word: what [Part] asks for.
func MarkParts(text string, parts ...string) Excerpt {
	runes := []rune(text)
	var folded []rune
	var at []int // of each folded character, the one it is of
	space := true
	for i, r := range runes {
		switch {
		case isWord(r):
			for _, f := range string(onlyWord(fold(nil, r))) {
				folded, at = append(folded, f), append(at, i)
			}
			space = false
		case !isMark(r) && !space:
			folded, at, space = append(folded, ' '), append(at, i), true
		}
	}
	hit := make([]bool, len(runes))
	for _, p := range parts {
		wanted := []rune(Fold(p))
		for i := 0; len(wanted) > 0 && i+len(wanted) <= len(folded); i++ {
			if string(folded[i:i+len(wanted)]) == string(wanted) {
				for k := at[i]; k <= at[i+len(wanted)-1]; k++ {
					hit[k] = true
				}
			}
		}
	}
	out := Excerpt{Text: text, Marks: [][2]int{}}
	for i := range runes {
		switch k := len(out.Marks) - 1; {
		case !hit[i]:
		case k >= 0 && out.Marks[k][1] == i:
			out.Marks[k][1] = i + 1
		default:
			out.Marks = append(out.Marks, [2]int{i, i + 1})
		}
	}
	return out
}

// MarkPhone returns a phone number on which the digits that were asked for are
// marked, however either is written.
func MarkPhone(phone string, parts ...string) Excerpt {
	runes := []rune(phone)
	var digits []byte
	var at []int
	for i, r := range runes {
		if '0' <= r && r <= '9' {
			digits, at = append(digits, byte(r)), append(at, i)
		}
	}
	out := Excerpt{Text: phone, Marks: [][2]int{}}
	for _, p := range parts {
		p = Digits(p)
		if len(p) < 3 {
			continue
		}
		i := strings.Index(string(digits), p)
		if i < 0 && len(p) > phoneTail {
			p = p[len(p)-phoneTail:]
			i = strings.Index(string(digits), p)
		}
		if i >= 0 {
			out.Marks = append(out.Marks, [2]int{at[i], at[i+len(p)-1] + 1})
			break
		}
	}
	return out
}
