package desk

// Resolve says that the matter is dealt with; the customer's next message opens
// it again (E9, T12).
type Resolve struct {
	Summary  string `json:"summary,omitempty" maxLength:"2000" doc:"What was done, for whoever reads it later"`
	Expected int64  `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// Decide closes at once where the inbox has no Resolved.
func (r Resolve) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Status == StatusResolved {
		return nil, nil
	}
	if c.Status == StatusClosed {
		return nil, Errorf(Conflict, "This conversation is already closed. Reopen it first.")
	}
	if r.Expected != 0 && r.Expected != c.Version {
		return nil, stale(c)
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	if inbox.Settings.ResolvedDisabled {
		return Close(r).Decide(c, w)
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusResolved, Source: SourceUser, Summary: Clean(r.Summary), Was: c.rest()}}, nil
}
