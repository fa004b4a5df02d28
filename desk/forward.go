package desk

// MailForwarded says that a customer's mail came because somebody of the team
// forwarded it.
type MailForwarded struct {
	Message MessageID `json:"message_id"`
	User    UserID    `json:"user_id"`
}

// TakeForward makes a conversation, begun by a mail that somebody of the team
// forwarded, that of who wrote the forwarded mail.
type TakeForward struct {
	Message MessageID `json:"message_id"`
}

// ForwardTaken says that a conversation is with who wrote the mail in a forwarded one.
type ForwardTaken struct {
	Message MessageID `json:"message_id"`
	Contact ContactID `json:"contact_id"`
	Was     ContactID `json:"was_contact_id"`
}

// Originator is who wrote the mail that is in a forwarded one.
type Originator struct {
	Contact ContactID // 0 when the message is no such mail, or is theirs already
	Blocked bool
}

// facts says who forwarded a mail, and keeps their words above it for the team.
func (h HandedOn) facts(message MessageID, c Conversation, w World) []Fact {
	facts := []Fact{MailForwarded{message, h.By}}
	if h.Note == "" {
		return facts
	}
	note := Message{
		ID: w.NewMessage(), Conversation: c.ID, Kind: KindNote, Side: SideTeam, AuthorKind: AuthorUser, User: h.By, Text: h.Note,
		At: w.Now(), CreatedAt: w.Now(), Edition: 1, Editions: 1,
	}
	return append(facts, NoteAdded{Message: note.ID, Body: &note})
}

func (MailForwarded) apply(*Conversation, Event) {}

// Decide refuses what would give a customer a second open conversation where there
// is one each (INV-1).
func (t TakeForward) Decide(c Conversation, w World) ([]Fact, error) {
	who, err := w.Originator(t.Message)
	if err != nil || who.Contact == 0 {
		return nil, err
	}
	switch {
	case c.Archived():
		return nil, Errorf(Conflict, "This conversation is archived. Unarchive it before you say whose it is.")
	case who.Blocked:
		return nil, Errorf(Forbidden, "This customer is blocked. Unblock them first.")
	}
	if c.Grouping == PerContact && c.Active() {
		other, err := w.OpenPrimary(c.OpenScope, who.Contact)
		if err != nil {
			return nil, err
		}
		if other != 0 && other != c.ID {
			return nil, &Error{Kind: Conflict, Message: "This customer has an open conversation already. Write there, and close this one.", Details: map[string]any{"conversation_id": other}}
		}
	}
	return []Fact{ForwardTaken{t.Message, who.Contact, c.Contact}}, nil
}

func (f ForwardTaken) apply(c *Conversation, _ Event) {
	c.Contact, c.SenderProof = f.Contact, ProofUnproven
}
