package store

import (
	"time"

	"parley/desk"
)

// OutgoingRaw is a message to a customer as it leaves. Its bytes are in Body, or if
// they are many in the blob store under Hash.
type OutgoingRaw struct {
	Message desk.MessageID
	Body    []byte
	Hash    string
	Size    int64
	At      time.Time
}

// OutgoingRaw returns what an earlier try made of a message, or an error of kind
// desk.NotFound.
func (tx *Tx) OutgoingRaw(id desk.MessageID) (OutgoingRaw, error) {
	return one(tx, "outgoing message", func(scan func(...any) error) (r OutgoingRaw, err error) {
		err = scan(&r.Message, &r.Body, &r.Hash, &r.Size, when{&r.At})
		return r, err
	}, `SELECT message_id, body, hash, size, created_at FROM outgoing_raw WHERE workspace_id = ? AND message_id = ?`, tx.scope.Workspace, id)
}

// KeepOutgoing stores what the first try made of a message; what is there stays.
func (tx *WriteTx) KeepOutgoing(r OutgoingRaw) error {
	return tx.exec(`INSERT INTO outgoing_raw (workspace_id, message_id, body, hash, size, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, message_id) DO NOTHING`, tx.scope.Workspace, r.Message, r.Body, r.Hash, r.Size, micros(r.At))
}

// DropOutgoing forgets what was made of a message: the next try makes it anew.
func (tx *WriteTx) DropOutgoing(id desk.MessageID, now time.Time) error {
	if err := tx.exec(`INSERT INTO unused_file (hash, since) SELECT hash, ? FROM outgoing_raw WHERE workspace_id = ? AND message_id = ? AND hash <> ''
		ON CONFLICT (hash) DO UPDATE SET since = excluded.since`, micros(now), tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM outgoing_raw WHERE workspace_id = ? AND message_id = ?`, tx.scope.Workspace, id)
}

// settledOutgoing is of messages whose outcome is known, of the whole install.
const settledOutgoing = ` FROM outgoing_raw o WHERE o.created_at < ? AND NOT EXISTS
	(SELECT 1 FROM message m WHERE m.workspace_id = o.workspace_id AND m.id = o.message_id AND m.delivery IN ('queued', 'unknown'))`

// HasSettled reports whether something made before a moment is of a message whose
// outcome is known.
func (tx *Tx) HasSettled(before time.Time) (bool, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one`+settledOutgoing+` LIMIT 1) settled`, micros(before)).Scan)
	return n > 0, err
}

// DropSettled forgets what was made of messages whose outcome is known, in the
// whole install, if it was made before a moment.
func (tx *WriteTx) DropSettled(before, now time.Time) error {
	if err := tx.exec(`INSERT INTO unused_file (hash, since) SELECT DISTINCT o.hash, CAST(? AS BIGINT)`+settledOutgoing+` AND o.hash <> ''
		ON CONFLICT (hash) DO UPDATE SET since = excluded.since`, micros(now), micros(before)); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM outgoing_raw WHERE (workspace_id, message_id) IN (SELECT o.workspace_id, o.message_id`+settledOutgoing+`)`, micros(before))
}
