package app_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// S-04, F4-03, F4-06: twenty parallel messages of a new contact make one contact, one open
// conversation and twenty messages. F4-05, F4-06, F4-07.
func TestParallelMessagesOfANewContact(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := d.TryGet(apptest.Post{From: "kim", Key: fmt.Sprint(i), Text: "hello"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all := d.List(d.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen})
	if len(all) != 1 || all[0].Messages != 20 || all[0].OpenedSource != desk.SourceContact {
		t.Fatalf("%d conversations, the first with %d messages", len(all), all[0].Messages)
	}
	var contacts []desk.Contact
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { contacts, err = tx.FindContacts("", 0, 10); return err }))
	if len(contacts) != 1 {
		t.Errorf("%d contacts", len(contacts))
	}
}

// The same message four times at once has one effect, and the ledger says so.
func TestDuplicates(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	var mu sync.Mutex
	states := map[store.RawState]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r, err := d.TryGet(apptest.Post{From: "kim", Key: "same", Text: "hello"})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			states[r.State]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if want := map[store.RawState]int{store.RawMessage: 1, store.RawDuplicate: 3}; !cmp.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
}

// S-07: a greeting answers nothing: the conversation is still New, still needs
// attention, and no response time is recorded.
func TestGreetingIsNoAnswer(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	settings := desk.InboxSettings{Welcome: "We are on our way."}
	d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, app.InboxChange{Settings: &settings}))
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	d.Work()
	d.Work() // a second run of the same job would greet again
	if got := d.Channel.Sent(); !slices.Equal(got, []string{"We are on our way."}) {
		t.Fatalf("sent %q", got)
	}
	c := d.Conversation(r.Conversation)
	if c.Label(d.Clock.Now()) != "New" || !c.NeedsAttention() || !c.FirstReplyAt.IsZero() || !c.FirstResponseAt.IsZero() {
		t.Errorf("label %s, waiting on %s, first reply %v", c.Label(d.Clock.Now()), c.WaitingOn, c.FirstReplyAt)
	}
}

// S-09 in part, T13, T22, T23: resolved reopens, closed opens a new one that is linked.
func TestResolvedReopensClosedBeginsAnew(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	first := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	do(t, d, first.Conversation, desk.Resolve{})
	again := d.Get(apptest.Post{From: "kim", Key: "2", Text: "still broken"})
	if again.Conversation != first.Conversation || d.Conversation(first.Conversation).Status != desk.StatusOpen {
		t.Fatal("a message did not reopen the resolved conversation")
	}
	do(t, d, first.Conversation, desk.Close{})
	next := d.Get(apptest.Post{From: "kim", Key: "3", Text: "something else"})
	if next.Conversation == first.Conversation {
		t.Fatal("a message joined the closed conversation")
	}
	if c := d.Conversation(next.Conversation); c.Previous != first.Conversation {
		t.Errorf("previous is %s", c.Previous)
	}
	// T27: the first cannot be opened again while the second is.
	_, err := d.Do(d.As(d.Agent), first.Conversation, desk.Reopen{})
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("reopening beside an open one: %v", err)
	}
}

// Mail groups by thread: an answer joins, a new thread begins anew, and what somebody
// writes who only knows a thread's key waits in it.
func TestThreads(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	one := d.Get(apptest.Post{From: "kim", Key: "1", Text: "question", Own: "mid:1"})
	two := d.Get(apptest.Post{From: "kim", Key: "2", Text: "other question", Own: "mid:2"})
	answer := d.Get(apptest.Post{From: "kim", Key: "3", Text: "more", Own: "mid:3", Thread: []string{"mid:1"}})
	stranger := d.Get(apptest.Post{From: "eve", Key: "4", Text: "me too", Own: "mid:4", Thread: []string{"mid:1"}})
	if one.Conversation == two.Conversation || answer.Conversation != one.Conversation {
		t.Errorf("conversations %s %s %s", one.Conversation, two.Conversation, answer.Conversation)
	}
	if m := d.Message(stranger.Message); stranger.Conversation != one.Conversation || m.Auto != desk.AutoStranger {
		t.Errorf("a stranger joined a thread, or does not wait there: %s, %q", stranger.Conversation, m.Auto)
	}
	sent := do(t, d, one.Conversation, desk.Reply{Text: "answer"})
	d.Work()
	back := d.Get(apptest.Post{From: "kim", Key: "5", Text: "thanks", Thread: []string{"out:" + sent.Message.String()}})
	if back.Conversation != one.Conversation {
		t.Error("an answer to our message did not join")
	}
}

