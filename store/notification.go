package store

import (
	"encoding/hex"
	"time"

	"parley/desk"
)

// The states of a notification.
const (
	NotificationTold       = "told"       // they were told, or some of the forms wait until they work
	NotificationHeld       = "held"       // nothing was told yet
	NotificationSuppressed = "suppressed" // they are not told, and the reason says why
)

// Notification is a decision about one person and one thing.
type Notification struct {
	ID           int64
	User         desk.UserID
	Kind         desk.NewsKind
	Conversation desk.ConversationID
	Actor        desk.UserID
	Note         desk.MessageID
	At           time.Time
	ReadAt       time.Time
	Cause        int64 // the event it is about
	State        string
	Reason       string // why it is suppressed
	Forms        []desk.Form
	DueAt        time.Time // when what is held is due; zero when nothing is
	Amount       int64     // of how many conversations, of none in particular; 0 and 1 are the one it names
}

func scanNotification(scan func(...any) error) (n Notification, err error) {
	err = scan(&n.ID, &n.User, &n.Kind, &n.Conversation, &n.Actor, &n.Note, when{&n.At}, when{&n.ReadAt}, &n.Cause, &n.State, &n.Reason, asJSON(&n.Forms), when{&n.DueAt}, &n.Amount)
	return n, err
}

const notificationColumns = `id, user_id, kind, conversation_id, actor_id, note_id, at, read_at, cause, state, reason, forms, due_at, amount`

// Notifications returns what the user was told, newest first, before one of an
// earlier page.
func (tx *Tx) Notifications(before int64, limit int) ([]Notification, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	seen, more := tx.seenNotification()
	args := append([]any{tx.scope.Workspace, tx.scope.User, before}, more...)
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification
		WHERE workspace_id = ? AND user_id = ? AND id < ? AND state = 'told'`+seen+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// seenNotification keeps a query to notifications about what the scope may read.
func (tx *Tx) seenNotification() (string, []any) {
	seen, args := tx.readable("c")
	if seen == "" {
		return "", nil
	}
	return ` AND (conversation_id IS NULL OR EXISTS (SELECT 1 FROM conversation c WHERE c.id = notification.conversation_id` + seen + `))`, args
}

// Decisions returns who was told of what happened in a conversation, and who was
// not and why, newest first.
func (tx *Tx) Decisions(conversation desk.ConversationID, before int64, limit int) ([]Notification, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification
		WHERE workspace_id = ? AND conversation_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, tx.scope.Workspace, conversation, before, limit)
}

// Decided returns how somebody was told of one kind of thing, newest first, also
// when they were not.
func (tx *Tx) Decided(user desk.UserID, kind desk.NewsKind, limit int) ([]Notification, error) {
	return collect(tx, scanNotification, `SELECT `+notificationColumns+` FROM notification
		WHERE workspace_id = ? AND user_id = ? AND kind = ? ORDER BY id DESC LIMIT ?`, tx.scope.Workspace, user, kind, limit)
}

// Notification returns one.
func (tx *Tx) Notification(id int64) (Notification, error) {
	return one(tx, "notification", scanNotification, `SELECT `+notificationColumns+` FROM notification WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// UnreadNotifications returns how many the user has not seen, at most CountCap.
func (tx *Tx) UnreadNotifications() (int64, error) {
	seen, more := tx.seenNotification()
	args := append([]any{tx.scope.Workspace, tx.scope.User}, more...)
	return scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM notification WHERE workspace_id = ? AND user_id = ? AND state = 'told' AND read_at IS NULL`+seen+` LIMIT ?) n`,
		append(args, CountCap)...).Scan)
}

// InsertNotification adds one and reports whether it is new: one event tells a person once.
func (tx *WriteTx) InsertNotification(n Notification) (bool, error) {
	if n.State == "" {
		n.State = NotificationTold
	}
	rows, err := tx.changed(`INSERT INTO notification (workspace_id, `+notificationColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id, cause) DO NOTHING`, tx.scope.Workspace, n.ID, n.User, n.Kind, n.Conversation, n.Actor, n.Note, micros(n.At), micros(n.ReadAt), n.Cause,
		n.State, n.Reason, asJSON(&n.Forms), micros(n.DueAt), max(1, n.Amount))
	return rows > 0, err
}

// SettleNotification stores what became of a notification that was held.
func (tx *WriteTx) SettleNotification(n Notification) error {
	return tx.exec(`UPDATE notification SET state = ?, reason = ?, forms = ?, due_at = ? WHERE workspace_id = ? AND id = ?`,
		n.State, n.Reason, asJSON(&n.Forms), micros(n.DueAt), tx.scope.Workspace, n.ID)
}

// ReadNotifications marks the user's as seen, up to one.
func (tx *WriteTx) ReadNotifications(upTo int64, at time.Time) error {
	return tx.exec(`UPDATE notification SET read_at = ? WHERE workspace_id = ? AND user_id = ? AND id <= ? AND read_at IS NULL`, micros(at), tx.scope.Workspace, tx.scope.User, upTo)
}

// ReadNotification marks one of the user's as seen.
func (tx *WriteTx) ReadNotification(id int64, at time.Time) error {
	return tx.exec(`UPDATE notification SET read_at = ? WHERE workspace_id = ? AND user_id = ? AND id = ? AND read_at IS NULL`, micros(at), tx.scope.Workspace, tx.scope.User, id)
}

