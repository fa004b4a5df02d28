package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

type (
	quickReplyKind struct{}
	macroKind      struct{}
)

func (quickReplyKind) prefix() string { return "qrp" }
func (macroKind) prefix() string      { return "mac" }

// Ids of texts and steps that are kept to be used again.
type (
	QuickReplyID = ID[quickReplyKind]
	MacroID      = ID[macroKind]
)

// QuickKind is where a quick reply belongs.
type QuickKind string

// The kinds: a reply goes to the customer, a note template begins a note (F1-45).
const (
	QuickForReply QuickKind = "reply"
	QuickForNote  QuickKind = "note"
)

// MaxQuickText is how long the content of a quick reply may be, in characters.
const MaxQuickText = 20_000

// Sharing is whose something is: one person's, a team's, or with neither everyone's.
type Sharing struct {
	Team TeamID
	User UserID
}

// Reaches reports whether somebody may see and use it. Admins see what is a team's,
// and nobody but its owner sees what is private.
func (a Sharing) Reaches(who Actor) bool {
	switch {
	case who.Kind != ActorUser:
		return a.User == 0
	case a.User != 0:
		return a.User == who.User
	case a.Team == 0 || who.Role.May(MayManage):
		return true
	}
	for _, t := range who.Teams {
		if t == a.Team {
			return true
		}
	}
	return false
}

// Check refuses somebody who may not make or change what is for an audience: what
// is one's own everybody may who answers, what others use only owners and admins.
func (a Sharing) Check(who Actor) error {
	switch {
	case a.User != 0 && a.User != who.User:
		return Errorf(NotFound, "There is no such thing here. Look for it among those that are yours.")
	case a.User == 0 && who.Kind == ActorUser && !who.Role.May(MayManage):
		return Errorf(Forbidden, "Only owners and admins make and change what others use. Make it private, or ask one of them.")
	}
	return nil
}

// QuickReply is a text that is written again and again (F1-37, F1-38, F2-19, F2-21, F2-70).
type QuickReply struct {
	ID       QuickReplyID
	Kind     QuickKind
	Name     string
	Shortcut string // "/hello"; "" only of a note template
	Category string
	Language string // folded, like "de"; "" is any
	Text     string // Markdown with variables
	Sharing
	Inboxes   []InboxID // where it is offered; none is everywhere
	Tag       TagID     // what it is the solution for: offered first where a conversation has it; 0 is nothing in particular
	Uses      int64
	UsedAt    time.Time
	Edition   int // 1 is the first
	ChangedBy UserID
	ChangedAt time.Time
	CreatedAt time.Time
	RemovedAt time.Time
}

// Reaches reports whether somebody may see and use it: of one that is offered in
// some inboxes, whoever sees one of them.
func (q QuickReply) Reaches(who Actor) bool {
	return q.Sharing.Reaches(who) && (len(q.Inboxes) == 0 || q.User != 0 || slices.ContainsFunc(q.Inboxes, who.Sees))
}

// Clean returns the quick reply as it is kept, or what is wrong with which field.
func (q QuickReply) Clean() (QuickReply, error) {
	bad := func(field, format string, args ...any) (QuickReply, error) {
		return q, badField(field, fmt.Sprintf(format, args...))
	}
	if q.Kind != QuickForReply && q.Kind != QuickForNote {
		return bad("kind", "A quick reply is of the kind reply or note.")
	}
	if q.Name = Line(q.Name, 60); q.Name == "" {
		return bad("name", "Give the quick reply a name.")
	}
	q.Shortcut = strings.ToLower(Clean(q.Shortcut))
	if problem := shortcutProblem(q.Shortcut); problem != "" && (q.Shortcut != "" || q.Kind == QuickForReply) {
		return bad("shortcut", "%s", problem)
	}
	q.Category = Line(q.Category, 60)
	if l := FoldSkills([]string{q.Language}); len(l) > 0 {
		q.Language = l[0]
	} else {
		q.Language = ""
	}
	if q.Text = strings.TrimSpace(Clean(q.Text)); q.Text == "" {
		return bad("text", "Write what it says.")
	}
	if n := utf8.RuneCountInString(q.Text); n > MaxQuickText {
		return bad("text", "The content has %d characters; the most is %d.", n, MaxQuickText)
	}
	if err := CheckTemplate(q.Text); err != nil {
		return bad("text", "%s", err.Error())
	}
	return q, nil
}

func badField(field, message string) error {
	return &Error{Kind: Invalid, Message: message, Fields: []FieldError{{Field: field, Message: message}}}
}

// shortcutProblem says what is wrong with a shortcut (F1-38), or nothing.
func shortcutProblem(s string) string {
	switch {
	case !strings.HasPrefix(s, "/"):
		return "A shortcut begins with a slash, like /hello."
	case strings.ContainsFunc(s, unicode.IsSpace):
		return "A shortcut has no spaces. Write /thank-you instead of /thank you."
	case len(s) < 2:
		return "A shortcut needs letters after its slash, like /hello."
	case utf8.RuneCountInString(s) > 40:
		return "A shortcut has at most 40 characters."
	}
	for _, r := range s[1:] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' && r != '.' {
			return "A shortcut is made of letters, digits, - _ and a dot after its slash."
		}
	}
	return ""
}
