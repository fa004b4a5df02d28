package store

import (
	"time"

	"parley/desk"
)

// Letter returns the notifications that one mail tells of, by the first of them, oldest
// first; none before it is decided that there is a mail.
func (tx *Tx) Letter(first int64) ([]Notification, error) {
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification WHERE workspace_id = ? AND letter_id = ? ORDER BY id LIMIT 200`, tx.scope.Workspace, first)
}

// Letters returns when mails told somebody of something since a moment, newest first.
func (tx *Tx) Letters(user desk.UserID, since time.Time, limit int) ([]time.Time, error) {
	return collect(tx, func(scan func(...any) error) (at time.Time, err error) { err = scan(when{&at}); return at, err },
		`SELECT mailed_at FROM notification WHERE workspace_id = ? AND user_id = ? AND mailed_at > ? ORDER BY mailed_at DESC LIMIT ?`, tx.scope.Workspace, user, micros(since), limit)
}

// DueNotifications returns what is held for somebody until a moment, oldest first.
func (tx *Tx) DueNotifications(user desk.UserID, until time.Time, limit int) ([]Notification, error) {
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification
		WHERE workspace_id = ? AND user_id = ? AND due_at <= ? ORDER BY id LIMIT ?`, tx.scope.Workspace, user, micros(until), limit)
}

// SaveLetter records that a mail tells of notifications, the first of which it is named by.
func (tx *WriteTx) SaveLetter(all []Notification, at time.Time) error {
	for i, n := range all {
		var mailed time.Time
		if i == 0 {
			mailed = at
		}
		if err := tx.exec(`UPDATE notification SET letter_id = ?, mailed_at = ? WHERE workspace_id = ? AND id = ?`, all[0].ID, micros(mailed), tx.scope.Workspace, n.ID); err != nil {
			return err
		}
	}
	return nil
}
