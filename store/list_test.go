package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// crowd is many conversations in every state, in two inboxes of one workspace
// and in another workspace, as rows: most of these states have no verb yet.
type crowd struct {
	*apptest.Desk
	other desk.Inbox
	all   []desk.Conversation
	marks map[desk.ConversationID]desk.MessageID // the agent's
	rand  *rand.Rand
}

func newCrowd(t *testing.T, n int) *crowd {
	t.Helper()
	d := apptest.New(t, desk.PerThread)
	c := &crowd{Desk: d, marks: map[desk.ConversationID]desk.MessageID{}, rand: rand.New(rand.NewPCG(1, 2))}
	var err error
	c.other, err = d.CreateInbox(d.As(d.Owner), "Other", desk.PerThread, inboxOf(d.Agent))
	d.OK(err)
	hidden, err := d.CreateInbox(d.As(d.Owner), "Hidden", desk.PerThread, inboxOf())
	d.OK(err)
	d.Agent, err = d.Enter(t.Context(), d.Workspace, d.Agent.User) // who is a member of two now
	d.OK(err)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
	model := d.Conversation(r.Conversation)
	elsewhere, err := d.CreateWorkspace(d.As(d.Owner), "Elsewhere", d.Agent.User)
	d.OK(err)
	c.all = append(c.all, model)
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Agent.User}, func(tx *store.WriteTx) error {
		for i := range n {
			v := c.vary(model, i)
			v.Inbox = []desk.InboxID{d.Inbox.ID, c.other.ID, hidden.ID}[i%3]
			if err := tx.InsertConversation(&v); err != nil {
				return err
			}
			if i%4 == 0 {
				c.marks[v.ID] = v.LastFromCustomer - desk.MessageID(i%2)
				if err := tx.SaveReadMark(v.ID, d.Agent.User, c.marks[v.ID]); err != nil {
					return err
				}
			}
			c.all = append(c.all, v)
			// The same in another workspace, where the agent is an owner.
			v.Workspace, v.ID = elsewhere.ID, v.ID+1
			if err := tx.In(store.Scope{Workspace: elsewhere.ID}).InsertConversation(&v); err != nil {
				return err
			}
		}
		return nil
	}))
	return c
}

// vary makes another conversation of one. Some have the same time: then ids order them.
func (c *crowd) vary(model desk.Conversation, i int) desk.Conversation {
	now := c.Clock.Now()
	pick := func(n int) int { return c.rand.IntN(n) }
	v := model
	v.ID += desk.ConversationID(10 * (i + 1))
	v.LastActivityAt = now.Add(-time.Duration(pick(40)) * time.Minute)
	v.Status = []desk.Status{desk.StatusOpen, desk.StatusOpen, desk.StatusPending, desk.StatusResolved, desk.StatusClosed}[pick(5)]
	v.WaitingOn = []desk.WaitingOn{desk.WaitingOnAgent, desk.WaitingOnCustomer, desk.WaitingOnNone}[pick(3)]
	v.Assignee = []desk.UserID{0, c.Agent.User, c.Owner.User}[pick(3)]
	if v.Status == desk.StatusClosed && pick(2) == 0 {
		v.ArchivedAt = now
	}
	if v.Active() {
		switch pick(6) {
		case 0:
			v.SnoozeUntilReply = true
		case 1:
			v.SnoozedUntil = now.Add(time.Hour)
		case 2:
			v.SnoozedUntil = now.Add(-time.Hour) // it is awake again
		}
	}
	if pick(5) == 0 {
		v.LastFromCustomer = 0
	}
	v.WaitingSince = now.Add(-time.Duration(pick(20)) * time.Hour)
	v.Priority = []desk.Priority{desk.PriorityUrgent, desk.PriorityNormal, desk.PriorityLow}[pick(3)]
	switch pick(4) {
	case 0:
		v.TargetNotifiedAt = now
	case 1:
		v.OverdueAt, v.ResponseDueDeadline = now, now.Add(-time.Duration(pick(20))*time.Minute)
	}
	return v
}

// belongs says in Go what a list says in SQL.
func (c *crowd) belongs(v desk.Conversation, l store.List, inboxes []desk.InboxID) bool {
	now := c.Clock.Now()
	awake := !v.Snoozed(now)
	in := map[store.Tab]bool{
		"": v.Active(), store.TabOpen: v.Active(), store.TabNeedsAttention: v.NeedsAttention() && awake, store.TabResponded: v.Responded() && awake,
		store.TabPending: v.Status == desk.StatusPending, store.TabSnoozed: v.Snoozed(now), store.TabResolved: v.Status == desk.StatusResolved,
		store.TabClosed: v.Status == desk.StatusClosed && !v.Archived(), store.TabArchived: v.Archived(),
		store.TabOverdue: v.Overdue(), store.TabAtRisk: v.AtRisk(),
	}[l.Tab]
	switch l.View {
	case store.ViewMine:
		in = in && v.Assignee == c.Agent.User
	case store.ViewUnassigned:
		in = in && v.Assignee == 0
	}
	if l.Unread {
		in = in && v.LastFromCustomer > c.marks[v.ID]
	}
	return in && (l.Inbox == 0 || l.Inbox == v.Inbox) && (inboxes == nil || slices.Contains(inboxes, v.Inbox))
}

