package store

import (
	"time"

	"parley/desk"
	"parley/filter"
)

// rowColumns is what filters ask of the conversation c and its customer p, in the
// order of scanRow.
const rowColumns = `c.id, c.inbox_id, c.contact_id, c.assignee_id, c.team_id, c.last_channel_id, c.opened_channel_id, c.closing_category_id, c.last_from_customer,
	c.status, c.waiting_on, c.priority, c.ai_state, c.needs_human, c.sender_proof, c.opened_source, c.closed_source,
	coalesce(c.snoozed_until, 0), coalesce(c.waiting_since, 0), coalesce(c.response_due_deadline, 0), c.opened_at, coalesce(c.resolved_at, 0), coalesce(c.closed_at, 0), c.last_activity_at,
	c.snooze_until_reply, c.archived_at IS NOT NULL, c.merged_into_id IS NOT NULL, c.first_reply_at IS NOT NULL, c.assignee_replied_at IS NOT NULL, c.target_notified_at IS NOT NULL, c.overdue_at IS NOT NULL, c.escalated_at IS NOT NULL,
	c.messages, c.with_files, c.delivery_problems, c.follow_ups, c.rating, c.tags, c.followers, lower(p.language), p.folded, c.is_returning`

func scanRow(scan func(...any) error) (r filter.Row, err error) {
	err = scan(&r.ID, &r.Inbox, &r.Contact, &r.Assignee, &r.Team, &r.LastChannel, &r.OpenedChannel, &r.Category, &r.LastFromCustomer,
		&r.Status, &r.WaitingOn, &r.Priority, &r.AIState, &r.NeedsHuman, &r.SenderProof, &r.OpenedSource, &r.ClosedSource,
		&r.SnoozedUntil, &r.WaitingSince, &r.DueDeadline, &r.Opened, &r.Resolved, &r.Closed, &r.Activity,
		&r.SnoozeUntilReply, &r.Archived, &r.Merged, &r.Replied, &r.AssigneeReplied, &r.TargetPassed, &r.IsOverdue, &r.IsEscalated,
		&r.Messages, &r.WithFiles, &r.Problems, &r.FollowUps, &r.Rating, asJSON(&r.Tags), asJSON(&r.Followers), &r.Language, &r.Folded, &r.Returning)
	return r, err
}

// filterRows returns conversations of the workspace with what filters ask of them,
// whatever inboxes the scope sees.
func (tx *Tx) filterRows(where string, args ...any) ([]filter.Row, error) {
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
func (tx *Tx) ActiveRows() ([]filter.Row, error) { return tx.filterRows("c." + activeSQL) }

// FilterRows returns some conversations, in any status.
func (tx *Tx) FilterRows(ids []desk.ConversationID) ([]filter.Row, error) {
	list, args := in(ids)
	return tx.filterRows("c.id IN "+list, args...)
}

// ContactRows returns the active conversations of a contact.
func (tx *Tx) ContactRows(contact desk.ContactID) ([]filter.Row, error) {
	return tx.filterRows("c.contact_id = ? AND c."+activeSQL, contact)
}

// RowOf returns what filters ask of a conversation as it is or was, with what
// another row says of its customer.
func RowOf(c *desk.Conversation, of filter.Row) filter.Row {
	return filter.Row{
		ID: c.ID, Inbox: c.Inbox, Contact: c.Contact, Assignee: c.Assignee, Team: c.Team, LastChannel: c.LastChannel, OpenedChannel: c.OpenedChannel,
		Category: c.ClosingCategory, LastFromCustomer: c.LastFromCustomer,
		Status: c.Status, WaitingOn: c.WaitingOn, Priority: c.Priority, AIState: c.AIState, NeedsHuman: c.NeedsHuman, SenderProof: c.SenderProof, OpenedSource: c.OpenedSource, ClosedSource: c.ClosedSource,
		SnoozedUntil: number(c.SnoozedUntil), WaitingSince: number(c.WaitingSince), DueDeadline: number(c.ResponseDueDeadline), Opened: number(c.OpenedAt),
		Resolved: number(c.ResolvedAt), Closed: number(c.ClosedAt), Activity: number(c.LastActivityAt),
		SnoozeUntilReply: c.SnoozeUntilReply, Archived: c.Archived(), Merged: c.MergedInto != 0, Replied: !c.FirstReplyAt.IsZero(), AssigneeReplied: !c.AssigneeRepliedAt.IsZero(),
		TargetPassed: !c.TargetNotifiedAt.IsZero(), IsOverdue: !c.OverdueAt.IsZero(), IsEscalated: !c.EscalatedAt.IsZero(),
		Messages: c.Messages, WithFiles: c.WithFiles, Problems: c.DeliveryProblems, FollowUps: c.FollowUps, Rating: c.Rating, Tags: c.Tags, Followers: c.Followers,
		ContactTags: of.ContactTags, Language: of.Language, Folded: of.Folded, Returning: of.Returning,
	}
}

// number is a time as a row has it: 0 for the zero time.
func number(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// EndedByInbox counts the conversations of a filter that have ended, by inbox,
// whatever inboxes the scope sees.
func (tx *Tx) EndedByInbox(c filter.Cond) (map[desk.InboxID]int, error) {
	n := map[desk.InboxID]int{}
	for _, s := range statusStreams(c.States() &^ filter.StatesActive) {
		sql, args, err := tx.condition(c, false)
		if err != nil {
			return nil, err
		}
		found, err := tx.pairs(`SELECT c.inbox_id, count(*) FROM conversation c WHERE c.workspace_id = ? AND `+s.where+` AND `+sql+` GROUP BY c.inbox_id`,
			append([]any{tx.scope.Workspace}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			n[desk.InboxID(p[0])] += int(p[1])
		}
	}
	return n, nil
}
