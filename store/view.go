package store

import (
	"fmt"
	"slices"
	"time"

	"parley/desk"
	"parley/filter"
)

// SavedView is a filter with a name, an order and columns.
type SavedView struct {
	ID      desk.ViewID
	Name    string
	Filter  filter.Node
	Sort    Sort
	Columns []string
	desk.ViewSharing
	Version   int64
	CreatedAt time.Time
	ChangedAt time.Time
	// Position is where it stands among the views that the reader has pinned, from
	// 1; 0 is not pinned.
	Position int
}

const viewColumns = `v.id, v.owner_id, v.name, v.conditions, v.sort, v.shown, v.audience, v.version, v.created_at, v.changed_at`

func scanView(scan func(...any) error) (v SavedView, err error) {
	var text string
	var at *int
	err = scan(&v.ID, &v.Owner, &v.Name, &text, &v.Sort, asJSON(&v.Columns), &v.Audience, &v.Version, when{&v.CreatedAt}, when{&v.ChangedAt}, &at)
	if err != nil {
		return v, err
	}
	if at != nil {
		v.Position = *at + 1
	}
	if v.Filter, err = filter.Decode([]byte(text)); err != nil {
		return v, fmt.Errorf("view %s: %w", v.ID, err)
	}
	return v, nil
}

// views returns those that the scope's user has: their own, those of everyone,
// and those shared with them or with a team of theirs.
func (tx *Tx) views(where string, args ...any) ([]SavedView, error) {
	user := int64(tx.scope.User)
	args = append([]any{user, int64(tx.scope.Workspace), user, user, user}, args...)
	all, err := collect(tx, scanView, `SELECT `+viewColumns+`, n.position FROM saved_view v
		LEFT JOIN view_pin n ON n.workspace_id = v.workspace_id AND n.view_id = v.id AND n.user_id = ?
		WHERE v.workspace_id = ? AND (v.owner_id = ? OR v.audience = 'everyone'
			OR v.audience = 'shared' AND (EXISTS (SELECT 1 FROM view_user s WHERE s.workspace_id = v.workspace_id AND s.view_id = v.id AND s.user_id = ?)
				OR EXISTS (SELECT 1 FROM view_team s JOIN team_member m ON m.workspace_id = s.workspace_id AND m.team_id = s.team_id
					WHERE s.workspace_id = v.workspace_id AND s.view_id = v.id AND m.user_id = ?)))`+where, args...)
	if err != nil || len(all) == 0 {
		return all, err
	}
	return all, tx.fillShares(all)
}