// expected is a list as the specification orders it: F3-06, newest activity
// first, F0-20 for those who need attention, F1-08, F3-11 and the tabs of 9.2.
func (c *crowd) expected(l store.List, inboxes []desk.InboxID) (ids []desk.ConversationID) {
	all := slices.Clone(c.all)
	slices.SortFunc(all, func(a, b desk.Conversation) int {
		if l.Tab == store.TabNeedsAttention {
			return cmp.Or(cmp.Compare(a.QueueKey(), b.QueueKey()), cmp.Compare(a.ID, b.ID))
		}
		if n := b.LastActivityAt.Compare(a.LastActivityAt); n != 0 {
			return n
		}
		return int(b.ID - a.ID)
	})
	for _, v := range all {
		if c.belongs(v, l, inboxes) {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// page returns one page of a list and where the next begins.
func (c *crowd) page(scope store.Scope, l store.List) (ids []desk.ConversationID, next *store.Place) {
	c.T.Helper()
	c.OK(c.DB.Read(c.T.Context(), scope, func(tx *store.Tx) error {
		all, err := tx.Listed(l)
		for _, v := range all {
			ids = append(ids, v.ID)
			place := l.PlaceOf(v)
			next = &place
		}
		if len(all) < l.Limit {
			next = nil
		}
		return err
	}))
	return ids, next
}

// F0-20, F1-08, F3-06, F3-08, F3-10, F3-11: every list of every view, tab, inbox and
// reader is what the words of the specification say, page by page, on both
// databases; and every count is the length of its list.
func TestListsAndCounts(t *testing.T) {
	c := newCrowd(t, 300)
	scopes := []store.Scope{
		{Workspace: c.Workspace, User: c.Agent.User},
		{Workspace: c.Workspace, User: c.Agent.User, Inboxes: c.Agent.Inboxes},
		{Workspace: c.Workspace, User: c.Agent.User, Inboxes: []desk.InboxID{c.other.ID}},
		{Workspace: c.Workspace, User: c.Agent.User, Inboxes: []desk.InboxID{}},
	}
	filled := 0
	for _, scope := range scopes {
		for _, l := range everyList(c.other.ID) {
			l.Now, l.Limit = c.Clock.Now(), 7
			want := c.expected(l, scope.Inboxes)
			var got []desk.ConversationID
			for {
				ids, next := c.page(scope, l)
				got = append(got, ids...)
				if l.Before = next; next == nil {
					break
				}
			}
			name := fmt.Sprintf("%s/%s inbox %v unread %v of %v", l.View, l.Tab, l.Inbox != 0, l.Unread, scope.Inboxes)
			if differ := diff.Diff(want, got); differ != "" {
				t.Errorf("%s:\n%s", name, differ)
			}
			l.Before = nil
			var n int
			c.OK(c.DB.Read(t.Context(), scope, func(tx *store.Tx) (err error) { n, err = tx.Count(l); return err }))
			if n != len(want) {
				t.Errorf("%s: counted %d, there are %d", name, n, len(want))
			}
			if len(want) > 7 {
				filled++
			}
		}
	}
	if filled < 100 {
		t.Errorf("only %d lists have more than one page", filled)
	}
}

// F3-08, F0-20: while conversations move up between two pages, none that stays where
// it is is missed, and none comes twice.
func TestPagesWhileRowsChange(t *testing.T) {
	for tab, moves := range map[store.Tab]func(v *desk.Conversation, now time.Time){
		store.TabOpen: func(v *desk.Conversation, now time.Time) { v.LastActivityAt = now }, // a message comes in: it moves to the top
		store.TabNeedsAttention: func(v *desk.Conversation, now time.Time) { // it becomes the one that is most overdue
			v.OverdueAt, v.ResponseDueDeadline = now, time.Unix(int64(1_000_000_000)-now.Unix()%1_000_000, 0)
		},
	} {
		t.Run(string(tab), func(t *testing.T) { pagesWhileRowsChange(t, tab, moves) })
	}
}

func pagesWhileRowsChange(t *testing.T, tab store.Tab, moves func(v *desk.Conversation, now time.Time)) {
	c := newCrowd(t, 600)
	scope := store.Scope{Workspace: c.Workspace, User: c.Owner.User}
	l := store.List{View: store.ViewAll, Tab: tab, Now: c.Clock.Now(), Limit: 5}
	before := c.expected(l, nil)
	moved := map[desk.ConversationID]bool{}
	var got []desk.ConversationID
	for n := 0; ; n++ {
		ids, next := c.page(scope, l)
		got = append(got, ids...)
		if l.Before = next; next == nil {
			break
		}
		c.Clock.Add(time.Minute)
		for range 3 {
			id := before[c.rand.IntN(len(before))]
			moved[id] = true
			c.OK(c.DB.Write(t.Context(), scope, func(tx *store.WriteTx) error {
				old, err := tx.Conversation(id)
				if err != nil {
					return err
				}
				v := old
				moves(&v, c.Clock.Now())
				v.Version++
				return tx.UpdateConversation(&old, &v)
			}))
		}
	}
	seen := map[desk.ConversationID]int{}
	for _, id := range got {
		if seen[id]++; seen[id] > 1 {
			t.Errorf("%s came %d times", id, seen[id])
		}
	}
	for _, id := range before {
		if !moved[id] && seen[id] != 1 {
			t.Errorf("%s stayed where it is and came %d times", id, seen[id])
		}
	}
	if len(moved) < 15 {
		t.Errorf("only %d moved", len(moved))
	}
}

// Counting stops where a screen would show 1000+.
func TestCountCap(t *testing.T) {
	c := newCrowd(t, 0)
	c.OK(c.DB.Write(t.Context(), store.Scope{Workspace: c.Workspace}, func(tx *store.WriteTx) error {
		for i := range store.CountCap + 5 {
			v := c.all[0]
			v.ID += desk.ConversationID(i + 1)
			if err := tx.InsertConversation(&v); err != nil {
				return err
			}
		}
		return nil
	}))
	c.OK(c.DB.Read(t.Context(), store.Scope{Workspace: c.Workspace}, func(tx *store.Tx) error {
		n, err := tx.Count(store.List{Now: c.Clock.Now()})
		if n != store.CountCap {
			t.Errorf("counted %d", n)
		}
		return err
	}))
}

// Every other list that is read in pages gives the same by pages as at once.
func TestPagesOfOtherLists(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	actor := d.As(d.Owner)
	first := d.Get(apptest.Post{From: "kim", Key: "0", Text: "hello", Own: "k0"})
	for i := range 23 {
		d.Get(apptest.Post{From: fmt.Sprintf("contact %d", i), Key: fmt.Sprint(i + 1), Text: "hello"})
		r, err := d.Do(actor, first.Conversation, desk.Reply{Text: fmt.Sprint(i)})
		d.OK(err)
		d.OK(d.Tell(actor, app.News{Kind: desk.NewsMention, Event: desk.Event{Seq: r.Events[0].Seq, Conversation: first.Conversation}, To: []desk.UserID{d.Owner.User}}))
	}
	scope := store.Scope{Workspace: d.Workspace, User: d.Owner.User}
	const most = 1000
	for name, list := range map[string]func(tx *store.Tx, before int64, limit int) ([]int64, error){
		"raw events": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, _, err := tx.Raws("", store.LedgerPage{Before: before, Limit: limit})
			return numbers(all, func(r store.RawEvent) int64 { return int64(r.ID) }), err
		},
		"raw events that are messages": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, _, err := tx.Raws(store.RawMessage, store.LedgerPage{Before: before, Limit: limit})
			return numbers(all, func(r store.RawEvent) int64 { return int64(r.ID) }), err
		},
		"outbound": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, _, err := tx.Outbound("", store.LedgerPage{Before: before, Limit: limit})
			return numbers(all, func(o store.Outbound) int64 { return int64(o.Message.ID) }), err
		},
		"outbound that waits": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, _, err := tx.Outbound(desk.DeliveryQueued, store.LedgerPage{Before: before, Limit: limit})
			return numbers(all, func(o store.Outbound) int64 { return int64(o.Message.ID) }), err
		},
		"notifications": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, err := tx.Notifications(before, limit)
			return numbers(all, func(n store.Notification) int64 { return n.ID }), err
		},
		"jobs": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, err := tx.Jobs(store.JobReady, desk.JobID(before), limit)
			return numbers(all, func(j store.Job) int64 { return int64(j.ID) }), err
		},
		"contacts": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, err := tx.FindContacts("contact", desk.ContactID(before), limit)
			return numbers(all, func(c desk.Contact) int64 { return int64(c.ID) }), err
		},
		"timeline": func(tx *store.Tx, before int64, limit int) ([]int64, error) {
			all, err := tx.Timeline(first.Conversation, before, limit)
			return numbers(all, func(e desk.Event) int64 { return e.Version }), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d.OK(d.DB.Read(t.Context(), scope, func(tx *store.Tx) error {
				want, err := list(tx, 0, most)
				if err != nil {
					return err
				}
				var got []int64
				for before := int64(0); ; before = got[len(got)-1] {
					page, err := list(tx, before, 5)
					if err != nil {
						return err
					}
					if got = append(got, page...); len(page) < 5 {
						break
					}
				}
				if differ := diff.Diff(want, got); differ != "" || len(want) < 20 || !slices.IsSortedFunc(want, func(a, b int64) int { return int(min(1, max(-1, b-a))) }) {
					t.Errorf("%d at once, %d by pages:\n%s", len(want), len(got), differ)
				}
				return nil
			}))
		})
	}
}

func numbers[T any](all []T, of func(T) int64) (ns []int64) {
	for _, v := range all {
		ns = append(ns, of(v))
	}
	return ns
}
