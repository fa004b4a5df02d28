package store

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/desk"
	"parley/search"
)

// searchSQL is how a database keeps an index of words.
type searchSQL interface {
	// placed returns the places of those of the ids that are in the index.
	placed(tx *Tx, table string, ids []int64) (map[int64]int64, error)
	put(tx *WriteTx, table string, rows []indexRow) error
	drop(tx *WriteTx, table string, id int64) error
	wipe(tx *WriteTx, table string) error
	// atOnce lets the database gather what is put, or sorts in what was gathered.
	atOnce(tx *WriteTx, table string, yes bool) error
	// hits returns the newest ids below before that e is found in, newest first.
	// Where it would have to look at too much it stops at an id, until; else that is 0.
	hits(tx *Tx, table string, e search.Expr, before int64, limit int) (ids []int64, until int64, err error)
	// batch is how many hits of e cost as much as one.
	batch(e search.Expr) int
	// has reports whether e is found in one row.
	has(tx *Tx, table string, id int64, e search.Expr) (bool, error)
	// rows is the table with one row, of that id, for each that is in the index.
	rows(table string) string
	oneOf(column string, ids []int64) (string, []any)
}

// indexRow is what is put into an index.
type indexRow struct {
	id, place int64
	words     []string
	there     bool // in place of what the index has of it
}

// The indexes.
const (
	searchMessages = "search_message"
	searchContacts = "search_contact"
)

func placedRows(tx *Tx, q string, args []any) (map[int64]int64, error) {
	all := map[int64]int64{}
	_, err := collect(tx, func(scan func(...any) error) (id int64, err error) {
		var place int64
		if err = scan(&id, &place); err == nil {
			all[id] = place
		}
		return id, err
	}, q, args...)
	return all, err
}

func listed(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}

// SearchState is how far the search index is.
type SearchState struct {
	Version       int64
	Cursor        string // of the feed; "" before it was begun
	Top, Bottom   int64
	MessagesBelow desk.MessageID
	ContactsBelow desk.ContactID
}

// Built reports whether everything that was there at the beginning is indexed.
func (s SearchState) Built() bool {
	return s.Cursor != "" && s.MessagesBelow == 0 && s.ContactsBelow == 0
}

// SearchState returns how far the search index is.
func (tx *Tx) SearchState() (s SearchState, err error) {
	err = tx.row(`SELECT version, cursor, top, bottom, messages_below, contacts_below FROM search_state WHERE id = 1`).
		Scan(&s.Version, &s.Cursor, &s.Top, &s.Bottom, &s.MessagesBelow, &s.ContactsBelow)
	return s, err
}

// ResetSearch empties the search index. Whoever indexes begins anew, with what is
// newest.
func (tx *WriteTx) ResetSearch() error {
	for _, table := range []string{searchMessages, searchContacts} {
		if err := tx.db.search().wipe(tx, table); err != nil {
			return err
		}
	}
	if err := tx.exec(`DELETE FROM search_word`); err != nil {
		return err
	}
	return tx.exec(`UPDATE search_state SET version = version + 1, cursor = '', top = 0, bottom = 0, messages_below = 0, contacts_below = 0 WHERE id = 1`)
}

// IndexAtOnce says whether the database may gather what is indexed from now on and
// sort it in later, at once. That takes a fraction of the work, but whoever comes at
// that moment waits for all of it.
func (tx *WriteTx) IndexAtOnce(yes bool) error {
	for _, table := range []string{searchMessages, searchContacts} {
		if err := tx.db.search().atOnce(tx, table, yes); err != nil {
			return err
		}
	}
	return nil
}

// BeginSearch starts the index: what happens from now on comes by the feed, what
// was there before is indexed from the newest down.
func (tx *WriteTx) BeginSearch(s SearchState) error {
	now, err := tx.Now()
	if err != nil {
		return err
	}
	s.Cursor, s.Top, s.Bottom = now.String(), 0, 0
	s.MessagesBelow, s.ContactsBelow = math.MaxInt64, math.MaxInt64
	return tx.saveSearchState(s)
}

