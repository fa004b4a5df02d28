package desk

import "time"

// StatusChanged says what was decided about the matter. Every change of status
// records who, from where, and whether it followed from something else (2.1).
type StatusChanged struct {
	Old      Status `json:"old"`
	New      Status `json:"new"`
	Implicit bool   `json:"implicit,omitempty"` // followed from a message or a timer
	Source   Source `json:"source,omitempty"`
	Summary  string `json:"summary,omitempty"`
	Was      Rest   `json:"was,omitzero"` // what an undo puts back
	Restore  *Rest  `json:"restore,omitempty"`
}

func (f StatusChanged) apply(c *Conversation, e Event) {
	c.Status = f.New
	if f.Restore != nil {
		c.Ending, c.Episode, c.SnoozedUntil, c.SnoozeUntilReply = f.Restore.Ending, f.Restore.Episode, f.Restore.SnoozedUntil, f.Restore.SnoozeUntilReply
		return
	}
	switch f.New {
	case StatusOpen:
		c.Ending = Ending{}
	case StatusResolved:
		c.Ending = Ending{ResolvedAt: e.At, ClosingSummary: f.Summary}
	case StatusClosed:
		summary := f.Summary
		if summary == "" {
			summary = c.ClosingSummary
		}
		c.Ending = Ending{ResolvedAt: c.ResolvedAt, ClosedAt: e.At, ClosedSource: f.Source, ClosedBy: e.By.User, ClosingSummary: summary}
	}
	if f.New != StatusOpen && f.New != StatusPending {
		c.SnoozedUntil, c.SnoozeUntilReply = time.Time{}, false
		c.Episode = Episode{}
	}
}

func (f StatusChanged) standing(c *Conversation, e Event, _ World) (string, error) {
	switch {
	case c.Status != f.New:
		return "its status was changed again since", nil
	case c.Archived():
		return "it was archived since", nil
	case (f.Old == StatusResolved || f.Old == StatusClosed) && c.LastMessageAt.After(e.At):
		return "somebody has written since", nil
	}
	return "", nil
}

func (f StatusChanged) inverse(c *Conversation) Fact {
	was := f.Was
	return StatusChanged{Old: f.New, New: f.Old, Source: SourceUser, Was: c.rest(), Restore: &was}
}

// Rest is what a change of status may clear.
type Rest struct {
	Ending
	Episode
	SnoozedUntil     time.Time `json:"snoozed_until,omitzero"`
	SnoozeUntilReply bool      `json:"snooze_until_reply,omitempty"`
}

func (c *Conversation) rest() Rest {
	return Rest{c.Ending, c.Episode, c.SnoozedUntil, c.SnoozeUntilReply}
}

// opens reports whether taking c to s would make it active where it was not, so
// that INV-1 must hold.
func opens(c Conversation, s Status) bool {
	return !c.Active() && (s == StatusOpen || s == StatusPending) && c.Grouping == PerContact && c.Primary
}

// checkFree refuses to make c active while the contact has another open
// conversation (INV-1, T27).
func checkFree(c Conversation, w World) error {
	other, err := w.OpenPrimary(c.OpenScope, c.Contact)
	if err != nil {
		return err
	}
	if other == 0 || other == c.ID {
		return nil
	}
	return &Error{
		Kind: Conflict, Message: "This customer has another open conversation. Go on there, or close it first.",
		Details: map[string]any{"conversation_id": other},
	}
}
