package desk

import (
	"slices"
	"time"
)

// Promise is what counts for the conversations of an inbox: its settings, the
// policy and the business hours they choose, as they are now. The clock of 5.3
// is a pure function of it and of a conversation.
type Promise struct {
	Settings PromiseSettings
	Policy   Policy
	Hours    *Calendar // what it counts with; nil counts around the clock
	HoursID  HoursID
	Name     string // of the hours
	// Day is the calendar that says when a business day ends, also when the clock
	// counts around the clock; nil where the inbox has no hours.
	Day *Calendar
	// Raise says how urgent what has a tag is at least (F1-23).
	Raise map[TagID]Priority
	// Known is which tags of the contact count now: all when a matter begins, else
	// those they were just given (F1-16).
	Known []TagID
}

// goal is what is promised for an answer.
func (p Promise) goal(metric Metric, priority Priority) Goal {
	switch p.Settings.Mode() {
	case SLAOff:
		return Goal{}
	case SLAOwn:
		return Goal{p.Settings.SLATarget, p.Settings.SLADeadline}
	}
	if metric == MetricNext {
		return p.Policy.next().For(priority)
	}
	return p.Policy.First.For(priority)
}

// resolution is what is promised for settling c.
func (p Promise) resolution(c Conversation) Goal {
	if p.Settings.Mode() != SLAByPolicy {
		return Goal{}
	}
	if p.Policy.isComplex(c) {
		if g := p.Policy.ComplexResolution.For(c.Priority); g != (Goal{}) {
			return g
		}
	}
	return p.Policy.Resolution.For(c.Priority)
}

// metric is which promise the wait of c is about.
func (c *Conversation) metric() Metric {
	switch {
	case !c.Waits():
		return ""
	case c.FirstResponseAt.IsZero():
		return MetricFirst
	}
	return MetricNext
}

// Follow returns what follows from the facts of a command: escalations and the
// moments that are due now. before is the conversation as it was, nil for a new
// one; c is as it is after them.
func (p Promise) Follow(before *Conversation, c Conversation, events []Event, now time.Time) []Fact {
	was := Conversation{}
	if before != nil {
		was = *before
	}
	var facts []Fact
	add := func(more ...Fact) {
		for _, f := range more {
			f.apply(&c, Event{At: now})
			facts = append(facts, f)
		}
	}
	add(p.raised(c, events)...)
	add(p.Settings.triggers().triggered(was, c, events)...)
	due := p.due(c, events, now)
	// Where a wait goes on that had ended, timers that came meanwhile did nothing.
	next, looked := c.nextMoment(), was.nextMoment()
	again := !next.IsZero() && (looked.IsZero() || next.Before(looked))
	if due.changes(c) || again {
		due.apply(&c, Event{})
		due.Next = c.nextMoment()
		facts = append(facts, due)
	}
	return facts
}

// raised returns the change of priority that a new tag brings, the conversation's or
// the contact's (F1-16, F1-23).
func (p Promise) raised(c Conversation, events []Event) []Fact {
	tags := slices.Clone(p.Known)
	for _, e := range events {
		if f, ok := e.Fact.(TagAdded); ok {
			tags = append(tags, f.Tag)
		}
	}
	to := c.Priority
	for _, tag := range tags {
		if p.Raise[tag].rank() > to.rank() {
			to = p.Raise[tag]
		}
	}
	if to == c.Priority || !c.Active() {
		return nil
	}
	return []Fact{PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: to, Reason: escalationWords[EscalatedTag]}}
}

// due works out what is due for c (5.3): always from the same beginning, so that
// a new priority, policy or calendar gives what it would have given at once.
func (p Promise) due(c Conversation, events []Event, now time.Time) DueChanged {
	f := DueChanged{Policy: p.Policy.ID, Hours: p.HoursID, Metric: c.metric()}
	if f.Metric != "" {
		p.response(&f, c, now)
	}
	f.ResolutionTarget, f.ResolutionDeadline = c.ResolutionDueTarget, c.ResolutionDueDeadline
	if c.Active() && !c.ResolutionSince.IsZero() {
		goal := p.resolution(c)
		f.ResolutionTarget = p.after(c.ResolutionSince, goal.Target, nil)
		f.ResolutionDeadline = p.after(c.ResolutionSince, goal.Deadline, nil)
	}
	f.Update = p.update(c, events, now)
	p.followUp(&f, c, events, now)
	return f
}

