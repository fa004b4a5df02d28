package store

import (
	"time"

	"parley/desk"
)

// Workspaces returns every workspace of the install.
func (tx *Tx) Workspaces() ([]desk.WorkspaceID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.WorkspaceID, err error) { err = scan(&id); return id, err }, `SELECT id FROM workspace ORDER BY id`)
}

// DropOriginals deletes the bytes of what arrived in an inbox before a moment and was
// understood, of at most limit entries, and reports whether there may be more. The
// entries stay, with what became of them. What waits or failed is never touched.
func (tx *WriteTx) DropOriginals(inbox desk.InboxID, before, now time.Time, limit int) (more bool, err error) {
	type kept struct {
		id   desk.RawEventID
		hash string
	}
	all, err := collect(tx.Tx, func(scan func(...any) error) (k kept, err error) { err = scan(&k.id, &k.hash); return k, err },
		`SELECT id, hash FROM raw_event WHERE workspace_id = ? AND channel_id IN (SELECT id FROM channel WHERE workspace_id = ? AND inbox_id = ?)
		AND dropped_at IS NULL AND received_at < ? AND state IN ('message', 'duplicate') ORDER BY received_at LIMIT ?`,
		tx.scope.Workspace, tx.scope.Workspace, inbox, micros(before), limit)
	if err != nil {
		return false, err
	}
	for _, k := range all {
		if err := tx.exec(`UPDATE raw_event SET body = NULL, hash = '', dropped_at = ? WHERE workspace_id = ? AND id = ?`, micros(now), tx.scope.Workspace, k.id); err != nil {
			return false, err
		}
		if k.hash == "" {
			continue
		}
		if err := tx.exec(`INSERT INTO unused_file (hash, since) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET since = excluded.since`, k.hash, micros(now)); err != nil {
			return false, err
		}
	}
	return len(all) == limit, nil
}

// Arrived is a mail of a conversation whose original is kept.
type Arrived struct {
	Raw          desk.RawEventID
	Conversation desk.ConversationID
	Message      desk.MessageID
}

// Arrivals returns mails that came since a moment (the zero time is any), of an inbox or
// of all with 0, after one of them, in the order in which they came: at most limit.
func (tx *Tx) Arrivals(inbox desk.InboxID, since time.Time, after desk.RawEventID, limit int) ([]Arrived, error) {
	where, args := "", []any{tx.scope.Workspace, string(RawMessage), int64(after)}
	if !since.IsZero() {
		where, args = " AND r.received_at >= ?", append(args, micros(since))
	}
	if inbox != 0 {
		where, args = where+" AND c.inbox_id = ?", append(args, inbox)
	}
	return collect(tx, func(scan func(...any) error) (a Arrived, err error) {
		err = scan(&a.Raw, &a.Conversation, &a.Message)
		return a, err
	}, `SELECT r.id, m.conversation_id, m.id FROM raw_event r JOIN channel c ON c.id = r.channel_id JOIN message m ON m.id = r.message_id
		WHERE r.workspace_id = ? AND r.state = ? AND r.id > ? AND r.content_type = 'message/rfc822' AND r.dropped_at IS NULL AND m.deleted_at IS NULL`+where+`
		ORDER BY r.id LIMIT ?`, append(args, limit)...)
}
