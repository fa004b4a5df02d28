package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// all asks for everything that is there.
func all(*store.Tx) (store.Find, error) {
	return store.Find{Cond: filter.Resolve(filter.Node{}, filter.Env{}), Sort: store.SortNewest}, nil
}

// write lets customers write, each in a conversation of their own.
func write(d *apptest.Desk, n int) (ids []desk.ConversationID) {
	d.T.Helper()
	for i := range n {
		name := fmt.Sprintf("Customer %d", i)
		ids = append(ids, d.Get(apptest.Post{From: name, Key: name, Text: "hello"}).Conversation)
	}
	return ids
}

func steps(all ...desk.BulkStep) desk.BulkAction { return desk.BulkAction{Steps: all} }

// groups says in a line what became, or would become, of the conversations.
func groups(d *apptest.Desk, by desk.Actor, id desk.BulkID) string {
	d.T.Helper()
	var out []string
	d.OK(look(d, by, func(tx *store.Tx) error {
		all, err := tx.BulkGroups(id)
		for _, g := range all {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s", g.Count, g.State, g.Reason)))
		}
		return err
	}))
	return strings.Join(out, "; ")
}

// bulked reviews an action, confirms it and does it.
func bulked(d *apptest.Desk, by desk.Actor, sel app.BulkSelection, action desk.BulkAction) desk.BulkID {
	d.T.Helper()
	r, err := d.ReviewBulk(d.As(by), sel, action)
	d.OK(err)
	_, err = d.StartBulk(d.As(by), r.ID, r.Token)
	d.OK(err)
	d.Work()
	return r.ID
}

func bulkState(d *apptest.Desk, by desk.Actor, id desk.BulkID) (b store.Bulk) {
	d.T.Helper()
	d.OK(look(d, by, func(tx *store.Tx) (err error) { b, err = tx.Bulk(id); return err }))
	return b
}

// S-14, F1-32, F1-35, F1-36, D-06: the review says what will be archived and what
// not and why, and a token confirms exactly that.
func TestBulkArchive(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ids := write(d, 8)
	for _, id := range ids[:5] {
		do(t, d, id, desk.Close{})
	}
	owner := d.As(d.Owner)
	archive := steps(desk.BulkStep{Do: desk.BulkArchive})
	first, err := d.ReviewBulk(owner, app.BulkSelection{IDs: ids}, archive)
	d.OK(err)
	if got := groups(d, d.Owner, first.ID); got != "5 todo; 3 skipped Only a closed conversation can be archived. Close it first." || first.Total != 8 {
		t.Errorf("the review says: %s", got)
	}
	if c := d.Conversation(ids[0]); c.Archived() {
		t.Error("a review archives")
	}
	// Another selection, another review: the first one confirms nothing any more.
	second, err := d.ReviewBulk(owner, app.BulkSelection{IDs: ids[:6]}, archive)
	d.OK(err)
	for what, try := range map[string]func() error{
		"a review before the last": func() error { _, err := d.StartBulk(owner, first.ID, first.Token); return err },
		"another review's token":   func() error { _, err := d.StartBulk(owner, second.ID, first.Token); return err },
		"no token":                 func() error { _, err := d.StartBulk(owner, second.ID, ""); return err },
		"somebody else":            func() error { _, err := d.StartBulk(d.As(d.Agent), second.ID, second.Token); return err },
	} {
		if err := try(); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "Review it again") {
			t.Errorf("%s: %v", what, err)
		}
	}
	d.Clock.Add(16 * time.Minute)
	if _, err := d.StartBulk(owner, second.ID, second.Token); desk.KindOf(err) != desk.Conflict {
		t.Errorf("long after the review: %v", err)
	}
	third, err := d.ReviewBulk(owner, app.BulkSelection{IDs: ids}, archive)
	d.OK(err)
	for range 3 { // whoever clicks twice means once
		_, err = d.StartBulk(owner, third.ID, third.Token)
		d.OK(err)
	}
	d.Work()
	if got := groups(d, d.Owner, third.ID); got != "5 done; 3 skipped Only a closed conversation can be archived. Close it first." {
		t.Errorf("the result says: %s", got)
	}
	if b := bulkState(d, d.Owner, third.ID); b.State != store.BulkDone || b.EndedAt.IsZero() {
		t.Errorf("%+v", b)
	}
	if got := strings.Join(d.Timeline(ids[0]), " "); strings.Count(got, "archived") != 1 || !strings.HasSuffix(got, "bulk_ran archived") {
		t.Errorf("the timeline: %s", got)
	}
	id := bulked(d, d.Owner, app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkClose}, desk.BulkStep{Do: desk.BulkArchive}))
	if got := groups(d, d.Owner, id); got != "5 same; 3 done" {
		t.Errorf("close, then archive: %s", got)
	}
}

