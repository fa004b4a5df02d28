package desk

// SourceBlocked ended what a contact who was blocked had open (D-36).
const SourceBlocked Source = "blocked"

// Block closes an active conversation of a contact who was blocked (E33). App
// issues it, in the transaction that blocks them.
type Block struct{}

// Decide does nothing when it has ended: what is resolved or closed stays so.
func (Block) Decide(c Conversation, _ World) ([]Fact, error) {
	if !c.Active() {
		return nil, nil
	}
	return []Fact{StatusChanged{Old: c.Status, New: StatusClosed, Implicit: true, Source: SourceBlocked, Was: c.rest()}}, nil
}

// notBlocked refuses to end by hand what a blocked contact wrote (F4-22).
func notBlocked(c Conversation, w World) error { return checkBlocked(c, w, false) }

// mayOpen refuses to open by hand what a blocked contact wrote, and sees to it
// that they are not blocked before the decision is stored (F4-22).
func mayOpen(c Conversation, w World) error { return checkBlocked(c, w, true) }

func checkBlocked(c Conversation, w World, hold bool) error {
	if w.Actor().Kind != ActorUser {
		return nil
	}
	blocked, err := w.Blocked(c.Contact, hold)
	if err == nil && blocked {
		err = Errorf(Forbidden, "This customer is blocked, so their conversations are neither opened nor closed. Unblock them first.")
	}
	return err
}
