package effect_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
)

// besides schedules a reply in a conversation and begins another one of the customer.
func besides(t *testing.T, more desk.Schedule) (d *apptest.Desk, keeps, goes desk.ConversationID, s desk.ScheduledID) {
	t.Helper()
	d = apptest.New(t, desk.PerThread)
	keeps = d.Get(apptest.Post{From: "kim", Key: "other", Text: "And where?"}).Conversation
	goes, s, _ = planned(d, more)
	if keeps == goes {
		t.Fatal("it is one conversation")
	}
	return d, keeps, goes, s
}

func merge(d *apptest.Desk, into, other desk.ConversationID) desk.CommandID {
	d.T.Helper()
	r, err := d.Do(d.As(d.Agent), into, desk.Merge{Other: other})
	d.OK(err)
	d.Work()
	return r.Command
}

// F2-50, T20: what waits in a conversation that is merged into another waits there: at
// its moment it is sent, once, by its author. Taken back after that, it stays there.
func TestScheduledGoesAlongWithAMerge(t *testing.T) {
	d, keeps, goes, s := besides(t, desk.Schedule{})
	at := scheduled(d, s).At
	merged := merge(d, keeps, goes)
	if is := scheduled(d, s); is.Conversation != keeps || is.State != desk.ScheduledWaiting || !is.At.Equal(at) || d.Conversation(keeps).Scheduled != 1 || d.Conversation(goes).Scheduled != 0 {
		t.Fatalf("%+v; %d are here and %d there", is, d.Conversation(keeps).Scheduled, d.Conversation(goes).Scheduled)
	}
	if _, err := d.Do(app.Timely(d.As(desk.Actor{Kind: desk.ActorSystem})), goes, desk.Dispatch{Scheduled: s, At: at}); desk.KindOf(err) != desk.Unavailable {
		t.Errorf("a timer that comes where it was: %v", err)
	}
	d.Clock.Add(2 * time.Hour)
	d.Work()
	d.Work()
	is := scheduled(d, s)
	if !cmp.Equal(d.Channel.Sent(), []string{"At ten."}) || is.State != desk.ScheduledIsSent || d.Conversation(keeps).WaitingOn != desk.WaitingOnCustomer {
		t.Fatalf("sent %v, %+v", d.Channel.Sent(), is)
	}
	if m := d.Message(is.Message); m.Conversation != keeps || m.User != d.Agent.User {
		t.Errorf("%+v", m)
	}
	d.OK(second(d.Do(d.As(d.Agent), keeps, desk.Undo{Command: merged})))
	if m := d.Message(is.Message); m.Conversation != keeps || d.Conversation(goes).Scheduled != 0 {
		t.Errorf("what was sent is in %s", m.Conversation)
	}
	sound(d)
}

// The merge taken back, it waits again where it did; and once more, where it went.
func TestScheduledComesBackWithAnUndo(t *testing.T) {
	d, keeps, goes, s := besides(t, desk.Schedule{ClientID: "one"})
	d.OK(second(d.Do(d.As(d.Agent), keeps, desk.Schedule{Text: "At eleven.", At: d.Clock.Now().Add(9 * time.Hour), ClientID: "one"})))
	merged := merge(d, keeps, goes)
	if n := d.Conversation(keeps).Scheduled; n != 2 {
		t.Fatalf("%d are scheduled", n)
	}
	undo, err := d.Do(d.As(d.Agent), keeps, desk.Undo{Command: merged})
	d.OK(err)
	if is := scheduled(d, s); is.Conversation != goes || is.State != desk.ScheduledWaiting || d.Conversation(keeps).Scheduled != 1 || d.Conversation(goes).Scheduled != 1 {
		t.Fatalf("%+v", is)
	}
	d.OK(second(d.Do(d.As(d.Agent), keeps, desk.Undo{Command: undo.Command})))
	if is := scheduled(d, s); is.Conversation != keeps {
		t.Fatalf("%+v", is)
	}
	sound(d)
	d.Clock.Add(2 * time.Hour)
	d.Work()
	if !cmp.Equal(d.Channel.Sent(), []string{"At ten."}) || d.Message(scheduled(d, s).Message).Conversation != keeps {
		t.Errorf("sent %v", d.Channel.Sent())
	}
}

// F1-58: whether the customer has written before is asked of all that was merged, also
// of what they wrote before the merge.
func TestScheduledUnlessReplyAfterAMerge(t *testing.T) {
	for name, before := range map[string]bool{"before the merge": true, "after it": false} {
		t.Run(name, func(t *testing.T) {
			d, keeps, goes, s := besides(t, desk.Schedule{UnlessReply: true})
			d.Clock.Add(time.Minute)
			write := func() {
				if at := d.Get(apptest.Post{From: "kim", Key: "more", Text: "Found it.", Thread: []string{"other"}}).Conversation; at != keeps {
					d.OK(second(d.Do(d.As(d.Agent), keeps, desk.Merge{Other: at})))
				}
			}
			if before {
				write()
			}
			merge(d, keeps, goes)
			if !before {
				write()
			}
			d.Clock.Add(2 * time.Hour)
			d.Work()
			if is := scheduled(d, s); len(d.Channel.Sent()) > 0 || is.State != desk.ScheduledOnHold || is.Reason != desk.HeldReplied || is.Conversation != keeps {
				t.Errorf("sent %v, %+v", d.Channel.Sent(), is)
			}
		})
	}
}
