package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"parley/desk"
)

// BouncedAddresses returns which of some addresses mail came back from, in no order.
func (tx *Tx) BouncedAddresses(addresses []string) ([]desk.BouncedAddress, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	args := []any{tx.scope.Workspace}
	for _, a := range addresses {
		args = append(args, FoldEmail(a))
	}
	return collect(tx, func(scan func(...any) error) (b desk.BouncedAddress, err error) {
		err = scan(&b.Address, &b.Hard, &b.Times, &b.Reason, &b.Message, when{&b.At})
		return b, err
	}, `SELECT address, hard, times, reason, message_id, at FROM bounced_address WHERE workspace_id = ? AND address IN (?`+strings.Repeat(", ?", len(addresses)-1)+`)`, args...)
}

// SaveBounced remembers an address that mail came back from.
func (tx *WriteTx) SaveBounced(b desk.BouncedAddress) error {
	return tx.exec(`INSERT INTO bounced_address (workspace_id, address, hard, times, reason, message_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, address) DO UPDATE SET hard = excluded.hard, times = excluded.times, reason = excluded.reason, message_id = excluded.message_id, at = excluded.at`,
		tx.scope.Workspace, FoldEmail(b.Address), b.Hard, b.Times, b.Reason, b.Message, micros(b.At))
}

// ForgetBounced forgets that mail to an address came back, and returns the newest that
// did; 0 when none was known.
func (tx *WriteTx) ForgetBounced(address string) (m desk.MessageID, err error) {
	err = tx.row(`DELETE FROM bounced_address WHERE workspace_id = ? AND address = ? RETURNING message_id`, tx.scope.Workspace, FoldEmail(address)).Scan(&m)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return m, err
}

// ContactsAt returns the customers who have a mail address, or wrote from it.
func (tx *Tx) ContactsAt(address string) ([]desk.ContactID, error) {
	folded := FoldEmail(address)
	return collect(tx, func(scan func(...any) error) (id desk.ContactID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM contact WHERE workspace_id = ? AND email = ? AND merged_into_id IS NULL
		UNION SELECT contact_id FROM identity WHERE workspace_id = ? AND kind = ? AND scope = '' AND external_id = ?`,
		tx.scope.Workspace, folded, tx.scope.Workspace, desk.KindMail, folded)
}

// knownAsSQL is a contact and everybody who was merged into them, directly or through
// another one.
const knownAsSQL = `(WITH RECURSIVE known AS (SELECT CAST(? AS BIGINT) AS id
	UNION SELECT c.id FROM known k JOIN contact c ON c.workspace_id = ? AND c.merged_into_id = k.id AND c.merged_into_id IS NOT NULL) SELECT id FROM known)`

// Unsubscribed returns since when a customer, or who they were known as before, wants
// no mail that they did not ask for; the zero time is not at all.
func (tx *Tx) Unsubscribed(id desk.ContactID) (at time.Time, err error) {
	all, err := collect(tx, func(scan func(...any) error) (at time.Time, err error) { err = scan(when{&at}); return at, err }, `SELECT at FROM unsubscribed
		WHERE workspace_id = ? AND contact_id IN `+knownAsSQL+` ORDER BY at LIMIT 1`, tx.scope.Workspace, id, tx.scope.Workspace)
	if len(all) == 1 {
		at = all[0]
	}
	return at, err
}

// Unsubscribe records that a customer wants no mail that they did not ask for; what
// is there stays.
func (tx *WriteTx) Unsubscribe(id desk.ContactID, at time.Time) error {
	return tx.exec(`INSERT INTO unsubscribed (workspace_id, contact_id, at) SELECT workspace_id, id, CAST(? AS BIGINT) FROM contact WHERE workspace_id = ? AND id = ?
		ON CONFLICT (workspace_id, contact_id) DO NOTHING`, micros(at), tx.scope.Workspace, id)
}

// Resubscribe forgets that a customer wanted no mail.
func (tx *WriteTx) Resubscribe(id desk.ContactID) error {
	return tx.exec(`DELETE FROM unsubscribed WHERE workspace_id = ? AND contact_id IN `+knownAsSQL, tx.scope.Workspace, id, tx.scope.Workspace)
}

// Pace returns how much has left through a channel; a write transaction holds it.
func (tx *Tx) Pace(id desk.ChannelID) (p desk.Pace, err error) {
	all, err := collect(tx, func(scan func(...any) error) (p desk.Pace, err error) {
		err = scan(when{&p.Minute}, &p.InMinute, when{&p.Hour}, &p.InHour, when{&p.PeopleUntil})
		return p, err
	}, `SELECT minute, in_minute, hour, in_hour, people_until FROM channel_pace WHERE workspace_id = ? AND channel_id = ?`+tx.lock, tx.scope.Workspace, id)
	if len(all) == 1 {
		p = all[0]
	}
	return p, err
}

// SavePace stores how much has left through a channel.
func (tx *WriteTx) SavePace(id desk.ChannelID, p desk.Pace) error {
	return tx.exec(`INSERT INTO channel_pace (workspace_id, channel_id, minute, in_minute, hour, in_hour, people_until) SELECT workspace_id, id, CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)
		FROM channel WHERE workspace_id = ? AND id = ?
		ON CONFLICT (workspace_id, channel_id) DO UPDATE SET minute = excluded.minute, in_minute = excluded.in_minute, hour = excluded.hour, in_hour = excluded.in_hour, people_until = excluded.people_until`,
		micros(p.Minute), p.InMinute, micros(p.Hour), p.InHour, micros(p.PeopleUntil), tx.scope.Workspace, id)
}

// QueuedThrough returns how many messages wait to leave through each channel.
func (tx *Tx) QueuedThrough() (map[desk.ChannelID]int, error) {
	n := map[desk.ChannelID]int{}
	all, err := tx.pairs(`SELECT channel_id, count(*) FROM message WHERE workspace_id = ? AND delivery = 'queued' AND delivery <> '' AND channel_id IS NOT NULL AND delivery_reason <> '' GROUP BY channel_id`, tx.scope.Workspace)
	for _, p := range all {
		n[desk.ChannelID(p[0])] = int(p[1])
	}
	return n, err
}