// Automatic mail is kept, and opens, reopens and alarms nothing.
func TestAutomaticMail(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	r := d.Get(apptest.Post{From: "robot", Key: "1", Text: "out of office", Auto: "reply", Own: "mid:1"})
	if c := d.Conversation(r.Conversation); c.Status != desk.StatusClosed || c.WaitingOn != desk.WaitingOnNone {
		t.Errorf("status %s, waiting on %s", c.Status, c.WaitingOn)
	}
	q := d.Get(apptest.Post{From: "kim", Key: "2", Text: "question", Own: "mid:2"})
	do(t, d, q.Conversation, desk.Resolve{})
	d.Get(apptest.Post{From: "kim", Key: "3", Text: "out of office", Auto: "reply", Thread: []string{"mid:2"}})
	if c := d.Conversation(q.Conversation); c.Status != desk.StatusResolved || c.Messages != 2 {
		t.Errorf("status %s with %d messages", c.Status, c.Messages)
	}
}

// 1.3, rule 7: a late message does not flip whose turn it is.
func TestLateMessage(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "question", At: d.Clock.Now().Unix() - 600})
	do(t, d, r.Conversation, desk.Reply{Text: "answer"})
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "sent before the answer", At: d.Clock.Now().Unix() - 300})
	if c := d.Conversation(r.Conversation); c.WaitingOn != desk.WaitingOnCustomer || c.Messages != 3 {
		t.Errorf("waiting on %s with %d messages", c.WaitingOn, c.Messages)
	}
}

