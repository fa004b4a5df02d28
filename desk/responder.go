package desk

import "slices"

// ResponderKind is for what somebody is notified.
type ResponderKind string

// The kinds of responders (F0-30 to F0-34).
const (
	FirstResponders      ResponderKind = "first"      // when a target has passed, and when a deadline has
	EscalationResponders ResponderKind = "escalation" // when a deadline has passed, and when somebody escalates
)

// Valid reports whether k is a kind of responder.
func (k ResponderKind) Valid() bool { return k == FirstResponders || k == EscalationResponders }

// Responder is one person's duty for an inbox, or for all that have nobody of
// their own (Inbox 0).
type Responder struct {
	Inbox InboxID
	Kind  ResponderKind
	User  UserID
}

// Responders returns who has a duty for an inbox: its own people, else the
// workspace's (F0-34).
func Responders(all []Responder, inbox InboxID, kind ResponderKind) []UserID {
	for _, of := range []InboxID{inbox, 0} {
		var users []UserID
		for _, r := range all {
			if r.Inbox == of && r.Kind == kind {
				users = append(users, r.User)
			}
		}
		if len(users) > 0 {
			slices.Sort(users)
			return users
		}
	}
	return nil
}

// Responds returns the inboxes that somebody has a duty for, in the order of
// inboxes (F0-12).
func Responds(all []Responder, inboxes []InboxID, user UserID) []InboxID {
	var mine []InboxID
	for _, inbox := range inboxes {
		for _, kind := range []ResponderKind{FirstResponders, EscalationResponders} {
			if slices.Contains(Responders(all, inbox, kind), user) && !slices.Contains(mine, inbox) {
				mine = append(mine, inbox)
			}
		}
	}
	return mine
}