// ErrSearchTaken says that another process has gone on with the index.
var ErrSearchTaken = desk.Errorf(desk.Conflict, "Another Parley is building the search index.")

func (tx *WriteTx) saveSearchState(s SearchState) error {
	return tx.q.expect(tx.ctx, ErrSearchTaken, `UPDATE search_state SET version = version + 1, cursor = ?, top = ?, bottom = ?, messages_below = ?, contacts_below = ?
		WHERE id = 1 AND version = ?`, s.Cursor, s.Top, s.Bottom, int64(s.MessagesBelow), int64(s.ContactsBelow), s.Version)
}

// SearchDoc is a message or a customer as the index takes it.
type SearchDoc struct {
	Workspace desk.WorkspaceID
	Message   desk.MessageID
	Contact   desk.ContactID
	Words     []string // none takes it out of the index
	Older     bool     // it was there before the index was begun
}

// MessageDocs returns what the index takes of messages of any workspace. A message
// that was taken back has no words.
func (tx *Tx) MessageDocs(ids []desk.MessageID) ([]SearchDoc, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(ids)
	files, err := tx.fileNames(list, args)
	if err != nil {
		return nil, err
	}
	return collect(tx, func(scan func(...any) error) (d SearchDoc, err error) {
		m := search.Message{}
		var visible, workspace int64
		var first, gone bool
		var title string
		if err = scan(&d.Message, &workspace, &m.Inbox, &m.Conversation, &m.Text, &visible, &m.Subject, &title, &m.Who, &first, &gone); err != nil || gone {
			return d, err
		}
		d.Workspace, m.Workspace, m.Files = desk.WorkspaceID(workspace), workspace, files[d.Message]
		switch {
		case !first:
			m.Text = visibleText(m.Text, int(visible))
		case m.Subject == "":
			m.Subject = title
		}
		d.Words = m.Words()
		return d, nil
	}, `SELECT m.id, m.workspace_id, c.inbox_id, c.id, m.body, m.visible_end, m.subject, c.subject, p.name,
			NOT EXISTS (SELECT 1 FROM message e WHERE e.workspace_id = m.workspace_id AND e.conversation_id = m.conversation_id AND e.id < m.id), m.deleted_at IS NOT NULL
		FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id WHERE m.id IN `+list, args...)
}

// visibleText leaves out history that a message quotes: it is found where it was
// written. Of the first message of a conversation nothing else has it.
func visibleText(text string, end int) string {
	if end <= 0 {
		return text
	}
	for i := range text {
		if end == 0 {
			return text[:i]
		}
		end--
	}
	return text
}

func (tx *Tx) fileNames(list string, ids []any) (map[desk.MessageID][]string, error) {
	names := map[desk.MessageID][]string{}
	_, err := collect(tx, func(scan func(...any) error) (name string, err error) {
		var id desk.MessageID
		if err = scan(&id, &name); err == nil {
			names[id] = append(names[id], name)
		}
		return name, err
	}, `SELECT a.message_id, a.name FROM message m JOIN attachment a ON a.workspace_id = m.workspace_id AND a.message_id = m.id WHERE m.id IN `+list+` AND NOT a.inline ORDER BY a.id`, ids...)
	return names, err
}

// ContactDocs returns what the index takes of customers of any workspace.
func (tx *Tx) ContactDocs(ids []desk.ContactID) ([]SearchDoc, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(ids)
	return collect(tx, func(scan func(...any) error) (d SearchDoc, err error) {
		c := search.Contact{}
		var merged bool
		err = scan(&d.Contact, &c.Workspace, &c.Name, &c.Email, &c.Phone, &merged)
		if d.Workspace = desk.WorkspaceID(c.Workspace); !merged { // they are found as who they are now
			d.Words = c.Words()
		}
		return d, err
	}, `SELECT id, workspace_id, name, email, phone, merged_into_id IS NOT NULL FROM contact WHERE id IN `+list, args...)
}

