package desk

import (
	"slices"
	"time"
)

// Episode is the state of the current wait for an answer (axis H), and of the
// promise to settle the matter.
type Episode struct {
	Metric              Metric             `json:"metric,omitempty"` // of the response clock; "" when it does not run
	ResponseDueTarget   time.Time          `json:"response_due_target,omitzero"`
	ResponseDueDeadline time.Time          `json:"response_due_deadline,omitzero"`
	TargetNotifiedAt    time.Time          `json:"target_notified_at,omitzero"`
	OverdueAt           time.Time          `json:"overdue_at,omitzero"`
	EscalatedAt         time.Time          `json:"escalated_at,omitzero"`
	EscalatedFor        []EscalationReason `json:"escalated_for,omitempty"`
	Pauses              []Pause            `json:"pauses,omitempty"`
	UpdateDue           time.Time          `json:"update_due,omitzero"` // when the customer of a complex matter should hear from us again (F3-94)
}

// ResolutionClock is the state of the promise to settle the matter (F2-17). It
// runs from the customer's first message, or from when the conversation was reopened,
// until it is resolved or closed.
type ResolutionClock struct {
	ResolutionSince       time.Time `json:"resolution_since,omitzero"`
	ResolutionDueTarget   time.Time `json:"resolution_due_target,omitzero"`
	ResolutionDueDeadline time.Time `json:"resolution_due_deadline,omitzero"`
	ResolutionNotifiedAt  time.Time `json:"resolution_notified_at,omitzero"`
	ResolutionOverdueAt   time.Time `json:"resolution_overdue_at,omitzero"`
}

// Pause is a time in which the response clock stood still (D-12); it goes on
// while To is zero.
type Pause struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
}

// Metric is what a promise is about.
type Metric string

// The metrics.
const (
	MetricFirst      Metric = "first_response"
	MetricNext       Metric = "next_response"
	MetricResolution Metric = "resolution"
	MetricUpdate     Metric = "update"
)

// followUpPause is how long after one message another one of the customer counts
// as a follow-up of its own (D-13).
const followUpPause = 60 * time.Second

// answered is e after somebody answered: the matter is not settled by that.
func (e Episode) answered() Episode {
	return Episode{UpdateDue: e.UpdateDue}
}

// Paused reports whether the response clock stands still (D-12).
func (e Episode) Paused() bool { return e.paused() }

// paused reports whether the response clock stands still.
func (e Episode) paused() bool { return len(e.Pauses) > 0 && e.Pauses[len(e.Pauses)-1].To.IsZero() }

// Waits reports whether c's customer waits for an answer, so that the response
// clock may run (5.3).
func (c *Conversation) Waits() bool {
	return c.Active() && !c.Archived() && c.WaitingOn == WaitingOnAgent && !c.WaitingSince.IsZero()
}

// Escalated reports whether somebody was asked for help in the current episode.
func (c *Conversation) Escalated() bool { return c.Active() && !c.EscalatedAt.IsZero() }

// AtRisk reports whether a promise is about to be broken or somebody had to be
// asked for help: past its target, or escalated, and not overdue (F2-28).
func (c *Conversation) AtRisk() bool {
	return c.Active() && c.OverdueAt.IsZero() && (!c.TargetNotifiedAt.IsZero() || !c.EscalatedAt.IsZero())
}

