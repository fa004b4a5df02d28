package desk

import (
	"cmp"
	"slices"
	"time"
)

// Roster is whom a conversation can be given to, as things are now.
type Roster struct {
	Members  []Candidate // of the workspace, in any order
	Teams    []Team
	Tags     []TagID // of the contact
	Language string  // of the contact, folded; "" when nobody knows
	Previous UserID  // who answered this contact last, or 0
}

// Candidate is a member with what rules go by. Snoozed and ended conversations
// are not in the counts (4.5).
type Candidate struct {
	Member
	Open, Pending int   // active conversations that are theirs
	Turn          int64 // when the rules of this inbox chose them last, as a number that grows; 0 is never
	LastTurn      int64 // the same of any inbox
	OffHours      bool  // it is outside their working hours
}

// load is how much a candidate has, in hundredths of a conversation.
func (c Candidate) load(s AssignmentSettings) int { return 100*c.Open + s.pendingLoad()*c.Pending }

// full reports whether a candidate has as many as they can take.
func (c Candidate) full(s AssignmentSettings) bool {
	most := c.Capacity
	if most == 0 {
		most = s.MaxActive
	}
	return most > 0 && c.load(s) >= 100*most
}

// Chosen is why rules gave a conversation to somebody: for the timeline.
type Chosen struct {
	Trigger  Trigger    `json:"trigger"`
	Rule     RuleKind   `json:"rule"`               // the one that chose
	Narrowed []RuleKind `json:"narrowed,omitempty"` // those before it that left out others
	Team     TeamID     `json:"team_id,omitempty"`  // of which they are
	Among    int        `json:"among"`              // of how many
	Load     int        `json:"load"`               // how many active ones they had
}

// Missing is how many could not be chosen, by the first reason.
type Missing struct {
	Away      int `json:"away,omitempty"`      // away or offline
	OffHours  int `json:"off_hours,omitempty"` // outside working hours
	Full      int `json:"full,omitempty"`      // at capacity
	Unskilled int `json:"unskilled,omitempty"`
}

// Choice is what the rules say.
type Choice struct {
	User    UserID // 0 for nobody
	Why     Chosen
	VIP     bool // the contact is one
	Team    TeamID
	Missing Missing
}

// Choose goes through the rules of an inbox for a conversation (4.5): VIP,
// skill and language, sticky, load or round robin. It looks at nothing else, so
// the same roster gives the same choice. fallback says whether the fallback team
// may be turned to.
func Choose(s AssignmentSettings, c Conversation, r Roster, fallback bool) Choice {
	out := Choice{Team: c.Team}
	able := out.eligible(s, c, r)
	pool := inTeam(able, r, c.Team)
	if c.Team == 0 {
		pool = answering(able, c.Inbox)
	}
	for _, rule := range s.rules() {
		switch rule.Kind {
		case RuleVIP:
			if !tagged(rule.Tags, c.Tags, r.Tags) {
				continue
			}
			out.VIP = true
			if narrow := inTeam(able, r, rule.Team); len(narrow) > 0 {
				pool, out.Team = narrow, rule.Team
				out.Why.Narrowed = append(out.Why.Narrowed, RuleVIP)
			}
		case RuleSkill:
			if len(rule.Tags) > 0 && !tagged(rule.Tags, c.Tags, r.Tags) {
				continue
			}
			unfit := func(m Candidate) bool { return !rule.fits(m, r.Language) }
			left := slices.DeleteFunc(slices.Clone(pool), unfit)
			if len(left) < len(pool) {
				out.Missing.Unskilled += len(pool) - len(left)
				out.Why.Narrowed = append(out.Why.Narrowed, RuleSkill)
			}
			pool, able = left, slices.DeleteFunc(slices.Clone(able), unfit)
		case RuleSticky:
			if i := slices.IndexFunc(pool, func(m Candidate) bool { return m.User == r.Previous }); i >= 0 {
				out.take(s, RuleSticky, pool, pool[i])
				return out
			}
		case RuleRoundRobin, RuleLoad:
			if len(pool) > 0 {
				out.take(s, rule.Kind, pool, first(s, rule.Kind, pool))
				return out
			}
		}
	}
	if fallback {
		out.fallBack(s, c, r)
	}
	return out
}