func (tx *Tx) fillShares(all []SavedView) error {
	var ids []desk.ViewID
	place := map[desk.ViewID]int{}
	for i, v := range all {
		if place[v.ID] = i; v.Audience == desk.AudienceShared {
			ids = append(ids, v.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	type share struct {
		view desk.ViewID
		kind string
		with int64
	}
	list, args := in(ids)
	shares, err := collect(tx, func(scan func(...any) error) (s share, err error) {
		err = scan(&s.view, &s.kind, &s.with)
		return s, err
	},
		`SELECT view_id, 'user', user_id FROM view_user WHERE workspace_id = ? AND view_id IN `+list+`
			UNION ALL SELECT view_id, 'team', team_id FROM view_team WHERE workspace_id = ? AND view_id IN `+list+` ORDER BY 3`,
		append(append([]any{tx.scope.Workspace}, args...), append([]any{tx.scope.Workspace}, args...)...)...)
	for _, s := range shares {
		v := &all[place[s.view]]
		if s.kind == "user" {
			v.Users = append(v.Users, desk.UserID(s.with))
		} else {
			v.Teams = append(v.Teams, desk.TeamID(s.with))
		}
	}
	return err
}

// SavedViews returns the views that the scope's user has: pinned ones first in
// their order, then the others by name.
func (tx *Tx) SavedViews() ([]SavedView, error) {
	return tx.views(` ORDER BY CASE WHEN n.position IS NULL THEN 1 ELSE 0 END, n.position, lower(v.name), v.id`)
}

// PinnedViews returns the views that the scope's user has in the sidebar, in
// their order.
func (tx *Tx) PinnedViews() ([]SavedView, error) {
	return tx.views(` AND n.position IS NOT NULL ORDER BY n.position, v.id`)
}

// SavedView returns one view that the scope's user has, or an error of kind NotFound.
func (tx *Tx) SavedView(id desk.ViewID) (SavedView, error) {
	all, err := tx.views(` AND v.id = ?`, int64(id))
	if err == nil && len(all) == 0 {
		err = desk.Errorf(desk.NotFound, "There is no such view here.")
	}
	if err != nil {
		return SavedView{}, err
	}
	return all[0], nil
}

// CountViews returns how many views somebody has made.
func (tx *Tx) CountViews(owner desk.UserID) (int, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM saved_view WHERE workspace_id = ? AND owner_id = ?`, tx.scope.Workspace, owner).Scan)
	return int(n), err
}

// SaveView adds or changes a view; one of another version is a conflict.
func (tx *WriteTx) SaveView(v SavedView) error {
	text, err := filter.Encode(v.Filter)
	if err != nil {
		return err
	}
	if v.Columns == nil {
		v.Columns = []string{}
	}
	if v.Version == 1 {
		err = tx.exec(`INSERT INTO saved_view (workspace_id, id, owner_id, name, conditions, sort, shown, audience, version, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			tx.scope.Workspace, v.ID, v.Owner, v.Name, string(text), v.Sort, asJSON(&v.Columns), v.Audience, v.Version, micros(v.CreatedAt), micros(v.ChangedAt))
	} else {
		err = tx.q.expect(tx.ctx, desk.Errorf(desk.Conflict, "This view was changed meanwhile. Look at it again, and then change it."),
			`UPDATE saved_view SET name = ?, conditions = ?, sort = ?, shown = ?, audience = ?, version = ?, changed_at = ? WHERE workspace_id = ? AND id = ? AND version = ?`,
			v.Name, string(text), v.Sort, asJSON(&v.Columns), v.Audience, v.Version, micros(v.ChangedAt), tx.scope.Workspace, v.ID, v.Version-1)
	}
	if err != nil {
		return err
	}
	if err := tx.unshare(v.ID); err != nil {
		return err
	}
	for _, user := range v.Users {
		if err := tx.exec(`INSERT INTO view_user (workspace_id, view_id, user_id) VALUES (?, ?, ?) ON CONFLICT (workspace_id, user_id, view_id) DO NOTHING`, tx.scope.Workspace, v.ID, user); err != nil {
			return err
		}
	}
	for _, team := range v.Teams {
		if err := tx.exec(`INSERT INTO view_team (workspace_id, view_id, team_id) VALUES (?, ?, ?) ON CONFLICT (workspace_id, team_id, view_id) DO NOTHING`, tx.scope.Workspace, v.ID, team); err != nil {
			return err
		}
	}
	return nil
}

func (tx *WriteTx) unshare(id desk.ViewID) error {
	if err := tx.exec(`DELETE FROM view_user WHERE workspace_id = ? AND view_id = ?`, tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM view_team WHERE workspace_id = ? AND view_id = ?`, tx.scope.Workspace, id)
}

// DeleteView removes a view for everybody.
func (tx *WriteTx) DeleteView(id desk.ViewID) error {
	if err := tx.unshare(id); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM view_pin WHERE workspace_id = ? AND view_id = ?`, tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM saved_view WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// PinViews says which views the scope's user has in the sidebar, in this order.
func (tx *WriteTx) PinViews(ids []desk.ViewID) error {
	if err := tx.exec(`DELETE FROM view_pin WHERE workspace_id = ? AND user_id = ?`, tx.scope.Workspace, tx.scope.User); err != nil {
		return err
	}
	for i, id := range slices.Compact(slices.Clone(ids)) {
		err := tx.exec(`INSERT INTO view_pin (workspace_id, user_id, view_id, position) SELECT v.workspace_id, p.id, v.id, CAST(? AS BIGINT) FROM saved_view v JOIN person p ON p.id = ?
			WHERE v.workspace_id = ? AND v.id = ?`, i, tx.scope.User, tx.scope.Workspace, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// TeamsOf returns the teams of a member.
func (tx *Tx) TeamsOf(user desk.UserID) ([]desk.TeamID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.TeamID, err error) { err = scan(&id); return id, err },
		`SELECT team_id FROM team_member WHERE workspace_id = ? AND user_id = ? ORDER BY team_id`, tx.scope.Workspace, user)
}
