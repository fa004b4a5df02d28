package desk

import (
	"regexp"
	"slices"
	"strings"
)

// Team is people who answer together. Its members see its inboxes.
type Team struct {
	ID       TeamID
	Name     string
	Lead     UserID // 0 for none; one of Members
	Members  []UserID
	Inboxes  []InboxID
	Fallback TeamID // whom rules turn to when nobody of it is available; 0 for none
}

// Has reports whether somebody is in the team.
func (t Team) Has(u UserID) bool { return slices.Contains(t.Members, u) }

// CheckFallbacks refuses teams that would turn to each other in a circle.
func CheckFallbacks(all []Team) error {
	byID := map[TeamID]Team{}
	for _, t := range all {
		byID[t.ID] = t
	}
	for _, t := range all {
		seen := []TeamID{t.ID}
		for next := t.Fallback; next != 0; next = byID[next].Fallback {
			if slices.Contains(seen, next) {
				return &Error{
					Kind: Invalid, Message: t.Name + " would fall back to " + byID[next].Name + " in a circle. Choose another team, or none.",
					Fields: []FieldError{{Field: "fallback_team_id", Message: "This would be a circle."}},
				}
			}
			seen = append(seen, next)
		}
	}
	return nil
}

// canTakeOver refuses a team in which nobody could answer conversations of an
// inbox.
func canTakeOver(t Team, inbox InboxID, w World) error {
	if len(t.Members) == 0 {
		return Errorf(Invalid, "The team %s has no members. Choose another one, or ask an admin to add somebody.", t.Name)
	}
	for _, u := range t.Members {
		m, err := w.Member(u)
		if err != nil {
			return err
		}
		if CanBeAssigned(m, inbox) == nil {
			return nil
		}
	}
	return Errorf(Invalid, "Nobody of the team %s can answer in this inbox. Choose another one, or ask an admin to give it access.", t.Name)
}

var notSkill = regexp.MustCompile(`[^\p{L}\p{N}+#./ -]+`)

// MaxSkills is how many skills or languages somebody has, at most.
const MaxSkills = 50

// FoldSkills returns skills or languages as they are compared: small letters,
// without doubles, sorted.
func FoldSkills(words []string) []string {
	out := []string{}
	for _, word := range words {
		word = strings.Join(strings.Fields(notSkill.ReplaceAllString(strings.ToLower(Line(word, 60)), " ")), " ")
		if word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return out
}