// F1-10: of two who take a conversation at once, one gets it and the other is told who did.
func TestAssignToMeRace(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	nobody := desk.UserID(0)
	var mu sync.Mutex
	var lost []error
	var wg sync.WaitGroup
	for _, who := range []desk.Actor{d.Owner, d.Agent} {
		wg.Go(func() {
			if _, err := d.Do(d.As(who), r.Conversation, desk.Assign{Assignee: who.User, Expected: &nobody}); err != nil {
				mu.Lock()
				lost = append(lost, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(lost) != 1 || desk.KindOf(lost[0]) != desk.Conflict || !strings.Contains(lost[0].Error(), "has just taken") {
		t.Fatalf("errors %v", lost)
	}
	winner := "Maja Ek"
	if d.Conversation(r.Conversation).Assignee == d.Agent.User {
		winner = "Daniel Berg"
	}
	if !strings.Contains(lost[0].Error(), winner) {
		t.Errorf("%q does not name %s", lost[0], winner)
	}
}

// F1-07, F1-08, F3-39, F3-40, F3-42, F3-43: a note and a priority go with an assignment, the
// assignee is told once, and the conversation moves to their list.
func TestAssignWithNoteAndPriority(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	if got := d.List(d.Owner, store.List{View: store.ViewUnassigned}); len(got) != 1 {
		t.Fatalf("%d unassigned", len(got))
	}
	d.OK(err2(d.Do(d.As(d.Owner), r.Conversation, desk.Assign{Assignee: d.Agent.User, Note: "Knows the customer", Priority: desk.PriorityUrgent})))
	d.Work()
	if got, want := d.Timeline(r.Conversation), []string{"opened", "message_posted", "note_added", "assigned", "priority_changed"}; !slices.Equal(got, want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
	if mine := d.List(d.Agent, store.List{View: store.ViewMine}); len(mine) != 1 || mine[0].Priority != desk.PriorityUrgent {
		t.Errorf("the agent's list: %+v", mine)
	}
	if got := d.List(d.Owner, store.List{View: store.ViewUnassigned}); len(got) != 0 {
		t.Errorf("%d unassigned", len(got))
	}
	told := func(a desk.Actor) (n int64) {
		d.OK(d.DB.Read(t.Context(), app.ScopeFrom(d.As(a)), func(tx *store.Tx) (err error) { n, err = tx.UnreadNotifications(); return err }))
		return n
	}
	if told(d.Agent) != 1 || told(d.Owner) != 0 {
		t.Errorf("told: agent %d, owner %d", told(d.Agent), told(d.Owner))
	}
	// Nobody is told what they did themselves.
	d.OK(err2(d.Do(d.As(d.Owner), r.Conversation, desk.Assign{Assignee: d.Owner.User})))
	d.Work()
	if told(d.Owner) != 0 {
		t.Error("the owner was told what they did themselves")
	}
}

// F1-09: looking at a conversation assigns nothing and sends nothing; F3-10: read is per user.
func TestReadIsPersonal(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	before := d.Conversation(r.Conversation)
	read := do(t, d, r.Conversation, desk.MarkRead{})
	if !cmp.Equal(before, d.Conversation(r.Conversation)) {
		t.Error("reading changed the conversation")
	}
	unread := func(a desk.Actor) int { return len(d.List(a, store.List{View: store.ViewAll, Unread: true})) }
	if unread(d.Agent) != 0 || unread(d.Owner) != 1 {
		t.Errorf("unread: agent %d, owner %d", unread(d.Agent), unread(d.Owner))
	}
	d.OK(err2(d.Do(d.As(d.Agent), r.Conversation, desk.Undo{Command: read.Command})))
	if unread(d.Agent) != 1 {
		t.Error("undo did not make it unread again")
	}
}

// State equals the fold of its facts.
func TestStateIsTheFoldOfFacts(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	do(t, d, r.Conversation, desk.Assign{Assignee: d.Agent.User})
	do(t, d, r.Conversation, desk.Reply{Text: "hi"})
	d.Work()
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "and?"})
	do(t, d, r.Conversation, desk.Label{Add: []string{"warranty"}})
	done := do(t, d, r.Conversation, desk.Close{Summary: "swapped"})
	do(t, d, r.Conversation, desk.Undo{Command: done.Command})
	want := d.Conversation(r.Conversation)
	var got desk.Conversation
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, err := tx.History(r.Conversation)
		for _, e := range all {
			got.Apply(e)
		}
		return err
	}))
	got.Subject, got.Preview = want.Subject, want.Preview // kept beside the facts
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Messages of a conversation go out in order, whatever fails between.
func TestDeliveryOrderAndRetry(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	d.Channel.Fail = &channel.SendError{Class: channel.Retry, Reason: "busy"}
	first := do(t, d, r.Conversation, desk.Reply{Text: "one"})
	do(t, d, r.Conversation, desk.Reply{Text: "two"})
	d.Work()
	if got := d.Channel.Sent(); len(got) != 0 {
		t.Fatalf("%q overtook a message that waits", got)
	}
	if m := d.Message(first.Message); m.Delivery != desk.DeliveryQueued || m.DeliveryReason != "busy" {
		t.Errorf("delivery %s, reason %q", m.Delivery, m.DeliveryReason)
	}
	d.Clock.Add(time.Hour)
	d.Work()
	if m := d.Message(first.Message); m.Delivery != desk.DeliverySent || m.DeliveryReason != "" {
		t.Errorf("delivery %s, reason %q", m.Delivery, m.DeliveryReason)
	}
	if got := d.Channel.Sent(); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("sent %q", got)
	}
}

// An outcome nobody knows is shown as such, and a person may send again.
func TestUnknownOutcome(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	d.Channel.Fail = &channel.SendError{Class: channel.Ambiguous, Reason: "The line broke."}
	sent := do(t, d, r.Conversation, desk.Reply{Text: "one"})
	d.Work()
	m := d.Message(sent.Message)
	if m.Delivery != desk.DeliveryUnknown || m.DeliveryReason != "The line broke." || d.Conversation(r.Conversation).DeliveryProblems != 1 {
		t.Fatalf("delivery %s, reason %q", m.Delivery, m.DeliveryReason)
	}
	do(t, d, r.Conversation, desk.Retry{Message: sent.Message})
	d.Work()
	if m := d.Message(sent.Message); m.Delivery != desk.DeliverySent || d.Conversation(r.Conversation).DeliveryProblems != 0 {
		t.Errorf("delivery %s", m.Delivery)
	}
	if _, err := d.Do(d.As(d.Agent), r.Conversation, desk.Retry{Message: sent.Message}); desk.KindOf(err) != desk.Conflict {
		t.Errorf("sending again what was sent: %v", err)
	}
}

// One reply, however often it is sent: by the sender's own id, and by the key of the request.
func TestSendOnce(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	a := do(t, d, r.Conversation, desk.Reply{Text: "hi", ClientID: "c-1"})
	b := do(t, d, r.Conversation, desk.Reply{Text: "hi", ClientID: "c-1"})
	if a.Message != b.Message || d.Conversation(r.Conversation).Messages != 2 {
		t.Errorf("messages %s and %s", a.Message, b.Message)
	}
	ctx := app.Idempotent(d.As(d.Agent), "agent", "key-1", "digest")
	one, err := d.Do(ctx, r.Conversation, desk.Note{Text: "a note"})
	d.OK(err)
	two, err := d.Do(ctx, r.Conversation, desk.Note{Text: "a note"})
	d.OK(err)
	if one.Command != two.Command || one.Message != two.Message {
		t.Error("an idempotent request happened twice")
	}
	_, err = d.Do(app.Idempotent(d.As(d.Agent), "agent", "key-1", "another"), r.Conversation, desk.Note{Text: "another"})
	if desk.KindOf(err) != desk.Conflict {
		t.Errorf("another request under the same key: %v", err)
	}
}

// Who sees no inbox sees nothing of it, and a viewer changes nothing.
func TestScope(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	outsider := d.Join("Out Sider", "out@example.com", desk.RoleAgent)
	viewer := d.Join("View Er", "view@example.com", desk.RoleViewer, d.Inbox.ID)
	if got := d.List(outsider, store.List{View: store.ViewAll}); len(got) != 0 {
		t.Errorf("an outsider sees %d conversations", len(got))
	}
	if _, err := d.Do(d.As(outsider), r.Conversation, desk.Close{}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("an outsider closes: %v", err)
	}
	if _, err := d.Do(d.As(viewer), r.Conversation, desk.Close{}); desk.KindOf(err) != desk.Forbidden {
		t.Errorf("a viewer closes: %v", err)
	}
	d.OK(err2(d.Do(d.As(viewer), r.Conversation, desk.MarkRead{})))
	if _, err := d.Do(d.As(d.Owner), r.Conversation, desk.Assign{Assignee: viewer.User}); desk.KindOf(err) != desk.Invalid {
		t.Errorf("a viewer becomes the assignee: %v", err)
	}
}

// A dead letter says why, and can be taken in again.
func TestDeadLetter(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	d.OK(d.Accept(t.Context(), d.Account, channel.Raw{Dedupe: "x", ContentType: "text/plain", Body: []byte("{"), At: d.Clock.Now()}))
	d.OK(d.Accept(t.Context(), d.Account, apptest.Raw(apptest.Post{From: "kim", Key: "1", Text: "hello"}, d.Clock.Now())))
	d.Work()
	states := map[store.RawState]store.RawEvent{}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		all, _, err := tx.Raws("", store.LedgerPage{Limit: 10})
		for _, r := range all {
			states[r.State] = r
		}
		return err
	}))
	dead := states[store.RawDeadLetter]
	if dead.Reason != "this is no post" || states[store.RawMessage].Conversation == 0 {
		t.Fatalf("ledger %+v", states)
	}
	d.OK(d.Replay(d.As(d.Owner), dead.ID))
	d.Work()
	if err := d.Replay(d.As(d.Owner), states[store.RawMessage].ID); desk.KindOf(err) != desk.Conflict {
		t.Errorf("replaying a message: %v", err)
	}
}

// A draft changed in another window is not written over.
func TestDraftConflict(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	ctx := d.As(d.Agent)
	first, err := d.SaveDraft(ctx, store.Draft{Conversation: r.Conversation, Mode: "reply", Text: "one"})
	d.OK(err)
	_, err = d.SaveDraft(ctx, store.Draft{Conversation: r.Conversation, Mode: "reply", Text: "two"})
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.Conflict || e.Details == nil {
		t.Errorf("a stale draft: %v", err)
	}
	first.Text = "three"
	d.OK(err2(d.SaveDraft(ctx, first.Draft)))
}

func err2[T any](_ T, err error) error { return err }

// do gives a command as the agent.
func do(t *testing.T, d *apptest.Desk, id desk.ConversationID, cmd desk.Command) app.Result {
	t.Helper()
	r, err := d.Do(d.As(d.Agent), id, cmd)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
