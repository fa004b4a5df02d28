package effect_test

import (
	"encoding/json"
	"fmt"
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
	"parley/ledger"
	"parley/store"
)

// planned schedules a reply of the agent in two hours, in a conversation of theirs.
func planned(d *apptest.Desk, more desk.Schedule) (desk.ConversationID, desk.ScheduledID, desk.Event) {
	d.T.Helper()
	id := d.Get(apptest.Post{From: "kim", Key: "first", Text: "When?"}).Conversation
	d.OK(second(d.Do(d.As(d.Owner), id, desk.Assign{Assignee: d.Agent.User})))
	more.Text, more.At = "At ten.", d.Clock.Now().Add(2*time.Hour)
	r, err := d.Do(d.As(d.Agent), id, more)
	d.OK(err)
	s, _, _ := desk.StandingOf(r.Events[0].Fact)
	d.Work()
	return id, s, r.Events[0]
}

func second[T any](_ T, err error) error { return err }

func scheduled(d *apptest.Desk, id desk.ScheduledID) (s desk.Scheduled) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { s, err = tx.Scheduled(id); return err }))
	return s
}

// sound holds the ledger against everything that happened.
func sound(d *apptest.Desk) {
	d.T.Helper()
	r, err := ledger.Verify(d.T.Context(), ledger.Options{DB: d.DB, Blobs: d.Blobs, Now: d.Clock.Now})
	d.OK(err)
	if len(r.Findings) > 0 {
		d.T.Errorf("%+v", r.Findings)
	}
}

// F1-58: it is sent at its moment, within its minute, once, with its files, signed by
// its author. Until then nothing of it reaches the customer and no clock stops.
func TestScheduledIsSentAtItsMoment(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "map.txt", ContentType: "text/plain", Data: []byte("map")}, app.Uploader(d.Agent))
	d.OK(err)
	before := d.Clock.Now()
	id, s, _ := planned(d, desk.Schedule{Files: []desk.AttachmentID{file.ID}, Zone: "Europe/Stockholm"})
	if err := second(d.Do(d.As(d.Agent), id, desk.Reply{Text: "the same file", Files: []desk.AttachmentID{file.ID}})); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a file of a scheduled message was sent with another one: %v", err)
	}
	d.Clock.Add(2*time.Hour - time.Second)
	d.Work()
	if c := d.Conversation(id); len(d.Channel.Sent()) > 0 || c.WaitingOn != desk.WaitingOnAgent || !c.WaitingSince.Equal(before) || !c.FirstReplyAt.IsZero() || c.Scheduled != 1 {
		t.Fatalf("before its moment: %v, %+v", d.Channel.Sent(), c)
	}
	d.Clock.Add(time.Second)
	d.Work()
	d.Work()
	c, is := d.Conversation(id), scheduled(d, s)
	m := d.Message(is.Message)
	if !cmp.Equal(d.Channel.Sent(), []string{"At ten."}) || c.WaitingOn != desk.WaitingOnCustomer || !c.FirstResponseAt.Equal(d.Clock.Now()) || c.FirstResponseBy != d.Agent.User || c.Scheduled != 0 {
		t.Errorf("at its moment: %v, %+v", d.Channel.Sent(), c)
	}
	if is.State != desk.ScheduledIsSent || m.User != d.Agent.User || m.AuthorName != "Daniel Berg" || m.Delivery != desk.DeliverySent || len(m.Files) != 1 || m.Files[0].ID != file.ID || len(d.Channel.Out[0].Files) != 1 {
		t.Errorf("%+v became %+v", is, m)
	}
	sound(d)
}

