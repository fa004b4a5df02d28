package desk

// Close ends a conversation (E10, E21, T15, T16).
type Close struct {
	Summary  string     `json:"summary,omitempty" maxLength:"2000" doc:"What was done, for whoever reads it later"`
	Category CategoryID `json:"category_id,omitempty" doc:"How it ended, for reports"`
	Message  string     `json:"closing_message,omitempty" maxLength:"20000" doc:"A last word, sent to the customer; it does not count as an answer"`
	Checked  []string   `json:"checked,omitempty" maxItems:"10" doc:"What of the checklist was ticked: answered, promises_kept, satisfied"`
	Expected int64      `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
	Source   Source     `json:"-"` // of an automation; "" is what its actor says
}

// Reopen makes a resolved or closed conversation open again (E7, T26, T27).
type Reopen struct{}

// Supersede closes a resolved conversation because the team begins a new one (T2).
type Supersede struct{}

// Decide does nothing when it is closed already.
func (cl Close) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Status == StatusClosed {
		return nil, nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	facts, err := ending{cl.Summary, cl.Category, cl.Message, cl.Checked, cl.Expected, false}.decide(c, w, StatusClosed, inbox)
	for i := range facts {
		if f, ok := facts[i].(StatusChanged); ok && cl.Source != "" {
			f.Source = cl.Source
			facts[i] = f
		}
	}
	return facts, err
}

// Decide refuses while the contact has another open conversation.
func (Reopen) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Status == StatusOpen {
		return nil, nil
	}
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it first.")
	}
	if err := notMerged(c); err != nil {
		return nil, err
	}
	if err := mayOpen(c, w); err != nil {
		return nil, err
	}
	if opens(c, StatusOpen) {
		if err := checkFree(c, w); err != nil {
			return nil, err
		}
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusOpen, Source: actorSource(w.Actor()), Was: c.newWait()}}, nil
}

// Decide does nothing when it is not resolved any more.
func (Supersede) Decide(c Conversation, _ World) ([]Fact, error) {
	if c.Status != StatusResolved {
		return nil, nil
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusClosed, Source: SourceSuperseded, Was: c.rest()}}, nil
}
