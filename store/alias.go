package store

import (
	"strings"

	"parley/desk"
)

// ChannelByAlias returns the channel that one of its other addresses leads to, and
// the workspace it is of. A whole address goes before all of its domain.
func (tx *Tx) ChannelByAlias(kind, address string) (ws desk.WorkspaceID, c desk.Channel, err error) {
	domain := address
	if _, after, ok := strings.Cut(address, "@"); ok {
		domain = "@" + after
	}
	c, err = one(tx, "channel", func(scan func(...any) error) (desk.Channel, error) {
		return scanChannel(func(dest ...any) error { return scan(append(dest, &ws)...) })
	}, `SELECT `+aliased("c", channelColumns)+`, c.workspace_id FROM channel_alias a JOIN channel c ON c.id = a.channel_id
		WHERE a.kind = ? AND a.address IN (?, ?) AND NOT c.removed ORDER BY CASE WHEN a.address = ? THEN 0 ELSE 1 END LIMIT 1`, kind, address, domain, address)
	return ws, c, err
}

// SaveAliases makes these the other addresses of a channel. One that leads to another
// channel already, also of another workspace, is a conflict.
func (tx *WriteTx) SaveAliases(c desk.Channel, addresses []string) error {
	if err := tx.exec(`DELETE FROM channel_alias WHERE workspace_id = ? AND channel_id = ?`, tx.scope.Workspace, c.ID); err != nil {
		return err
	}
	for _, address := range addresses {
		n, err := scanInt(tx.row(`SELECT count(*) FROM channel WHERE kind = ? AND address = ? AND NOT removed AND id <> ?`, c.Kind, address, c.ID).Scan)
		if err != nil {
			return err
		}
		added := int64(0)
		if n == 0 {
			added, err = tx.changed(`INSERT INTO channel_alias (workspace_id, channel_id, kind, address)
				SELECT workspace_id, id, kind, ? FROM channel WHERE workspace_id = ? AND id = ? ON CONFLICT (kind, address) DO NOTHING`, address, tx.scope.Workspace, c.ID)
			if err != nil {
				return err
			}
		}
		if added == 0 {
			return desk.Errorf(desk.Conflict, "%s leads to another channel already, here or in another workspace of this install. Use another address.", address)
		}
	}
	return nil
}
