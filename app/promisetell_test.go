package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// F0-33, F0-34: the inbox's own responders are told, else the workspace's; nobody
// else then.
func TestRespondersAreTold(t *testing.T) {
	d := promising(t, desk.PromiseSettings{SLATarget: 3600, SLADeadline: 7200})
	kim := d.Join("Kim Lund", "kim@example.com", desk.RoleAgent, d.Inbox.ID)
	ola := d.Join("Ola Moe", "ola@example.com", desk.RoleAgent, d.Inbox.ID)
	admin := d.Join("Ada Berg", "ada@example.com", desk.RoleAdmin)
	ctx := d.As(d.Owner)
	everybody := []desk.Actor{d.Owner, d.Agent, kim, ola, admin}
	check := func(what string, want ...string) {
		t.Helper()
		slices.Sort(want)
		if got := toldWhat(d, everybody...); !slices.Equal(got, want) {
			t.Fatalf("%s: %v were told, want %v", what, got, want)
		}
	}
	d.OK(d.SetResponders(ctx, 0, desk.FirstResponders, []desk.UserID{kim.User}))
	d.OK(d.SetResponders(ctx, 0, desk.EscalationResponders, []desk.UserID{admin.User}))
	d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"})
	d.Clock.Add(2 * time.Hour)
	d.Work()
	so := []string{"deadline " + kim.User.String(), "deadline " + admin.User.String()}
	check("the workspace's", so...)

	d.OK(d.SetResponders(ctx, d.Inbox.ID, desk.FirstResponders, []desk.UserID{ola.User}))
	d.Get(apptest.Post{From: "bea", Key: "2", Text: "hello"})
	d.Clock.Add(time.Hour)
	d.Work()
	so = append(so, "target "+ola.User.String())
	check("the inbox's own", so...)
	d.Clock.Add(time.Hour)
	d.Work()
	so = append(so, "deadline "+ola.User.String(), "deadline "+admin.User.String())
	check("the inbox's own, and the workspace's for escalations", so...)
}

// 5.4: an escalation is told to the escalation responders, the assignee and who
// leads the team; nobody hears of what they do not see.
func TestEscalationIsTold(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	lead := d.Join("Lea Dahl", "lea@example.com", desk.RoleAgent, d.Inbox.ID)
	shy := d.Join("Siv Oen", "siv@example.com", desk.RoleAgent, d.Inbox.ID)
	ctx := d.As(d.Owner)
	own := desk.VisibleOwn
	d.OK(d.ChangeMember(ctx, shy.User, app.MemberChange{ProfileChange: app.ProfileChange{Visibility: &own}}))
	team, err := d.SaveTeam(ctx, desk.Team{Name: "Support", Lead: lead.User, Members: []desk.UserID{lead.User}})
	d.OK(err)
	d.OK(d.SetResponders(ctx, 0, desk.EscalationResponders, []desk.UserID{shy.User}))
	id := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	_, err = d.Do(ctx, id, desk.Assign{Team: team.ID})
	d.OK(err)
	_, err = d.Do(d.As(d.Agent), id, desk.Escalate{Reason: "Needs a hand"})
	d.OK(err)
	d.Work()
	escalated := func() (all []string) {
		for _, s := range toldWhat(d, d.Owner, d.Agent, lead, shy) {
			if strings.HasPrefix(s, "escalated ") {
				all = append(all, s)
			}
		}
		return all
	}
	if got, want := escalated(), []string{"escalated " + lead.User.String()}; !slices.Equal(got, want) {
		t.Fatalf("%v were told, want %v", got, want)
	}
	other := d.Get(apptest.Post{From: "bea", Key: "2", Text: "hello"}).Conversation
	_, err = d.Do(ctx, other, desk.Assign{Assignee: shy.User})
	d.OK(err)
	_, err = d.Do(d.As(d.Agent), other, desk.Escalate{})
	d.OK(err)
	d.Work()
	want := []string{"escalated " + lead.User.String(), "escalated " + shy.User.String()}
	slices.Sort(want)
	if got := escalated(); !slices.Equal(got, want) {
		t.Fatalf("once it is theirs %v were told, want %v", got, want)
	}
}

// E15: who sleeps past a deadline is told of it when the conversation wakes.
func TestSleepsPastItsDeadline(t *testing.T) {
	d := promising(t, desk.PromiseSettings{SLATarget: 3600, SLADeadline: 7200})
	id := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Agent), id, desk.Snooze{Until: d.Clock.Now().Add(5 * time.Hour)})
	d.OK(err)
	d.Clock.Add(3 * time.Hour)
	d.Work()
	if got := thresholds(d, id); len(got) > 0 {
		t.Fatalf("while it slept was said %v", got)
	}
	d.Clock.Add(2 * time.Hour)
	d.Work()
	if c := d.Conversation(id); c.OverdueAt.IsZero() || !c.SnoozedUntil.IsZero() {
		t.Errorf("after it woke it is %+v", c)
	}
	if got := toldWhat(d, d.Owner); !slices.Equal(got, []string{"deadline " + d.Owner.User.String()}) {
		t.Errorf("after it woke %v were told", got)
	}
}

// 1.4: promises are inherited like every setting, escalation as a whole; what a
// workspace promises counts at once, and must be there.
func TestPromisesAreInherited(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := d.As(d.Owner)
	d.OK(d.ChangeInbox(ctx, d.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"sla_mode":null}`)}))
	id := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	began := d.Conversation(id).WaitingSince
	say := func(text string) error {
		return d.ChangeWorkspace(ctx, app.WorkspaceChange{Settings: json.RawMessage(text)})
	}
	d.OK(say(`{"sla_target":600,"sla_deadline":1200,"escalation":{"keywords":["fire"],"follow_ups":4}}`))
	d.Work()
	if c := d.Conversation(id); !c.ResponseDueTarget.Equal(began.Add(10 * time.Minute)) {
		t.Errorf("what the workspace promises gives %s", c.ResponseDueTarget)
	}
	d.OK(d.ChangeInbox(ctx, d.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"sla_target":300,"escalation":{"follow_ups":3}}`)}))
	d.Work()
	if c := d.Conversation(id); !c.ResponseDueTarget.Equal(began.Add(5*time.Minute)) || !c.ResponseDueDeadline.Equal(began.Add(20*time.Minute)) {
		t.Errorf("with its own target it is due %s and %s", c.ResponseDueTarget, c.ResponseDueDeadline)
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		i, err := tx.Inbox(d.Inbox.ID)
		if e := i.Settings.Escalation; e == nil || e.FollowUps != 3 || len(e.Keywords) > 0 {
			t.Errorf("its own escalation is mixed with the workspace's: %+v", e)
		}
		return err
	}))
	for text, says := range map[string]string{
		`{"sla_deadline":60}`:                              "The deadline must be longer than the target.",
		`{"sla_target":100,"sla_deadline":200}`:            "The inbox " + d.Inbox.Name + " says otherwise: The deadline must be longer than the target.",
		`{"sla_policy_id":"sla_000000000001a"}`:            "There is no such policy here.",
		`{"escalation":{"tag_ids":["tag_000000000001a"]}}`: "There is no such tag here.",
	} {
		if err := say(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	policy, err := d.SavePolicy(ctx, desk.Policy{Name: "Ours", First: desk.StandardPolicy().First})
	d.OK(err)
	d.OK(d.ChangeInbox(ctx, d.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"sla_policy_id":""}`)}))
	d.OK(say(`{"sla_policy_id":"` + policy.ID.String() + `"}`))
	if err := d.DeletePolicy(ctx, policy.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a policy that the workspace uses was removed: %v", err)
	}
}
