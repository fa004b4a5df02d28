package desk

import "time"

// The ranks of who waits for the team, the first in line first (F0-20). What is
// urgent, a VIP's above all (F1-16), goes before what is not, but not before what is
// later than it.
const (
	queueOverdue    = iota // past its deadline: most overdue first
	queueLateUrgent        // past its target
	queueLate
	queueUrgent
	queueWaiting // whoever has waited longest first
)

// queueTimes is how many microseconds since 1970 fit below a rank: until 2255.
const queueTimes = 1 << 53

// QueueKey is the place of c in the line of those who need attention: by their rank,
// and within it by the moment since when they wait, in microseconds. Smaller is
// further ahead; equal keys go by id. It is 0 for what does not need attention.
//
// It is made of stored facts alone, so that time passing moves nobody: a target or a
// deadline counts once its timer has said that it passed.
func (c *Conversation) QueueKey() int64 {
	if !c.NeedsAttention() {
		return 0
	}
	rank, since := c.queued()
	return rank*queueTimes + max(since.UnixMicro(), 1)
}

// queued is the rank of c, and since when it waits for what the rank is about.
func (c *Conversation) queued() (rank int64, since time.Time) {
	since = c.WaitingSince
	if since.IsZero() {
		since = c.OpenedAt
	}
	urgent := c.Priority == PriorityUrgent
	switch {
	case c.Overdue():
		return queueOverdue, c.overdueSince()
	case !c.TargetNotifiedAt.IsZero() && urgent:
		return queueLateUrgent, since
	case !c.TargetNotifiedAt.IsZero():
		return queueLate, since
	case urgent:
		return queueUrgent, since
	}
	return queueWaiting, since
}

// overdueSince is the deadline that passed. It may have been moved since, or taken
// away by a pause: then it is when that was noticed.
func (c *Conversation) overdueSince() time.Time {
	if c.ResponseDueDeadline.IsZero() || c.ResponseDueDeadline.After(c.OverdueAt) {
		return c.OverdueAt
	}
	return c.ResponseDueDeadline
}
