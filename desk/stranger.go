package desk

// Why a message of the customer's side does not count: nobody has let its author
// into the conversation. They stand in Message.Auto, as what wakes nobody.
const (
	AutoStranger   = "stranger"    // waits for somebody of the team to decide
	AutoTurnedAway = "turned_away" // somebody decided against it
)

// Strange reports whether the author of a message is not part of its conversation.
func (m Message) Strange() bool { return m.Auto == AutoStranger || m.Auto == AutoTurnedAway }

// LetIn makes the author of a message part of the conversation: all that they wrote
// in it counts from then on.
type LetIn struct {
	Message MessageID `json:"message_id"`
}

// TurnAway leaves a message folded whose author is not part of the conversation.
type TurnAway struct {
	Message MessageID `json:"message_id"`
}

// ParticipantLetIn says that a message counts whose author was not part of the
// conversation when it came.
type ParticipantLetIn struct {
	Message MessageID `json:"message_id"`
	Contact ContactID `json:"contact_id"`
	Channel ChannelID `json:"channel_id,omitempty"`
	Sent    microTime `json:"sent_at"`
	Proof   Proof     `json:"proof,omitempty"`
	Preview string    `json:"-"`
}

// ParticipantTurnedAway says that a message does not count.
type ParticipantTurnedAway struct {
	Message MessageID `json:"message_id"`
	Contact ContactID `json:"contact_id"`
}

// Decide does nothing for who is part of it already. What they wrote wakes the
// conversation as if it came now.
func (l LetIn) Decide(c Conversation, w World) ([]Fact, error) {
	m, err := w.Message(l.Message)
	if err != nil {
		return nil, err
	}
	if !m.Strange() {
		return nil, nil
	}
	if c.Archived() {
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it before you let somebody in.")
	}
	all, err := w.Heads(c.ID)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	if asleep(c) {
		facts = append(facts, c.woken(w.Now(), WokenByCustomer, 0))
	}
	if c.Status != StatusOpen {
		if err := mayPutBack(c, StatusOpen, w); err != nil {
			return nil, err
		}
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusOpen, Implicit: true, Source: SourceContact, Was: c.newWait()})
	}
	return append(facts, admitted(all, m.Contact)...), nil
}

// admitted are the facts that let in what somebody wrote.
func admitted(all []Message, author ContactID) (facts []Fact) {
	for _, m := range all {
		if m.Strange() && m.Contact == author && m.DeletedAt.IsZero() {
			facts = append(facts, ParticipantLetIn{m.ID, m.Contact, m.Channel, microTime{m.At}, m.Origin.Proof, preview(m)})
		}
	}
	return facts
}

// Decide does nothing twice.
func (t TurnAway) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := w.Message(t.Message)
	if err != nil || m.Auto != AutoStranger {
		return nil, err
	}
	return []Fact{ParticipantTurnedAway{m.ID, m.Contact}}, nil
}

func (f ParticipantLetIn) apply(c *Conversation, _ Event) {
	if f.Preview != "" && !f.Sent.Before(c.LastMessageAt) {
		c.Preview = f.Preview
	}
	MessagePosted{Message: f.Message, Side: SideCustomer, Author: AuthorContact, Channel: f.Channel, Sent: f.Sent, Proof: f.Proof}.applyCustomer(c)
}

func (ParticipantTurnedAway) apply(*Conversation, Event) {}
