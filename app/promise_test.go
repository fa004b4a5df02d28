package app_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/effect"
	"parley/store"
)

// promising returns a desk whose inbox keeps promises.
func promising(t *testing.T, s desk.PromiseSettings) *apptest.Desk {
	t.Helper()
	d := apptest.New(t, desk.PerThread)
	promise(d, s)
	return d
}

func promise(d *apptest.Desk, s desk.PromiseSettings) {
	d.T.Helper()
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{PromiseSettings: s}}))
	d.Work()
}

// toldWhat returns who was told what, in the words "kind user".
func toldWhat(d *apptest.Desk, users ...desk.Actor) (all []string) {
	d.T.Helper()
	for _, u := range users {
		d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace, User: u.User}, func(tx *store.Tx) error {
			news, err := tx.Notifications(0, 100_000)
			for _, n := range news {
				all = append(all, string(n.Kind)+" "+n.User.String())
			}
			return err
		}))
	}
	slices.Sort(all)
	return all
}

// TestS13_WhoIsTold: F0-33, F0-38, F0-39, F0-41, D-14: the target is told to the
// first responders, the deadline to the escalation responders as well, everybody
// once, with the assignee; a follow-up tells nobody anything new.
func TestS13_WhoIsTold(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	second := d.Join("Kim Lund", "kim@example.com", desk.RoleAgent, d.Inbox.ID)
	outside := d.Join("Otto Vik", "otto@example.com", desk.RoleAgent)
	c := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello", Own: "mail-1"}).Conversation
	_, err := d.Do(d.As(d.Owner), c, desk.Prioritize{Priority: desk.PriorityHigh})
	d.OK(err)
	d.Clock.Add(time.Hour)
	d.Work()
	agent, kim, owner := d.Agent.User.String(), second.User.String(), d.Owner.User.String()
	everybody := []desk.Actor{d.Agent, second, outside, d.Owner}
	want := []string{"target " + agent, "target " + kim}
	slices.Sort(want)
	if got := toldWhat(d, everybody...); !slices.Equal(got, want) {
		t.Fatalf("after the target %v were told, want %v", got, want)
	}
	d.Get(apptest.Post{From: "anna", Key: "2", Text: "hello?", Thread: []string{"mail-1"}})
	d.Clock.Add(3 * time.Hour)
	d.Work()
	d.Work()
	want = append(want, "deadline "+agent, "deadline "+kim, "deadline "+owner)
	slices.Sort(want)
	if got := toldWhat(d, everybody...); !slices.Equal(got, want) {
		t.Fatalf("after the deadline %v were told, want %v", got, want)
	}
	got := d.Conversation(c)
	if !got.Overdue() || got.Priority != desk.PriorityUrgent || got.Label(d.Clock.Now()) != "Overdue" {
		t.Errorf("it is %s and %s", got.Label(d.Clock.Now()), got.Priority)
	}
	timeline := []string{
		"opened", "message_posted", "due_changed", "priority_changed", "due_changed", "sla_target_passed", "notification_sent",
		"message_posted", "sla_deadline_passed", "escalated", "priority_changed", "notification_sent",
	}
	if all := slices.DeleteFunc(d.Timeline(c), func(s string) bool { return s == "notified" }); !slices.Equal(all, timeline) {
		t.Errorf("timeline %v, want %v", all, timeline)
	}
	if list := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOverdue}); len(list) != 1 || list[0].ID != c {
		t.Errorf("%d are overdue", len(list))
	}
}

// TestF040_NobodyIsToldOfWhatWasPutRight: an answer or an end before the moment.
func TestF040_NobodyIsToldOfWhatWasPutRight(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	answered := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	closed := d.Get(apptest.Post{From: "bo", Key: "2", Text: "hello"}).Conversation
	late := d.Get(apptest.Post{From: "cy", Key: "3", Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Agent), answered, desk.Reply{Text: "hi"})
	d.OK(err)
	_, err = d.Do(d.As(d.Agent), closed, desk.Close{})
	d.OK(err)
	d.Clock.Add(48 * time.Hour)
	// The threshold is committed, and the answer comes before the notification.
	_, err = d.Do(app.System(t.Context(), d.Workspace), late, desk.Tick{})
	d.OK(err)
	_, err = d.Do(d.As(d.Owner), late, desk.Reply{Text: "sorry"})
	d.OK(err)
	d.Work()
	if got := toldWhat(d, d.Agent, d.Owner); len(got) > 0 {
		t.Errorf("%v were told", got)
	}
}

