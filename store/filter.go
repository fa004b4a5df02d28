package store

import (
	"fmt"
	"slices"
	"strings"

	"parley/desk"
	"parley/filter"
)

// compiler writes a condition as SQL about the conversation c. Names of columns
// and words come from here, everything else is bound. Every test is two-valued:
// what is NULL fails it, so that NOT says what filter.Cond.Match says.
type compiler struct {
	tx   *Tx
	b    strings.Builder
	args []any
	err  error
	// active says that only active conversations are asked for: then what is known
	// of their customers is looked up row by row, and not the other way round.
	active bool
	// walk says that rows are looked at in the order of a list until a page is full:
	// then no list of all that a part of the filter has is made beforehand.
	walk bool
	// tag says that the rows w of a tag are walked: other tags are asked of them
	// before the conversation is read.
	tag bool
}

// condition returns the SQL of a filter and what is bound in it.
func (tx *Tx) condition(c filter.Cond, active bool) (string, []any, error) {
	k := compiler{tx: tx, active: active}
	k.cond(c)
	return k.b.String(), k.args, k.err
}

func (k *compiler) put(sql string, args ...any) {
	k.b.WriteString(sql)
	k.args = append(k.args, args...)
}

func (k *compiler) cond(c filter.Cond) {
	switch {
	case c.Not != nil:
		k.put("NOT (")
		k.cond(*c.Not)
		k.put(")")
	case c.All != nil:
		k.group(c.All, " AND ")
	case c.Any != nil:
		if k.walk && k.tx.db.name() == "sqlite" && !picks(c) {
			k.put("+") // no index is used for what is behind it
		}
		k.group(c.Any, " OR ")
	case c.Test != nil:
		k.put("(")
		k.test(c.Test)
		k.put(")")
	default:
		k.put("1 = 1")
	}
}

// picks reports whether a condition has few conversations, as a rule, that an index
// finds: those of some customers, or with some words.
func picks(c filter.Cond) bool {
	switch {
	case c.Test != nil:
		return slices.Contains([]filter.Field{filter.From, filter.To, filter.Cc, filter.Customer, filter.Text, filter.Follower}, c.Test.Field)
	case c.All != nil:
		return slices.ContainsFunc(c.All, picks)
	case c.Any != nil:
		return !slices.ContainsFunc(c.Any, func(c filter.Cond) bool { return !picks(c) })
	}
	return false
}

func (k *compiler) group(all []filter.Cond, between string) {
	k.put("(")
	for i, c := range all {
		if i > 0 {
			k.put(between)
		}
		k.cond(c)
	}
	k.put(")")
}

// things are the columns of fields that hold an id.
var things = map[filter.Field]string{
	filter.Assignee: "c.assignee_id", filter.Team: "c.team_id", filter.Inbox: "c.inbox_id", filter.Customer: "c.contact_id",
	filter.Channel: "c.last_channel_id", filter.OpenedChannel: "c.opened_channel_id", filter.Category: "c.closing_category_id",
}

// wordColumns are the columns of fields that hold a word.
var wordColumns = map[filter.Field]string{
	filter.Priority: "c.priority", filter.WaitingOn: "c.waiting_on", filter.AI: "c.ai_state", filter.Sender: "c.sender_proof",
	filter.OpenedSource: "c.opened_source", filter.ClosedSource: "c.closed_source",
}

// times are the columns of fields that hold a moment, with what must be true as well.
var times = map[filter.Field][2]string{
	filter.Activity: {"c.last_activity_at", ""}, filter.Created: {"c.opened_at", ""}, filter.Resolved: {"c.resolved_at", ""}, filter.Closed: {"c.closed_at", ""},
	filter.WaitingSince: {"c.waiting_since", ""}, filter.CustomerWrote: {"c.last_from_customer", ""},
	filter.Due: {"c.response_due_deadline", "c." + activeSQL + " AND "}, filter.SnoozedUntil: {"c.snoozed_until", "c." + activeSQL + " AND "},
}