// The moment comes to two processes at once, a try was interrupted, and jobs run
// again: it is sent once. When it is cancelled at the same moment, either happens whole.
func TestScheduledIsSentOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	_, _, e := planned(d, desk.Schedule{})
	d.Clock.Add(2 * time.Hour)
	ctx := app.System(t.Context(), d.Workspace)
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			err := effect.Dispatch{App: d.App}.Run(ctx, e, app.Try{Number: n + 1, Interrupted: n > 0})
			if err != nil && desk.KindOf(err) != desk.Conflict { // which the job tries again
				t.Error(err)
			}
		})
	}
	all.Wait()
	d.Work()
	d.OK(effect.Dispatch{App: d.App}.Run(ctx, e, app.Try{Number: 9, Interrupted: true}))
	d.Work()
	if got := d.Channel.Sent(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
	for n := range 8 {
		d := apptest.New(t, desk.PerContact)
		id, s, e := planned(d, desk.Schedule{})
		d.Clock.Add(2 * time.Hour)
		var both sync.WaitGroup
		both.Go(func() {
			_ = effect.Dispatch{App: d.App}.Run(app.System(t.Context(), d.Workspace), e, app.Try{Number: 1})
		})
		both.Go(func() { _, _ = d.Do(d.As(d.Agent), id, desk.CancelScheduled{Scheduled: s}) })
		both.Wait()
		d.Clock.Add(time.Minute)
		d.Work()
		is := scheduled(d, s)
		if sent := len(d.Channel.Sent()); is.State == desk.ScheduledIsSent != (sent == 1) || sent == 0 && is.State != desk.ScheduledCancelled {
			t.Errorf("race %d: %s, %d sent", n, is.State, sent)
		}
	}
}

// F1-57: moved, edited and cancelled, the old moment does nothing.
func TestOldMomentsOfScheduled(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id, s, _ := planned(d, desk.Schedule{})
	other := "At eleven."
	d.OK(second(d.Do(d.As(d.Agent), id, desk.EditScheduled{Scheduled: s, Text: &other, At: d.Clock.Now().Add(3 * time.Hour)})))
	d.Clock.Add(2 * time.Hour)
	d.Work()
	if len(d.Channel.Sent()) != 0 {
		t.Fatal("it was sent at the moment it had before")
	}
	dropped, err := d.Do(d.As(d.Agent), id, desk.CancelScheduled{Scheduled: s})
	d.OK(err)
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Undo{Command: dropped.Command})))
	d.Clock.Add(time.Hour)
	d.Work()
	if !cmp.Equal(d.Channel.Sent(), []string{other}) {
		t.Errorf("sent %v", d.Channel.Sent())
	}
	sound(d)
}

// A file of what was cancelled is free again, and belongs to it again when that is
// taken back, unless it went out meanwhile.
func TestFilesOfScheduled(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "map.txt", ContentType: "text/plain", Data: []byte("map")}, app.Uploader(d.Agent))
	d.OK(err)
	files := []desk.AttachmentID{file.ID}
	id, s, _ := planned(d, desk.Schedule{Files: files})
	dropped, err := d.Do(d.As(d.Agent), id, desk.CancelScheduled{Scheduled: s})
	d.OK(err)
	back, err := d.Do(d.As(d.Agent), id, desk.Undo{Command: dropped.Command})
	d.OK(err)
	if got := scheduled(d, s); len(got.Files) != 1 || second(d.Do(d.As(d.Agent), id, desk.Reply{Text: "map", Files: files})) == nil {
		t.Errorf("%+v", got)
	}
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Undo{Command: back.Command})))
	d.OK(second(d.Do(d.As(d.Agent), id, desk.Reply{Text: "map", Files: files})))
	if err := second(d.Do(d.As(d.Agent), id, desk.Undo{Command: dropped.Command})); desk.KindOf(err) != desk.Conflict {
		t.Errorf("what was cancelled came back without its file: %v", err)
	}
	sound(d)
}

