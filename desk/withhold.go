package desk

import (
	"cmp"
	"slices"
)

// Withhold keeps an automatic message from leaving: somebody took over while it
// was on its way to the channel (S-10).
type Withhold struct {
	Message MessageID
	Command CommandID // which posted it
	Reason  string    // "" is that somebody took over
}

// AIWithheld says that the AI agent's answer never left: the customer waits as
// if it had not been written.
type AIWithheld struct {
	Message MessageID `json:"message_id"`
	Posted  microTime `json:"posted_at"`
	Was     Turn      `json:"was"`
}

// Turn is whose turn it was before an automatic answer, and since when.
type Turn struct {
	WaitingOn WaitingOn `json:"waiting_on,omitempty"`
	Since     microTime `json:"since,omitzero"`
	FollowUps int       `json:"follow_ups,omitempty"`
	Last      microTime `json:"last_message_at,omitzero"`
	New       bool      `json:"new,omitempty"`
	Episode   Episode   `json:"episode,omitzero"`
}

func (c *Conversation) turn() *Turn {
	return &Turn{c.WaitingOn, microTime{c.WaitingSince}, c.FollowUps, microTime{c.LastMessageAt}, c.FirstReplyAt.IsZero(), c.Episode}
}

// Decide does nothing for a message that does not wait to be sent any more.
func (h Withhold) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := w.Message(h.Message)
	if err != nil || m.Delivery != DeliveryQueued {
		return nil, err
	}
	events, err := w.Facts(h.Command)
	if err != nil {
		return nil, err
	}
	reason := cmp.Or(h.Reason, "Somebody took over before this was sent. The customer has not seen it.")
	facts := []Fact{DeliveryChanged{Message: h.Message, Old: m.Delivery, State: DeliveryWithheld, Reason: reason}}
	at := slices.IndexFunc(events, func(e Event) bool { p, ok := e.Fact.(MessagePosted); return ok && p.Message == h.Message })
	if at >= 0 {
		if posted := events[at].Fact.(MessagePosted); posted.Was != nil && !posted.Uncounted {
			facts = append(facts, AIWithheld{Message: h.Message, Posted: microTime{events[at].At}, Was: *posted.Was})
		}
	}
	return facts, nil
}

// apply gives the turn back, as far as nobody has written since.
func (f AIWithheld) apply(c *Conversation, _ Event) {
	if f.Was.New && c.FirstReplyAt.Equal(f.Posted.Time) {
		c.FirstReplyAt = c.FirstResponseAt // of a person who answered meanwhile, if anybody did
	}
	if !c.LastMessageAt.Equal(f.Posted.Time) {
		if c.WaitingOn == WaitingOnAgent && f.Was.WaitingOn == WaitingOnAgent && c.WaitingSince.After(f.Posted.Time) {
			c.WaitingSince, c.FollowUps = f.Was.Since.Time, f.Was.FollowUps+c.FollowUps+1
		}
		return
	}
	c.LastMessageAt = f.Was.Last.Time
	if c.WaitingOn == WaitingOnCustomer {
		now := c.Episode
		c.WaitingOn, c.WaitingSince, c.FollowUps, c.Episode = f.Was.WaitingOn, f.Was.Since.Time, f.Was.FollowUps, f.Was.Episode
		if !now.EscalatedAt.IsZero() { // somebody asked for help meanwhile
			c.EscalatedAt, c.EscalatedFor = now.EscalatedAt, append(slices.Clone(c.EscalatedFor), now.EscalatedFor...)
		}
	}
}

// Guarded returns the epoch under which an automatic message may leave, or 0 for
// one that always may.
func Guarded(f Fact) int64 {
	if p, ok := f.(MessagePosted); ok {
		return p.Epoch
	}
	return 0
}
