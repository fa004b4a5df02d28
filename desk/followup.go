package desk

import (
	"slices"
	"time"
)

// FollowUpReminder says that a pending conversation had no word from anybody for
// as long as the inbox waits, so that whoever is responsible asks again (T8,
// F2-26, F2-80).
type FollowUpReminder struct {
	Since  time.Time `json:"since"`  // of the last word, or of the last reminder
	After  int       `json:"after"`  // minutes: how long the inbox waited
	Reason string    `json:"reason"` // whom it waits for
	Next   time.Time `json:"next,omitzero"`
}

// The bounds of PromiseSettings.FollowUpAfter, in minutes.
const (
	minFollowUp = 15
	maxFollowUp = 90 * 24 * 60
)

// followUp adds to f since when a pending conversation is quiet, and when
// somebody is reminded of it: so long after it was set to pending, after the team
// wrote, after it came back from a snooze, or after the last reminder. The
// customer's answer ends it, as it ends Pending.
func (p Promise) followUp(f *DueChanged, c Conversation, events []Event, now time.Time) {
	every := p.Settings.FollowUpAfter
	if every <= 0 || c.Status != StatusPending {
		return
	}
	f.Quiet = c.QuietSince
	if f.Quiet.IsZero() || slices.ContainsFunc(events, func(e Event) bool { return endsQuiet(e.Fact) }) {
		f.Quiet = now
	}
	f.FollowUp = p.after(f.Quiet, Seconds(every)*minuteSeconds, nil)
}

// endsQuiet reports whether somebody who asks again need not ask for a while.
func endsQuiet(f Fact) bool {
	switch f := f.(type) {
	case MessagePosted:
		return f.Side == SideTeam && f.Author != AuthorAutomation && !f.Uncounted
	case FollowUpReminder, Woken:
		return true
	}
	return false
}

// reminded returns the reminder that is due for c, where the inbox still has one.
func (c Conversation) reminded(s PromiseSettings, now time.Time) []Fact {
	if s.FollowUpAfter <= 0 || c.Status != StatusPending || c.FollowUpDue.IsZero() || c.FollowUpDue.After(now) {
		return nil
	}
	return []Fact{FollowUpReminder{Since: c.QuietSince, After: s.FollowUpAfter, Reason: c.PendingReason}}
}

func (f FollowUpReminder) apply(c *Conversation, _ Event) { c.FollowUpDue = time.Time{} }

func (f FollowUpReminder) why(Event, []Event) string {
	if f.Reason == PendingExternal {
		return "It waits for somebody else, and nothing was heard for as long as the inbox waits before it reminds of it."
	}
	return "It waits for the customer, who has not answered for as long as the inbox waits before it reminds of it."
}
