package realtime

import (
	"reflect"
	"slices"

	"parley/desk"
	"parley/filter"
	"parley/store"
)

// mirror is the active conversations of a workspace with what filters ask of
// them, kept in step with the feed of events. Every row has a slot, a small
// number for sets of rows; a slot never changes its inbox. Of what has ended it
// keeps what it has seen change.
type mirror struct {
	loaded bool
	cursor store.Cursor
	slots  []*filter.Row // nil is free
	inbox  []desk.InboxID
	free   map[desk.InboxID][]int
	at     map[desk.ConversationID]int
	people map[desk.ContactID]customer
	known  map[desk.ConversationID]*filter.Row // ended
	marks  map[desk.UserID]map[desk.ConversationID]desk.MessageID

	changed trail[int]    // slots whose row is another, or was read
	moved   trail[moving] // what has ended, or had
	epoch   int64         // rises when counts of what has ended must be asked for anew
	met     int64         // rises when customers have changed
	renewed int64         // rises when rows were loaded anew or settings have changed
}

// customer is what rows say of their contact.
type customer struct {
	tags     []desk.TagID
	language string
	folded   string
}

// moving is an ended conversation that changed, began to be one or ceased to be
// one: then was or is nil.
type moving struct{ was, is *filter.Row }

// knownMost is how many ended conversations are kept.
const knownMost = 50_000

// follow brings the mirror to what the transaction sees.
func (m *mirror) follow(tx *store.Tx) error {
	if !m.loaded {
		return m.load(tx)
	}
	if len(m.known) > knownMost {
		m.known = map[desk.ConversationID]*filter.Row{}
		m.epoch++
	}
	end, err := tx.Now()
	if err != nil {
		return err
	}
	events, err := tx.Visible(m.cursor, behind)
	switch {
	case err != nil:
		return err
	case len(events) == behind || slices.ContainsFunc(events, reloads):
		return m.load(tx)
	case len(events) == 0:
		return nil
	}
	if err := m.apply(tx, events); err != nil {
		return err
	}
	for _, e := range events {
		if e.Cursor.Beyond(end) {
			break // others may still come before it: it is looked at again
		}
		m.cursor = e.Cursor
	}
	return nil
}

// reloads reports whether an event changes many customers at once.
func reloads(e store.Tailed) bool {
	f, ok := e.Fact.(desk.SettingsChanged)
	return ok && f.Subject == "tag" && f.Action == "removed"
}

func (m *mirror) load(tx *store.Tx) (err error) {
	m.loaded = false
	if m.cursor, err = tx.Now(); err != nil {
		return err
	}
	all, err := tx.ActiveRows()
	if err != nil {
		return err
	}
	*m = mirror{cursor: m.cursor, renewed: m.renewed + 1, epoch: m.epoch + 1, met: m.met, changed: trail[int]{base: m.changed.end()}, moved: trail[moving]{base: m.moved.end()}}
	m.free, m.at, m.people = map[desk.InboxID][]int{}, make(map[desk.ConversationID]int, len(all)), map[desk.ContactID]customer{}
	m.known, m.marks = map[desk.ConversationID]*filter.Row{}, map[desk.UserID]map[desk.ConversationID]desk.MessageID{}
	for i := range all {
		m.put(&all[i])
	}
	// What is visible and not yet told is known from now on.
	events, err := tx.Visible(m.cursor, behind)
	if err != nil {
		return err
	}
	if ids := conversationsOf(events); len(ids) > 0 {
		found, err := tx.FilterRows(ids)
		if err != nil {
			return err
		}
		for i := range found {
			if !found[i].Active() {
				m.known[found[i].ID] = &found[i]
			}
		}
	}
	m.loaded = true
	return nil
}

func conversationsOf(events []store.Tailed) []desk.ConversationID {
	seen := map[desk.ConversationID]bool{}
	var ids []desk.ConversationID
	for _, e := range events {
		if e.Conversation != 0 && e.Version > 0 && !seen[e.Conversation] {
			seen[e.Conversation] = true
			ids = append(ids, e.Conversation)
		}
	}
	return ids
}

// apply looks at everything that events are about.
func (m *mirror) apply(tx *store.Tx, events []store.Tailed) error {
	first := map[desk.ConversationID]int64{}
	for _, e := range events {
		switch f := e.Fact.(type) {
		case desk.Read:
			m.read(f.User, e.Conversation, f.To)
		case desk.SettingsChanged:
			if err := m.settings(tx, f); err != nil {
				return err
			}
		default:
			if e.Conversation != 0 && e.Version > 0 && (first[e.Conversation] == 0 || e.Version < first[e.Conversation]) {
				first[e.Conversation] = e.Version
			}
		}
	}
	ids := conversationsOf(events)
	if len(ids) == 0 {
		return nil
	}
	found, err := tx.FilterRows(ids)
	if err != nil {
		return err
	}
	var entered []desk.ConversationID
	for i := range found {
		r := &found[i]
		if _, was := m.at[r.ID]; !was && r.Active() {
			entered = append(entered, r.ID)
		}
		if err := m.change(tx, r, first[r.ID]); err != nil {
			return err
		}
	}
	return m.learn(tx, entered)
}

