package desk_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parley/desk"
)

// staff is agents of the inbox with numbers from 1.
func staff(n int) (all []desk.Candidate) {
	for i := range n {
		all = append(all, desk.Candidate{Member: desk.Member{
			User: desk.UserID(i + 1), Name: fmt.Sprintf("Agent %d", i+1), Role: desk.RoleAgent, Active: true, Inboxes: []desk.InboxID{theInbox},
		}})
	}
	return all
}

// give lets the rules choose and keeps what follows, as the store does.
func give(s desk.AssignmentSettings, r desk.Roster, c desk.Conversation, turn int64) desk.Choice {
	choice := desk.Choose(s, c, r, true)
	for i := range r.Members {
		if m := &r.Members[i]; m.User == choice.User {
			m.Open, m.Turn, m.LastTurn = m.Open+1, turn, turn
		}
	}
	return choice
}

var here = desk.Conversation{ID: 1, Inbox: theInbox, Status: desk.StatusOpen}

// F1-13: with A, B and C available, nine conversations are three each, also when
// the order of the roster changes, as after a restart.
func TestRoundRobinIsEven(t *testing.T) {
	r := desk.Roster{Members: staff(3)}
	got := map[desk.UserID]int{}
	for turn := range int64(9) {
		rand.Shuffle(len(r.Members), func(i, j int) { r.Members[i], r.Members[j] = r.Members[j], r.Members[i] })
		got[give(desk.AssignmentSettings{AssignmentMode: desk.AssignRoundRobin}, r, here, turn+1).User]++
	}
	if got[1] != 3 || got[2] != 3 || got[3] != 3 {
		t.Errorf("%v", got)
	}
}

// F1-13, F1-14, 4.5: for any staff that does not change, round robin gives nobody
// two more than another, and load leaves nobody with two more than another had
// room for; whoever cannot answer gets nothing; somebody is found if anybody can.
func TestRulesAreFair(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 45))
		mode := []desk.AssignmentMode{desk.AssignRoundRobin, desk.AssignByLoad}[r.IntN(2)]
		roster := desk.Roster{Members: staff(1 + r.IntN(12))}
		able := map[desk.UserID]bool{}
		for i := range roster.Members {
			m := &roster.Members[i]
			switch r.IntN(8) {
			case 0:
				m.Availability = desk.Away
			case 1:
				m.Active = false
			case 2:
				m.OffHours = true
			case 3:
				m.Inboxes = nil
			case 4:
				m.Role = desk.RoleViewer
			default:
				able[m.User] = true
			}
		}
		got := map[desk.UserID]int{}
		for turn := range int64(r.IntN(200)) {
			choice := give(desk.AssignmentSettings{AssignmentMode: mode}, roster, here, turn+1)
			if (choice.User == 0) != (len(able) == 0) || choice.User != 0 && !able[choice.User] {
				t.Fatalf("seed %d: %+v was chosen of %v", seed, choice, able)
			}
			got[choice.User]++
		}
		least, most := 1<<30, 0
		for u := range able {
			least, most = min(least, got[u]), max(most, got[u])
		}
		if len(able) > 0 && most-least > 1 {
			t.Fatalf("seed %d, %s: %v", seed, mode, got)
		}
	}
}

