package desk

import "time"

// StatusChanged says what was decided about the matter. Every change of status
// records who, from where, and whether it followed from something else (2.1).
type StatusChanged struct {
	Old      Status  `json:"old"`
	New      Status  `json:"new"`
	Implicit bool    `json:"implicit,omitempty"` // followed from a message or a timer
	Source   Source  `json:"source,omitempty"`
	Summary  string  `json:"summary,omitempty"`
	Was      Ending  `json:"was,omitzero"` // what an undo puts back
	Restore  *Ending `json:"restore,omitempty"`
}

func (f StatusChanged) apply(c *Conversation, e Event) {
	c.Status = f.New
	if f.Restore != nil {
		c.Ending = *f.Restore
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

func (f StatusChanged) standing(c *Conversation, e Event) string {
	if c.Status != f.New {
		return "its status was changed again since"
	}
	if c.Archived() {
		return "it was archived since"
	}
	return ""
}

func (f StatusChanged) inverse() Fact {
	was := f.Was
	inverse := StatusChanged{Old: f.New, New: f.Old, Source: SourceUser, Restore: &was}
	if f.Restore != nil {
		inverse.Was = *f.Restore
	}
	return inverse
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
