package filter

import (
	"slices"
	"strings"
	"time"

	"parley/desk"
)

// Row is what tests ask of a conversation and its customer. Times are Unix
// microseconds, 0 for what did not happen.
type Row struct {
	ID               desk.ConversationID
	Inbox            desk.InboxID
	Contact          desk.ContactID
	Assignee         desk.UserID
	Team             desk.TeamID
	LastChannel      desk.ChannelID
	OpenedChannel    desk.ChannelID
	Category         desk.CategoryID
	LastFromCustomer desk.MessageID

	Status       desk.Status
	WaitingOn    desk.WaitingOn
	Priority     desk.Priority
	AIState      desk.AIState
	NeedsHuman   desk.Flag
	SenderProof  desk.Proof
	OpenedSource desk.Source
	ClosedSource desk.Source

	SnoozedUntil, WaitingSince, DueDeadline, Opened, Resolved, Closed, Activity int64

	Merged                                                                                     bool // it is part of another conversation now, and in no list
	SnoozeUntilReply, Archived, Replied, AssigneeReplied, TargetPassed, IsOverdue, IsEscalated bool

	Messages, WithFiles, Problems, FollowUps, Rating int

	Tags      []desk.TagID
	Followers []desk.UserID

	// Of the customer.
	ContactTags []desk.TagID
	Language    string
	Folded      string // name, mail address and phone number as they are searched
	Returning   bool   // there is an earlier conversation with them

	// To whom its mails went, and who got copies. What is counted in memory leaves
	// them out: ask NeedsIndex.
	To, Cc []string
}

// Keeping returns who has it.
func (r *Row) Keeping() desk.Keeping {
	return desk.Keeping{Inbox: r.Inbox, Assignee: r.Assignee, Team: r.Team, Followers: r.Followers}
}

// Active reports whether it is open or pending.
func (r *Row) Active() bool {
	return r.Status == desk.StatusOpen || r.Status == desk.StatusPending
}

// Match reports whether c holds for a conversation at the Now of c; read is how
// far the reader has read it. A test of words never holds, and those of
// recipients need more than most rows have: ask NeedsIndex first. What is part of
// another conversation is found there.
func (c Cond) Match(r *Row, read desk.MessageID) bool { return !r.Merged && c.holds(r, read) }

func (c Cond) holds(r *Row, read desk.MessageID) bool {
	switch {
	case c.Not != nil:
		return !c.Not.holds(r, read)
	case c.All != nil:
		for _, i := range c.All {
			if !i.holds(r, read) {
				return false
			}
		}
		return true
	case c.Any != nil:
		for _, i := range c.Any {
			if i.holds(r, read) {
				return true
			}
		}
		return false
	case c.Test != nil:
		return c.Test.match(r, read)
	}
	return true
}

func (t *Ready) match(r *Row, read desk.MessageID) bool {
	switch t.Field {
	case Status:
		return slices.ContainsFunc(t.Words, func(w string) bool { return word(r, w, t.Now, read) })
	case Assignee:
		return t.None && r.Assignee == 0 || t.Else && r.Assignee != 0 && r.Assignee != t.Me || has(t.IDs, r.Assignee)
	case Team:
		return t.None && r.Team == 0 || has(t.IDs, r.Team)
	case Category:
		return t.None && r.Category == 0 || has(t.IDs, r.Category)
	case Inbox:
		return has(t.IDs, r.Inbox)
	case Customer:
		return has(t.IDs, r.Contact)
	case Channel:
		return has(t.IDs, r.LastChannel)
	case OpenedChannel:
		return has(t.IDs, r.OpenedChannel)
	case Tag:
		return hasOf(t, r.Tags)
	case CustomerTag:
		return hasOf(t, r.ContactTags)
	case Follower:
		return hasOf(t, r.Followers)
	case Hours:
		open := slices.Contains(t.IDs, int64(r.Inbox))
		return slices.Contains(t.Words, "open") && open || slices.Contains(t.Words, "closed") && !open
	case From:
		return strings.Contains(r.Folded, Fold(t.Text))
	case To:
		return t.begins(r.To)
	case Cc:
		return t.begins(r.Cc)
	case Rating:
		return r.Rating > 0 && (t.Op == AtLeast && r.Rating >= t.Number || t.Op == AtMost && r.Rating <= t.Number)
	case Messages, FollowUps:
		n := r.Messages
		if t.Field == FollowUps {
			n = r.FollowUps
		}
		return t.Op == AtLeast && n >= t.Number || t.Op == AtMost && n <= t.Number
	case Text:
		return false
	case Language:
		return slices.ContainsFunc(t.Words, func(w string) bool { return strings.EqualFold(w, r.Language) })
	}
	if v, ok := t.moment(r); ok {
		return v != 0 && (t.From == 0 || v >= t.From) && (t.To == 0 || v < t.To)
	}
	return slices.ContainsFunc(t.Words, func(w string) bool { return t.oneOf(r, w) })
}