// F1-27, F1-29, F1-30, F1-33, F2-57: everything that a question has, beyond a page, as it
// is at the review; whoever has them now is told once, and the whole is taken back.
func TestBulkOfAQuery(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	const n = 230
	ids := write(d, n)
	made := do(t, d, ids[0], desk.Label{Add: []string{"storm"}})
	tag := made.Conversation.Tags[0]
	do(t, d, ids[1], desk.Assign{Assignee: d.Owner.User})
	d.Work()
	action := steps(
		desk.BulkStep{Do: desk.BulkAssign, Assignee: d.Agent.User}, desk.BulkStep{Do: desk.BulkTag, Tags: []desk.TagID{tag}},
		desk.BulkStep{Do: desk.BulkPriority, Priority: desk.PriorityHigh, Reason: "storm"}, desk.BulkStep{Do: desk.BulkResolve},
	)
	r, err := d.ReviewBulk(d.As(d.Owner), app.BulkSelection{Find: all, Leave: ids[5:6]}, action)
	d.OK(err)
	if r.Total != n-1 || r.Unanswered != n-1 || r.Sends != 0 {
		t.Fatalf("%+v", r)
	}
	// Who comes after the review is not in it.
	late := d.Get(apptest.Post{From: "Late", Key: "late", Text: "hello"}).Conversation
	_, err = d.StartBulk(d.As(d.Owner), r.ID, r.Token)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Owner, r.ID); got != fmt.Sprintf("%d done", n-1) {
		t.Fatalf("the result says: %s", got)
	}
	for _, id := range []desk.ConversationID{ids[5], late} {
		if c := d.Conversation(id); c.Assignee != 0 || c.Status != desk.StatusOpen {
			t.Errorf("one that was left out: %+v", c)
		}
	}
	for _, id := range ids[6:] {
		if c := d.Conversation(id); c.Assignee != d.Agent.User || c.Status != desk.StatusResolved || c.Priority != desk.PriorityHigh || len(c.Tags) != 1 {
			t.Fatalf("%+v", c)
		}
	}
	told := func(who desk.Actor, kind desk.NewsKind) (amounts []int64) {
		d.OK(look(d, who, func(tx *store.Tx) error {
			all, err := tx.Decided(who.User, kind, 100)
			for _, n := range all {
				amounts = append(amounts, n.Amount)
			}
			return err
		}))
		return amounts
	}
	if got := told(d.Agent, desk.NewsAssigned); len(got) != 1 || got[0] != n-1 {
		t.Errorf("the assignee was told %v", got)
	}
	undo, err := d.UndoBulk(d.As(d.Owner), r.ID)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Owner, undo.ID); got != fmt.Sprintf("%d done", n-1) {
		t.Errorf("taken back: %s", got)
	}
	for i, id := range ids[:5] {
		c := d.Conversation(id)
		want := desk.UserID(0)
		if i == 1 {
			want = d.Owner.User
		}
		if c.Assignee != want || c.Status != desk.StatusOpen || c.Priority != desk.PriorityNormal || (len(c.Tags) == 1) != (i == 0) {
			t.Errorf("%d is not as it was: %+v", i, c)
		}
	}
	if got := told(d.Agent, desk.NewsUnassigned); len(got) != 1 || got[0] != n-1 {
		t.Errorf("whoever lost them was told %v", got)
	}
	for what, try := range map[string]desk.BulkID{"twice": r.ID, "the undo": undo.ID} {
		if _, err := d.UndoBulk(d.As(d.Owner), try); desk.KindOf(err) != desk.Conflict {
			t.Errorf("taken back %s: %v", what, err)
		}
	}
}

