package store

import "parley/desk"

// earlierSQL says of a conversation that there is an earlier one with its customer,
// which is not part of another one. The column is_returning keeps it (F2-08).
const earlierSQL = "EXISTS (SELECT 1 FROM conversation e WHERE e.workspace_id = conversation.workspace_id AND e.contact_id = conversation.contact_id AND e.id < conversation.id AND e.merged_into_id IS NULL)"

// Misjudged returns those of conversations that are in the wrong part of lists by kind
// of customer.
func (tx *Tx) Misjudged(all []desk.Conversation) ([]desk.ConversationID, error) {
	ids := make([]desk.ConversationID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	list, args := in(ids)
	return collect(tx, func(scan func(...any) error) (id desk.ConversationID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM conversation WHERE id IN `+list+` AND is_returning <> `+earlierSQL, args...)
}

// lockCustomer makes conversations with a customer begin one after the other, so that
// each knows of the one before. Who wrote is locked already.
func (tx *WriteTx) lockCustomer(c *desk.Conversation) error {
	if tx.lock == "" || c.OpenedSource == desk.SourceContact {
		return nil
	}
	return tx.LockContacts(c.Contact, c.Contact)
}

// comesBefore says to later conversations with the customer that there is a new one
// before them: ids of two moments that are close may be given the other way round.
func (tx *WriteTx) comesBefore(c *desk.Conversation) error {
	return tx.exec(`UPDATE conversation SET is_returning = TRUE WHERE workspace_id = ? AND contact_id = ? AND id > ? AND NOT is_returning`,
		c.Workspace, c.Contact, c.ID)
}

// saveReturning says to the conversations of customers what a merge, or one that is
// taken back, makes of them.
func (tx *WriteTx) saveReturning(old, c *desk.Conversation) error {
	if old.Contact == c.Contact && (old.MergedInto == 0) == (c.MergedInto == 0) {
		return nil
	}
	return tx.exec(`UPDATE conversation SET is_returning = NOT is_returning WHERE workspace_id = ? AND contact_id IN (?, ?) AND id >= ? AND is_returning <> `+earlierSQL,
		c.Workspace, old.Contact, c.Contact, c.ID)
}
