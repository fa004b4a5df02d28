package store

import (
	"database/sql"
	"slices"
	"strconv"
	"time"

	"parley/desk"
)

// Lapse is something in the database that does not add up.
type Lapse struct {
	Subject string // the public id of what it is about, or a row
	What    string // one sentence
}

// lapses runs a query for a number and a text and describes each row. Such
// queries look for what hardly exists: they sort by id + 0, so that the planner
// reads everything once, instead of following an index in the hope of an early end.
func lapses(tx *Tx, describe func(id int64, detail string) Lapse, q string, args ...any) ([]Lapse, error) {
	return collect(tx, func(scan func(...any) error) (Lapse, error) {
		var id sql.NullInt64
		var detail sql.NullString
		err := scan(&id, &detail)
		return describe(id.Int64, detail.String), err
	}, q, args...)
}

// CountRaws returns how many entries the ledger of arrivals has in each state,
// in the whole install.
func (tx *Tx) CountRaws() (map[string]int64, error) {
	return counted(tx, `SELECT state, count(*) FROM raw_event GROUP BY state`)
}

// CountDeliveries returns how many messages to customers are in each state.
func (tx *Tx) CountDeliveries() (map[string]int64, error) {
	return counted(tx, `SELECT delivery, count(*) FROM message WHERE delivery <> '' GROUP BY delivery`)
}

func counted(tx *Tx, q string, args ...any) (map[string]int64, error) {
	all := map[string]int64{}
	_, err := collect(tx, func(scan func(...any) error) (_ struct{}, err error) {
		var name string
		var n int64
		err = scan(&name, &n)
		all[name] = n
		return struct{}{}, err
	}, q, args...)
	return all, err
}

// Unended returns arrivals that have not become anything and that no job will
// end: without one, with one that gave up, or waiting since before a time.
func (tx *Tx) Unended(before time.Time, limit int) ([]Lapse, error) {
	return lapses(tx, func(id int64, detail string) Lapse {
		what := "It arrived, and nothing works on it: its job is gone."
		switch detail {
		case "2":
			what = "It arrived, and its job gave up. Start the failed job again."
		case "0", "1":
			what = "It arrived long ago, and its job has not come to an end."
		}
		return Lapse{desk.RawEventID(id).String(), what}
	}, `SELECT r.id, CAST(j.state AS TEXT) FROM raw_event r
		LEFT JOIN job j ON j.queue = 'intake' AND j.workspace_id = r.workspace_id AND j.payload = CAST(r.id AS TEXT)
		WHERE r.state = 'received' AND (j.id IS NULL OR j.state = 2 OR r.received_at < ?) ORDER BY r.id + 0 LIMIT ?`, micros(before), limit)
}

// MisEnded returns arrivals whose end is not what it says.
func (tx *Tx) MisEnded(limit int) ([]Lapse, error) {
	return lapses(tx, func(id int64, detail string) Lapse { return Lapse{desk.RawEventID(id).String(), detail} },
		`SELECT id, what FROM (
			SELECT r.id, 'What arrived is not stored, or not whole.' AS what FROM raw_event r
				WHERE r.dropped_at IS NULL AND r.hash = '' AND (r.body IS NULL OR length(r.body) <> r.size)
			UNION ALL SELECT r.id, 'It is a message, and that message is not there.' FROM raw_event r
				LEFT JOIN message m ON m.id = r.message_id AND m.workspace_id = r.workspace_id WHERE r.state = 'message' AND m.id IS NULL
			UNION ALL SELECT r.id, 'It is a message, and that message is in another conversation than the ledger says.' FROM raw_event r
				JOIN message m ON m.id = r.message_id WHERE r.state = 'message' AND r.conversation_id IS DISTINCT FROM coalesce(m.arrived_conversation_id, m.conversation_id)
			UNION ALL SELECT r.id, 'It is a duplicate of a message that is not there.' FROM raw_event r
				LEFT JOIN message m ON m.id = r.message_id AND m.workspace_id = r.workspace_id WHERE r.state = 'duplicate' AND m.id IS NULL
			UNION ALL SELECT r.id, 'It is a dead letter, and no reason says why.' FROM raw_event r WHERE r.state = 'dead_letter' AND r.reason = ''
			UNION ALL SELECT r.id, 'It has ended, and no time says when.' FROM raw_event r WHERE r.state <> 'received' AND r.finished_at IS NULL
			UNION ALL SELECT r.id, 'Another entry became the same message.' FROM
				(SELECT max(id) AS id FROM raw_event WHERE state = 'message' GROUP BY workspace_id, message_id HAVING count(*) > 1) r
		) wrong ORDER BY id + 0 LIMIT ?`, limit)
}

