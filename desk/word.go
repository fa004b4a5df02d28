package desk

import "time"

// The computed words of the specification (1.2). They are never stored.

// Active reports whether somebody still works on c.
func (c *Conversation) Active() bool {
	return c.Status == StatusOpen || c.Status == StatusPending
}

// New reports whether nobody, human or machine, has answered the customer yet.
func (c *Conversation) New() bool {
	return c.Status == StatusOpen && c.FirstReplyAt.IsZero() && c.LastFromCustomer != 0
}

// NeedsAttention reports whether the customer spoke last.
func (c *Conversation) NeedsAttention() bool { return c.Active() && c.WaitingOn == WaitingOnAgent }

// Responded reports whether the team spoke last.
func (c *Conversation) Responded() bool { return c.Active() && c.WaitingOn == WaitingOnCustomer }

// InProgress reports whether the one it is assigned to has answered since.
func (c *Conversation) InProgress() bool {
	return c.Active() && c.Assignee != 0 && !c.AssigneeRepliedAt.IsZero()
}

// Archived reports whether c is frozen.
func (c *Conversation) Archived() bool { return !c.ArchivedAt.IsZero() }

// Snoozed reports whether c is hidden at now.
func (c *Conversation) Snoozed(now time.Time) bool {
	return c.Active() && (c.SnoozeUntilReply || c.SnoozedUntil.After(now))
}

// Overdue reports whether the deadline of the current wait has passed.
func (c *Conversation) Overdue() bool { return c.Active() && !c.OverdueAt.IsZero() }

// Label is the one word that a list shows for c.
func (c *Conversation) Label(now time.Time) string {
	switch {
	case c.Archived():
		return "Archived"
	case c.Status == StatusClosed:
		return "Closed"
	case c.Status == StatusResolved:
		return "Resolved"
	case c.Snoozed(now):
		return "Snoozed"
	case c.Overdue():
		return "Overdue"
	case c.Status == StatusPending:
		return "Pending"
	case c.New():
		return "New"
	case c.WaitingOn == WaitingOnCustomer:
		return "Responded"
	case c.WaitingOn == WaitingOnAgent:
		return "Needs attention"
	}
	return "Open"
}

// Stage is where c stands on the lifecycle strip.
func (c *Conversation) Stage() string {
	switch {
	case c.Archived():
		return "archived"
	case c.Status == StatusClosed:
		return "closed"
	case c.Status == StatusResolved:
		return "resolved"
	case c.InProgress():
		return "in_progress"
	case c.Assignee != 0:
		return "assigned"
	case !c.FirstReplyAt.IsZero():
		return "open"
	}
	return "new"
}
