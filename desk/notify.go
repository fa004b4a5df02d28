package desk

import "time"

// Notified is a personal fact: somebody was told about something (F3-42).
type Notified struct {
	User         UserID `json:"user_id"`
	Notification int64  `json:"notification"`
	// What was decided; absent when they only looked at what they were told.
	Kind  NewsKind  `json:"kind,omitempty"`
	Forms []Form    `json:"forms,omitempty"` // told now in these forms
	Held  []Form    `json:"held,omitempty"`  // and in these when due
	Due   microTime `json:"due,omitzero"`
}

// DigestDue is a personal fact: when somebody's next digest is.
type DigestDue struct {
	User UserID    `json:"user_id"`
	At   time.Time `json:"at"`
}

// Reader implements personal.
func (f DigestDue) Reader() UserID           { return f.User }
func (DigestDue) apply(*Conversation, Event) {}

// Told makes the fact of a decision.
func Told(u UserID, notification int64, k NewsKind, v Verdict) Notified {
	return Notified{User: u, Notification: notification, Kind: k, Forms: v.Forms, Held: v.Held, Due: microTime{v.Due}}
}

// Reader implements personal.
func (f Notified) Reader() UserID           { return f.User }
func (Notified) apply(*Conversation, Event) {}

// SettingsChanged is a fact about the workspace, not about a conversation: the
// audit log of settings and the sign for screens to look again.
type SettingsChanged struct {
	Subject string `json:"subject"` // "inbox", "member", "channel", "tag", "token", "workspace", "invitation", "contact"
	ID      string `json:"id"`
	Action  string `json:"action"` // "created", "changed", "removed"
}

func (SettingsChanged) apply(*Conversation, Event) {}
