package desk

// TurnChange says whose turn it became by a message: by itself, since nobody says it
// with a button (F0-45).
type TurnChange struct {
	Old      WaitingOn `json:"old"`
	New      WaitingOn `json:"new"`
	Implicit bool      `json:"implicit"`
}

// WithTurn returns a fact with what it made of whose turn it is, which was old before
// it and is now. Messages tell it; other facts say themselves what they change.
func WithTurn(f Fact, old, now WaitingOn) Fact {
	posted, ok := f.(MessagePosted)
	if !ok || old == now {
		return f
	}
	posted.Turn = &TurnChange{Old: old, New: now, Implicit: true}
	return posted
}
