package desk

import "time"

// Timer is a clock that explains itself: what is promised, since when it runs,
// and every stretch of time with whether it counted and why.
type Timer struct {
	Metric    Metric    `json:"metric" enum:"first_response,next_response,resolution,update"`
	State     string    `json:"state" enum:"running,paused,passed,overdue" doc:"passed is past the target, overdue past the deadline"`
	Since     time.Time `json:"since"`
	Target    time.Time `json:"target,omitzero"`
	Deadline  time.Time `json:"deadline,omitzero"`
	Goal      Goal      `json:"goal" doc:"What is promised, in seconds that count"`
	Counted   Seconds   `json:"counted" doc:"Seconds that counted so far"`
	Excluded  Seconds   `json:"excluded" doc:"Seconds that did not"`
	Clock     SLAClock  `json:"clock" enum:"calendar,business"`
	Hours     HoursID   `json:"business_hours_id,omitempty"`
	HoursName string    `json:"business_hours,omitempty"`
	Zone      string    `json:"zone,omitempty"`
	Source    SLAMode   `json:"source" enum:"policy,own"`
	Policy    PolicyID  `json:"policy_id,omitempty"`
	PolicyIs  string    `json:"policy,omitempty" doc:"The policy's name"`
	Priority  Priority  `json:"priority" enum:"urgent,high,normal,low" doc:"At which it was promised: an escalation that raises the priority leaves what was due"`
	SameDay   bool      `json:"same_day,omitempty" doc:"The deadline is the end of the business day"`
	Stretches []Stretch `json:"stretches"`
	Cut       bool      `json:"cut,omitempty" doc:"Only the newest stretches are listed"`
}

// maxStretches is how many stretches a timer lists: half a year of weeks.
const maxStretches = 400

// Explain returns the clocks of c that run or stand still.
func (p Promise) Explain(c Conversation, now time.Time) []Timer {
	timers := []Timer{}
	if c.Metric != "" {
		at := p.promisedAt(c)
		t := p.timer(c, c.Metric, c.WaitingSince, p.goal(c.Metric, at))
		t.Priority = at
		t.Target, t.Deadline = c.ResponseDueTarget, c.ResponseDueDeadline
		t.SameDay = p.sameDay(t.Metric)
		t.count(p, c.Pauses, now)
		t.judge(c.paused(), now)
		timers = append(timers, t)
	}
	if !c.ResolutionDueTarget.IsZero() || !c.ResolutionDueDeadline.IsZero() {
		t := p.timer(c, MetricResolution, c.ResolutionSince, p.resolution(c))
		t.Target, t.Deadline = c.ResolutionDueTarget, c.ResolutionDueDeadline
		t.count(p, nil, now)
		t.judge(false, now)
		timers = append(timers, t)
	}
	return timers
}

// promisedAt is the priority at which what is due was promised: the present one,
// or the one before an escalation raised it and left the moments where they were.
func (p Promise) promisedAt(c Conversation) Priority {
	if c.EscalatedAt.IsZero() || c.paused() || p.sameDay(c.Metric) {
		return c.Priority
	}
	for _, at := range []Priority{c.Priority, PriorityHigh, PriorityNormal, PriorityLow, PriorityUrgent} {
		goal := p.goal(c.Metric, at)
		if p.after(c.WaitingSince, goal.Target, c.Pauses).Equal(c.ResponseDueTarget) && p.after(c.WaitingSince, goal.Deadline, c.Pauses).Equal(c.ResponseDueDeadline) {
			return at
		}
	}
	return c.Priority
}

func (p Promise) timer(c Conversation, metric Metric, since time.Time, goal Goal) Timer {
	t := Timer{
		Metric: metric, Since: since, Goal: goal, Clock: ClockCalendar, Source: p.Settings.Mode(), Priority: c.Priority,
	}
	if p.Hours != nil {
		t.Clock, t.Hours, t.HoursName, t.Zone = ClockBusiness, p.HoursID, p.Name, p.Hours.hours.Zone
	}
	if t.Source == SLAByPolicy {
		t.Policy, t.PolicyIs = p.Policy.ID, p.Policy.Name
	}
	return t
}

// count lists the stretches until now and adds them up.
func (t *Timer) count(p Promise, pauses []Pause, now time.Time) {
	t.Stretches = []Stretch{}
	var counted, excluded time.Duration
	for _, s := range p.stretches(t.Since, now, pauses) {
		if s.Counted {
			counted += s.Length()
		} else {
			excluded += s.Length()
		}
		t.Stretches = append(t.Stretches, s)
	}
	if n := len(t.Stretches); n > maxStretches {
		t.Stretches, t.Cut = t.Stretches[n-maxStretches:], true
	}
	t.Counted, t.Excluded = Seconds(counted/time.Second), Seconds(excluded/time.Second)
}

func (t *Timer) judge(paused bool, now time.Time) {
	t.State = "running"
	switch {
	case paused:
		t.State = "paused"
	case !t.Deadline.IsZero() && !now.Before(t.Deadline):
		t.State = "overdue"
	case !t.Target.IsZero() && !now.Before(t.Target):
		t.State = "passed"
	}
}

// stretches returns the time from since to now in order: what the calendar says,
// but for the pauses.
func (p Promise) stretches(since, now time.Time, pauses []Pause) []Stretch {
	var all []Stretch
	plain := func(from, to time.Time) {
		switch {
		case !to.After(from):
		case p.Hours == nil:
			all = joinStretch(all, Stretch{From: from, To: to, Counted: true, Why: WhyRunning})
		default:
			for _, s := range p.Hours.Stretches(from, to) {
				all = joinStretch(all, s)
			}
		}
	}
	from := since
	for _, pause := range pauses {
		to := pause.To
		if to.IsZero() || to.After(now) {
			to = now
		}
		if !to.After(from) {
			continue
		}
		begin := pause.From
		if begin.Before(from) {
			begin = from
		}
		plain(from, begin)
		if to.After(begin) {
			all = joinStretch(all, Stretch{From: begin, To: to, Why: WhyPaused})
		}
		from = to
	}
	plain(from, now)
	return all
}
