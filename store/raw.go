package store

import (
	"encoding/json"
	"strings"
	"time"

	"parley/desk"
)

// RawState is what became of something that arrived.
type RawState string

// The states of the ingest ledger. All but the first are final, but for the
// replay of a dead letter.
const (
	RawReceived   RawState = "received"
	RawMessage    RawState = "message"
	RawDuplicate  RawState = "duplicate"
	RawDeadLetter RawState = "dead_letter"
)

// RawBlocked is what became of something that a blocked contact sent: it is
// counted, and no entry is kept of it.
const RawBlocked RawState = "blocked"

// RawStates is all of them.
var RawStates = []RawState{RawReceived, RawMessage, RawDuplicate, RawDeadLetter}

// RawEvent is one entry of the ingest ledger. Its bytes are in Body, or if they
// are many in the blob store under Hash.
type RawEvent struct {
	ID           desk.RawEventID
	Channel      desk.ChannelID
	Dedupe       string
	ContentType  string
	Envelope     map[string]string
	Auth         json.RawMessage // what was found out about who wrote; nil before it was processed
	Body         []byte          // read by RawBody, not by lists
	Hash         string
	Size         int64
	Summary      string
	State        RawState
	Reason       string
	Conversation desk.ConversationID
	Message      desk.MessageID
	ReceivedAt   time.Time
	FinishedAt   time.Time
	DroppedAt    time.Time // when its bytes were deleted (DropOriginals); zero while they are kept
}

const rawColumns = `id, channel_id, dedupe, content_type, envelope, hash, size, summary, state, reason, conversation_id, message_id, received_at, finished_at, auth, dropped_at`

func scanRaw(scan func(...any) error) (r RawEvent, err error) {
	var auth string
	err = scan(&r.ID, &r.Channel, &r.Dedupe, &r.ContentType, asJSON(&r.Envelope), &r.Hash, &r.Size, &r.Summary, &r.State, &r.Reason, &r.Conversation, &r.Message,
		when{&r.ReceivedAt}, when{&r.FinishedAt}, &auth, when{&r.DroppedAt})
	if auth != "" {
		r.Auth = json.RawMessage(auth)
	}
	return r, err
}

// InsertRaw adds an entry to the ledger.
func (tx *WriteTx) InsertRaw(r RawEvent) error {
	return tx.exec(`INSERT INTO raw_event (workspace_id, body, `+rawColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.scope.Workspace, r.Body, r.ID, r.Channel, r.Dedupe, r.ContentType, asJSON(&r.Envelope), r.Hash, r.Size, r.Summary, r.State, r.Reason, r.Conversation, r.Message,
		micros(r.ReceivedAt), micros(r.FinishedAt), string(r.Auth), micros(r.DroppedAt))
}

// FinishRaw says what became of an entry.
func (tx *WriteTx) FinishRaw(r RawEvent) error {
	return tx.exec(`UPDATE raw_event SET state = ?, reason = ?, summary = ?, conversation_id = ?, message_id = ?, finished_at = ?, auth = ? WHERE workspace_id = ? AND id = ?`,
		r.State, r.Reason, r.Summary, r.Conversation, r.Message, micros(r.FinishedAt), string(r.Auth), tx.scope.Workspace, r.ID)
}

