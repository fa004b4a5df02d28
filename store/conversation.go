package store

import (
	"fmt"
	"slices"
	"strings"

	"parley/desk"
)

// conversationColumns is in the order of conversationFields.
const conversationColumns = `workspace_id, id, inbox_id, contact_id, version, subject, preview, status, waiting_on, waiting_since, follow_ups,
	assignee_id, team_id, assigned_at, assignee_replied_at, ai_state, ai_epoch, snoozed_until, snooze_until_reply, archived_at,
	priority, priority_reason, response_due_target, response_due_deadline, target_notified_at, overdue_at, escalated_at,
	first_reply_at, first_response_at, first_response_by, pending_reason, pending_note_id, resolved_at, closed_at, closed_source,
	closed_by, closing_summary, merged_into_id, opened_at, opened_source, opened_by, opened_channel_id, previous_id,
	grouping, open_scope, is_primary, tags, last_message_at, last_activity_at, last_channel_id, last_from_customer,
	messages, with_files, delivery_problems, inactive_since, closing_category_id, ai_since, needs_human, followers,
	metric, escalated_for, pauses, update_due, resolution_since, resolution_due_target, resolution_due_deadline, resolution_notified_at, resolution_overdue_at,
	quiet_since, follow_up_due, split_from_id, scheduled, survey_due, survey_user_id, survey_at, survey_id, rating, rated_at, tickets, sender_proof`

// conversationFields returns where each column is scanned to.
func conversationFields(c *desk.Conversation) []any {
	return []any{
		&c.Workspace, &c.ID, &c.Inbox, &c.Contact, &c.Version, &c.Subject, &c.Preview, &c.Status, &c.WaitingOn, when{&c.WaitingSince}, &c.FollowUps,
		&c.Assignee, &c.Team, when{&c.AssignedAt}, when{&c.AssigneeRepliedAt}, &c.AIState, &c.AIEpoch, when{&c.SnoozedUntil}, &c.SnoozeUntilReply, when{&c.ArchivedAt},
		&c.Priority, &c.PriorityReason, when{&c.ResponseDueTarget}, when{&c.ResponseDueDeadline}, when{&c.TargetNotifiedAt}, when{&c.OverdueAt}, when{&c.EscalatedAt},
		when{&c.FirstReplyAt}, when{&c.FirstResponseAt}, &c.FirstResponseBy, &c.PendingReason, &c.PendingNote, when{&c.ResolvedAt}, when{&c.ClosedAt}, &c.ClosedSource,
		&c.ClosedBy, &c.ClosingSummary, &c.MergedInto, when{&c.OpenedAt}, &c.OpenedSource, &c.OpenedBy, &c.OpenedChannel, &c.Previous,
		&c.Grouping, &c.OpenScope, &c.Primary, asJSON(&c.Tags), when{&c.LastMessageAt}, when{&c.LastActivityAt}, &c.LastChannel, &c.LastFromCustomer,
		&c.Messages, &c.WithFiles, &c.DeliveryProblems, when{&c.InactiveSince}, &c.ClosingCategory, when{&c.AISince}, &c.NeedsHuman, asJSON(&c.Followers),
		&c.Metric, asJSON(&c.EscalatedFor), asJSON(&c.Pauses), when{&c.UpdateDue}, when{&c.ResolutionSince}, when{&c.ResolutionDueTarget}, when{&c.ResolutionDueDeadline}, when{&c.ResolutionNotifiedAt}, when{&c.ResolutionOverdueAt},
		when{&c.QuietSince}, when{&c.FollowUpDue}, &c.SplitFrom, &c.Scheduled, when{&c.SurveyDue}, &c.SurveyUser, when{&c.SurveyAt}, &c.SurveyID, &c.Rating, when{&c.RatedAt}, asJSON(&c.Tickets), &c.SenderProof,
	}
}

