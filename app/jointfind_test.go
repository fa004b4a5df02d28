package app_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/realtime"
	"parley/store"
)

// where returns the conversations in which the owner finds words, sorted.
func where(d *apptest.Desk, q string) (ids []desk.ConversationID) {
	d.T.Helper()
	d.Index()
	for _, h := range d.Search(d.Owner, words(q)).All {
		ids = append(ids, h.Conversation.ID)
	}
	slices.Sort(ids)
	return ids
}

// F2-49, F2-50: what was written in a conversation that was merged into another one
// is found there, by its words and its place, and where it was before once that is
// taken back. What was split off is found in the new one.
func TestJoinedIsFound(t *testing.T) {
	d, first, second := twoThreads(t)
	is := func(what, q string, want ...desk.ConversationID) {
		t.Helper()
		if got := where(d, q); !slices.Equal(got, want) {
			t.Errorf("%s: %q is found in %v, want %v", what, q, got, want)
		}
	}
	is("before", "bell ", first, second)
	is("before", "red one", second)
	merge := do(t, d, first, desk.Merge{Other: second})
	is("merged", "bell ", first)
	is("merged", "red one", first)
	is("merged", "same as the other", first)
	undo := do(t, d, first, desk.Undo{Command: merge.Command})
	is("taken back", "bell ", first, second)
	is("taken back", "red one", second)
	do(t, d, first, desk.Undo{Command: undo.Command})
	is("merged again", "red one", first)
	red := heads(d, first)[slices.IndexFunc(heads(d, first), func(m desk.Message) bool { return m.Text == "It is the red one" })].ID
	split := do(t, d, first, desk.Split{Messages: []desk.MessageID{red}, Subject: "Paintwork"})
	is("split off", "red one", split.Other)
	is("split off, by its new subject", "paintwork", split.Other)
	do(t, d, first, desk.Undo{Command: split.Command})
	is("together again", "red one", first)
	is("together again, by the subject it had", "paintwork")
}

// F2-50: what was merged into another conversation is in no list, no count and not
// among the earlier ones of its customer; taken back it is in all of them again.
func TestMergedIsInNoList(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	hub := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: slog.New(slog.DiscardHandler)}
	older := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one", Own: "mid:1"}).Conversation
	d.Clock.Add(time.Minute)
	newer := d.Get(apptest.Post{From: "kim", Key: "2", Text: "two", Own: "mid:2"}).Conversation
	look := func(what string, open, closed, earlier int, all ...desk.ConversationID) {
		t.Helper()
		// On PostgreSQL the feed ends before the oldest transaction that still runs, of other tests too.
		for deadline := time.Now().Add(time.Minute); ; {
			counts, err := hub.Counts(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, d.Clock.Now())
			d.OK(err)
			tabs := counts.Tabs[store.ViewAll]
			if tabs[store.TabOpen] == open && tabs[store.TabClosed] == closed {
				break
			}
			if d.DB.Name() == "sqlite" || time.Now().After(deadline) {
				t.Errorf("%s: %d are open and %d closed", what, tabs[store.TabOpen], tabs[store.TabClosed])
				break
			}
		}
		if n := len(d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabClosed})); n != closed {
			t.Errorf("%s: %d are in the list of what is closed", what, n)
		}
		for _, q := range []string{"", "-is:active OR is:active", "-closed_source:timer"} {
			if got := finds(d, q, store.SortOldestCreated); !slices.Equal(got, all) {
				t.Errorf("%s: %q finds %v, want %v", what, q, got, all)
			}
		}
		if got := finds(d, "customer_type:returning", store.SortNewest); len(got) != earlier {
			t.Errorf("%s: %d are of somebody who was here before", what, len(got))
		}
		var theirs []desk.Conversation
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) {
			theirs, err = tx.ContactConversations(d.Conversation(newer).Contact, 10)
			return err
		}))
		if len(theirs) != len(all) {
			t.Errorf("%s: their customer has %d", what, len(theirs))
		}
	}
	look("before", 2, 0, 1, older, newer)
	merge := do(t, d, newer, desk.Merge{Other: older})
	look("merged", 1, 0, 0, newer)
	do(t, d, newer, desk.Undo{Command: merge.Command})
	look("taken back", 2, 0, 1, older, newer)
	do(t, d, older, desk.Close{})
	look("closed", 1, 1, 1, older, newer)
	do(t, d, newer, desk.Merge{Other: older})
	look("merged after its end", 1, 0, 0, newer)
}

// Blocking a customer closes what was split off, too: nothing is promoted on the
// way, and taken back everything is as it was (D-36, D-37).
func TestBlockClosesWhatWasSplitOff(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one"}).Conversation
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "two"})
	child := do(t, d, first, desk.Split{Messages: []desk.MessageID{heads(d, first)[1].ID}}).Other
	b, err := d.Block(d.As(d.Agent), d.Conversation(first).Contact)
	d.OK(err)
	if p, c := d.Conversation(first), d.Conversation(child); p.Status != desk.StatusClosed || c.Status != desk.StatusClosed || !p.Primary || c.Primary || len(b.Changed) != 2 {
		t.Errorf("the first is %s, primary %v; the child %s, primary %v; %+v", p.Status, p.Primary, c.Status, c.Primary, b)
	}
	d.OK(err2(d.Unblock(d.As(d.Agent), d.Conversation(first).Contact, b.Command)))
	if p, c := d.Conversation(first), d.Conversation(child); p.Status != desk.StatusOpen || c.Status != desk.StatusOpen || !p.Primary || c.Primary {
		t.Errorf("taken back the first is %s, primary %v; the child %s, primary %v", p.Status, p.Primary, c.Status, c.Primary)
	}
	// A merge is not taken back while its customer is blocked: that would open one.
	merge := do(t, d, first, desk.Merge{Other: child})
	d.OK(err2(d.Block(d.As(d.Agent), d.Conversation(first).Contact)))
	if _, err := d.Do(d.As(d.Agent), first, desk.Undo{Command: merge.Command}); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("a merge was taken back: %v", err)
	}
}