func (t *Ready) oneOf(r *Row, w string) bool {
	switch t.Field {
	case Priority:
		return string(r.Priority) == w
	case WaitingOn:
		return string(r.WaitingOn) == w
	case AI:
		return string(r.AIState) == w
	case NeedsHuman:
		return w == "any" && r.NeedsHuman != "" || string(r.NeedsHuman) == w
	case Sender:
		return string(r.SenderProof) == w
	case OpenedSource:
		return string(r.OpenedSource) == w
	case ClosedSource:
		return string(r.ClosedSource) == w
	case Has:
		return w == "attachment" && r.WithFiles > 0 || w == "delivery_problem" && r.Problems > 0
	case CustomerType:
		vip := slices.ContainsFunc(r.ContactTags, func(id desk.TagID) bool { return slices.Contains(t.IDs, int64(id)) })
		return w == "vip" && vip || w == "returning" && !vip && r.Returning || w == "new" && !vip && !r.Returning
	}
	return false
}

// moment returns the time that a test is about, and whether it is about one.
func (t *Ready) moment(r *Row) (int64, bool) {
	switch t.Field {
	case Activity:
		return r.Activity, true
	case Created:
		return r.Opened, true
	case Resolved:
		return r.Resolved, true
	case Closed:
		return r.Closed, true
	case WaitingSince:
		return r.WaitingSince, true
	case CustomerWrote:
		if r.LastFromCustomer == 0 {
			return 0, true
		}
		return r.LastFromCustomer.Time().UnixMicro(), true
	case Due:
		if !r.Active() {
			return 0, true
		}
		return r.DueDeadline, true
	case SnoozedUntil:
		if !r.Active() {
			return 0, true
		}
		return r.SnoozedUntil, true
	}
	return 0, false
}

// word reports whether a word of the field status is true (1.2).
func word(r *Row, w string, now int64, read desk.MessageID) bool {
	switch w {
	case Open, Pending, IsResolved:
		return string(r.Status) == w
	case IsClosed:
		return r.Status == desk.StatusClosed && !r.Archived
	case Archived:
		return r.Archived
	case New:
		return r.Status == desk.StatusOpen && !r.Replied && r.LastFromCustomer != 0
	case Unread:
		return r.LastFromCustomer > read && !r.Archived
	case Active:
		return r.Active()
	}
	if !r.Active() {
		return false
	}
	switch w {
	case Assigned:
		return r.Assignee != 0
	case Unassigned:
		return r.Assignee == 0
	case InProgress:
		return r.Assignee != 0 && r.AssigneeReplied
	case NeedsAttention:
		return r.WaitingOn == desk.WaitingOnAgent
	case Responded:
		return r.WaitingOn == desk.WaitingOnCustomer
	case Snoozed:
		return r.SnoozeUntilReply || r.SnoozedUntil > now
	case Overdue:
		return r.IsOverdue
	case AtRisk:
		return !r.IsOverdue && (r.TargetPassed || r.IsEscalated)
	case Escalated:
		return r.IsEscalated
	}
	return false
}

func has[T ~int64](ids []int64, id T) bool { return id != 0 && slices.Contains(ids, int64(id)) }

func hasOf[T ~int64](t *Ready, mine []T) bool {
	in := func(id int64) bool { return slices.Contains(mine, T(id)) }
	if t.Op == HasAll {
		return !slices.ContainsFunc(t.IDs, func(id int64) bool { return !in(id) })
	}
	return t.None && len(mine) == 0 || slices.ContainsFunc(t.IDs, in)
}

// Fold returns a text as names are compared with it.
func Fold(s string) string { return strings.ToLower(s) }

// Turns returns the first moment after the Now of c at which c may say something
// else of an unchanged conversation; the zero time is never. Days of the reader
// are not looked at: they end for all at Until.
func (c Cond) Turns(r *Row) (first time.Time) {
	c.tests(func(t *Ready) {
		if t.Field == Status && slices.Contains(t.Words, Snoozed) && r.Active() && r.SnoozedUntil > t.Now {
			first = sooner(first, time.UnixMicro(r.SnoozedUntil))
		}
		if !t.Rolls {
			return
		}
		v, _ := t.moment(r)
		if v == 0 {
			return
		}
		// The edge stands at a distance from now: it reaches v when now has gone
		// as far as v is ahead of it.
		for _, edge := range []int64{t.From, t.To} {
			if edge != 0 && v >= edge {
				first = sooner(first, time.UnixMicro(t.Now+v-edge+1))
			}
		}
	})
	return first
}
