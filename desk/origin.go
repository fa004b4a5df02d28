package desk

// Proof says how far it is proven that a message is from whom it says.
type Proof string

// The proofs; "" is of channels where nobody can write as somebody else, or of
// messages from before that was asked.
const (
	ProofProven     Proof = "proven"     // the domain of the address vouches for it
	ProofUnproven   Proof = "unproven"   // nothing speaks for it, nothing against it
	ProofFailed     Proof = "failed"     // the domain says that its mails can be proven, and this one cannot
	ProofSuspicious Proof = "suspicious" // it is made to mislead
)

// Origin is what is known of a message from outside beside what it says.
type Origin struct {
	Proof  Proof  `json:"proof,omitempty" enum:"proven,unproven,failed,suspicious"`
	By     string `json:"by,omitempty"`     // what proved it, or speaks against it: dkim, spf, dmarc, arc, authentication-results, header, reply_to, name, list, forward
	Domain string `json:"domain,omitempty"` // of the address that it says it is from
	Server string `json:"server,omitempty"` // who found that out, if not Parley
	Policy string `json:"policy,omitempty"` // what the domain asks to do with what fails

	// Here is why the message is in its conversation, and Answers the message that
	// it answers, where that is known.
	Here    Placement `json:"here,omitempty" enum:"new,again,token,answer,subject,contact,bounce"`
	Answers MessageID `json:"answers_message_id,omitempty"`
	// NewSubject says that it has another subject than the conversation had: it may
	// be about something else. Nobody has said yet that it is not.
	NewSubject bool `json:"new_subject,omitempty"`
}

// Placement is why a message is in its conversation.
type Placement string

// The placements.
const (
	PlacedNew     Placement = "new"     // it began it
	PlacedAgain   Placement = "again"   // it began it, as the one that it belongs to had ended
	PlacedToken   Placement = "token"   // it went to the signed address of the conversation
	PlacedAnswer  Placement = "answer"  // it answers a message of it
	PlacedSubject Placement = "subject" // same sender and subject, where the inbox says so
	PlacedContact Placement = "contact" // the customer had an open one
	PlacedBounce  Placement = "bounce"  // it says that a message of it did not arrive
)

// KeepTogether says that a message belongs here although its subject is another.
type KeepTogether struct {
	Message MessageID `json:"message_id"`
}

// KeptTogether says that somebody decided so.
type KeptTogether struct {
	Message MessageID `json:"message_id"`
}

// Decide does nothing where nobody wonders.
func (k KeepTogether) Decide(_ Conversation, w World) ([]Fact, error) {
	m, err := w.Message(k.Message)
	if err != nil || !m.Origin.NewSubject {
		return nil, err
	}
	return []Fact{KeptTogether{m.ID}}, nil
}

func (KeptTogether) apply(*Conversation, Event) {}
