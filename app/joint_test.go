package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// heads returns the messages and notes of a conversation.
func heads(d *apptest.Desk, id desk.ConversationID) (all []desk.Message) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { all, err = tx.Heads(id); return err }))
	return all
}

func texts(all []desk.Message) (said []string) {
	for _, m := range all {
		said = append(said, m.Text)
	}
	return said
}

func draftOf(d *apptest.Desk, by desk.Actor, id desk.ConversationID) (draft store.Draft) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace, User: by.User}, func(tx *store.Tx) (err error) { draft, err = tx.Draft(id, "reply"); return err }))
	return draft
}

// twoThreads are two mails of one customer about the same matter, with everything
// that a conversation can have.
func twoThreads(t *testing.T) (d *apptest.Desk, first, second desk.ConversationID) {
	t.Helper()
	d = apptest.New(t, desk.PerThread)
	one := d.Get(apptest.Post{From: "kim", Key: "1", Text: "The bell is broken", Own: "mid:1"})
	d.Clock.Add(time.Minute)
	two := d.Get(apptest.Post{From: "kim", Key: "2", Text: "My bell does not ring", Own: "mid:2"})
	d.Clock.Add(time.Minute)
	do(t, d, one.Conversation, desk.Reply{Text: "Which bike is it?"})
	d.Work()
	d.Clock.Add(time.Minute)
	do(t, d, two.Conversation, desk.Note{Text: "The same as the other one"})
	do(t, d, two.Conversation, desk.Label{Add: []string{"bell", "urgent"}})
	do(t, d, one.Conversation, desk.Label{Add: []string{"bell"}})
	do(t, d, two.Conversation, desk.Follow{})
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "3", Text: "It is the red one", Own: "mid:3", Thread: []string{"mid:2"}})
	d.Clock.Add(time.Minute)
	for _, by := range []desk.Actor{d.Agent, d.Owner} {
		_, err := d.SaveDraft(d.As(by), store.Draft{Conversation: two.Conversation, Mode: "reply", Text: "From " + by.User.String()})
		d.OK(err)
	}
	_, err := d.SaveDraft(d.As(d.Agent), store.Draft{Conversation: one.Conversation, Mode: "reply", Text: "Begun here"})
	d.OK(err)
	return d, one.Conversation, two.Conversation
}

// F1-55 F2-48 F2-49 F2-50 F2-51 T20: the first one survives; messages, notes, tags,
// followers, thread keys and everybody's drafts are there, in the order in which
// they were written and at their times; the other one only points there. All of
// it can be taken back, and done again.
func TestMerge(t *testing.T) {
	d, first, second := twoThreads(t)
	before, other, said := d.Conversation(first), d.Conversation(second), append(texts(heads(d, first)), texts(heads(d, second))...)
	times := map[desk.MessageID]time.Time{}
	for _, m := range append(heads(d, first), heads(d, second)...) {
		times[m.ID] = m.At
	}
	r := do(t, d, first, desk.Merge{Other: second})
	if !r.Undoable || r.Other != second || r.Conversation.ID != first {
		t.Errorf("undoable %v, with %s", r.Undoable, r.Other)
	}
	c, gone := d.Conversation(first), d.Conversation(second)
	all := heads(d, first)
	got := texts(all)
	if want := []string{"The bell is broken", "My bell does not ring", "Which bike is it?", "The same as the other one", "It is the red one"}; !slices.Equal(got, want) || len(got) != len(said) || c.Messages != 5 {
		t.Errorf("it has %q, and counts %d", got, c.Messages)
	}
	for _, m := range all {
		if !m.At.Equal(times[m.ID]) {
			t.Errorf("%s is of %v now, not of %v", m.Text, m.At, times[m.ID])
		}
	}
	if gone.Status != desk.StatusClosed || gone.ClosedSource != desk.SourceMerge || gone.MergedInto != first || gone.Messages != 0 || len(heads(d, second)) != 0 || len(gone.Tags) != 0 {
		t.Errorf("the other one is %+v", gone)
	}
	if len(c.Tags) != 2 || !slices.Contains(c.Followers, d.Agent.User) || c.WaitingOn != desk.WaitingOnAgent || c.Preview != "It is the red one" {
		t.Errorf("tags %v, followers %v, waiting on %s, preview %q", c.Tags, c.Followers, c.WaitingOn, c.Preview)
	}
	if text := draftOf(d, d.Agent, first).Text; text != "Begun here\n\nFrom "+d.Agent.User.String() {
		t.Errorf("the agent's draft is %q", text)
	}
	if text := draftOf(d, d.Owner, first).Text; text != "From "+d.Owner.User.String() {
		t.Errorf("the owner's draft is %q", text)
	}
	d.Clock.Add(time.Minute)
	for i, answers := range []string{"mid:1", "mid:2", "mid:3"} {
		if next := d.Get(apptest.Post{From: "kim", Key: fmt.Sprint("later", i), Text: "later", Own: fmt.Sprint("mid:later", i), Thread: []string{answers}}); next.Conversation != first {
			t.Errorf("an answer to %s lands in %s", answers, next.Conversation)
		}
	}
	for _, cmd := range []desk.Command{desk.Reply{Text: "x"}, desk.Note{Text: "x"}, desk.Reopen{}, desk.Assign{Assignee: d.Agent.User}, desk.Archive{}, desk.Merge{Other: first}} {
		if _, err := d.Do(d.As(d.Agent), second, cmd); desk.KindOf(err) != desk.Conflict {
			t.Errorf("%T where only a pointer is left: %v", cmd, err)
		}
	}
	takesMergeBack(t, d, r, before, other)
}

