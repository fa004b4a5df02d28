package store

import (
	"fmt"
	"strings"
)

// reference is a column that names a row of another table.
type reference struct{ table, column, to, key string }

// references are those that no foreign key holds. A test compares them with the
// schema: a new column of ids must be named here, or be a foreign key.
var references = func() (all []reference) {
	for line := range strings.Lines(`
		attachment.message_id message
		bounced_address.message_id message
		bulk_item.assignee_id person
		bulk_item.was_id person
		contact.blocked_by person
		contact.merged_into_id contact
		contact_merge.merged_by person
		conversation.assignee_id person
		conversation.closed_by person
		conversation.closing_category_id closing_category
		conversation.first_response_by person
		conversation.last_channel_id channel
		conversation.last_from_customer message
		conversation.merged_into_id conversation
		conversation.opened_by person
		conversation.opened_channel_id channel
		conversation.pending_note_id message
		conversation.previous_id conversation
		conversation.split_from_id conversation
		conversation.survey_id message
		conversation.survey_user_id person
		conversation.team_id team
		conversation_tag.tag_id tag
		draft.conversation_id conversation
		draft.user_id person
		draft_share.conversation_id conversation
		draft_share.owner_id person
		draft_share.user_id person
		event.conversation_id conversation
		inbound_key.channel_id channel
		inbound_key.message_id message
		invitation.invited_by person
		job.conversation_id conversation
		message.arrived_conversation_id conversation
		message.channel_id channel
		message.contact_id contact
		message.quotes_id message
		message.user_id person
		notification.actor_id person
		notification.letter_id notification
		notification.conversation_id conversation
		notification.note_id message
		notification.user_id person
		outgoing_raw.message_id message
		raw_event.channel_id channel
		raw_event.conversation_id conversation
		read_mark.conversation_id conversation
		read_mark.message_id message
		read_mark.user_id person
		scheduled.message_id message
		scheduled_edition.channel_id channel
		survey.user_id person
		team.fallback_id team
		thread_alias.inbox_id inbox
		thread_alias.message_id message
		`) {
		if fields := strings.Fields(line); len(fields) == 2 {
			table, column, _ := strings.Cut(fields[0], ".")
			all = append(all, reference{table, column, fields[1], "id"})
		}
	}
	return all
}()

// Strays returns rows that name what is not there, or what belongs to another
// workspace.
func (tx *Tx) Strays(limit int) ([]Lapse, error) {
	tables, err := tx.Tables()
	if err != nil {
		return nil, err
	}
	bound := map[string]bool{} // tables whose rows belong to a workspace
	for _, t := range tables {
		for _, c := range t.Columns {
			bound[t.Name] = bound[t.Name] || c.Name == "workspace_id"
		}
	}
	var all []Lapse
	for _, r := range references {
		same := ""
		if bound[r.table] && bound[r.to] {
			same = " AND p.workspace_id = c.workspace_id"
		}
		found, err := lapses(tx, func(id int64, n string) Lapse {
			return Lapse{r.table + "." + r.column, fmt.Sprintf("%s rows name the %s %d, which is not there.", n, strings.ReplaceAll(r.to, "_", " "), id)}
		}, `SELECT c.`+r.column+`, CAST(count(*) AS TEXT) FROM `+r.table+` c LEFT JOIN `+r.to+` p ON p.`+r.key+` = c.`+r.column+same+`
			WHERE c.`+r.column+` IS NOT NULL AND p.`+r.key+` IS NULL GROUP BY c.`+r.column+` ORDER BY c.`+r.column+` + 0 LIMIT ?`, limit)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", r.table, r.column, err)
		}
		all = append(all, found...)
	}
	keys, err := tx.brokenKeys(limit)
	return append(all, keys...), err
}

// brokenKeys returns rows that a foreign key should have refused. PostgreSQL has
// checked each of them; SQLite has not while they were switched off.
func (tx *Tx) brokenKeys(limit int) ([]Lapse, error) {
	if tx.db.name() != "sqlite" {
		return nil, nil
	}
	return lapses(tx, func(row int64, tables string) Lapse {
		table, to, _ := strings.Cut(tables, " ")
		return Lapse{fmt.Sprintf("%s row %d", table, row), "It names a " + to + " that is not there."}
	}, `SELECT rowid, "table" || ' ' || parent FROM pragma_foreign_key_check LIMIT ?`, limit)
}
