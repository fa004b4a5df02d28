package desk

// DraftShared is a personal fact: somebody was asked to look at a draft of a
// teammate, or to go on with it.
type DraftShared struct {
	User  UserID `json:"user_id"`
	Owner UserID `json:"owner_id"`
	Mode  string `json:"mode"` // "reply" or "note"
}

// Reader implements personal.
func (f DraftShared) Reader() UserID           { return f.User }
func (DraftShared) apply(*Conversation, Event) {}
