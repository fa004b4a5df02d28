package store

import (
	"time"

	"parley/desk"
)

// LockContact returns a contact, locked until commit, so that nothing of theirs is
// taken in or opened meanwhile.
func (tx *WriteTx) LockContact(id desk.ContactID) (desk.Contact, error) {
	seen, args := tx.seenContact()
	return one(tx.Tx, "contact", scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND id = ?`+seen+tx.lock,
		append([]any{tx.scope.Workspace, id}, args...)...)
}

// IsBlocked reports whether a contact is blocked; hold keeps it so until commit.
func (tx *WriteTx) IsBlocked(id desk.ContactID, hold bool) (blocked bool, err error) {
	lock := ""
	if hold {
		lock = tx.lock
	}
	return one(tx.Tx, "contact", func(scan func(...any) error) (b bool, err error) { err = scan(&b); return b, err },
		`SELECT blocked FROM contact WHERE workspace_id = ? AND id = ?`+lock, tx.scope.Workspace, id)
}

// SetBlocked says whether a contact is blocked, since when and by whom.
func (tx *WriteTx) SetBlocked(c desk.Contact) error {
	return tx.exec(`UPDATE contact SET blocked = ?, blocked_at = ?, blocked_by = ? WHERE workspace_id = ? AND id = ?`,
		c.Blocked, micros(c.BlockedAt), c.BlockedBy, tx.scope.Workspace, c.ID)
}

// TurnAway counts a message of a blocked contact. Nothing else is kept of it.
func (tx *WriteTx) TurnAway(id desk.ContactID, at time.Time) error {
	return tx.exec(`UPDATE contact SET turned_away = turned_away + 1, turned_away_at = ? WHERE workspace_id = ? AND id = ?`,
		micros(at), tx.scope.Workspace, id)
}

// AnyBlocked reports whether the workspace has a blocked contact.
func (tx *Tx) AnyBlocked() (bool, error) {
	found, err := collect(tx, scanInt, `SELECT 1 FROM contact WHERE workspace_id = ? AND blocked LIMIT 1`, tx.scope.Workspace)
	return len(found) > 0, err
}

// ContactActive returns the active conversations of a contact, locked if tx writes.
func (tx *Tx) ContactActive(contact desk.ContactID) ([]desk.Conversation, error) {
	seen, args := tx.seen("conversation")
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation
		WHERE workspace_id = ? AND contact_id = ? AND `+activeSQL+seen+` ORDER BY id`+tx.lock, append([]any{tx.scope.Workspace, contact}, args...)...)
}

// CountTurnedAway returns how many messages of blocked contacts were not taken in,
// in the whole install.
func (tx *Tx) CountTurnedAway() (int64, error) {
	return scanInt(tx.row(`SELECT CAST(coalesce(sum(turned_away), 0) AS BIGINT) FROM contact`).Scan)
}

// MisTurnedAway returns contacts whose count of messages that were not taken in
// is not what it says.
func (tx *Tx) MisTurnedAway(limit int) ([]Lapse, error) {
	return lapses(tx, func(id int64, detail string) Lapse { return Lapse{desk.ContactID(id).String(), detail} },
		`SELECT id, what FROM (
			SELECT c.id, 'It counts messages that were not taken in, and does not say when the last one came.' AS what FROM contact c
				WHERE c.turned_away < 0 OR (c.turned_away > 0) <> (c.turned_away_at IS NOT NULL)
			UNION ALL SELECT c.id, 'Nothing says since when it is blocked.' FROM contact c WHERE c.blocked <> (c.blocked_at IS NOT NULL)
		) wrong ORDER BY id + 0 LIMIT ?`, limit)
}
