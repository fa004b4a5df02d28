package desk

import "time"

// Tick is the timer's command: it says which promises were broken by now (E18,
// E19), each once, however often and from however many machines it comes.
type Tick struct{}

// Decide does nothing before a moment is due, while the conversation sleeps (it
// is looked at when it wakes), and for what was said already.
func (Tick) Decide(c Conversation, w World) ([]Fact, error) {
	now := w.Now()
	if !c.Active() || c.Archived() || c.Snoozed(now) {
		return nil, nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	return c.passed(inbox.Settings.PromiseSettings, now), nil
}

// passed returns the thresholds that lie behind c and were not said.
func (c Conversation) passed(s PromiseSettings, now time.Time) []Fact {
	var facts []Fact
	add := func(more ...Fact) {
		for _, f := range more {
			f.apply(&c, Event{At: now})
			facts = append(facts, f)
		}
	}
	is := func(due, done time.Time) bool { return !due.IsZero() && done.IsZero() && !due.After(now) }
	late := is(c.ResponseDueDeadline, c.OverdueAt)
	if is(c.ResponseDueTarget, c.TargetNotifiedAt) && c.OverdueAt.IsZero() {
		f := TargetPassed{Metric: c.Metric, Due: c.ResponseDueTarget, Suppressed: s.suppressed(c.Metric)}
		if late {
			f.Suppressed = SuppressedLate
		}
		add(f)
	}
	if late {
		add(DeadlinePassed{Metric: c.Metric, Due: c.ResponseDueDeadline, Suppressed: s.suppressed(c.Metric)})
		if e := s.escalation(); !e.NotOnDeadline {
			add(e.escalate(c, EscalatedSLA, "")...)
		}
	}
	late = is(c.ResolutionDueDeadline, c.ResolutionOverdueAt)
	if is(c.ResolutionDueTarget, c.ResolutionNotifiedAt) && c.ResolutionOverdueAt.IsZero() {
		f := TargetPassed{Metric: MetricResolution, Due: c.ResolutionDueTarget}
		if late {
			f.Suppressed = SuppressedLate
		}
		add(f)
	}
	if late {
		add(DeadlinePassed{Metric: MetricResolution, Due: c.ResolutionDueDeadline})
	}
	if is(c.UpdateDue, time.Time{}) {
		add(UpdateMissed{Due: c.UpdateDue})
	}
	add(c.reminded(s, now)...)
	withNext(facts, c.nextMoment())
	return facts
}

// suppressed says why nobody is told of a threshold of metric, "" when they are.
func (s PromiseSettings) suppressed(metric Metric) string {
	if s.SLANewOnly && metric == MetricNext {
		return SuppressedFollowUp
	}
	return ""
}

// withNext keeps with the last threshold when somebody must look again.
func withNext(facts []Fact, next time.Time) {
	for i := len(facts) - 1; i >= 0; i-- {
		switch f := facts[i].(type) {
		case TargetPassed:
			f.Next = next
			facts[i] = f
		case DeadlinePassed:
			f.Next = next
			facts[i] = f
		case UpdateMissed:
			f.Next = next
			facts[i] = f
		case FollowUpReminder:
			f.Next = next
			facts[i] = f
		default:
			continue
		}
		return
	}
}

// NextLook returns when somebody must look at a conversation because of a fact:
// what is due next, or zero.
func NextLook(e Event) time.Time {
	switch f := e.Fact.(type) {
	case DueChanged:
		return f.Next
	case TargetPassed:
		return f.Next
	case DeadlinePassed:
		return f.Next
	case UpdateMissed:
		return f.Next
	case FollowUpReminder:
		return f.Next
	case Woken:
		return e.At // what fell due while it slept is said at once
	}
	return time.Time{}
}

// RecordTold keeps on the timeline who was told of a threshold or an escalation; it
// tells nobody.
type RecordTold struct {
	NotificationSent
}

// Decide implements Command.
func (t RecordTold) Decide(Conversation, World) ([]Fact, error) {
	return []Fact{t.NotificationSent}, nil
}

// StillBroken reports whether somebody should still hear of a fact: not once it was
// answered or has ended (F0-40).
func StillBroken(c Conversation, f Fact) bool {
	if rated, ok := f.(Rated); ok { // its matter may have ended long ago
		return rated.Alerts && c.Rating == rated.Score
	}
	if !c.Active() || c.Archived() {
		return false
	}
	switch f := f.(type) {
	case TargetPassed:
		return f.Suppressed == "" && (f.Metric == MetricResolution || c.Waits() && !c.TargetNotifiedAt.IsZero())
	case DeadlinePassed:
		return f.Suppressed == "" && (f.Metric == MetricResolution || c.Waits() && !c.OverdueAt.IsZero())
	case Escalated:
		return !c.EscalatedAt.IsZero()
	case UpdateMissed:
		return true
	case FollowUpReminder:
		return c.Status == StatusPending
	}
	return false
}