// F1-14, F1-17: load fills up whoever has less, and nobody beyond their capacity.
func TestLoadRespectsCapacity(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 14))
		roster, room := desk.Roster{Members: staff(1 + r.IntN(8))}, 0
		for i := range roster.Members {
			m := &roster.Members[i]
			m.Open, m.Capacity = r.IntN(6), 1+r.IntN(8)
			room += max(0, m.Capacity-m.Open)
		}
		had := map[desk.UserID]int{}
		for _, m := range roster.Members {
			had[m.User] = m.Open
		}
		s := desk.AssignmentSettings{AssignmentMode: desk.AssignByLoad}
		for turn := range int64(room + 3) {
			least := 1 << 30
			for _, m := range roster.Members {
				if m.Open < m.Capacity {
					least = min(least, m.Open)
				}
			}
			choice := give(s, roster, here, turn+1)
			if (choice.User == 0) != (int(turn) >= room) {
				t.Fatalf("seed %d: %+v in turn %d with room for %d", seed, choice, turn, room)
			}
			if choice.User != 0 && choice.Why.Load != least {
				t.Fatalf("seed %d: somebody with %d was chosen, somebody has %d", seed, choice.Why.Load, least)
			}
		}
		for _, m := range roster.Members {
			if m.Open > max(m.Capacity, had[m.User]) {
				t.Fatalf("seed %d: %d have %d, room for %d", seed, m.User, m.Open, m.Capacity)
			}
		}
	}
}

