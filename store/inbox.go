package store

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"parley/desk"
)

func scanInbox(scan func(...any) error) (i desk.Inbox, err error) {
	var own, inherited string
	if err = scan(&i.ID, &i.Name, &i.Grouping, &i.OpenScope, &own, &inherited); err != nil {
		return i, err
	}
	i.Own = json.RawMessage(own)
	i.Settings, err = desk.EffectiveSettings(i.Grouping, json.RawMessage(inherited), i.Own)
	return i, err
}

const inboxSQL = `SELECT i.id, i.name, i.grouping, i.open_scope, i.settings, w.settings FROM inbox i JOIN workspace w ON w.id = i.workspace_id WHERE i.workspace_id = ?`

// Inbox returns one inbox of the workspace. Every step of taking a message in asks
// for the same one, so a transaction remembers it.
func (tx *Tx) Inbox(id desk.InboxID) (desk.Inbox, error) {
	if tx.inbox != nil && tx.inbox.ID == id {
		return *tx.inbox, nil
	}
	i, err := one(tx, "inbox", scanInbox, inboxByID, tx.scope.Workspace, id)
	if err == nil {
		tx.inbox = &i
	}
	return i, err
}

const inboxByID = inboxSQL + ` AND i.id = ?`

// Inboxes returns the inboxes the scope sees.
func (tx *Tx) Inboxes() ([]desk.Inbox, error) {
	seen, args := tx.visible("i.id")
	return collect(tx, scanInbox, inboxSQL+seen+` ORDER BY i.id`,
		append([]any{tx.scope.Workspace}, args...)...)
}