func (k *compiler) test(t *filter.Ready) {
	if column, ok := things[t.Field]; ok {
		k.thing(t, column)
		return
	}
	if column, ok := wordColumns[t.Field]; ok {
		k.words(column, t.Words)
		return
	}
	if column, ok := times[t.Field]; ok {
		k.time(t, column[0], column[1])
		return
	}
	switch t.Field {
	case filter.Status:
		k.either(t.Words, func(w string) { k.status(w, t) })
	case filter.Tag:
		k.tags(t, "conversation_tag", "conversation_id", "c.id")
	case filter.CustomerTag:
		k.tags(t, "contact_tag", "contact_id", "c.contact_id")
	case filter.Follower:
		k.follower(t)
	case filter.CustomerType:
		k.either(t.Words, func(w string) { k.customerType(w, t.IDs) })
	case filter.Language:
		folded := make([]string, len(t.Words))
		for i, w := range t.Words {
			folded[i] = strings.ToLower(w)
		}
		k.customer("lower(p.language) IN ", folded)
	case filter.From:
		sql, args := k.tx.namedSQL(t.Text, k.active)
		k.put(sql, args...)
	case filter.To, filter.Cc:
		sql, args, err := k.tx.recipientSQL(t)
		if k.err == nil {
			k.err = err
		}
		k.put(sql, args...)
	case filter.NeedsHuman:
		if slices.Contains(t.Words, "any") {
			k.put("c.needs_human <> ''")
			return
		}
		k.words("c.needs_human", t.Words)
	case filter.Has:
		k.either(t.Words, func(w string) {
			k.put(map[string]string{"attachment": "c.with_files > 0", "delivery_problem": "c.delivery_problems > 0"}[w])
		})
	case filter.Messages:
		k.number("c.messages", t)
	case filter.FollowUps:
		k.number("c.follow_ups", t)
	case filter.Rating:
		k.put("c.rating > 0 AND ")
		k.number("c.rating", t)
	case filter.Hours:
		k.hours(t)
	case filter.Text:
		sql, args, err := k.tx.textSQL(t)
		if k.err == nil {
			k.err = err
		}
		k.put(sql, args...)
	default:
		k.err = fmt.Errorf("no SQL for the field %s", t.Field)
	}
}

func (k *compiler) either(words []string, put func(string)) {
	for i, w := range words {
		if i > 0 {
			k.put(" OR ")
		}
		put(w)
	}
}

func (k *compiler) words(column string, words []string) {
	if len(words) == 1 {
		k.put(column+" = ?", words[0])
		return
	}
	list, args := in(words)
	k.put(column+" IN "+list, args...)
}

// ids puts column = ? or column IN (…); without ids nothing holds.
func (k *compiler) ids(column string, ids []int64) {
	switch len(ids) {
	case 0:
		k.put("1 = 0")
	case 1:
		k.put(column+" = ?", ids[0])
	default:
		list, args := in(ids)
		k.put(column+" IN "+list, args...)
	}
}

func (k *compiler) thing(t *filter.Ready, column string) {
	some := t.None
	if t.None {
		k.put(column + " IS NULL")
	}
	if t.Else {
		if some {
			k.put(" OR ")
		}
		k.put(column+" IS NOT NULL AND "+column+" <> ?", int64(t.Me))
		some = true
	}
	if len(t.IDs) == 0 && some {
		return
	}
	if some {
		k.put(" OR ")
	}
	k.put(column + " IS NOT NULL AND ")
	k.ids(column, t.IDs)
}

func (k *compiler) time(t *filter.Ready, column, also string) {
	from, to := t.From, t.To
	if t.Field == filter.CustomerWrote { // an id holds when it was made
		from, to = idAt(from), idAt(to)
	}
	k.put(also + column + " IS NOT NULL")
	if t.From != 0 {
		k.put(" AND "+column+" >= ?", from)
	}
	if t.To != 0 {
		k.put(" AND "+column+" < ?", to)
	}
}

// idAt returns the first id that is made at a moment or later.
func idAt(micros int64) int64 {
	epoch := desk.MessageID(0).Time().UnixMilli()
	millis := micros / 1000
	if micros%1000 > 0 {
		millis++
	}
	return max(0, millis-epoch) << 22
}

func (k *compiler) number(column string, t *filter.Ready) {
	sign := " >= ?"
	if t.Op == filter.AtMost {
		sign = " <= ?"
	}
	k.put(column+sign, t.Number)
}

// statusSQL are the words of the field status that bind nothing.
var statusSQL = map[string]string{
	filter.Open:           "c.status = 'open'",
	filter.Pending:        "c.status = 'pending'",
	filter.IsResolved:     "c.status = 'resolved'",
	filter.IsClosed:       "c.status = 'closed' AND c.archived_at IS NULL",
	filter.Archived:       "c.archived_at IS NOT NULL",
	filter.Active:         "c." + activeSQL,
	filter.New:            "c.status = 'open' AND c.first_reply_at IS NULL AND c.last_from_customer IS NOT NULL",
	filter.Assigned:       "c." + activeSQL + " AND c.assignee_id IS NOT NULL",
	filter.Unassigned:     "c." + activeSQL + " AND c.assignee_id IS NULL",
	filter.InProgress:     "c." + activeSQL + " AND c.assignee_id IS NOT NULL AND c.assignee_replied_at IS NOT NULL",
	filter.NeedsAttention: "c." + activeSQL + " AND c.waiting_on = 'agent'",
	filter.Responded:      "c." + activeSQL + " AND c.waiting_on = 'customer'",
	filter.Overdue:        "c." + activeSQL + " AND c.overdue_at IS NOT NULL",
	filter.AtRisk:         "c." + activeSQL + " AND c.overdue_at IS NULL AND (c.target_notified_at IS NOT NULL OR c.escalated_at IS NOT NULL)",
	filter.Escalated:      "c." + activeSQL + " AND c.escalated_at IS NOT NULL",
}

