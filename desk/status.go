package desk

import "time"

// StatusChanged says what was decided about the matter. Every change of status
// records who, from where, and whether it followed from something else (2.1).
type StatusChanged struct {
	Old      Status     `json:"old"`
	New      Status     `json:"new"`
	Implicit bool       `json:"implicit,omitempty"` // followed from a message or a timer
	Source   Source     `json:"source,omitempty"`
	Summary  string     `json:"summary,omitempty"`
	Category CategoryID `json:"category_id,omitempty"`
	Checked  []string   `json:"checked,omitempty"` // of the checklist
	Reason   string     `json:"reason,omitempty"`  // why it is pending
	Note     MessageID  `json:"note_id,omitempty"` // what it waits for
	Was      Rest       `json:"was,omitzero"`      // what an undo puts back
	Restore  *Rest      `json:"restore,omitempty"`
}

func (f StatusChanged) apply(c *Conversation, e Event) {
	c.Status = f.New
	if f.New == StatusOpen || f.New == StatusPending {
		c.Asking = Asking{} // who goes on asks nobody how it was
	}
	if f.Restore != nil {
		if f.Restore.Clock != nil {
			c.ResolutionClock = *f.Restore.Clock
		}
		if f.New == StatusResolved || f.New == StatusClosed {
			c.Asking = f.Restore.Asking
		}
		c.Ending, c.Episode, c.SnoozedUntil, c.SnoozeUntilReply = f.Restore.Ending, f.Restore.Episode, f.Restore.SnoozedUntil, f.Restore.SnoozeUntilReply
		if f.Restore.Wait != nil {
			c.WaitingSince, c.FollowUps = f.Restore.Wait.Since, f.Restore.Wait.FollowUps
		}
		return
	}
	switch f.New {
	case StatusOpen:
		note := c.PendingNote
		kept := f.Implicit && f.Old == StatusPending && c.PendingReason == PendingExternal
		c.Ending = Ending{}
		if kept {
			c.PendingNote = note
		}
		if f.Was.Clock != nil {
			c.ResolutionClock = ResolutionClock{ResolutionSince: e.At}
		}
		if f.Was.Wait != nil {
			c.WaitingSince, c.FollowUps = e.At, 0
		}
		if f.Was.Wait != nil && f.Implicit {
			c.WaitingSince = time.Time{} // the message that follows says when
		}
	case StatusPending:
		c.Ending = Ending{PendingReason: f.Reason, PendingNote: f.Note}
	case StatusResolved:
		c.Ending = Ending{ResolvedAt: e.At, ClosingSummary: f.Summary, ClosingCategory: f.Category}
	case StatusClosed:
		summary := f.Summary
		if summary == "" {
			summary = c.ClosingSummary
		}
		category := f.Category
		if category == 0 {
			category = c.ClosingCategory
		}
		c.Ending = Ending{
			ResolvedAt: c.ResolvedAt, ClosedAt: e.At, ClosedSource: f.Source, ClosedBy: e.By.User, ClosingSummary: summary, ClosingCategory: category,
		}
	}
	if f.New != StatusOpen && f.New != StatusPending {
		c.SnoozedUntil, c.SnoozeUntilReply = time.Time{}, false
		c.Episode = Episode{}
	}
}

func (f StatusChanged) standing(c *Conversation, e Event, _ World) (string, error) {
	switch {
	case c.Status != f.New || f.New == StatusPending && f.Restore == nil && (c.PendingReason != f.Reason || c.PendingNote != f.Note):
		return "its status was changed again since", nil
	case c.Archived():
		return "it was archived since", nil
	case (f.Old == StatusResolved || f.Old == StatusClosed) && c.LastMessageAt.After(e.At):
		return "somebody has written since", nil
	}
	return "", nil
}

func (f StatusChanged) inverse(c *Conversation) Fact {
	was, now := f.Was, c.rest()
	if was.Wait != nil {
		now.Wait = c.wait()
	}
	if was.Clock != nil {
		clock := c.ResolutionClock
		now.Clock = &clock
	}
	return StatusChanged{Old: f.New, New: f.Old, Source: SourceUser, Reason: f.Was.PendingReason, Was: now, Restore: &was}
}

// Rest is what a change of status may clear or move.
type Rest struct {
	Ending
	Episode
	Asking
	SnoozedUntil     time.Time `json:"snoozed_until,omitzero"`
	SnoozeUntilReply bool      `json:"snooze_until_reply,omitempty"`
	Wait             *Wait     `json:"wait,omitempty"` // set when a new one begins
	// Clock is set when the promise to settle the matter begins anew.
	Clock *ResolutionClock `json:"resolution_clock,omitempty"`
}

// Wait is how long the customer has waited for an answer.
type Wait struct {
	Since     time.Time `json:"since,omitzero"`
	FollowUps int       `json:"follow_ups,omitempty"`
}

func (c *Conversation) wait() *Wait { return &Wait{c.WaitingSince, c.FollowUps} }

func (c *Conversation) rest() Rest {
	return Rest{Ending: c.Ending, Episode: c.Episode, Asking: c.Asking, SnoozedUntil: c.SnoozedUntil, SnoozeUntilReply: c.SnoozeUntilReply}
}

// newWait is rest for a conversation that begins again: an unanswered customer
// waits from now on, not since before it ended (T13, T22, T26).
func (c *Conversation) newWait() Rest {
	r := c.rest()
	if !c.Active() && c.WaitingOn == WaitingOnAgent {
		r.Wait = c.wait()
	}
	if !c.Active() && !c.ResolutionSince.IsZero() {
		clock := c.ResolutionClock
		r.Clock = &clock
	}
	return r
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
