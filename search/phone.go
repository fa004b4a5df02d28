package search

import "strings"

// A phone number in a text has so many digits.
const (
	minPhone = 7
	maxPhone = 15
	// phoneTail is how many of its last digits tell a number: with or without its
	// country, the trunk's 0 or an extra 00 they are the same.
	phoneTail = 8
)

// Digits returns the digits of a text.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// AskedPhone returns the digits that a question is for when it is written like a
// phone number, else "": signs that part groups, at least three digits, nothing
// else. The 0 or 00 in front is left out, which numbers with their country lack.
func AskedPhone(q string) string {
	if strings.ContainsFunc(q, func(r rune) bool { return !strings.ContainsRune("0123456789 +-()./\u00a0\u2011", r) }) {
		return ""
	}
	digits := Digits(q)
	if short := strings.TrimLeft(digits, "0"); len(short) >= 3 && len(digits) <= maxPhone+2 {
		return short
	}
	return ""
}

// phoneWord is what is indexed for a number with these digits.
func phoneWord(digits string) string {
	return "_p" + digits[max(0, len(digits)-phoneTail):]
}

// phones returns the phone numbers in a text: digits with the signs that people
// put between them, in one line.
func phones(text string) (all []string) {
	at := 0
	for at < len(text) {
		c := text[at]
		if c != '+' && (c < '0' || c > '9') {
			at++
			continue
		}
		var digits []byte
		gap, groups := 0, 1
		end := at
		for end < len(text) && gap <= 3 {
			switch c := text[end]; {
			case '0' <= c && c <= '9':
				if gap > 0 && len(digits) > 0 {
					groups++
				}
				digits = append(digits, c)
				gap = 0
			case c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/' || c == '+' && end == at:
				gap++
			default:
				gap = 99
				continue
			}
			end++
		}
		if len(digits) >= minPhone && len(digits) <= maxPhone && groups <= 8 {
			all = append(all, string(digits))
		}
		at = max(end, at+1)
	}
	return all
}
