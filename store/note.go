package store

import (
	"strings"
	"time"

	"parley/desk"
)

// NoteEdition is one text that a note had, and who wrote it when.
type NoteEdition struct {
	Message  desk.MessageID
	Edition  int
	Text     string
	Mentions []desk.Mention
	User     desk.UserID
	At       time.Time
}

const editionColumns = `message_id, edition, body, mentions, user_id, at`

func scanEdition(scan func(...any) error) (e NoteEdition, err error) {
	err = scan(&e.Message, &e.Edition, &e.Text, asJSON(&e.Mentions), &e.User, when{&e.At})
	return e, err
}

// NoteEditions returns every text of a note that was edited, oldest first; none
// of one that was not.
func (tx *Tx) NoteEditions(note desk.MessageID) ([]NoteEdition, error) {
	return collect(tx, scanEdition, `SELECT `+editionColumns+` FROM note_edition WHERE workspace_id = ? AND message_id = ? ORDER BY edition`, tx.scope.Workspace, note)
}

// SaveEdition makes an edition the text of its note and keeps it; one that is
// kept already is only made the text again. The text before stays to be read.
func (tx *WriteTx) SaveEdition(f desk.NoteEdited) error {
	err := tx.exec(`INSERT INTO note_edition (workspace_id, `+editionColumns+`)
		SELECT workspace_id, id, edition, body, mentions, user_id, coalesce(edited_at, created_at) FROM message WHERE workspace_id = ? AND id = ?
		ON CONFLICT (workspace_id, message_id, edition) DO NOTHING`, tx.scope.Workspace, f.Message)
	if err != nil {
		return err
	}
	if b := f.Body; b != nil {
		err := tx.exec(`INSERT INTO note_edition (workspace_id, `+editionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			tx.scope.Workspace, f.Message, f.Edition, b.Text, asJSON(&b.Mentions), b.User, micros(b.EditedAt))
		if err != nil {
			return err
		}
	}
	e, err := one(tx.Tx, "edition", scanEdition, `SELECT `+editionColumns+` FROM note_edition WHERE workspace_id = ? AND message_id = ? AND edition = ?`,
		tx.scope.Workspace, f.Message, f.Edition)
	if err != nil {
		return err
	}
	edited := e.At
	if e.Edition == 1 {
		edited = time.Time{}
	}
	return tx.exec(`UPDATE message SET body = ?, mentions = ?, edition = ?, edited_at = ?,
			editions = (SELECT max(edition) FROM note_edition n WHERE n.workspace_id = message.workspace_id AND n.message_id = message.id)
		WHERE workspace_id = ? AND id = ?`, e.Text, asJSON(&e.Mentions), e.Edition, micros(edited), tx.scope.Workspace, f.Message)
}

// SetPinned keeps a note on top since a time, or with the zero time lets it go.
func (tx *WriteTx) SetPinned(note desk.MessageID, at time.Time) error {
	return tx.exec(`UPDATE message SET pinned_at = ? WHERE workspace_id = ? AND id = ?`, micros(at), tx.scope.Workspace, note)
}

// AddReader lets somebody read a conversation that they do not see otherwise.
func (tx *WriteTx) AddReader(conversation desk.ConversationID, user desk.UserID) error {
	return tx.exec(`INSERT INTO mention_reader (workspace_id, user_id, conversation_id) SELECT workspace_id, ?, id FROM conversation WHERE workspace_id = ? AND id = ?
		ON CONFLICT (workspace_id, user_id, conversation_id) DO NOTHING`, user, tx.scope.Workspace, conversation)
}

