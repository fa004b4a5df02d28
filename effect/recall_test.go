package effect_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/effect"
)

// recallable returns a desk whose replies wait ten seconds, and a conversation.
func recallable(t *testing.T) (*apptest.Desk, desk.ConversationID) {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	change(d, `{"undo_chat_seconds":10}`)
	return d, d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
}

// A reply waits out its window. Taken back within it, it never leaves, and its words
// and files are free again; after it, it has left, and that is said.
func TestRecall(t *testing.T) {
	d, id := recallable(t)
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "map.txt", ContentType: "text/plain", Data: []byte("map")}, app.Uploader(d.Agent))
	d.OK(err)
	reply := desk.Reply{Text: "Hi", Files: []desk.AttachmentID{file.ID}}
	before := d.Conversation(id)
	first, err := d.Do(d.As(d.Agent), id, reply)
	d.OK(err)
	if !first.Undoable {
		t.Error("it cannot be taken back")
	}
	d.Clock.Add(10*time.Second - time.Millisecond)
	d.Work()
	if len(d.Channel.Sent()) != 0 {
		t.Fatal("it left before its time")
	}
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Undo{Command: first.Command})))
	if after := d.Conversation(id); after.Preview != before.Preview || after.WaitingOn != before.WaitingOn || !after.WaitingSince.Equal(before.WaitingSince) || !after.FirstResponseAt.IsZero() || after.Messages != before.Messages {
		t.Errorf("%+v became %+v", before, after)
	}
	d.Clock.Add(time.Minute)
	d.Work()
	if m := d.Message(first.Message); len(d.Channel.Sent()) != 0 || m.Delivery != desk.DeliveryRecalled || m.DeletedAt.IsZero() {
		t.Errorf("sent %v; %+v", d.Channel.Sent(), m)
	}
	reply.Text = "Hi!"
	again, err := d.Do(d.As(d.Agent), id, reply)
	d.OK(err)
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Reply{Text: "And this."})))
	d.Clock.Add(10 * time.Second)
	d.Work()
	if !cmp.Equal(d.Channel.Sent(), []string{"Hi!", "And this."}) || len(d.Channel.Out[0].Files) != 1 {
		t.Errorf("sent %v", d.Channel.Sent())
	}
	if err := second(d.Do(d.As(d.Agent), id, desk.Undo{Command: again.Command})); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "10 seconds") {
		t.Errorf("after its time: %v", err)
	}
	sound(d)
}

// Whatever comes first counts: a reply that is taken back has not left, and one that
// left is not taken back, also when both happen at once.
func TestRecallOrLeave(t *testing.T) {
	for n := range 10 {
		d, id := recallable(t)
		r, err := d.Do(d.As(d.Agent), id, desk.Reply{Text: "Hi"})
		d.OK(err)
		var both sync.WaitGroup
		var refused error
		both.Go(func() {
			ctx := app.System(t.Context(), d.Workspace)
			if err := (effect.Deliver{App: d.App}).Run(ctx, r.Events[len(r.Events)-1], app.Try{Number: 1, Since: d.Clock.Now()}); err != nil && desk.KindOf(err) != desk.Conflict {
				t.Error(err)
			}
		})
		both.Go(func() { _, refused = d.Do(d.As(d.Agent), id, desk.Undo{Command: r.Command}) })
		both.Wait()
		m := d.Message(r.Message)
		if sent := len(d.Channel.Sent()); sent == 1 == (refused == nil) || m.DeletedAt.IsZero() != (sent == 1) {
			t.Errorf("race %d: %d sent, undo: %v, %s", n, sent, refused, m.Delivery)
		}
	}
}

// A scheduled message that is sent now and taken back waits again, with its files.
func TestRecallOfScheduled(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	change(d, `{"undo_chat_seconds":10}`)
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "map.txt", ContentType: "text/plain", Data: []byte("map")}, app.Uploader(d.Agent))
	d.OK(err)
	id, s, _ := planned(d, desk.Schedule{Files: []desk.AttachmentID{file.ID}})
	sent, err := d.Do(d.As(d.Agent), id, desk.SendScheduled{Scheduled: s})
	d.OK(err)
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Undo{Command: sent.Command})))
	if is := scheduled(d, s); is.State != desk.ScheduledWaiting || len(is.Files) != 1 || d.Conversation(id).Scheduled != 1 {
		t.Errorf("%+v", is)
	}
	d.Clock.Add(3 * time.Hour)
	d.Work()
	if !cmp.Equal(d.Channel.Sent(), []string{"At ten."}) || len(d.Channel.Out[0].Files) != 1 {
		t.Errorf("sent %v", d.Channel.Sent())
	}
	sound(d)
}
