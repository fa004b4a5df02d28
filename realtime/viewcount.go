package realtime

import (
	"container/heap"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/desk"
	"parley/filter"
	"parley/store"
)

// viewTally counts the conversations of filters exactly. What is active is
// counted in memory: once by looking at all, then by looking at what has changed,
// when somebody asks. A filter that means the same to several readers is counted
// once for all of them, by inbox. What has ended is counted once by the database
// and then moves with the feed. So a count costs what has changed, however many
// conversations, views and readers there are.
type viewTally struct {
	mu      sync.Mutex
	mirror  mirror
	watches map[string]*watch
	asks    int64
}

// watch is a filter that is counted, for one reader or for all who mean the same.
type watch struct {
	node     filter.Node
	user     desk.UserID // whose it is, when it is personal
	cond     filter.Cond
	renewed  int64
	asked    int64
	at       int64 // of the trail of changed rows
	in       []uint64
	active   map[desk.InboxID]int
	turns    turns
	ended    map[desk.InboxID]int
	endedAt  int64 // of the trail of what has ended
	epoch    int64
	counted  time.Time // when ended was asked for
	loose    bool      // what has ended of it cannot be followed, and is asked for when it may have changed
	hasEnded bool
	// customers says that something of it is about customers, who may change while
	// their conversations do not.
	customers bool
}

// watchMost is how many filters are kept counted; those that nobody asked for
// lately go first.
const watchMost = 20_000

// looseFor is how old a count of what has ended may be where time alone changes it.
const looseFor = 10 * time.Second

// noTime leaves the moment open.
var noTime time.Time

// CountViews counts conversations for a reader as of everything committed so far,
// for each filter exactly; of those with words or recipients in them store.CountCap means that
// many or more. env says what the filters mean for the reader.
func (h *Hub) CountViews(ctx context.Context, scope store.Scope, env func(*store.Tx) (filter.Env, error), filters []filter.Node) ([]int, error) {
	t := h.viewsOf(scope.Workspace)
	counts := make([]int, len(filters))
	var ask []*pending
	t.mu.Lock()
	free := sync.OnceFunc(t.mu.Unlock)
	defer free()
	err := h.DB.Read(ctx, scope, func(tx *store.Tx) (err error) {
		if ask, err = t.all(tx, env, filters, counts); err != nil {
			return err
		}
		// What has ended is counted in the same snapshot, without keeping others
		// from their counts.
		free()
		for _, p := range ask {
			if err := p.ask(tx); err != nil {
				return err
			}
		}
		return nil
	})
	free()
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range ask {
		p.keep()
	}
	return counts, nil
}

// all counts what can be counted here, and returns the rest.
func (t *viewTally) all(tx *store.Tx, env func(*store.Tx) (filter.Env, error), filters []filter.Node, counts []int) (ask []*pending, err error) {
	if err := t.mirror.follow(tx); err != nil {
		t.mirror.loaded = false // what was half done is done anew
		return nil, err
	}
	e, err := env(tx)
	if err != nil {
		return nil, err
	}
	for i, n := range filters {
		p, err := t.count(tx, n, e, &counts[i])
		if err != nil {
			return nil, err
		}
		if p != nil {
			ask = append(ask, p)
		}
	}
	t.forget()
	return ask, nil
}

func (h *Hub) viewsOf(ws desk.WorkspaceID) *viewTally {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.views == nil {
		h.views = map[desk.WorkspaceID]*viewTally{}
	}
	t := h.views[ws]
	if t == nil {
		t = &viewTally{watches: map[string]*watch{}}
		h.views[ws] = t
	}
	return t
}

// pending is a count that the database has to make.
type pending struct {
	w       *watch
	cond    filter.Cond
	scope   store.Scope
	into    *int
	byInbox map[desk.InboxID]int
	now     time.Time
	endedAt int64
	epoch   int64
	all     bool // with what is active, as the reader sees it
	most    int
}

