package store

import "parley/desk"

// Transcript returns what was said in a conversation after a message, oldest first,
// with notes only if they are wanted, and then also what can still be taken back. What
// was taken back, and what an AI agent never sent, was not said.
func (tx *Tx) Transcript(conversation desk.ConversationID, notes bool, after desk.MessageID, limit int) ([]desk.Message, error) {
	kinds := `kind = 'message' AND leaves_at IS NULL`
	if notes {
		kinds = `kind IN ('message', 'aside', 'note')`
	}
	all, err := collect(tx, scanMessage, `SELECT `+messageColumns+` FROM message WHERE workspace_id = ? AND conversation_id = ? AND id > ?
		AND `+kinds+` AND delivery <> 'withheld' AND deleted_at IS NULL ORDER BY id LIMIT ?`, tx.scope.Workspace, conversation, int64(after), limit)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// WrittenSince returns how many messages and notes others than one user have written
// in a conversation after a message, at most CountCap. What an AI agent never sent,
// and what was taken back, does not count.
func (tx *Tx) WrittenSince(conversation desk.ConversationID, after desk.MessageID, user desk.UserID) (int64, error) {
	return scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM message WHERE workspace_id = ? AND conversation_id = ? AND id > ?
		AND delivery <> 'withheld' AND deleted_at IS NULL AND NOT (author_kind = 'user' AND user_id = ?) LIMIT ?) news`,
		tx.scope.Workspace, conversation, int64(after), int64(user), CountCap).Scan)
}
