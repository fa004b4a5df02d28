package desk

import "fmt"

// AssignmentMode says who gets conversations that nobody has.
type AssignmentMode string

// The modes; "" is manual.
const (
	AssignManually   AssignmentMode = "manual"
	AssignRoundRobin AssignmentMode = "round_robin" // one after the other
	AssignByLoad     AssignmentMode = "load"        // whoever has the fewest
	AssignBySkill    AssignmentMode = "skill"       // the rules of skills, then by load
	AssignByChain    AssignmentMode = "chain"       // all rules, in their order
)

// AssignmentSettings say how conversations of an inbox are given to people
// (4.5 of the specification).
type AssignmentSettings struct {
	AssignmentMode   AssignmentMode   `json:"assignment_mode,omitempty" enum:"manual,round_robin,load,skill,chain" doc:"How new conversations are given to people: manual gives them to nobody"`
	AssignmentRules  []AssignmentRule `json:"assignment_rules,omitempty" maxItems:"20" doc:"The rules of the modes skill and chain, in their order"`
	FallbackTeam     TeamID           `json:"fallback_team_id,omitempty" doc:"The team that gets it when nobody is available"`
	FallbackAfter    int              `json:"fallback_after_minutes,omitempty" minimum:"0" maximum:"1440" doc:"For how long it waits for somebody to become available before the fallback team gets it"`
	MaxActive        int              `json:"max_active_per_agent,omitempty" minimum:"0" maximum:"10000" doc:"The capacity of members who have none of their own; 0 is no limit"`
	PendingLoad      *int             `json:"pending_load_percent,omitempty" minimum:"0" maximum:"100" doc:"How much a pending conversation counts to somebody's load; 100 by default"`
	ReassignWhenAway bool             `json:"reassign_when_unavailable,omitempty" doc:"Whether conversations that wait for an answer are given to others when their assignee becomes unavailable"`
}

// RuleKind is what a rule does.
type RuleKind string

// The kinds of rules. The first three narrow down or prefer, the last two choose.
const (
	RuleVIP        RuleKind = "vip"    // a tagged contact is urgent, and for a team first
	RuleSkill      RuleKind = "skill"  // only people who know something or speak a language
	RuleSticky     RuleKind = "sticky" // whoever answered this contact last, if available
	RuleRoundRobin RuleKind = "round_robin"
	RuleLoad       RuleKind = "load"
	RuleFallback   RuleKind = "fallback" // not in a list: what follows when nobody is left
)

// AssignmentRule is one step of the chain.
type AssignmentRule struct {
	Kind     RuleKind `json:"kind" enum:"vip,skill,sticky,round_robin,load"`
	Tags     []TagID  `json:"tag_ids,omitempty" maxItems:"50" doc:"The rule is for conversations or contacts with one of these tags; vip needs one, skill without any is for all"`
	Skills   []string `json:"skills,omitempty" maxItems:"50" doc:"What the person must know, all of it"`
	Language bool     `json:"language,omitempty" doc:"Whether the person must speak the contact's language, if that is known"`
	Team     TeamID   `json:"team_id,omitempty" doc:"The team that vip tries first"`
}

// Check refuses rules that could never do what they say.
func (s AssignmentSettings) Check() error {
	switch s.AssignmentMode {
	case "", AssignManually, AssignRoundRobin, AssignByLoad:
	case AssignBySkill:
		if len(s.rules()) < 2 {
			return ruleError(0, "Add a rule of skills, or choose another mode.")
		}
	case AssignByChain:
		if len(s.AssignmentRules) == 0 {
			return ruleError(0, "Add a rule, or choose another mode.")
		}
	default:
		return Errorf(Invalid, "This is no assignment mode. Choose manual, round_robin, load, skill or chain.")
	}
	if s.FallbackAfter > 0 && s.FallbackTeam == 0 {
		return &Error{Kind: Invalid, Message: "Choose the fallback team that gets it after that time.", Fields: []FieldError{{Field: "settings.fallback_team_id", Message: "Choose a team."}}}
	}
	var chosen RuleKind
	for i, r := range s.AssignmentRules {
		if chosen != "" {
			return ruleError(i, fmt.Sprintf("This rule never runs, since %s before it chooses somebody. Move it up, or remove it.", chosen))
		}
		switch r.Kind {
		case RuleVIP:
			if len(r.Tags) == 0 {
				return ruleError(i, "Say which tags make a customer a VIP.")
			}
		case RuleSkill:
			if len(FoldSkills(r.Skills)) == 0 && !r.Language {
				return ruleError(i, "Say which skills the person needs, or that the language counts.")
			}
		case RuleSticky:
		case RuleRoundRobin, RuleLoad:
			chosen = r.Kind
		default:
			return ruleError(i, "A rule is vip, skill, sticky, round_robin or load.")
		}
	}
	return nil
}

func ruleError(at int, message string) error {
	return &Error{Kind: Invalid, Message: message, Fields: []FieldError{{Field: fmt.Sprintf("settings.assignment_rules[%d]", at), Message: message}}}
}

// rules returns what the mode means, in order; nil is manual. Somebody is always
// chosen at the end.
func (s AssignmentSettings) rules() []AssignmentRule {
	byLoad := AssignmentRule{Kind: RuleLoad}
	switch s.AssignmentMode {
	case AssignRoundRobin:
		return []AssignmentRule{{Kind: RuleRoundRobin}}
	case AssignByLoad:
		return []AssignmentRule{byLoad}
	case AssignBySkill:
		var rules []AssignmentRule
		for _, r := range s.AssignmentRules {
			if r.Kind == RuleSkill {
				rules = append(rules, r)
			}
		}
		return append(rules, byLoad)
	case AssignByChain:
		return append(append([]AssignmentRule{}, s.AssignmentRules...), byLoad)
	}
	return nil
}

// pendingLoad is how much a pending conversation counts, in percent.
func (s AssignmentSettings) pendingLoad() int {
	if s.PendingLoad == nil {
		return 100
	}
	return *s.PendingLoad
}

// Assigns reports whether the rules of the inbox give conversations to anybody.
func (s AssignmentSettings) Assigns() bool { return len(s.rules()) > 0 }
