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

// AnswerHeld is a personal fact: what somebody wrote in answer to a notification by
// mail, or what somebody else wrote in their name, was not sent.
type AnswerHeld struct {
	User         UserID       `json:"user_id"`
	Notification int64        `json:"notification"`
	Why          UnsentReason `json:"why"`
}

// UnsentReason is why an answer by mail is not sent.
type UnsentReason string

// The reasons.
const (
	UnsentUnproven UnsentReason = "unproven"  // nothing proves that it is from who got the notification
	UnsentSeveral  UnsentReason = "several"   // the notification is of no conversation, or of several
	UnsentNoAccess UnsentReason = "no_access" // they do not see the conversation, or may not answer there
	UnsentExpired  UnsentReason = "expired"
	UnsentUnclear  UnsentReason = "unclear" // what is new in it cannot be told from what it quotes
	UnsentEmpty    UnsentReason = "empty"
	UnsentCommand  UnsentReason = "command" // it begins with a word that is meant to do something else
	UnsentSince    UnsentReason = "since"   // somebody wrote in the conversation meanwhile
	UnsentTaken    UnsentReason = "taken"   // somebody else has been given the conversation meanwhile
	UnsentRefused  UnsentReason = "refused" // the conversation cannot be answered as it is
)

// Reader implements personal.
func (f AnswerHeld) Reader() UserID           { return f.User }
func (AnswerHeld) apply(*Conversation, Event) {}

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
	Subject string `json:"subject"` // "inbox", "member", "channel", "tag", "token", "workspace", "invitation", "contact", "bounced_address" (of no customer: the message that came back)
	ID      string `json:"id"`
	Action  string `json:"action"` // "created", "changed", "removed" and others
}

func (SettingsChanged) apply(*Conversation, Event) {}