// takesMergeBack undoes a merge after the customer has written on, and redoes it.
func takesMergeBack(t *testing.T, d *apptest.Desk, r app.Result, before, other desk.Conversation) {
	t.Helper()
	undo := do(t, d, other.ID, desk.Undo{Command: r.Command}) // from the other one's history
	c, back := d.Conversation(before.ID), d.Conversation(other.ID)
	if got := texts(heads(d, c.ID)); !slices.Equal(got, []string{"The bell is broken", "Which bike is it?", "later", "later", "later"}) || c.Messages != 5 {
		t.Errorf("after the undo it has %q", got)
	}
	if got := texts(heads(d, back.ID)); !slices.Equal(got, []string{"My bell does not ring", "The same as the other one", "It is the red one"}) {
		t.Errorf("after the undo the other one has %q", got)
	}
	if back.Status != other.Status || back.MergedInto != 0 || !slices.Equal(back.Tags, other.Tags) || back.WaitingOn != other.WaitingOn || !back.WaitingSince.Equal(other.WaitingSince) || back.Messages != other.Messages {
		t.Errorf("the other one was %+v and is %+v", other, back)
	}
	if !slices.Equal(c.Tags, before.Tags) || c.WaitingOn != desk.WaitingOnAgent || !c.OpenedAt.Equal(before.OpenedAt) {
		t.Errorf("it was %+v and is %+v", before, c)
	}
	if text := draftOf(d, d.Agent, c.ID).Text; text != "Begun here" {
		t.Errorf("the agent's draft is %q", text)
	}
	if text := draftOf(d, d.Agent, back.ID).Text; text != "From "+d.Agent.User.String() {
		t.Errorf("the agent's draft in the other one is %q", text)
	}
	if next := d.Get(apptest.Post{From: "kim", Key: "again", Text: "again", Thread: []string{"mid:3"}}); next.Conversation != back.ID {
		t.Errorf("an answer to the other one lands in %s", next.Conversation)
	}
	do(t, d, c.ID, desk.Undo{Command: undo.Command})
	if c := d.Conversation(c.ID); c.Messages != 9 || d.Conversation(back.ID).MergedInto != c.ID {
		t.Errorf("merged again it has %d messages", c.Messages)
	}
}

// F2-48: what cannot be merged is refused with a reason, and nothing has changed.
func TestMergeIsRefused(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	kim := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one", Own: "mid:1"}).Conversation
	also := d.Get(apptest.Post{From: "kim", Key: "2", Text: "two", Own: "mid:2"}).Conversation
	eve := d.Get(apptest.Post{From: "eve", Key: "3", Text: "three", Own: "mid:3"}).Conversation
	refused := func(id, other desk.ConversationID, kind desk.Kind, says string) {
		t.Helper()
		was, is := d.Conversation(id), d.Conversation(other)
		_, err := d.Do(d.As(d.Agent), id, desk.Merge{Other: other})
		if desk.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", desk.KindOf(err), err)
		}
		if was.Version != d.Conversation(id).Version || is.Version != d.Conversation(other).Version {
			t.Error("a refusal changed something")
		}
	}
	refused(kim, kim, desk.Invalid, "into itself")
	refused(kim, eve, desk.Conflict, "different customers")
	do(t, d, also, desk.Reply{Text: "on its way"})
	refused(kim, also, desk.Conflict, "still on its way")
	d.Work()
	do(t, d, kim, desk.Close{})
	refused(kim, also, desk.Conflict, "has ended, and that one has not")
	do(t, d, kim, desk.Archive{})
	refused(also, kim, desk.Conflict, "That conversation is archived")
	do(t, d, kim, desk.Unarchive{})
	do(t, d, also, desk.Merge{Other: kim})
	refused(also, kim, desk.Conflict, "merged into another one already")
	// An agent who does not see the other one cannot merge it.
	outside := d.Join("Otto", "otto@example.com", desk.RoleAgent)
	if _, err := d.Do(d.As(outside), also, desk.Merge{Other: eve}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("without an inbox: %v", err)
	}
}

