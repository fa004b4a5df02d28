package desk

// Open begins a conversation from the team's side (E6, T2): nobody waits yet.
// App issues it on a conversation that does not exist.
type Open struct {
	Opened
}

// Decide refuses while the contact is blocked or has another open conversation (INV-1).
func (o Open) Decide(c Conversation, w World) ([]Fact, error) {
	blocked, err := w.Blocked(o.Contact, true)
	if err != nil {
		return nil, err
	}
	if blocked && w.Actor().Kind == ActorUser {
		return nil, Errorf(Forbidden, "This customer is blocked. Unblock them first.")
	}
	if blocked {
		return nil, nil
	}
	if o.Grouping == PerContact {
		other, err := w.OpenPrimary(o.OpenScope, o.Contact)
		if err != nil {
			return nil, err
		}
		if other != 0 && w.Actor().Kind == ActorAutomation {
			return nil, nil // T3, F4-10: the step succeeds
		}
		if other != 0 {
			return nil, &Error{
				Kind: Conflict, Message: "This customer has an open conversation. Write there.",
				Details: map[string]any{"conversation_id": other},
			}
		}
	}
	return []Fact{o.Opened}, nil
}
