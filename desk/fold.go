package desk

// Fold returns what facts make of a conversation, oldest first: the conversation
// as it was when the last of them happened. It has neither subject nor preview;
// facts carry no text.
func Fold(events []Event) (c Conversation) {
	for _, e := range events {
		c.Apply(e)
	}
	return c
}

// Preview returns the one line that a list shows for a message.
func Preview(m Message) string { return preview(m) }
