package desk

// Close ends a conversation (E10, T15).
type Close struct {
	Summary  string `json:"summary,omitempty" maxLength:"2000" doc:"What was done, for whoever reads it later"`
	Expected int64  `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// Reopen makes a resolved or closed conversation open again (E7, T26, T27).
type Reopen struct{}

// Decide does nothing when it is closed already.
func (cl Close) Decide(c Conversation, _ World) ([]Fact, error) {
	if c.Status == StatusClosed {
		return nil, nil
	}
	if cl.Expected != 0 && cl.Expected != c.Version {
		return nil, stale(c)
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusClosed, Source: SourceUser, Summary: Clean(cl.Summary), Was: c.rest()}}, nil
}

// Decide refuses while the contact has another open conversation.
func (Reopen) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Status == StatusOpen {
		return nil, nil
	}
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it first.")
	}
	if c.MergedInto != 0 {
		return nil, &Error{Kind: Conflict, Message: "This conversation was merged into another. Go on there.", Details: map[string]any{"conversation_id": c.MergedInto}}
	}
	if opens(c, StatusOpen) {
		if err := checkFree(c, w); err != nil {
			return nil, err
		}
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusOpen, Source: SourceUser, Was: c.newWait()}}, nil
}
