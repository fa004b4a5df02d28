package desk_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/desk"
)

func own[T any](v T) *T { return &v }

// F2-67: what somebody chooses for themselves; what a change does not name stays.
func TestOwnSettings(t *testing.T) {
	s := desk.OwnSettings{Density: desk.DensityCompact, Keys: map[string][]string{"note": {"m"}}, HintsSeen: []string{"keys"}}
	for name, c := range map[string]struct {
		change desk.OwnSettingsChange
		want   func(*desk.OwnSettings)
	}{
		"nothing":    {desk.OwnSettingsChange{}, func(*desk.OwnSettings) {}},
		"theme":      {desk.OwnSettingsChange{Theme: own(desk.ThemeDark)}, func(s *desk.OwnSettings) { s.Theme = desk.ThemeDark }},
		"after":      {desk.OwnSettingsChange{AfterAction: own(desk.AfterList)}, func(s *desk.OwnSettings) { s.AfterAction = desk.AfterList }},
		"letters":    {desk.OwnSettingsChange{LettersOff: own(true)}, func(s *desk.OwnSettings) { s.LettersOff = true }},
		"language":   {desk.OwnSettingsChange{Language: own("sr-Latn-RS")}, func(s *desk.OwnSettings) { s.Language = "sr-Latn-RS" }},
		"all keys":   {desk.OwnSettingsChange{Keys: own(map[string][]string{})}, func(s *desk.OwnSettings) { s.Keys = map[string][]string{} }},
		"hint":       {desk.OwnSettingsChange{SeenHint: "undo"}, func(s *desk.OwnSettings) { s.HintsSeen = []string{"keys", "undo"} }},
		"same hint":  {desk.OwnSettingsChange{SeenHint: "keys"}, func(*desk.OwnSettings) {}},
		"all hints":  {desk.OwnSettingsChange{AllHints: true}, func(s *desk.OwnSettings) { s.HintsSeen = nil }},
		"no density": {desk.OwnSettingsChange{Density: own(desk.DensityComfortable)}, func(s *desk.OwnSettings) { s.Density = desk.DensityComfortable }},
		"keys": {
			desk.OwnSettingsChange{Keys: own(map[string][]string{"resolve": {"q", "mod+shift+Enter", "g i", "mod+.", "+"}, "next": {"?", "ArrowDown", "alt+ArrowUp"}, "close": {}})},
			func(s *desk.OwnSettings) {
				s.Keys = map[string][]string{"resolve": {"q", "mod+shift+Enter", "g i", "mod+.", "+"}, "next": {"?", "ArrowDown", "alt+ArrowUp"}, "close": {}}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := s
			c.want(&want)
			got, err := s.Change(c.change)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOwnSettingsRefused(t *testing.T) {
	many := map[string][]string{}
	for i := range 400 {
		many["c"+strings.Repeat("x", i%50)+string(rune('a'+i%26))] = nil
	}
	full := desk.OwnSettings{}
	for i := range 100 {
		full.HintsSeen = append(full.HintsSeen, strings.Repeat("h", i))
	}
	for name, c := range map[string]struct {
		was    desk.OwnSettings
		change desk.OwnSettingsChange
		says   string
	}{
		"no language":    {change: desk.OwnSettingsChange{Language: own("en_GB<script>")}, says: "tag of a language"},
		"no key":         {change: desk.OwnSettingsChange{Keys: own(map[string][]string{"note": {"mod+"}})}, says: "is not a key"},
		"three keys":     {change: desk.OwnSettingsChange{Keys: own(map[string][]string{"note": {"g i j"}})}, says: "is not a key"},
		"words":          {change: desk.OwnSettingsChange{Keys: own(map[string][]string{"note": {"é"}})}, says: "is not a key"},
		"no command":     {change: desk.OwnSettingsChange{Keys: own(map[string][]string{"__proto__": {"j"}})}, says: "name of a command"},
		"many of one":    {change: desk.OwnSettingsChange{Keys: own(map[string][]string{"note": {"a", "b", "c", "d", "e", "f"}})}, says: "5 at most"},
		"many commands":  {change: desk.OwnSettingsChange{Keys: &many}, says: "300 at most"},
		"no hint":        {change: desk.OwnSettingsChange{SeenHint: "A b"}, says: "no hint"},
		"too many hints": {full, desk.OwnSettingsChange{SeenHint: "another"}, "no hint"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "many commands" && len(many) <= 300 {
				t.Fatal(len(many))
			}
			_, err := c.was.Change(c.change)
			if desk.KindOf(err) != desk.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Error(err)
			}
		})
	}
}
