package store

import (
	"strings"
	"time"

	"parley/desk"
)

// View is which conversations a list is about.
type View string

// The views.
const (
	ViewMine       View = "mine"
	ViewUnassigned View = "unassigned"
	ViewAll        View = "all"
	// ViewResponding is of the inboxes that the reader responds for (F0-12); it
	// is a list without counts.
	ViewResponding View = "responding"
)

// Tab is which state of them (specification 9.2, F0-22).
type Tab string

// The tabs.
const (
	TabOpen           Tab = "open"
	TabNeedsAttention Tab = "needs_attention"
	TabResponded      Tab = "responded"
	TabPending        Tab = "pending"
	TabResolved       Tab = "resolved"
	TabSnoozed        Tab = "snoozed"
	TabOverdue        Tab = "overdue" // past its deadline
	TabAtRisk         Tab = "at_risk" // past its target, or escalated, and not overdue (F2-28)
	TabClosed         Tab = "closed"
	TabArchived       Tab = "archived"
)

// Views and Tabs are all of them, in the order of the screen.
var (
	Views = []View{ViewMine, ViewUnassigned, ViewAll}
	Tabs  = []Tab{TabOpen, TabNeedsAttention, TabResponded, TabPending, TabResolved, TabSnoozed, TabOverdue, TabAtRisk, TabClosed, TabArchived}
)

// notSnoozed hides what sleeps; now is bound once.
const notSnoozed = `(snoozed_until IS NULL OR snoozed_until <= ?) AND NOT snooze_until_reply`

// List is a question for conversations: newest activity first, and those who need
// attention in the order in which they should be answered (F0-20).
type List struct {
	View   View
	Tab    Tab
	Inbox  desk.InboxID // 0 for all the scope sees
	Unread bool         // only those the user has not read
	// Responds is the inboxes of ViewResponding; none gives an empty list.
	Responds []desk.InboxID
	Now      time.Time
	Before   *Place // the last one of the page before; nil for the first page
	Limit    int
}

// Place is where a page of a list ends: a key of its order, and the id.
type Place struct {
	Activity time.Time           `json:"a,omitzero"`
	Queue    int64               `json:"q,omitempty"` // of those who need attention
	ID       desk.ConversationID `json:"i"`
}

// queued reports whether l is the line of those who need attention.
func (l List) queued() bool { return l.Tab == TabNeedsAttention }

// PlaceOf returns where a page of l ends that ends with c.
func (l List) PlaceOf(c desk.Conversation) Place {
	if l.queued() {
		return Place{Queue: c.QueueKey(), ID: c.ID}
	}
	return Place{Activity: c.LastActivityAt, ID: c.ID}
}

// Has reports whether p is a place in l, and not in a list of another order.
func (l List) Has(p Place) bool {
	return p.ID != 0 && (p.Queue != 0) == l.queued() && p.Activity.IsZero() == l.queued()
}

// order returns how l is ordered, c being the table's name, and the condition for
// what comes after a place in it.
func (l List) order(c string) (by, after string) {
	if l.queued() {
		return c + ".queue_key, " + c + ".id", "(" + c + ".queue_key, " + c + ".id) > (?, ?)"
	}
	return c + ".last_activity_at DESC, " + c + ".id DESC", "(" + c + ".last_activity_at, " + c + ".id) < (?, ?)"
}

// key is what is stored of the place's key in the order.
func (p Place) key() int64 {
	if p.Queue != 0 {
		return p.Queue
	}
	return p.Activity.UnixMicro()
}

// where returns the condition of a list, without paging.
func (tx *Tx) where(l List) (string, []any) {
	var b strings.Builder
	args := []any{tx.scope.Workspace}
	b.WriteString("c.workspace_id = ?")
	and := func(sql string, more ...any) {
		b.WriteString(" AND " + sql)
		args = append(args, more...)
	}
	switch l.View {
	case ViewMine:
		and("c.assignee_id = ?", tx.scope.User)
	case ViewUnassigned:
		and("c.assignee_id IS NULL")
	case ViewResponding:
		list, more := in(l.Responds)
		and("c.inbox_id IN "+list, more...)
	}
	switch l.Tab {
	case TabNeedsAttention:
		and(activeSQL + " AND c.waiting_on = 'agent'")
		and(notSnoozed, l.Now.UnixMicro())
	case TabResponded:
		and(activeSQL + " AND c.waiting_on = 'customer'")
		and(notSnoozed, l.Now.UnixMicro())
	case TabPending:
		and(activeSQL + " AND c.status = 'pending'")
	case TabSnoozed:
		and(activeSQL+" AND (c.snoozed_until > ? OR c.snooze_until_reply)", l.Now.UnixMicro())
	case TabOverdue:
		and(activeSQL + " AND c.overdue_at IS NOT NULL")
	case TabAtRisk:
		and(activeSQL + " AND c.overdue_at IS NULL AND (c.target_notified_at IS NOT NULL OR c.escalated_at IS NOT NULL)")
	case TabResolved:
		and("c.status = 'resolved'")
	case TabClosed:
		and("c.status = 'closed' AND c.archived_at IS NULL AND " + itselfSQL)
	case TabArchived:
		and("c.archived_at IS NOT NULL")
	default:
		and(activeSQL)
	}
	if l.Inbox != 0 {
		and("c.inbox_id = ?", l.Inbox)
	}
	seen, more := tx.seen("c")
	b.WriteString(seen)
	args = append(args, more...)
	if l.Unread {
		and(`c.last_from_customer > coalesce((SELECT r.message_id FROM read_mark r
			WHERE r.workspace_id = c.workspace_id AND r.conversation_id = c.id AND r.user_id = ?), 0)`, tx.scope.User)
	}
	return b.String(), args
}

// Listed returns one page of a list.
func (tx *Tx) Listed(l List) ([]desk.Conversation, error) {
	where, args := tx.where(l)
	by, after := l.order("c")
	if l.Before != nil {
		where += " AND " + after
		args = append(args, l.Before.key(), l.Before.ID)
	}
	again, _ := l.order("d")
	// The page is chosen inside an index; only its rows are then looked up.
	q := `SELECT ` + aliased("d", conversationColumns) + ` FROM (SELECT c.id FROM conversation c WHERE ` + where + `
			ORDER BY ` + by + ` LIMIT ?) page
		JOIN conversation d ON d.id = page.id ORDER BY ` + again
	return collect(tx, scanConversation, q, append(args, l.Limit)...)
}

// CountCap is where counting stops: what a screen shows as "1000+".
const CountCap = 1000

// Count returns how many conversations a list has, at most CountCap.
func (tx *Tx) Count(l List) (int, error) {
	where, args := tx.where(l)
	var n int
	err := tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM conversation c WHERE `+where+` LIMIT ?) page`, append(args, CountCap)...).Scan(&n)
	return n, err
}
