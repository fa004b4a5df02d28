package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/desk"
)

const eventColumns = `seq, workspace_id, conversation_id, version, at, actor_kind, actor_id, command_id, cause, depth, kind, fact`

func scanEvent(scan func(...any) error) (e desk.Event, err error) {
	var cause *int64
	var kind, fact string
	if err = scan(&e.Seq, &e.Workspace, &e.Conversation, &e.Version, when{&e.At}, &e.By.Kind, &e.By.User, &e.Command, &cause, &e.Depth, &kind, &fact); err != nil {
		return e, err
	}
	if cause != nil {
		e.Cause = *cause
	}
	e.Fact, err = desk.Facts.Decode(kind, []byte(fact))
	return e, err
}

// WillAppend announces about how many events follow: where the database numbers
// them, the numbers come with the next query.
func (tx *WriteTx) WillAppend(n int) { tx.q.numbers(n) }

// AppendEvent adds e to the timeline and sets e.Seq.
func (tx *WriteTx) AppendEvent(e *desk.Event) error {
	var cause any
	if e.Cause != 0 {
		cause = e.Cause
	}
	tx.news.events, tx.news.settings = true, tx.news.settings || e.Conversation == 0
	version := e.Version
	if desk.Reader(e.Fact) != 0 {
		version = 0
	}
	seq, err := tx.q.number(tx.ctx, `INSERT INTO event (workspace_id, conversation_id, version, at, actor_kind, actor_id, command_id, cause, depth, kind, reader_id, fact)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Workspace, e.Conversation, version, micros(e.At), e.By.Kind, e.By.User, e.Command, cause, e.Depth,
		desk.Facts.Name(e.Fact), desk.Reader(e.Fact), asJSON(&e.Fact))
	e.Seq = seq
	return err
}

// Event returns one event of any workspace, for an effect.
func (tx *Tx) Event(seq int64) (desk.Event, error) {
	return one(tx, "event", scanEvent, `SELECT `+eventColumns+` FROM event WHERE seq = ?`, seq)
}

// Facts returns the events of one command on a conversation, oldest first.
func (tx *Tx) Facts(conversation desk.ConversationID, command desk.CommandID) ([]desk.Event, error) {
	return collect(tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE workspace_id = ? AND conversation_id = ? AND version > 0 AND command_id = ?
		UNION ALL SELECT `+eventColumns+` FROM event WHERE workspace_id = ? AND command_id = ? AND version = 0 AND conversation_id = ? ORDER BY seq`,
		tx.scope.Workspace, conversation, command, tx.scope.Workspace, command, conversation)
}

// Timeline returns the newest events of a conversation before a version (0 for
// the newest of all), newest first, without personal ones.
func (tx *Tx) Timeline(conversation desk.ConversationID, before int64, limit int) ([]desk.Event, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(tx, scanEvent, `SELECT `+eventColumns+` FROM event
		WHERE workspace_id = ? AND conversation_id = ? AND version > 0 AND version < ? ORDER BY version DESC LIMIT ?`,
		tx.scope.Workspace, conversation, before, limit)
}

// History returns every event that made a conversation what it is, oldest first.
func (tx *Tx) History(conversation desk.ConversationID) ([]desk.Event, error) {
	return collect(tx, scanEvent, `SELECT `+eventColumns+` FROM event
		WHERE workspace_id = ? AND conversation_id = ? AND version > 0 ORDER BY version`, tx.scope.Workspace, conversation)
}

// HistoryUntil returns the events that had made a conversation what it was after
// a version (0 for any) and at a moment (the zero time for any), oldest first.
func (tx *Tx) HistoryUntil(conversation desk.ConversationID, version int64, at time.Time) ([]desk.Event, error) {
	until := int64(1<<63 - 1)
	if version == 0 {
		version = until
	}
	if !at.IsZero() {
		until = at.UnixMicro()
	}
	return collect(tx, scanEvent, `SELECT `+eventColumns+` FROM event
		WHERE workspace_id = ? AND conversation_id = ? AND version > 0 AND version <= ? AND at <= ? ORDER BY version`,
		tx.scope.Workspace, conversation, version, until)
}

// Cursor is a place in the feed of events. On PostgreSQL events are ordered by
// the transaction that wrote them, since numbers do not commit in order.
type Cursor struct{ xid, seq int64 }

// String returns the public form of a cursor.
func (c Cursor) String() string { return fmt.Sprintf("%d-%d", c.xid, c.seq) }

// Beyond reports whether c is after another cursor. A screen whose cursor is
// beyond the end of the feed saw an install that a restore has replaced.
func (c Cursor) Beyond(end Cursor) bool {
	return c.xid > end.xid || c.xid == end.xid && c.seq > end.seq
}

// ParseCursor reads what String writes.
func ParseCursor(s string) (c Cursor, err error) {
	xid, seq, ok := strings.Cut(s, "-")
	if ok {
		if c.xid, err = strconv.ParseInt(xid, 10, 64); err == nil {
			c.seq, err = strconv.ParseInt(seq, 10, 64)
		}
	}
	if !ok || err != nil {
		return c, desk.Errorf(desk.Invalid, "The cursor cannot be read. Leave it out to begin with what is now.")
	}
	return c, nil
}

// tailSQL is how a database orders its feed.
type tailSQL struct{ order, after, where, xid, now string }

// Now returns the end of the feed.
func (tx *Tx) Now() (c Cursor, err error) {
	err = tx.row(tx.db.tail().now).Scan(&c.xid, &c.seq)
	return c, err
}

// Tailed is an event with the cursor after it.
type Tailed struct {
	desk.Event
	Cursor Cursor
}

// Tail returns the events after a cursor, of every workspace or of the scope's,
// in an order in which none is ever inserted before one that was seen.
func (tx *Tx) Tail(after Cursor, limit int) ([]Tailed, error) {
	return tx.tailed(after, limit, tx.db.tail().where)
}

// Visible returns the events after a cursor that the transaction sees, in the
// order of Tail: also those that others may still come before. What they are
// about is as the transaction sees it, too.
func (tx *Tx) Visible(after Cursor, limit int) ([]Tailed, error) { return tx.tailed(after, limit, "") }

func (tx *Tx) tailed(after Cursor, limit int, below string) ([]Tailed, error) {
	t := tx.db.tail()
	where, args := "", []any{}
	if tx.db.name() == "postgres" {
		args = append(args, strconv.FormatInt(after.xid, 10), after.seq)
	} else {
		args = append(args, 0, after.seq)
	}
	if tx.scope.Workspace != 0 {
		where = " AND workspace_id = ?"
		args = append(args, tx.scope.Workspace)
	}
	return collect(tx, func(scan func(...any) error) (e Tailed, err error) {
		e.Event, err = scanEvent(func(dest ...any) error { return scan(append(dest, &e.Cursor.xid)...) })
		e.Cursor.seq = e.Seq
		return e, err
	}, `SELECT `+eventColumns+`, `+t.xid+` FROM event WHERE `+t.after+below+where+` ORDER BY `+t.order+` LIMIT ?`, append(args, limit)...)
}
