package desk

import (
	"slices"
	"time"
)

// waited is n, what the other messages make of c, with the wait that the reply had
// ended: it never reached the customer, so they wait since they first wrote, or
// since the conversation was reopened, unless somebody else has answered. What was
// said of the wait stays said. Said is since when they wait by the messages alone.
func (b Before) waited(c Conversation, n Content, said time.Time) Content {
	was := b.Content
	since, anew := was.WaitingSince, c.ResolutionSince.After(was.ResolutionSince)
	if anew {
		since = c.ResolutionSince
	}
	if anew && c.WaitingOn == WaitingOnAgent {
		since = earliest(since, c.WaitingSince) // the message that reopened it
	}
	if was.WaitingOn != WaitingOnAgent || n.WaitingOn != WaitingOnAgent || c.ResolutionSince.Before(was.ResolutionSince) || said.After(since) {
		return n
	}
	switch {
	case !anew:
		n.Episode = was.Episode.goesOn(c)
	case !n.WaitingSince.Equal(since):
		n.Episode = c.Episode.answered()
	}
	n.WaitingSince = since
	return n
}

// overlapped reports whether another reply, which was taken back, was there when one
// was written.
func overlapped(rest []Message, written time.Time) bool {
	return slices.ContainsFunc(rest, func(m Message) bool {
		return m.Delivery == DeliveryRecalled && !m.CreatedAt.After(written) && written.Sub(m.CreatedAt) <= maxUndo*time.Second
	})
}

// without is b as it is without the reply that was there, and was taken back since.
func (b Before) without(c Conversation, rest []Message, aiCounts bool) Before {
	earlier := slices.DeleteFunc(slices.Clone(rest), func(m Message) bool { return m.CreatedAt.After(b.Content.LastActivityAt) })
	f := folded(earlier, c.Assignee, aiCounts)
	if f.WaitingOn != WaitingOnAgent {
		return b
	}
	since := latest(f.WaitingSince, b.Content.ResolutionSince)
	if b.Content.WaitingOn == WaitingOnAgent {
		since = earliest(since, b.Content.WaitingSince)
	}
	b.Content.WaitingOn, b.Content.WaitingSince, b.Content.Episode = WaitingOnAgent, since, Episode{}
	return b
}

// goesOn is e, the state of a wait that seemed to have ended, with what was said of
// the one that seemed to have followed it in c.
func (e Episode) goesOn(c Conversation) Episode {
	e.UpdateDue, e.Pauses = c.UpdateDue, slices.Clone(e.Pauses)
	if e.EscalatedAt.IsZero() {
		e.EscalatedAt, e.EscalatedFor = c.EscalatedAt, c.EscalatedFor
	}
	if e.paused() && (c.paused() || c.WaitingOn != WaitingOnAgent) {
		return e
	}
	if e.paused() {
		e.Pauses[len(e.Pauses)-1].To = c.WaitingSince // what the customer wrote ended it
	}
	e.Pauses = append(e.Pauses, c.Pauses...)
	return e
}
