package app_test

import (
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
)

// F2-53, F2-54: what was split off goes its own way. Its team and assignee, its
// wait and what is promised for it, who answered first and how it ended are its own.
func TestSplitGoesItsOwnWay(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Accounts", Members: []desk.UserID{d.Owner.User}, Inboxes: []desk.InboxID{d.Inbox.ID}})
	d.OK(err)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "The bell is broken", Own: "mid:1"}).Conversation
	do(t, d, id, desk.Assign{Assignee: d.Agent.User})
	d.Clock.Add(10 * time.Minute)
	moved := d.Get(apptest.Post{From: "kim", Key: "2", Text: "And where is my invoice?", Own: "mid:2", Thread: []string{"mid:1"}}).Message
	sent := d.Clock.Now()
	d.Clock.Add(5 * time.Minute)
	before := d.Conversation(id)
	child := do(t, d, id, desk.Split{Messages: []desk.MessageID{moved}, Subject: "Invoice"}).Other

	do(t, d, child, desk.Assign{Team: team.ID})
	p, c := d.Conversation(id), d.Conversation(child)
	if c.Team != team.ID || c.Assignee != 0 || p.Team != 0 || p.Assignee != d.Agent.User {
		t.Errorf("the child is with %s and %s, the parent with %s and %s", c.Team, c.Assignee, p.Team, p.Assignee)
	}
	wait := before.ResponseDueDeadline.Sub(before.WaitingSince)
	if wait <= 0 || !c.WaitingSince.Equal(sent) || c.ResponseDueDeadline.Sub(c.WaitingSince) != wait || !p.ResponseDueDeadline.Equal(before.ResponseDueDeadline) {
		t.Errorf("the child waits since %v until %v, the parent since %v until %v", c.WaitingSince, c.ResponseDueDeadline, p.WaitingSince, p.ResponseDueDeadline)
	}
	d.Clock.Add(time.Minute)
	_, err = d.Do(d.As(d.Owner), child, desk.Reply{Text: "Here is your invoice."})
	d.OK(err)
	d.Work()
	p, c = d.Conversation(id), d.Conversation(child)
	if c.FirstResponseBy != d.Owner.User || !p.FirstResponseAt.IsZero() || p.WaitingOn != desk.WaitingOnAgent || c.WaitingOn != desk.WaitingOnCustomer {
		t.Errorf("the child was answered by %s; the parent by %s at %v, and waits on %s", c.FirstResponseBy, p.FirstResponseBy, p.FirstResponseAt, p.WaitingOn)
	}
	do(t, d, child, desk.Resolve{Summary: "Sent the invoice"})
	p, c = d.Conversation(id), d.Conversation(child)
	if c.Status != desk.StatusResolved || c.ClosingSummary == "" || p.Status != desk.StatusOpen || p.ClosingSummary != "" {
		t.Errorf("the child is %s, %q; the parent %s, %q", c.Status, c.ClosingSummary, p.Status, p.ClosingSummary)
	}
	d.Clock.Add(p.ResponseDueDeadline.Sub(d.Clock.Now()) + time.Minute)
	d.Work()
	if p, c = d.Conversation(id), d.Conversation(child); p.OverdueAt.IsZero() || !c.OverdueAt.IsZero() {
		t.Errorf("the parent was overdue at %v, the child at %v", p.OverdueAt, c.OverdueAt)
	}
}

// INV-1, 2.3: who ends beside an open conversation leaves no place to take: what was
// split off from the open one stays beside it.
func TestEndsBesideAnOpenConversation(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	get := func(key, text string) apptest.Post { return apptest.Post{From: "kim", Key: key, Text: text} }
	first := d.Get(get("1", "The bell is broken")).Conversation
	do(t, d, first, desk.Close{})
	second := d.Get(get("2", "Where is my invoice?")).Conversation
	do(t, d, second, desk.Resolve{})
	do(t, d, first, desk.Reopen{})
	moved := d.Get(get("3", "And the lamp")).Message
	child := do(t, d, first, desk.Split{Messages: []desk.MessageID{moved}}).Other
	do(t, d, second, desk.Close{})
	if c := d.Conversation(second); c.Status != desk.StatusClosed || d.Conversation(child).Primary || !d.Conversation(first).Primary {
		t.Errorf("the second is %s; the child has the place: %t", c.Status, d.Conversation(child).Primary)
	}
	if at := d.Get(get("4", "Still broken")).Conversation; at != first {
		t.Errorf("the customer's next message is in %s, not in %s", at, first)
	}
}