// change takes the new state of a conversation; first is the version of the
// first fact of it that was not seen.
func (m *mirror) change(tx *store.Tx, r *filter.Row, first int64) error {
	was := m.known[r.ID]
	if slot, active := m.at[r.ID]; active {
		was = m.slots[slot]
	} else if was == nil && first > 1 {
		old, err := m.before(tx, r, first)
		if err != nil {
			return err
		}
		was = old
	}
	if r.Merged != (was != nil && was.Merged) { // whether its customer was here before may have changed
		if err := m.contact(tx, r.Contact); err != nil {
			return err
		}
	}
	var ended *filter.Row
	if was != nil && !was.Active() {
		// Counts are asked for anew when a customer changes: it counts with what is
		// known of them now.
		old := *was
		old.ContactTags, old.Language, old.Folded, old.Returning = r.ContactTags, r.Language, r.Folded, r.Returning
		ended = &old
	}
	if r.Active() {
		delete(m.known, r.ID)
		m.put(r)
		if ended != nil {
			m.moved.add(moving{was: ended})
		}
		return m.same(tx, r)
	}
	m.drop(r.ID)
	m.known[r.ID] = r
	m.moved.add(moving{was: ended, is: r})
	return nil
}

// before returns an ended conversation as it was until a fact, from its facts;
// where they do not tell it, all counts of what has ended are asked for anew.
func (m *mirror) before(tx *store.Tx, r *filter.Row, first int64) (*filter.Row, error) {
	events, err := tx.HistoryUntil(r.ID, first-1, noTime)
	if err != nil {
		return nil, err
	}
	c := desk.Conversation{ID: r.ID}
	for _, e := range events {
		c.Apply(e)
	}
	if c.Version != first-1 || c.Inbox == 0 {
		m.epoch++
		return nil, nil
	}
	was := store.RowOf(&c, *r)
	return &was, nil
}

// same gives the other conversations of a customer what is known of them now.
func (m *mirror) same(tx *store.Tx, r *filter.Row) error {
	is := customer{r.ContactTags, r.Language, r.Folded}
	was, known := m.people[r.Contact]
	m.people[r.Contact] = is
	if !known || reflect.DeepEqual(was, is) {
		return nil
	}
	return m.contact(tx, r.Contact)
}

// contact looks at the conversations of a customer again.
func (m *mirror) contact(tx *store.Tx, id desk.ContactID) error {
	rows, err := tx.ContactRows(id)
	for i := range rows {
		m.people[id] = customer{rows[i].ContactTags, rows[i].Language, rows[i].Folded}
		m.put(&rows[i])
	}
	m.met++ // ended ones may be asked for by their customers, too
	return err
}

func (m *mirror) settings(tx *store.Tx, f desk.SettingsChanged) error {
	switch f.Subject {
	case "view", "contact_note", "note_template", "invitation", "token":
		return nil
	case "contact":
		var id desk.ContactID
		if err := id.Parse(f.ID); err != nil {
			return nil //nolint:nilerr // no contact is called so
		}
		return m.contact(tx, id)
	}
	m.renewed++
	return nil
}

func (m *mirror) put(r *filter.Row) {
	if slot, ok := m.at[r.ID]; ok && m.inbox[slot] == r.Inbox {
		m.slots[slot] = r
		m.changed.add(slot)
		return
	}
	m.drop(r.ID)
	var slot int
	if free := m.free[r.Inbox]; len(free) > 0 {
		slot, m.free[r.Inbox] = free[len(free)-1], free[:len(free)-1]
		m.slots[slot] = r
	} else {
		slot = len(m.slots)
		m.slots, m.inbox = append(m.slots, r), append(m.inbox, r.Inbox)
	}
	m.at[r.ID] = slot
	m.people[r.Contact] = customer{r.ContactTags, r.Language, r.Folded}
	m.changed.add(slot)
}

func (m *mirror) drop(id desk.ConversationID) {
	slot, ok := m.at[id]
	if !ok {
		return
	}
	m.slots[slot] = nil
	delete(m.at, id)
	m.free[m.inbox[slot]] = append(m.free[m.inbox[slot]], slot)
	m.changed.add(slot)
}

func (m *mirror) read(user desk.UserID, id desk.ConversationID, to desk.MessageID) {
	marks := m.marks[user]
	if marks == nil {
		return
	}
	marks[id] = to
	if slot, ok := m.at[id]; ok {
		m.changed.add(slot)
		return
	}
	m.moved.add(moving{})
}

// know loads how far a reader has read, once.
func (m *mirror) know(tx *store.Tx) error {
	user := tx.Scope().User
	if m.marks[user] != nil {
		return nil
	}
	all, err := tx.ActiveMarks()
	if err != nil {
		return err
	}
	known := make(map[desk.ConversationID]desk.MessageID, len(all))
	for _, mark := range all {
		known[mark.Conversation] = mark.Message
	}
	m.marks[user] = known
	return nil
}

// learn loads how far readers have read what has become active.
func (m *mirror) learn(tx *store.Tx, ids []desk.ConversationID) error {
	if len(ids) == 0 || len(m.marks) == 0 {
		return nil
	}
	marks, err := tx.EveryMark(ids)
	for _, mark := range marks {
		if known := m.marks[mark.User]; known != nil {
			known[mark.Conversation] = mark.Message
		}
	}
	return err
}

// trail is the newest entries of a growing list, numbered from its beginning.
type trail[T any] struct {
	base int64
	rows []T
}

// trailMost is how many entries are kept at least; who is further behind looks
// at everything.
const trailMost = 8192

func (t *trail[T]) end() int64 { return t.base + int64(len(t.rows)) }

func (t *trail[T]) add(v T) {
	if len(t.rows) == 2*trailMost {
		t.rows = append(t.rows[:0], t.rows[trailMost:]...)
		t.base += trailMost
	}
	t.rows = append(t.rows, v)
}

// since returns the entries from a number on; false when they are gone.
func (t *trail[T]) since(n int64) ([]T, bool) {
	if n < t.base || n > t.end() {
		return nil, false
	}
	return t.rows[n-t.base:], true
}
