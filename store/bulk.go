package store

import (
	"strings"
	"time"

	"parley/desk"
)

// BulkState is how far a bulk action is.
type BulkState string

// The states of a bulk action.
const (
	BulkPreparing BulkState = "preparing" // its conversations are being written down
	BulkReviewed  BulkState = "reviewed"  // nothing has changed yet
	BulkRunning   BulkState = "running"
	BulkDone      BulkState = "done"
	BulkCanceled  BulkState = "canceled" // what was done until then stays
)

// Bulk is what somebody does to many conversations with one decision.
type Bulk struct {
	ID        desk.BulkID
	User      desk.UserID
	Action    desk.BulkAction
	Undoes    desk.BulkID // the one it takes back
	State     BulkState
	Token     string // which confirms it, bound to the action and the conversations
	Total     int64
	Sends     int64 // messages that customers get by it
	Reached   int64 // the position before which nothing is left to do
	Stopped   string
	CreatedAt time.Time
	StartedAt time.Time
	EndedAt   time.Time
}

// ItemState is what became of one conversation of a bulk action.
type ItemState string

// The states of an item.
const (
	ItemTodo    ItemState = "todo"
	ItemDone    ItemState = "done"
	ItemSame    ItemState = "same"    // everything was so already
	ItemSkipped ItemState = "skipped" // the reason says why
)

// BulkItem is one conversation of a bulk action.
type BulkItem struct {
	Position     int64
	Conversation desk.ConversationID
	Version      int64 // of the conversation when it was reviewed
	State        ItemState
	Reason       string
	Command      desk.CommandID // that did it
	Assignee     desk.UserID    // who has it since
	Was          desk.UserID    // who had it before
	Team         desk.TeamID    // which team has it since
}

const (
	bulkColumns     = `id, user_id, action, undoes, state, token, total, sends, reached, stopped, created_at, started_at, ended_at`
	bulkItemColumns = `position, conversation_id, version, state, reason, command_id, assignee_id, was_id, team_id`
)

func scanBulk(scan func(...any) error) (b Bulk, err error) {
	err = scan(&b.ID, &b.User, asJSON(&b.Action), &b.Undoes, &b.State, &b.Token, &b.Total, &b.Sends, &b.Reached, &b.Stopped, when{&b.CreatedAt}, when{&b.StartedAt}, when{&b.EndedAt})
	return b, err
}

func scanBulkItem(scan func(...any) error) (i BulkItem, err error) {
	err = scan(&i.Position, &i.Conversation, &i.Version, &i.State, &i.Reason, &i.Command, &i.Assignee, &i.Was, &i.Team)
	return i, err
}

// Dry returns tx as a decision looks at it that is only tried: it locks nothing,
// and what would write in it fails.
func (tx *Tx) Dry() *WriteTx {
	inner := *tx
	inner.lock = ""
	return &WriteTx{&inner, &news{}}
}

// SaveBulk adds or changes a bulk action of the scope's user.
func (tx *WriteTx) SaveBulk(b Bulk) error {
	return tx.exec(`INSERT INTO bulk (workspace_id, `+bulkColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, token = excluded.token, total = excluded.total, sends = excluded.sends,
			stopped = excluded.stopped, started_at = excluded.started_at, ended_at = excluded.ended_at
		WHERE bulk.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, b.ID, b.User, asJSON(&b.Action), b.Undoes, b.State, b.Token, b.Total, b.Sends, b.Reached, b.Stopped,
		micros(b.CreatedAt), micros(b.StartedAt), micros(b.EndedAt))
}

// Bulk returns a bulk action of the scope's user, in a write locked.
func (tx *Tx) Bulk(id desk.BulkID) (Bulk, error) {
	return one(tx, "bulk action", scanBulk, `SELECT `+bulkColumns+` FROM bulk WHERE workspace_id = ? AND user_id = ? AND id = ?`+tx.lock, tx.scope.Workspace, tx.scope.User, id)
}

// Bulks returns those that the scope's user has confirmed, newest first, before
// one of an earlier page.
func (tx *Tx) Bulks(before desk.BulkID, limit int) ([]Bulk, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(tx, scanBulk, `SELECT `+bulkColumns+` FROM bulk WHERE workspace_id = ? AND user_id = ? AND state NOT IN ('preparing', 'reviewed') AND id < ? ORDER BY id DESC LIMIT ?`,
		tx.scope.Workspace, tx.scope.User, int64(before), limit)
}

