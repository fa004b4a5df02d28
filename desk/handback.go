package desk

// HandBack lets the AI agent answer again (E29, F3-34).
type HandBack struct {
	Unassign bool `json:"unassign,omitempty" doc:"Make nobody responsible as well"`
}

// AIHandedBack says that the AI agent answers from now on.
type AIHandedBack struct {
	Implicit bool  `json:"implicit,omitempty"` // followed from a customer who began anew
	Was      Held  `json:"was"`
	Restore  *Held `json:"restore,omitempty"` // an undo
}

// Decide refuses where no AI agent could answer.
func (h HandBack) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Archived() || c.Status == StatusClosed {
		return nil, Errorf(Conflict, "This conversation is closed. Reopen it before you hand it back.")
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	if !inbox.Settings.HasAI() {
		return nil, Errorf(Conflict, "This inbox has no AI agent. Ask an admin to choose one in the settings of the inbox.")
	}
	var facts []Fact
	if c.AIState != AIActive || c.NeedsHuman != FlagNone {
		facts = append(facts, AIHandedBack{Was: c.held()})
	}
	if h.Unassign && c.Assignee != 0 {
		facts = append(facts, c.unassigned())
	}
	return facts, nil
}

func (f AIHandedBack) apply(c *Conversation, e Event) {
	h := Held{State: AIActive, Since: microTime{e.At}}
	if f.Restore != nil {
		h = *f.Restore
	}
	c.hold(h)
}

func (f AIHandedBack) standing(c *Conversation, e Event, _ World) (string, error) {
	return heldSince(c, e, f.Restore)
}

func (f AIHandedBack) inverse(c *Conversation) Fact {
	return AITakenOver{Was: c.held(), Restore: &f.Was}
}