// D-39, and permissions item by item: what was changed since the review is left
// alone, and so is what its reviewer may not see or change any more; what later
// facts stand on is not taken back.
func TestBulkLeavesAlone(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ids := write(d, 6)
	back, err := d.CreateInbox(d.As(d.Owner), "Back", desk.PerContact, app.InboxChange{})
	d.OK(err)
	other := d.Join("Otto", "otto@example.com", desk.RoleAgent, back.ID)
	r, err := d.ReviewBulk(d.As(other), app.BulkSelection{IDs: ids[:1]}, steps(desk.BulkStep{Do: desk.BulkResolve}))
	d.OK(err)
	if got := groups(d, other, r.ID); got != "1 skipped It is gone, or not yours to see." {
		t.Errorf("somebody of another inbox: %s", got)
	}
	resolve := steps(desk.BulkStep{Do: desk.BulkPriority, Priority: desk.PriorityLow}, desk.BulkStep{Do: desk.BulkResolve})
	r, err = d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, resolve)
	d.OK(err)
	d.Get(apptest.Post{From: "Customer 0", Key: "more", Text: "and one more thing"})
	do(t, d, ids[1], desk.Prioritize{Priority: desk.PriorityUrgent})
	do(t, d, ids[2], desk.MarkRead{}) // changes nothing for anybody else
	_, err = d.StartBulk(d.As(d.Agent), r.ID, r.Token)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Agent, r.ID); got != "4 done; 2 skipped It has changed since you reviewed it. Look at it again." {
		t.Errorf("the result says: %s", got)
	}
	do(t, d, ids[3], desk.Reopen{})
	undo, err := d.UndoBulk(d.As(d.Agent), r.ID)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Agent, undo.ID); got != "3 done; 1 skipped This cannot be taken back: its status was changed again since. Change it by hand instead." {
		t.Errorf("taken back: %s", got)
	}
	// Whoever is gone does nothing more, and who becomes a viewer neither.
	r, err = d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkClose}))
	d.OK(err)
	_, err = d.StartBulk(d.As(d.Agent), r.ID, r.Token)
	d.OK(err)
	off := false
	d.OK(d.ChangeMember(d.As(d.Owner), d.Agent.User, app.MemberChange{Active: &off}))
	d.Work()
	if b := bulkState(d, d.Agent, r.ID); b.State != store.BulkCanceled || !strings.Contains(b.Stopped, "no longer a member") || groups(d, d.Agent, r.ID) != "6 todo" {
		t.Errorf("%+v %s", b, groups(d, d.Agent, r.ID))
	}
	viewer := d.Join("Vera", "vera@example.com", desk.RoleViewer, d.Inbox.ID)
	if _, err := d.ReviewBulk(d.As(viewer), app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkClose})); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("a viewer: %v", err)
	}
}

// F2-58: each customer gets a text of their own; where something is unknown nobody
// gets a text with a hole; the review says how many messages leave.
func TestBulkReply(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ids := write(d, 3)
	phone := "+49 171 5550134"
	d.OK(d.ChangeContact(d.As(d.Owner), d.Conversation(ids[1]).Contact, app.ContactChange{Phone: &phone}))
	d.Work()
	quick, err := d.SaveQuickReply(d.As(d.Owner), desk.QuickReply{Kind: desk.QuickForReply, Name: "Call", Shortcut: "/call", Text: "Dear {{contact.name}}, we call {{contact.phone}}."})
	d.OK(err)
	reply := steps(desk.BulkStep{Do: desk.BulkReply, Text: quick.Text, Quick: quick.ID}, desk.BulkStep{Do: desk.BulkResolve})
	r, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, reply)
	d.OK(err)
	if r.Sends != 1 || r.Unanswered != 0 || r.Text != "Dear Customer 1, we call "+phone+"." || r.TextOf != ids[1] {
		t.Errorf("%+v", r)
	}
	_, err = d.StartBulk(d.As(d.Agent), r.ID, r.Token)
	d.OK(err)
	d.Work()
	if sent := d.Channel.Sent(); len(sent) != 1 || sent[0] != r.Text {
		t.Errorf("sent: %v", sent)
	}
	if got := groups(d, d.Agent, r.ID); got != "2 skipped Nothing is known here for {{contact.phone}}. Give it a fallback, or write to this customer yourself.; 1 done" {
		t.Errorf("the result says: %s", got)
	}
	d.OK(look(d, d.Agent, func(tx *store.Tx) error {
		kept, err := tx.QuickReply(quick.ID)
		if kept.Uses != 1 {
			t.Errorf("the quick reply was used %d times", kept.Uses)
		}
		return err
	}))
	undo, err := d.UndoBulk(d.As(d.Agent), r.ID)
	d.OK(err)
	d.Work()
	if c := d.Conversation(ids[1]); c.Status != desk.StatusOpen || c.WaitingOn != desk.WaitingOnCustomer || groups(d, d.Agent, undo.ID) != "1 done" {
		t.Errorf("taken back but for the message: %+v", c)
	}
	bad := steps(desk.BulkStep{Do: desk.BulkTag, Tags: []desk.TagID{1}})
	if _, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, bad); desk.KindOf(err) == desk.Internal || !strings.Contains(err.Error(), "Step 1 (tag)") {
		t.Errorf("a tag that there is none of: %v", err)
	}
}

