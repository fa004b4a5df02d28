package store

import (
	"strings"
	"time"

	"parley/desk"
)

const attachmentColumns = `id, name, content_type, content_id, size, inline, width, height, hash`

func scanAttachment(scan func(...any) error) (a desk.Attachment, err error) {
	err = scan(&a.ID, &a.Name, &a.ContentType, &a.ContentID, &a.Size, &a.Inline, &a.Width, &a.Height, &a.Hash)
	return a, err
}

// InsertAttachment records an upload. Uploader says who may send it: only they.
func (tx *WriteTx) InsertAttachment(a desk.Attachment, uploader string, now time.Time) error {
	return tx.exec(`INSERT INTO attachment (workspace_id, `+attachmentColumns+`, uploader, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.scope.Workspace, a.ID, a.Name, a.ContentType, a.ContentID, a.Size, a.Inline, a.Width, a.Height, a.Hash, uploader, micros(now))
}

// FreeAttachments returns uploads of one uploader that belong to no message yet,
// in the order asked for, or an error of kind NotFound for one that is not there.
func (tx *Tx) FreeAttachments(ids []desk.AttachmentID, uploader string) ([]desk.Attachment, error) {
	var all []desk.Attachment
	for _, id := range ids {
		a, err := one(tx, "upload", scanAttachment, `SELECT `+attachmentColumns+` FROM attachment
			WHERE workspace_id = ? AND id = ? AND uploader = ? AND message_id IS NULL AND scheduled_id IS NULL`, tx.scope.Workspace, id, uploader)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// Attachment returns a file of a message, or of one that is scheduled; an upload of
// neither is shown to its uploader only.
func (tx *Tx) Attachment(id desk.AttachmentID, uploader string) (a desk.Attachment, err error) {
	seen, args := tx.readable("c")
	return one(tx, "file", scanAttachment, `SELECT `+attachmentColumns+` FROM attachment a WHERE a.workspace_id = ? AND a.id = ? AND
		(a.message_id IS NULL AND a.scheduled_id IS NULL AND a.uploader = ? OR EXISTS (SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id
			WHERE m.id = a.message_id`+seen+`) OR EXISTS (SELECT 1 FROM scheduled s JOIN conversation c ON c.id = s.conversation_id
			WHERE s.id = a.scheduled_id`+seen+`))`, append(append([]any{tx.scope.Workspace, id, uploader}, args...), args...)...)
}

// SentFile returns a file of a message that somebody outside got and that still stands,
// or an error of kind NotFound.
func (tx *Tx) SentFile(id desk.AttachmentID) (desk.Attachment, error) {
	return one(tx, "file", scanAttachment, `SELECT `+attachmentColumns+` FROM attachment a WHERE a.workspace_id = ? AND a.id = ? AND EXISTS (SELECT 1 FROM message m
		WHERE m.workspace_id = a.workspace_id AND m.id = a.message_id AND m.side = 'team' AND m.kind <> 'note' AND m.delivery NOT IN ('recalled', 'withheld') AND m.deleted_at IS NULL)`, tx.scope.Workspace, id)
}

// ConversationFiles returns files of messages of a conversation, notes aside, in the
// order asked for, or an error of kind NotFound for one that is not there.
func (tx *Tx) ConversationFiles(conversation desk.ConversationID, ids []desk.AttachmentID) ([]desk.Attachment, error) {
	var all []desk.Attachment
	for _, id := range ids {
		a, err := one(tx, "file", scanAttachment, `SELECT `+attachmentColumns+` FROM attachment WHERE workspace_id = ? AND id = ? AND message_id IN
			(SELECT id FROM message WHERE workspace_id = ? AND conversation_id = ? AND kind <> 'note' AND deleted_at IS NULL)`, tx.scope.Workspace, id, tx.scope.Workspace, conversation)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// ContactAttachment returns a file of a public message in a contact's conversations, or
// an upload of theirs. What can still be taken back is not theirs yet.
func (tx *Tx) ContactAttachment(id desk.AttachmentID, contact desk.ContactID, uploader string, now time.Time) (desk.Attachment, error) {
	return one(tx, "file", scanAttachment, `SELECT `+attachmentColumns+` FROM attachment a WHERE a.workspace_id = ? AND a.id = ? AND
		(a.message_id IS NULL AND a.uploader = ? OR EXISTS (SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id
			WHERE m.id = a.message_id AND c.contact_id = ? AND m.kind = 'message' AND m.deleted_at IS NULL
				AND m.delivery <> 'withheld' AND (m.leaves_at IS NULL OR m.leaves_at <= ?)))`, tx.scope.Workspace, id, uploader, contact, micros(now))
}

// fillFiles adds their files to messages.
func (tx *Tx) fillFiles(messages []desk.Message) error {
	if len(messages) == 0 {
		return nil
	}
	ids := make([]desk.MessageID, len(messages))
	place := map[desk.MessageID]int{}
	for i, m := range messages {
		ids[i], place[m.ID] = m.ID, i
	}
	list, args := in(ids)
	type owned struct {
		desk.Attachment
		message desk.MessageID
	}
	files, err := collect(tx, func(scan func(...any) error) (o owned, err error) {
		o.Attachment, err = scanAttachment(func(dest ...any) error { return scan(append(dest, &o.message)...) })
		return o, err
	}, `SELECT `+attachmentColumns+`, message_id FROM attachment WHERE workspace_id = ? AND message_id IN `+list+` ORDER BY id`,
		append([]any{tx.scope.Workspace}, args...)...)
	for _, f := range files {
		m := &messages[place[f.message]]
		m.Files = append(m.Files, f.Attachment)
	}
	for _, m := range messages {
		if m.Markdown {
			desk.InOrder(m.Text, m.Files)
		}
	}
	return err
}

// aliased returns columns under a table's alias.
func aliased(alias, columns string) string {
	parts := strings.Split(columns, ",")
	for i, c := range parts {
		parts[i] = alias + "." + strings.TrimSpace(c)
	}
	return strings.Join(parts, ", ")
}
