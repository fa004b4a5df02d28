package desk

// Notified is a personal fact: somebody was told about something (F3-42).
type Notified struct {
	User         UserID `json:"user_id"`
	Notification int64  `json:"notification"`
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
