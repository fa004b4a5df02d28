package desk_test

import (
	"strings"
	"testing"

	"parley/desk"
)

// Nobody ever wonders why something happened: whatever nobody did by hand says by
// which rule, in a sentence; what somebody did by hand needs none.
func TestEveryAutomaticChangeSaysWhy(t *testing.T) {
	for name, fact := range desk.Facts {
		for _, by := range []desk.ActorKind{desk.ActorSystem, desk.ActorAI, desk.ActorAutomation} {
			e := desk.Event{Version: 1, By: desk.Actor{Kind: by}, Fact: fact}
			rule := desk.Why(e, []desk.Event{e})
			if len(rule) < 20 || !strings.HasSuffix(rule, ".") || desk.ByHand(e, []desk.Event{e}) {
				t.Errorf("%s by %s: %q", name, by, rule)
			}
		}
	}
	person := desk.Actor{Kind: desk.ActorUser, User: ann}
	message := desk.Event{Version: 2, By: person, Fact: desk.MessagePosted{Side: desk.SideTeam, Author: desk.AuthorUser}}
	for _, c := range []struct {
		fact desk.Fact
		with desk.Fact
		rule string
	}{
		{desk.Assigned{}, nil, ""},
		{desk.StatusChanged{New: desk.StatusClosed}, nil, ""},
		{desk.AITakenOver{How: desk.ByTakeOver}, nil, ""},
		{desk.AITakenOver{How: desk.ByReply}, message.Fact, "stops when somebody of the team answers"},
		{desk.AITakenOver{How: desk.ByAssignment}, nil, "responsible"},
		{desk.StatusChanged{Old: desk.StatusClosed, New: desk.StatusOpen, Implicit: true, Source: desk.SourceUser}, message.Fact, "an answer opens a closed conversation"},
		{desk.StatusChanged{Old: desk.StatusResolved, New: desk.StatusOpen, Implicit: true, Source: desk.SourceContact}, nil, "customer's message opens"},
		{desk.StatusChanged{Old: desk.StatusPending, New: desk.StatusOpen, Implicit: true, Source: desk.SourceContact}, nil, "ends the pause"},
		{desk.Unassigned{}, desk.StatusChanged{New: desk.StatusOpen, Implicit: true}, "goes back to nobody"},
		{desk.PriorityChanged{}, desk.Undone{}, "puts back"},
		{desk.Woken{}, message.Fact, "wakes"},
	} {
		e := desk.Event{Version: 3, By: person, Fact: c.fact}
		with := []desk.Event{e}
		if c.with != nil {
			with = append(with, desk.Event{Version: 2, By: person, Fact: c.with})
		}
		rule := desk.Why(e, with)
		if (c.rule == "") != (rule == "") || !strings.Contains(rule, c.rule) || desk.ByHand(e, with) != (c.rule == "") {
			t.Errorf("%T with %T: %q, by hand %v", c.fact, c.with, rule, desk.ByHand(e, with))
		}
	}
	if e := (desk.Event{By: person, Cause: 7, Fact: desk.Assigned{}}); desk.ByHand(e, nil) {
		t.Error("what another event led to counts as done by hand")
	}
}
