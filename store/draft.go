package store

import (
	"time"

	"parley/desk"
)

// Draft is what somebody has begun to write in a conversation.
type Draft struct {
	Conversation desk.ConversationID
	Mode         string // "reply" or "note"
	Text         string
	Files        []desk.AttachmentID
	Revision     int64
	UpdatedAt    time.Time
}

func scanDraft(scan func(...any) error) (d Draft, err error) {
	err = scan(&d.Conversation, &d.Mode, &d.Text, asJSON(&d.Files), &d.Revision, when{&d.UpdatedAt})
	return d, err
}

// Draft returns the user's draft, or one with revision 0.
func (tx *Tx) Draft(conversation desk.ConversationID, mode string) (Draft, error) {
	d, err := one(tx, "draft", scanDraft, `SELECT conversation_id, mode, body, attachments, revision, updated_at FROM draft
		WHERE workspace_id = ? AND user_id = ? AND conversation_id = ? AND mode = ?`+tx.lock, tx.scope.Workspace, tx.scope.User, conversation, mode)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return Draft{Conversation: conversation, Mode: mode}, nil
	}
	return d, err
}

// SaveDraft stores the user's draft unless there is another one of its revision
// already, and reports whether it did.
func (tx *WriteTx) SaveDraft(d Draft) (bool, error) {
	n, err := tx.changed(`INSERT INTO draft (workspace_id, user_id, conversation_id, mode, body, attachments, revision, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id, conversation_id, mode) DO UPDATE SET body = excluded.body, attachments = excluded.attachments,
			revision = excluded.revision, updated_at = excluded.updated_at WHERE draft.revision < excluded.revision`,
		tx.scope.Workspace, tx.scope.User, d.Conversation, d.Mode, d.Text, asJSON(&d.Files), d.Revision, micros(d.UpdatedAt))
	return n > 0, err
}

// DeleteDraft drops the user's draft.
func (tx *WriteTx) DeleteDraft(conversation desk.ConversationID, mode string) error {
	return tx.exec(`DELETE FROM draft WHERE workspace_id = ? AND user_id = ? AND conversation_id = ? AND mode = ?`, tx.scope.Workspace, tx.scope.User, conversation, mode)
}

// ReadMark returns the newest message the user has read in a conversation.
func (tx *Tx) ReadMark(conversation desk.ConversationID) (desk.MessageID, error) {
	marks, err := tx.ReadMarks([]desk.ConversationID{conversation})
	return marks[conversation], err
}

// ReadMarks returns the user's marks in several conversations.
func (tx *Tx) ReadMarks(conversations []desk.ConversationID) (map[desk.ConversationID]desk.MessageID, error) {
	marks := map[desk.ConversationID]desk.MessageID{}
	list, args := in(conversations)
	type mark struct {
		conversation desk.ConversationID
		message      desk.MessageID
	}
	all, err := collect(tx, func(scan func(...any) error) (m mark, err error) {
		err = scan(&m.conversation, &m.message)
		return m, err
	},
		`SELECT conversation_id, message_id FROM read_mark WHERE workspace_id = ? AND conversation_id IN `+list+` AND user_id = ?`,
		append(append([]any{tx.scope.Workspace}, args...), tx.scope.User)...)
	for _, m := range all {
		marks[m.conversation] = m.message
	}
	return marks, err
}

// ReadersMarks returns everybody's mark in one conversation.
func (tx *Tx) ReadersMarks(conversation desk.ConversationID) (map[desk.UserID]desk.MessageID, error) {
	marks := map[desk.UserID]desk.MessageID{}
	type mark struct {
		user    desk.UserID
		message desk.MessageID
	}
	all, err := collect(tx, func(scan func(...any) error) (m mark, err error) { err = scan(&m.user, &m.message); return m, err },
		`SELECT user_id, message_id FROM read_mark WHERE workspace_id = ? AND conversation_id = ?`, tx.scope.Workspace, conversation)
	for _, m := range all {
		marks[m.user] = m.message
	}
	return marks, err
}

// SaveReadMark moves somebody's mark.
func (tx *WriteTx) SaveReadMark(conversation desk.ConversationID, user desk.UserID, to desk.MessageID) error {
	return tx.exec(`INSERT INTO read_mark (workspace_id, user_id, conversation_id, message_id) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, conversation_id, user_id) DO UPDATE SET message_id = excluded.message_id`, tx.scope.Workspace, user, conversation, to)
}

// Notification tells one person about one thing.
type Notification struct {
	ID           int64
	User         desk.UserID
	Kind         string // "assigned"
	Conversation desk.ConversationID
	Actor        desk.UserID
	Note         desk.MessageID
	At           time.Time
	ReadAt       time.Time
	Cause        int64 // the event it is about
}

func scanNotification(scan func(...any) error) (n Notification, err error) {
	err = scan(&n.ID, &n.User, &n.Kind, &n.Conversation, &n.Actor, &n.Note, when{&n.At}, when{&n.ReadAt}, &n.Cause)
	return n, err
}

const notificationColumns = `id, user_id, kind, conversation_id, actor_id, note_id, at, read_at, cause`

// Notifications returns the user's, newest first, before one of an earlier page.
func (tx *Tx) Notifications(before int64, limit int) ([]Notification, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	seen, more := tx.seenNotification()
	args := append([]any{tx.scope.Workspace, tx.scope.User, before}, more...)
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification WHERE workspace_id = ? AND user_id = ? AND id < ?`+seen+` ORDER BY id DESC LIMIT ?`,
		append(args, limit)...)
}

// seenNotification keeps a query to notifications about what the scope sees.
func (tx *Tx) seenNotification() (string, []any) {
	if tx.scope.Inboxes == nil && tx.scope.SeesAll() {
		return "", nil
	}
	seen, args := tx.seen("c")
	return ` AND (conversation_id IS NULL OR EXISTS (SELECT 1 FROM conversation c WHERE c.id = notification.conversation_id` + seen + `))`, args
}

// Notification returns one.
func (tx *Tx) Notification(id int64) (Notification, error) {
	return one(tx, "notification", scanNotification, `SELECT `+notificationColumns+` FROM notification WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// UnreadNotifications returns how many the user has not seen, at most CountCap.
func (tx *Tx) UnreadNotifications() (int64, error) {
	seen, more := tx.seenNotification()
	args := append([]any{tx.scope.Workspace, tx.scope.User}, more...)
	return scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM notification WHERE workspace_id = ? AND user_id = ? AND read_at IS NULL`+seen+` LIMIT ?) n`,
		append(args, CountCap)...).Scan)
}

// InsertNotification adds one and reports whether it is new: one event tells a person once.
func (tx *WriteTx) InsertNotification(n Notification) (bool, error) {
	rows, err := tx.changed(`INSERT INTO notification (workspace_id, `+notificationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id, cause) DO NOTHING`, tx.scope.Workspace, n.ID, n.User, n.Kind, n.Conversation, n.Actor, n.Note, micros(n.At), micros(n.ReadAt), n.Cause)
	return rows > 0, err
}

// ReadNotifications marks the user's as seen, up to one.
func (tx *WriteTx) ReadNotifications(upTo int64, at time.Time) error {
	return tx.exec(`UPDATE notification SET read_at = ? WHERE workspace_id = ? AND user_id = ? AND id <= ? AND read_at IS NULL`, micros(at), tx.scope.Workspace, tx.scope.User, upTo)
}
