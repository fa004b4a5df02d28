package desk

// TakeOver makes the actor responsible and stops the AI agent (E28, F3-29).
type TakeOver struct{}

// AITakenOver says that the team handles the conversation from now on, and what
// led to it: take over, an assignment, an answer, the AI agent's own flag, or an
// escalation.
type AITakenOver struct {
	How     string `json:"how,omitempty"`
	Was     Held   `json:"was"`
	Restore *Held  `json:"restore,omitempty"` // an undo
}

// The values of AITakenOver.How.
const (
	ByTakeOver   = "takeover"
	ByAssignment = "assigned"
	ByReply      = "replied"
	ByFlag       = "flagged"
	ByEscalation = "escalated"
)

// Decide refuses where no AI agent answers, and when somebody else was first.
func (TakeOver) Decide(c Conversation, w World) ([]Fact, error) {
	me := w.Actor().User
	switch {
	case c.Archived() || c.Status == StatusClosed:
		return nil, Errorf(Conflict, "This conversation is closed. Reopen it before you take over.")
	case c.AIState == AINone:
		return nil, Errorf(Conflict, "No AI agent answers here. Assign it to yourself instead.")
	case c.AIState == AIPaused && c.Assignee != 0 && c.Assignee != me:
		return nil, lostRace(c, w)
	}
	member, err := w.Member(me)
	if err != nil {
		return nil, err
	}
	if err := CanBeAssigned(member, c.Inbox); err != nil {
		return nil, err
	}
	var facts []Fact
	if c.Assignee != me {
		now := c.unassigned()
		facts = append(facts, Assigned{Assignee: me, Old: now.Old, OldAt: now.OldAt, OldReplied: now.OldReplied})
	}
	return append(facts, c.pause(ByTakeOver)...), nil
}

func (f AITakenOver) apply(c *Conversation, e Event) {
	h := Held{State: AIPaused, Since: microTime{e.At}}
	if f.How == ByFlag || f.How == ByEscalation {
		h.NeedsHuman = c.NeedsHuman // nobody has come yet
	}
	if f.Restore != nil {
		h = *f.Restore
	}
	c.hold(h)
}

func (f AITakenOver) standing(c *Conversation, e Event, _ World) (string, error) {
	return heldSince(c, e, f.Restore)
}

func (f AITakenOver) inverse(c *Conversation) Fact {
	return AIHandedBack{Was: c.held(), Restore: &f.Was}
}

// heldSince returns why the handler axis is not as a fact left it.
func heldSince(c *Conversation, e Event, restored *Held) (string, error) {
	since := e.At
	if restored != nil {
		since = restored.Since.Time
	}
	if !c.AISince.Equal(since) {
		return "it went to the team or to the AI agent since", nil
	}
	return "", nil
}