// 4.5: rules that could never do what they say are refused with the reason, and
// so are teams that fall back in a circle.
func TestBadRules(t *testing.T) {
	rule := func(kinds ...desk.RuleKind) (all []desk.AssignmentRule) {
		for _, k := range kinds {
			all = append(all, desk.AssignmentRule{Kind: k, Tags: []desk.TagID{1}, Skills: []string{"x"}})
		}
		return all
	}
	for name, s := range map[string]desk.AssignmentSettings{
		"an unknown mode":         {AssignmentMode: "dice"},
		"an empty chain":          {AssignmentMode: desk.AssignByChain},
		"skills without rules":    {AssignmentMode: desk.AssignBySkill},
		"skills without skills":   {AssignmentMode: desk.AssignBySkill, AssignmentRules: []desk.AssignmentRule{{Kind: desk.RuleSkill, Skills: []string{" "}}}},
		"vip without tags":        {AssignmentMode: desk.AssignByChain, AssignmentRules: []desk.AssignmentRule{{Kind: desk.RuleVIP}}},
		"an unknown rule":         {AssignmentMode: desk.AssignByChain, AssignmentRules: rule("best")},
		"a rule that never runs":  {AssignmentMode: desk.AssignByChain, AssignmentRules: rule(desk.RuleLoad, desk.RuleSticky)},
		"two that choose":         {AssignmentMode: desk.AssignByChain, AssignmentRules: rule(desk.RuleLoad, desk.RuleRoundRobin)},
		"a time without fallback": {AssignmentMode: desk.AssignByLoad, FallbackAfter: 5},
	} {
		if err := s.Check(); desk.KindOf(err) != desk.Invalid || err.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := desk.AssignmentSettings{AssignmentMode: desk.AssignByChain, AssignmentRules: rule(desk.RuleVIP, desk.RuleSkill, desk.RuleSticky, desk.RuleRoundRobin)}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	if err := (desk.AssignmentSettings{}).Check(); err != nil {
		t.Error(err)
	}
	teams := []desk.Team{{ID: 1, Name: "One", Fallback: 2}, {ID: 2, Name: "Two", Fallback: 3}, {ID: 3, Name: "Three"}}
	if err := desk.CheckFallbacks(teams); err != nil {
		t.Error(err)
	}
	for _, to := range []desk.TeamID{1, 2, 3} {
		circle := slices.Clone(teams)
		circle[2].Fallback = to
		if err := desk.CheckFallbacks(circle); desk.KindOf(err) != desk.Invalid {
			t.Errorf("a circle to %d: %v", to, err)
		}
	}
}

// F1-17: when nobody of the fallback team is available, the team that one falls
// back to is tried; a circle that got in anyhow ends.
func TestFallbackOfFallback(t *testing.T) {
	r := desk.Roster{Members: staff(3), Teams: []desk.Team{{ID: 1, Members: []desk.UserID{1}, Fallback: 2}, {ID: 2, Members: []desk.UserID{3}, Fallback: 1}}}
	for i := range r.Members {
		r.Members[i].Inboxes = nil
		r.Members[i].Role = desk.RoleAdmin
	}
	s := desk.AssignmentSettings{AssignmentMode: desk.AssignByLoad, FallbackTeam: 1}
	r.Members[0].Availability = desk.Away
	if got := desk.Choose(s, here, r, true); got.User != 3 || got.Team != 2 || got.Why.Rule != desk.RuleFallback {
		t.Errorf("%+v", got)
	}
	r.Members[2].Availability = desk.Offline
	if got := desk.Choose(s, here, r, true); got.User != 0 || got.Team != 1 {
		t.Errorf("%+v", got)
	}
	if got := desk.Choose(s, here, r, false); got.User != 0 || got.Team != 0 {
		t.Errorf("%+v", got)
	}
}

// F0-12, F0-33, F0-34: an inbox has its own responders, else the workspace's.
func TestResponders(t *testing.T) {
	all := []desk.Responder{
		{Inbox: 0, Kind: desk.FirstResponders, User: ann}, {Inbox: 0, Kind: desk.EscalationResponders, User: maja},
		{Inbox: theInbox, Kind: desk.FirstResponders, User: bob},
	}
	for _, c := range []struct {
		inbox desk.InboxID
		kind  desk.ResponderKind
		want  []desk.UserID
	}{
		{theInbox, desk.FirstResponders, []desk.UserID{bob}}, {theInbox, desk.EscalationResponders, []desk.UserID{maja}},
		{otherInbox, desk.FirstResponders, []desk.UserID{ann}}, {otherInbox, desk.EscalationResponders, []desk.UserID{maja}},
	} {
		if got := desk.Responders(all, c.inbox, c.kind); !slices.Equal(got, c.want) {
			t.Errorf("%v of %d: %v, want %v", c.kind, c.inbox, got, c.want)
		}
	}
	inboxes := []desk.InboxID{theInbox, otherInbox}
	for user, want := range map[desk.UserID][]desk.InboxID{ann: {otherInbox}, bob: {theInbox}, maja: {theInbox, otherInbox}, vera: nil} {
		if got := desk.Responds(all, inboxes, user); !slices.Equal(got, want) {
			t.Errorf("%d responds for %v, want %v", user, got, want)
		}
	}
}

// 1.8: who sees a conversation, by visibility.
func TestVisibility(t *testing.T) {
	agent := func(v desk.Visibility) desk.Actor {
		return desk.Member{User: ann, Role: desk.RoleAgent, Inboxes: []desk.InboxID{theInbox}, Profile: desk.Profile{Visibility: v}, Teams: []desk.TeamID{support}}.Actor()
	}
	kept := map[string]desk.Keeping{
		"nobody's": {Inbox: theInbox}, "mine": {Inbox: theInbox, Assignee: ann}, "another's": {Inbox: theInbox, Assignee: bob},
		"my team's": {Inbox: theInbox, Team: support, Assignee: bob}, "followed": {Inbox: theInbox, Assignee: bob, Followers: []desk.UserID{ann}},
		"mine elsewhere": {Inbox: otherInbox, Assignee: ann},
	}
	sees := map[desk.Visibility][]string{
		"": {"nobody's", "mine", "another's", "my team's", "followed"}, desk.VisibleAll: {"nobody's", "mine", "another's", "my team's", "followed"},
		desk.VisibleTeam: {"mine", "my team's", "followed"}, desk.VisibleOwn: {"mine", "followed"},
	}
	for v, want := range sees {
		for name, k := range kept {
			if got := agent(v).SeesKept(k); got != slices.Contains(want, name) {
				t.Errorf("with %q, what is %s is seen: %v", v, name, got)
			}
		}
	}
	for _, role := range []desk.Role{desk.RoleOwner, desk.RoleAdmin, desk.RoleViewer} {
		a := desk.Member{User: ann, Role: role, Inboxes: []desk.InboxID{theInbox}, Profile: desk.Profile{Visibility: desk.VisibleOwn}}.Actor()
		if !a.SeesKept(kept["another's"]) {
			t.Errorf("%s does not see all", role)
		}
	}
}