// conversationValues returns what is stored for each column.
func conversationValues(c *desk.Conversation) []any {
	return []any{
		c.Workspace, c.ID, c.Inbox, c.Contact, c.Version, c.Subject, c.Preview, c.Status, c.WaitingOn, micros(c.WaitingSince), c.FollowUps,
		c.Assignee, c.Team, micros(c.AssignedAt), micros(c.AssigneeRepliedAt), c.AIState, c.AIEpoch, micros(c.SnoozedUntil), c.SnoozeUntilReply, micros(c.ArchivedAt),
		c.Priority, c.PriorityReason, micros(c.ResponseDueTarget), micros(c.ResponseDueDeadline), micros(c.TargetNotifiedAt), micros(c.OverdueAt), micros(c.EscalatedAt),
		micros(c.FirstReplyAt), micros(c.FirstResponseAt), c.FirstResponseBy, c.PendingReason, c.PendingNote, micros(c.ResolvedAt), micros(c.ClosedAt), c.ClosedSource,
		c.ClosedBy, c.ClosingSummary, c.MergedInto, micros(c.OpenedAt), c.OpenedSource, c.OpenedBy, c.OpenedChannel, c.Previous,
		c.Grouping, c.OpenScope, c.Primary, asJSON(&c.Tags), micros(c.LastMessageAt), micros(c.LastActivityAt), c.LastChannel, c.LastFromCustomer,
		c.Messages, c.WithFiles, c.DeliveryProblems, micros(c.InactiveSince), c.ClosingCategory, micros(c.AISince), c.NeedsHuman, asJSON(&c.Followers),
		c.Metric, listText(c.EscalatedFor), listText(c.Pauses), micros(c.UpdateDue), micros(c.ResolutionSince), micros(c.ResolutionDueTarget), micros(c.ResolutionDueDeadline), micros(c.ResolutionNotifiedAt), micros(c.ResolutionOverdueAt),
		micros(c.QuietSince), micros(c.FollowUpDue), c.SplitFrom, c.Scheduled, micros(c.SurveyDue), c.SurveyUser, micros(c.SurveyAt), c.SurveyID, c.Rating, micros(c.RatedAt), listText(c.Tickets), c.SenderProof,
	}
}

func scanConversation(scan func(...any) error) (c desk.Conversation, err error) {
	err = scan(conversationFields(&c)...)
	return c, err
}

// Conversation returns one conversation, locked until commit if tx writes. One
// that the scope may not see is not found.
func (tx *Tx) Conversation(id desk.ConversationID) (desk.Conversation, error) {
	return tx.conversation(id, tx.lock)
}

// PeekConversation returns one conversation without locking it.
func (tx *Tx) PeekConversation(id desk.ConversationID) (desk.Conversation, error) {
	return tx.conversation(id, "")
}

func (tx *Tx) conversation(id desk.ConversationID, lock string) (desk.Conversation, error) {
	seen, args := tx.readable("conversation")
	return one(tx, "conversation", scanConversation, `SELECT `+conversationColumns+`
		FROM conversation WHERE workspace_id = ? AND id = ?`+seen+lock, append([]any{tx.scope.Workspace, id}, args...)...)
}

