package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// kept counts what is kept of arrivals: entries of the ledger, messages, facts and
// files on disk.
func kept(d *apptest.Desk) (raws, messages, facts, files int) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, _, err := tx.Raws("", store.LedgerPage{Limit: 1000})
		raws = len(all)
		if err != nil {
			return err
		}
		talks, err := tx.ConversationsAfter(0, 1000)
		for _, c := range talks {
			messages += c.Messages
			facts += int(c.Version)
		}
		return err
	}))
	d.OK(d.Blobs.Walk(d.T.Context(), func(string, int64) error { files++; return nil }))
	return raws, messages, facts, files
}

func contactOf(d *apptest.Desk, id desk.ContactID) (c desk.Contact) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { c, err = tx.Contact(id); return err }))
	return c
}

// E33, D-36, 1.3 step 2: blocking closes what is open; what they send then opens,
// reopens, notifies and leaves nothing but a count, however it comes in and
// however large it is; unblocked they write again.
func TestE33_Block(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	kim := d.Conversation(id).Contact
	b, err := d.Block(d.As(d.Agent), kim)
	d.OK(err)
	c := d.Conversation(id)
	if c.Status != desk.StatusClosed || c.ClosedSource != desk.SourceBlocked || c.ClosedBy != d.Agent.User || len(b.Changed) != 1 || b.Command == 0 {
		t.Errorf("%+v, %+v", b, c)
	}
	d.Work()
	who := contactOf(d, kim)
	if !who.Blocked || !who.BlockedAt.Equal(d.Clock.Now()) || who.BlockedBy != d.Agent.User {
		t.Errorf("%+v", who)
	}
	if again, err := d.Block(d.As(d.Owner), kim); err != nil || again.Command != 0 {
		t.Errorf("blocked again: %+v, %v", again, err)
	}
	raws, messages, facts, files := kept(d)
	d.Clock.Add(time.Hour)
	long := strings.Repeat("x", 80_000) // too long for a row
	for i, text := range []string{"let me in", long} {
		p := apptest.Post{From: "kim", Key: string(rune('a' + i)), Text: text}
		if got := d.Get(p); got.State != store.RawBlocked || got.Raw != 0 || got.Message != 0 || got.Conversation != 0 {
			t.Errorf("%+v", got)
		}
		p.Key += "mail"
		d.OK(d.Accept(t.Context(), d.Account, apptest.Raw(p, d.Clock.Now())))
	}
	d.Work()
	if r, m, f, n := kept(d); r != raws || m != messages || f != facts || n != files {
		t.Errorf("kept %d entries, %d messages, %d facts, %d files", r-raws, m-messages, f-facts, n-files)
	}
	who = contactOf(d, kim)
	if who.TurnedAway != 4 || !who.TurnedAwayAt.Equal(d.Clock.Now()) || !who.LastContactedAt.Before(who.TurnedAwayAt) {
		t.Errorf("%+v", who)
	}
	if n := len(d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen})); n != 0 {
		t.Errorf("%d are open", n)
	}
	// F4-22: neither opened nor closed by hand, not by an undo either.
	if _, err := d.Start(d.As(d.Agent), startWith(d, kim)); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("beginning with a blocked contact: %v", err)
	}
	for _, cmd := range []desk.Command{desk.Reopen{}, desk.Undo{Command: b.Command}} {
		if _, err := d.Do(d.As(d.Agent), id, cmd); desk.KindOf(err) != desk.Forbidden {
			t.Errorf("%T: %v", cmd, err)
		}
	}
	u, err := d.Unblock(d.As(d.Agent), kim, 0)
	d.OK(err)
	if c := d.Conversation(id); c.Status != desk.StatusClosed || len(u.Changed) != 0 {
		t.Errorf("unblocking opened it: %+v", u)
	}
	d.OK(err2(d.Do(d.As(d.Agent), id, desk.Reopen{})))
	if got := d.Get(apptest.Post{From: "kim", Key: "a", Text: "let me in"}); got.State != store.RawMessage || got.Conversation != id {
		t.Errorf("what was turned away and is sent again: %+v", got)
	}
}

