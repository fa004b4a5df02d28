package store

import (
	"time"

	"parley/desk"
)

// Recall takes a reply back that has not left, and lets go of its files. One that
// is leaving is a conflict: whichever comes first counts.
func (tx *WriteTx) Recall(id desk.MessageID, at time.Time) error {
	n, err := tx.changed(`UPDATE message SET deleted_at = ?, delivery = ?, delivery_at = ?, leaves_at = NULL
		WHERE workspace_id = ? AND id = ? AND leaves_at IS NOT NULL AND deleted_at IS NULL AND delivery = 'queued'`,
		micros(at), desk.DeliveryRecalled, micros(at), tx.scope.Workspace, id)
	if err != nil {
		return err
	}
	if n != 1 {
		return desk.Errorf(desk.Conflict, "This message is leaving right now. Write another one to put it right.")
	}
	if err := tx.sortRecipientsOf(id); err != nil { // it went to nobody
		return err
	}
	return tx.exec(`UPDATE attachment SET message_id = NULL, inline = ?, content_id = '' WHERE workspace_id = ? AND message_id = ?`, false, tx.scope.Workspace, id)
}

// Depart ends the time in which a reply can be taken back. It reports false when it
// was taken back.
func (tx *WriteTx) Depart(id desk.MessageID) (bool, error) {
	n, err := tx.changed(`UPDATE message SET leaves_at = NULL WHERE workspace_id = ? AND id = ? AND deleted_at IS NULL`, tx.scope.Workspace, id)
	return n == 1, err
}