func (p *pending) ask(tx *store.Tx) (err error) {
	if p.all {
		*p.into, err = tx.CountFound(p.cond, filter.StatesAll, p.most)
		return err
	}
	if !p.scope.SeesAll() {
		n, err := tx.CountFound(p.cond, filter.StatesAll&^filter.StatesActive, 0)
		*p.into += n
		return err
	}
	p.byInbox, err = tx.EndedByInbox(p.cond)
	*p.into += sum(p.byInbox, p.scope)
	return err
}

// keep remembers what was asked for.
func (p *pending) keep() {
	if p.byInbox != nil {
		p.w.ended, p.w.endedAt, p.w.epoch, p.w.counted, p.w.hasEnded = p.byInbox, p.endedAt, p.epoch, p.now, true
	}
}

// count counts a filter, or returns what the database has to add.
func (t *viewTally) count(tx *store.Tx, n filter.Node, env filter.Env, into *int) (*pending, error) {
	cond := filter.Resolve(n, env)
	scope := tx.Scope()
	if cond.NeedsIndex() {
		return &pending{cond: cond, scope: scope, into: into, all: true, most: store.CountCap}, nil
	}
	if n.Personal() {
		if err := t.mirror.know(tx); err != nil {
			return nil, err
		}
	}
	ends := cond.States()&^filter.StatesActive != 0
	if !scope.SeesAll() {
		// Who sees only what concerns them has few: they are looked at one by one.
		*into = t.mirror.seenBy(scope, cond)
		if !ends {
			return nil, nil
		}
		return &pending{cond: cond, scope: scope, into: into, now: env.Now}, nil
	}
	w, err := t.watch(n, cond, env)
	if err != nil {
		return nil, err
	}
	w.catchUp(&t.mirror, env.Now)
	*into = sum(w.active, scope)
	if !ends {
		return nil, nil
	}
	if w.followEnded(&t.mirror, env.Now) {
		*into += sum(w.ended, scope)
		return nil, nil
	}
	return &pending{w: w, cond: cond, scope: scope, into: into, now: env.Now, endedAt: t.mirror.moved.end(), epoch: t.mirror.epochOf(w)}, nil
}

// watch returns what counts a filter, made ready for now.
func (t *viewTally) watch(n filter.Node, cond filter.Cond, env filter.Env) (*watch, error) {
	text, err := filter.Encode(n)
	if err != nil {
		return nil, err
	}
	key := string(text)
	if n.Personal() {
		key += fmt.Sprint(" for ", int64(env.Me), env.Teams)
	}
	if !cond.Until().IsZero() {
		key += fmt.Sprint(" until ", cond.Until().UnixMicro())
	}
	var customers bool
	n.Tests(func(test filter.Node) {
		switch test.Field {
		case filter.Hours:
			key += fmt.Sprint(" open ", env.OpenInboxes)
		case filter.From, filter.Language, filter.CustomerTag, filter.CustomerType:
			customers = true
		}
		if spec, _ := filter.SpecOf(test.Field); spec.Kind == filter.KindTime || spec.Kind == filter.KindAhead {
			key += " in " + zoneOf(env)
			if slices.Contains(test.Values, filter.LastClose) {
				key += fmt.Sprint(" since ", env.LastClose.UnixMicro())
			}
		}
	})
	w := t.watches[key]
	if w == nil || w.renewed != t.mirror.renewed {
		w = &watch{node: n, renewed: t.mirror.renewed, at: -1, active: map[desk.InboxID]int{}}
		w.customers = customers
		w.loose = cond.Rolls() || !cond.Until().IsZero() || personalRead(n)
		t.watches[key] = w
	}
	if n.Personal() {
		w.user = env.Me
	}
	t.asks++
	w.cond, w.asked = cond, t.asks
	return w, nil
}

func zoneOf(env filter.Env) string {
	if env.Zone == nil {
		return "UTC"
	}
	return env.Zone.String()
}

// epochOf is what has to stand still for a count of what has ended to be followed.
func (m *mirror) epochOf(w *watch) int64 {
	if w.customers {
		return m.epoch + m.met
	}
	return m.epoch
}

