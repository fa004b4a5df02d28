package store

import (
	"time"

	"parley/desk"
)

// SharedDraft is somebody's draft that others see.
type SharedDraft struct {
	Draft
	Owner desk.UserID
}

// DraftShares returns who else sees the user's draft.
func (tx *Tx) DraftShares(conversation desk.ConversationID, mode string) ([]desk.UserID, error) {
	return tx.DraftReaders(conversation, mode, tx.scope.User)
}

// DraftReaders returns who else sees somebody's draft.
func (tx *Tx) DraftReaders(conversation desk.ConversationID, mode string, owner desk.UserID) ([]desk.UserID, error) {
	return collect(tx, func(scan func(...any) error) (u desk.UserID, err error) { err = scan(&u); return u, err },
		`SELECT user_id FROM draft_share WHERE workspace_id = ? AND conversation_id = ? AND mode = ? AND owner_id = ? ORDER BY user_id`,
		tx.scope.Workspace, conversation, mode, owner)
}

// SharedDrafts returns the drafts of others in a conversation that the user was
// shown, the oldest first.
func (tx *Tx) SharedDrafts(conversation desk.ConversationID) ([]SharedDraft, error) {
	return collect(tx, func(scan func(...any) error) (s SharedDraft, err error) {
		s.Draft, err = scanDraft(func(dest ...any) error { return scan(append(dest, &s.Owner)...) })
		return s, err
	}, `SELECT d.conversation_id, d.mode, d.body, d.attachments, d.revision, d.updated_at, d.header, d.user_id FROM draft_share s
		JOIN draft d ON d.workspace_id = s.workspace_id AND d.user_id = s.owner_id AND d.conversation_id = s.conversation_id AND d.mode = s.mode
		WHERE s.workspace_id = ? AND s.conversation_id = ? AND s.user_id = ? ORDER BY s.shared_at, s.owner_id`, tx.scope.Workspace, conversation, tx.scope.User)
}

// ShareDraft says who else sees somebody's draft: these and nobody else.
func (tx *WriteTx) ShareDraft(conversation desk.ConversationID, mode string, owner desk.UserID, with []desk.UserID, now time.Time) error {
	err := tx.exec(`DELETE FROM draft_share WHERE workspace_id = ? AND conversation_id = ? AND mode = ? AND owner_id = ?`, tx.scope.Workspace, conversation, mode, owner)
	for _, user := range with {
		if err != nil {
			return err
		}
		err = tx.exec(`INSERT INTO draft_share (workspace_id, conversation_id, mode, owner_id, user_id, shared_at) VALUES (?, ?, ?, ?, ?, ?)`,
			tx.scope.Workspace, conversation, mode, owner, user, micros(now))
	}
	return err
}

// DraftFiles returns the uploads in a draft, in the order asked for, without those
// that are there no more.
func (tx *Tx) DraftFiles(ids []desk.AttachmentID, uploader string) ([]desk.Attachment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(ids)
	found, err := collect(tx, scanAttachment, `SELECT `+attachmentColumns+` FROM attachment WHERE workspace_id = ? AND id IN `+list+` AND uploader = ? AND message_id IS NULL`,
		append(append([]any{tx.scope.Workspace}, args...), uploader)...)
	if err != nil {
		return nil, err
	}
	byID := map[desk.AttachmentID]desk.Attachment{}
	for _, f := range found {
		byID[f.ID] = f
	}
	var all []desk.Attachment
	for _, id := range ids {
		if f, ok := byID[id]; ok {
			all = append(all, f)
		}
	}
	return all, nil
}
