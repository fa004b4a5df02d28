package desk

import (
	"slices"
	"time"
)

// UndoFor is how long a command can be taken back.
const UndoFor = 30 * 24 * time.Hour

// Undo takes back everything one command did here.
type Undo struct {
	Command CommandID `json:"command_id"`
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
	undone := Undone{Command: u.Command}
	facts := []Fact{undone}
	after := c
	for _, e := range slices.Backward(events) {
		if _, ok := e.Fact.(Undone); ok || follows(e.Fact) {
			continue
		}
		f, ok := e.Fact.(invertible)
		if !ok {
			return nil, Errorf(Conflict, "%s", cannotUndo(e.Fact))
		}
		if reader := Reader(e.Fact); reader != 0 && reader != w.Actor().User {
			return nil, Errorf(NotFound, "There is nothing to take back. Look at the timeline for what was done.")
		}
		why, err := f.standing(&after, e, w)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return nil, Errorf(Conflict, "This cannot be taken back: %s. Change it by hand instead.", why)
		}
		inverse := f.inverse(&after)
		if s, ok := inverse.(StatusChanged); ok && opens(after, s.New) {
			if err := checkFree(after, w); err != nil {
				return nil, err
			}
		}
		inverse.apply(&after, Event{At: w.Now(), By: w.Actor()})
		facts = append(facts, inverse)
		undone.Kinds = append(undone.Kinds, Facts.Name(e.Fact))
	}
	facts[0] = undone
	if !slices.ContainsFunc(facts[1:], func(f Fact) bool { return Reader(f) == 0 }) {
		facts = facts[1:] // what concerns one reader is not told to everybody
	}
	return facts, nil
}

// cannotUndo says that a fact is gone for good, and what to do instead.
func cannotUndo(f Fact) string {
	switch f.(type) {
	case MessagePosted, DeliveryChanged:
		return "A message that has gone out cannot be taken back. Write another one to put it right."
	case Opened:
		return "The beginning of a conversation cannot be taken back. Close it instead."
	case AIFlagged, AIDiscarded, AISuggestedClose, AIWithheld:
		return "What the AI agent did cannot be taken back. Take over, or hand the conversation back to it."
	}
	return "This cannot be taken back. Change it by hand instead."
}

func (Undone) apply(*Conversation, Event) {}
