package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// What the tally counts in memory is what the lists have (F0-21, F0-22), for
// everybody and for who sees some inboxes, whatever was done between.
func TestCountsAreWhatListsHave(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	hub := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	rng := rand.New(rand.NewPCG(1, 2))
	var ids []desk.ConversationID
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Support", Members: []desk.UserID{d.Owner.User, d.Agent.User}, Inboxes: []desk.InboxID{d.Inbox.ID}})
	d.OK(err)
	readers := []store.Scope{
		{Workspace: d.Workspace, User: d.Owner.User}, {Workspace: d.Workspace, User: d.Agent.User},
		{Workspace: d.Workspace, User: d.Agent.User, View: desk.VisibleOwn}, {Workspace: d.Workspace, User: d.Agent.User, View: desk.VisibleTeam, Teams: []desk.TeamID{team.ID}},
		{Workspace: d.Workspace, User: d.Owner.User, View: desk.VisibleTeam, Inboxes: []desk.InboxID{d.Inbox.ID}},
		{Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{d.Inbox.ID}}, {Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{1}},
	}
	owner := app.As(t.Context(), d.Workspace, d.Owner)
	for step := range 300 {
		d.Clock.Add(time.Second)
		if len(ids) == 0 || rng.IntN(5) == 0 {
			name := fmt.Sprintf("kim-%d", step)
			ids = append(ids, d.Get(apptest.Post{From: name, Key: name, Text: "Hello", Own: name}).Conversation)
		} else {
			act(owner, d, rng, team.ID, ids[rng.IntN(len(ids))])
		}
		if step%7 == 0 {
			for _, r := range readers {
				compare(t, d, hub, r)
			}
		}
	}
}

// act does something; that some commands are refused in some states is fine.
func act(ctx context.Context, d *apptest.Desk, rng *rand.Rand, team desk.TeamID, id desk.ConversationID) {
	all := []desk.Command{
		desk.Assign{Assignee: d.Owner.User}, desk.Assign{Assignee: d.Agent.User}, desk.Unassign{}, desk.Resolve{}, desk.Close{}, desk.Reopen{},
		desk.Reply{Text: "Hello to you"}, desk.MarkRead{}, desk.MarkUnread{}, desk.Note{Text: "Hm"},
		desk.Assign{Team: team}, desk.Transfer{Team: team, Assignee: d.Owner.User, Note: "Hm"}, desk.Unassign{Team: true}, desk.Follow{}, desk.Unfollow{},
	}
	_, _ = d.Do(ctx, id, all[rng.IntN(len(all))])
}

// compare looks until both agree: on PostgreSQL the feed ends before the oldest
// transaction that still runs, of other tests too.
func compare(t *testing.T, d *apptest.Desk, hub *realtime.Hub, scope store.Scope) {
	t.Helper()
	want := listed(t, d, scope)
	for deadline := time.Now().Add(10 * time.Second); ; {
		got, err := hub.Counts(t.Context(), scope, d.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if reflect.DeepEqual(got, want) {
			return
		}
		if d.DB.Name() == "sqlite" || time.Now().After(deadline) {
			t.Fatalf("for %s counted %v, the lists have %v", scope.Key(), got, want)
		}
	}
}

func listed(t *testing.T, d *apptest.Desk, scope store.Scope) realtime.Counts {
	t.Helper()
	want := realtime.Counts{Tabs: map[store.View]map[store.Tab]int{}}
	err := d.DB.Read(t.Context(), scope, func(tx *store.Tx) error {
		for _, v := range store.Views {
			want.Tabs[v] = map[store.Tab]int{}
			for _, tab := range store.Tabs {
				n, err := tx.Count(store.List{View: v, Tab: tab, Now: d.Clock.Now()})
				if err != nil {
					return err
				}
				want.Tabs[v][tab] = n
			}
		}
		n, err := tx.Count(store.List{View: store.ViewMine, Tab: store.TabOpen, Unread: true, Now: d.Clock.Now()})
		want.Unread = n
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}
