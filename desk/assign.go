package desk

import "time"

// Assign makes somebody responsible, or a team, or somebody of a team (E30). A
// note and a priority may go with it; all of it happens or nothing does (F1-07,
// F3-37 to F3-41).
type Assign struct {
	Assignee UserID    `json:"assignee_id,omitempty" doc:"Who shall answer"`
	Team     TeamID    `json:"team_id,omitempty" doc:"Which team shall answer; without an assignee the rules of the inbox choose one of it, if they may"`
	Note     string    `json:"note,omitempty" maxLength:"20000" doc:"A note for the team about why"`
	Priority Priority  `json:"priority,omitempty" enum:"urgent,high,normal,low"`
	Follow   bool      `json:"follow,omitempty" doc:"Whether you want to know how it goes on"`
	RemindAt time.Time `json:"remind_at,omitzero" doc:"When you want to be reminded of it, unless it has ended"`
	// Expected makes it a compare-and-set (F1-10): the conversation must still
	// be with this person, or with nobody when it is "".
	Expected *UserID `json:"expected_assignee_id,omitempty" doc:"Refuse when it is no longer with this person; \"\" means with nobody"`
}

// Unassign makes nobody responsible. The team keeps it, unless it is to go, too.
type Unassign struct {
	Team bool `json:"team,omitempty" doc:"Take it out of its team, too"`
}

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
	Why        *Chosen   `json:"why,omitempty"` // set when rules did it
}

// Unassigned says that nobody is responsible now.
type Unassigned struct {
	Old        UserID    `json:"old"`
	OldAt      microTime `json:"old_at,omitzero"`
	OldReplied microTime `json:"old_replied_at,omitzero"`
}

// Decide refuses people who could not see the conversation, and teams in which
// nobody could answer it.
func (a Assign) Decide(c Conversation, w World) ([]Fact, error) {
	if a.Assignee == 0 && a.Team == 0 {
		return nil, Errorf(Invalid, "Choose somebody, or use unassign.")
	}
	if a.Expected != nil && *a.Expected != c.Assignee {
		return nil, lostRace(c, w)
	}
	facts, err := a.hand(c, w)
	if err != nil {
		return nil, err
	}
	if a.Follow {
		follows, err := (Follow{}).Decide(c, w)
		if err != nil {
			return nil, err
		}
		facts = append(facts, follows...)
	}
	reminder, err := remind(w, a.RemindAt)
	if err != nil {
		return nil, err
	}
	facts = append(facts, reminder...)
	if a.Priority != "" && a.Priority != c.Priority {
		facts = append(facts, PriorityChanged{Old: c.Priority, OldReason: c.PriorityReason, New: a.Priority})
	}
	return append(facts, c.pause(ByAssignment)...), nil
}

func (a Assign) hand(c Conversation, w World) ([]Fact, error) {
	if a.Team != 0 {
		return toTeam(c, w, a.Team, a.Assignee, a.Note)
	}
	member, err := w.Member(a.Assignee)
	if err != nil {
		return nil, err
	}
	if err := CanBeAssigned(member, c.Inbox); err != nil {
		return nil, err
	}
	facts, note, err := noteWith(c, w, a.Note)
	if err == nil && a.Assignee != c.Assignee {
		facts = append(facts, c.assigned(a.Assignee, note))
	}
	return facts, err
}

func (c *Conversation) assigned(to UserID, note MessageID) Assigned {
	return Assigned{Assignee: to, Old: c.Assignee, OldAt: microTime{c.AssignedAt}, OldReplied: microTime{c.AssigneeRepliedAt}, Note: note}
}

// CanBeAssigned says why a member may not have a conversation of an inbox (1.8).
func CanBeAssigned(m Member, inbox InboxID) error {
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
		message = "Somebody else has just taken this conversation. Look at it again."
		if m, err := w.Member(c.Assignee); err == nil {
			message = m.Name + " has just taken this conversation. Look at it again."
		}
	}
	return &Error{Kind: Conflict, Message: message, Details: map[string]any{"assignee_id": c.Assignee, "version": c.Version}}
}

// Decide does nothing when nobody is responsible.
func (u Unassign) Decide(c Conversation, _ World) (facts []Fact, _ error) {
	if c.Assignee != 0 {
		facts = append(facts, c.unassigned())
	}
	if u.Team && c.Team != 0 {
		facts = append(facts, Transferred{Old: c.Team})
	}
	return facts, nil
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
