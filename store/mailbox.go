package store

import (
	"time"

	"parley/desk"
)

// FolderCursor is how far a folder of a channel's mailbox was read; see channel.Cursor.
type FolderCursor struct {
	Folder   string
	Source   string
	Validity uint32
	Last     uint32
	Since    time.Time
	Below    uint32
	Stuck    uint32
	Tries    int
}

const cursorColumns = `folder, source, validity, last, since, below, stuck, tries`

func scanCursor(scan func(...any) error) (c FolderCursor, err error) {
	err = scan(&c.Folder, &c.Source, &c.Validity, &c.Last, when{&c.Since}, &c.Below, &c.Stuck, &c.Tries)
	return c, err
}

// FolderCursor returns how far a folder was read, or the zero cursor of that folder.
func (tx *Tx) FolderCursor(ch desk.ChannelID, folder string) (FolderCursor, error) {
	c, err := one(tx, "folder", scanCursor, `SELECT `+cursorColumns+` FROM mailbox_folder WHERE workspace_id = ? AND channel_id = ? AND folder = ?`+tx.lock,
		tx.scope.Workspace, ch, folder)
	if desk.KindOf(err) == desk.NotFound {
		return FolderCursor{Folder: folder}, nil
	}
	return c, err
}

// SaveFolderCursor records how far a folder was read.
func (tx *WriteTx) SaveFolderCursor(ch desk.ChannelID, c FolderCursor) error {
	return tx.exec(`INSERT INTO mailbox_folder (workspace_id, channel_id, `+cursorColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, channel_id, folder) DO UPDATE SET source = excluded.source, validity = excluded.validity, last = excluded.last, since = excluded.since, below = excluded.below,
			stuck = excluded.stuck, tries = excluded.tries`,
		tx.scope.Workspace, ch, c.Folder, c.Source, int64(c.Validity), int64(c.Last), micros(c.Since), int64(c.Below), int64(c.Stuck), c.Tries)
}

// Installed is a channel of the install, and the workspace it is of.
type Installed struct {
	Workspace desk.WorkspaceID
	Channel   desk.Channel
}

// InstalledChannels returns the channels of a kind in the whole install that are in use.
func (tx *Tx) InstalledChannels(kind string) ([]Installed, error) {
	return collect(tx, func(scan func(...any) error) (i Installed, err error) {
		i.Channel, err = scanChannel(func(dest ...any) error { return scan(append(dest, &i.Workspace)...) })
		return i, err
	}, `SELECT `+channelColumns+`, workspace_id FROM channel WHERE kind = ? AND NOT removed AND NOT disabled ORDER BY id`, kind)
}

// HoldMailbox gives a channel's mailbox to a lease until a time, if nobody else has
// it just now or all leases of others are over, and reports whether it did.
func (tx *WriteTx) HoldMailbox(ch desk.ChannelID, lease int64, now, until time.Time, alone bool) (bool, error) {
	n, err := tx.changed(`INSERT INTO mailbox_lease (channel_id, workspace_id, lease, lease_until) VALUES (?, ?, ?, ?)
		ON CONFLICT (channel_id) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
		WHERE mailbox_lease.workspace_id = excluded.workspace_id AND (mailbox_lease.lease = excluded.lease OR mailbox_lease.lease_until < ? OR ?)`,
		ch, tx.scope.Workspace, lease, micros(until), micros(now), alone)
	return n > 0, err
}

// LetMailboxGo ends the lease of a channel's mailbox, if it is this one.
func (tx *WriteTx) LetMailboxGo(ch desk.ChannelID, lease int64) error {
	return tx.exec(`DELETE FROM mailbox_lease WHERE workspace_id = ? AND channel_id = ? AND lease = ?`, tx.scope.Workspace, ch, lease)
}

// HeldMailboxes returns the channels whose mailboxes somebody else than a lease
// watches just now.
func (tx *Tx) HeldMailboxes(lease int64, now time.Time) ([]desk.ChannelID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.ChannelID, err error) { err = scan(&id); return id, err },
		`SELECT channel_id FROM mailbox_lease WHERE lease <> ? AND lease_until >= ?`, lease, micros(now))
}

// KeepMailboxes prolongs what a lease has and returns of which channels.
func (tx *WriteTx) KeepMailboxes(lease int64, until time.Time) ([]desk.ChannelID, error) {
	return collect(tx.Tx, func(scan func(...any) error) (id desk.ChannelID, err error) { err = scan(&id); return id, err },
		`UPDATE mailbox_lease SET lease_until = ? WHERE lease = ? RETURNING channel_id`, micros(until), lease)
}

// The ways of a channel of which it is known whether they work.
const (
	WayIn  = "in"  // fetching from a mailbox
	WayOut = "out" // handing over what is sent
)

// Health is whether a way in or out of a channel works.
type Health struct {
	Channel      desk.ChannelID
	Way          string
	OkAt         time.Time     // when it worked last
	FailingSince time.Time     // zero while it works
	Problem      string        // one sentence that says what to do; "" while it works
	Told         bool          // the admins were told that it fails
	Waiting      int           // messages in the mailbox that were not fetched yet
	Lag          time.Duration // between the arrival in the mailbox and here, of the last message
}

const healthColumns = `channel_id, way, ok_at, failing_since, problem, told, waiting, lag`

func scanHealth(scan func(...any) error) (h Health, err error) {
	var lag int64
	err = scan(&h.Channel, &h.Way, when{&h.OkAt}, when{&h.FailingSince}, &h.Problem, &h.Told, &h.Waiting, &lag)
	h.Lag = time.Duration(lag) * time.Microsecond
	return h, err
}

// ChannelHealth returns what is known of the ways of the channels that the scope
// sees, or of one of them.
func (tx *Tx) ChannelHealth(ch desk.ChannelID) ([]Health, error) {
	seen, args := tx.visible("inbox_id")
	q := `SELECT ` + healthColumns + ` FROM channel_health WHERE workspace_id = ? AND channel_id IN (SELECT id FROM channel WHERE workspace_id = ?` + seen + `)`
	args = append([]any{tx.scope.Workspace, tx.scope.Workspace}, args...)
	if ch != 0 {
		q, args = q+` AND channel_id = ?`, append(args, ch)
	}
	return collect(tx, scanHealth, q+` ORDER BY channel_id, way`+tx.lock, args...)
}

// SaveHealth records whether a way of a channel works.
func (tx *WriteTx) SaveHealth(h Health) error {
	return tx.exec(`INSERT INTO channel_health (workspace_id, `+healthColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, channel_id, way) DO UPDATE SET ok_at = excluded.ok_at, failing_since = excluded.failing_since, problem = excluded.problem,
			told = excluded.told, waiting = excluded.waiting, lag = excluded.lag`,
		tx.scope.Workspace, h.Channel, h.Way, micros(h.OkAt), micros(h.FailingSince), h.Problem, h.Told, h.Waiting, h.Lag.Microseconds())
}

// ForgetProblems drops what is known of why a channel fails: its settings changed.
func (tx *WriteTx) ForgetProblems(ch desk.ChannelID) error {
	return tx.exec(`UPDATE channel_health SET problem = '', failing_since = NULL, told = ? WHERE workspace_id = ? AND channel_id = ?`, false, tx.scope.Workspace, ch)
}
