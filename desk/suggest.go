package desk

// AISuggestedClose says that the AI agent thinks the matter is settled: the customer
// has what they wanted and has said goodbye (F3-44). It closes nothing; somebody of the
// team decides.
type AISuggestedClose struct {
	Message MessageID `json:"message_id,omitempty"` // the customer's, after which it thinks so
}

func (AISuggestedClose) apply(*Conversation, Event) {}

func (AISuggestedClose) why(Event, []Event) string {
	return "The AI agent thinks that the customer has what they wanted."
}