// What was done later can stand in the way of an undo, and the refusal says what.
func TestMergeCannotBeTakenBack(t *testing.T) {
	d, first, second := twoThreads(t)
	r := do(t, d, first, desk.Merge{Other: second})
	third := d.Get(apptest.Post{From: "kim", Key: "4", Text: "third", Own: "mid:4"}).Conversation
	next := do(t, d, third, desk.Merge{Other: first})
	_, err := d.Do(d.As(d.Agent), first, desk.Undo{Command: r.Command})
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("while it is part of another one: %v", err)
	}
	do(t, d, third, desk.Undo{Command: next.Command})
	part := heads(d, first)[1].ID
	split := do(t, d, first, desk.Split{Messages: []desk.MessageID{part}})
	if _, err = d.Do(d.As(d.Agent), first, desk.Undo{Command: r.Command}); err == nil || !strings.Contains(err.Error(), "went to another conversation since") {
		t.Errorf("after a split: %v", err)
	}
	do(t, d, first, desk.Undo{Command: split.Command})
	do(t, d, first, desk.Undo{Command: r.Command})
	if d.Conversation(second).MergedInto != 0 {
		t.Error("it was not taken back")
	}
}

// Who had not read one of the two has not read what they have become.
func TestMergeKeepsUnread(t *testing.T) {
	d, first, second := twoThreads(t)
	for _, by := range []desk.Actor{d.Agent, d.Owner} {
		_, err := d.Do(d.As(by), first, desk.MarkRead{})
		d.OK(err)
	}
	_, err := d.Do(d.As(d.Owner), second, desk.MarkRead{})
	d.OK(err)
	do(t, d, first, desk.Merge{Other: second})
	c := d.Conversation(first)
	for by, unread := range map[desk.UserID]bool{d.Agent.User: true, d.Owner.User: false} {
		var mark desk.MessageID
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: by}, func(tx *store.Tx) (err error) { mark, err = tx.ReadMark(first); return err }))
		if c.Unread(mark) != unread {
			t.Errorf("unread for %s: %v", by, !unread)
		}
	}
}

