package desk

import (
	"strings"
	"time"
)

// Transfer hands a conversation over with all that belongs to it: to a team
// (F1-59), or to another channel of the contact (F1-60). A team gets a note
// about how things stand (F2-30); whoever had it follows it from then on (F2-31).
type Transfer struct {
	Team     TeamID    `json:"team_id,omitempty" doc:"The team that goes on; its rules choose who, unless you do"`
	Assignee UserID    `json:"assignee_id,omitempty" doc:"Who of the team shall answer"`
	Channel  ChannelID `json:"channel_id,omitempty" doc:"The channel through which replies go to the customer from now on"`
	Note     string    `json:"note,omitempty" maxLength:"20000" doc:"How things stand, for who goes on; a team needs one"`
	RemindAt time.Time `json:"remind_at,omitzero" doc:"When you want to be reminded of it, unless it has ended"`
}

// Transferred says which team it is with now; 0 is none.
type Transferred struct {
	Team TeamID    `json:"team_id,omitempty"`
	Old  TeamID    `json:"old,omitempty"`
	Note MessageID `json:"note_id,omitempty"`
	// Alone says that nobody of the team was chosen: the rules of the inbox may.
	Alone bool    `json:"alone,omitempty"`
	Why   *Chosen `json:"why,omitempty"` // set when rules did it
}

// ChannelSwitched says through which channel replies go now.
type ChannelSwitched struct {
	Channel ChannelID `json:"channel_id"`
	Old     ChannelID `json:"old,omitempty"`
	Note    MessageID `json:"note_id,omitempty"`
}

// Decide refuses what would leave the conversation with nobody who could answer.
func (t Transfer) Decide(c Conversation, w World) ([]Fact, error) {
	switch {
	case t.Team != 0 && t.Channel != 0:
		return nil, Errorf(Invalid, "Transfer it to a team or to a channel, one after the other.")
	case t.Channel != 0:
		return t.toChannel(c, w)
	case t.Team == 0:
		return nil, Errorf(Invalid, "Choose the team or the channel to transfer it to.")
	}
	if strings.TrimSpace(t.Note) == "" {
		return nil, &Error{
			Kind: Invalid, Message: "Write a note about how things stand, for whoever goes on.", Fields: []FieldError{{Field: "note", Message: "A transfer needs a note."}},
		}
	}
	facts, err := toTeam(c, w, t.Team, t.Assignee, t.Note)
	if err != nil {
		return nil, err
	}
	reminder, err := remind(w, t.RemindAt)
	if err != nil {
		return nil, err
	}
	facts = append(facts, reminder...)
	follows, err := keepInformed(c, w, t.Assignee)
	if err != nil {
		return nil, err
	}
	facts = append(facts, follows...)
	return append(facts, c.pause(ByAssignment)...), nil
}

// keepInformed lets whoever had c follow it when it goes to somebody else (F2-31).
func keepInformed(c Conversation, w World, to UserID) ([]Fact, error) {
	had := c.Assignee
	if had == 0 || had == to {
		return nil, nil
	}
	if m, err := w.Member(had); err != nil || !m.Active {
		return nil, nil //nolint:nilerr // who is gone follows nothing
	}
	return (Follow{}).Decide(c, actingWorld{w, had})
}

// actingWorld is the world with another user as its actor.
type actingWorld struct {
	World
	user UserID
}

func (w actingWorld) Actor() Actor { return Actor{Kind: ActorUser, User: w.user} }

// toTeam makes the facts of handing c to a team, and to one of it or to nobody.
func toTeam(c Conversation, w World, id TeamID, to UserID, text string) ([]Fact, error) {
	team, err := w.Team(id)
	if err != nil {
		return nil, err
	}
	if err := canTakeOver(team, c.Inbox, w); err != nil {
		return nil, err
	}
	if to != 0 {
		m, err := w.Member(to)
		if err != nil {
			return nil, err
		}
		if err := CanBeAssigned(m, c.Inbox); err != nil {
			return nil, err
		}
		if !team.Has(to) {
			return nil, Errorf(Invalid, "%s is not in the team %s. Choose somebody of the team, or nobody.", m.Name, team.Name)
		}
	}
	facts, note, err := noteWith(c, w, text)
	if err != nil {
		return nil, err
	}
	if id != c.Team || to == 0 && c.Assignee != 0 {
		facts = append(facts, Transferred{Team: id, Old: c.Team, Note: note, Alone: to == 0})
	}
	switch to {
	case c.Assignee:
	case 0:
		facts = append(facts, c.unassigned())
	default:
		facts = append(facts, c.assigned(to, note))
	}
	return facts, nil
}

// noteWith is a note that goes with another verb; white space is none.
func noteWith(c Conversation, w World, text string) ([]Fact, MessageID, error) {
	if strings.TrimSpace(text) == "" {
		return nil, 0, nil
	}
	text, err := checkText("a note", text, 0)
	if err != nil {
		return nil, 0, err
	}
	note, err := newNote(c, w, Message{Text: text}, nil)
	return []Fact{note}, note.Message, err
}

func (t Transfer) toChannel(c Conversation, w World) ([]Fact, error) {
	if t.Assignee != 0 {
		return nil, Errorf(Invalid, "Another channel has no assignee. Assign it after the transfer.")
	}
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it first.")
	}
	if t.Channel == c.LastChannel {
		return nil, nil
	}
	if err := w.Reachable(c.Contact, t.Channel); err != nil {
		return nil, err
	}
	facts, note, err := noteWith(c, w, t.Note)
	if err != nil {
		return nil, err
	}
	return append(facts, ChannelSwitched{Channel: t.Channel, Old: c.LastChannel, Note: note}), nil
}

func (f Transferred) apply(c *Conversation, _ Event) { c.Team = f.Team }

func (f Transferred) standing(c *Conversation, _ Event, _ World) (string, error) {
	if c.Team != f.Team {
		return "it was transferred again since", nil
	}
	return "", nil
}

func (f Transferred) inverse(*Conversation) Fact { return Transferred{Team: f.Old, Old: f.Team} }

func (f ChannelSwitched) apply(c *Conversation, _ Event) { c.LastChannel = f.Channel }

func (f ChannelSwitched) standing(c *Conversation, _ Event, _ World) (string, error) {
	if c.LastChannel != f.Channel {
		return "replies go through another channel since", nil
	}
	return "", nil
}

func (f ChannelSwitched) inverse(*Conversation) Fact {
	return ChannelSwitched{Channel: f.Old, Old: f.Channel}
}