// stopped is the bulk effect in a process that stops after some conversations.
type stopped struct {
	app.Effect
	run func(context.Context, desk.Event, app.Try) error
}

func (s stopped) Run(ctx context.Context, e desk.Event, t app.Try) error { return s.run(ctx, e, t) }

// A bulk action that is interrupted in the middle goes on, and each conversation is
// changed once; one that is stopped keeps what it has done, which can be taken back.
func TestBulkGoesOn(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	const n = 600
	ids := write(d, n)
	tries := 0
	for i, f := range d.Effects {
		if f.Name() != "bulk" {
			continue
		}
		d.Effects[i] = stopped{f, func(ctx context.Context, e desk.Event, t app.Try) error {
			tries++
			err := f.Run(ctx, e, t)
			if _, more := errors.AsType[*app.RetryError](err); more && tries == 1 {
				panic("the process stops in the middle of it")
			}
			return err
		}}
	}
	r, err := d.ReviewBulk(d.As(d.Owner), app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkReply, Text: "It works again."}, desk.BulkStep{Do: desk.BulkResolve}))
	d.OK(err)
	_, err = d.StartBulk(d.As(d.Owner), r.ID, r.Token)
	d.OK(err)
	if _, err := d.WorkNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := groups(d, d.Owner, r.ID); got != "512 done; 88 todo" || tries != 1 {
		t.Fatalf("interrupted after %s", got)
	}
	// What the process had done and not written down anywhere but in the items.
	d.Clock.Add(time.Minute)
	d.Work()
	if got := groups(d, d.Owner, r.ID); got != fmt.Sprintf("%d done", n) || bulkState(d, d.Owner, r.ID).State != store.BulkDone {
		t.Fatalf("it ended with %s", got)
	}
	if sent := len(d.Channel.Sent()); sent != n {
		t.Errorf("%d customers got a message, want each of %d one", sent, n)
	}
	for _, id := range ids {
		if got := strings.Join(d.Timeline(id), " "); strings.Count(got, "bulk_ran") != 1 || strings.Count(got, "status_changed") != 1 {
			t.Fatalf("%s: %s", id, got)
		}
	}
	r, err = d.ReviewBulk(d.As(d.Owner), app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkClose}))
	d.OK(err)
	_, err = d.StartBulk(d.As(d.Owner), r.ID, r.Token)
	d.OK(err)
	if _, err := d.UndoBulk(d.As(d.Owner), r.ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("taken back while it runs: %v", err)
	}
	if _, err := d.WorkNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := d.CancelBulk(d.As(d.Owner), r.ID)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Owner, r.ID); b.State != store.BulkCanceled || got != "512 done; 88 todo" {
		t.Errorf("stopped: %+v %s", b, got)
	}
	undo, err := d.UndoBulk(d.As(d.Owner), r.ID)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Owner, undo.ID); got != "512 done" {
		t.Errorf("what was done until then, taken back: %s", got)
	}
}