// F1-56 F2-52 F2-53 F2-54 F2-55 F2-77 T6: chosen messages become a conversation of
// their own, with its own assignee and status, linked both ways; answers to them
// join it, and an undo puts everything back.
func TestSplit(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "The bell is broken", Own: "mid:1"}).Conversation
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "And where is my invoice?", Own: "mid:2", Thread: []string{"mid:1"}})
	d.Clock.Add(time.Minute)
	do(t, d, id, desk.Reply{Text: "A new bell is on its way."})
	d.Work()
	do(t, d, id, desk.Assign{Assignee: d.Agent.User})
	d.Clock.Add(time.Minute)
	was, all := d.Conversation(id), heads(d, id)
	r := do(t, d, id, desk.Split{Messages: []desk.MessageID{all[1].ID}, Subject: "Invoice", Assignee: d.Owner.User})
	child, parent := d.Conversation(r.Other), d.Conversation(id)
	if child.Primary || child.SplitFrom != id || child.OpenedSource != desk.SourceSplit || child.Subject != "Invoice" || child.Assignee != d.Owner.User || child.Status != desk.StatusOpen {
		t.Errorf("the child is %+v", child)
	}
	if child.WaitingOn != desk.WaitingOnAgent || !child.WaitingSince.Equal(all[1].At) || !child.OpenedAt.Equal(d.Clock.Now()) || !child.FirstResponseAt.IsZero() || child.Preview != "And where is my invoice?" {
		t.Errorf("it waits on %s since %v, opened %v, %q", child.WaitingOn, child.WaitingSince, child.OpenedAt, child.Preview)
	}
	if got := texts(heads(d, id)); !slices.Equal(got, []string{"The bell is broken", "A new bell is on its way."}) || parent.Messages != 2 || parent.WaitingOn != desk.WaitingOnCustomer {
		t.Errorf("the parent has %q, %d, and waits on %s", got, parent.Messages, parent.WaitingOn)
	}
	if got := d.Timeline(child.ID); !slices.Equal(got, []string{"opened", "message_moved", "split_from", "assigned"}) {
		t.Errorf("the child's timeline is %q", got)
	}
	if got := d.Timeline(id); got[len(got)-1] != "split_to" {
		t.Errorf("the parent's timeline is %q", got)
	}
	d.Clock.Add(time.Minute)
	if next := d.Get(apptest.Post{From: "kim", Key: "3", Text: "The invoice, please", Own: "mid:3", Thread: []string{"mid:2", "mid:1"}}); next.Conversation != child.ID {
		t.Errorf("an answer to the moved message lands in %s", next.Conversation)
	}
	if next := d.Get(apptest.Post{From: "kim", Key: "4", Text: "Thanks", Own: "mid:4", Thread: []string{"mid:1"}}); next.Conversation != id {
		t.Errorf("an answer to the others lands in %s", next.Conversation)
	}
	_, err := d.Do(d.As(d.Agent), id, desk.Undo{Command: r.Command})
	if err == nil || !strings.Contains(err.Error(), "somebody has written in the new conversation") {
		t.Errorf("with something new in it: %v", err)
	}
	// The two go on by themselves.
	do(t, d, id, desk.Close{})
	if c := d.Conversation(child.ID); c.Status != desk.StatusOpen {
		t.Errorf("the child is %s", c.Status)
	}
	again := do(t, d, child.ID, desk.Merge{Other: id}) // what is closed can become part of what goes on
	if got := texts(heads(d, child.ID)); len(got) != 5 {
		t.Errorf("together they have %q", got)
	}
	do(t, d, child.ID, desk.Undo{Command: again.Command})
	if d.Conversation(id).Status != desk.StatusClosed || was.Version >= d.Conversation(id).Version {
		t.Error("the parent did not come back as it was")
	}
}

// A split that nobody has written in since is taken back without a trace.
func TestSplitIsTakenBack(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one"}).Conversation
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "two"})
	d.Clock.Add(time.Hour)
	was := d.Conversation(id)
	r := do(t, d, id, desk.Split{Messages: []desk.MessageID{heads(d, id)[0].ID}})
	if c := d.Conversation(id); c.WaitingSince.Equal(was.WaitingSince) || c.Messages != 1 {
		t.Errorf("it waits since %v with %d messages", c.WaitingSince, c.Messages)
	}
	do(t, d, r.Other, desk.Prioritize{Priority: desk.PriorityHigh}) // what is done with it meanwhile goes with it
	do(t, d, r.Other, desk.Undo{Command: r.Command})
	c := d.Conversation(id)
	c.Version = was.Version
	if c.Messages != 2 || !c.WaitingSince.Equal(was.WaitingSince) || c.FollowUps != was.FollowUps || d.Conversation(r.Other).MergedInto != id {
		t.Errorf("it was %+v and is %+v", was, c)
	}
	for _, chosen := range [][]desk.MessageID{{heads(d, id)[0].ID, heads(d, id)[1].ID}, {}, {12345}} {
		if _, err := d.Do(d.As(d.Agent), id, desk.Split{Messages: chosen}); err == nil {
			t.Errorf("split off %v", chosen)
		}
	}
}

