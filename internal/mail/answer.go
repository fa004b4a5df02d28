package mail

import "strings"

// NewWords returns what is new in an answer to a mail of ours, without what it quotes
// and without a signature, for words that go on to somebody else. Unlike Visible, which
// rather shows too much, it says with sure that nothing of the quoted mail is among
// them: it is false where somebody wrote between or below quoted lines.
func NewWords(text string) (words string, sure bool) {
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\r\n")
	}
	cut := history(lines)
	switch {
	case cut < 0: // a forwarded mail
		return strings.TrimSpace(text), false
	case cut < len(lines) && writtenBelow(lines[cut:]):
		return unquoted(lines), false
	}
	end := signature(lines[:boilerplate(lines[:cut])])
	for end > 0 && (isBlank(lines[end-1]) || dashes.MatchString(lines[end-1])) {
		end--
	}
	sure = true
	for _, l := range lines[:end] {
		sure = sure && !isQuoted(l)
	}
	return strings.TrimSpace(strings.Join(lines[:end], "\n")), sure
}

// unquoted returns the lines that are not marked as quoted, but for those that say whom
// a quote is of.
func unquoted(lines []string) string {
	f := newFolding(lines)
	var own []string
	for i := 0; i < len(lines); i++ {
		if isQuoted(lines[i]) {
			continue
		}
		if f.after[i] == i && len(lines[i]) <= maxRuleLine && f.isAttribution(i) {
			for i+1 < len(lines) && !isQuoted(lines[i+1]) && !isBlank(lines[i+1]) {
				i++
			}
			continue
		}
		own = append(own, lines[i])
	}
	return strings.TrimSpace(strings.Join(own, "\n"))
}