// SaveSearch puts what was made ready into the index and says how far it is now.
// It is refused with ErrSearchTaken when somebody else has gone on since s was read.
func (tx *WriteTx) SaveSearch(s SearchState, docs []SearchDoc) (SearchState, error) {
	there := [2]map[int64]int64{}
	for i, table := range []string{searchMessages, searchContacts} {
		var ids []int64
		for _, d := range docs {
			if id := [2]int64{int64(d.Message), int64(d.Contact)}[i]; id != 0 {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		var err error
		if there[i], err = tx.db.search().placed(tx.Tx, table, ids); err != nil {
			return s, err
		}
	}
	counts := map[desk.WorkspaceID]map[string]int{}
	rows := map[string][]indexRow{}
	for _, d := range docs {
		i, table, id := 0, searchMessages, int64(d.Message)
		if d.Contact != 0 {
			i, table, id = 1, searchContacts, int64(d.Contact)
		}
		place, known := there[i][id]
		var err error
		switch {
		case len(d.Words) == 0 && !known:
			continue
		case len(d.Words) == 0:
			err = tx.db.search().drop(tx, table, id)
		default:
			if !known && d.Older {
				s.Bottom--
				place = s.Bottom
			} else if !known {
				place = s.Top
				s.Top++
			}
			rows[table] = append(rows[table], indexRow{id, place, d.Words, known})
		}
		if err != nil {
			return s, err
		}
		if i == 0 && !known {
			count(counts, d)
		}
	}
	for table, all := range rows {
		if err := tx.db.search().put(tx, table, all); err != nil {
			return s, err
		}
	}
	for workspace, words := range counts {
		if err := tx.countWords(workspace, words); err != nil {
			return s, err
		}
	}
	err := tx.saveSearchState(s)
	s.Version++
	return s, err
}

func count(counts map[desk.WorkspaceID]map[string]int, d SearchDoc) {
	words := counts[d.Workspace]
	if words == nil {
		words = map[string]int{}
		counts[d.Workspace] = words
	}
	for _, w := range search.Distinct(d.Words) {
		words[w]++
	}
}

// Behind reports whether there are facts after a cursor of the feed, also those
// that the feed holds back until what was begun before them has ended.
func (tx *Tx) Behind(after Cursor) (bool, error) {
	t := tx.db.tail()
	first := any(0)
	if tx.db.name() == "postgres" {
		first = strconv.FormatInt(after.xid, 10)
	}
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM event WHERE `+t.after+` LIMIT 1) next`, first, after.seq).Scan)
	return n > 0, err
}

// MessagesBefore returns the ids of messages of any workspace below one, the
// highest first.
func (tx *Tx) MessagesBefore(below desk.MessageID, limit int) ([]desk.MessageID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.MessageID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM message WHERE id < ? ORDER BY id DESC LIMIT ?`, int64(below), limit)
}

// ContactsBefore returns the ids of customers of any workspace below one, the
// highest first.
func (tx *Tx) ContactsBefore(below desk.ContactID, limit int) ([]desk.ContactID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.ContactID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM contact WHERE id < ? ORDER BY id DESC LIMIT ?`, int64(below), limit)
}

// ContactMessageIDs returns the ids of every message in conversations of a customer.
func (tx *Tx) ContactMessageIDs(contact desk.ContactID) ([]desk.MessageID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.MessageID, err error) { err = scan(&id); return id, err },
		`SELECT m.id FROM conversation c JOIN message m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id WHERE c.workspace_id = ? AND c.contact_id = ? ORDER BY m.id`,
		tx.scope.Workspace, contact)
}

// MessageIDs returns the ids of every message and note of a conversation.
func (tx *Tx) MessageIDs(conversation desk.ConversationID) ([]desk.MessageID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.MessageID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM message WHERE workspace_id = ? AND conversation_id = ? ORDER BY id`, tx.scope.Workspace, conversation)
}

// CountSearch returns how many messages and customers are indexed.
func (tx *Tx) CountSearch() (messages, contacts int64, err error) {
	if messages, err = scanInt(tx.row(`SELECT count(*) FROM ` + tx.db.search().rows(searchMessages)).Scan); err != nil {
		return 0, 0, err
	}
	contacts, err = scanInt(tx.row(`SELECT count(*) FROM ` + tx.db.search().rows(searchContacts)).Scan)
	return messages, contacts, err
}

