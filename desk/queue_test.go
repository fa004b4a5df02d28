package desk_test

import (
	"slices"
	"testing"
	"time"

	"parley/desk"
)

// waiting is a conversation whose customer has waited since so many minutes before noon.
func waiting(id desk.ConversationID, minutes int, change func(*desk.Conversation)) desk.Conversation {
	noon := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	since := noon.Add(-time.Duration(minutes) * time.Minute)
	c := desk.Conversation{
		ID: id, Status: desk.StatusOpen, WaitingOn: desk.WaitingOnAgent, WaitingSince: since, OpenedAt: since, LastActivityAt: since, Priority: desk.PriorityNormal,
	}
	if change != nil {
		change(&c)
	}
	return c
}

// F0-20: overdue first, most overdue first; then past target; then whoever has waited
// longest. F1-16: what is urgent, so a VIP's, goes before what is no later than it.
func TestTheLine(t *testing.T) {
	noon := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)
	overdue := func(deadline, said int) func(*desk.Conversation) {
		return func(c *desk.Conversation) {
			c.OverdueAt = noon.Add(-time.Duration(said) * time.Minute)
			if deadline > 0 {
				c.ResponseDueDeadline = noon.Add(-time.Duration(deadline) * time.Minute)
			}
			c.TargetNotifiedAt = c.OverdueAt
		}
	}
	late := func(c *desk.Conversation) { c.TargetNotifiedAt = noon }
	urgent := func(c *desk.Conversation) { c.Priority = desk.PriorityUrgent }
	both := func(c *desk.Conversation) { late(c); urgent(c) }
	want := []desk.Conversation{
		waiting(1, 10, overdue(90, 5)),  // its timer spoke late
		waiting(2, 500, overdue(60, 5)), // waits longer, and is less overdue
		waiting(3, 1, overdue(0, 50)),   // its deadline is paused away: since that was noticed
		waiting(4, 900, func(c *desk.Conversation) { overdue(40, 40)(c); urgent(c) }),
		waiting(5, 900, func(c *desk.Conversation) { overdue(-60, 30)(c); c.ResponseDueDeadline = noon.Add(time.Hour) }), // moved away since
		waiting(6, 20, both),
		waiting(7, 600, late),
		waiting(8, 500, late),
		waiting(9, 1, urgent), // a VIP who has just come
		waiting(10, 800, nil),
		waiting(11, 800, nil), // at the same moment: by id
		waiting(12, 2, func(c *desk.Conversation) { c.Priority = desk.PriorityHigh }),
		waiting(13, 1, func(c *desk.Conversation) { c.Priority = desk.PriorityLow }),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, inLine)
	for i, c := range got {
		if c.ID != want[i].ID {
			t.Errorf("number %d in line is %d, want %d", i+1, c.ID, want[i].ID)
		}
	}
	if c := waiting(1, 1, func(c *desk.Conversation) { c.WaitingSince, c.OpenedAt = time.Time{}, noon }); c.QueueKey() == 0 {
		t.Error("who waits since nobody knows when is in no line")
	}
}

func inLine(a, b desk.Conversation) int {
	if x, y := a.QueueKey(), b.QueueKey(); x != y {
		return int(min(1, max(-1, x-y)))
	}
	return int(a.ID - b.ID)
}

// Only who needs attention is in the line, and a follow-up does not send anybody back.
func TestWhoIsInTheLine(t *testing.T) {
	for name, change := range map[string]func(*desk.Conversation){
		"answered": func(c *desk.Conversation) { c.WaitingOn = desk.WaitingOnCustomer }, "nobody waits": func(c *desk.Conversation) { c.WaitingOn = desk.WaitingOnNone },
		"resolved": func(c *desk.Conversation) { c.Status = desk.StatusResolved }, "closed": func(c *desk.Conversation) { c.Status = desk.StatusClosed },
	} {
		if c := waiting(1, 5, change); c.QueueKey() != 0 {
			t.Errorf("%s: it is in the line", name)
		}
	}
	c := waiting(1, 5, nil)
	before := c.QueueKey()
	c.FollowUps, c.LastActivityAt, c.LastMessageAt = 1, c.LastActivityAt.Add(time.Minute), c.LastActivityAt.Add(time.Minute)
	if c.QueueKey() != before {
		t.Error("a follow-up moves the customer in the line")
	}
	c.Status = desk.StatusPending
	if c.QueueKey() != before {
		t.Error("a pending one whose customer waits is not in its place")
	}
}
