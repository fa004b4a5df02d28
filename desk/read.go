package desk

// MarkRead says that the actor has seen the messages so far (axis N).
type MarkRead struct {
	Message MessageID `json:"message_id,omitempty" doc:"The newest message seen; by default the newest there is"`
}

// MarkUnread makes the actor's conversation unread again from a message on.
type MarkUnread struct {
	Message MessageID `json:"message_id,omitempty" doc:"The first message to be unread; by default the customer's last"`
}

// Read is a personal fact: how far somebody has read. It changes nothing that
// others see, so it neither locks the conversation nor raises its version.
type Read struct {
	User UserID    `json:"user_id"`
	To   MessageID `json:"message_id,omitempty"` // everything up to it is read
	Old  MessageID `json:"old,omitempty"`
	// Merged says that conversations were merged: what was unread in one still is.
	Merged bool `json:"merged,omitempty"`
}

// Decide does nothing when the actor has read as far already.
func (m MarkRead) Decide(c Conversation, w World) ([]Fact, error) {
	to := c.LastFromCustomer
	if m.Message != 0 {
		if _, err := w.Message(m.Message); err != nil {
			return nil, err
		}
		to = min(to, m.Message) // what is yet to come is not read
	}
	old, err := w.ReadMark()
	if err != nil || to <= old {
		return nil, err
	}
	return []Fact{Read{User: w.Actor().User, To: to, Old: old}}, nil
}

// Decide moves the mark to just before a message.
func (m MarkUnread) Decide(c Conversation, w World) ([]Fact, error) {
	first := m.Message
	if first == 0 {
		first = c.LastFromCustomer
	} else if _, err := w.Message(first); err != nil {
		return nil, err
	}
	if first == 0 {
		return nil, Errorf(Invalid, "The customer has not written anything that could be unread. Mark it when they have.")
	}
	old, err := w.ReadMark()
	if err != nil || old < first {
		return nil, err
	}
	return []Fact{Read{User: w.Actor().User, To: first - 1, Old: old}}, nil
}

// Reader implements personal.
func (f Read) Reader() UserID { return f.User }

func (Read) apply(*Conversation, Event) {}

// standing implements invertible; whose mark it is was checked by Undo.
func (f Read) standing(_ *Conversation, _ Event, w World) (string, error) {
	mark, err := w.ReadMark()
	if err != nil || mark == f.To {
		return "", err
	}
	return "you have read on since", nil
}

func (f Read) inverse(*Conversation) Fact { return Read{User: f.User, To: f.Old, Old: f.To} }

// Unread reports whether c has a message of the customer that is newer than mark.
func (c *Conversation) Unread(mark MessageID) bool {
	return c.LastFromCustomer > mark && !c.Archived()
}
