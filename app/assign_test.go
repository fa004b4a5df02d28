package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/effect"
	"parley/store"
)

// rules sets how conversations of the desk's inbox are given to people.
func rules(d *apptest.Desk, s desk.AssignmentSettings) {
	d.T.Helper()
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{AssignmentSettings: s}}))
}

// agents returns n agents of the inbox, the desk's own first.
func agents(d *apptest.Desk, n int) []desk.Actor {
	d.T.Helper()
	all := []desk.Actor{d.Agent}
	for i := range n - 1 {
		all = append(all, d.Join(fmt.Sprintf("Agent %d", i+2), fmt.Sprintf("agent%d@example.com", i+2), desk.RoleAgent, d.Inbox.ID))
	}
	return all
}

// another is another process on the same database.
func another(d *apptest.Desk) *app.App {
	a := &app.App{DB: d.DB, Now: d.Now, Log: d.Log, Blobs: d.Blobs, Keys: d.Keys, Channels: d.Channels, Feed: app.NewBell()}
	a.Effects = []app.Effect{effect.AutoAssign{App: a}, effect.Leave{App: a}, effect.Handover{App: a}, effect.Notify{App: a}}
	return a
}

// F1-12, F1-13: with the toggle on, new conversations go round; the turn is kept
// in the database, so that it goes on after a restart; off, nobody gets any.
func TestRoundRobinGoesOn(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	team := agents(d, 3)
	got := map[desk.UserID]int{}
	open := func(n int) {
		for i := range n {
			r := d.Get(apptest.Post{From: "kim", Key: fmt.Sprint(len(got), i, d.Clock.Now()), Text: "hello"})
			d.Clock.Add(time.Second)
			d.Work()
			got[d.Conversation(r.Conversation).Assignee]++
		}
	}
	open(1)
	if got[0] != 1 {
		t.Fatalf("without rules: %v", got)
	}
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignRoundRobin})
	open(4)
	restarted := another(d)
	d.App.Effects = restarted.Effects
	open(5)
	for _, a := range team {
		if got[a.User] != 3 {
			t.Errorf("%v", got)
		}
	}
	if got[d.Owner.User] != 0 {
		t.Error("the owner is no member of the inbox, and got something")
	}
}

// F1-13, F1-14, 4.5: many processes that work on the same jobs at once give
// every conversation to one person, evenly, and nobody beyond their capacity.
func TestRulesOnManyNodes(t *testing.T) {
	for _, mode := range []desk.AssignmentMode{desk.AssignRoundRobin, desk.AssignByLoad} {
		t.Run(string(mode), func(t *testing.T) {
			d := apptest.New(t, desk.PerThread)
			team := agents(d, 4)
			rules(d, desk.AssignmentSettings{AssignmentMode: mode, MaxActive: 10})
			var ids []desk.ConversationID
			for i := range 43 {
				ids = append(ids, d.Get(apptest.Post{From: fmt.Sprint("c", i), Key: fmt.Sprint(i), Text: "hello"}).Conversation)
			}
			nodes := []*app.App{d.App}
			for range 4 {
				nodes = append(nodes, another(d))
			}
			var wg sync.WaitGroup
			for _, node := range nodes {
				wg.Go(func() {
					var inner sync.WaitGroup
					for range 4 {
						inner.Go(func() {
							for range 60 {
								if _, err := node.WorkNow(t.Context()); err != nil {
									t.Error(err)
									return
								}
							}
						})
					}
					inner.Wait()
				})
			}
			wg.Wait()
			d.Work()
			got, waiting := map[desk.UserID]int{}, 0
			for _, id := range ids {
				c := d.Conversation(id)
				got[c.Assignee]++
				said := d.Timeline(id)
				if n := len(slices.DeleteFunc(slices.Clone(said), func(s string) bool { return s != "assigned" && s != "nobody_available" })); n != 1 {
					t.Errorf("%s was decided about %d times: %v", id, n, said)
				}
				if c.Assignee == 0 {
					waiting++
				}
			}
			for _, a := range team {
				if got[a.User] != 10 {
					t.Errorf("%v", got)
				}
			}
			if waiting != 3 {
				t.Errorf("%d wait, 3 are more than there is room for", waiting)
			}
		})
	}
}

