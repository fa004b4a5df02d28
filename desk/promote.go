package desk

// Promote makes a conversation that was split off the one that gets what its
// customer writes: the one it was split from has ended (2.3, D-37).
type Promote struct {
	After ConversationID // which conversation had that place
}

// Promoted says that a conversation gets what its customer writes from now on, or
// Back, that it does no longer.
type Promoted struct {
	After ConversationID `json:"after_conversation_id"`
	Back  bool           `json:"back,omitempty"`
}

// Succeeded says, in the conversation that ended, which one took its place.
type Succeeded struct {
	By   ConversationID `json:"by_conversation_id"`
	Back bool           `json:"back,omitempty"`
}

// Decide does nothing for a conversation that has that place.
func (p Promote) Decide(c Conversation, _ World) ([]Fact, error) {
	if c.Primary || c.MergedInto != 0 {
		return nil, nil
	}
	return []Fact{Promoted{After: p.After}}, nil
}

// Leaves reports whether a command took the place of the open conversation of its
// customer away from c, which was old: a child may follow (2.3).
func Leaves(old, c Conversation) bool {
	all := c.ClosedSource == SourceBlocked || c.ClosedSource == SourceContactMerge // everything of the customer ends
	return old.Grouping == PerContact && old.Primary && old.Status != StatusClosed && c.Status == StatusClosed && !all
}

// HeirSince returns the command since which a conversation must have been split off
// to take the place of one that facts ended, 0 for any. An undo that ends what was
// opened leaves those where they are that were there before: nobody had the place then.
func HeirSince(c Conversation, events []Event) CommandID {
	for _, e := range events {
		if u, ok := e.Fact.(Undone); ok && c.MergedInto == 0 {
			return u.Command
		}
	}
	return 0
}

func (f Promoted) apply(c *Conversation, _ Event) { c.Primary = !f.Back }

// back implements reversible.
func (f Promoted) back(c *Conversation, _ Event, w World) (Fact, error) {
	switch {
	case c.Primary == f.Back:
		return nil, gone("another conversation took its place since")
	case f.Back && !c.Active():
		return nil, gone("the conversation that was split off has ended since")
	case f.Back:
		after := *c
		after.Primary = true
		if err := checkFree(after, w); err != nil {
			return nil, err
		}
	}
	return Promoted{After: f.After, Back: !f.Back}, nil
}

func (Succeeded) apply(*Conversation, Event) {}

func (Succeeded) standing(*Conversation, Event, World) (string, error) { return "", nil }

func (f Succeeded) inverse(*Conversation) Fact { return Succeeded{By: f.By, Back: !f.Back} }
