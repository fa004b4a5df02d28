package store

import (
	"parley/desk"
	"parley/filter"
)

// rowColumns is what filters ask of the conversation c and its customer p, in the
// order of scanRow.
const rowColumns = `c.id, c.inbox_id, c.contact_id, c.assignee_id, c.team_id, c.last_channel_id, c.opened_channel_id, c.closing_category_id, c.last_from_customer,
	c.status, c.waiting_on, c.priority, c.ai_state, c.needs_human, c.opened_source, c.closed_source,
	coalesce(c.snoozed_until, 0), coalesce(c.waiting_since, 0), coalesce(c.response_due_deadline, 0), c.opened_at, coalesce(c.resolved_at, 0), coalesce(c.closed_at, 0), c.last_activity_at,
	c.snooze_until_reply, c.archived_at IS NOT NULL, c.first_reply_at IS NOT NULL, c.assignee_replied_at IS NOT NULL, c.target_notified_at IS NOT NULL, c.overdue_at IS NOT NULL, c.escalated_at IS NOT NULL,
	c.messages, c.with_files, c.delivery_problems, c.follow_ups, c.tags, c.followers, lower(p.language), p.folded, ` + earlierSQL

func scanRow(scan func(...any) error) (r filter.Row, err error) {
	err = scan(&r.ID, &r.Inbox, &r.Contact, &r.Assignee, &r.Team, &r.LastChannel, &r.OpenedChannel, &r.Category, &r.LastFromCustomer,
		&r.Status, &r.WaitingOn, &r.Priority, &r.AIState, &r.NeedsHuman, &r.OpenedSource, &r.ClosedSource,
		&r.SnoozedUntil, &r.WaitingSince, &r.DueDeadline, &r.Opened, &r.Resolved, &r.Closed, &r.Activity,
		&r.SnoozeUntilReply, &r.Archived, &r.Replied, &r.AssigneeReplied, &r.TargetPassed, &r.IsOverdue, &r.IsEscalated,
		&r.Messages, &r.WithFiles, &r.Problems, &r.FollowUps, asJSON(&r.Tags), asJSON(&r.Followers), &r.Language, &r.Folded, &r.Returning)
	return r, err
}

// rows returns conversations of the workspace with what filters ask of them,
// whatever inboxes the scope sees.
func (tx *Tx) rows(where string, args ...any) ([]filter.Row, error) {
	args = append([]any{tx.scope.Workspace}, args...)
	all, err := collect(tx, scanRow, `SELECT `+rowColumns+` FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE c.workspace_id = ? AND `+where, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	tags, err := tx.pairs(`SELECT g.contact_id, g.tag_id FROM contact_tag g WHERE g.workspace_id = ? AND g.contact_id IN
		(SELECT c.contact_id FROM conversation c WHERE c.workspace_id = ? AND `+where+`)`, append([]any{tx.scope.Workspace}, args...)...)
	of := map[desk.ContactID][]desk.TagID{}
	for _, p := range tags {
		of[desk.ContactID(p[0])] = append(of[desk.ContactID(p[0])], desk.TagID(p[1]))
	}
	for i := range all {
		all[i].ContactTags = of[all[i].Contact]
	}
	return all, err
}

// ActiveRows returns every active conversation.
func (tx *Tx) ActiveRows() ([]filter.Row, error) { return tx.rows("c." + activeSQL) }

// Rows returns some conversations, in any status.
func (tx *Tx) Rows(ids []desk.ConversationID) ([]filter.Row, error) {
	list, args := in(ids)
	return tx.rows("c.id IN "+list, args...)
}

// ContactRows returns the active conversations of a contact.
func (tx *Tx) ContactRows(contact desk.ContactID) ([]filter.Row, error) {
	return tx.rows("c.contact_id = ? AND c."+activeSQL, contact)
}