// F1-17: after the time the fallback runs, once, by a job that waited; nothing
// happens to what somebody took meanwhile.
func TestFallbackAfterTime(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Night", Members: []desk.UserID{d.Owner.User}})
	d.OK(err)
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignByLoad, FallbackTeam: team.ID, FallbackAfter: 10})
	d.OK(d.SetAvailability(d.As(d.Agent), desk.Away))
	one := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	two := d.Get(apptest.Post{From: "eve", Key: "2", Text: "hello"}).Conversation
	d.Work()
	d.Clock.Add(9 * time.Minute)
	d.Work()
	if c := d.Conversation(one); c.Assignee != 0 || c.Team != 0 {
		t.Fatalf("before the time: %+v", c)
	}
	do(t, d, two, desk.Assign{Assignee: d.Agent.User})
	d.Clock.Add(2 * time.Minute)
	d.Work()
	if c := d.Conversation(one); c.Assignee != d.Owner.User || c.Team != team.ID {
		t.Errorf("after the time it is with %v of %v", c.Assignee, c.Team)
	}
	if c := d.Conversation(two); c.Assignee != d.Agent.User {
		t.Errorf("what somebody took is with %v", c.Assignee)
	}
}

// 4.5: outside their working hours nobody is given anything; zones count.
func TestWorkingHours(t *testing.T) {
	d := apptest.New(t, desk.PerThread) // it is Monday, 09:00 UTC
	other := agents(d, 2)[1]
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignRoundRobin})
	hours := desk.Hours{Zone: "America/New_York", Week: desk.Week{Monday: []desk.Period{{From: 9 * 60, To: 17 * 60}}}}
	d.OK(d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{ProfileChange: app.ProfileChange{Hours: &hours}}))
	get := func(key string) desk.UserID {
		r := d.Get(apptest.Post{From: "kim", Key: key, Text: "hello"})
		d.Work()
		return d.Conversation(r.Conversation).Assignee
	}
	if a, b := get("1"), get("2"); a != other.User || b != other.User {
		t.Errorf("at 5 in New York: %v, %v", a, b)
	}
	d.Clock.Add(5 * time.Hour)
	if a := get("3"); a != d.Agent.User {
		t.Errorf("at 10 in New York: %v", a)
	}
	hours.Zone = "Mars/Olympus"
	err := d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{ProfileChange: app.ProfileChange{Hours: &hours}})
	if desk.KindOf(err) != desk.Invalid {
		t.Errorf("a zone that is not there: %v", err)
	}
}

// 4.5: when somebody becomes unavailable, what waits for an answer goes to
// others, where the inbox says so; only to people, and once.
func TestBecomingUnavailable(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	other := agents(d, 2)[1]
	var ids []desk.ConversationID
	for i := range 5 {
		id := d.Get(apptest.Post{From: fmt.Sprint(i), Key: fmt.Sprint(i), Text: "hello"}).Conversation
		do(t, d, id, desk.Assign{Assignee: d.Agent.User})
		ids = append(ids, id)
	}
	d.OK(err2(d.Do(d.As(d.Agent), ids[4], desk.Reply{Text: "hi"})))
	d.Work()
	d.OK(d.SetAvailability(d.As(d.Agent), desk.Away))
	d.Work()
	if c := d.Conversation(ids[0]); c.Assignee != d.Agent.User {
		t.Fatal("the inbox did not ask for it")
	}
	d.OK(d.SetAvailability(d.As(d.Agent), desk.Available))
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignByLoad, ReassignWhenAway: true})
	d.OK(d.SetAvailability(d.As(d.Agent), desk.Offline))
	d.Work()
	for i, id := range ids {
		want := other.User
		if i == 4 { // answered: it waits for the customer
			want = d.Agent.User
		}
		if c := d.Conversation(id); c.Assignee != want {
			t.Errorf("%d is with %v", i, c.Assignee)
		}
	}
}

