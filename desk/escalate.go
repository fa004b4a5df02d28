package desk

import (
	"slices"
	"strings"
	"time"
)

// EscalationReason is why somebody was asked for help.
type EscalationReason string

// The reasons of 5.5: each once per episode.
const (
	EscalatedSLA       EscalationReason = "sla"       // the deadline passed (F1-25)
	EscalatedFollowUps EscalationReason = "followups" // the customer wrote again and again (F1-26)
	EscalatedKeyword   EscalationReason = "keyword"
	EscalatedTag       EscalationReason = "tag"
	EscalatedPriority  EscalationReason = "priority"
	EscalatedSentiment EscalationReason = "sentiment" // the AI agent finds the customer frustrated (F3-20)
	EscalatedRating    EscalationReason = "rating"    // the customer is not satisfied (F2-18)
	EscalatedManual    EscalationReason = "manual"
)

// Escalate asks the escalation responders for help by hand (F2-18).
type Escalate struct {
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Why, for those who are asked; needed when it is handed to somebody"`
	Assignee UserID `json:"assignee_id,omitempty" doc:"Who takes it over: somebody of the team, or the lead or a responder by themselves"`
	Team     TeamID `json:"team_id,omitempty" doc:"The team that takes it over"`
}

// Escalated says that somebody was asked for help, and why.
type Escalated struct {
	Reason EscalationReason `json:"reason"`
	Was    time.Time        `json:"was,omitzero"` // when it had been escalated before, in this episode
}

// Deescalated takes an escalation back.
type Deescalated struct {
	Reason EscalationReason `json:"reason"`
	At     time.Time        `json:"at"`
	Was    time.Time        `json:"was,omitzero"`
}

// Decide refuses what nobody works on any more; a second time it does nothing.
func (e Escalate) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() {
		return nil, Errorf(Conflict, "This conversation has ended. Reopen it before you escalate it.")
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	facts := inbox.Settings.escalation().escalate(c, EscalatedManual, Line(e.Reason, 500))
	handed, err := e.hand(c, w)
	if len(handed) > 0 && !slices.ContainsFunc(facts, func(f Fact) bool { _, ok := f.(AITakenOver); return ok }) {
		handed = append(handed, c.pause(ByAssignment)...)
	}
	return append(facts, handed...), err
}

// hand gives it to whoever was chosen, with the reason as a note, and lets whoever
// had it follow (F2-29, F2-31).
func (e Escalate) hand(c Conversation, w World) ([]Fact, error) {
	if e.Assignee == 0 && e.Team == 0 {
		return nil, nil
	}
	if strings.TrimSpace(e.Reason) == "" {
		return nil, invalidField("reason", "Write how things stand, for whoever takes it over.")
	}
	facts, err := Assign{Assignee: e.Assignee, Team: e.Team, Note: e.Reason}.hand(c, w)
	if err != nil {
		return nil, err
	}
	follows, err := keepInformed(c, w, e.Assignee)
	return append(facts, follows...), err
}

// escalate is the action list of 5.5, and the end of the AI agent's turn: nothing when the reason had its turn in
// this episode, or nobody works on it.
func (s EscalationSettings) escalate(c Conversation, reason EscalationReason, why string) []Fact {
	if !c.Active() || slices.Contains(c.EscalatedFor, reason) {
		return nil
	}
	facts := []Fact{Escalated{Reason: reason, Was: c.EscalatedAt}}
	if c.AIState == AIActive { // a person was asked for
		facts = append(facts, AITakenOver{How: ByEscalation, Was: c.held()})
	}
	if up := c.Priority.above(); up != c.Priority && !s.KeepPriority {
		if why == "" {
			why = escalationWords[reason]
		}
		facts = append(facts, PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: up, Reason: why})
	}
	if s.AddTag != 0 && !slices.Contains(c.Tags, s.AddTag) {
		facts = append(facts, TagAdded{s.AddTag})
	}
	return facts
}

