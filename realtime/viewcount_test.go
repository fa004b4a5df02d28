package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
	"parley/realtime"
	"parley/store"
)

// The counts of views are what the database counts, exactly, for everybody and for
// who sees only some, whatever was done in between and however time passes (F2-13,
// F3-83).
func TestViewCountsAreWhatFiltersFind(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	hub := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	rng := rand.New(rand.NewPCG(1, 2))
	team, err := d.SaveTeam(d.As(d.Owner), desk.Team{Name: "Support", Members: []desk.UserID{d.Owner.User, d.Agent.User}, Inboxes: []desk.InboxID{d.Inbox.ID}})
	d.OK(err)
	vip, err := d.SaveTag(d.As(d.Owner), desk.Tag{Name: "vip", Color: "c1"})
	d.OK(err)
	texts := []string{
		"", "is:active", "is:closed", "is:resolved", "is:archived", "-is:active", "is:unread", "assignee:me", "assignee:me,none -is:snoozed", "assignee:others", "tag:vip", "-tag:vip is:closed",
		"customer_type:vip", "customer_type:returning", "from:kim-1", "is:snoozed", "is:active -is:snoozed", "activity:5m", "-activity:5m", "closed:5m", "created:today", "follower:me",
		"team:mine", "(is:closed OR is:unread) -assignee:none", "messages:>=3", "is:new", "is:in_progress", "customer_wrote:<1m", "inbox:\"Front desk\"", "hours:open is:active",
	}
	owner := app.As(t.Context(), d.Workspace, d.Owner)
	var names filter.Names
	d.OK(d.DB.Read(owner, app.ScopeFrom(owner), func(tx *store.Tx) (err error) { names, err = d.FilterNames(tx); return err }))
	var nodes []filter.Node
	for _, text := range texts {
		n, err := filter.Parse(text, names)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		nodes = append(nodes, n)
	}
	g := filtertest.Gen{Rand: rng, Plain: true}
	for range 40 {
		nodes = append(nodes, g.Node(3))
	}
	readers := []store.Scope{
		{Workspace: d.Workspace, User: d.Owner.User}, {Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{d.Inbox.ID}},
		{Workspace: d.Workspace, User: d.Agent.User, View: desk.VisibleOwn}, {Workspace: d.Workspace, User: d.Agent.User, View: desk.VisibleTeam, Teams: []desk.TeamID{team.ID}},
		{Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{1}},
	}
	var ids []desk.ConversationID
	var merged []app.Result
	for step := range 400 {
		d.Clock.Add(time.Duration(rng.IntN(4000)) * time.Millisecond)
		switch {
		case len(ids) == 0 || rng.IntN(5) == 0:
			name := fmt.Sprintf("kim-%d", rng.IntN(12))
			ids = append(ids, d.Get(apptest.Post{From: name, Key: fmt.Sprint(step), Text: "Hello", Own: fmt.Sprint(step)}).Conversation)
		case rng.IntN(25) == 0:
			c := d.Conversation(ids[rng.IntN(len(ids))])
			tags := []desk.TagID{vip.ID}[:rng.IntN(2)]
			d.OK(d.ChangeContact(d.As(d.Owner), c.Contact, app.ContactChange{Tags: &tags}))
		case rng.IntN(6) == 0:
			merged = join(owner, d, rng, ids, merged)
		default:
			also(owner, d, rng, vip.ID, ids[rng.IntN(len(ids))])
			act(owner, d, rng, team.ID, ids[rng.IntN(len(ids))])
		}
		if step == 150 {
			// A node that comes later knows nothing of what has ended before.
			hub = &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
		}
		if step%5 == 0 {
			compareViews(t, d, hub, readers[rng.IntN(len(readers))], nodes)
		}
	}
	for _, r := range readers {
		compareViews(t, d, hub, r, nodes)
	}
	if len(merged) < 10 {
		t.Errorf("only %d merges: this proves little of them", len(merged))
	}
}