// 2.3: whoever is deactivated gives back what was theirs; teams keep it; admins
// are told once, but not who did it; a crash in between changes nothing of that.
func TestDeactivated(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	admin := d.Join("Ada", "ada@example.com", desk.RoleAdmin)
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Support", Lead: d.Agent.User, Members: []desk.UserID{d.Agent.User, d.Owner.User}})
	d.OK(err)
	var ids []desk.ConversationID
	for i := range 120 {
		id := d.Get(apptest.Post{From: fmt.Sprint(i), Key: fmt.Sprint(i), Text: "hello"}).Conversation
		do(t, d, id, desk.Assign{Team: team.ID, Assignee: d.Agent.User})
		ids = append(ids, id)
	}
	d.Work()
	no := false
	d.OK(d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{Active: &no}))
	d.Work()
	for _, id := range ids {
		if c := d.Conversation(id); c.Assignee != 0 || c.Team != team.ID {
			t.Fatalf("%s is with %v of %v", id, c.Assignee, c.Team)
		}
	}
	if got := told(d, admin, "member_left"); got != 1 {
		t.Errorf("the admin was told %d times", got)
	}
	if got := told(d, d.Owner, "member_left"); got != 0 {
		t.Errorf("who did it was told %d times", got)
	}
	if got := told(d, d.Agent, "unassigned"); got != 0 {
		t.Errorf("who left was told %d times", got)
	}
	_, err = d.Do(d.As(d.Owner), ids[0], desk.Assign{Assignee: d.Agent.User})
	if desk.KindOf(err) != desk.Invalid {
		t.Errorf("assigned to who left: %v", err)
	}
}

// told counts what somebody was told of a kind.
func told(d *apptest.Desk, a desk.Actor, kind desk.NewsKind) (n int) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace, User: a.User}, func(tx *store.Tx) error {
		all, err := tx.Notifications(0, 500)
		for _, x := range all {
			if x.Kind == kind {
				n++
			}
		}
		return err
	}))
	return n
}

// E30, F3-42, F2-31: the new assignee is told, unless they did it; the one before
// when somebody else did it; a team when it came to nobody of them; followers of
// the end. One thing tells a person once.
func TestToldOfHandovers(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	other := agents(d, 2)[1]
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Support", Members: []desk.UserID{d.Agent.User, other.User}})
	d.OK(err)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	steps := []struct {
		by   desk.Actor
		cmd  desk.Command
		want map[desk.NewsKind][2]int // by kind: the agent, the other
	}{
		{d.Agent, desk.Assign{Assignee: d.Agent.User}, map[desk.NewsKind][2]int{}},
		{d.Owner, desk.Assign{Assignee: other.User}, map[desk.NewsKind][2]int{"unassigned": {1, 0}, "assigned": {0, 1}}},
		{other, desk.Transfer{Team: team.ID, Note: "why"}, map[desk.NewsKind][2]int{"unassigned": {1, 0}, "assigned": {0, 1}, "team": {1, 0}}},
		{d.Agent, desk.Assign{Assignee: d.Agent.User}, map[desk.NewsKind][2]int{"unassigned": {1, 0}, "assigned": {0, 1}, "team": {1, 0}}},
		{d.Agent, desk.Close{}, map[desk.NewsKind][2]int{"unassigned": {1, 0}, "assigned": {0, 1}, "team": {1, 0}, "ended": {0, 1}}},
	}
	for i, s := range steps {
		d.OK(err2(d.Do(d.As(s.by), id, s.cmd)))
		d.Work()
		for _, kind := range []desk.NewsKind{"assigned", "unassigned", "team", "ended"} {
			if got := [2]int{told(d, d.Agent, kind), told(d, other, kind)}; got != s.want[kind] {
				t.Errorf("after step %d: told of %q %v times, want %v", i+1, kind, got, s.want[kind])
			}
		}
	}
}