// StrayJobs returns jobs about nothing, jobs nobody runs, and jobs of the queues
// of messages that gave up.
func (tx *Tx) StrayJobs(now time.Time, limit int) ([]Lapse, error) {
	return lapses(tx, func(id int64, detail string) Lapse { return Lapse{desk.JobID(id).String(), detail} },
		`SELECT id, what FROM (
			SELECT j.id, 'The arrival this job is about is not there.' AS what FROM job j
				LEFT JOIN raw_event r ON r.id = CAST(j.payload AS BIGINT) AND r.workspace_id = j.workspace_id WHERE j.queue = 'intake' AND r.id IS NULL
			UNION ALL SELECT j.id, 'The event this job is about is not there.' FROM job j
				LEFT JOIN event e ON e.seq = CAST(j.payload AS BIGINT) AND e.workspace_id = j.workspace_id WHERE j.queue <> 'intake' AND j.payload <> '0' AND e.seq IS NULL
			UNION ALL SELECT j.id, 'This job runs, and its worker has not been heard of for ten minutes.' FROM job j WHERE j.state = 1 AND (j.lease_until IS NULL OR j.lease_until < ?)
			UNION ALL SELECT j.id, 'A delivery gave up without an outcome. Start the failed job again.' FROM job j WHERE j.state = 2 AND j.queue = 'deliver'
		) wrong ORDER BY id + 0 LIMIT ?`, micros(now.Add(-10*time.Minute)), limit)
}

// QueuedMessage is a message to a customer that waits to be sent.
type QueuedMessage struct {
	Workspace    desk.WorkspaceID
	Conversation desk.ConversationID
	Message      desk.MessageID
}

// Queued returns messages that wait to be sent, after one, by id.
func (tx *Tx) Queued(after desk.MessageID, limit int) ([]QueuedMessage, error) {
	return collect(tx, func(scan func(...any) error) (q QueuedMessage, err error) {
		err = scan(&q.Workspace, &q.Conversation, &q.Message)
		return q, err
	}, `SELECT workspace_id, conversation_id, id FROM message WHERE delivery = 'queued' AND id > ? ORDER BY id LIMIT ?`, int64(after), limit)
}

// Delivering returns the facts that jobs of a queue are about, of one
// conversation: only jobs that wait or run.
func (tx *Tx) Delivering(queue string, conversation desk.ConversationID) ([]desk.Event, error) {
	jobs, err := collect(tx, scanJob, `SELECT `+jobColumns+` FROM job WHERE queue = ? AND lane = ? AND state IN (0, 1)`, queue, int64(conversation))
	if err != nil {
		return nil, err
	}
	var all []desk.Event
	for _, j := range jobs {
		e, err := tx.Event(j.Payload)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return nil, err
		}
		if err == nil {
			all = append(all, e)
		}
	}
	return all, nil
}

// BadDeliveries returns messages to customers without an outcome, or with one
// that does not exist, and other messages with one.
func (tx *Tx) BadDeliveries(limit int) ([]Lapse, error) {
	return lapses(tx, func(id int64, detail string) Lapse {
		if detail == "" {
			return Lapse{desk.MessageID(id).String(), "It is a message to the customer, and nothing says what became of it."}
		}
		return Lapse{desk.MessageID(id).String(), "Its delivery is " + strconv.Quote(detail) + ", which is no state of such a message."}
	}, `SELECT id, delivery FROM message
		WHERE side = 'team' AND kind IN ('message', 'aside') AND author_kind <> 'colleague' AND delivery NOT IN ('queued', 'sent', 'delivered', 'read', 'failed', 'unknown', 'withheld', 'recalled')
			OR (side <> 'team' OR kind = 'note' OR author_kind = 'colleague') AND delivery <> '' ORDER BY id + 0 LIMIT ?`, limit)
}

// File is a blob that rows name.
type File struct {
	Hash string
	Size int64
}

