package app_test

import (
	"slices"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// line is the customers of Needs Attention, by the keys of their conversations.
func line(d *apptest.Desk, names map[desk.ConversationID]string) (all []string) {
	for _, c := range d.List(d.Agent, store.List{View: store.ViewAll, Tab: store.TabNeedsAttention, Limit: 50}) {
		all = append(all, names[c.ID])
	}
	return all
}

// F1-16: a contact tagged VIP is urgent, ahead in the queue, and goes to the VIP team
// first; F1-23: by the rule that every inbox begins with, also where people assign by
// hand. F0-20: who is late is ahead of them.
func TestVIPIsAhead(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	ctx := d.As(d.Owner)
	names := map[desk.ConversationID]string{}
	writes := func(key, who string) desk.ConversationID {
		id := d.Get(apptest.Post{From: who, Key: key, Text: "hello"}).Conversation
		names[id] = key
		d.Work()
		d.Clock.Add(time.Minute)
		return id
	}
	want := func(what string, order ...string) {
		t.Helper()
		if got := line(d, names); !slices.Equal(got, order) {
			t.Errorf("%s: the line is %v, want %v", what, got, order)
		}
	}
	first, second := writes("first", "eve"), writes("second", "kim")
	want("nobody is a VIP", "first", "second")

	tag, err := d.SaveTag(ctx, desk.Tag{Name: "VIP", Color: "c1"})
	d.OK(err)
	kim := d.Conversation(second).Contact
	d.OK(d.ChangeContact(d.As(d.Agent), kim, app.ContactChange{Tags: &[]desk.TagID{tag.ID}}))
	if c := d.Conversation(second); c.Priority != desk.PriorityUrgent || c.PriorityReason == "" {
		t.Errorf("what was open is %s (%s)", c.Priority, c.PriorityReason)
	}
	want("one is a VIP", "second", "first")

	third := writes("third", "kim")
	if c := d.Conversation(third); c.Priority != desk.PriorityUrgent {
		t.Errorf("what they begin is %s", c.Priority)
	}
	want("they begin another", "second", "third", "first")

	// By hand it is not urgent after all; nothing but a new tag says otherwise.
	_, err = d.Do(d.As(d.Agent), third, desk.Prioritize{Priority: desk.PriorityNormal, Reason: "a test"})
	d.OK(err)
	name := "Kim"
	d.OK(d.ChangeContact(d.As(d.Agent), kim, app.ContactChange{Name: &name, Tags: &[]desk.TagID{tag.ID}}))
	want("one was put back", "second", "first", "third")

	// Who is past the deadline comes first all the same.
	_, err = d.Do(d.As(d.Agent), second, desk.Reply{Text: "hi"})
	d.OK(err)
	fourth := writes("fourth", "kim")
	want("one was answered", "fourth", "first", "third")
	d.Clock.Add(50 * time.Minute)
	d.Work() // an urgent one has its target behind it
	want("the VIP is past the target", "fourth", "first", "third")
	d.Clock.Add(24 * time.Hour)
	d.Work()
	for _, id := range []desk.ConversationID{first, third, fourth} {
		if c := d.Conversation(id); !c.Overdue() {
			t.Fatalf("%s is not overdue", names[id])
		}
	}
	want("all are overdue, the VIP's since longest", "fourth", "first", "third")
}

// F1-16: where rules assign, the VIP team is asked first, and others when nobody of it
// is there.
func TestVIPTeamFirst(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := d.As(d.Owner)
	other := agents(d, 2)[1]
	tag, err := d.SaveTag(ctx, desk.Tag{Name: "VIP", Color: "c1"})
	d.OK(err)
	team, err := d.SaveTeam(ctx, desk.Team{Name: "VIP desk", Members: []desk.UserID{other.User}})
	d.OK(err)
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignByChain, AssignmentRules: []desk.AssignmentRule{{Kind: desk.RuleVIP, Tags: []desk.TagID{tag.ID}, Team: team.ID}, {Kind: desk.RuleLoad}}})
	known := d.Get(apptest.Post{From: "kim", Key: "0", Text: "hello"}).Conversation
	d.Work()
	d.OK(d.ChangeContact(d.As(d.Agent), d.Conversation(known).Contact, app.ContactChange{Tags: &[]desk.TagID{tag.ID}}))
	for _, key := range []string{"1", "2", "3"} {
		id := d.Get(apptest.Post{From: "kim", Key: key, Text: "hello"}).Conversation
		d.Work()
		if c := d.Conversation(id); c.Assignee != other.User || c.Team != team.ID || c.Priority != desk.PriorityUrgent {
			t.Errorf("%s: %v of %v, %s", key, c.Assignee, c.Team, c.Priority)
		}
	}
	away := desk.Away
	d.OK(d.ChangeMember(ctx, other.User, app.MemberChange{ProfileChange: app.ProfileChange{Availability: &away}}))
	id := d.Get(apptest.Post{From: "kim", Key: "4", Text: "hello"}).Conversation
	d.Work()
	if c := d.Conversation(id); c.Assignee == other.User || c.Assignee == 0 || c.Priority != desk.PriorityUrgent {
		t.Errorf("with the team away: %v, %s", c.Assignee, c.Priority)
	}
}