// take chooses one of a pool.
func (out *Choice) take(s AssignmentSettings, rule RuleKind, pool []Candidate, m Candidate) {
	out.User, out.Why.Rule, out.Why.Among, out.Why.Load, out.Why.Team = m.User, rule, len(pool), m.Open+m.Pending, out.Team
}

// fallBack turns to the fallback team, then to the team that one falls back to.
// When nobody is available there either, the first one keeps it for later.
func (out *Choice) fallBack(s AssignmentSettings, c Conversation, r Roster) {
	pool := (&Choice{}).eligible(s, c, r)
	next := s.FallbackTeam
	if own := slices.IndexFunc(r.Teams, func(t Team) bool { return t.ID == c.Team }); own >= 0 && r.Teams[own].Fallback != 0 {
		next = r.Teams[own].Fallback
	}
	for tried := []TeamID{c.Team}; next != 0 && !slices.Contains(tried, next); {
		i := slices.IndexFunc(r.Teams, func(t Team) bool { return t.ID == next })
		if i < 0 {
			return
		}
		if len(tried) == 1 {
			out.Team, out.Why.Team, out.Why.Rule = next, next, RuleFallback
		}
		if some := inTeam(pool, r, next); len(some) > 0 {
			out.Team = next
			out.take(s, RuleFallback, some, first(s, RuleLoad, some))
			return
		}
		tried = append(tried, next)
		next = r.Teams[i].Fallback
	}
}

// eligible returns who may be given conversations of an inbox now, and counts
// why others may not.
func (out *Choice) eligible(s AssignmentSettings, c Conversation, r Roster) []Candidate {
	var pool []Candidate
	for _, m := range r.Members {
		if CanBeAssigned(m.Member, c.Inbox) != nil {
			continue
		}
		var unused int
		why := &unused
		switch {
		case !m.Available():
			why = &out.Missing.Away
		case m.OffHours:
			why = &out.Missing.OffHours
		case m.full(s):
			why = &out.Missing.Full
		default:
			pool = append(pool, m)
		}
		if c.Team == 0 && m.answers(c.Inbox) || c.Team != 0 && slices.Contains(m.Teams, c.Team) {
			*why++
		}
	}
	return pool
}

// answering leaves out owners and admins who only look after an inbox: rules give
// them something when they are members of it, or of the team.
func answering(all []Candidate, inbox InboxID) []Candidate {
	return slices.DeleteFunc(slices.Clone(all), func(m Candidate) bool { return !m.answers(inbox) })
}

func (c Candidate) answers(inbox InboxID) bool {
	return slices.Contains(c.Inboxes, inbox) || slices.Contains(c.TeamInboxes, inbox)
}

// first returns whose turn it is, or who has the fewest: then who was chosen
// longest ago.
func first(s AssignmentSettings, rule RuleKind, pool []Candidate) Candidate {
	return slices.MinFunc(pool, func(a, b Candidate) int {
		if rule == RuleRoundRobin {
			return cmp.Or(cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.User, b.User))
		}
		return cmp.Or(cmp.Compare(a.load(s), b.load(s)), cmp.Compare(a.LastTurn, b.LastTurn), cmp.Compare(a.User, b.User))
	})
}

// fits reports whether somebody knows what a rule asks for.
func (rule AssignmentRule) fits(m Candidate, language string) bool {
	for _, skill := range FoldSkills(rule.Skills) {
		if !slices.Contains(m.Skills, skill) {
			return false
		}
	}
	return !rule.Language || language == "" || slices.Contains(m.Languages, language)
}

func inTeam(pool []Candidate, r Roster, id TeamID) []Candidate {
	var some []Candidate
	for _, t := range r.Teams {
		for _, m := range pool {
			if t.ID == id && t.Has(m.User) {
				some = append(some, m)
			}
		}
	}
	return some
}

func tagged(wanted []TagID, has ...[]TagID) bool {
	for _, tags := range has {
		for _, tag := range tags {
			if slices.Contains(wanted, tag) {
				return true
			}
		}
	}
	return false
}

// waits is until when the fallback team is not turned to.
func (s AssignmentSettings) waits(t Trigger, now time.Time) time.Time {
	if t == TriggerTimeout || s.FallbackAfter == 0 || s.FallbackTeam == 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(s.FallbackAfter) * time.Minute)
}