// nextMoment is when something of c is due next that nobody was told of, or zero.
func (c *Conversation) nextMoment() time.Time {
	var next time.Time
	see := func(at, done time.Time) {
		if !at.IsZero() && done.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !c.Active() {
		return next
	}
	if c.OverdueAt.IsZero() {
		see(c.ResponseDueTarget, c.TargetNotifiedAt)
	}
	see(c.ResponseDueDeadline, c.OverdueAt)
	if c.ResolutionOverdueAt.IsZero() {
		see(c.ResolutionDueTarget, c.ResolutionNotifiedAt)
	}
	see(c.ResolutionDueDeadline, c.ResolutionOverdueAt)
	see(c.UpdateDue, time.Time{})
	see(c.FollowUpDue, time.Time{})
	return next
}

// DueChanged says what is due when from now on: what the clock of 5.3 gives for
// the facts so far. It follows the facts that moved the clock, in their command.
type DueChanged struct {
	Metric             Metric    `json:"metric,omitempty"`
	Since              time.Time `json:"since,omitzero"`
	Target             time.Time `json:"target,omitzero"`
	Deadline           time.Time `json:"deadline,omitzero"`
	Pauses             []Pause   `json:"pauses,omitempty"`
	ResolutionTarget   time.Time `json:"resolution_target,omitzero"`
	ResolutionDeadline time.Time `json:"resolution_deadline,omitzero"`
	Update             time.Time `json:"update,omitzero"`
	Quiet              time.Time `json:"quiet,omitzero"`     // since when a pending one had no word
	FollowUp           time.Time `json:"follow_up,omitzero"` // when somebody is reminded of that
	Policy             PolicyID  `json:"policy_id,omitempty"`
	Hours              HoursID   `json:"hours_id,omitempty"`
	Next               time.Time `json:"next,omitzero"` // when somebody must look at it next
}

func (f DueChanged) apply(c *Conversation, _ Event) {
	c.Metric, c.ResponseDueTarget, c.ResponseDueDeadline, c.Pauses = f.Metric, f.Target, f.Deadline, f.Pauses
	c.ResolutionDueTarget, c.ResolutionDueDeadline, c.UpdateDue = f.ResolutionTarget, f.ResolutionDeadline, f.Update
	c.QuietSince, c.FollowUpDue = f.Quiet, f.FollowUp
}

// changes reports whether f says something that c does not say already.
func (f DueChanged) changes(c Conversation) bool {
	return f.Metric != c.Metric || !f.Target.Equal(c.ResponseDueTarget) || !f.Deadline.Equal(c.ResponseDueDeadline) ||
		!f.ResolutionTarget.Equal(c.ResolutionDueTarget) || !f.ResolutionDeadline.Equal(c.ResolutionDueDeadline) || !f.Update.Equal(c.UpdateDue) ||
		!f.Quiet.Equal(c.QuietSince) || !f.FollowUp.Equal(c.FollowUpDue) ||
		!slices.EqualFunc(f.Pauses, c.Pauses, func(a, b Pause) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) })
}

// TargetPassed says that the soft promise was not kept (E18). Suppressed says why
// nobody is told, if so.
type TargetPassed struct {
	Metric     Metric    `json:"metric"`
	Due        time.Time `json:"due"`
	Suppressed string    `json:"suppressed,omitempty"`
	Next       time.Time `json:"next,omitzero"`
}

// DeadlinePassed says that the hard promise was broken (E19): the conversation is
// overdue.
type DeadlinePassed struct {
	Metric     Metric    `json:"metric"`
	Due        time.Time `json:"due"`
	Suppressed string    `json:"suppressed,omitempty"`
	Next       time.Time `json:"next,omitzero"`
}

// UpdateMissed says that the customer of a complex matter should have heard from
// us by now (F3-94).
type UpdateMissed struct {
	Due  time.Time `json:"due"`
	Next time.Time `json:"next,omitzero"`
}

// Why nobody is told of a threshold.
const (
	SuppressedFollowUp = "new_conversations_only" // the inbox tells only of customers who never had an answer (F0-43)
	SuppressedLate     = "deadline"               // the deadline had passed as well, which is told instead
)

func (f TargetPassed) apply(c *Conversation, e Event) {
	if f.Metric == MetricResolution {
		c.ResolutionNotifiedAt = e.At
		return
	}
	c.TargetNotifiedAt = e.At
}

func (f DeadlinePassed) apply(c *Conversation, e Event) {
	if f.Metric == MetricResolution {
		c.ResolutionOverdueAt = e.At
		return
	}
	c.OverdueAt = e.At
}

func (f UpdateMissed) apply(c *Conversation, _ Event) { c.UpdateDue = time.Time{} }

// NotificationSent says who was told of an event of this conversation (5.4), or
// why nobody was.
type NotificationSent struct {
	Kind       string   `json:"kind"`
	Users      []UserID `json:"user_ids,omitempty"`
	Suppressed string   `json:"suppressed,omitempty"`
}

func (NotificationSent) apply(*Conversation, Event) {}
