package effect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

func change(d *apptest.Desk, settings string) {
	d.T.Helper()
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: json.RawMessage(settings)}))
}

func history(d *apptest.Desk, id desk.ConversationID) (all []desk.Event) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { all, err = tx.History(id); return err }))
	return all
}

func notices(d *apptest.Desk, a desk.Actor) (all []store.Notification) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { all, err = tx.Notifications(0, 100); return err }))
	return all
}

// next moves the clock to the next job that is due, and runs what is due then.
func next(d *apptest.Desk, until time.Time) bool {
	d.T.Helper()
	var at time.Time
	d.OK(d.DB.Read(d.T.Context(), store.Scope{}, func(tx *store.Tx) error {
		for _, q := range d.Queues() {
			run, err := tx.NextRun(q)
			if err != nil {
				return err
			}
			if !run.IsZero() && (at.IsZero() || run.Before(at)) {
				at = run
			}
		}
		return nil
	}))
	if at.IsZero() || at.After(until) {
		d.Clock.Add(until.Sub(d.Clock.Now()))
		return false
	}
	if at.After(d.Clock.Now()) {
		d.Clock.Add(at.Sub(d.Clock.Now()))
	}
	d.Work()
	return true
}

// E15: a snoozed conversation comes back at its moment, once, and whoever snoozed
// it is told, with the snooze as the cause.
func TestSnoozeEnds(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	until := d.Clock.Now().Add(3 * time.Hour)
	snoozed, err := d.Do(d.As(d.Agent), id, desk.Snooze{Until: until})
	d.OK(err)
	d.Work()
	d.Clock.Add(3*time.Hour - time.Second)
	d.Work()
	if c := d.Conversation(id); !c.Snoozed(d.Clock.Now()) {
		t.Fatal("it came back too early")
	}
	d.Clock.Add(time.Second)
	d.Work()
	d.Work()
	all := history(d, id)
	last := all[len(all)-1]
	if f, ok := last.Fact.(desk.Woken); !ok || f.Reason != desk.WokenByTimer || !last.At.Equal(until) || last.Cause != snoozed.Events[0].Seq || last.By.Kind != desk.ActorSystem {
		t.Errorf("%+v", last)
	}
	mine, others := notices(d, d.Agent), notices(d, d.Owner)
	if len(mine) != 1 || mine[0].Kind != "snooze_ended" || mine[0].Conversation != id || len(others) != 0 {
		t.Errorf("%+v, %+v", mine, others)
	}
}

// A snooze that was moved, ended or taken back leaves a timer that does nothing.
func TestOldSnoozesDoNothing(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	at := d.Clock.Now()
	for _, hours := range []int{1, 5, 2} {
		_, err := d.Do(d.As(d.Agent), id, desk.Snooze{Until: at.Add(time.Duration(hours) * time.Hour)})
		d.OK(err)
	}
	for next(d, at.Add(6*time.Hour)) {
	}
	woken := 0
	for _, e := range history(d, id) {
		if _, ok := e.Fact.(desk.Woken); ok {
			woken++
			if !e.At.Equal(at.Add(2 * time.Hour)) {
				t.Errorf("woken at %s", e.At)
			}
		}
	}
	if woken != 1 {
		t.Errorf("woken %d times", woken)
	}
}

// T14: the timer obeys the setting of today: longer waits longer, off does nothing.
func TestAutoCloseFollowsTheSetting(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	change(d, `{"auto_close_after_resolved_minutes":60}`)
	begin := d.Clock.Now()
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	off := d.Get(apptest.Post{From: "eve", Key: "2", Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Agent), id, desk.Resolve{Summary: "mended"})
	d.OK(err)
	change(d, `{"auto_close_after_resolved_minutes":120}`)
	for next(d, begin.Add(90*time.Minute)) {
	}
	if c := d.Conversation(id); c.Status != desk.StatusResolved {
		t.Fatalf("after the time it had first: %s", c.Status)
	}
	_, err = d.Do(d.As(d.Agent), off, desk.Resolve{})
	d.OK(err)
	for next(d, begin.Add(130*time.Minute)) {
	}
	c := d.Conversation(id)
	if c.Status != desk.StatusClosed || c.ClosedSource != desk.SourceTimer || !c.ClosedAt.Equal(begin.Add(120*time.Minute)) || c.ClosingSummary != "mended" {
		t.Errorf("after the longer time: %+v", c)
	}
	change(d, `{"auto_close_after_resolved_minutes":null}`)
	for next(d, begin.Add(24*time.Hour)) {
	}
	if c := d.Conversation(off); c.Status != desk.StatusResolved {
		t.Errorf("switched off: %s", c.Status)
	}
}