// Blocking is taken back whole: the customer is unblocked and what it closed is
// open again as it was; what happened since stands in the way.
func TestE33_BlockUndone(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	var all []desk.ConversationID
	for _, key := range []string{"1", "2", "3"} {
		all = append(all, d.Get(apptest.Post{From: "kim", Key: key, Text: "hello", Own: "mail-" + key}).Conversation)
	}
	do(t, d, all[1], desk.Pend{Reason: desk.PendingCustomer})
	do(t, d, all[2], desk.Resolve{})
	before := d.Conversation(all[1])
	b, err := d.Block(d.As(d.Agent), before.Contact)
	d.OK(err)
	if len(b.Changed) != 2 || d.Conversation(all[0]).Status != desk.StatusClosed || d.Conversation(all[1]).Status != desk.StatusClosed || d.Conversation(all[2]).Status != desk.StatusResolved {
		t.Fatalf("%+v", b)
	}
	d.Clock.Add(time.Minute)
	u, err := d.Unblock(d.As(d.Agent), before.Contact, b.Command)
	d.OK(err)
	after := d.Conversation(all[1])
	if len(u.Changed) != 2 || after.Status != desk.StatusPending || after.PendingReason != desk.PendingCustomer || d.Conversation(all[0]).Status != desk.StatusOpen || d.Conversation(all[2]).Status != desk.StatusResolved {
		t.Errorf("%+v, %+v", u, after)
	}
	if _, err := d.Unblock(d.As(d.Agent), before.Contact, b.Command); desk.KindOf(err) != desk.Conflict {
		t.Errorf("taken back twice: %v", err)
	}
	b, err = d.Block(d.As(d.Agent), before.Contact)
	d.OK(err)
	do(t, d, all[0], desk.Archive{})
	if _, err := d.Unblock(d.As(d.Agent), before.Contact, b.Command); desk.KindOf(err) != desk.Conflict {
		t.Errorf("although one was archived: %v", err)
	}
	if !contactOf(d, before.Contact).Blocked || d.Conversation(all[1]).Status != desk.StatusClosed {
		t.Error("half of it was taken back")
	}
}

// Somebody who sees none of a contact's conversations cannot block them; what
// blocking closes in inboxes they do not see is closed by the system.
func TestE33_BlockWhatOthersSee(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	other, err := d.CreateInbox(d.As(d.Owner), "Bills", desk.PerThread, app.InboxChange{})
	d.OK(err)
	ch, err := d.SaveChannel(d.As(d.Owner), other.ID, 0, "memory", "Bills", json.RawMessage(`{}`), nil)
	d.OK(err)
	outside := d.Join("Otto Vik", "otto@example.com", desk.RoleAgent)
	seen := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	kim := d.Conversation(seen).Contact
	r, err := d.Start(d.As(d.Owner), app.Start{Inbox: other.ID, Channel: ch.ID, Contact: kim, Header: desk.Header{Subject: "Bill"}})
	d.OK(err)
	for _, who := range []desk.Actor{outside} {
		if _, err := d.Block(d.As(who), kim); desk.KindOf(err) != desk.NotFound {
			t.Errorf("%v", err)
		}
		if _, err := d.Unblock(d.As(who), kim, 0); desk.KindOf(err) != desk.NotFound {
			t.Errorf("%v", err)
		}
	}
	b, err := d.Block(d.As(d.Agent), kim)
	d.OK(err)
	hidden := d.Conversation(r.Conversation.ID)
	if len(b.Changed) != 1 || b.Changed[0] != seen || hidden.Status != desk.StatusClosed || hidden.ClosedBy != 0 || hidden.ClosedSource != desk.SourceBlocked {
		t.Errorf("%+v, %+v", b, hidden)
	}
	if _, err := d.Unblock(d.As(d.Agent), kim, b.Command); err != nil || d.Conversation(r.Conversation.ID).Status != desk.StatusOpen {
		t.Errorf("taken back: %v", err)
	}
}

// While somebody blocks, the customer writes, and others begin and reopen: in the
// end nothing of the blocked customer is open.
func TestE33_BlockRace(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	for round := range 6 {
		from := string(rune('a' + round))
		id := d.Get(apptest.Post{From: from, Key: from, Text: "hello"}).Conversation
		kim := d.Conversation(id).Contact
		if round%2 == 0 {
			do(t, d, id, desk.Close{})
		}
		atOnce(t, func(i int) error {
			switch i % 4 {
			case 0:
				return err2(d.Block(d.As(d.Agent), kim))
			case 1:
				return err2(d.TryGet(apptest.Post{From: from, Key: from + string(rune('0'+i)), Text: "let me in"}))
			case 2:
				return err2(d.Do(d.As(d.Agent), id, desk.Reopen{}))
			}
			return err2(d.Start(d.As(d.Agent), startWith(d, kim)))
		})
		if !contactOf(d, kim).Blocked {
			t.Fatal("they are not blocked")
		}
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			open, err := tx.ContactActive(kim)
			if len(open) > 0 {
				t.Errorf("round %d: %d are open", round, len(open))
			}
			return err
		}))
	}
}