// escalationWords are the reasons of a raised priority.
var escalationWords = map[EscalationReason]string{
	EscalatedSLA: "Not answered in time", EscalatedFollowUps: "The customer wrote again", EscalatedKeyword: "The customer's words",
	EscalatedTag: "A tag", EscalatedPriority: "Its priority", EscalatedSentiment: "The customer is frustrated", EscalatedManual: "Escalated by hand",
	EscalatedRating: "A low rating",
}

// above returns the next priority up; urgent stays.
func (p Priority) above() Priority {
	switch p {
	case PriorityLow:
		return PriorityNormal
	case PriorityNormal:
		return PriorityHigh
	}
	return PriorityUrgent
}

func (p Priority) rank() int {
	return slices.Index([]Priority{PriorityLow, PriorityNormal, PriorityHigh, PriorityUrgent}, p)
}

func (f Escalated) apply(c *Conversation, e Event) {
	c.EscalatedAt = e.At
	c.EscalatedFor = append(slices.Clone(c.EscalatedFor), f.Reason)
}

func (f Escalated) standing(c *Conversation, e Event, _ World) (string, error) {
	if !slices.Contains(c.EscalatedFor, f.Reason) || !c.EscalatedAt.Equal(e.At) {
		return "the wait it was escalated in is over, or it was escalated again since", nil
	}
	return "", nil
}

func (f Escalated) inverse(c *Conversation) Fact {
	return Deescalated{Reason: f.Reason, At: c.EscalatedAt, Was: f.Was}
}

func (f Deescalated) apply(c *Conversation, _ Event) {
	c.EscalatedAt = f.Was
	c.EscalatedFor = slices.DeleteFunc(slices.Clone(c.EscalatedFor), func(r EscalationReason) bool { return r == f.Reason })
	if len(c.EscalatedFor) == 0 {
		c.EscalatedFor = nil
	}
}

func (f Deescalated) standing(c *Conversation, _ Event, _ World) (string, error) {
	switch {
	case !c.Active():
		return "it is no longer open", nil
	case slices.Contains(c.EscalatedFor, f.Reason) || !c.EscalatedAt.Equal(f.Was):
		return "it was escalated again since", nil
	}
	return "", nil
}

func (f Deescalated) inverse(c *Conversation) Fact {
	return Escalated{Reason: f.Reason, Was: c.EscalatedAt}
}

// triggered returns what the facts of a command escalate by themselves: too many
// follow-ups, a word, a tag, a priority, a mood, a low rating (F2-18).
func (s EscalationSettings) triggered(before, c Conversation, events []Event) []Fact {
	var facts []Fact
	reason := func(r EscalationReason) {
		for _, f := range s.escalate(c, r, "") {
			facts = append(facts, f)
			f.apply(&c, Event{})
		}
	}
	if wrote(events) && c.WaitingOn == WaitingOnAgent && c.FollowUps > before.FollowUps && s.followUps() > 0 && c.FollowUps >= s.followUps() {
		reason(EscalatedFollowUps)
	}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case MessagePosted:
			if f.Side == SideCustomer && f.Auto == "" && f.Body != nil && s.hasKeyword(f.Body.Text) {
				reason(EscalatedKeyword)
			}
		case TagAdded:
			if slices.Contains(s.Tags, f.Tag) {
				reason(EscalatedTag)
			}
		case PriorityChanged:
			if s.Urgent && f.New == PriorityUrgent {
				reason(EscalatedPriority)
			}
		case Rated:
			if s.becameLow(f) {
				reason(EscalatedRating)
			}
		case AIFlagged:
			if s.Frustrated && f.Reason == FlagFrustrated {
				reason(EscalatedSentiment)
			}
		}
	}
	return facts
}

// wrote reports whether the customer wrote: what moves messages asks nobody for help.
func wrote(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { f, ok := e.Fact.(MessagePosted); return ok && f.Side == SideCustomer })
}

func (s EscalationSettings) hasKeyword(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(s.Keywords, func(word string) bool {
		word = strings.ToLower(strings.TrimSpace(word))
		return word != "" && strings.Contains(text, word)
	})
}
