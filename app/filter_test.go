package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// finds returns what the owner finds by a text, in an order.
func finds(d *apptest.Desk, text string, sort store.Sort) (ids []desk.ConversationID) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), app.ScopeFrom(d.As(d.Owner)), func(tx *store.Tx) error {
		names, err := d.FilterNames(tx)
		if err != nil {
			return err
		}
		n, err := filter.Parse(text, names)
		if err != nil {
			return err
		}
		env, err := d.FilterEnv(tx, time.UTC, n)
		if err != nil {
			return err
		}
		waits, err := d.Waits(tx)
		if err != nil {
			return err
		}
		all, _, err := tx.Found(store.Find{Cond: filter.Resolve(n, env), Sort: sort, Waits: waits, VIP: env.VIP, Now: env.Now, Limit: 100})
		for _, c := range all {
			ids = append(ids, c.ID)
		}
		return err
	}))
	return ids
}

// Waiting longest is in business time (F2-73, F3-89, R9 of the rules for lists): who
// wrote before an inbox closed has waited less in the morning than who wrote at
// night to one that is open around the clock. The morning's views: what is urgent or
// needs a person (F3-85), what the AI agent has handled since business hours ended
// (F3-86), mine (F3-87), and triage (F2-75).
func TestTheMorning(t *testing.T) {
	d := apptest.New(t, desk.PerThread) // Monday 9:00
	day := []desk.Period{{From: 9 * 60, To: 17 * 60}}
	hours, err := d.SaveBusinessHours(d.As(d.Owner), store.BusinessHours{Name: "Office", Hours: desk.Hours{Zone: "UTC", Week: desk.Week{Monday: day, Tuesday: day}}})
	d.OK(err)
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &desk.InboxSettings{PromiseSettings: desk.PromiseSettings{
		SLAMode: desk.SLAOff, BusinessHours: hours.ID, SLAClock: desk.ClockBusiness,
	}}}))
	always, err := d.CreateInbox(d.As(d.Owner), "Always", desk.PerThread, app.InboxChange{Settings: &desk.InboxSettings{PromiseSettings: desk.PromiseSettings{SLAMode: desk.SLAOff}}})
	d.OK(err)
	ch, err := d.SaveChannel(d.As(d.Owner), always.ID, 0, "memory", "Night", []byte(`{}`), nil)
	d.OK(err)
	night, err := d.Lookup(t.Context(), "memory", ch.Address)
	d.OK(err)
	write := func(to channel.Account, who string) desk.ConversationID {
		t.Helper()
		got, err := d.Receive(t.Context(), to, apptest.Raw(apptest.Post{From: who, Key: who, Text: "Hello", Own: who}, d.Clock.Now()), app.Uploads{})
		d.OK(err)
		return got.Conversation
	}
	d.Clock.Add(7*time.Hour + 30*time.Minute) // 16:30
	before := write(d.Account, "before")
	d.Clock.Add(10 * time.Hour) // 2:30 at night
	atNight := write(night, "at night")
	d.Clock.Add(7 * time.Hour) // 9:30
	morning := write(d.Account, "morning")
	d.Clock.Add(10 * time.Minute)

	if got := finds(d, "is:needs_attention", store.SortWaiting); !slices.Equal(got, []desk.ConversationID{atNight, before, morning}) {
		t.Errorf("waiting longest: %v, want %v", got, []desk.ConversationID{atNight, before, morning})
	}
	if got := finds(d, "is:active hours:open", store.SortOldestCreated); len(got) != 3 {
		t.Errorf("within business hours: %v", got)
	}
	if got := finds(d, "after:last_close", store.SortOldestCreated); !slices.Equal(got, []desk.ConversationID{atNight, morning}) {
		t.Errorf("since business hours ended: %v", got)
	}
	d.OK(err2(d.Do(d.As(d.Owner), before, desk.Prioritize{Priority: desk.PriorityUrgent})))
	if got := finds(d, "is:active (needs_human:any OR priority:urgent)", store.SortPriority); !slices.Equal(got, []desk.ConversationID{before}) {
		t.Errorf("urgent: %v", got)
	}
	d.OK(err2(d.Do(d.As(d.Owner), morning, desk.Assign{Assignee: d.Owner.User})))
	if got := finds(d, "assignee:me is:active", store.SortNewest); !slices.Equal(got, []desk.ConversationID{morning}) {
		t.Errorf("mine: %v", got)
	}
	if got := finds(d, "is:new is:unassigned -is:snoozed", store.SortWaiting); !slices.Equal(got, []desk.ConversationID{atNight, before}) {
		t.Errorf("triage: %v", got)
	}
	d.Clock.Add(8 * time.Hour) // closed again
	if got := finds(d, "hours:closed", store.SortOldestCreated); !slices.Equal(got, []desk.ConversationID{before, morning}) {
		t.Errorf("outside business hours: %v", got)
	}
}

// What is shared is a fact of the workspace, for its audit log and for the screens
// of others; what is private is nobody's business.
func TestSharedViewsAreTold(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	var end store.Cursor
	told := func() (all []string) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			events, err := tx.Visible(end, 1000)
			for _, e := range events {
				end = e.Cursor
				if f, ok := e.Fact.(desk.SettingsChanged); ok && f.Subject == "view" {
					all = append(all, fmt.Sprint(f.Action, " by ", e.By.User == d.Agent.User, " ", f.ID))
				}
			}
			return err
		}))
		return all
	}
	told()
	name, renamed, open := "Mine", "Ours", filter.Test(filter.Status, filter.Is, filter.Open)
	v, err := d.CreateView(d.As(d.Agent), app.ViewChange{Name: &name, Filter: &open})
	d.OK(err)
	v, err = d.ChangeView(d.As(d.Agent), v.ID, v.Version, app.ViewChange{Name: &renamed})
	d.OK(err)
	if got := told(); len(got) > 0 {
		t.Errorf("of a private view is told %v", got)
	}
	everyone, private := desk.AudienceEveryone, desk.AudiencePrivate
	v, err = d.ChangeView(d.As(d.Agent), v.ID, v.Version, app.ViewChange{Audience: &everyone})
	d.OK(err)
	v, err = d.ChangeView(d.As(d.Agent), v.ID, v.Version, app.ViewChange{Audience: &private})
	d.OK(err)
	_, err = d.ChangeView(d.As(d.Agent), v.ID, v.Version, app.ViewChange{Audience: &everyone})
	d.OK(err)
	d.OK(d.DeleteView(d.As(d.Owner), v.ID))
	id := v.ID.String()
	if got, want := told(), []string{"changed by true " + id, "changed by true " + id, "changed by true " + id, "removed by false " + id}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}