// F1-58, D-17: what stands in the way holds it, and the author is told, once; when
// the author left, whoever is responsible is. It can be sent anyway.
func TestScheduledIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		plan   desk.Schedule
		do     func(d *apptest.Desk, id desk.ConversationID)
		reason desk.HoldReason
		wait   time.Duration
		owner  bool // the owner is told, too
		anyway bool // it can be sent as it is
	}{
		"closed":               {desk.Schedule{}, func(d *apptest.Desk, id desk.ConversationID) { d.OK(second(d.Do(d.As(d.Owner), id, desk.Close{}))) }, desk.HeldClosed, 0, false, false},
		"closed by its author": {desk.Schedule{}, func(d *apptest.Desk, id desk.ConversationID) { d.OK(second(d.Do(d.As(d.Agent), id, desk.Close{}))) }, desk.HeldClosed, 0, false, false},
		"the customer wrote": {desk.Schedule{UnlessReply: true}, func(d *apptest.Desk, _ desk.ConversationID) {
			d.Get(apptest.Post{From: "kim", Key: "second", Text: "Never mind."})
		}, desk.HeldReplied, 0, false, true},
		"blocked": {desk.Schedule{}, func(d *apptest.Desk, id desk.ConversationID) {
			d.OK(second(d.Block(d.As(d.Owner), d.Conversation(id).Contact)))
		}, desk.HeldBlocked, 0, false, false},
		"the author left": {desk.Schedule{}, func(d *apptest.Desk, id desk.ConversationID) {
			off := false
			d.OK(d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{Active: &off}))
			d.OK(second(d.Do(d.As(d.Owner), id, desk.Assign{Assignee: d.Owner.User})))
		}, desk.HeldAuthor, 2 * time.Hour, true, true},
		"switched off": {desk.Schedule{}, func(d *apptest.Desk, _ desk.ConversationID) {
			off := true
			d.OK(second(d.SaveChannel(d.As(d.Owner), d.Inbox.ID, d.Account.ID, "memory", "Memory", json.RawMessage(`{}`), &off)))
		}, desk.HeldChannel, 2 * time.Hour, false, false},
		"Parley did not run": {desk.Schedule{}, func(d *apptest.Desk, _ desk.ConversationID) { d.Clock.Add(25 * time.Hour) }, desk.HeldMissed, 2 * time.Hour, false, true},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			d := apptest.New(t, desk.PerContact)
			id, s, _ := planned(d, c.plan)
			c.do(d, id)
			d.Clock.Add(c.wait)
			d.Work()
			if is := scheduled(d, s); is.State != desk.ScheduledOnHold || is.Reason != c.reason {
				t.Fatalf("%+v", is)
			}
			d.Clock.Add(3 * time.Hour)
			d.Work()
			author, owner := told(d, d.Agent, desk.NewsHeld), told(d, d.Owner, desk.NewsHeld)
			if len(d.Channel.Sent()) != 0 || author != 1 && !c.owner || owner != map[bool]int{true: 1}[c.owner] {
				t.Errorf("sent %v, the author was told %d times, the owner %d", d.Channel.Sent(), author, owner)
			}
			err := second(d.Do(d.As(d.Owner), id, desk.SendScheduled{Scheduled: s}))
			d.Work()
			if sent := len(d.Channel.Sent()); (err == nil) != c.anyway || (sent == 1) != c.anyway {
				t.Errorf("send anyway: %v, %d sent", err, sent)
			}
			sound(d)
		})
	}
}

// The list of what is scheduled is everybody's as far as they see the conversations.
func TestScheduledIsListed(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	for i := range 5 {
		id := d.Get(apptest.Post{From: fmt.Sprint(i), Key: fmt.Sprint(i), Text: "hello"}).Conversation
		by := []desk.Actor{d.Agent, d.Owner}[i%2]
		text := fmt.Sprintf("number %d", i)
		d.OK(second(d.Do(d.As(by), id, desk.Schedule{Text: text, At: d.Clock.Now().Add(time.Duration(5-i/2) * time.Hour)})))
	}
	page := func(a desk.Actor, p store.ScheduledPage) (texts []string) {
		for {
			var all []desk.Scheduled
			d.OK(d.DB.Read(t.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { all, err = tx.ScheduledOpen(p); return err }))
			for _, s := range all {
				texts = append(texts, s.Text)
			}
			if len(all) < p.Limit {
				return texts
			}
			p.At, p.After = all[len(all)-1].At, all[len(all)-1].ID
		}
	}
	sorted := []string{"number 4", "number 2", "number 3", "number 0", "number 1"}
	if got := page(d.Owner, store.ScheduledPage{Limit: 2}); !cmp.Equal(got, sorted) {
		t.Errorf("all: %v, want %v", got, sorted)
	}
	if got := page(d.Agent, store.ScheduledPage{Limit: 1, Author: d.Agent.User}); !cmp.Equal(got, []string{"number 4", "number 2", "number 0"}) {
		t.Errorf("the agent's own: %v", got)
	}
	stranger := d.Join("Otto", "otto@example.com", desk.RoleAgent)
	if got := page(stranger, store.ScheduledPage{Limit: 50}); len(got) != 0 {
		t.Errorf("somebody of no inbox sees %v", got)
	}
}
