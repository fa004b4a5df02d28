package desk

import (
	"slices"
	"time"
)

const (
	// tooLate is how long after its moment a scheduled message is still sent unasked,
	// when Parley did not run before.
	tooLate = 24 * time.Hour
	// tooLateToRepeat is the same when an earlier try began and nobody knows how it
	// ended: after a restore of an older copy the customer may have it already.
	tooLateToRepeat = 5 * time.Minute
)

// SendScheduled sends a scheduled message now, also one that is held (D-17).
type SendScheduled struct {
	Scheduled ScheduledID `json:"scheduled_id"`
}

// Dispatch is the timer's: it sends a scheduled message at its moment, or holds it,
// and does nothing when that is no longer its moment (F1-58).
type Dispatch struct {
	Scheduled   ScheduledID `json:"scheduled_id"`
	At          time.Time   `json:"at"`
	Interrupted bool        `json:"interrupted,omitempty"` // an earlier try began
}

// Decide sends what is held as well: a person has looked at it. It is signed by its
// author when they send it themselves, else by whoever does.
func (x SendScheduled) Decide(c Conversation, w World) ([]Fact, error) {
	s, err := scheduledHere(w, x.Scheduled)
	if err != nil {
		return nil, err
	}
	r := s.reply()
	r.user, r.waits = w.Actor().User, true
	if err := r.may(c, w); err != nil {
		return nil, err
	}
	if channel := c.through(s.Channel); channel != 0 {
		if err := w.Reachable(c.Contact, channel); err != nil {
			return nil, err
		}
	}
	return s.send(r, c, w)
}

// Decide does nothing when it was sent, moved, held or cancelled meanwhile.
func (d Dispatch) Decide(c Conversation, w World) ([]Fact, error) {
	s, err := w.Scheduled(d.Scheduled)
	switch {
	case KindOf(err) == NotFound && err != nil:
		return nil, Errorf(Unavailable, "This message has gone to another conversation. Try again.")
	case err != nil:
		return nil, err
	case s.State != ScheduledWaiting || !s.At.Equal(d.At) || s.At.After(w.Now()):
		return nil, nil
	}
	late := w.Now().Sub(s.At)
	if late > tooLate || d.Interrupted && late > tooLateToRepeat {
		return []Fact{s.held(HeldMissed)}, nil
	}
	reason, err := s.hindrance(c, w)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return []Fact{s.held(reason)}, nil
	}
	r := s.reply()
	if err := r.may(c, w); err != nil {
		if KindOf(err) == Internal {
			return nil, err
		}
		return []Fact{s.held(HeldRefused)}, nil
	}
	return s.send(r, c, w)
}

// hindrance returns why it is not to be sent by itself, or "".
func (s Scheduled) hindrance(c Conversation, w World) (HoldReason, error) {
	if c.Status == StatusClosed {
		return HeldClosed, nil
	}
	blocked, err := w.Blocked(c.Contact, true)
	if err != nil {
		return "", err
	}
	if blocked {
		return HeldBlocked, nil
	}
	author, err := w.Member(s.User)
	if err != nil && KindOf(err) != NotFound {
		return "", err
	}
	if err != nil || !author.Active || !author.Role.May(MayAnswer) || !author.Actor().SeesKept(c.Keeping()) {
		return HeldAuthor, nil
	}
	if channel := c.through(s.Channel); channel != 0 {
		if err := w.Reachable(c.Contact, channel); err != nil {
			if KindOf(err) == Internal {
				return "", err
			}
			return HeldChannel, nil
		}
	}
	if !s.UnlessReply {
		return "", nil
	}
	// What came where it waits has held it already. A merge brings what the customer
	// wrote elsewhere since.
	all, err := w.Heads(c.ID)
	if slices.ContainsFunc(all, func(m Message) bool {
		return m.Kind == KindMessage && m.Side == SideCustomer && m.Auto == "" && m.CreatedAt.After(s.ChangedAt)
	}) {
		return HeldReplied, nil
	}
	return "", err
}

// reply is what it says, as a reply of its author.
func (s Scheduled) reply() reply {
	return reply{user: s.User, text: s.Text, files: s.Files, channel: s.Channel, to: s.Recipients, subject: s.Subject, quoting: s.Quoting}
}

// send posts it, and does what is to follow as far as that can be done.
func (s Scheduled) send(r reply, c Conversation, w World) ([]Fact, error) {
	posted, err := r.post(c, w)
	if err != nil {
		return nil, err
	}
	sent := ScheduledSent{Scheduled: s.ID, User: s.User, Was: s.Standing}
	for _, f := range posted {
		if m, ok := f.(MessagePosted); ok {
			sent.Message = m.Message
		}
	}
	facts := append([]Fact{sent}, posted...)
	var next Command
	switch s.Then {
	case NextPend:
		next = Pend{Reason: PendingCustomer}
	case NextResolve:
		next = Resolve{}
	default:
		return facts, nil
	}
	after := c
	for _, f := range facts {
		after.Apply(Event{Workspace: c.Workspace, Conversation: c.ID, Version: after.Version + 1, At: w.Now(), By: w.Actor(), Fact: f})
	}
	more, err := next.Decide(after, w)
	if KindOf(err) == Internal && err != nil {
		return nil, err
	}
	return append(facts, more...), nil // a refusal leaves it open: what was sent is sent
}