// F1-60: after a transfer to another channel a reply goes there.
func TestTransferToChannel(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	second, err := d.SaveChannel(d.As(d.Owner), d.Inbox.ID, 0, "memory", "Second", []byte(`{}`), nil)
	d.OK(err)
	before := d.Conversation(id)
	_, err = d.Do(d.As(d.Agent), id, desk.Transfer{Channel: second.ID, Note: "why"})
	if desk.KindOf(err) != desk.Invalid || d.Conversation(id).Version != before.Version {
		t.Fatalf("a channel on which nobody knows them: %v", err)
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		return err2(tx.ClaimIdentity(store.Identity{Kind: "memory", Scope: second.ID.String(), ID: "kim-2", Contact: before.Contact}, d.Clock.Now()))
	}))
	do(t, d, id, desk.Transfer{Channel: second.ID})
	do(t, d, id, desk.Reply{Text: "hi"})
	d.Work()
	if len(d.Channel.Out) != 1 || d.Channel.Out[0].To.ID != "kim-2" {
		t.Errorf("%+v", d.Channel.Out)
	}
}

// F1-16, F1-15: what is known of a contact decides, from the first message on.
func TestVIPAndLanguage(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	other := agents(d, 2)[1]
	tag, err := d.SaveTag(d.As(d.Owner), desk.Tag{Name: "VIP", Color: "c1"})
	d.OK(err)
	d.OK(d.ChangeMember(d.As(d.Owner), other.User, app.MemberChange{ProfileChange: app.ProfileChange{Languages: &[]string{"DE"}}}))
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignByChain, AssignmentRules: []desk.AssignmentRule{
		{Kind: desk.RuleVIP, Tags: []desk.TagID{tag.ID}}, {Kind: desk.RuleSkill, Language: true}, {Kind: desk.RuleLoad},
	}})
	first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	language := "de"
	d.OK(d.ChangeContact(d.As(d.Agent), d.Conversation(first).Contact, app.ContactChange{Language: &language, Tags: &[]desk.TagID{tag.ID}}))
	for i := range 3 {
		id := d.Get(apptest.Post{From: "kim", Key: fmt.Sprint("k", i), Text: "hello"}).Conversation
		d.Work()
		if c := d.Conversation(id); c.Assignee != other.User || c.Priority != desk.PriorityUrgent {
			t.Errorf("%v, %s", c.Assignee, c.Priority)
		}
	}
}