// BulkUndoneBy returns the bulk action that takes back another, or did, or 0.
func (tx *Tx) BulkUndoneBy(id desk.BulkID) (desk.BulkID, error) {
	all, err := collect(tx, func(scan func(...any) error) (by desk.BulkID, err error) { err = scan(&by); return by, err },
		`SELECT id FROM bulk WHERE workspace_id = ? AND undoes = ? AND state IN ('running', 'done')`, tx.scope.Workspace, id)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

// AddBulkItems adds conversations to a bulk action that nobody has confirmed yet.
func (tx *WriteTx) AddBulkItems(id desk.BulkID, items []BulkItem) error {
	for _, i := range items {
		err := tx.exec(`INSERT INTO bulk_item (workspace_id, bulk_id, `+bulkItemColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.scope.Workspace, id, i.Position, i.Conversation, i.Version, i.State, i.Reason, i.Command, i.Assignee, i.Was, i.Team)
		if err != nil {
			return err
		}
	}
	return nil
}

// BulkTodo returns what is left to do from a position on, in order.
func (tx *Tx) BulkTodo(id desk.BulkID, from int64, limit int) ([]BulkItem, error) {
	return collect(tx, scanBulkItem, `SELECT `+bulkItemColumns+` FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? AND position >= ? AND state = 'todo' ORDER BY position LIMIT ?`,
		tx.scope.Workspace, id, from, limit)
}

// BulkItem returns one item, in a write locked.
func (tx *Tx) BulkItem(id desk.BulkID, position int64) (BulkItem, error) {
	return one(tx, "item", scanBulkItem, `SELECT `+bulkItemColumns+` FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? AND position = ?`+tx.lock, tx.scope.Workspace, id, position)
}

// EndBulkItem keeps what became of an item.
func (tx *WriteTx) EndBulkItem(id desk.BulkID, i BulkItem) error {
	return tx.exec(`UPDATE bulk_item SET state = ?, reason = ?, command_id = ?, assignee_id = ?, was_id = ?, team_id = ? WHERE workspace_id = ? AND bulk_id = ? AND position = ?`,
		i.State, i.Reason, i.Command, i.Assignee, i.Was, i.Team, tx.scope.Workspace, id, i.Position)
}

// ReachBulk keeps that nothing is left to do before a position.
func (tx *WriteTx) ReachBulk(id desk.BulkID, position int64) error {
	return tx.exec(`UPDATE bulk SET reached = ? WHERE workspace_id = ? AND id = ?`, position, tx.scope.Workspace, id)
}

// BulkPage is which items of a bulk action somebody looks at; the zero state and
// the zero reason are any.
type BulkPage struct {
	State  ItemState
	Reason *string
	After  int64 // the position that the page before ended with; the first is 1
	Limit  int
}

// BulkItems returns a page of the items of a bulk action, in order.
func (tx *Tx) BulkItems(id desk.BulkID, p BulkPage) ([]BulkItem, error) {
	where, args := "", []any{tx.scope.Workspace, id, p.After}
	if p.State != "" {
		where, args = where+" AND state = ?", append(args, p.State)
	}
	if p.Reason != nil {
		where, args = where+" AND reason = ?", append(args, *p.Reason)
	}
	return collect(tx, scanBulkItem, `SELECT `+bulkItemColumns+` FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? AND position > ?`+where+` ORDER BY position LIMIT ?`, append(args, p.Limit)...)
}

// BulkGroup is how many items of a bulk action have the same outcome.
type BulkGroup struct {
	State  ItemState
	Reason string
	Count  int64
	First  int64 // the position of the first of them
}

// BulkGroups returns the outcomes of a bulk action, the most frequent first.
func (tx *Tx) BulkGroups(id desk.BulkID) ([]BulkGroup, error) {
	return collect(tx, func(scan func(...any) error) (g BulkGroup, err error) {
		err = scan(&g.State, &g.Reason, &g.Count, &g.First)
		return g, err
	}, `SELECT state, reason, count(*), min(position) FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? GROUP BY state, reason ORDER BY 3 DESC, 1, 2`, tx.scope.Workspace, id)
}

// BulkHanded is whom a bulk action gave conversations, or took them from.
type BulkHanded struct {
	Assignee, Was desk.UserID
	Team          desk.TeamID
	Count         int64
}

// BulkHanded returns who has, and had, what a bulk action handed over.
func (tx *Tx) BulkHanded(id desk.BulkID) ([]BulkHanded, error) {
	return collect(tx, func(scan func(...any) error) (h BulkHanded, err error) {
		err = scan(&h.Assignee, &h.Was, &h.Team, &h.Count)
		return h, err
	}, `SELECT assignee_id, was_id, team_id, count(*) FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? AND state = 'done' AND (assignee_id IS NOT NULL OR was_id IS NOT NULL OR team_id IS NOT NULL)
		GROUP BY assignee_id, was_id, team_id`, tx.scope.Workspace, id)
}

// ForgetBulks drops a bulk action of the scope's user that nobody confirmed, other
// than one, or one that was made before a moment, or at most so many of its items;
// and reports whether there was one.
func (tx *WriteTx) ForgetBulks(but desk.BulkID, before time.Time, limit int) (more bool, err error) {
	ids, err := collect(tx.Tx, func(scan func(...any) error) (id desk.BulkID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM bulk WHERE workspace_id = ? AND user_id = ? AND id <> ? AND (state = 'reviewed' OR created_at < ? AND state <> 'running') ORDER BY id LIMIT 1`,
		tx.scope.Workspace, tx.scope.User, but, micros(before))
	if err != nil || len(ids) == 0 {
		return false, err
	}
	id := ids[0]
	n, err := tx.changed(`DELETE FROM bulk_item WHERE workspace_id = ? AND bulk_id = ? AND position < (
			SELECT min(i.position) + ? FROM bulk_item i WHERE i.workspace_id = ? AND i.bulk_id = ?)`, tx.scope.Workspace, id, limit, tx.scope.Workspace, id)
	if err != nil || n > 0 {
		return true, err
	}
	if err := tx.exec(`UPDATE bulk SET undoes = NULL WHERE workspace_id = ? AND undoes = ?`, tx.scope.Workspace, id); err != nil {
		return false, err
	}
	return true, tx.exec(`DELETE FROM bulk WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// ChangedSince reports whether somebody did something in a conversation after a
// version, or a timer changed what it is; what is only kept of it, like how a
// message was delivered, is none of that.
func (tx *Tx) ChangedSince(id desk.ConversationID, version int64) (bool, error) {
	kinds := []string{"status_changed", "message_posted", "assigned", "unassigned", "transferred", "archived", "woken", "tag_added", "tag_removed", "priority_changed"}
	n, err := scanInt(tx.row(`SELECT count(*) FROM event WHERE workspace_id = ? AND conversation_id = ? AND version > ? AND (actor_kind <> 'system' OR kind IN ('`+strings.Join(kinds, "', '")+`'))`,
		tx.scope.Workspace, id, version).Scan)
	return n > 0, err
}