// SignedIn returns which of these people are signed in somewhere.
func (tx *Tx) SignedIn(users []desk.UserID, now time.Time) (map[desk.UserID]bool, error) {
	list, args := in(users)
	all, err := collect(tx, func(scan func(...any) error) (u desk.UserID, err error) { err = scan(&u); return u, err },
		`SELECT DISTINCT user_id FROM session WHERE user_id IN `+list+` AND expires_at > ?`, append(args, micros(now))...)
	found := map[desk.UserID]bool{}
	for _, u := range all {
		found[u] = true
	}
	return found, err
}

// Preference is how one person wants to be told, and when their next digest is due.
type Preference struct {
	User     desk.UserID
	Settings desk.Preferences
	DigestAt time.Time
}

func scanPreference(scan func(...any) error) (p Preference, err error) {
	var hours *desk.Hours
	err = scan(&p.User, asJSON(&p.Settings), when{&p.DigestAt}, asJSON(&hours))
	p.Settings.Hours = hours
	return p, err
}

// Preferences returns what these people have chosen, by person. When they work is
// what their membership says.
func (tx *Tx) Preferences(users []desk.UserID) (map[desk.UserID]Preference, error) {
	list, args := in(users)
	all, err := collect(tx, scanPreference, `SELECT m.user_id, s.settings, s.digest_at, m.hours FROM member m
		LEFT JOIN notification_settings s ON s.workspace_id = m.workspace_id AND s.user_id = m.user_id WHERE m.workspace_id = ? AND m.user_id IN `+list,
		append([]any{tx.scope.Workspace}, args...)...)
	found := map[desk.UserID]Preference{}
	for _, p := range all {
		found[p.User] = p
	}
	return found, err
}

// SavePreference stores what somebody has chosen, but for their hours: those are
// of their membership.
func (tx *WriteTx) SavePreference(p Preference) error {
	p.Settings.Hours = nil
	return tx.exec(`INSERT INTO notification_settings (workspace_id, user_id, settings, digest_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id) DO UPDATE SET settings = excluded.settings, digest_at = excluded.digest_at`,
		tx.scope.Workspace, p.User, asJSON(&p.Settings), micros(p.DigestAt))
}

// Push is a browser that takes pushed messages. Where it is reached is sealed.
type Push struct {
	ID        desk.PushID
	User      desk.UserID
	Session   desk.SessionID
	Hash      string // of the endpoint
	Sealed    []byte
	UserAgent string
	CreatedAt time.Time
	ToldAt    time.Time
}

const pushColumns = `p.id, p.user_id, p.session_id, p.endpoint_hash, p.sealed, p.user_agent, p.created_at, p.told_at`

func scanPush(scan func(...any) error) (p Push, err error) {
	var sealed string
	if err = scan(&p.ID, &p.User, &p.Session, &p.Hash, &sealed, &p.UserAgent, when{&p.CreatedAt}, when{&p.ToldAt}); err != nil {
		return p, err
	}
	p.Sealed, err = hex.DecodeString(sealed)
	return p, err
}

// Pushes returns the browsers of somebody whose sessions are not over.
func (tx *Tx) Pushes(user desk.UserID, now time.Time) ([]Push, error) {
	return collect(tx, scanPush, `SELECT `+pushColumns+` FROM push_subscription p JOIN session s ON s.id = p.session_id
		WHERE p.user_id = ? AND s.user_id = p.user_id AND s.expires_at > ? ORDER BY p.id`, user, micros(now))
}

// SavePush adds a browser. One that is known is now whoever's session says.
func (tx *WriteTx) SavePush(p Push) error {
	if err := tx.exec(`DELETE FROM push_subscription WHERE endpoint_hash = ?`, p.Hash); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO push_subscription (id, user_id, session_id, endpoint_hash, sealed, user_agent, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.User, p.Session, p.Hash, hex.EncodeToString(p.Sealed), p.UserAgent, micros(p.CreatedAt))
}

// DeletePush forgets a browser of somebody.
func (tx *WriteTx) DeletePush(user desk.UserID, id desk.PushID) error {
	return tx.exec(`DELETE FROM push_subscription WHERE user_id = ? AND id = ?`, user, id)
}

// TouchPush records that a browser was told something.
func (tx *WriteTx) TouchPush(id desk.PushID, at time.Time) error {
	return tx.exec(`UPDATE push_subscription SET told_at = ? WHERE id = ?`, micros(at), id)
}

// KeepInstallValue stores a value of the install if there is none, and returns
// the one that is there: of several processes that begin at once, one decides.
func (tx *WriteTx) KeepInstallValue(name, value string) (kept string, err error) {
	if err := tx.exec(`INSERT INTO install (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return "", err
	}
	return tx.InstallValue(name)
}

// CountPushes returns how many browsers take pushed messages, in the whole install.
func (tx *Tx) CountPushes(now time.Time) (int64, error) {
	return scanInt(tx.row(`SELECT count(*) FROM push_subscription p JOIN session s ON s.id = p.session_id WHERE s.expires_at > ?`, micros(now)).Scan)
}