// Teams that cannot be: refused with the reason, and nothing is changed.
func TestBadTeams(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := d.As(d.Owner)
	save := func(team desk.Team) (desk.Team, error) { return d.SaveTeam(ctx, team) }
	one, err := save(desk.Team{Name: "One", Members: []desk.UserID{d.Agent.User}})
	d.OK(err)
	two, err := save(desk.Team{Name: "Two", Members: []desk.UserID{d.Owner.User}, Fallback: one.ID})
	d.OK(err)
	circle := one
	circle.Fallback = two.ID
	self := one
	self.Fallback = one.ID
	for name, bad := range map[string]desk.Team{
		"a circle": circle, "itself": self, "no name": {Name: " "}, "a taken name": {Name: "ONE"}, "a lead from outside": {Name: "Three", Lead: d.Agent.User},
		"a stranger": {Name: "Three", Members: []desk.UserID{99}}, "an unknown inbox": {Name: "Three", Inboxes: []desk.InboxID{99}}, "an unknown team": {Name: "Three", Fallback: 99}, "a team that is not there": {ID: 99, Name: "Three"},
	} {
		if _, err := save(bad); err == nil || desk.KindOf(err) == desk.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty, err := save(desk.Team{Name: "Empty"})
	d.OK(err)
	for name, s := range map[string]desk.AssignmentSettings{
		"an empty team": {AssignmentMode: desk.AssignByLoad, FallbackTeam: empty.ID}, "a team that is not there": {AssignmentMode: desk.AssignByLoad, FallbackTeam: 99},
		"a tag that is not there": {AssignmentMode: desk.AssignByChain, AssignmentRules: []desk.AssignmentRule{{Kind: desk.RuleVIP, Tags: []desk.TagID{99}}}},
		"no rules":                {AssignmentMode: desk.AssignByChain},
	} {
		err := d.ChangeInbox(ctx, d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{AssignmentSettings: s}})
		if err == nil || desk.KindOf(err) == desk.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	rules(d, desk.AssignmentSettings{AssignmentMode: desk.AssignByLoad, FallbackTeam: two.ID})
	if err := d.DeleteTeam(ctx, one.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("removed what another falls back to: %v", err)
	}
	if err := d.DeleteTeam(ctx, two.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("removed what rules turn to: %v", err)
	}
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	rules(d, desk.AssignmentSettings{})
	do(t, d, id, desk.Assign{Team: two.ID})
	if err := d.DeleteTeam(ctx, two.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("removed a team with conversations: %v", err)
	}
	d.OK(d.DeleteTeam(ctx, empty.ID))
}

// F0-30, F0-31, F0-34: responders are set and taken off; twice is once; who left
// or does not see the inbox cannot be one.
func TestSetResponders(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := d.As(d.Owner)
	stranger := d.Join("Eve", "eve@example.com", desk.RoleAgent)
	who := func(inbox desk.InboxID, kind desk.ResponderKind) (users []desk.UserID) {
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, err := tx.Responders()
			users = desk.Responders(all, inbox, kind)
			return err
		}))
		return users
	}
	d.OK(d.SetResponders(ctx, 0, desk.FirstResponders, []desk.UserID{d.Owner.User}))
	if got := who(d.Inbox.ID, desk.FirstResponders); !slices.Equal(got, []desk.UserID{d.Owner.User}) {
		t.Errorf("by default %v", got)
	}
	d.OK(d.SetResponders(ctx, d.Inbox.ID, desk.FirstResponders, []desk.UserID{d.Agent.User, d.Agent.User}))
	d.OK(d.SetResponders(ctx, d.Inbox.ID, desk.FirstResponders, []desk.UserID{d.Agent.User}))
	if got := who(d.Inbox.ID, desk.FirstResponders); !slices.Equal(got, []desk.UserID{d.Agent.User}) {
		t.Errorf("of the inbox %v", got)
	}
	for name, users := range map[string][]desk.UserID{"who does not see it": {stranger.User}, "a stranger": {99}} {
		if err := d.SetResponders(ctx, d.Inbox.ID, desk.FirstResponders, users); err == nil || desk.KindOf(err) == desk.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.OK(d.SetResponders(ctx, d.Inbox.ID, desk.FirstResponders, nil))
	if got := who(d.Inbox.ID, desk.FirstResponders); !slices.Equal(got, []desk.UserID{d.Owner.User}) {
		t.Errorf("after removing %v", got)
	}
}

// F3-36, F2-31: who handed it over is reminded at the time they asked for, once;
// not when they took it back, and not when the conversation has ended.
func TestReminder(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	other := agents(d, 2)[1]
	at := d.Clock.Now().Add(3 * time.Hour)
	var ids []desk.ConversationID
	for i := range 3 {
		id := d.Get(apptest.Post{From: fmt.Sprint(i), Key: fmt.Sprint(i), Text: "hello"}).Conversation
		r, err := d.Do(d.As(d.Agent), id, desk.Assign{Assignee: other.User, RemindAt: at})
		d.OK(err)
		if i == 1 {
			d.OK(err2(d.Do(d.As(d.Agent), id, desk.Undo{Command: r.Command})))
		}
		ids = append(ids, id)
	}
	do(t, d, ids[2], desk.Close{})
	d.Work()
	d.Clock.Add(2*time.Hour + 59*time.Minute)
	d.Work()
	if n := told(d, d.Agent, "reminder"); n != 0 {
		t.Fatalf("reminded %d times before the time", n)
	}
	d.Clock.Add(2 * time.Minute)
	d.Work()
	d.Work()
	if n := told(d, d.Agent, "reminder"); n != 1 {
		t.Errorf("reminded %d times", n)
	}
}
