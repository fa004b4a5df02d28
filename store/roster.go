package store

import (
	"time"

	"parley/desk"
)

// TakeTurn returns the next number of the workspace's turns. Until the commit,
// whoever else takes one waits: what rules decide by is then what was decided
// before.
func (tx *WriteTx) TakeTurn() (n int64, err error) {
	err = tx.row(`INSERT INTO turn_counter (workspace_id, turn) VALUES (?, 1)
		ON CONFLICT (workspace_id) DO UPDATE SET turn = turn_counter.turn + 1 RETURNING turn`, tx.scope.Workspace).Scan(&n)
	return n, err
}

// SaveTurn keeps that somebody was chosen by the rules of an inbox.
func (tx *WriteTx) SaveTurn(inbox desk.InboxID, user desk.UserID) error {
	return tx.exec(`INSERT INTO turn (workspace_id, inbox_id, user_id, turn) SELECT workspace_id, ?, ?, turn FROM turn_counter WHERE workspace_id = ?
		ON CONFLICT (workspace_id, inbox_id, user_id) DO UPDATE SET turn = excluded.turn`, inbox, user, tx.scope.Workspace)
}

// Load is how many conversations somebody works on, without those that sleep.
type Load struct{ Open, Pending int }

// Loads returns what everybody of the workspace works on at now.
func (tx *Tx) Loads(now time.Time) (map[desk.UserID]Load, error) {
	type part struct {
		user   desk.UserID
		status desk.Status
		n      int
	}
	all, err := collect(tx, func(scan func(...any) error) (p part, err error) { err = scan(&p.user, &p.status, &p.n); return p, err },
		`SELECT assignee_id, status, count(*) FROM conversation WHERE workspace_id = ? AND assignee_id IS NOT NULL AND `+activeSQL+` AND `+notSnoozed+`
			GROUP BY assignee_id, status`, tx.scope.Workspace, now.UnixMicro())
	loads := map[desk.UserID]Load{}
	for _, p := range all {
		l := loads[p.user]
		if p.status == desk.StatusOpen {
			l.Open += p.n
		} else {
			l.Pending += p.n
		}
		loads[p.user] = l
	}
	return loads, err
}

// Turns returns when everybody was chosen by rules last: in an inbox, and in any.
func (tx *Tx) Turns(inbox desk.InboxID) (here, anywhere map[desk.UserID]int64, err error) {
	here, anywhere = map[desk.UserID]int64{}, map[desk.UserID]int64{}
	type turn struct {
		inbox desk.InboxID
		user  desk.UserID
		n     int64
	}
	all, err := collect(tx, func(scan func(...any) error) (t turn, err error) { err = scan(&t.inbox, &t.user, &t.n); return t, err },
		`SELECT inbox_id, user_id, turn FROM turn WHERE workspace_id = ?`, tx.scope.Workspace)
	for _, t := range all {
		if t.inbox == inbox {
			here[t.user] = t.n
		}
		anywhere[t.user] = max(anywhere[t.user], t.n)
	}
	return here, anywhere, err
}

// AnsweredBy is somebody who wrote to a contact.
type AnsweredBy struct {
	User desk.UserID
	Last desk.MessageID // their newest message
}

// AnsweredBy returns who of the team wrote to a contact in any of their
// conversations, whoever did so last first.
func (tx *Tx) AnsweredBy(contact desk.ContactID) ([]AnsweredBy, error) {
	return collect(tx, func(scan func(...any) error) (a AnsweredBy, err error) { err = scan(&a.User, &a.Last); return a, err },
		`SELECT m.user_id, max(m.id) FROM conversation c JOIN message m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.id
			WHERE c.workspace_id = ? AND c.contact_id = ? AND m.user_id IS NOT NULL AND m.kind = 'message' GROUP BY m.user_id ORDER BY max(m.id) DESC`,
		tx.scope.Workspace, contact)
}

// ContactTags returns the tags of a contact.
func (tx *Tx) ContactTags(contact desk.ContactID) ([]desk.TagID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.TagID, err error) { err = scan(&id); return id, err },
		contactTags, tx.scope.Workspace, contact)
}

const contactTags = `SELECT tag_id FROM contact_tag WHERE workspace_id = ? AND contact_id = ? ORDER BY tag_id`

// ForeseeContactTags says that the tags of a contact will be asked for.
func (tx *WriteTx) ForeseeContactTags(contact desk.ContactID) {
	tx.q.ahead(contactTags, tx.scope.Workspace, contact)
}

// SetContactTags says which tags a contact has.
func (tx *WriteTx) SetContactTags(contact desk.ContactID, tags []desk.TagID) error {
	if err := tx.exec(`DELETE FROM contact_tag WHERE workspace_id = ? AND contact_id = ?`, tx.scope.Workspace, contact); err != nil {
		return err
	}
	for _, tag := range tags {
		err := tx.exec(`INSERT INTO contact_tag (workspace_id, contact_id, tag_id) SELECT c.workspace_id, c.id, t.id FROM contact c JOIN tag t ON t.workspace_id = c.workspace_id
			WHERE c.workspace_id = ? AND c.id = ? AND t.id = ? ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING`, tx.scope.Workspace, contact, tag)
		if err != nil {
			return err
		}
	}
	return nil
}
