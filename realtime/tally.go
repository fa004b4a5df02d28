package realtime

import (
	"context"
	"iter"
	"sync"
	"time"

	"parley/desk"
	"parley/store"
)

// tally counts the active conversations of one workspace in memory. It is loaded
// once and then follows the feed of events, so that a count costs the same
// however many conversations there are. What has ended is counted by an index,
// up to store.CountCap, and remembered until something ends or begins again.
type tally struct {
	mu     sync.Mutex
	loaded bool
	cursor store.Cursor
	active map[desk.ConversationID]store.Standing
	cells  map[cell]int
	asleep map[desk.ConversationID]struct{} // snoozed, perhaps until a time that has passed
	theirs map[desk.UserID]map[desk.ConversationID]struct{}
	marks  map[desk.UserID]map[desk.ConversationID]desk.MessageID // of whoever asked
	unread map[desk.UserID]map[string]int                         // by reader and scope, until something of theirs changes
	ended  map[string]ended
	epoch  int64 // rises when something ended changes
}

// cell is what counts tell active conversations apart by.
type cell struct {
	inbox    desk.InboxID
	assignee desk.UserID
	status   desk.Status
	waiting  desk.WaitingOn
	overdue  bool
	atRisk   bool
}

type ended struct {
	epoch int64
	tabs  map[store.View]map[store.Tab]int
}

// Counts says how many conversations each list of a reader has. Active ones are
// exact; of ended ones store.CountCap means that many or more.
type Counts struct {
	Tabs   map[store.View]map[store.Tab]int
	Unread int // active conversations of the reader with something they have not read
}

// behind is after how many events a tally is loaded anew.
const behind = 2000

// Counts counts every list for a reader as of everything committed so far.
func (h *Hub) Counts(ctx context.Context, scope store.Scope, now time.Time) (c Counts, err error) {
	h.mu.Lock()
	t := h.tallies[scope.Workspace]
	if t == nil {
		t = &tally{}
		if h.tallies == nil {
			h.tallies = map[desk.WorkspaceID]*tally{}
		}
		h.tallies[scope.Workspace] = t
	}
	h.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	err = h.DB.Read(ctx, scope, func(tx *store.Tx) error {
		if err := t.follow(tx); err != nil {
			t.loaded = false // what was half done is done anew
			return err
		}
		if err := t.know(tx); err != nil {
			return err
		}
		past, err := t.past(tx, now)
		if err != nil {
			return err
		}
		c = t.count(scope, now)
		for v, tabs := range past {
			for tab, n := range tabs {
				c.Tabs[v][tab] = n
			}
		}
		return nil
	})
	return c, err
}

// follow brings the tally up to the end of the feed.
func (t *tally) follow(tx *store.Tx) error {
	if !t.loaded {
		return t.load(tx)
	}
	events, err := tx.Tail(t.cursor, behind)
	switch {
	case err != nil:
		return err
	case len(events) == behind:
		return t.load(tx)
	case len(events) == 0:
		return nil
	}
	changed := map[desk.ConversationID]bool{}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case desk.Read:
			_, active := t.active[e.Conversation]
			if marks := t.marks[f.User]; marks != nil && active {
				marks[e.Conversation] = f.To
				delete(t.unread, f.User)
			}
		default:
			if e.Conversation != 0 {
				changed[e.Conversation] = true
			}
		}
	}
	ids := make([]desk.ConversationID, 0, len(changed))
	for id := range changed {
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		if err := t.update(tx, ids); err != nil {
			return err
		}
	}
	t.cursor = events[len(events)-1].Cursor
	return nil
}

func (t *tally) load(tx *store.Tx) (err error) {
	// The end of the feed is read first: what is committed after it is seen twice
	// rather than not at all.
	if t.cursor, err = tx.Now(); err != nil {
		return err
	}
	all, err := tx.ActiveStandings()
	if err != nil {
		return err
	}
	t.active, t.cells = make(map[desk.ConversationID]store.Standing, len(all)), map[cell]int{}
	t.asleep, t.theirs = map[desk.ConversationID]struct{}{}, map[desk.UserID]map[desk.ConversationID]struct{}{}
	t.marks, t.ended = map[desk.UserID]map[desk.ConversationID]desk.MessageID{}, map[string]ended{}
	t.unread = map[desk.UserID]map[string]int{}
	t.epoch++
	for _, s := range all {
		t.add(s)
	}
	t.loaded = true
	return nil
}

func (t *tally) update(tx *store.Tx, ids []desk.ConversationID) error {
	found, err := tx.Standings(ids)
	if err != nil {
		return err
	}
	var entered []desk.ConversationID
	for _, s := range found {
		_, was := t.active[s.ID]
		t.drop(s.ID)
		if !s.Active() {
			t.epoch++
			for _, marks := range t.marks {
				delete(marks, s.ID)
			}
			continue
		}
		if !was {
			t.epoch++
			entered = append(entered, s.ID)
		}
		t.add(s)
	}
	if len(entered) == 0 || len(t.marks) == 0 {
		return nil
	}
	marks, err := tx.EveryMark(entered)
	for _, m := range marks {
		if known := t.marks[m.User]; known != nil {
			known[m.Conversation] = m.Message
			delete(t.unread, m.User)
		}
	}
	return err
}

