package desk

import (
	"cmp"
	"slices"
	"time"
)

// UndoFor is how long a command can be taken back.
const UndoFor = 30 * 24 * time.Hour

// Undo takes back everything one command did here.
type Undo struct {
	Command CommandID `json:"command_id"`
	// Customers says that it takes back the merge of two customers, with all that
	// is theirs.
	Customers bool `json:"-"`
}

// Undone says which command was taken back; the facts that did it follow.
type Undone struct {
	Command CommandID `json:"command_id"`
	Kinds   []string  `json:"kinds"`
}

// Decide inverts the facts of the command, newest first, or says what stands in
// the way.
func (u Undo) Decide(c Conversation, w World) ([]Fact, error) {
	events, err := w.Facts(u.Command)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, Errorf(NotFound, "There is nothing to take back. Look at the timeline for what was done.")
	}
	if w.Now().Sub(events[0].At) > UndoFor {
		return nil, Errorf(Conflict, "This was done more than 30 days ago and cannot be taken back any more. Change it by hand instead.")
	}
	adopted := slices.ContainsFunc(events, func(e Event) bool { return adopts(e.Fact) })
	if adopted && !u.Customers {
		return nil, Errorf(Conflict, "Two customers were merged by this. Take that back in the details of the customer.")
	}
	if err := notMerged(c); err != nil && !adopted && !slices.ContainsFunc(events, func(e Event) bool { _, into := e.Fact.(MergedInto); return into }) {
		return nil, err
	}
	undone := Undone{Command: u.Command}
	facts := []Fact{undone}
	after, macro := c, ranMacro(events)
	for _, e := range slices.Backward(events) {
		if heads(e.Fact) || follows(e.Fact) || stays(e.Fact, macro) {
			continue
		}
		if reader := Reader(e.Fact); reader != 0 && reader != w.Actor().User {
			return nil, Errorf(NotFound, "There is nothing to take back. Look at the timeline for what was done.")
		}
		inverse, err := inverted(&after, e, w)
		if err != nil {
			return nil, err
		}
		if s, ok := inverse.(StatusChanged); ok {
			if err := mayPutBack(after, s.New, w); err != nil {
				return nil, err
			}
		}
		inverse.apply(&after, Event{At: w.Now(), By: w.Actor()})
		facts = append(facts, inverse)
		undone.Kinds = append(undone.Kinds, Facts.Name(e.Fact))
	}
	if macro && len(facts) == 1 {
		return nil, Errorf(Conflict, "%s", cannotUndo(MessagePosted{}))
	}
	facts[0] = undone
	if !slices.ContainsFunc(facts[1:], func(f Fact) bool { return Reader(f) == 0 }) {
		facts = facts[1:] // what concerns one reader is not told to everybody
	}
	return facts, nil
}

// inverted returns the fact that takes e back from c as it is now.
func inverted(c *Conversation, e Event, w World) (Fact, error) {
	switch f := e.Fact.(type) {
	case reversible:
		return f.back(c, e, w)
	case invertible:
		if why, err := f.standing(c, e, w); err != nil || why != "" {
			return nil, cmp.Or(err, gone(why))
		}
		return f.inverse(c), nil
	}
	return nil, Errorf(Conflict, "%s", cannotUndo(e.Fact))
}

// gone says why something cannot be taken back any more.
func gone(why string) error {
	return Errorf(Conflict, "This cannot be taken back: %s. Change it by hand instead.", why)
}

// mayPutBack refuses to make c active again while its contact is blocked, or has
// another open conversation.
func mayPutBack(c Conversation, to Status, w World) error {
	if !c.Active() && (to == StatusOpen || to == StatusPending) {
		if err := mayOpen(c, w); err != nil {
			return err
		}
	}
	if !opens(c, to) {
		return nil
	}
	return checkFree(c, w)
}

// cannotUndo says that a fact is gone for good, and what to do instead.
func cannotUndo(f Fact) string {
	switch f.(type) {
	case MessagePosted, AsidePosted, DeliveryChanged:
		return "A message that has gone out cannot be taken back. Write another one to put it right."
	case MessageReread:
		return "What a mail says is what it arrived as. That it was read again cannot be taken back. Look at its original instead."
	case Opened:
		return "The beginning of a conversation cannot be taken back. Close it instead."
	case AIFlagged, AIDiscarded, AISuggestedClose, AIWithheld:
		return "What the AI agent did cannot be taken back. Take over, or hand the conversation back to it."
	}
	return "This cannot be taken back. Change it by hand instead."
}

func (Undone) apply(*Conversation, Event) {}
