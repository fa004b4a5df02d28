package store

import (
	"parley/desk"
)

// MailRate returns how much mail has come from and gone to an address of an inbox,
// locked if tx writes.
func (tx *Tx) MailRate(inbox desk.InboxID, address string) (r desk.MailRate, err error) {
	all, err := collect(tx, func(scan func(...any) error) (r desk.MailRate, err error) {
		err = scan(&r.Received, when{&r.ReceivedSince}, &r.Sent, when{&r.SentSince}, when{&r.PausedUntil})
		return r, err
	}, `SELECT received, received_since, sent, sent_since, paused_until FROM mail_rate
		WHERE workspace_id = ? AND inbox_id = ? AND address = ?`+tx.lock, tx.scope.Workspace, inbox, FoldEmail(address))
	if err != nil || len(all) == 0 {
		return r, err
	}
	return all[0], nil
}

// SaveMailRate stores how much mail has come from and gone to an address of an inbox.
func (tx *WriteTx) SaveMailRate(inbox desk.InboxID, address string, r desk.MailRate) error {
	return tx.exec(`INSERT INTO mail_rate (workspace_id, inbox_id, address, received, received_since, sent, sent_since, paused_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, inbox_id, address) DO UPDATE SET received = excluded.received, received_since = excluded.received_since,
			sent = excluded.sent, sent_since = excluded.sent_since, paused_until = excluded.paused_until`,
		tx.scope.Workspace, inbox, FoldEmail(address), r.Received, micros(r.ReceivedSince), r.Sent, micros(r.SentSince), micros(r.PausedUntil))
}
