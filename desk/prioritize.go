package desk

// Prioritize says how urgent a conversation is.
type Prioritize struct {
	Priority Priority `json:"priority" enum:"urgent,high,normal,low"`
	Reason   string   `json:"reason,omitempty" maxLength:"500"`
}

// PriorityChanged says how urgent it is now.
type PriorityChanged struct {
	Old       Priority `json:"old"`
	OldReason string   `json:"old_reason,omitempty"`
	New       Priority `json:"new"`
	Reason    string   `json:"reason,omitempty"`
}

// Decide does nothing when nothing would change.
func (p Prioritize) Decide(c Conversation, _ World) ([]Fact, error) {
	reason := Line(p.Reason, 500)
	if p.Priority == c.Priority && reason == c.PriorityReason {
		return nil, nil
	}
	switch p.Priority {
	case PriorityUrgent, PriorityHigh, PriorityNormal, PriorityLow:
	default:
		return nil, Errorf(Invalid, "A priority is urgent, high, normal or low. Choose one of them.")
	}
	return []Fact{PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: p.Priority, Reason: reason}}, nil
}

func (f PriorityChanged) apply(c *Conversation, _ Event) {
	c.Priority, c.PriorityReason = f.New, f.Reason
}

func (f PriorityChanged) standing(c *Conversation, _ Event, _ World) (string, error) {
	if c.Priority != f.New || c.PriorityReason != f.Reason {
		return "the priority was changed again since", nil
	}
	return "", nil
}

func (f PriorityChanged) inverse(*Conversation) Fact {
	return PriorityChanged{Old: f.New, OldReason: f.Reason, New: f.Old, Reason: f.OldReason}
}