// SaveInbox adds or changes an inbox with its own settings. Its grouping is fixed
// when it is made.
func (tx *WriteTx) SaveInbox(i desk.Inbox, now time.Time) error {
	tx.inbox = nil
	own := string(i.Own)
	if own == "" {
		own = "{}"
	}
	return tx.exec(`INSERT INTO inbox (workspace_id, id, name, grouping, open_scope, settings, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings WHERE inbox.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, i.ID, i.Name, i.Grouping, i.OpenScope, own, micros(now))
}

const channelColumns = `id, inbox_id, kind, name, address, config, sealed, disabled, last_error, error_at, inbound_at, created_at`

func scanChannel(scan func(...any) error) (c desk.Channel, err error) {
	var config, sealed string
	if err = scan(&c.ID, &c.Inbox, &c.Kind, &c.Name, &c.Address, &config, &sealed, &c.Disabled, &c.LastError, when{&c.ErrorAt}, when{&c.InboundAt}, when{&c.CreatedAt}); err != nil {
		return c, err
	}
	c.Config = json.RawMessage(config)
	c.Sealed, err = hex.DecodeString(sealed)
	return c, err
}

// Channel returns one channel of the workspace, removed or not.
func (tx *Tx) Channel(id desk.ChannelID) (desk.Channel, error) {
	return one(tx, "channel", scanChannel, `SELECT `+channelColumns+` FROM channel WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// Channels returns the channels of the inboxes the scope sees.
func (tx *Tx) Channels() ([]desk.Channel, error) {
	seen, args := tx.visible("inbox_id")
	return collect(tx, scanChannel, `SELECT `+channelColumns+` FROM channel WHERE workspace_id = ? AND NOT removed`+seen+` ORDER BY id`,
		append([]any{tx.scope.Workspace}, args...)...)
}

// ChannelByAddress returns the channel that the outside knows by an address, and
// the workspace it is of.
func (tx *Tx) ChannelByAddress(kind, address string) (ws desk.WorkspaceID, c desk.Channel, err error) {
	c, err = one(tx, "channel", func(scan func(...any) error) (desk.Channel, error) {
		return scanChannel(func(dest ...any) error { return scan(append(dest, &ws)...) })
	}, `SELECT `+channelColumns+`, workspace_id FROM channel WHERE kind = ? AND address = ? AND NOT removed`, kind, address)
	return ws, c, err
}

// SaveChannel adds or changes a channel.
func (tx *WriteTx) SaveChannel(c desk.Channel) error {
	return tx.exec(`INSERT INTO channel (workspace_id, `+channelColumns+`, removed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, config = excluded.config, sealed = excluded.sealed, disabled = excluded.disabled,
			last_error = excluded.last_error, error_at = excluded.error_at WHERE channel.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, c.ID, c.Inbox, c.Kind, c.Name, c.Address, string(c.Config), hex.EncodeToString(c.Sealed), c.Disabled, c.LastError,
		micros(c.ErrorAt), micros(c.InboundAt), micros(c.CreatedAt), false)
}

// RemoveChannel takes a channel out of use; its messages stay.
func (tx *WriteTx) RemoveChannel(id desk.ChannelID) error {
	if err := tx.exec(`DELETE FROM channel_alias WHERE workspace_id = ? AND channel_id = ?`, tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`UPDATE channel SET removed = ?, disabled = ? WHERE workspace_id = ? AND id = ?`, true, true, tx.scope.Workspace, id)
}

// SetChannelHealth records the last error of a channel; "" says it works.
func (tx *WriteTx) SetChannelHealth(id desk.ChannelID, problem string, at time.Time) error {
	return tx.exec(`UPDATE channel SET last_error = ?, error_at = ? WHERE workspace_id = ? AND id = ? AND last_error <> ?`,
		problem, micros(at), tx.scope.Workspace, id, problem)
}

// Tags returns the tags of the workspace.
func (tx *Tx) Tags() ([]desk.Tag, error) {
	return collect(tx, scanTag, `SELECT id, name, color FROM tag WHERE workspace_id = ? ORDER BY folded`, tx.scope.Workspace)
}

func scanTag(scan func(...any) error) (t desk.Tag, err error) {
	err = scan(&t.ID, &t.Name, &t.Color)
	return t, err
}

// TagByID returns a tag of the workspace.
func (tx *Tx) TagByID(id desk.TagID) (desk.Tag, error) {
	return one(tx, "tag", scanTag, `SELECT id, name, color FROM tag WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// TagByName returns the tag with a folded name.
func (tx *Tx) TagByName(folded string) (desk.Tag, error) {
	return one(tx, "tag", scanTag, `SELECT id, name, color FROM tag WHERE workspace_id = ? AND folded = ?`, tx.scope.Workspace, folded)
}

// SaveTag adds or changes a tag; one with the same folded name is a conflict.
func (tx *WriteTx) SaveTag(t desk.Tag, folded string) error {
	n, err := scanInt(tx.row(`SELECT count(*) FROM tag WHERE workspace_id = ? AND folded = ? AND id <> ?`, tx.scope.Workspace, folded, t.ID).Scan)
	if err != nil {
		return err
	}
	if n > 0 {
		return desk.Errorf(desk.Conflict, "There is a tag with this name already.")
	}
	return tx.exec(`INSERT INTO tag (workspace_id, id, name, folded, color) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, color = excluded.color WHERE tag.workspace_id = excluded.workspace_id`, tx.scope.Workspace, t.ID, t.Name, folded, t.Color)
}

// NameTag returns the tag with a folded name; it is t where there was none. Two who
// name a new one at the same moment get the same.
func (tx *WriteTx) NameTag(t desk.Tag, folded string) (desk.TagID, error) {
	err := tx.exec(`INSERT INTO tag (workspace_id, id, name, folded, color) VALUES (?, ?, ?, ?, ?) ON CONFLICT (workspace_id, folded) DO NOTHING`,
		tx.scope.Workspace, t.ID, t.Name, folded, t.Color)
	if err != nil {
		return 0, err
	}
	named, err := tx.TagByName(folded)
	return named.ID, err
}

// DeleteTag removes a tag that no conversation has.
func (tx *WriteTx) DeleteTag(id desk.TagID) error {
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM conversation_tag WHERE workspace_id = ? AND tag_id = ? LIMIT 1) t`, tx.scope.Workspace, id).Scan)
	if err != nil {
		return err
	}
	if n > 0 {
		return desk.Errorf(desk.Conflict, "Conversations have this tag. Remove it from them first.")
	}
	if err := tx.exec(`DELETE FROM contact_tag WHERE workspace_id = ? AND tag_id = ?`, tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM tag WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// EveryChannel returns the channels of the workspace, removed ones too: old
// messages came through them.
func (tx *Tx) EveryChannel() ([]desk.Channel, error) {
	return collect(tx, scanChannel, channelsQuery, tx.scope.Workspace)
}

const channelsQuery = `SELECT ` + channelColumns + ` FROM channel WHERE workspace_id = ? ORDER BY id`

// OwnAddresses returns the mail addresses by which customers reach the inboxes of
// the workspace, folded: nobody of them is a customer.
func (tx *Tx) OwnAddresses() ([]string, error) {
	return collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err },
		`SELECT address FROM channel WHERE workspace_id = ? AND kind = ? AND NOT removed ORDER BY id`, tx.scope.Workspace, desk.KindMail)
}

// AddressesOfInbox returns the mail addresses of the install that an inbox of a name
// has, in any workspace, or the one that the name is itself.
func (tx *Tx) AddressesOfInbox(name string) ([]string, error) {
	return collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err },
		`SELECT c.address FROM channel c JOIN inbox i ON i.id = c.inbox_id
			WHERE c.kind = ? AND NOT c.removed AND NOT c.disabled AND (i.name = ? OR c.address = ?) ORDER BY c.id`, desk.KindMail, name, strings.ToLower(name))
}

// FirstAddress returns the address of the oldest channel of a kind in the
// install, or "".
func (tx *Tx) FirstAddress(kind string) (string, error) {
	all, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err },
		`SELECT address FROM channel WHERE kind = ? AND NOT removed AND NOT disabled ORDER BY id LIMIT 1`, kind)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}
