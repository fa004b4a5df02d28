package desk

import "time"

// ReminderSet says that somebody asked to be reminded of a conversation they
// handed over (F3-36, F2-31). It changes nothing of the conversation.
type ReminderSet struct {
	User UserID    `json:"user_id"`
	At   microTime `json:"at"`
}

// ReminderDropped says that they want that no more.
type ReminderDropped struct {
	User UserID    `json:"user_id"`
	At   microTime `json:"at"`
}

// remindWithin is how far away a reminder may be.
const remindWithin = 366 * 24 * time.Hour

// remind makes the fact of a reminder for the actor; the zero time is none.
func remind(w World, at time.Time) ([]Fact, error) {
	if at.IsZero() || w.Actor().User == 0 {
		return nil, nil
	}
	at = at.UTC().Truncate(time.Second)
	if !at.After(w.Now()) || at.Sub(w.Now()) > remindWithin {
		return nil, &Error{
			Kind: Invalid, Message: "Choose a time for the reminder that is to come, within a year.", Fields: []FieldError{{Field: "remind_at", Message: "This time cannot be."}},
		}
	}
	return []Fact{ReminderSet{User: w.Actor().User, At: microTime{at}}}, nil
}

func (ReminderSet) apply(*Conversation, Event) {}

func (ReminderSet) standing(*Conversation, Event, World) (string, error) { return "", nil }

func (f ReminderSet) inverse(*Conversation) Fact { return ReminderDropped(f) }

func (ReminderDropped) apply(*Conversation, Event) {}

func (ReminderDropped) standing(*Conversation, Event, World) (string, error) { return "", nil }

func (f ReminderDropped) inverse(*Conversation) Fact { return ReminderSet(f) }

// Reminds reports whether a reminder still stands after what happened since.
func Reminds(f ReminderSet, since []Event) bool {
	standing := true
	for _, e := range since {
		switch other := e.Fact.(type) {
		case ReminderSet:
			standing = standing || other == f
		case ReminderDropped:
			standing = standing && ReminderSet(other) != f
		}
	}
	return standing
}
