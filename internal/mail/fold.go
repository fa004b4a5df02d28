package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	attribution = regexp.MustCompile(`(?i)^\s*(on .{3,200} wrote|am .{3,200} schrieb.{0,80}|le .{3,200} a écrit|el .{3,200} escribió|il .{3,200} ha scritto|den .{3,200} skrev.{0,80}|op .{3,200} schreef.{0,80}|em .{3,200} escreveu|.{3,120} (wrote|schrieb|skrev|schreef)) ?:\s*$`)
	separator   = regexp.MustCompile(`(?i)^\s*(-{2,} ?(original message|ursprüngliche nachricht|message d'origine|mensaje original|oorspronkelijk bericht|ursprungligt meddelande|messaggio originale) ?-{2,}|_{20,})\s*$`)
	forward     = regexp.MustCompile(`(?i)^\s*(-{2,} ?(forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado) ?-{2,}|begin forwarded message:)\s*$`)
	headerLine  = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|från|da|van)\*?\s?: .{2,}`)
	headerNext  = regexp.MustCompile(`(?i)^\s*\*?(sent|to|date|subject|cc|gesendet|an|datum|betreff|envoyé|à|objet|skickat|till|ämne|enviado|para|asunto|fecha|verzonden|aan|onderwerp)\*?\s?: `)
	marker      = regexp.MustCompile(`(?i)^\W*reply above this line`)
	signature   = regexp.MustCompile(`^-- ?$`)
	mobile      = regexp.MustCompile(`(?i)^\s*(sent from my |von meinem .{2,30} gesendet|envoyé de mon |skickat från min |verzonden vanaf mijn |get outlook for )`)
)

// Visible returns how many characters of a mail's text stand before quoted
// history and signature; 0 says to show all. It never hides what the customer
// wrote: answers between quotes and forwarded mails are shown whole, and so is a
// mail that would be empty.
func Visible(text string) int {
	lines := strings.SplitAfter(text, "\n")
	cut := -1
	for i := range lines {
		line := strings.TrimRight(lines[i], "\r\n")
		if forward.MatchString(line) {
			return 0
		}
		if cut < 0 && begins(lines, i, line) {
			cut = i
		}
	}
	if cut < 0 {
		cut = trailingQuote(lines)
	}
	if cut <= 0 || answersBelow(lines[cut:]) {
		return 0
	}
	n := 0
	for _, l := range lines[:cut] {
		n += len(l)
	}
	visible := strings.TrimRight(text[:n], " \t\r\n")
	if strings.TrimSpace(visible) == "" {
		return 0
	}
	return utf8.RuneCountInString(visible)
}

// begins reports whether quoted history or a signature begins at line i.
func begins(lines []string, i int, line string) bool {
	switch {
	case marker.MatchString(line), separator.MatchString(line), signature.MatchString(line), mobile.MatchString(line):
		return true
	case attribution.MatchString(line):
		return true
	case i+1 < len(lines) && len(line) < 200 && attribution.MatchString(line+" "+strings.TrimSpace(lines[i+1])) && startsAttribution(line):
		return true
	case headerLine.MatchString(line):
		return i+1 < len(lines) && headerNext.MatchString(lines[i+1]) || i+2 < len(lines) && headerNext.MatchString(lines[i+2])
	}
	return false
}

var attributionStart = regexp.MustCompile(`(?i)^\s*(on|am|le|el|il|den|op|em) .*\d`)

func startsAttribution(line string) bool { return attributionStart.MatchString(line) }

// trailingQuote returns where a block of quoted lines at the end begins, or -1.
func trailingQuote(lines []string) int {
	i := len(lines)
	quoted := false
	for i > 0 {
		l := strings.TrimSpace(lines[i-1])
		if l != "" && !strings.HasPrefix(l, ">") {
			break
		}
		quoted = quoted || l != ""
		i--
	}
	if !quoted || i == len(lines) {
		return -1
	}
	return i
}

// answersBelow reports whether somebody wrote between or below quoted lines.
func answersBelow(lines []string) bool {
	quotes, after := 0, 0
	for _, l := range lines[1:] {
		t := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(t, ">"):
			quotes++
		case t == "" || signature.MatchString(t):
			if signature.MatchString(t) {
				return after > 0 && quotes > 0
			}
		case quotes > 0:
			after++
		}
	}
	return quotes > 0 && after > 0
}