// TestF124_ChangesCountFromTheSameBeginning: a policy, hours and an inbox that
// change move what is due everywhere, and only there.
func TestF124_ChangesCountFromTheSameBeginning(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	c := d.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation // Monday, 1 June, 09:00 UTC
	start := d.Clock.Now()
	due := func(what string, want time.Time) {
		t.Helper()
		d.Work()
		if got := d.Conversation(c).ResponseDueDeadline; !got.Equal(want) {
			t.Fatalf("%s: due %s, want %s", what, got, want)
		}
	}
	due("standard", start.Add(24*time.Hour))
	policy, err := d.SavePolicy(d.As(d.Owner), desk.Policy{Name: "Fast", First: desk.Goals{Normal: desk.Goal{Target: 3600, Deadline: 8 * 3600}}})
	d.OK(err)
	due("a policy nobody uses", start.Add(24*time.Hour))
	d.Clock.Add(time.Hour)
	promise(d, desk.PromiseSettings{SLAPolicy: policy.ID})
	due("the inbox uses it", start.Add(8*time.Hour))
	hours := store.BusinessHours{Name: "Mornings", Hours: desk.Hours{Zone: "UTC", Week: desk.Week{
		Monday: []desk.Period{{From: 8 * 60, To: 12 * 60}}, Tuesday: []desk.Period{{From: 8 * 60, To: 12 * 60}}, Wednesday: []desk.Period{{From: 8 * 60, To: 12 * 60}},
	}}}
	hours, err = d.SaveBusinessHours(d.As(d.Owner), hours)
	d.OK(err)
	promise(d, desk.PromiseSettings{SLAPolicy: policy.ID, BusinessHours: hours.ID})
	due("in business hours", time.Date(2026, 6, 3, 9, 0, 0, 0, time.UTC))
	hours.Hours.Holidays = []desk.Holiday{{Name: "Free", First: desk.Day{Year: 2026, Month: 6, Day: 2}}}
	_, err = d.SaveBusinessHours(d.As(d.Owner), hours)
	d.OK(err)
	due("with a holiday", time.Date(2026, 6, 8, 9, 0, 0, 0, time.UTC))
	policy.First.Normal = desk.Goal{Deadline: 3600}
	_, err = d.SavePolicy(d.As(d.Owner), policy)
	d.OK(err)
	due("now in the past: at once", time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC))
	if got := d.Conversation(c); got.OverdueAt.IsZero() {
		t.Error("it is not overdue")
	}
	promise(d, desk.PromiseSettings{SLAMode: desk.SLAOff})
	// What is in use cannot be removed; what is not can.
	promise(d, desk.PromiseSettings{SLAPolicy: policy.ID, BusinessHours: hours.ID})
	if err := d.DeletePolicy(d.As(d.Owner), policy.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a policy in use was removed: %v", err)
	}
	if err := d.DeleteBusinessHours(d.As(d.Owner), hours.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("business hours in use were removed: %v", err)
	}
	promise(d, desk.PromiseSettings{})
	d.OK(d.DeletePolicy(d.As(d.Owner), policy.ID))
	d.OK(d.DeleteBusinessHours(d.As(d.Owner), hours.ID))
}

