package mail

import (
	"regexp"
	"slices"
	"strings"
)

// prefix is what clients put before the subject of an answer or of a forwarded
// mail, in the languages of the large ones, and tags in brackets.
var prefix = regexp.MustCompile(`(?i)^\s*(?:(?:re|aw|sv|vs|fwd?|wg|tr|rv|antw|odp|vá|ref|rif|res|enc|doorst|ynt|ilt|回复|回覆|答复|转发|轉寄|返信)\s?(?:\[\d+\]|\(\d+\))?\s?[:：]|\[[^\[\]]{1,40}\])\s*`)

var answered = regexp.MustCompile(`(?i)^\s*(?:re|aw|sv|vs|antw|odp|vá|rif|res|ynt|回复|回覆|答复|返信)\s?(?:\[\d+\]|\(\d+\))?\s?[:：]`)

// BaseSubject returns a subject without prefixes and tags, folded, for comparing.
func BaseSubject(s string) string {
	for {
		n := len(prefix.FindString(s))
		if n == 0 || n == len(s) && strings.HasPrefix(strings.TrimSpace(s), "[") {
			return strings.ToLower(strings.Join(strings.Fields(s), " "))
		}
		s = s[n:]
	}
}

// AnswerSubject returns the subject of an answer to a mail with subject s.
func AnswerSubject(s string) string {
	s = headerClean(s)
	if s == "" {
		return "Your message"
	}
	if answered.MatchString(s) {
		return s
	}
	return "Re: " + s
}

// IsAnswer reports whether a subject is that of an answer, and not of a new mail.
func IsAnswer(s string) bool { return answered.MatchString(s) }

// generic are subjects that many mails have which belong to nothing in common.
var generic = strings.Fields("hello hi hey hej help question questions support order invoice info information contact problem issue urgent test message feedback request inquiry enquiry hallo frage anfrage rechnung bestellung hola bonjour ciao")

// GenericSubject reports whether a folded subject without prefixes says nothing of
// what it is about.
func GenericSubject(base string) bool {
	return len(strings.Fields(base)) < 2 || slices.Contains(generic, base)
}

// NoReply reports whether an address is of a program that takes no answers.
func NoReply(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	local = strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	return strings.Contains(local, "noreply") || strings.Contains(local, "donotreply") || local == "mailerdaemon" || local == "postmaster" || local == "bounce" || local == "bounces"
}
