package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"parley/desk"
	"parley/filter"
)

const (
	// keptRecipients is how many of the recipients of one mail, in To and in Cc, can be
	// found.
	keptRecipients = 100
	// recipientLength is how much of an address with its name can be found, in characters.
	recipientLength = 320
	// recipientRows is how many rows one statement writes.
	recipientRows = 64
)

// recipient is somebody to whom a mail went.
type recipient struct {
	kind filter.Field
	text string // their address with their name, folded
}

// who is the number of a recipient, which follows from how they are written.
func (r recipient) who() int64 {
	sum := sha256.Sum256([]byte(r.text))
	return int64(binary.BigEndian.Uint64(sum[:]) >> 1)
}

// recipientsOf returns to whom a mail went: those of the team have their recipients,
// those of others a header. Of other messages nobody.
func recipientsOf(m desk.Message) (all []recipient) {
	to, cc := texts(m.To), texts(m.Cc)
	if len(m.Email) > 0 {
		var h struct{ To, Cc []string }
		if json.Unmarshal(m.Email, &h) == nil {
			to, cc = append(to, h.To...), append(cc, h.Cc...)
		}
	}
	for kind, list := range map[filter.Field][]string{filter.To: to, filter.Cc: cc} {
		for _, s := range list[:min(len(list), keptRecipients)] {
			if s = filter.Fold(desk.Line(s, recipientLength)); s != "" {
				all = append(all, recipient{kind, s})
			}
		}
	}
	slices.SortFunc(all, func(a, b recipient) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.text, b.text))
	})
	return slices.Compact(all)
}

func texts(all []desk.Address) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.String()
	}
	return out
}

// insertRecipients makes a conversation be found by recipients of its mails; exec runs
// a statement.
func insertRecipients(exec func(q string, args ...any) error, ws desk.WorkspaceID, c desk.ConversationID, all []recipient) error {
	type word struct {
		who  int64
		text string
	}
	var words []word
	for _, r := range all {
		for _, w := range filter.Beginnings(r.text) {
			words = append(words, word{r.who(), w})
		}
	}
	// In one order, whoever writes.
	slices.SortFunc(words, func(a, b word) int {
		return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.text, b.text))
	})
	words = slices.Compact(words)
	for part := range slices.Chunk(words, recipientRows) {
		args := make([]any, 0, 3*len(part))
		for _, w := range part {
			args = append(args, int64(ws), w.who, w.text)
		}
		if err := exec(`INSERT INTO recipient_word (workspace_id, who, word) VALUES (?, ?, ?)`+strings.Repeat(", (?, ?, ?)", len(part)-1)+` ON CONFLICT (workspace_id, who, word) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(all, recipientRows) {
		args := make([]any, 0, 4*len(part))
		for _, r := range part {
			args = append(args, int64(ws), int64(c), string(r.kind), r.who())
		}
		if err := exec(`INSERT INTO recipient (workspace_id, conversation_id, kind, who) VALUES (?, ?, ?, ?)`+strings.Repeat(", (?, ?, ?, ?)", len(part)-1)+` ON CONFLICT (workspace_id, conversation_id, kind, who) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

// addRecipients makes the conversation of a mail be found by whom it went to.
func (tx *WriteTx) addRecipients(m desk.Message) error {
	if !m.DeletedAt.IsZero() {
		return nil
	}
	return insertRecipients(tx.exec, tx.scope.Workspace, m.Conversation, recipientsOf(m))
}

// sortRecipients finds out anew to whom the mails of a conversation went, after some
// came, left or were taken back.
func (tx *WriteTx) sortRecipients(c desk.ConversationID) error {
	mails, err := collect(tx.Tx, func(scan func(...any) error) (m desk.Message, err error) {
		var email string
		err = scan(asJSON(&m.To), asJSON(&m.Cc), &email)
		m.Email = json.RawMessage(email)
		return m, err
	}, `SELECT recipients, cc, email FROM message WHERE workspace_id = ? AND conversation_id = ? AND deleted_at IS NULL AND (email <> '' OR recipients <> 'null')`, tx.scope.Workspace, c)
	if err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM recipient WHERE workspace_id = ? AND conversation_id = ?`, tx.scope.Workspace, c); err != nil {
		return err
	}
	var all []recipient
	for _, m := range mails {
		all = append(all, recipientsOf(m)...)
	}
	return insertRecipients(tx.exec, tx.scope.Workspace, c, all)
}

// sortRecipientsOf is sortRecipients for the conversation of a message.
func (tx *WriteTx) sortRecipientsOf(id desk.MessageID) error {
	in, err := collect(tx.Tx, scanInt, `SELECT conversation_id FROM message WHERE workspace_id = ? AND id = ? AND (email <> '' OR recipients <> 'null')`, tx.scope.Workspace, id)
	if err != nil || len(in) == 0 {
		return err
	}
	return tx.sortRecipients(desk.ConversationID(in[0]))
}

// recipientSQL returns the SQL of a test of the recipients of a conversation's mails.
// Where few conversations have them they are listed; else each row is asked.
func (tx *Tx) recipientSQL(t *filter.Ready) (string, []any, error) {
	from, to := t.Stretch()
	ws := int64(tx.scope.Workspace)
	list, args := `SELECT q.conversation_id FROM recipient_word g JOIN recipient q ON q.workspace_id = g.workspace_id AND q.who = g.who AND q.kind = ?
		WHERE g.workspace_id = ? AND g.word >= ? AND g.word < ?`, []any{string(t.Field), ws, from, to}
	n, err := scanInt(tx.row("SELECT count(*) FROM ("+list+" LIMIT ?) few", append(args, enough)...).Scan)
	if err != nil {
		return "", nil, err
	}
	if n < enough {
		return "c.id IN (" + list + ")", args, nil
	}
	return `EXISTS (SELECT 1 FROM recipient q JOIN recipient_word g ON g.workspace_id = q.workspace_id AND g.who = q.who
		WHERE q.workspace_id = c.workspace_id AND q.conversation_id = c.id AND q.kind = ? AND g.word >= ? AND g.word < ?)`, []any{string(t.Field), from, to}, nil
}