// TestPromisesAreRefused: F0-36, and what cannot be: nothing is changed.
func TestPromisesAreRefused(t *testing.T) {
	d := promising(t, desk.PromiseSettings{SLATarget: 60, SLADeadline: 120})
	tooLong := strings.Repeat("x", 10)
	for _, c := range []struct {
		name string
		s    desk.PromiseSettings
		says string
	}{
		{"deadline before target", desk.PromiseSettings{SLATarget: 120, SLADeadline: 60}, "The deadline must be longer than the target."},
		{"deadline at the target", desk.PromiseSettings{SLATarget: 120, SLADeadline: 120}, "The deadline must be longer than the target."},
		{"own without values", desk.PromiseSettings{SLAMode: desk.SLAOwn}, "Give this inbox a target"},
		{"no such policy", desk.PromiseSettings{SLAPolicy: 99}, "There is no such policy here."},
		{"no such hours", desk.PromiseSettings{BusinessHours: 99}, "There is no such business hours here."},
		{"business clock without hours", desk.PromiseSettings{SLAClock: desk.ClockBusiness}, "Choose the business hours that count."},
		{"no such clock", desk.PromiseSettings{SLAClock: desk.SLAClock(tooLong)}, "Choose calendar or business."},
		{"too many follow-ups", desk.PromiseSettings{Escalation: &desk.EscalationSettings{FollowUps: 11}}, "Choose 1 to 10 follow-ups."},
		{"no such tag", desk.PromiseSettings{Escalation: &desk.EscalationSettings{Tags: []desk.TagID{99}}}, "There is no such tag here."},
	} {
		err := d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{PromiseSettings: c.s}})
		if _, ok := errors.AsType[*desk.Error](err); !ok || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		i, err := tx.Inbox(d.Inbox.ID)
		if i.Settings.SLATarget != 60 || i.Settings.SLADeadline != 120 || i.Settings.Escalation != nil {
			t.Errorf("the settings are %+v", i.Settings)
		}
		return err
	}))
	bad := desk.Policy{Name: "Bad", First: desk.Goals{High: desk.Goal{Target: 7200, Deadline: 3600}}}
	if _, err := d.SavePolicy(d.As(d.Owner), bad); err == nil || err.Error() != "High priority: the deadline must be longer than the target." {
		t.Errorf("a bad policy: %v", err)
	}
	if _, err := d.SaveBusinessHours(d.As(d.Owner), store.BusinessHours{Name: "Bad", Hours: desk.Hours{Zone: "Mars/Base"}}); err == nil {
		t.Error("bad hours are taken")
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		policies, err := tx.Policies()
		hours, other := tx.BusinessHours()
		if len(policies)+len(hours) > 0 {
			t.Errorf("%d policies and %d hours were kept", len(policies), len(hours))
		}
		return errors.Join(err, other)
	}))
}

// TestLateInTheSameMinute: two machines, many conversations whose deadline passes
// at once: every threshold, escalation and notification once. bench has it with
// ten thousand.
func TestLateInTheSameMinute(t *testing.T) {
	const many = 150
	d := promising(t, desk.PromiseSettings{SLATarget: 60, SLADeadline: 3600})
	for i := range many {
		d.Get(apptest.Post{From: fmt.Sprint("customer ", i), Key: fmt.Sprint(i), Text: "hello"})
	}
	d.Clock.Add(2 * time.Hour)
	other := &app.App{
		DB: d.DB, Now: d.Now, Log: d.Log, Blobs: d.Blobs, Keys: d.Keys, Channels: d.Channels, Feed: app.NewBell(),
	}
	other.Effects = []app.Effect{effect.PromiseTimer{App: other}, effect.PromiseTell{App: other}}
	var nodes sync.WaitGroup
	for _, node := range []*app.App{d.App, other} {
		nodes.Go(func() {
			for idle := 0; idle < 3; {
				n, err := node.WorkNow(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if n == 0 {
					idle++
				}
			}
		})
	}
	nodes.Wait()
	d.Work()
	if got := len(toldWhat(d, d.Agent)); got != many {
		t.Errorf("the agent was told %d times of %d", got, many)
	}
	if got := len(toldWhat(d, d.Owner)); got != many {
		t.Errorf("the owner was told %d times of %d", got, many)
	}
	for _, c := range d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOverdue, Limit: 2 * many}) {
		count := map[string]int{}
		for _, name := range d.Timeline(c.ID) {
			count[name]++
		}
		if count["sla_target_passed"] != 1 || count["sla_deadline_passed"] != 1 || count["escalated"] != 1 || count["notification_sent"] != 1 {
			t.Fatalf("its timeline has %v", count)
		}
	}
}

