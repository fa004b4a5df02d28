package responder

import (
	"context"
	"strings"

	"parley/desk"
)

// Script answers with the lines of the inbox's settings: the first one whose
// words the customer's message has in it.
type Script struct{}

// Name implements Responder.
func (Script) Name() string { return "script" }

// Respond implements Responder.
func (Script) Respond(_ context.Context, q Question) (Answer, error) {
	said := ""
	for _, m := range q.Messages {
		if m.Side == desk.SideCustomer {
			said = strings.ToLower(m.Text)
		}
	}
	for _, line := range q.Inbox.Settings.AIScript {
		if strings.Contains(said, strings.ToLower(strings.TrimSpace(line.When))) {
			return Answer{Text: line.Say, Confidence: line.Confidence, Flag: line.Flag, Close: line.Close}, nil
		}
	}
	return Answer{}, nil
}
