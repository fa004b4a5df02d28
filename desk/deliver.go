package desk

// Settle records what became of a message to the customer: a delivery, a
// receipt, a failure.
type Settle struct {
	Message    MessageID
	State      Delivery
	Reason     string // why it failed, is unknown or still waits, one sentence for the agent
	ExternalID string
	Keys       []string // thread keys under which answers will be found
}

// Retry sends a message again that failed or may not have arrived.
type Retry struct {
	Message MessageID `json:"message_id"`
}

// DeliveryChanged says how far a message has come.
type DeliveryChanged struct {
	Message    MessageID `json:"message_id"`
	Old        Delivery  `json:"old,omitempty"`
	State      Delivery  `json:"state"`
	Reason     string    `json:"reason,omitempty"`
	ExternalID string    `json:"external_id,omitempty"`
	Again      bool      `json:"again,omitempty"` // somebody asked for another try
	Keys       []string  `json:"-"`
}

var deliveryOrder = map[Delivery]int{DeliveryQueued: 1, DeliveryUnknown: 2, DeliverySent: 3, DeliveryDelivered: 4, DeliveryRead: 5, DeliveryWithheld: 6, DeliveryRecalled: 7}

// Decide never goes back: receipts come out of order, and a receipt settles
// what was unknown. A failure after a delivery is not believed.
func (s Settle) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := w.Message(s.Message)
	if err != nil {
		return nil, err
	}
	switch {
	case s.State == DeliveryQueued: // it waits, and now we know why
		if m.Delivery != DeliveryQueued || m.DeliveryReason == s.Reason {
			return nil, nil
		}
	case s.State == DeliveryFailed:
		if m.Delivery == DeliveryFailed || deliveryOrder[m.Delivery] >= deliveryOrder[DeliveryDelivered] {
			return nil, nil
		}
	case m.Delivery != DeliveryFailed && deliveryOrder[s.State] <= deliveryOrder[m.Delivery]:
		return nil, nil
	}
	return []Fact{DeliveryChanged{Message: s.Message, Old: m.Delivery, State: s.State, Reason: s.Reason, ExternalID: s.ExternalID, Keys: s.Keys}}, nil
}

// Decide refuses what is under way or has arrived.
func (r Retry) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := w.Message(r.Message)
	if err != nil {
		return nil, err
	}
	if m.Side != SideTeam || m.Kind == KindNote {
		return nil, Errorf(Invalid, "Only a message to the customer can be sent again. Choose one that failed.")
	}
	if m.Delivery != DeliveryFailed && m.Delivery != DeliveryUnknown {
		return nil, Errorf(Conflict, "This message is %s; there is nothing to send again. Write a new one instead.", m.Delivery)
	}
	return []Fact{DeliveryChanged{Message: r.Message, Old: m.Delivery, State: DeliveryQueued, Again: true}}, nil
}

func (f DeliveryChanged) apply(c *Conversation, _ Event) {
	if troubled(f.Old) {
		c.DeliveryProblems--
	}
	if troubled(f.State) {
		c.DeliveryProblems++
	}
}

func troubled(d Delivery) bool { return d == DeliveryFailed || d == DeliveryUnknown }
