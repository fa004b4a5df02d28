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
