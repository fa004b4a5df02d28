package desk

import (
	"maps"
	"regexp"
	"slices"
)

// OwnSettings is how Parley looks and answers keys for one person: in every
// workspace, on every device. What is absent is as Parley is shipped.
type OwnSettings struct {
	Theme       Theme       `json:"theme,omitempty" enum:"system,light,dark"`
	Density     Density     `json:"density,omitempty" enum:"comfortable,compact"`
	Language    string      `json:"language,omitempty" doc:"BCP 47: how dates and times are written, and the words, where there are any in it; absent is as the browser says"`
	AfterAction AfterAction `json:"after_action,omitempty" enum:"next,previous,stay,list" doc:"What is open after a conversation was handled"`
	LettersOff  bool        `json:"letters_off,omitempty" doc:"Single keys do nothing; combinations work (WCAG 2.1.4)"`
	// Keys are by command; none switches a command's keys off.
	Keys      map[string][]string `json:"keys,omitempty" doc:"The keys of commands that are not as shipped; an empty list is none"`
	HintsSeen []string            `json:"hints_seen,omitempty" doc:"Hints that are not shown again"`
}

// Theme is light or dark.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "system"
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Density is how much of a list is on a screen.
type Density string

// The densities.
const (
	DensityComfortable Density = "comfortable"
	DensityCompact     Density = "compact"
)

// AfterAction is what is open after a conversation was handled.
type AfterAction string

// What may be open then.
const (
	AfterNext     AfterAction = "next"
	AfterPrevious AfterAction = "previous"
	AfterStay     AfterAction = "stay"
	AfterList     AfterAction = "list"
)

// OwnSettingsChange changes settings; what is absent stays.
type OwnSettingsChange struct {
	Theme       *Theme               `json:"theme,omitempty" enum:"system,light,dark"`
	Density     *Density             `json:"density,omitempty" enum:"comfortable,compact"`
	Language    *string              `json:"language,omitempty" maxLength:"35" doc:"BCP 47; empty is as the browser says"`
	AfterAction *AfterAction         `json:"after_action,omitempty" enum:"next,previous,stay,list"`
	LettersOff  *bool                `json:"letters_off,omitempty"`
	Keys        *map[string][]string `json:"keys,omitempty" doc:"Takes the place of all that were chosen before"`
	SeenHint    string               `json:"seen_hint,omitempty" maxLength:"40" doc:"A hint that is not shown again"`
	AllHints    bool                 `json:"all_hints,omitempty" doc:"Show every hint again"`
}

// What settings may hold at most: far more than there is to set.
const (
	maxOwnKeys  = 300 // commands
	maxEachKeys = 5   // keys of a command
	maxHints    = 100
)

var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)
	commandName = regexp.MustCompile(`^[a-z0-9][a-zA-Z0-9_-]{0,79}$`)
	// One key with what is held down, or two such after each other: "mod+shift+k", "g i", "?".
	keyPress = regexp.MustCompile(`^((mod|alt|shift)\+){0,3}([!-~]|[A-Z][A-Za-z0-9]{1,15})( ((mod|alt|shift)\+){0,3}([!-~]|[A-Z][A-Za-z0-9]{1,15}))?$`)
	hintName = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)
)

// Change returns the settings with a change in them, or says what is wrong with it.
func (s OwnSettings) Change(ch OwnSettingsChange) (OwnSettings, error) {
	give(&s.Theme, ch.Theme)
	give(&s.Density, ch.Density)
	give(&s.AfterAction, ch.AfterAction)
	give(&s.LettersOff, ch.LettersOff)
	if ch.Language != nil {
		if *ch.Language != "" && !languageTag.MatchString(*ch.Language) {
			return s, Errorf(Invalid, "%q is not the tag of a language. Write for instance en-GB.", *ch.Language)
		}
		s.Language = *ch.Language
	}
	if ch.Keys != nil {
		if err := checkKeys(*ch.Keys); err != nil {
			return s, err
		}
		s.Keys = maps.Clone(*ch.Keys)
	}
	if ch.AllHints {
		s.HintsSeen = nil
	}
	if ch.SeenHint != "" && !slices.Contains(s.HintsSeen, ch.SeenHint) {
		if !hintName.MatchString(ch.SeenHint) || len(s.HintsSeen) >= maxHints {
			return s, Errorf(Invalid, "There is no hint %q. Send the name of one that the screen shows.", ch.SeenHint)
		}
		s.HintsSeen = append(slices.Clone(s.HintsSeen), ch.SeenHint)
	}
	return s, nil
}

func give[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func checkKeys(keys map[string][]string) error {
	if len(keys) > maxOwnKeys {
		return Errorf(Invalid, "These are the keys of %d commands. Change those of %d at most.", len(keys), maxOwnKeys)
	}
	for _, command := range slices.Sorted(maps.Keys(keys)) {
		if !commandName.MatchString(command) {
			return Errorf(Invalid, "%q is not the name of a command. Send one that the help of keys lists.", command)
		}
		if len(keys[command]) > maxEachKeys {
			return Errorf(Invalid, "The command %s has %d keys. Give it %d at most.", command, len(keys[command]), maxEachKeys)
		}
		for _, k := range keys[command] {
			if !keyPress.MatchString(k) {
				return Errorf(Invalid, "%q is not a key. Write for instance j, shift+e, mod+k or g i.", k)
			}
		}
	}
	return nil
}
