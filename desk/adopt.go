package desk

// SourceContactMerge ended what a customer had open when they turned out to be
// somebody who is known already (T19).
const SourceContactMerge Source = "contact_merge"

// Adopt gives a conversation to the customer with whom its own was merged (E23).
// App issues it, in the transaction that merges them.
type Adopt struct {
	Contact ContactID
	Along   bool // it goes where what it was split from goes, as it is
}

// Adopted says that a conversation is with another customer from now on: the same
// person, who was known twice.
type Adopted struct {
	Contact ContactID `json:"contact_id"`
	Was     ContactID `json:"was_contact_id"`
}

// Welcomed says, in a conversation that goes on, that somebody was merged into its
// customer, and which of their conversations was closed by that; or Back, that both
// was taken back.
type Welcomed struct {
	Contact ContactID      `json:"contact_id"`
	Closed  ConversationID `json:"conversation_id,omitempty"`
	Back    bool           `json:"back,omitempty"`
}

// Decide closes what is open, where one customer has one open conversation (T19):
// what goes by threads goes on. Nobody is asked for a closing note (F4-24).
func (a Adopt) Decide(c Conversation, _ World) (facts []Fact, err error) {
	if c.Active() && c.Grouping == PerContact && !a.Along {
		facts = append(facts, StatusChanged{Old: c.Status, New: StatusClosed, Implicit: true, Source: SourceContactMerge, Was: c.rest()})
	}
	return append(facts, Adopted{Contact: a.Contact, Was: c.Contact}), nil
}

// Welcome tells the conversation of a customer who was merged into which ones were closed.
type Welcome struct{ Welcomed }

// Decide implements Command.
func (w Welcome) Decide(Conversation, World) ([]Fact, error) { return []Fact{w.Welcomed}, nil }

func (f Adopted) apply(c *Conversation, _ Event) { c.Contact = f.Contact }

func (f Adopted) standing(c *Conversation, _ Event, _ World) (string, error) {
	if c.Contact != f.Contact {
		return "it is with another customer since", nil
	}
	return "", nil
}

func (f Adopted) inverse(c *Conversation) Fact { return Adopted{Contact: f.Was, Was: c.Contact} }

func (Welcomed) apply(*Conversation, Event) {}

// adopts reports whether a fact is part of the merge of two customers: that is
// taken back as a whole, with them.
func adopts(f Fact) bool { _, ok := f.(Adopted); return ok }