// personalRead reports whether a filter asks what the reader has read.
func personalRead(n filter.Node) (yes bool) {
	n.Tests(func(t filter.Node) { yes = yes || t.Field == filter.Status && slices.Contains(t.Values, filter.Unread) })
	return yes
}

// catchUp looks at the rows that have changed since, and at those that time alone
// has brought in or out.
func (w *watch) catchUp(m *mirror, now time.Time) {
	changed, ok := m.changed.since(w.at)
	if !ok || len(w.turns) > 4*len(m.slots)+1000 { // far behind, or full of what is no more
		w.in, w.active, w.turns = nil, map[desk.InboxID]int{}, nil
		for slot := range m.slots {
			w.look(m, slot)
		}
	}
	for _, slot := range changed {
		w.look(m, slot)
	}
	w.at = m.changed.end()
	for len(w.turns) > 0 && !w.turns[0].at.After(now) {
		next, _ := heap.Pop(&w.turns).(turning)
		w.look(m, next.slot)
	}
}

// look says whether a slot is in, by its row now.
func (w *watch) look(m *mirror, slot int) {
	word, bit := slot/64, uint64(1)<<(slot%64)
	for word >= len(w.in) {
		w.in = append(w.in, 0)
	}
	was := w.in[word]&bit != 0
	r := m.slots[slot]
	is := r != nil && w.cond.Match(r, m.marks[w.user][r.ID])
	if is != was {
		w.in[word] ^= bit
		if is {
			w.active[m.inbox[slot]]++
		} else {
			w.active[m.inbox[slot]]--
		}
	}
	if r == nil {
		return
	}
	if at := w.cond.Turns(r); !at.IsZero() {
		heap.Push(&w.turns, turning{at, slot})
	}
}

// followEnded brings the count of what has ended up to date; false says that it
// has to be asked for.
func (w *watch) followEnded(m *mirror, now time.Time) bool {
	if !w.hasEnded || w.epoch != m.epochOf(w) {
		return false
	}
	moved, ok := m.moved.since(w.endedAt)
	if !ok {
		return false
	}
	if w.loose {
		return len(moved) == 0 && now.Sub(w.counted) < looseFor
	}
	for _, c := range moved {
		if c.was != nil && w.cond.Match(c.was, 0) {
			w.ended[c.was.Inbox]--
		}
		if c.is != nil && w.cond.Match(c.is, 0) {
			w.ended[c.is.Inbox]++
		}
	}
	w.endedAt = m.moved.end()
	return true
}

// forget drops the filters that were asked for longest ago, when there are too many.
func (t *viewTally) forget() {
	if len(t.watches) <= watchMost {
		return
	}
	asked := make([]int64, 0, len(t.watches))
	for _, w := range t.watches {
		asked = append(asked, w.asked)
	}
	slices.Sort(asked)
	line := asked[len(asked)/2]
	for key, w := range t.watches {
		if w.asked < line {
			delete(t.watches, key)
		}
	}
}

// seenBy counts for somebody who sees only what concerns them.
func (m *mirror) seenBy(scope store.Scope, cond filter.Cond) (n int) {
	for _, r := range m.slots {
		if r != nil && scope.SeesKept(r.Keeping()) && cond.Match(r, m.marks[scope.User][r.ID]) {
			n++
		}
	}
	return n
}

func sum(byInbox map[desk.InboxID]int, scope store.Scope) (n int) {
	for inbox, count := range byInbox {
		if scope.Sees(inbox) {
			n += count
		}
	}
	return n
}

// turning is a row that time alone may bring in or out.
type turning struct {
	at   time.Time
	slot int
}

// turns is a heap of them, the next one first.
type turns []turning

func (t turns) Len() int           { return len(t) }
func (t turns) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t turns) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }

// Push implements heap.Interface.
func (t *turns) Push(v any) {
	if next, ok := v.(turning); ok {
		*t = append(*t, next)
	}
}

// Pop implements heap.Interface.
func (t *turns) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}
