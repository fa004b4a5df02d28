package desk

import "slices"

// Neighbours is what a decision that concerns several conversations of a customer
// may look at besides its own. All of them are locked until it is stored.
type Neighbours interface {
	// Beside returns another conversation as it stands, or an error of kind NotFound.
	Beside(ConversationID) (Conversation, error)
	// Heads returns every message and note of a conversation, also those that were
	// taken back, oldest first, with the beginning of their text.
	Heads(ConversationID) ([]Message, error)
	// ScheduledIn returns the messages of a conversation that wait for their moment or
	// are held, the next one first.
	ScheduledIn(ConversationID) ([]Scheduled, error)
	// Marks returns how far everybody has read a conversation.
	Marks(ConversationID) (map[UserID]MessageID, error)
	// Readers returns who may read a conversation because they were mentioned in it.
	Readers(ConversationID) ([]UserID, error)
	// Along returns the facts that the same command has made in other
	// conversations so far.
	Along() []Event
}

// Part is what a command asks of one conversation, when it concerns several: all
// of it happens or nothing does.
type Part struct {
	Conversation ConversationID // 0 is one that begins with it
	Commands     []Command
	Follows      bool // the system does it because of the others, whoever sees the conversation
}

// Parts returns what a command given in a conversation asks of which ones, in the
// order in which it must be done; nil when it concerns that one alone. facts
// returns the events of a command in a conversation.
func Parts(id ConversationID, cmd Command, facts func(ConversationID, CommandID) ([]Event, error)) ([]Part, error) {
	switch cmd := cmd.(type) {
	case Merge:
		if cmd.Other == id {
			return nil, Errorf(Invalid, "A conversation cannot be merged into itself. Choose another one.")
		}
		return []Part{{Conversation: cmd.Other, Commands: []Command{Yield{Into: id}}}, {Conversation: id, Commands: []Command{cmd}}}, nil
	case Split:
		begin := []Command{Branch{From: id, Split: cmd}}
		if cmd.Assignee != 0 {
			begin = append(begin, Assign{Assignee: cmd.Assignee})
		}
		return []Part{{Commands: begin}, {Conversation: id, Commands: []Command{cmd}}}, nil
	case Undo:
		return undoParts(id, cmd, facts)
	}
	return nil, nil
}

// undoParts finds every conversation in which a command did something. What is
// freed comes before what is taken: at no moment are two conversations open
// where one may be (INV-1), and who takes messages finds them.
func undoParts(id ConversationID, cmd Undo, facts func(ConversationID, CommandID) ([]Event, error)) ([]Part, error) {
	type found struct {
		Part
		rank int
	}
	var all []found
	for ids := []ConversationID{id}; len(ids) > 0; ids = ids[1:] {
		if slices.ContainsFunc(all, func(f found) bool { return f.Conversation == ids[0] }) {
			continue
		}
		events, err := facts(ids[0], cmd.Command)
		if err != nil {
			return nil, err
		}
		if len(events) == 0 && ids[0] != id {
			continue
		}
		f := found{Part: Part{Conversation: ids[0], Commands: []Command{cmd}}}
		f.rank, f.Follows = undoRank(events)
		all = append(all, f)
		for _, e := range events {
			if other := besides(e.Fact); other != 0 {
				ids = append(ids, other)
			}
		}
	}
	if len(all) < 2 {
		return nil, nil
	}
	slices.SortStableFunc(all, func(a, b found) int { return a.rank - b.rank })
	parts := make([]Part, len(all))
	for i, f := range all {
		parts[i] = f.Part
	}
	return parts, nil
}

// undoRank is when a conversation's turn comes in an undo, by what the command did
// there, and whether that only followed from the rest.
func undoRank(events []Event) (rank int, follows bool) {
	rank, follows = 2, len(events) > 0
	for _, e := range events {
		switch f := e.Fact.(type) {
		case Promoted:
			if follows {
				rank = 0
				if f.Back {
					rank = 4
				}
			}
		case Undone, DueChanged:
		case MergedFrom, SplitFrom:
			rank, follows = 1, false
		case UnmergedFrom:
			rank, follows = 3, false
		default:
			if follows {
				rank, follows = 2, false
			}
		}
	}
	return rank, follows
}

// besides returns the other conversation that a fact is about, or 0.
func besides(f Fact) ConversationID {
	switch f := f.(type) {
	case MergedFrom:
		return f.Other
	case MergedInto:
		return f.Into
	case UnmergedFrom:
		return f.Other
	case Unmerged:
		return f.From
	case SplitTo:
		return f.Child
	case SplitFrom:
		return f.Parent
	case Promoted:
		return f.After
	case Succeeded:
		return f.By
	case Welcomed:
		return f.Closed
	}
	return 0
}

// Besides returns the other conversation that a fact is about, or 0.
func Besides(f Fact) ConversationID { return besides(f) }

// HandsOver reports whether messages have come to a conversation or left it by a
// fact of it.
func HandsOver(f Fact) bool {
	switch f.(type) {
	case MergedFrom, UnmergedFrom, Unmerged, SplitFrom, SplitTo:
		return true
	}
	return false
}

// alongOf returns the fact of a type that the same command made in another
// conversation.
func alongOf[F Fact](w World, id ConversationID) (f F, in ConversationID, ok bool) {
	for _, e := range w.Along() {
		if f, ok := e.Fact.(F); ok && (id == 0 || e.Conversation == id) {
			return f, e.Conversation, true
		}
	}
	return f, 0, false
}

// notMerged refuses to do anything with what is only a pointer to the
// conversation it was merged into.
func notMerged(c Conversation) error {
	if c.MergedInto == 0 {
		return nil
	}
	return &Error{
		Kind: Conflict, Message: "This conversation was merged into another. Go on there.",
		Details: map[string]any{"conversation_id": c.MergedInto},
	}
}

// CheckMerged refuses what people and rules ask of a conversation that was merged into another;
// how far somebody has read it is their own, and the merge can be taken back.
func CheckMerged(a Actor, c Conversation, cmd Command) error {
	switch cmd.(type) {
	case MarkRead, MarkUnread, Undo, UndoInBulk, Yield, Adopt, CancelScheduled:
		return nil
	}
	if a.Kind != ActorUser && a.Kind != ActorAutomation {
		return nil // timers and deliveries find that there is nothing to do
	}
	return notMerged(c)
}

// onItsWay reports whether a message is being sent: it can change hands once it
// has left.
func onItsWay(all []Message) bool {
	return slices.ContainsFunc(all, func(m Message) bool { return m.Delivery == DeliveryQueued })
}
