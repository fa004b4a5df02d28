package desk

// Resolve says that the matter is dealt with; the customer's next message opens
// it again (E9, T12).
type Resolve struct {
	Summary  string     `json:"summary,omitempty" maxLength:"2000" doc:"What was done, for whoever reads it later"`
	Category CategoryID `json:"category_id,omitempty" doc:"How it ended, for reports"`
	Message  string     `json:"closing_message,omitempty" maxLength:"20000" doc:"A last word, sent to the customer; it does not count as an answer"`
	Checked  []string   `json:"checked,omitempty" maxItems:"10" doc:"What of the checklist was ticked: answered, promises_kept, satisfied"`
	Expected int64      `json:"expected_version,omitempty" minimum:"0" doc:"Refuse when the conversation has changed since this version"`
}

// Decide closes at once where the inbox has no Resolved.
func (r Resolve) Decide(c Conversation, w World) ([]Fact, error) {
	if c.Status == StatusResolved {
		return nil, nil
	}
	if c.Status == StatusClosed {
		return nil, Errorf(Conflict, "This conversation is already closed. Reopen it first.")
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	to := StatusResolved
	if inbox.Settings.ResolvedDisabled {
		to = StatusClosed
	}
	return ending{r.Summary, r.Category, r.Message, r.Checked, r.Expected, true}.decide(c, w, to, inbox)
}
