package store

import (
	"time"

	"parley/desk"
)

// Standing is what lists and counts ask of a conversation.
type Standing struct {
	ID               desk.ConversationID
	Inbox            desk.InboxID
	Assignee         desk.UserID
	Status           desk.Status
	WaitingOn        desk.WaitingOn
	SnoozedUntil     time.Time
	SnoozeUntilReply bool
	LastFromCustomer desk.MessageID
	Team             desk.TeamID
	Followers        []desk.UserID
	Overdue, AtRisk  bool
}

// Keeping returns who has it.
func (s Standing) Keeping() desk.Keeping {
	return desk.Keeping{Inbox: s.Inbox, Assignee: s.Assignee, Team: s.Team, Followers: s.Followers}
}

// Active reports whether it is open or pending.
func (s Standing) Active() bool {
	return s.Status == desk.StatusOpen || s.Status == desk.StatusPending
}

const standingColumns = `id, inbox_id, assignee_id, status, waiting_on, snoozed_until, snooze_until_reply, last_from_customer, team_id, followers,
	overdue_at IS NOT NULL, overdue_at IS NULL AND (target_notified_at IS NOT NULL OR escalated_at IS NOT NULL)`

func scanStanding(scan func(...any) error) (s Standing, err error) {
	err = scan(&s.ID, &s.Inbox, &s.Assignee, &s.Status, &s.WaitingOn, when{&s.SnoozedUntil}, &s.SnoozeUntilReply, &s.LastFromCustomer, &s.Team, asJSON(&s.Followers), &s.Overdue, &s.AtRisk)
	return s, err
}

// ActiveStandings returns every active conversation of the workspace, whatever
// inboxes the scope sees.
func (tx *Tx) ActiveStandings() ([]Standing, error) {
	return collect(tx, scanStanding, `SELECT `+standingColumns+` FROM conversation WHERE workspace_id = ? AND `+activeSQL, tx.scope.Workspace)
}

// Standings returns some conversations of the workspace, in any status, whatever
// inboxes the scope sees.
func (tx *Tx) Standings(ids []desk.ConversationID) ([]Standing, error) {
	list, args := in(ids)
	return collect(tx, scanStanding, `SELECT `+standingColumns+` FROM conversation WHERE workspace_id = ? AND id IN `+list, append([]any{tx.scope.Workspace}, args...)...)
}

// Mark is how far somebody has read a conversation.
type Mark struct {
	Conversation desk.ConversationID
	User         desk.UserID
	Message      desk.MessageID
}

func scanMark(scan func(...any) error) (m Mark, err error) {
	err = scan(&m.Conversation, &m.User, &m.Message)
	return m, err
}

// ActiveMarks returns how far the scope's user has read the active conversations.
func (tx *Tx) ActiveMarks() ([]Mark, error) {
	return collect(tx, scanMark, `SELECT r.conversation_id, r.user_id, r.message_id FROM read_mark r JOIN conversation c ON c.id = r.conversation_id
		WHERE r.workspace_id = ? AND r.user_id = ? AND c.`+activeSQL, tx.scope.Workspace, tx.scope.User)
}

// EveryMark returns how far everybody has read some conversations.
func (tx *Tx) EveryMark(ids []desk.ConversationID) ([]Mark, error) {
	list, args := in(ids)
	return collect(tx, scanMark, `SELECT conversation_id, user_id, message_id FROM read_mark WHERE workspace_id = ? AND conversation_id IN `+list,
		append([]any{tx.scope.Workspace}, args...)...)
}