// response works out the clock of an answer, where one is promised.
func (p Promise) response(f *DueChanged, c Conversation, now time.Time) {
	goal := p.goal(f.Metric, c.Priority)
	if goal == (Goal{}) && !p.sameDay(f.Metric) {
		if c.EscalatedAt.IsZero() || c.Metric == "" { // a priority raised by an escalation ends no promise
			f.Metric = ""
			return
		}
		f.Since, f.Pauses, f.Target, f.Deadline = c.WaitingSince, c.Pauses, c.ResponseDueTarget, c.ResponseDueDeadline
		return
	}
	f.Since, f.Pauses = c.WaitingSince, pauses(c, now)
	if (Episode{Pauses: f.Pauses}).paused() {
		return
	}
	f.Target, f.Deadline = p.after(f.Since, goal.Target, f.Pauses), p.after(f.Since, goal.Deadline, f.Pauses)
	if p.sameDay(f.Metric) {
		p.endWithDay(f)
	}
	// An escalation does not bring the next one, nor make it later than it was:
	// where it raised the priority so that the deadline would have passed already,
	// what was due stays (5.5).
	if !c.EscalatedAt.IsZero() && !f.Deadline.After(now) && c.ResponseDueDeadline.After(f.Deadline) {
		f.Target, f.Deadline = c.ResponseDueTarget, c.ResponseDueDeadline
	}
}

// pauses returns the pauses of the wait of c, with the one that begins or ends
// now: while somebody outside has to act (D-12).
func pauses(c Conversation, now time.Time) []Pause {
	all := slices.Clone(c.Pauses)
	stands := c.Status == StatusPending && c.PendingReason == "external"
	switch running := !c.paused(); {
	case stands && running:
		return append(all, Pause{From: now})
	case !stands && !running:
		all[len(all)-1].To = now
		if !now.After(all[len(all)-1].From) {
			all = all[:len(all)-1]
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// after returns when so many seconds have passed since a moment, without the
// pauses, which have ended. Zero when nothing is promised, or never comes.
func (p Promise) after(since time.Time, goal Seconds, pauses []Pause) time.Time {
	if goal <= 0 {
		return time.Time{}
	}
	left, from := goal.Duration(), since
	for _, pause := range pauses {
		if pause.From.After(from) {
			ran := p.between(from, pause.From)
			if ran >= left {
				break
			}
			left -= ran
		}
		if pause.To.After(from) {
			from = pause.To
		}
	}
	if p.Hours == nil {
		return from.Add(left)
	}
	at, ok := p.Hours.Add(from, left)
	if !ok {
		return time.Time{}
	}
	return at
}

func (p Promise) between(a, b time.Time) time.Duration {
	if p.Hours == nil {
		return max(0, b.Sub(a))
	}
	return p.Hours.Between(a, b)
}

// sameDay reports whether an answer is due by the end of the business day (F3-93).
func (p Promise) sameDay(metric Metric) bool {
	return metric == MetricNext && p.Policy.NextSameDay && p.Settings.Mode() == SLAByPolicy && p.Day != nil
}

// endWithDay moves the deadline to the end of the business day in which the
// customer wrote, or the clock went on; a target after it is none.
func (p Promise) endWithDay(f *DueChanged) {
	from := f.Since
	if n := len(f.Pauses); n > 0 && f.Pauses[n-1].To.After(from) {
		from = f.Pauses[n-1].To
	}
	end, ok := p.Day.EndOfDay(from)
	if !ok {
		return
	}
	if f.Deadline = end; !f.Target.Before(end) {
		f.Target = time.Time{}
	}
}

// update is when the customer of a complex matter should hear from us again: so
// long after the last that somebody wrote, or was reminded to (F3-94).
func (p Promise) update(c Conversation, events []Event, now time.Time) time.Time {
	every := p.Policy.UpdateEvery
	if every <= 0 || p.Settings.Mode() != SLAByPolicy || !c.Active() || !p.Policy.isComplex(c) {
		return time.Time{}
	}
	again := c.UpdateDue.IsZero()
	for _, e := range events {
		switch f := e.Fact.(type) {
		case MessagePosted:
			again = again || f.ByPerson()
		case UpdateMissed:
			again = true
		}
	}
	if !again {
		return c.UpdateDue
	}
	return p.after(now, every, nil)
}

// Moves reports whether facts may have moved a clock, so that Follow must be asked.
func Moves(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool {
		switch e.Fact.(type) {
		case DeliveryChanged, MessageReread, AsidePosted, AsideRecalled, NoteAdded, NoteRemoved, ScheduledMade, ScheduledChanged, ScheduledDropped, ScheduledHeld, NoteRestored, NotificationSent, Notified, Read, SettingsChanged:
			return false
		}
		return Reader(e.Fact) == 0
	})
}

// Begins reports whether a matter begins with facts, or begins again after it had
// ended: then what is known of the contact counts (F1-16).
func Begins(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool {
		switch f := e.Fact.(type) {
		case Opened:
			return !f.Closed
		case StatusChanged:
			return f.New == StatusOpen && f.Implicit && (f.Old == StatusResolved || f.Old == StatusClosed)
		}
		return false
	})
}

// ContactTagged says that the contact was given tags. It decides nothing; Follow does.
type ContactTagged struct{ Tags []TagID }

// Decide implements Command.
func (ContactTagged) Decide(Conversation, World) ([]Fact, error) { return nil, nil }

// Recompute works out anew what is due: the policy or the hours changed. It
// decides nothing; Follow does.
type Recompute struct{}

// Decide implements Command.
func (Recompute) Decide(Conversation, World) ([]Fact, error) { return nil, nil }