// Files returns the files that arrivals, mails that leave and attachments name, each once, in the
// order of hashes after one.
func (tx *Tx) Files(after string, limit int) ([]File, error) {
	return collect(tx, func(scan func(...any) error) (f File, err error) { err = scan(&f.Hash, &f.Size); return f, err },
		`SELECT hash, max(size) FROM (SELECT hash, size FROM raw_event UNION ALL SELECT hash, size FROM outgoing_raw UNION ALL SELECT hash, size FROM attachment) named
			WHERE hash > ? AND hash <> '' GROUP BY hash ORDER BY hash LIMIT ?`, after, limit)
}

// ConversationsAfter returns conversations of every workspace, by id.
func (tx *Tx) ConversationsAfter(after desk.ConversationID, limit int) ([]desk.Conversation, error) {
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE id > ? ORDER BY id LIMIT ?`, int64(after), limit)
}

// StoredEvent is an event whose fact was not read yet.
type StoredEvent struct {
	desk.Event
	Kind string
	Data string
}

// among is the condition for rows of conversations, which may be of several
// workspaces: every index begins with the workspace.
func among(all []desk.Conversation) (string, []any) {
	var spaces []desk.WorkspaceID
	ids := make([]desk.ConversationID, len(all))
	for i, c := range all {
		ids[i] = c.ID
		if !slices.Contains(spaces, c.Workspace) {
			spaces = append(spaces, c.Workspace)
		}
	}
	workspaces, args := in(spaces)
	list, more := in(ids)
	return "workspace_id IN " + workspaces + " AND conversation_id IN " + list, append(args, more...)
}

// Histories returns what made conversations what they are, by conversation and
// version.
func (tx *Tx) Histories(all []desk.Conversation) ([]StoredEvent, error) {
	where, args := among(all)
	return collect(tx, func(scan func(...any) error) (e StoredEvent, err error) {
		err = scan(&e.Seq, &e.Workspace, &e.Conversation, &e.Version, when{&e.At}, &e.By.Kind, &e.By.User, &e.Kind, &e.Data)
		return e, err
	}, `SELECT seq, workspace_id, conversation_id, version, at, actor_kind, actor_id, kind, fact FROM event
		WHERE `+where+` AND version > 0 ORDER BY conversation_id, version, seq`, args...)
}

// MessageState is what of a message its history says too.
type MessageState struct {
	ID           desk.MessageID
	Conversation desk.ConversationID
	Kind         desk.MessageKind
	Delivery     desk.Delivery
	Deleted      bool
}

// MessageStates returns the messages of conversations.
func (tx *Tx) MessageStates(all []desk.Conversation) ([]MessageState, error) {
	where, args := among(all)
	return collect(tx, func(scan func(...any) error) (m MessageState, err error) {
		err = scan(&m.ID, &m.Conversation, &m.Kind, &m.Delivery, &m.Deleted)
		return m, err
	}, `SELECT id, conversation_id, kind, delivery, deleted_at IS NOT NULL FROM message WHERE `+where+` ORDER BY id`, args...)
}

// TagRow is a conversation in the list of a tag.
type TagRow struct {
	Conversation desk.ConversationID
	Tag          desk.TagID
	Active       bool
	At           time.Time
}

// TagRows returns the rows of conversations in the lists of tags.
func (tx *Tx) TagRows(all []desk.Conversation) ([]TagRow, error) {
	where, args := among(all)
	return collect(tx, func(scan func(...any) error) (r TagRow, err error) {
		err = scan(&r.Conversation, &r.Tag, &r.Active, when{&r.At})
		return r, err
	}, `SELECT conversation_id, tag_id, active, last_activity_at FROM conversation_tag WHERE `+where+` ORDER BY tag_id`, args...)
}

// QueueKeys returns the places of conversations in the line, as they are stored.
func (tx *Tx) QueueKeys(all []desk.Conversation) (map[desk.ConversationID]int64, error) {
	ids := make([]desk.ConversationID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	list, args := in(ids)
	type place struct {
		id  desk.ConversationID
		key int64
	}
	found, err := collect(tx, func(scan func(...any) error) (p place, err error) { err = scan(&p.id, &p.key); return p, err },
		`SELECT id, queue_key FROM conversation WHERE id IN `+list, args...)
	keys := map[desk.ConversationID]int64{}
	for _, p := range found {
		keys[p.id] = p.key
	}
	return keys, err
}

// CountEvents returns how many events there are in the whole install.
func (tx *Tx) CountEvents() (int64, error) {
	return scanInt(tx.row(`SELECT count(*) FROM event`).Scan)
}