func (k *compiler) status(w string, t *filter.Ready) {
	switch w {
	case filter.Snoozed:
		k.put("c."+activeSQL+" AND (c.snooze_until_reply OR c.snoozed_until IS NOT NULL AND c.snoozed_until > ?)", t.Now)
	case filter.Unread:
		k.put(`c.archived_at IS NULL AND c.last_from_customer IS NOT NULL AND c.last_from_customer > coalesce((SELECT r.message_id FROM read_mark r
			WHERE r.workspace_id = c.workspace_id AND r.conversation_id = c.id AND r.user_id = ?), 0)`, int64(t.Me))
	default:
		k.put(statusSQL[w])
	}
}

// tags puts a test of tags, of the conversation or of its customer.
func (k *compiler) tags(t *filter.Ready, table, owner, column string) {
	workspace := "c.workspace_id"
	if k.tag && t.Field == filter.Tag {
		workspace, column = "w.workspace_id", "w.conversation_id"
	}
	mine := "SELECT 1 FROM " + table + " g WHERE g.workspace_id = " + workspace + " AND g." + owner + " = " + column
	end := ")"
	if k.walk && k.tx.db.name() == "postgres" {
		end = " OFFSET 0)" // asked of each row: else it reads every tag there is into a table of its own
	}
	if t.Op == filter.HasAll {
		for i, id := range t.IDs {
			if i > 0 {
				k.put(" AND ")
			}
			k.put("EXISTS ("+mine+" AND g.tag_id = ?"+end, id)
		}
		return
	}
	if t.None {
		k.put("NOT EXISTS (" + mine + ")")
		if len(t.IDs) == 0 {
			return
		}
		k.put(" OR ")
	}
	if k.active || t.None || k.walk && t.Field == filter.Tag {
		k.put("EXISTS (" + mine + " AND ")
	} else {
		k.put(column+" IN (SELECT g."+owner+" FROM "+table+" g WHERE g.workspace_id = ? AND ", int64(k.tx.scope.Workspace))
		end = ")"
	}
	k.ids("g.tag_id", t.IDs)
	k.put(end)
}

func (k *compiler) follower(t *filter.Ready) {
	const mine = "SELECT 1 FROM conversation_follower f WHERE f.workspace_id = c.workspace_id AND f.conversation_id = c.id"
	if t.None {
		k.put("NOT EXISTS (" + mine + ")")
		if len(t.IDs) == 0 {
			return
		}
		k.put(" OR ")
	}
	k.put("EXISTS (" + mine + " AND ")
	k.ids("f.user_id", t.IDs)
	k.put(")")
}

func (k *compiler) customerType(w string, vip []int64) {
	switch w {
	case "vip":
		k.vip(vip)
		return
	case "returning":
		k.put("(c.is_returning")
	default:
		k.put("(NOT c.is_returning")
	}
	if len(vip) > 0 {
		k.put(" AND NOT ")
		k.vip(vip)
	}
	k.put(")")
}

func (k *compiler) vip(tags []int64) {
	if len(tags) == 0 {
		k.put("1 = 0")
		return
	}
	k.put("EXISTS (SELECT 1 FROM contact_tag g WHERE g.workspace_id = c.workspace_id AND g.contact_id = c.contact_id AND ")
	k.ids("g.tag_id", tags)
	k.put(")")
}

// customer puts a test of the contact p.
func (k *compiler) customer(sql string, values []string) {
	list, args := in(values)
	k.put("EXISTS (SELECT 1 FROM contact p WHERE p.workspace_id = c.workspace_id AND p.id = c.contact_id AND "+sql+list+")", args...)
}

func (k *compiler) hours(t *filter.Ready) {
	k.either(t.Words, func(w string) {
		if w == "closed" {
			k.put("NOT ")
		}
		k.put("(")
		k.ids("c.inbox_id", t.IDs)
		k.put(")")
	})
}
