package desk

import "strings"

// Assign makes somebody responsible (E30). A note and a priority may go with
// it; all of it happens or nothing does (F1-07, F3-37 to F3-41).
type Assign struct {
	Assignee UserID   `json:"assignee_id" doc:"Who shall answer"`
	Note     string   `json:"note,omitempty" maxLength:"20000" doc:"A note for the team about why"`
	Priority Priority `json:"priority,omitempty" enum:"urgent,high,normal,low"`
	// Expected makes it a compare-and-set (F1-10): the conversation must still
	// be with this person, or with nobody when it is "".
	Expected *UserID `json:"expected_assignee_id,omitempty" doc:"Refuse when it is no longer with this person; \"\" means with nobody"`
}

// Unassign makes nobody responsible.
type Unassign struct{}

// Assigned says who is responsible now.
type Assigned struct {
	Assignee   UserID    `json:"assignee_id"`
	Old        UserID    `json:"old,omitempty"`
	OldAt      microTime `json:"old_at,omitzero"`
	OldReplied microTime `json:"old_replied_at,omitzero"`
	Restore    bool      `json:"restore,omitempty"` // an undo: Back holds the times it had
	Back       microTime `json:"back_at,omitzero"`
	BackReply  microTime `json:"back_replied_at,omitzero"`
	Note       MessageID `json:"note_id,omitempty"`
}

// Unassigned says that nobody is responsible now.
type Unassigned struct {
	Old        UserID    `json:"old"`
	OldAt      microTime `json:"old_at,omitzero"`
	OldReplied microTime `json:"old_replied_at,omitzero"`
}

// Decide refuses people who could not see the conversation.
func (a Assign) Decide(c Conversation, w World) ([]Fact, error) {
	if a.Assignee == 0 {
		return nil, Errorf(Invalid, "Choose somebody, or use unassign.")
	}
	if a.Expected != nil && *a.Expected != c.Assignee {
		return nil, lostRace(c, w)
	}
	member, err := w.Member(a.Assignee)
	if err != nil {
		return nil, err
	}
	if err := canBeAssigned(member, c.Inbox); err != nil {
		return nil, err
	}
	var facts []Fact
	var note NoteAdded
	if strings.TrimSpace(a.Note) != "" {
		text, err := checkText("a note", a.Note, 0)
		if err != nil {
			return nil, err
		}
		if note, err = newNote(c, w, Message{Text: text}, nil); err != nil {
			return nil, err
		}
		facts = append(facts, note)
	}
	if a.Assignee != c.Assignee {
		facts = append(facts, Assigned{
			Assignee: a.Assignee, Old: c.Assignee, OldAt: microTime{c.AssignedAt}, OldReplied: microTime{c.AssigneeRepliedAt}, Note: note.Message,
		})
	}
	if a.Priority != "" && a.Priority != c.Priority {
		facts = append(facts, PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: a.Priority})
	}
	return facts, nil
}

// canBeAssigned says why a member may not have a conversation of an inbox (1.8).
func canBeAssigned(m Member, inbox InboxID) error {
	switch {
	case !m.Active:
		return Errorf(Invalid, "%s is no longer active here. Choose somebody else.", m.Name)
	case m.Role == RoleViewer:
		return Errorf(Invalid, "%s may only read. Choose an agent, or ask an admin to change the role.", m.Name)
	case !m.Sees(inbox):
		return Errorf(Invalid, "%s is not a member of this inbox. Choose somebody else, or ask an admin to add them.", m.Name)
	}
	return nil
}

// lostRace tells who has the conversation now.
func lostRace(c Conversation, w World) error {
	message := "Somebody has just put this conversation back. Look at it again."
	if c.Assignee != 0 {
		message = "Somebody else has just taken this conversation."
		if m, err := w.Member(c.Assignee); err == nil {
			message = m.Name + " has just taken this conversation."
		}
	}
	return &Error{Kind: Conflict, Message: message, Details: map[string]any{"assignee_id": c.Assignee, "version": c.Version}}
}

// Decide does nothing when nobody is responsible.
func (Unassign) Decide(c Conversation, _ World) ([]Fact, error) {
	if c.Assignee == 0 {
		return nil, nil
	}
	return []Fact{c.unassigned()}, nil
}

func (c *Conversation) unassigned() Unassigned {
	return Unassigned{Old: c.Assignee, OldAt: microTime{c.AssignedAt}, OldReplied: microTime{c.AssigneeRepliedAt}}
}

func (f Assigned) apply(c *Conversation, e Event) {
	c.Assignee, c.AssignedAt, c.AssigneeRepliedAt = f.Assignee, e.At, microTime{}.Time
	if f.Restore {
		c.AssignedAt, c.AssigneeRepliedAt = f.Back.Time, f.BackReply.Time
	}
}

func (f Assigned) standing(c *Conversation, e Event, _ World) (string, error) {
	since := e.At
	if f.Restore {
		since = f.Back.Time
	}
	if c.Assignee != f.Assignee || !c.AssignedAt.Equal(since) {
		return "it was assigned again since", nil
	}
	return "", nil
}

func (f Assigned) inverse(c *Conversation) Fact {
	now := c.unassigned()
	if f.Old == 0 {
		return now
	}
	return Assigned{Assignee: f.Old, Old: now.Old, OldAt: now.OldAt, OldReplied: now.OldReplied, Restore: true, Back: f.OldAt, BackReply: f.OldReplied}
}

func (f Unassigned) apply(c *Conversation, _ Event) {
	c.Assignee, c.AssignedAt, c.AssigneeRepliedAt = 0, microTime{}.Time, microTime{}.Time
}

func (f Unassigned) standing(c *Conversation, _ Event, _ World) (string, error) {
	if c.Assignee != 0 {
		return "it was assigned since", nil
	}
	return "", nil
}

func (f Unassigned) inverse(*Conversation) Fact {
	return Assigned{Assignee: f.Old, Restore: true, Back: f.OldAt, BackReply: f.OldReplied}
}
