package store

import (
	"strings"
	"time"

	"parley/desk"
)

const quickColumns = `id, kind, name, shortcut, category, language, body, team_id, user_id, inbox_ids, uses, used_at, edition, changed_by, changed_at, created_at, removed_at, tag_id`

func scanQuick(scan func(...any) error) (q desk.QuickReply, err error) {
	err = scan(&q.ID, &q.Kind, &q.Name, &q.Shortcut, &q.Category, &q.Language, &q.Text, &q.Team, &q.User, asJSON(&q.Inboxes), &q.Uses, when{&q.UsedAt},
		&q.Edition, &q.ChangedBy, when{&q.ChangedAt}, when{&q.CreatedAt}, when{&q.RemovedAt}, &q.Tag)
	return q, err
}

// QuickReplies returns those of the workspace that were not removed, the most used
// first, everybody's private ones too: whoever shows them asks Reaches.
func (tx *Tx) QuickReplies() ([]desk.QuickReply, error) {
	return collect(tx, scanQuick, `SELECT `+quickColumns+` FROM quick_reply WHERE workspace_id = ? AND removed_at IS NULL ORDER BY uses DESC, folded, id`, tx.scope.Workspace)
}

// QuickReply returns one, removed or not.
func (tx *Tx) QuickReply(id desk.QuickReplyID) (desk.QuickReply, error) {
	return one(tx, "quick reply", scanQuick, `SELECT `+quickColumns+` FROM quick_reply WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// QuickEdition is one text that a quick reply had, and who wrote it when.
type QuickEdition struct {
	Edition                        int
	Name, Shortcut, Category, Text string
	User                           desk.UserID
	At                             time.Time
}

func scanQuickEdition(scan func(...any) error) (e QuickEdition, err error) {
	err = scan(&e.Edition, &e.Name, &e.Shortcut, &e.Category, &e.Text, &e.User, when{&e.At})
	return e, err
}

// QuickEditions returns every text of a quick reply, newest first (F2-22).
func (tx *Tx) QuickEditions(id desk.QuickReplyID) ([]QuickEdition, error) {
	return collect(tx, scanQuickEdition, `SELECT edition, name, shortcut, category, body, user_id, at FROM quick_reply_edition
		WHERE workspace_id = ? AND reply_id = ? ORDER BY edition DESC`, tx.scope.Workspace, id)
}

// SaveQuickReply adds or changes one and keeps its text as its edition; a shortcut
// that another one has is a conflict (F1-38).
func (tx *WriteTx) SaveQuickReply(q desk.QuickReply) error {
	if q.Shortcut != "" && q.RemovedAt.IsZero() {
		n, err := scanInt(tx.row(`SELECT count(*) FROM quick_reply WHERE workspace_id = ? AND shortcut = ? AND removed_at IS NULL AND id <> ?`, tx.scope.Workspace, q.Shortcut, q.ID).Scan)
		if err != nil {
			return err
		}
		if n > 0 {
			message := "The shortcut " + q.Shortcut + " is taken. Choose another one."
			return &desk.Error{Kind: desk.Conflict, Message: message, Fields: []desk.FieldError{{Field: "shortcut", Message: message}}}
		}
	}
	if q.Inboxes == nil {
		q.Inboxes = []desk.InboxID{}
	}
	err := tx.exec(`INSERT INTO quick_reply (workspace_id, id, kind, name, folded, shortcut, category, language, body, team_id, user_id, inbox_ids, edition, changed_by, changed_at, created_at, removed_at, tag_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, folded = excluded.folded, shortcut = excluded.shortcut, category = excluded.category,
			language = excluded.language, body = excluded.body, team_id = excluded.team_id, user_id = excluded.user_id, inbox_ids = excluded.inbox_ids,
			edition = excluded.edition, changed_by = excluded.changed_by, changed_at = excluded.changed_at, removed_at = excluded.removed_at, tag_id = excluded.tag_id
		WHERE quick_reply.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, q.ID, q.Kind, q.Name, strings.ToLower(q.Name), q.Shortcut, q.Category, q.Language, q.Text, q.Team, q.User, asJSON(&q.Inboxes),
		q.Edition, q.ChangedBy, micros(q.ChangedAt), micros(q.CreatedAt), micros(q.RemovedAt), q.Tag)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO quick_reply_edition (workspace_id, reply_id, edition, name, shortcut, category, body, user_id, at)
		SELECT workspace_id, id, edition, name, shortcut, category, body, changed_by, changed_at FROM quick_reply WHERE workspace_id = ? AND id = ?
		ON CONFLICT (workspace_id, reply_id, edition) DO NOTHING`, tx.scope.Workspace, q.ID)
}

// CountUse says that a quick reply was inserted.
func (tx *WriteTx) CountUse(id desk.QuickReplyID, at time.Time) error {
	return tx.exec(`UPDATE quick_reply SET uses = uses + 1, used_at = ? WHERE workspace_id = ? AND id = ?`, micros(at), tx.scope.Workspace, id)
}

const macroColumns = `id, name, steps, team_id, user_id, created_at, removed_at`

func scanMacro(scan func(...any) error) (m desk.Macro, err error) {
	err = scan(&m.ID, &m.Name, asJSON(&m.Steps), &m.Team, &m.User, when{&m.CreatedAt}, when{&m.RemovedAt})
	return m, err
}

// Macros returns those of the workspace by name, everybody's private ones too:
// whoever shows them asks Reaches. Removed ones are among them, for their names.
func (tx *Tx) Macros() ([]desk.Macro, error) {
	return collect(tx, scanMacro, `SELECT `+macroColumns+` FROM macro WHERE workspace_id = ? ORDER BY folded, id`, tx.scope.Workspace)
}

// Macro returns one, removed or not.
func (tx *Tx) Macro(id desk.MacroID) (desk.Macro, error) {
	return one(tx, "macro", scanMacro, `SELECT `+macroColumns+` FROM macro WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// SaveMacro adds or changes one.
func (tx *WriteTx) SaveMacro(m desk.Macro) error {
	return tx.exec(`INSERT INTO macro (workspace_id, id, name, folded, steps, team_id, user_id, created_at, removed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, steps = excluded.steps, team_id = excluded.team_id, user_id = excluded.user_id, removed_at = excluded.removed_at
		WHERE macro.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, m.ID, m.Name, strings.ToLower(m.Name), asJSON(&m.Steps), m.Team, m.User, micros(m.CreatedAt), micros(m.RemovedAt))
}
