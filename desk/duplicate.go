package desk

import (
	"strings"
	"time"
	"unicode"
)

// Why two conversations may be about the same matter.
const (
	LikeCustomer = "same_customer"   // with the same customer
	LikeAddress  = "same_address"    // with somebody who has the same mail address or phone number
	LikeSubject  = "similar_subject" // their subjects say nearly the same
	LikeTime     = "same_time"       // the customer waits in both, and they began within a day
)

// duplicateWithin is how far apart two messages about one matter begin.
const duplicateWithin = 24 * time.Hour

// Likeness returns why two conversations may be about the same matter, and whether
// somebody should be told so. Those that were split are different matters.
func Likeness(a, b Conversation) (reasons []string, likely bool) {
	same := a.Contact == b.Contact
	reasons = append(reasons, LikeAddress)
	if same {
		reasons[0] = LikeCustomer
	}
	similar := similarity(a.Subject, b.Subject) >= 0.5
	if similar {
		reasons = append(reasons, LikeSubject)
	}
	together := a.WaitingOn == WaitingOnAgent && b.WaitingOn == WaitingOnAgent && a.OpenedAt.Sub(b.OpenedAt).Abs() <= duplicateWithin
	if together {
		reasons = append(reasons, LikeTime)
	}
	apart := a.SplitFrom == b.ID || b.SplitFrom == a.ID || a.SplitFrom != 0 && a.SplitFrom == b.SplitFrom
	return reasons, a.Active() && b.Active() && !apart && (similar || same && together && a.OpenedChannel != b.OpenedChannel)
}

// similarity is how many of the words of two subjects are in both: 1 for the same
// ones, 0 for none. Prefixes of answers do not count.
func similarity(a, b string) float64 {
	x, y := subjectWords(a), subjectWords(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// replyPrefixes begin the subjects of answers and of what was passed on.
var replyPrefixes = map[string]bool{"re": true, "aw": true, "fw": true, "fwd": true, "wg": true, "sv": true, "vs": true, "antw": true}

func subjectWords(s string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !replyPrefixes[w] {
			words[w] = true
		}
	}
	return words
}
