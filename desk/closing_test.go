package desk_test

import (
	"testing"

	"parley/desk"
)

// F3-48: every inbox begins with three last words to choose from, whatever its preset.
func TestClosingMessagesAreThere(t *testing.T) {
	for _, g := range []desk.Grouping{desk.PerThread, desk.PerContact} {
		s, err := desk.EffectiveSettings(g, nil)
		if err != nil || len(s.ClosingMessages) != 3 {
			t.Errorf("%s: %q, %v", g, s.ClosingMessages, err)
		}
		for _, text := range s.ClosingMessages {
			if text == "" {
				t.Errorf("%s: one is empty", g)
			}
		}
	}
}