// Unsearchable returns messages and customers of before until that should be in the
// index and are not, and rows of the index that are of nothing. What waits for the
// end of the first building is left out.
func (tx *Tx) Unsearchable(s SearchState, until time.Time, limit int) ([]Lapse, error) {
	var all []Lapse
	for _, q := range []struct{ table, of, what, here, gone string }{
		{searchMessages, "message", "The message", " AND m.deleted_at IS NULL", " AND (m.deleted_at IS NULL OR m.deleted_at >= ?)"},
		{searchContacts, "contact", "The customer", " AND EXISTS (SELECT 1 FROM conversation c WHERE c.workspace_id = m.workspace_id AND c.contact_id = m.id)", " AND (m.id > 0 OR m.created_at >= ?)"},
	} {
		rows := tx.db.search().rows(q.table)
		missing, err := lapses(tx, func(id int64, _ string) Lapse {
			return Lapse{subjectOf(q.of, id), q.what + " cannot be found by search. Build the index anew: parley reindex."}
		}, `SELECT m.id, '' FROM `+q.of+` m WHERE m.id >= ? AND m.created_at < ?`+q.here+` AND NOT EXISTS (SELECT 1 FROM `+rows+` s WHERE s.id = m.id) ORDER BY m.id LIMIT ?`,
			below(s, q.of), until.UnixMicro(), limit)
		if err != nil {
			return nil, err
		}
		stray, err := lapses(tx, func(id int64, _ string) Lapse {
			return Lapse{subjectOf(q.of, id), "The search index has words of something that is not there. Build it anew: parley reindex."}
		}, `SELECT s.id, '' FROM `+rows+` s WHERE NOT EXISTS (SELECT 1 FROM `+q.of+` m WHERE m.id = s.id`+q.gone+`) ORDER BY s.id LIMIT ?`, until.UnixMicro(), limit)
		if err != nil {
			return nil, err
		}
		all = append(append(all, missing...), stray...)
	}
	return all, nil
}

func below(s SearchState, of string) int64 {
	if of == "contact" {
		return int64(s.ContactsBelow)
	}
	return int64(s.MessagesBelow)
}

func subjectOf(table string, id int64) string {
	if table == "contact" {
		return desk.ContactID(id).String()
	}
	return desk.MessageID(id).String()
}

// Misindexed looks at some messages, spread over all of them, and returns those
// that the index does not find by their own words.
func (tx *Tx) Misindexed(some int, until time.Time) (looked int64, all []Lapse, err error) {
	var first, last int64
	if err := tx.row(`SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM message`).Scan(&first, &last); err != nil {
		return 0, nil, err
	}
	var ids []desk.MessageID
	for i := range some {
		next, err := collect(tx, func(scan func(...any) error) (id desk.MessageID, err error) { err = scan(&id); return id, err },
			`SELECT id FROM message WHERE id >= ? AND created_at < ? ORDER BY id LIMIT 1`, first+(last-first)/int64(some)*int64(i), until.UnixMicro())
		if err != nil {
			return 0, nil, err
		}
		if len(next) > 0 && !slices.Contains(ids, next[0]) {
			ids = append(ids, next[0])
		}
	}
	docs, err := tx.MessageDocs(ids)
	if err != nil {
		return 0, nil, err
	}
	for _, d := range docs {
		if len(d.Words) == 0 {
			continue
		}
		looked++
		var parts []search.Expr
		for _, w := range d.Words[:min(len(d.Words), 30)] {
			if w != "_" {
				parts = append(parts, search.Phrase(w))
			}
		}
		ok, err := tx.db.search().has(tx, searchMessages, int64(d.Message), search.And(parts...))
		if err != nil {
			return looked, nil, fmt.Errorf("look for %s: %w", d.Message, err)
		}
		if !ok {
			all = append(all, Lapse{d.Message.String(), "The search index does not find it by its own words. Build it anew: parley reindex."})
		}
	}
	return looked, all, nil
}
