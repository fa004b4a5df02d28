package mail

import (
	"strings"
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
// wrote: a forwarded mail, answers between quotes or below them, and a mail that
// would be empty are shown whole. It takes time linear in the text.
func Visible(subject, text string) int {
	if forwarded.MatchString(subject) {
		return 0
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r\n")
	}
	cut := history(lines)
	if cut < 0 || cut < len(lines) && writtenBelow(lines[cut:]) {
		return 0
	}
	cut = signature(lines[:cut])
	for cut > 0 && (strings.TrimSpace(lines[cut-1]) == "" || dashes.MatchString(lines[cut-1])) {
		cut--
	}
	visible := strings.TrimRight(strings.Join(lines[:cut], "\n"), " \t\r\n")
	if strings.TrimSpace(visible) == "" || next(lines, cut) == "" {
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

// history returns the line at which quoted history begins, the number of lines if
// there is none, or -1 if the mail is a forwarded one.
func history(lines []string) int {
	for i, line := range lines {
		switch {
		case len(line) > maxRuleLine || isQuoted(line):
		case forward.MatchString(line):
			return -1
		case marker.MatchString(line), original.MatchString(line), isAttribution(lines, i), isHeaderBlock(lines, i),
			listRule.MatchString(line) && listFoot.MatchString(clip(next(lines, i+1), maxRuleLine)):
			return i
		}
	}
	return trailingQuote(lines)
}

// trailingQuote returns where a block of quoted lines at the end begins, or the
// number of lines.
func trailingQuote(lines []string) int {
	i, quoted := len(lines), false
	for i > 0 && (strings.TrimSpace(lines[i-1]) == "" || isQuoted(lines[i-1])) {
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
		case len(line) <= maxRuleLine && mobile.MatchString(line):
			if filled == 0 || isRest(lines[i+1:]) {
				return i
			}
		}
		filled++
		long = long || len(line) > 80
	}
	return len(lines)
}

// isRest reports whether lines are what stands under a mobile signature: a link,
// or nothing.
func isRest(lines []string) bool {
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "<http") && !strings.HasPrefix(l, "http") && !mobile.MatchString(l) {
			return false
		}
	}
	return true
}

// writtenBelow reports whether somebody wrote between or below quoted lines. A
// signature or the foot of a mailing list below them is not writing.
func writtenBelow(lines []string) bool {
	quotes := 0
	for i, l := range lines {
		t := strings.TrimSpace(l)
		switch {
		case isQuoted(l):
			quotes++
		case i == 0 || t == "" || quotes == 0:
		case t == "--" || rule.MatchString(t) || len(t) <= maxRuleLine && mobile.MatchString(t):
			return false
		default:
			return !(len(t) <= maxRuleLine && (isAttribution(lines, i) || isHeaderBlock(lines, i)))
		}
	}
	return false
}

// clip returns the first n bytes of s.
func clip(s string, n int) string { return s[:min(len(s), n)] }
