package desk

import "slices"

// Trigger is what made the rules of an inbox look at a conversation.
type Trigger string

// The triggers.
const (
	TriggerOpened      Trigger = "opened"      // T1, or a customer who came back to one that nobody has
	TriggerHandoff     Trigger = "handoff"     // an AI agent asks for a person
	TriggerTransfer    Trigger = "transfer"    // to a team, to nobody of it
	TriggerUnavailable Trigger = "unavailable" // its assignee can answer no more
	TriggerTimeout     Trigger = "timeout"     // nobody became available in time
)

// AutoAssign gives a conversation to somebody by the rules of its inbox (4.5).
// Effects issue it.
type AutoAssign struct {
	Trigger Trigger
	// From is whose conversation it is, when they became unavailable; else it
	// must be nobody's.
	From UserID
}

// NobodyAvailable says that the rules found nobody, and why.
type NobodyAvailable struct {
	Trigger Trigger `json:"trigger"`
	Missing
	Until microTime `json:"until,omitzero"` // when the fallback team gets it
}

// Decide does nothing where people assign by hand, where somebody or an AI agent
// answers, and in conversations that have ended.
func (a AutoAssign) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() || c.Assignee != a.From || c.AIState == AIActive && a.Trigger != TriggerHandoff {
		return nil, nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	s := inbox.Settings.AssignmentSettings
	if len(s.rules()) == 0 || a.From != 0 && (!s.ReassignWhenAway || c.WaitingOn != WaitingOnAgent) {
		return nil, nil
	}
	roster, err := w.Roster(c)
	if err != nil {
		return nil, err
	}
	until := s.waits(a.Trigger, w.Now())
	choice := Choose(s, c, roster, until.IsZero())
	var facts []Fact
	if choice.VIP && c.Priority != PriorityUrgent && a.Trigger == TriggerOpened {
		facts = append(facts, PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: PriorityUrgent, Reason: "VIP"})
	}
	choice.Why.Trigger = a.Trigger
	if a.From != 0 && choice.User == 0 {
		return nil, nil // better with somebody who is away than with nobody
	}
	if choice.Team != c.Team && choice.Team != 0 {
		facts = append(facts, Transferred{Team: choice.Team, Old: c.Team, Why: &choice.Why})
	}
	if choice.User == 0 {
		return append(facts, NobodyAvailable{Trigger: a.Trigger, Missing: choice.Missing, Until: microTime{until}}), nil
	}
	f := c.assigned(choice.User, 0)
	f.Why = &choice.Why
	return append(append(facts, f), c.pause(ByAssignment)...), nil
}

// AsksForSomebody returns what should make the rules look at the conversation
// after a fact, or "".
func AsksForSomebody(f Fact) Trigger {
	switch f := f.(type) {
	case Opened:
		if f.Source == SourceContact && !f.Closed {
			return TriggerOpened
		}
	case StatusChanged:
		if f.New == StatusOpen && f.Implicit && slices.Contains([]Status{StatusResolved, StatusClosed}, f.Old) {
			return TriggerOpened
		}
	case AIFlagged:
		return TriggerHandoff
	case Transferred:
		if f.Team != 0 && f.Alone {
			return TriggerTransfer
		}
	case NobodyAvailable:
		if !f.Until.IsZero() {
			return TriggerTimeout
		}
	}
	return ""
}

func (NobodyAvailable) apply(*Conversation, Event) {}