// F1-34: owners and admins export what they see; agents where an inbox lets them.
func TestBulkExport(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	ids := write(d, 3)
	export := desk.BulkAction{Export: true}
	r, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, export)
	d.OK(err)
	if got := groups(d, d.Agent, r.ID); got != "3 skipped Agents may not export from the inbox Front desk. Ask an admin." {
		t.Errorf("an agent: %s", got)
	}
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: []byte(`{"agents_may_export":true}`)}))
	id := bulked(d, d.Agent, app.BulkSelection{IDs: ids}, export)
	read := func() (subjects []string) {
		_, err := d.Exported(d.As(d.Agent), id)
		d.OK(err)
		d.OK(d.ExportBulk(d.As(d.Agent), id, func(_ *store.Tx, all []desk.Conversation) error {
			for _, c := range all {
				subjects = append(subjects, c.Preview)
			}
			return nil
		}))
		return subjects
	}
	if got := read(); len(got) != 3 || got[0] != "hello" {
		t.Errorf("exported: %v", got)
	}
	if _, err := d.UndoBulk(d.As(d.Agent), id); desk.KindOf(err) != desk.Conflict {
		t.Errorf("an export was taken back: %v", err)
	}
	if got := d.Timeline(ids[0]); strings.Contains(strings.Join(got, " "), "bulk") {
		t.Errorf("an export is on the timeline: %v", got)
	}
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Change: []byte(`{"agents_may_export":null}`)}))
	if got := read(); len(got) != 0 {
		t.Errorf("exported after it was forbidden: %v", got)
	}
	if _, err := d.Exported(d.As(d.Owner), id); desk.KindOf(err) != desk.NotFound {
		t.Errorf("somebody else's export: %v", err)
	}
	// What nobody confirmed, and what is too old to be taken back, is forgotten.
	d.Clock.Add(desk.UndoFor + time.Hour)
	_, err = d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids, Quiet: d.Clock.Now()}, steps(desk.BulkStep{Do: desk.BulkClose}))
	d.OK(err)
	d.OK(look(d, d.Agent, func(tx *store.Tx) error {
		all, err := tx.Bulks(0, 10)
		if len(all) != 0 {
			t.Errorf("not forgotten: %+v", all)
		}
		return err
	}))
	if _, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids, Quiet: d.Clock.Now().Add(-2 * desk.UndoFor)}, steps(desk.BulkStep{Do: desk.BulkClose})); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a selection of nothing: %v", err)
	}
}

// F1-55, F2-53 in bulk: the conversations of one customer become part of the one that
// stays; those of others are said; all of it is taken back.
func TestBulkMerge(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	var ids []desk.ConversationID
	for i, from := range []string{"Kim", "Kim", "Kim", "Eve"} {
		key := fmt.Sprint(i)
		ids = append(ids, d.Get(apptest.Post{From: from, Key: key, Own: "own-" + key, Text: "matter " + key}).Conversation)
	}
	d.Work()
	action := steps(desk.BulkStep{Do: desk.BulkMerge, Into: ids[0]})
	r, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, action)
	d.OK(err)
	if got := groups(d, d.Agent, r.ID); got != "2 todo; 1 same; 1 skipped These conversations are with different customers. Choose one with the same customer." {
		t.Errorf("the review says: %s", got)
	}
	_, err = d.StartBulk(d.As(d.Agent), r.ID, r.Token)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Agent, r.ID); !strings.HasPrefix(got, "2 done; 1 same; 1 skipped") {
		t.Fatalf("the result says: %s", got)
	}
	for _, id := range ids[1:3] {
		if c := d.Conversation(id); c.MergedInto != ids[0] {
			t.Errorf("%s is not merged: %+v", id, c)
		}
	}
	undo, err := d.UndoBulk(d.As(d.Agent), r.ID)
	d.OK(err)
	d.Work()
	if got := groups(d, d.Agent, undo.ID); got != "2 done" {
		t.Errorf("taken back: %s", got)
	}
	for _, id := range ids {
		if c := d.Conversation(id); c.MergedInto != 0 || c.Status != desk.StatusOpen || c.Messages != 1 {
			t.Errorf("%s is not as it was: %+v", id, c)
		}
	}
	if _, err := d.ReviewBulk(d.As(d.Agent), app.BulkSelection{IDs: ids}, steps(desk.BulkStep{Do: desk.BulkMerge, Into: ids[0]}, desk.BulkStep{Do: desk.BulkClose})); desk.KindOf(err) != desk.Invalid {
		t.Errorf("merging and more: %v", err)
	}
}