// An undo that makes a conversation resolved again gives it its timer again.
func TestUndoSetsTheTimerAgain(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	change(d, `{"auto_close_after_resolved_minutes":60,"auto_archive_after_closed_minutes":60}`)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	_, err := d.Do(d.As(d.Agent), id, desk.Resolve{})
	d.OK(err)
	reopened, err := d.Do(d.As(d.Agent), id, desk.Reopen{})
	d.OK(err)
	d.Clock.Add(2 * time.Hour)
	d.Work() // the timer finds it open
	_, err = d.Do(d.As(d.Agent), id, desk.Undo{Command: reopened.Command})
	d.OK(err)
	d.Work()
	if c := d.Conversation(id); c.Status != desk.StatusClosed || c.ClosedSource != desk.SourceTimer {
		t.Errorf("%s by %s", c.Status, c.ClosedSource)
	}
	d.Clock.Add(time.Hour)
	d.Work()
	if c := d.Conversation(id); !c.Archived() || !c.ArchivedAt.Equal(d.Clock.Now()) {
		t.Error("it was not archived")
	}
}

// F1-52: the closing message goes out, and is no answer.
func TestClosingMessageGoesOut(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	r, err := d.Do(d.As(d.Agent), id, desk.Resolve{Message: "Have a good ride!"})
	d.OK(err)
	d.Work()
	m := d.Message(r.Message)
	if sent := d.Channel.Sent(); len(sent) != 1 || sent[0] != "Have a good ride!" || m.Delivery != desk.DeliverySent || m.User != d.Agent.User {
		t.Errorf("%q, %+v", sent, m)
	}
	if c := d.Conversation(id); c.WaitingOn != desk.WaitingOnAgent || !c.FirstReplyAt.IsZero() || c.Status != desk.StatusResolved {
		t.Errorf("%+v", c)
	}
}

// A year of snoozes, answers, resolutions and silence passes in seconds: every
// timer does its work at its moment and no other, and nothing is left behind.
func TestAYear(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	const resolved, inactive, archive = 3 * 24 * 60, 14 * 24 * 60, 30 * 24 * 60
	change(d, fmt.Sprintf(`{"auto_close_after_resolved_minutes":%d,"auto_close_inactive_minutes":%d,"auto_archive_after_closed_minutes":%d,"after_close":"new"}`, resolved, inactive, archive))
	r := rand.New(rand.NewPCG(1, 2026))
	begin := d.Clock.Now()
	end := begin.AddDate(1, 0, 0)
	seen := map[desk.ConversationID]bool{}
	var open []desk.ConversationID
	steps := 0
	for d.Clock.Now().Before(end) {
		steps++
		got := d.Get(apptest.Post{From: fmt.Sprint("customer", r.IntN(12)), Key: fmt.Sprint(steps), Text: "hello"})
		if !seen[got.Conversation] {
			seen[got.Conversation], open = true, append(open, got.Conversation)
		}
		for range 3 {
			id := open[r.IntN(len(open))]
			ahead := d.Clock.Now().Add(time.Duration(1+r.IntN(400)) * time.Hour)
			cmd := []desk.Command{
				desk.Reply{Text: "hi"}, desk.Reply{Text: "hi"}, desk.Snooze{Until: ahead}, desk.Snooze{Until: ahead, UntilReply: true}, desk.Pend{Reason: desk.PendingExternal, Note: "the courier", RemindAt: ahead},
				desk.Resolve{}, desk.Unsnooze{}, desk.Close{}, desk.Reopen{},
			}[r.IntN(9)]
			if _, err := d.Do(d.As(d.Agent), id, cmd); err != nil && desk.KindOf(err) != desk.Conflict {
				t.Fatal(err)
			}
		}
		stop := d.Clock.Now().Add(time.Duration(r.IntN(4*24*60)) * time.Minute)
		for next(d, stop) {
		}
	}
	for next(d, end.AddDate(0, 3, 0)) {
	}
	counts := map[string]int{}
	for id := range seen {
		var c desk.Conversation
		for _, e := range history(d, id) {
			moment, due := "", time.Time{}
			switch f := e.Fact.(type) {
			case desk.Woken:
				if f.Reason == desk.WokenByTimer {
					moment, due = "woken", c.SnoozedUntil
				}
			case desk.StatusChanged:
				switch {
				case f.Source == desk.SourceTimer && f.Old == desk.StatusResolved:
					moment, due = "closed after resolving", c.ResolvedAt.Add(resolved*time.Minute)
				case f.Source == desk.SourceTimer:
					moment, due = "closed in silence", c.InactiveSince.Add(inactive*time.Minute)
				}
			case desk.Archived:
				moment, due = "archived", c.ClosedAt.Add(archive*time.Minute)
			}
			if moment != "" {
				counts[moment]++
				if !e.At.Equal(due) || e.By.Kind != desk.ActorSystem || e.Cause == 0 {
					t.Errorf("%s was %s at %s, due %s", id, moment, e.At, due)
				}
			}
			c.Apply(e)
		}
		switch now := d.Clock.Now(); {
		case c.Status == desk.StatusResolved, c.Status == desk.StatusClosed && !c.Archived():
			t.Errorf("%s is left %s", id, c.Status)
		case c.Snoozed(now) && !c.SnoozeUntilReply:
			t.Errorf("%s sleeps", id)
		}
	}
	t.Logf("%d steps, %d conversations: %v", steps, len(seen), counts)
	for _, moment := range []string{"woken", "closed after resolving", "closed in silence", "archived"} {
		if counts[moment] < 5 {
			t.Errorf("%s %d times", moment, counts[moment])
		}
	}
}