// DropRaw removes an entry that a blocked contact sent.
func (tx *WriteTx) DropRaw(id desk.RawEventID) error {
	return tx.exec(`DELETE FROM raw_event WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// Raw returns one entry of the ledger, locked if tx writes.
func (tx *Tx) Raw(id desk.RawEventID) (RawEvent, error) {
	return one(tx, "ledger entry", scanRaw, `SELECT `+rawColumns+` FROM raw_event WHERE workspace_id = ? AND id = ?`+tx.lock, tx.scope.Workspace, id)
}

// RawOf returns the entry of the ledger that became a message. Whether the scope
// sees that message was asked before.
func (tx *Tx) RawOf(message desk.MessageID) (RawEvent, error) {
	return one(tx, "ledger entry", scanRaw, `SELECT `+rawColumns+` FROM raw_event WHERE workspace_id = ? AND message_id = ? AND state = ? ORDER BY id LIMIT 1`,
		tx.scope.Workspace, message, RawMessage)
}

// RawBody returns the bytes of an entry that are in its row; nil are in the blob store.
func (tx *Tx) RawBody(id desk.RawEventID) ([]byte, error) {
	return one(tx, "ledger entry", func(scan func(...any) error) (b []byte, err error) { err = scan(&b); return b, err },
		`SELECT body FROM raw_event WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// Raws returns a page of entries, newest first, in one state or all, and where
// the next page begins: 0 after the last.
func (tx *Tx) Raws(state RawState, p LedgerPage) ([]RawEvent, int64, error) {
	p.begin()
	// The newest of all are among the newest of each state: an index on every
	// entry for this page alone would cost more than asking four times.
	states := RawStates
	if state != "" {
		states = []RawState{state}
	}
	floor := int64(0)
	if p.narrow() {
		for _, st := range states {
			edge, err := tx.edge(`SELECT id FROM raw_event WHERE workspace_id = ? AND state = ? AND id < ?`, tx.scope.Workspace, st, p.Before)
			if err != nil {
				return nil, 0, err
			}
			floor = max(floor, edge)
		}
	}
	var parts []string
	var args []any
	for _, st := range states {
		seen, more := tx.visible("ch.inbox_id")
		if !tx.scope.SeesAll() { // an arrival tells what its conversation is about
			kept, args := tx.seen("c")
			seen, more = seen+` AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = r.conversation_id`+kept+`)`, append(more, args...)
		}
		found, words := p.matches("r.channel_id", "r.summary", "r.reason")
		parts = append(parts, `SELECT * FROM (SELECT `+aliased("r", rawColumns)+` FROM raw_event r JOIN channel ch ON ch.id = r.channel_id
			WHERE r.workspace_id = ? AND r.state = ? AND r.id < ? AND r.id >= ?`+seen+found+` ORDER BY r.id DESC LIMIT ?) part`)
		args = append(append(append(append(args, tx.scope.Workspace, st, p.Before, floor), more...), words...), p.Limit)
	}
	all, err := collect(tx, scanRaw, strings.Join(parts, " UNION ALL ")+` ORDER BY id DESC LIMIT ?`, append(args, p.Limit)...)
	if len(all) == p.Limit {
		floor = int64(all[len(all)-1].ID)
	}
	return all, floor, err
}

// ClaimInbound records that an account has taken in a message. It returns the
// message that was first under this key.
func (tx *WriteTx) ClaimInbound(ch desk.ChannelID, dedupe string, message desk.MessageID) (desk.MessageID, error) {
	n, err := tx.changed(`INSERT INTO inbound_key (workspace_id, channel_id, dedupe, message_id) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, channel_id, dedupe) DO NOTHING`, tx.scope.Workspace, ch, dedupe, message)
	if err != nil || n > 0 {
		return message, err
	}
	var first desk.MessageID
	err = tx.row(`SELECT message_id FROM inbound_key WHERE workspace_id = ? AND channel_id = ? AND dedupe = ?`, tx.scope.Workspace, ch, dedupe).Scan(&first)
	return first, err
}

// ForeseeInbound announces what taking in a message asks for: whose the identity
// is, the inbox, and the conversation of the first thread key. The contact is
// locked first, so that what follows is read after whoever was faster.
func (tx *WriteTx) ForeseeInbound(kind, scope, id string, inbox desk.InboxID, keys []string) {
	q, args := tx.identityQuery(kind, scope, id)
	tx.q.ahead(q, args...)
	tx.q.ahead(inboxByID, tx.scope.Workspace, inbox)
	if len(keys) > 0 {
		q, args := tx.threadQuery(inbox, keys[0])
		tx.q.ahead(q, args...)
	}
	tx.WillAppend(3)
}

// ReleaseInbound takes back what ClaimInbound recorded.
func (tx *WriteTx) ReleaseInbound(ch desk.ChannelID, dedupe string) error {
	return tx.exec(`DELETE FROM inbound_key WHERE workspace_id = ? AND channel_id = ? AND dedupe = ?`, tx.scope.Workspace, ch, dedupe)
}

// TouchInbound records when a channel took something in last.
func (tx *WriteTx) TouchInbound(ch desk.ChannelID, at time.Time) error {
	return tx.exec(`UPDATE channel SET inbound_at = ? WHERE workspace_id = ? AND id = ? AND (inbound_at IS NULL OR inbound_at < ?)`,
		micros(at), tx.scope.Workspace, ch, micros(at))
}