// Conversations returns several, in no order; those the scope may not see are left out.
func (tx *Tx) Conversations(ids []desk.ConversationID) ([]desk.Conversation, error) {
	list, args := in(ids)
	seen, more := tx.seen("conversation")
	args = append([]any{tx.scope.Workspace}, append(args, more...)...)
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE workspace_id = ? AND id IN `+list+seen, args...)
}

// ContactConversations returns the newest conversations of a contact, without those
// that are part of another one.
func (tx *Tx) ContactConversations(contact desk.ContactID, limit int) ([]desk.Conversation, error) {
	seen, args := tx.seen("conversation")
	args = append([]any{tx.scope.Workspace, contact}, args...)
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation
		WHERE workspace_id = ? AND contact_id = ? AND merged_into_id IS NULL`+seen+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// conversationInsert also stores the place in the line and whether the customer was
// here before, which are not read: lists are ordered by them.
var conversationInsert = func() string {
	n := strings.Count(conversationColumns, ",") + 1
	return `INSERT INTO conversation (` + conversationColumns + `, queue_key, is_returning) VALUES (` + strings.Repeat("?, ", n) + `?,
		EXISTS (SELECT 1 FROM conversation e WHERE e.workspace_id = ? AND e.contact_id = ? AND e.id < ? AND e.merged_into_id IS NULL))`
}()

var conversationNames = strings.FieldsFunc(conversationColumns, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' })

// owns refuses a conversation of another workspace.
func (tx *Tx) owns(c *desk.Conversation) error {
	if c.Workspace != tx.scope.Workspace {
		return fmt.Errorf("a transaction of workspace %d got a conversation of %d", int64(tx.scope.Workspace), int64(c.Workspace))
	}
	return nil
}

// InsertConversation adds a new conversation.
func (tx *WriteTx) InsertConversation(c *desk.Conversation) error {
	if err := tx.owns(c); err != nil {
		return err
	}
	if err := tx.lockCustomer(c); err != nil {
		return err
	}
	if err := tx.exec(conversationInsert, append(conversationValues(c), c.QueueKey(), c.Workspace, c.Contact, c.ID)...); err != nil {
		return err
	}
	if err := tx.comesBefore(c); err != nil {
		return err
	}
	if err := tx.saveFollowers(nil, c); err != nil {
		return err
	}
	return tx.saveTags(nil, c)
}

// conversationUpdate sets the columns that differ: an index whose columns are
// not named is not written. Commands are few, so the texts are.
func conversationUpdate(old, c *desk.Conversation) (string, []any) {
	was, is := conversationValues(old), conversationValues(c)
	var set []string
	var args []any
	for i, name := range conversationNames {
		same := was[i] == is[i]
		switch name {
		case "tags":
			same = slices.Equal(old.Tags, c.Tags)
		case "followers":
			same = slices.Equal(old.Followers, c.Followers)
		}
		if !same {
			set, args = append(set, name+" = ?"), append(args, is[i])
		}
	}
	if key := c.QueueKey(); key != old.QueueKey() {
		set, args = append(set, "queue_key = ?"), append(args, key)
	}
	return `UPDATE conversation SET ` + strings.Join(set, ", ") + ` WHERE workspace_id = ? AND id = ? AND version = ?`,
		append(args, c.Workspace, c.ID, old.Version)
}

// UpdateConversation stores c, which was loaded as old. A row that is no longer
// at old's version is a conflict: nothing is written over.
func (tx *WriteTx) UpdateConversation(old, c *desk.Conversation) error {
	if err := tx.owns(c); err != nil {
		return err
	}
	q, args := conversationUpdate(old, c)
	lost := desk.Errorf(desk.Conflict, "Somebody changed this conversation at the same moment. Try again.")
	if err := tx.q.expect(tx.ctx, lost, q, args...); err != nil {
		return err
	}
	if err := tx.saveReturning(old, c); err != nil {
		return err
	}
	if err := tx.saveFollowers(old.Followers, c); err != nil {
		return err
	}
	return tx.saveTags(old, c)
}

// saveFollowers keeps one row per follower, for who sees only what concerns them.
func (tx *WriteTx) saveFollowers(old []desk.UserID, c *desk.Conversation) error {
	for _, user := range old {
		if slices.Contains(c.Followers, user) {
			continue
		}
		if err := tx.exec(`DELETE FROM conversation_follower WHERE workspace_id = ? AND conversation_id = ? AND user_id = ?`, c.Workspace, c.ID, user); err != nil {
			return err
		}
	}
	for _, user := range c.Followers {
		if slices.Contains(old, user) {
			continue
		}
		err := tx.exec(`INSERT INTO conversation_follower (workspace_id, conversation_id, user_id) VALUES (?, ?, ?)
			ON CONFLICT (workspace_id, conversation_id, user_id) DO NOTHING`, c.Workspace, c.ID, user)
		if err != nil {
			return err
		}
	}
	return nil
}

// saveTags keeps one row per tag, with what lists of a tag are sorted by.
func (tx *WriteTx) saveTags(old, c *desk.Conversation) error {
	if old != nil {
		if len(old.Tags) == 0 && len(c.Tags) == 0 {
			return nil
		}
		for _, tag := range old.Tags {
			if slices.Contains(c.Tags, tag) {
				continue
			}
			if err := tx.exec(`DELETE FROM conversation_tag WHERE workspace_id = ? AND conversation_id = ? AND tag_id = ?`, c.Workspace, c.ID, tag); err != nil {
				return err
			}
		}
	}
	for _, tag := range c.Tags {
		err := tx.exec(`INSERT INTO conversation_tag (workspace_id, tag_id, conversation_id, active, last_activity_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, conversation_id, tag_id) DO UPDATE SET active = excluded.active, last_activity_at = excluded.last_activity_at`,
			c.Workspace, tag, c.ID, c.Active(), micros(c.LastActivityAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// activeSQL is written exactly as in the partial indexes, else they are not used.
const activeSQL = `status IN ('open', 'pending')`

// OpenPrimary returns the open primary conversation of a contact in a scope, or 0 (INV-1).
func (tx *Tx) OpenPrimary(scope int64, contact desk.ContactID) (desk.ConversationID, error) {
	ids, err := collect(tx, func(scan func(...any) error) (id desk.ConversationID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM conversation WHERE workspace_id = ? AND open_scope = ? AND contact_id = ?
			AND grouping = 'per_contact' AND is_primary AND `+activeSQL+` AND archived_at IS NULL`, tx.scope.Workspace, scope, contact)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// Candidates returns what routing by contact chooses from (specification 1.3, step 5).
func (tx *Tx) Candidates(scope int64, contact desk.ContactID) (c desk.Candidates, err error) {
	all, err := collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation
		WHERE workspace_id = ? AND contact_id = ? AND open_scope = ? AND grouping = 'per_contact' AND is_primary
			AND archived_at IS NULL
		ORDER BY id DESC LIMIT 20`+tx.lock, tx.scope.Workspace, contact, scope)
	if err != nil {
		return c, err
	}
	for i := range all {
		conv := &all[i]
		if conv.MergedInto != 0 { // what it is part of now gets what the customer writes (F2-51)
			if *conv, err = tx.Survivor(*conv); err != nil {
				return c, err
			}
			if conv.Archived() {
				continue
			}
		}
		switch {
		case conv.Active() && c.Active == nil:
			c.Active = conv
		case conv.Status == desk.StatusResolved && c.Resolved == nil:
			c.Resolved = conv
		case conv.Status == desk.StatusClosed && c.Closed == nil && conv.ClosedSource != desk.SourceAutomatic:
			c.Closed = conv
		}
	}
	return c, nil
}

// Thread returns the conversation that one of these thread keys belongs to, the
// first key first, or an error of kind NotFound.
func (tx *Tx) Thread(inbox desk.InboxID, keys []string) (desk.Conversation, error) {
	for _, key := range keys {
		q, args := tx.threadQuery(inbox, key)
		c, err := one(tx, "conversation", scanConversation, q, args...)
		if err == nil {
			return tx.Survivor(c) // it may have been merged while this waited for its lock
		}
		if desk.KindOf(err) != desk.NotFound {
			return c, err
		}
	}
	return desk.Conversation{}, desk.Errorf(desk.NotFound, "There is no such thread here.")
}

func (tx *Tx) threadQuery(inbox desk.InboxID, key string) (string, []any) {
	seen, args := tx.seen("conversation")
	return `SELECT ` + conversationColumns + ` FROM conversation WHERE workspace_id = ? AND id =
		(SELECT conversation_id FROM thread_alias WHERE workspace_id = ? AND inbox_id = ? AND thread_key = ?)` + seen + tx.lock,
		append([]any{tx.scope.Workspace, tx.scope.Workspace, inbox, key}, args...)
}

// ThreadMessage returns the message that a thread key belongs to, or an error of
// kind NotFound.
func (tx *Tx) ThreadMessage(inbox desk.InboxID, key string) (desk.MessageID, error) {
	ids, err := collect(tx, func(scan func(...any) error) (id desk.MessageID, err error) { err = scan(&id); return id, err },
		`SELECT message_id FROM thread_alias WHERE workspace_id = ? AND inbox_id = ? AND thread_key = ?`, tx.scope.Workspace, inbox, key)
	if err == nil && len(ids) == 0 {
		err = desk.Errorf(desk.NotFound, "There is no such message here.")
	}
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// SaveThread makes answers with these keys join a conversation (INV-2).
func (tx *WriteTx) SaveThread(inbox desk.InboxID, conversation desk.ConversationID, message desk.MessageID, keys []string) error {
	for _, key := range keys {
		err := tx.exec(`INSERT INTO thread_alias (workspace_id, inbox_id, thread_key, conversation_id, message_id) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, inbox_id, thread_key) DO NOTHING`, tx.scope.Workspace, inbox, key, conversation, message)
		if err != nil {
			return err
		}
	}
	return nil
}

// ThreadKeys returns the newest keys of a conversation, oldest first, for the
// headers of an answer: those of what was said with the customer, or aside. Neither
// tells of the other.
func (tx *Tx) ThreadKeys(conversation desk.ConversationID, kind desk.MessageKind, limit int) ([]string, error) {
	where := ` FROM thread_alias a WHERE a.workspace_id = ? AND a.conversation_id = ? AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = a.message_id AND m.kind = 'aside')`
	if kind == desk.KindAside {
		where = ` FROM thread_alias a JOIN message m ON m.id = a.message_id AND m.kind = 'aside' WHERE a.workspace_id = ? AND a.conversation_id = ?`
	}
	keys, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err },
		`SELECT a.thread_key`+where+` ORDER BY a.message_id DESC LIMIT ?`, tx.scope.Workspace, conversation, limit)
	if err != nil || len(keys) < limit {
		slices.Reverse(keys)
		return keys, err
	}
	root, err := one(tx, "thread", scanText, `SELECT a.thread_key`+where+` ORDER BY a.message_id LIMIT 1`, tx.scope.Workspace, conversation)
	keys[limit-1] = root
	slices.Reverse(keys)
	return keys, err
}

// AnsweredKey returns the thread key of the last mail that the customer's side wrote
// to us in a conversation: what an answer answers. "" when there is none.
func (tx *Tx) AnsweredKey(conversation desk.ConversationID) (string, error) {
	key, err := one(tx, "thread", scanText, `SELECT a.thread_key FROM thread_alias a JOIN message m ON m.workspace_id = a.workspace_id AND m.id = a.message_id
		WHERE a.workspace_id = ? AND a.conversation_id = ? AND m.side = 'customer' AND m.kind = 'message' AND m.auto = '' ORDER BY a.message_id DESC LIMIT 1`, tx.scope.Workspace, conversation)
	if desk.KindOf(err) == desk.NotFound {
		return "", nil
	}
	return key, err
}

// MessageKey returns the thread key of one message, or "" when it has none.
func (tx *Tx) MessageKey(conversation desk.ConversationID, id desk.MessageID) (string, error) {
	key, err := one(tx, "thread", scanText, `SELECT thread_key FROM thread_alias WHERE workspace_id = ? AND conversation_id = ? AND message_id = ? ORDER BY thread_key LIMIT 1`,
		tx.scope.Workspace, conversation, id)
	if desk.KindOf(err) == desk.NotFound {
		return "", nil
	}
	return key, err
}

// Asides returns the newest mails of a conversation to and from others than the
// customer, oldest first.
func (tx *Tx) Asides(conversation desk.ConversationID, limit int) ([]desk.Message, error) {
	return collect(tx, scanMessage, `SELECT `+messageColumns+` FROM (SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND kind = 'aside' AND deleted_at IS NULL ORDER BY id DESC LIMIT ?) part ORDER BY id`, tx.scope.Workspace, conversation, limit)
}