// S-15: one issue is split off, the first is closed, the customer writes: the
// message joins the promoted child, and one conversation is open. Undone, the first
// has its place again.
func TestSplitThenClose(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one"}).Conversation
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "two"})
	child := do(t, d, first, desk.Split{Messages: []desk.MessageID{heads(d, first)[1].ID}}).Other
	if next := d.Get(apptest.Post{From: "kim", Key: "3", Text: "three"}); next.Conversation != first {
		t.Errorf("while the first is open a message lands in %s", next.Conversation)
	}
	r := do(t, d, first, desk.Close{})
	if !d.Conversation(child).Primary {
		t.Fatal("the child was not promoted")
	}
	undo := do(t, d, first, desk.Undo{Command: r.Command})
	if d.Conversation(child).Primary || d.Conversation(first).Status != desk.StatusOpen {
		t.Error("the undo did not give the first its place again")
	}
	do(t, d, first, desk.Undo{Command: undo.Command})
	if !d.Conversation(child).Primary || d.Conversation(first).Status != desk.StatusClosed {
		t.Error("the redo did not promote the child")
	}
	if next := d.Get(apptest.Post{From: "kim", Key: "4", Text: "four"}); next.Conversation != child {
		t.Errorf("a message lands in %s, not in the child", next.Conversation)
	}
	if _, err := d.Do(d.As(d.Agent), first, desk.Reopen{}); desk.KindOf(err) != desk.Conflict {
		t.Errorf("reopened beside the promoted child: %v", err)
	}
	if open := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen}); len(open) != 1 {
		t.Errorf("%d conversations are open", len(open))
	}
	// The same when the first is merged into what was split off from it.
	do(t, d, child, desk.Merge{Other: first})
	if next := d.Get(apptest.Post{From: "kim", Key: "5", Text: "five"}); next.Conversation != child || len(heads(d, child)) != 5 {
		t.Errorf("a message lands in %s; the child has %d", next.Conversation, len(heads(d, child)))
	}
}

// What is merged away in a chat does not begin anew: the customer goes on in what
// it is part of (F2-51). When it comes back and another one is open, the undo is
// refused and names it.
func TestMergedChatGoesOn(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one"}).Conversation
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "two"})
	child := do(t, d, first, desk.Split{Messages: []desk.MessageID{heads(d, first)[1].ID}}).Other
	r := do(t, d, child, desk.Merge{Other: first})
	if c := d.Conversation(child); !c.Primary {
		t.Error("what goes on has not got the place of what was merged into it")
	}
	if next := d.Get(apptest.Post{From: "kim", Key: "3", Text: "three"}); next.Conversation != child {
		t.Errorf("a message lands in %s", next.Conversation)
	}
	undo := do(t, d, child, desk.Undo{Command: r.Command})
	if c := d.Conversation(child); c.Primary || d.Conversation(first).Status != desk.StatusOpen || c.Messages != 2 {
		t.Errorf("after the undo it is %+v", c)
	}
	do(t, d, child, desk.Undo{Command: undo.Command})
	do(t, d, child, desk.Close{})
	later := d.Get(apptest.Post{From: "kim", Key: "4", Text: "four"})
	if later.Conversation == child || later.Conversation == first || d.Conversation(later.Conversation).Previous != child {
		t.Fatalf("after the end a message lands in %s", later.Conversation)
	}
}

// Many people merge and split the same conversations at once, both ways round,
// while the customer writes: everybody gets an answer, and no message is lost.
func TestMergesAtTheSameTime(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	var ids []desk.ConversationID
	for i := range 4 {
		ids = append(ids, d.Get(apptest.Post{From: "kim", Key: fmt.Sprint(i), Text: "hello", Own: fmt.Sprint("mid:", i)}).Conversation)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	merged := 0
	for i := range 12 {
		wg.Go(func() {
			a, b := ids[i%4], ids[(i+1+i/4)%4]
			r, err := d.Do(d.As(d.Agent), a, desk.Merge{Other: b})
			if kind := desk.KindOf(err); err != nil && kind != desk.Conflict && kind != desk.Invalid {
				t.Errorf("merging: %v", err)
			}
			if err != nil {
				return
			}
			mu.Lock()
			merged++
			mu.Unlock()
			if i%2 == 0 {
				if _, err := d.Do(d.As(d.Agent), a, desk.Undo{Command: r.Command}); err != nil && desk.KindOf(err) != desk.Conflict {
					t.Errorf("undoing: %v", err)
				}
			}
		})
		wg.Go(func() {
			if _, err := d.TryGet(apptest.Post{From: "kim", Key: fmt.Sprint("more", i), Text: "more", Own: fmt.Sprint("mid:more", i), Thread: []string{fmt.Sprint("mid:", i%4)}}); err != nil {
				t.Errorf("a message was refused: %v", err)
			}
		})
	}
	wg.Wait()
	if merged == 0 {
		t.Error("nothing was merged: this proves nothing")
	}
	n := 0
	for _, id := range ids {
		c := d.Conversation(id)
		if got := len(heads(d, id)); got != c.Messages || c.MergedInto != 0 && got != 0 {
			t.Errorf("%s counts %d and has %d", id, c.Messages, got)
		}
		n += c.Messages
	}
	if n != 16 {
		t.Errorf("%d messages are left of 16", n)
	}
}
