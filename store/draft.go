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
	Header       desk.Header // to whom a mail is to go, where that was chosen
	Files        []desk.AttachmentID
	Revision     int64
	UpdatedAt    time.Time
}

func scanDraft(scan func(...any) error) (d Draft, err error) {
	err = scan(&d.Conversation, &d.Mode, &d.Text, asJSON(&d.Files), &d.Revision, when{&d.UpdatedAt}, asJSON(&d.Header))
	return d, err
}

// Draft returns the user's draft, or one with revision 0.
func (tx *Tx) Draft(conversation desk.ConversationID, mode string) (Draft, error) {
	d, err := one(tx, "draft", scanDraft, `SELECT conversation_id, mode, body, attachments, revision, updated_at, header FROM draft
		WHERE workspace_id = ? AND user_id = ? AND conversation_id = ? AND mode = ?`+tx.lock, tx.scope.Workspace, tx.scope.User, conversation, mode)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return Draft{Conversation: conversation, Mode: mode}, nil
	}
	return d, err
}

// SaveDraft stores the user's draft unless there is another one of its revision
// already, and reports whether it did.
func (tx *WriteTx) SaveDraft(d Draft) (bool, error) {
	n, err := tx.changed(`INSERT INTO draft (workspace_id, user_id, conversation_id, mode, body, attachments, revision, updated_at, header) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id, conversation_id, mode) DO UPDATE SET body = excluded.body, attachments = excluded.attachments,
			revision = excluded.revision, updated_at = excluded.updated_at, header = excluded.header WHERE draft.revision < excluded.revision`,
		tx.scope.Workspace, tx.scope.User, d.Conversation, d.Mode, d.Text, asJSON(&d.Files), d.Revision, micros(d.UpdatedAt), asJSON(&d.Header))
	return n > 0, err
}

// DeleteDraft drops the user's draft, and reports whether it did. One that was
// changed since a revision stays; 0 is any.
func (tx *WriteTx) DeleteDraft(conversation desk.ConversationID, mode string, revision int64) (bool, error) {
	if revision == 0 {
		revision = 1<<63 - 1
	}
	n, err := tx.changed(`DELETE FROM draft WHERE workspace_id = ? AND user_id = ? AND conversation_id = ? AND mode = ? AND revision <= ?`,
		tx.scope.Workspace, tx.scope.User, conversation, mode, revision)
	return n > 0, err
}

// ReadMark returns the newest message the user has read in a conversation.
func (tx *Tx) ReadMark(conversation desk.ConversationID) (desk.MessageID, error) {
	marks, err := tx.ReadMarks([]desk.ConversationID{conversation})
	return marks[conversation], err
}

// ReadMarks returns the user's marks in several conversations.
func (tx *Tx) ReadMarks(conversations []desk.ConversationID) (map[desk.ConversationID]desk.MessageID, error) {
	marks := map[desk.ConversationID]desk.MessageID{}
	type mark struct {
		conversation desk.ConversationID
		message      desk.MessageID
	}
	q, args := tx.marksQuery(conversations)
	all, err := collect(tx, func(scan func(...any) error) (m mark, err error) {
		err = scan(&m.conversation, &m.message)
		return m, err
	}, q, args...)
	for _, m := range all {
		marks[m.conversation] = m.message
	}
	return marks, err
}

func (tx *Tx) marksQuery(conversations []desk.ConversationID) (string, []any) {
	list, args := in(conversations)
	return `SELECT conversation_id, message_id FROM read_mark WHERE workspace_id = ? AND conversation_id IN ` + list + ` AND user_id = ?`,
		append(append([]any{tx.scope.Workspace}, args...), tx.scope.User)
}

// ForeseePage announces what showing conversations asks for beside them: who their
// customers are, how far the reader has read, and the channels.
func (tx *Tx) ForeseePage(contacts []desk.ContactID, conversations []desk.ConversationID) {
	q, args := tx.contactsQuery(contacts)
	tx.q.ahead(q, args...)
	q, args = tx.marksQuery(conversations)
	tx.q.ahead(q, args...)
	tx.q.ahead(channelsQuery, tx.scope.Workspace)
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
