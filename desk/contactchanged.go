package desk

// ContactChanged is a fact about a customer, not about a conversation: a channel
// has told us a name or a mail address that we did not know, or whether mail reaches them.
type ContactChanged struct {
	Contact ContactID `json:"contact_id"`
}

func (ContactChanged) apply(*Conversation, Event) {}