// join merges two conversations of one customer, or takes a merge back: what was
// merged is counted nowhere (F2-50).
func join(ctx context.Context, d *apptest.Desk, rng *rand.Rand, ids []desk.ConversationID, merged []app.Result) []app.Result {
	if len(merged) > 0 && rng.IntN(3) == 0 {
		last := merged[rng.IntN(len(merged))]
		_, _ = d.Do(ctx, last.Conversation.ID, desk.Undo{Command: last.Command})
		return merged
	}
	d.Work() // nothing is on its way
	one := d.Conversation(ids[rng.IntN(len(ids))])
	for _, i := range rng.Perm(len(ids)) {
		if other := d.Conversation(ids[i]); other.ID != one.ID && other.Contact == one.Contact {
			if r, err := d.Do(ctx, one.ID, desk.Merge{Other: other.ID}); err == nil {
				return append(merged, r)
			}
		}
	}
	return merged
}

// also does what act does not.
func also(ctx context.Context, d *apptest.Desk, rng *rand.Rand, vip desk.TagID, id desk.ConversationID) {
	all := []desk.Command{
		desk.Label{Add: []string{vip.String()}}, desk.Label{Remove: []string{vip.String()}}, desk.Snooze{Until: d.Clock.Now().Add(time.Duration(1+rng.IntN(20)) * time.Second)},
		desk.Unsnooze{}, desk.Archive{}, desk.Unarchive{}, desk.Prioritize{Priority: desk.PriorityUrgent}, desk.Pend{Reason: "customer"},
	}
	_, _ = d.Do(ctx, id, all[rng.IntN(len(all))])
}

func compareViews(t *testing.T, d *apptest.Desk, hub *realtime.Hub, scope store.Scope, nodes []filter.Node) {
	t.Helper()
	d.Clock.Add(10 * time.Second) // what time alone changes of what has ended is counted by then
	env := func(tx *store.Tx) (filter.Env, error) { return d.FilterEnv(tx, time.UTC, nodes...) }
	got, err := hub.CountViews(t.Context(), scope, env, nodes)
	if err != nil {
		t.Fatal(err)
	}
	err = d.DB.Read(t.Context(), scope, func(tx *store.Tx) error {
		e, err := env(tx)
		if err != nil {
			return err
		}
		for i, n := range nodes {
			want, err := tx.CountFound(filter.Resolve(n, e), filter.StatesAll, 0)
			if err != nil {
				return err
			}
			if got[i] != want {
				t.Errorf("for %s %s: counted %d, there are %d", scope.Key(), filter.Print(n, nil), got[i], want)
			}
		}
		return nil
	})
	if err != nil || t.Failed() {
		t.Fatal("at ", d.Clock.Now(), err)
	}
}

// BenchmarkViewCounts is two hundred agents with thirty views each, of a thousand
// shared ones, who all ask after every change.
func BenchmarkViewCounts(b *testing.B) {
	d := apptest.New(b, desk.PerThread)
	hub := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	owner := app.As(b.Context(), d.Workspace, d.Owner)
	for i := range 2000 {
		name := fmt.Sprintf("kim-%d", i)
		d.Get(apptest.Post{From: name, Key: name, Text: "Hello", Own: name})
	}
	id := d.Get(apptest.Post{From: "ann", Key: "ann", Text: "Hello", Own: "ann"}).Conversation
	views := make([]filter.Node, 1000)
	for i := range views {
		views[i] = filter.All(filter.Test(filter.Status, filter.Is, filter.Active), filter.Not(filter.Test(filter.Status, filter.Is, filter.Snoozed)),
			filter.Any(filter.Test(filter.From, filter.Contains, fmt.Sprintf("kim-%d", i)), filter.Test(filter.Priority, filter.Is, "urgent"), filter.Test(filter.Messages, filter.AtLeast, fmt.Sprint(i%9+2))))
	}
	ask := func(agent int) {
		mine := views[agent*5%970 : agent*5%970+30]
		scope := store.Scope{Workspace: d.Workspace, User: desk.UserID(1000 + agent)}
		_, err := hub.CountViews(b.Context(), scope, func(tx *store.Tx) (filter.Env, error) { return d.FilterEnv(tx, time.UTC, mine...) }, mine)
		d.OK(err)
	}
	for agent := range 200 {
		ask(agent)
	}
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		_, err := d.Do(owner, id, desk.Note{Text: fmt.Sprint("Note ", i)})
		d.OK(err)
		b.StartTimer()
		for agent := range 200 {
			ask(agent)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/200, "µs/ask")
}