func cellOf(s store.Standing) cell {
	return cell{s.Inbox, s.Assignee, s.Status, s.WaitingOn, s.Overdue, s.AtRisk}
}

func (t *tally) add(s store.Standing) {
	t.active[s.ID] = s
	t.cells[cellOf(s)]++
	if s.SnoozeUntilReply || !s.SnoozedUntil.IsZero() {
		t.asleep[s.ID] = struct{}{}
	}
	if s.Assignee != 0 {
		if t.theirs[s.Assignee] == nil {
			t.theirs[s.Assignee] = map[desk.ConversationID]struct{}{}
		}
		t.theirs[s.Assignee][s.ID] = struct{}{}
		delete(t.unread, s.Assignee)
	}
}

func (t *tally) drop(id desk.ConversationID) {
	s, ok := t.active[id]
	if !ok {
		return
	}
	delete(t.active, id)
	delete(t.asleep, id)
	delete(t.theirs[s.Assignee], id)
	delete(t.unread, s.Assignee)
	k := cellOf(s)
	if t.cells[k]--; t.cells[k] == 0 {
		delete(t.cells, k)
	}
}

// know loads how far the reader has read, once.
func (t *tally) know(tx *store.Tx) error {
	user := tx.Scope().User
	if user == 0 || t.marks[user] != nil {
		return nil
	}
	all, err := tx.ActiveMarks()
	if err != nil {
		return err
	}
	known := make(map[desk.ConversationID]desk.MessageID, len(all))
	for _, m := range all {
		known[m.Conversation] = m.Message
	}
	t.marks[user] = known
	return nil
}

// past counts what has ended.
func (t *tally) past(tx *store.Tx, now time.Time) (map[store.View]map[store.Tab]int, error) {
	scope := tx.Scope()
	key := scope.Key()
	if e, ok := t.ended[key]; ok && e.epoch == t.epoch {
		return e.tabs, nil
	}
	tabs := map[store.View]map[store.Tab]int{}
	for _, v := range store.Views {
		tabs[v] = map[store.Tab]int{}
		for _, tab := range []store.Tab{store.TabResolved, store.TabClosed, store.TabArchived} {
			n, err := tx.Count(store.List{View: v, Tab: tab, Now: now})
			if err != nil {
				return nil, err
			}
			tabs[v][tab] = n
		}
	}
	t.ended[key] = ended{t.epoch, tabs}
	return tabs, nil
}

// count adds up what a reader may see.
func (t *tally) count(scope store.Scope, now time.Time) Counts {
	c := Counts{Tabs: map[store.View]map[store.Tab]int{}}
	for _, v := range store.Views {
		c.Tabs[v] = map[store.Tab]int{}
		for _, tab := range store.Tabs {
			c.Tabs[v][tab] = 0
		}
	}
	note := func(assignee desk.UserID, tab store.Tab, n int) {
		c.Tabs[store.ViewAll][tab] += n
		switch assignee {
		case 0:
			c.Tabs[store.ViewUnassigned][tab] += n
		case scope.User:
			c.Tabs[store.ViewMine][tab] += n
		}
	}
	for k, n := range t.seen(scope) {
		note(k.assignee, store.TabOpen, n)
		if k.status == desk.StatusPending {
			note(k.assignee, store.TabPending, n)
		}
		if k.overdue {
			note(k.assignee, store.TabOverdue, n)
		}
		if k.atRisk {
			note(k.assignee, store.TabAtRisk, n)
		}
		if tab := turn(k.waiting); tab != "" {
			note(k.assignee, tab, n)
		}
	}
	for id := range t.asleep {
		s := t.active[id]
		if !scope.SeesKept(s.Keeping()) || !s.SnoozeUntilReply && !s.SnoozedUntil.After(now) {
			continue
		}
		note(s.Assignee, store.TabSnoozed, 1)
		if tab := turn(s.WaitingOn); tab != "" {
			note(s.Assignee, tab, -1)
		}
	}
	c.Unread = t.unreadOf(scope)
	return c
}

// unreadOf counts what a reader has and has not read.
func (t *tally) unreadOf(scope store.Scope) (n int) {
	if n, ok := t.unread[scope.User][scope.Key()]; ok {
		return n
	}
	for id := range t.theirs[scope.User] {
		if s := t.active[id]; scope.SeesKept(s.Keeping()) && s.LastFromCustomer > t.marks[scope.User][id] {
			n++
		}
	}
	if t.unread[scope.User] == nil {
		t.unread[scope.User] = map[string]int{}
	}
	t.unread[scope.User][scope.Key()] = n
	return n
}

// seen walks the cells of what a reader may see. Who sees only what concerns
// them is counted for one by one.
func (t *tally) seen(scope store.Scope) iter.Seq2[cell, int] {
	return func(yield func(cell, int) bool) {
		if scope.SeesAll() {
			for k, n := range t.cells {
				if scope.Sees(k.inbox) && !yield(k, n) {
					return
				}
			}
			return
		}
		for _, s := range t.active {
			if scope.SeesKept(s.Keeping()) && !yield(cellOf(s), 1) {
				return
			}
		}
	}
}

// turn is the tab of whose turn it is.
func turn(w desk.WaitingOn) store.Tab {
	switch w {
	case desk.WaitingOnAgent:
		return store.TabNeedsAttention
	case desk.WaitingOnCustomer:
		return store.TabResponded
	}
	return ""
}