// TestAYearOfDeadlines lets a year pass: customers write at any time, answers
// come or do not, hours have holidays and summer time. Every threshold that the
// calendar gives is said once, at its moment, and nothing else is.
func TestAYearOfDeadlines(t *testing.T) {
	d := promising(t, desk.PromiseSettings{})
	day := []desk.Period{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 17 * 60}}
	hours, err := d.SaveBusinessHours(d.As(d.Owner), store.BusinessHours{Name: "Office", Hours: desk.Hours{
		Zone: "Europe/Berlin", Week: desk.Week{Monday: day, Tuesday: day, Wednesday: day, Thursday: day, Friday: day},
		Holidays: []desk.Holiday{{Name: "Christmas", First: desk.Day{Year: 2020, Month: 12, Day: 24}, Last: desk.Day{Year: 2020, Month: 12, Day: 31}, Yearly: true}},
	}})
	d.OK(err)
	goal := desk.Goal{Target: 2 * 3600, Deadline: 12 * 3600}
	promise(d, desk.PromiseSettings{SLATarget: goal.Target, SLADeadline: goal.Deadline, BusinessHours: hours.ID})
	calendar, err := hours.Hours.Calendar()
	d.OK(err)
	type wait struct {
		id              desk.ConversationID
		since, answered time.Time
	}
	var waits []wait
	type step struct {
		at   time.Time
		wait int
	}
	r := rand.New(rand.NewPCG(2026, 6))
	begin := d.Clock.Now()
	var steps []step
	for n := range 250 {
		since := begin.Add(time.Duration(r.Int64N(int64(365 * 24 * time.Hour)))).Truncate(time.Second)
		w := wait{since: since}
		if r.IntN(5) > 0 {
			w.answered = since.Add(time.Duration(r.ExpFloat64() * float64(20*time.Hour))).Truncate(time.Second).Add(time.Second)
			steps = append(steps, step{w.answered, n})
		}
		waits, steps = append(waits, w), append(steps, step{since, n})
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.wait, b.wait)) })
	for _, s := range steps {
		passTo(d, s.at)
		w := &waits[s.wait]
		if w.id == 0 {
			w.id = d.Get(apptest.Post{From: fmt.Sprint("customer ", s.wait), Key: fmt.Sprint(s.wait), Text: "hello"}).Conversation
			continue
		}
		_, err := d.Do(d.As(d.Agent), w.id, desk.Reply{Text: "hi"})
		d.OK(err)
	}
	end := begin.AddDate(1, 1, 0)
	passTo(d, end)
	late := 0
	for _, w := range waits {
		var want []string
		for _, due := range []struct {
			name string
			in   desk.Seconds
		}{{"target", goal.Target}, {"deadline", goal.Deadline}} {
			at, ok := calendar.Add(w.since, due.in.Duration())
			if ok && (w.answered.IsZero() || at.Before(w.answered)) {
				want = append(want, due.name+" "+at.Format(time.RFC3339))
				late++
			}
		}
		if got := thresholds(d, w.id); !slices.Equal(got, want) {
			t.Fatalf("of the wait since %s, answered %s, was said %v, want %v", w.since, w.answered, got, want)
		}
	}
	if late < 150 {
		t.Errorf("only %d thresholds passed in the year", late)
	}
}

// passTo moves the clock to a moment, stopping whenever a timer is due.
func passTo(d *apptest.Desk, to time.Time) {
	d.T.Helper()
	for {
		var next time.Time
		d.OK(d.DB.Look(d.T.Context(), store.Scope{}, func(tx *store.Tx) (err error) { next, err = tx.NextRun("promise_timer"); return err }))
		if next.IsZero() || next.After(to) {
			break
		}
		if wait := next.Sub(d.Clock.Now()); wait > 0 {
			d.Clock.Add(wait)
		}
		d.Work()
	}
	if wait := to.Sub(d.Clock.Now()); wait > 0 {
		d.Clock.Add(wait)
	}
}

func thresholds(d *apptest.Desk, id desk.ConversationID) (all []string) {
	d.T.Helper()
	d.OK(d.DB.Read(context.WithoutCancel(d.T.Context()), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		events, err := tx.History(id)
		for _, e := range events {
			switch e.Fact.(type) {
			case desk.TargetPassed:
				all = append(all, "target "+e.At.Format(time.RFC3339))
			case desk.DeadlinePassed:
				all = append(all, "deadline "+e.At.Format(time.RFC3339))
			}
		}
		return err
	}))
	return all
}
