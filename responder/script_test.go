package responder_test

import (
	"testing"

	"parley/desk"
	"parley/responder"
)

// The script answers the customer's newest message with the first line that fits,
// whatever the case; without one it says nothing.
func TestScript(t *testing.T) {
	lines := []desk.AILine{{When: " Open ", Say: "At nine."}, {When: "human", Flag: desk.FlagAskedHuman}, {When: "angry", Say: "Sorry.", Flag: desk.FlagFrustrated}}
	customer := func(text string) desk.Message { return desk.Message{Side: desk.SideCustomer, Text: text} }
	for name, c := range map[string]struct {
		said []desk.Message
		more []desk.AILine
		want responder.Answer
	}{
		"words in it":           {[]desk.Message{customer("When do you OPEN?")}, nil, responder.Answer{Text: "At nine."}},
		"a flag alone":          {[]desk.Message{customer("a human, please")}, nil, responder.Answer{Flag: desk.FlagAskedHuman}},
		"both":                  {[]desk.Message{customer("I am angry")}, nil, responder.Answer{Text: "Sorry.", Flag: desk.FlagFrustrated}},
		"the newest counts":     {[]desk.Message{customer("open?"), {Side: desk.SideTeam, Text: "open"}, customer("a human")}, nil, responder.Answer{Flag: desk.FlagAskedHuman}},
		"nothing fits":          {[]desk.Message{customer("hello")}, nil, responder.Answer{}},
		"one for everything":    {[]desk.Message{customer("hello")}, []desk.AILine{{Say: "Tell me more."}}, responder.Answer{Text: "Tell me more."}},
		"nothing was ever said": {nil, nil, responder.Answer{}},
	} {
		q := responder.Question{Messages: c.said, Inbox: desk.Inbox{Settings: desk.InboxSettings{AISettings: desk.AISettings{AIScript: append(lines[:len(lines):len(lines)], c.more...)}}}}
		got, err := responder.Script{}.Respond(t.Context(), q)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
