package store

import (
	"strings"

	"parley/filter"
	"parley/search"
)

// What tests of words compile to. Both are about the conversation c of a query.

// textSQL returns the SQL of a test of words or of a phrase in messages, notes,
// subjects and names of files: that the newest messages with them are of the
// conversation.
func (tx *Tx) textSQL(t *filter.Ready) (string, []any, error) {
	text := search.Ask(t.Text, t.Op == filter.Phrase)
	if text.IsZero() {
		return "1 = 0", nil, nil
	}
	return tx.matching("c.id", text)
}

// namedSQL returns the SQL of a test of a part of the customer's name, mail
// address or phone number; active says that only active conversations are asked
// for, so that their customers are fewer than all that are called so.
func (tx *Tx) namedSQL(part string, active bool) (string, []any) {
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(filter.Fold(part)) + "%"
	if active {
		return `EXISTS (SELECT 1 FROM contact p WHERE p.workspace_id = c.workspace_id AND p.id = c.contact_id AND p.folded LIKE ? ESCAPE '\')`, []any{like}
	}
	return `c.contact_id IN (SELECT p.id FROM contact p WHERE p.workspace_id = ? AND p.folded LIKE ? ESCAPE '\')`, []any{int64(tx.scope.Workspace), like}
}
