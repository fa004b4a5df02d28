package desk

import "time"

// maxSnooze is how far ahead a conversation can be snoozed.
const maxSnooze = 5 * 366 * 24 * time.Hour

// Snooze hides a conversation until a time, until the customer writes, or until
// whichever comes first (E13). Status and turn stay as they are.
type Snooze struct {
	Until      time.Time `json:"until,omitzero" doc:"When it comes back by itself"`
	UntilReply bool      `json:"until_reply,omitempty" doc:"It comes back when the customer writes, which it does in any case; alone, it has no time at all"`
}

// Unsnooze brings a snoozed conversation back now (E14).
type Unsnooze struct{}

// Wake is the timer's: it brings a conversation back at the moment it was snoozed
// until, and does nothing when that is no longer its moment (E15).
type Wake struct {
	Until time.Time `json:"until"`
	For   UserID    `json:"for,omitempty"` // who snoozed it, and is told
}

// Snoozed says that a conversation is hidden for a while.
type Snoozed struct {
	Until         time.Time `json:"until,omitzero"`
	UntilReply    bool      `json:"until_reply,omitempty"`
	WasUntil      time.Time `json:"was_until,omitzero"`
	WasUntilReply bool      `json:"was_until_reply,omitempty"`
	Clock         *Moved    `json:"clock,omitempty"` // an undo: the automatic close counts as before
}

// Woken says that a snoozed conversation is back.
type Woken struct {
	Until      time.Time `json:"until,omitzero"` // what it was snoozed until
	UntilReply bool      `json:"until_reply,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	For        UserID    `json:"for,omitempty"`   // who snoozed it, when it came back by itself
	Clock      *Moved    `json:"clock,omitempty"` // the automatic close counts from here (5.6: snooze first)
}

// Why a conversation came back.
const (
	WokenByTimer    = "timer"
	WokenByCustomer = "customer"
	WokenByReply    = "reply"
	WokenByUser     = "user"
	WokenByAside    = "aside" // somebody to whom it was forwarded
)

// Moved says from when to when a moment was moved.
type Moved struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func (m *Moved) back() *Moved {
	if m == nil {
		return nil
	}
	return &Moved{From: m.To, To: m.From}
}

// asleep reports whether c has a snooze that nothing ended yet.
func asleep(c Conversation) bool { return c.SnoozeUntilReply || !c.SnoozedUntil.IsZero() }

// woken is the fact that ends the snooze of c.
func (c *Conversation) woken(now time.Time, reason string, by UserID) Woken {
	f := Woken{Until: c.SnoozedUntil, UntilReply: c.SnoozeUntilReply, Reason: reason, For: by}
	if !c.InactiveSince.IsZero() {
		f.Clock = &Moved{From: c.InactiveSince, To: now}
	}
	return f
}

// Decide refuses a moment that has passed.
func (s Snooze) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() {
		return nil, Errorf(Conflict, "Only an open conversation can be snoozed. Reopen this one first.")
	}
	until := s.Until.UTC().Truncate(time.Microsecond)
	switch {
	case s.Until.IsZero() && !s.UntilReply:
		return nil, invalidField("until", "Say until when: a time, or until the customer writes.")
	case s.Until.IsZero():
		until = time.Time{}
	case !until.After(w.Now()):
		return nil, invalidField("until", "This moment has passed. Choose a later one.")
	case until.Sub(w.Now()) > maxSnooze:
		return nil, invalidField("until", "This is more than five years ahead. Choose an earlier moment.")
	}
	if asleep(c) && until.Equal(c.SnoozedUntil) && s.UntilReply == c.SnoozeUntilReply {
		return nil, nil
	}
	return []Fact{Snoozed{Until: until, UntilReply: s.UntilReply, WasUntil: c.SnoozedUntil, WasUntilReply: c.SnoozeUntilReply}}, nil
}

// Decide does nothing when it is not snoozed.
func (Unsnooze) Decide(c Conversation, w World) ([]Fact, error) {
	if !asleep(c) {
		return nil, nil
	}
	return []Fact{c.woken(w.Now(), WokenByUser, 0)}, nil
}

// Decide does nothing when it was woken, snoozed anew or ended meanwhile.
func (t Wake) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() || t.Until.IsZero() || !c.SnoozedUntil.Equal(t.Until) || t.Until.After(w.Now()) {
		return nil, nil
	}
	return []Fact{c.woken(w.Now(), WokenByTimer, t.For)}, nil
}

func (f Snoozed) apply(c *Conversation, _ Event) {
	c.SnoozedUntil, c.SnoozeUntilReply = f.Until, f.UntilReply
	f.Clock.apply(c)
}

func (m *Moved) apply(c *Conversation) {
	if m != nil {
		c.InactiveSince = m.To
	}
}

func (f Snoozed) standing(c *Conversation, _ Event, w World) (string, error) {
	switch {
	case !c.SnoozedUntil.Equal(f.Until) || c.SnoozeUntilReply != f.UntilReply:
		return "it came back or was snoozed anew since", nil
	case !f.WasUntil.IsZero() && !f.WasUntil.After(w.Now()):
		return "the moment it was snoozed until before has passed", nil
	}
	return "", nil
}

func (f Snoozed) inverse(*Conversation) Fact {
	if f.WasUntil.IsZero() && !f.WasUntilReply {
		return Woken{Until: f.Until, UntilReply: f.UntilReply, Reason: WokenByUser, Clock: f.Clock.back()}
	}
	return Snoozed{Until: f.WasUntil, UntilReply: f.WasUntilReply, WasUntil: f.Until, WasUntilReply: f.UntilReply, Clock: f.Clock.back()}
}

func (f Woken) apply(c *Conversation, _ Event) {
	c.SnoozedUntil, c.SnoozeUntilReply = time.Time{}, false
	f.Clock.apply(c)
}

func (f Woken) standing(c *Conversation, _ Event, w World) (string, error) {
	switch {
	case asleep(*c):
		return "it was snoozed again since", nil
	case !c.Active():
		return "it is no longer open", nil
	case f.Until.IsZero() && !f.UntilReply:
		return "nobody knows any more until when it was snoozed", nil
	case !f.Until.IsZero() && !f.Until.After(w.Now()):
		return "the moment it was snoozed until has passed", nil
	case f.Clock != nil && !c.InactiveSince.Equal(f.Clock.To):
		return "somebody has written since", nil
	}
	return "", nil
}

func (f Woken) inverse(*Conversation) Fact {
	return Snoozed{Until: f.Until, UntilReply: f.UntilReply, Clock: f.Clock.back()}
}

func invalidField(name, message string) error {
	return &Error{Kind: Invalid, Message: message, Fields: []FieldError{{Field: "body." + name, Message: message}}}
}
