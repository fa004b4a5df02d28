package desk

import (
	"fmt"
	"math"
)

// Answer is what an AI agent made of a customer's message (E3): an answer, a
// flag that a person is needed, or both. Only an AI agent gives it.
type Answer struct {
	Epoch   int64     // under which it was computed
	Answers MessageID // the customer's message
	Text    string
	// Confidence is how sure it is of Text, from 0 to 1; nil where it does not say.
	Confidence *float64
	Flag       Flag
	Close      bool  // it thinks that the matter is settled (F3-44)
	Anew       int64 // the event that asks again, where the answer before was withheld; 0 otherwise
}

// AIFlagged says that the AI agent asks for a person, and since when the
// customer waits for one.
type AIFlagged struct {
	Reason    Flag      `json:"reason"`
	Message   MessageID `json:"message_id,omitempty"`
	Since     microTime `json:"since,omitzero"`
	FollowUps int       `json:"follow_ups,omitempty"`
}

// AIDiscarded says that an AI agent's answer was refused and never sent.
type AIDiscarded struct {
	Epoch   int64     `json:"epoch"`
	Answers MessageID `json:"answers,omitempty"`
	Why     string    `json:"why"` // taken_over or ended
}

// The values of AIDiscarded.Why.
const (
	DiscardTakenOver = "taken_over" // the epoch has moved
	DiscardEnded     = "ended"      // resolved, closed or archived (T28)
)

// Key returns the answer's own id: one to a message, however often it is tried and
// whatever asks for it, a message or that the conversation was handed back.
func (a Answer) Key() string { return fmt.Sprintf("answer-%d-%d-%d", a.Answers, a.Epoch, a.Anew) }

// Decide refuses, and says so on the timeline, what was computed before somebody
// took over (S-10, F3-31) and what comes after the end (T28).
func (a Answer) Decide(c Conversation, w World) ([]Fact, error) {
	switch {
	case c.Archived() || !c.Active():
		return []Fact{AIDiscarded{Epoch: a.Epoch, Answers: a.Answers, Why: DiscardEnded}}, nil
	case c.AIState != AIActive || c.AIEpoch != a.Epoch:
		return []Fact{AIDiscarded{Epoch: a.Epoch, Answers: a.Answers, Why: DiscardTakenOver}}, nil
	}
	if err := CheckConfidence(a.Confidence); err != nil {
		return nil, err
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	stops := a.Flag != FlagNone && inbox.Settings.AIPauseOnFlag
	var facts []Fact
	if a.Text != "" {
		posted, err := a.posted(c, w, inbox, stops)
		if err != nil {
			return nil, err
		}
		facts = append(facts, posted)
	}
	if a.Flag != FlagNone {
		flagged, err := a.flagged(c, w)
		if err != nil {
			return nil, err
		}
		facts = append(facts, flagged)
	}
	if a.Close && a.Flag == FlagNone {
		facts = append(facts, AISuggestedClose{Message: a.Answers})
	}
	if stops {
		facts = append(facts, AITakenOver{How: ByFlag, Was: Held{c.AIState, microTime{c.AISince}, a.Flag}})
	}
	return facts, nil
}

// CheckConfidence refuses how sure an AI agent says it is where that is no number from
// 0 to 1 (specification 10.3).
func CheckConfidence(c *float64) error {
	if c == nil || *c >= 0 && *c <= 1 {
		return nil
	}
	return invalidField("confidence", "Say how sure the answer is as a number from 0 to 1.")
}

// confidence is how sure the answer says it is, to four places: so it is kept.
func (a Answer) confidence() *float64 {
	if a.Confidence == nil {
		return nil
	}
	kept := math.Round(*a.Confidence*1e4) / 1e4
	return &kept
}

func (a Answer) posted(c Conversation, w World, inbox Inbox, stops bool) (Fact, error) {
	text, err := checkText("an answer", a.Text, 0)
	if err != nil {
		return nil, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: c.LastChannel, Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorAI, AuthorName: inbox.Settings.Agent(),
		Text: text, Markdown: true, Confidence: a.confidence(), At: w.Now(), CreatedAt: w.Now(), ClientID: a.Key(), Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.dress(inbox, w, ""); err != nil {
		return nil, err
	}
	epoch := c.AIEpoch
	if stops {
		epoch++ // what it says about stopping still goes out
	}
	return MessagePosted{
		Message: m.ID, Side: SideTeam, Author: AuthorAI, Channel: m.Channel, Sent: microTime{m.At}, Body: &m, Preview: preview(m),
		Confidence: m.Confidence, Epoch: epoch, Uncounted: !on(inbox.Settings.AIRepliesCount), Was: c.turn(),
	}, nil
}

// flagged returns the customer to whom nobody has answered yet: waiting since
// they wrote what the AI agent could not answer (10.3).
func (a Answer) flagged(c Conversation, w World) (Fact, error) {
	f := AIFlagged{Reason: a.Flag, Message: a.Answers, Since: microTime{c.WaitingSince}, FollowUps: c.FollowUps}
	if c.WaitingOn == WaitingOnAgent {
		return f, nil
	}
	f.FollowUps = 0
	m, err := w.Message(a.Answers)
	if err != nil {
		return nil, err
	}
	f.Since = microTime{m.At}
	return f, nil
}

func (f AIFlagged) apply(c *Conversation, _ Event) {
	c.NeedsHuman, c.WaitingOn, c.WaitingSince, c.FollowUps = f.Reason, WaitingOnAgent, f.Since.Time, f.FollowUps
}

func (AIDiscarded) apply(*Conversation, Event) {}
