package realtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// running returns a hub that tails a desk's events until the test ends.
func running(t *testing.T, d *apptest.Desk) *realtime.Hub {
	t.Helper()
	h := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h
}

// next waits for a batch.
func next(t *testing.T, s *realtime.Screen) *realtime.Batch {
	t.Helper()
	select {
	case b := <-s.Events():
		return b
	case <-s.Done():
		t.Fatal("the screen was cut")
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was told")
	}
	return nil
}

// began waits until the hub tells what happens: it begins with what is then new.
func began(t *testing.T, d *apptest.Desk, s *realtime.Screen) {
	t.Helper()
	for i := 0; ; i++ {
		d.Get(apptest.Post{From: "begin", Key: fmt.Sprint("begin ", i), Text: "are you there?"})
		select {
		case <-s.Events():
			return
		case <-time.After(10 * time.Millisecond):
		}
		if i > 2000 {
			t.Fatal("nothing was told")
		}
	}
}

// However many screens are open, a batch is one value, read from the database
// once, and what it means is looked up once.
func TestScreensShareABatch(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	h := running(t, d)
	const many = 300
	screens := make([]*realtime.Screen, many)
	for i := range screens {
		screens[i] = h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Agent})
	}
	other := h.Join(realtime.Who{Workspace: d.Workspace + 1, Actor: d.Agent})
	began(t, d, screens[0])
	want := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	var looked atomic.Int32
	batches := make([]*realtime.Batch, many)
	var wg sync.WaitGroup
	for i, s := range screens {
		wg.Go(func() {
			for {
				b := next(t, s)
				if b == nil {
					return
				}
				if b.Events[0].Conversation != want.Conversation {
					continue
				}
				batches[i] = b
				got, err := realtime.Shared(b, func() (int32, error) { return looked.Add(1), nil })
				if err != nil || got != 1 {
					t.Errorf("screen %d is told %d, %v", i, got, err)
				}
				return
			}
		})
	}
	wg.Wait()
	for i, b := range batches {
		if b != batches[0] {
			t.Fatalf("screen %d has a batch of its own", i)
		}
	}
	select {
	case b := <-other.Events():
		t.Errorf("another workspace is told %v", b.Events)
	default:
	}
}

// A screen that does not read is cut off, keeps nobody waiting, and finds from its
// cursor all that it missed.
func TestSlowScreenIsCut(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	h := running(t, d)
	slow := h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Agent})
	fast := h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Owner})
	began(t, d, fast)
	var from store.Cursor
	if err := d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { from, err = tx.Now(); return err }); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var seen []int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case b := <-fast.Events():
				for _, e := range b.Events {
					seen = append(seen, e.Seq)
				}
			case <-fast.Done():
				t.Error("the fast screen was cut, too")
				return
			case <-stop:
				return
			}
		}
	})
	cut := false
	for i := 0; i < 5000 && !cut; i++ {
		d.Get(apptest.Post{From: "kim", Key: fmt.Sprint(i), Text: "hello"})
		select {
		case <-slow.Done():
			cut = true
		default:
		}
	}
	close(stop)
	wg.Wait()
	if !cut {
		t.Fatal("a screen that does not read was not cut off")
	}
	h.Leave(slow)
	var missed []store.Tailed
	if err := d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { missed, err = tx.Tail(from, 100_000); return err }); err != nil {
		t.Fatal(err)
	}
	there := map[int64]bool{}
	for _, e := range missed {
		there[e.Seq] = true
	}
	last := int64(0)
	for _, seq := range seen {
		if seq <= last && d.DB.Name() == "sqlite" {
			t.Fatalf("the fast screen is told %d after %d", seq, last)
		}
		if seq > missed[0].Seq && !there[seq] {
			t.Fatalf("number %d cannot be found from the cursor", seq)
		}
		last = seq
	}
	if len(missed) < 65 {
		t.Errorf("only %d were missed", len(missed))
	}
}

// Presence says of several windows of one person that they are there once, and
// what they look at goes to those who may see it.
func TestPresence(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	h := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	one := h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Owner})
	two := h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Owner})
	blind := desk.Actor{Kind: desk.ActorUser, User: d.Agent.User, Role: desk.RoleAgent, Inboxes: []desk.InboxID{}}
	own := d.Agent
	own.View = desk.VisibleOwn
	h.View(two, desk.Keeping{Inbox: d.Inbox.ID, Assignee: d.Owner.User}, 7)
	for name, tt := range map[string]struct {
		reader desk.Actor
		want   desk.ConversationID
	}{"who sees the inbox": {d.Agent, 7}, "who does not": {blind, 0}, "an agent who sees only their own": {own, 0}, "who sees all": {d.Owner, 7}} {
		got := h.Present(d.Workspace, tt.reader)
		if len(got) != 1 || got[0].User != d.Owner.User || got[0].Viewing != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if h.Online(d.Workspace+1) || !h.Online(d.Workspace) {
		t.Error("the wrong workspace is there")
	}
	h.Leave(two)
	if got := h.Present(d.Workspace, d.Owner); len(got) != 1 || got[0].Viewing != 0 {
		t.Errorf("after a window was closed: %+v", got)
	}
	h.Leave(one)
	if agents, visitors := h.Connected(); h.Online(d.Workspace) || agents+visitors != 0 {
		t.Errorf("%d screens and %d chats are left", agents, visitors)
	}
}

// A visitor hears who types in their own chat, and not in another inbox's.
func TestVisitorsHearTheirOwnInbox(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	h := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	here, elsewhere := h.JoinVisitor(d.Workspace, d.Inbox.ID, 5), h.JoinVisitor(d.Workspace, d.Inbox.ID+1, 5)
	stranger := h.JoinVisitor(d.Workspace, d.Inbox.ID, 6)
	unknown := h.JoinVisitor(d.Workspace, d.Inbox.ID, 0)
	by := realtime.TypingActor{Kind: desk.ActorUser, ID: d.Agent.User.String(), Name: "Daniel Berg"}
	h.Typing(d.Workspace, desk.Keeping{Inbox: d.Inbox.ID}, 7, 5, by, true, "note")
	h.Typing(d.Workspace, desk.Keeping{Inbox: d.Inbox.ID}, 7, 5, by, true, "reply")
	for s, want := range map[*realtime.Screen]int{here: 1, elsewhere: 0, stranger: 0, unknown: 0} {
		if got := len(s.Direct()); got != want {
			t.Errorf("told %d times, not %d", got, want)
		}
	}
	h.Know(unknown, 5)
	h.Typing(d.Workspace, desk.Keeping{Inbox: d.Inbox.ID}, 7, 5, by, false, "reply")
	if len(unknown.Direct()) != 1 || !h.ContactOnline(5) || h.ContactOnline(8) || h.ContactOnline(0) {
		t.Error("a visitor who has written is not known")
	}
}

// A node that stops lets go of everybody, and of who comes a moment later.
func TestStoppedHubTakesNobody(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	h := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	before := h.Join(realtime.Who{Workspace: d.Workspace, Actor: d.Owner})
	gone := h.CutAll()
	late := h.JoinVisitor(d.Workspace, d.Inbox.ID, 0)
	for _, s := range []*realtime.Screen{before, late} {
		select {
		case <-s.Done():
		default:
			t.Error("a screen stays")
		}
		select {
		case <-gone:
			t.Error("all have gone before the last one left")
		default:
		}
		h.Leave(s)
		h.Leave(s)
	}
	<-gone
	<-h.CutAll()
	<-(&realtime.Hub{}).CutAll()
}
