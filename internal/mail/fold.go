package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest signatures that are folded, in lines that are not blank. What is
// longer may be more than a signature.
const (
	maxSignature     = 12 // below "-- ", which RFC 3676 reserves for it
	maxBareSignature = 5  // below "--", which people use as a rule as well
)

// Visible returns how many characters of a mail's text stand before quoted
// history and signature; 0 says to show all. It never hides what the customer
// wrote: a forwarded mail and a mail that would be empty are shown whole, and
// where somebody answered between quotes or below them, all but a signature below
// those answers. It takes time linear in the text.
func Visible(subject, text string) int {
	if forwarded.MatchString(clip(subject, maxRuleLine)) {
		return 0
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r\n")
	}
	cut := history(lines)
	if cut < 0 {
		return 0
	}
	if cut < len(lines) && writtenBelow(lines[cut:]) {
		cut = endOfAnswers(lines)
	} else {
		cut = signature(lines[:boilerplate(lines[:cut])])
	}
	for cut > 0 && (isBlank(lines[cut-1]) || dashes.MatchString(lines[cut-1])) {
		cut--
	}
	visible := strings.TrimRight(strings.Join(lines[:cut], "\n"), " \t\r\n")
	if isBlank(visible) || next(lines, cut) == "" {
		return 0 // nothing would be left, or nothing would be hidden
	}
	return runesUpTo(text, lines, cut)
}

// runesUpTo returns how many characters of text its first lines are, without the
// white space at their end.
func runesUpTo(text string, lines []string, cut int) int {
	end := 0
	for range lines[:cut] {
		i := strings.IndexByte(text[end:], '\n')
		if i < 0 {
			end = len(text)
			break
		}
		end += i + 1
	}
	return utf8.RuneCountInString(strings.TrimRight(text[:end], " \t\r\n"))
}

// folding is a text with what the rules ask of its lines again and again.
type folding struct {
	lines []string
	after []int   // the first line from this one on that is not blank, or their number
	field []field // what it is about, if it is a line of a header
	at    []bool  // it is one, and an address is in it
}

func newFolding(lines []string) *folding {
	f := &folding{lines, make([]int, len(lines)+1), make([]field, len(lines)), make([]bool, len(lines))}
	f.after[len(lines)] = len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		f.after[i] = f.after[i+1]
		if !isBlank(lines[i]) {
			f.after[i] = i
		}
		name, value := fieldOf(lines[i])
		f.field[i] = name
		f.at[i] = f.field[i] != fieldNone && strings.Contains(value, "@")
	}
	return f
}

// history returns the line at which quoted history begins, the number of lines if
// there is none, or -1 if the mail is a forwarded one.
func history(lines []string) int {
	f := newFolding(lines)
	for i, line := range lines {
		if len(line) > maxRuleLine || f.after[i] != i || isQuoted(line) {
			continue
		}
		switch f.separator(i) {
		case sepForward:
			return -1
		case sepHistory:
			return i
		}
		if f.isAttribution(i) || f.isHeaderBlock(i) {
			return i
		}
	}
	return trailingQuote(lines)
}

// trailingQuote returns where a block of quoted lines at the end begins, or the
// number of lines.
func trailingQuote(lines []string) int {
	i, quoted := len(lines), false
	for i > 0 && (isBlank(lines[i-1]) || isQuoted(lines[i-1])) {
		i--
		quoted = quoted || isQuoted(lines[i])
	}
	if !quoted {
		return len(lines)
	}
	return i
}

// signature returns the line at which a signature at the end of lines begins, or
// their number.
func signature(lines []string) int {
	filled, long := 0, false
	for i := len(lines) - 1; i > 0 && filled <= maxSignature; i-- {
		line := strings.TrimRight(lines[i], "\t ")
		switch {
		case line == "--":
			if strings.HasSuffix(lines[i], "-- ") || filled <= maxBareSignature && !long {
				return i
			}
			return len(lines)
		case line == "":
			continue
		case isMobile(lines, i):
			if filled == 0 || isRest(lines[i+1:]) {
				return i
			}
		}
		filled++
		long = long || len(line) > 80
	}
	return len(lines)
}

// endOfAnswers returns the line at which the signature begins that stands below
// answers between or below quoted lines, or the number of lines. What follows the last
// of those lines is all that it looks at, and where history begins in it again there is
// no telling whose a signature is.
func endOfAnswers(lines []string) int {
	last := len(lines) - 1
	for last > 0 && !isQuoted(lines[last]) {
		last--
	}
	below := lines[last:]
	f, end := newFolding(below), len(below)
	for i := 1; i < len(below) && end == len(below); i++ {
		switch line := below[i]; {
		case len(line) > maxRuleLine || f.after[i] != i:
		case f.isListFoot(i):
			end = i
		case f.separator(i) != sepNone || f.isAttribution(i) || f.isHeaderBlock(i):
			return len(lines)
		}
	}
	return last + signature(below[:boilerplate(below[:end])])
}

// isMobile reports whether a line is what a phone or a program puts under a mail.
// One that names no device must stand apart: it could be the end of a sentence.
func isMobile(lines []string, i int) bool {
	line := lines[i]
	if len(line) > 200 || !mobile.MatchString(line) {
		return false
	}
	return device.MatchString(line) || i == 0 || isBlank(lines[i-1])
}

// isRest reports whether lines are what stands under a mobile signature: a link,
// or nothing.
func isRest(lines []string) bool {
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "<http") && !strings.HasPrefix(l, "http") && !isMobile(lines, i) {
			return false
		}
	}
	return true
}

// writtenBelow reports whether somebody wrote between or below quoted lines. A
// signature, the foot of a mailing list and what a mail server adds below them
// are not writing.
func writtenBelow(lines []string) bool {
	lines = lines[:boilerplate(lines)]
	f := newFolding(lines)
	quotes := 0
	for i, l := range lines {
		t := strings.TrimSpace(l)
		switch {
		case isQuoted(l):
			quotes++
		case i == 0 || t == "" || quotes == 0 || isWrapped(lines, i):
		case t == "--" || rule.MatchString(t) || isMobile(lines, i):
			return false
		default:
			return !(len(t) <= maxRuleLine && (f.isAttribution(i) || f.isHeaderBlock(i)))
		}
	}
	return false
}

// isWrapped reports whether a line is the end of the quoted line above it, which a
// program broke without marking both halves.
func isWrapped(lines []string, i int) bool {
	if i+1 >= len(lines) || !isQuoted(lines[i-1]) || !isQuoted(lines[i+1]) || len(lines[i-1]) < 60 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(lines[i-1])
	first, _ := utf8.DecodeRuneInString(lines[i])
	return (unicode.IsLetter(last) || unicode.IsDigit(last) || last == ',') && unicode.IsLower(first)
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// clip returns the first n bytes of s.
func clip(s string, n int) string { return s[:min(len(s), n)] }