// MentionReaders returns who may read some conversations because they were mentioned
// there, whether or not they see them otherwise.
func (tx *Tx) MentionReaders(ids []desk.ConversationID) (map[desk.ConversationID][]desk.UserID, error) {
	list, args := in(ids)
	type reader struct {
		conversation desk.ConversationID
		user         desk.UserID
	}
	all, err := collect(tx, func(scan func(...any) error) (r reader, err error) {
		err = scan(&r.conversation, &r.user)
		return r, err
	},
		`SELECT conversation_id, user_id FROM mention_reader WHERE workspace_id = ? AND conversation_id IN `+list+` ORDER BY conversation_id, user_id`,
		append([]any{tx.scope.Workspace}, args...)...)
	found := map[desk.ConversationID][]desk.UserID{}
	for _, r := range all {
		found[r.conversation] = append(found[r.conversation], r.user)
	}
	return found, err
}

// Kept returns who has c, with those who only read it.
func (tx *Tx) Kept(c desk.Conversation) (desk.Keeping, error) {
	readers, err := tx.MentionReaders([]desk.ConversationID{c.ID})
	k := c.Keeping()
	k.Readers = readers[c.ID]
	return k, err
}

// readable returns the condition that keeps a query to conversations, called c,
// that the scope may read: those it sees, and those it was called to.
func (tx *Tx) readable(c string) (string, []any) {
	seen, args := tx.seen(c)
	if seen == "" {
		return "", nil
	}
	return ` AND (` + strings.TrimPrefix(seen, " AND ") + ` OR EXISTS (SELECT 1 FROM mention_reader r
		WHERE r.workspace_id = ` + c + `.workspace_id AND r.user_id = ? AND r.conversation_id = ` + c + `.id))`, append(args, tx.scope.User)
}

// Notes returns the notes of a conversation that were not taken back, newest
// first, before one of an earlier page; or only those that are pinned.
func (tx *Tx) Notes(conversation desk.ConversationID, pinned bool, before desk.MessageID, limit int) ([]desk.Message, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	where := ""
	if pinned {
		where = " AND pinned_at IS NOT NULL"
	}
	all, err := collect(tx, scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND kind = 'note' AND deleted_at IS NULL AND id < ?`+where+` ORDER BY id DESC LIMIT ?`,
		tx.scope.Workspace, conversation, int64(before), limit)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// ContactNote is what the team keeps about a customer, whatever the conversation (F3-67).
type ContactNote struct {
	ID        desk.ContactNoteID
	Contact   desk.ContactID
	User      desk.UserID
	Author    string // as they were called then
	Text      string
	CreatedAt time.Time
	EditedAt  time.Time
	RemovedAt time.Time
}

const contactNoteColumns = `id, contact_id, user_id, author_name, body, created_at, edited_at, removed_at`

func scanContactNote(scan func(...any) error) (n ContactNote, err error) {
	err = scan(&n.ID, &n.Contact, &n.User, &n.Author, &n.Text, when{&n.CreatedAt}, when{&n.EditedAt}, when{&n.RemovedAt})
	return n, err
}

// ContactNotes returns those of a contact that are there, newest first.
func (tx *Tx) ContactNotes(contact desk.ContactID) ([]ContactNote, error) {
	return collect(tx, scanContactNote, `SELECT `+contactNoteColumns+` FROM contact_note WHERE workspace_id = ? AND contact_id = ? AND removed_at IS NULL ORDER BY id DESC LIMIT 200`,
		tx.scope.Workspace, contact)
}

// ContactNote returns one of a contact, removed or not.
func (tx *Tx) ContactNote(contact desk.ContactID, id desk.ContactNoteID) (ContactNote, error) {
	return one(tx, "note", scanContactNote, `SELECT `+contactNoteColumns+` FROM contact_note WHERE workspace_id = ? AND contact_id = ? AND id = ?`, tx.scope.Workspace, contact, id)
}

// SaveContactNote adds or changes one.
func (tx *WriteTx) SaveContactNote(n ContactNote) error {
	return tx.exec(`INSERT INTO contact_note (workspace_id, `+contactNoteColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, edited_at = excluded.edited_at, removed_at = excluded.removed_at WHERE contact_note.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, n.ID, n.Contact, n.User, n.Author, n.Text, micros(n.CreatedAt), micros(n.EditedAt), micros(n.RemovedAt))
}
