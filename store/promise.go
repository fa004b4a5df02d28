package store

import (
	"time"

	"parley/desk"
)

// BusinessHours are hours with a name.
type BusinessHours struct {
	ID        desk.HoursID
	Name      string
	Hours     desk.Hours
	Text      string // the hours as they are stored: what a calendar made of them is kept by
	ChangedAt time.Time
}

func scanPolicy(scan func(...any) error) (p desk.Policy, err error) {
	var id desk.PolicyID
	var name string
	if err := scan(&id, &name, asJSON(&p)); err != nil {
		return p, err
	}
	p.ID, p.Name = id, name
	return p, nil
}

// Policies returns the policies of the workspace, oldest first.
func (tx *Tx) Policies() ([]desk.Policy, error) {
	return collect(tx, scanPolicy, `SELECT id, name, policy FROM sla_policy WHERE workspace_id = ? ORDER BY id`, tx.scope.Workspace)
}

// Policy returns one.
func (tx *Tx) Policy(id desk.PolicyID) (desk.Policy, error) {
	return one(tx, "policy", scanPolicy, `SELECT id, name, policy FROM sla_policy WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// SavePolicy adds or changes a policy.
func (tx *WriteTx) SavePolicy(p desk.Policy, now time.Time) error {
	return tx.exec(`INSERT INTO sla_policy (workspace_id, id, name, policy, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, policy = excluded.policy, changed_at = excluded.changed_at
		WHERE sla_policy.workspace_id = excluded.workspace_id`, tx.scope.Workspace, p.ID, p.Name, asJSON(&p), micros(now), micros(now))
}

// DeletePolicy removes a policy.
func (tx *WriteTx) DeletePolicy(id desk.PolicyID) error {
	return tx.exec(`DELETE FROM sla_policy WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

const hoursColumns = `id, name, hours, changed_at`

func scanHours(scan func(...any) error) (h BusinessHours, err error) {
	if err = scan(&h.ID, &h.Name, &h.Text, when{&h.ChangedAt}); err != nil {
		return h, err
	}
	return h, asJSON(&h.Hours).Scan(h.Text)
}

// BusinessHours returns the business hours of the workspace, oldest first.
func (tx *Tx) BusinessHours() ([]BusinessHours, error) {
	return collect(tx, scanHours, `SELECT `+hoursColumns+` FROM business_hours WHERE workspace_id = ? ORDER BY id`, tx.scope.Workspace)
}

// BusinessHoursByID returns some of them.
func (tx *Tx) BusinessHoursByID(id desk.HoursID) (BusinessHours, error) {
	return one(tx, "business hours", scanHours, `SELECT `+hoursColumns+` FROM business_hours WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// SaveBusinessHours adds or changes business hours.
func (tx *WriteTx) SaveBusinessHours(h BusinessHours, now time.Time) error {
	return tx.exec(`INSERT INTO business_hours (workspace_id, id, name, hours, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, hours = excluded.hours, changed_at = excluded.changed_at
		WHERE business_hours.workspace_id = excluded.workspace_id`, tx.scope.Workspace, h.ID, h.Name, asJSON(&h.Hours), micros(now), micros(now))
}

// DeleteBusinessHours removes business hours.
func (tx *WriteTx) DeleteBusinessHours(id desk.HoursID) error {
	return tx.exec(`DELETE FROM business_hours WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// ActivePage returns active conversations of the workspace by id, after one of
// an earlier page, whatever inboxes the scope sees.
func (tx *Tx) ActivePage(after desk.ConversationID, limit int) ([]desk.Conversation, error) {
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE workspace_id = ? AND `+activeSQL+` AND id > ? ORDER BY id LIMIT ?`,
		tx.scope.Workspace, int64(after), limit)
}
