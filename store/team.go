package store

import (
	"strings"
	"time"

	"parley/desk"
)

func scanTeam(scan func(...any) error) (t desk.Team, err error) {
	err = scan(&t.ID, &t.Name, &t.Lead, &t.Fallback)
	return t, err
}

const teamSQL = `SELECT id, name, lead_id, fallback_id FROM team WHERE workspace_id = ?`

// Teams returns the teams of the workspace, by name.
func (tx *Tx) Teams() ([]desk.Team, error) {
	all, err := collect(tx, scanTeam, teamSQL+` ORDER BY folded, id`, tx.scope.Workspace)
	if err != nil {
		return nil, err
	}
	place := map[desk.TeamID]*desk.Team{}
	for i := range all {
		place[all[i].ID] = &all[i]
	}
	members, err := tx.pairs(`SELECT team_id, user_id FROM team_member WHERE workspace_id = ? ORDER BY team_id, user_id`, tx.scope.Workspace)
	if err != nil {
		return nil, err
	}
	inboxes, err := tx.pairs(`SELECT team_id, inbox_id FROM team_inbox WHERE workspace_id = ? ORDER BY team_id, inbox_id`, tx.scope.Workspace)
	for _, p := range members {
		if t := place[desk.TeamID(p[0])]; t != nil {
			t.Members = append(t.Members, desk.UserID(p[1]))
		}
	}
	for _, p := range inboxes {
		if t := place[desk.TeamID(p[0])]; t != nil {
			t.Inboxes = append(t.Inboxes, desk.InboxID(p[1]))
		}
	}
	return all, err
}

// pairs returns the rows of a query that gives two numbers.
func (tx *Tx) pairs(q string, args ...any) ([][2]int64, error) {
	return collect(tx, func(scan func(...any) error) (p [2]int64, err error) { err = scan(&p[0], &p[1]); return p, err }, q, args...)
}

// Team returns one team of the workspace.
func (tx *Tx) Team(id desk.TeamID) (desk.Team, error) {
	all, err := tx.Teams()
	if err != nil {
		return desk.Team{}, err
	}
	for _, t := range all {
		if t.ID == id {
			return t, nil
		}
	}
	return desk.Team{}, desk.Errorf(desk.NotFound, "There is no such team here.")
}

// SaveTeam adds or changes a team; one with the same folded name is a conflict.
func (tx *WriteTx) SaveTeam(t desk.Team, now time.Time) error {
	folded := strings.ToLower(t.Name)
	n, err := scanInt(tx.row(`SELECT count(*) FROM team WHERE workspace_id = ? AND folded = ? AND id <> ?`, tx.scope.Workspace, folded, t.ID).Scan)
	if err != nil {
		return err
	}
	if n > 0 {
		return desk.Errorf(desk.Conflict, "There is a team with this name already.")
	}
	err = tx.exec(`INSERT INTO team (workspace_id, id, name, folded, lead_id, fallback_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, lead_id = excluded.lead_id, fallback_id = excluded.fallback_id
		WHERE team.workspace_id = excluded.workspace_id`, tx.scope.Workspace, t.ID, t.Name, folded, t.Lead, t.Fallback, micros(now))
	if err != nil {
		return err
	}
	if err := tx.emptyTeam(t.ID); err != nil {
		return err
	}
	for _, user := range t.Members {
		err := tx.exec(`INSERT INTO team_member (workspace_id, team_id, user_id) SELECT t.workspace_id, t.id, m.user_id FROM team t JOIN member m ON m.workspace_id = t.workspace_id
			WHERE t.workspace_id = ? AND t.id = ? AND m.user_id = ? ON CONFLICT (workspace_id, team_id, user_id) DO NOTHING`, tx.scope.Workspace, t.ID, user)
		if err != nil {
			return err
		}
	}
	for _, inbox := range t.Inboxes {
		err := tx.exec(`INSERT INTO team_inbox (workspace_id, team_id, inbox_id) SELECT t.workspace_id, t.id, i.id FROM team t JOIN inbox i ON i.workspace_id = t.workspace_id
			WHERE t.workspace_id = ? AND t.id = ? AND i.id = ? ON CONFLICT (workspace_id, team_id, inbox_id) DO NOTHING`, tx.scope.Workspace, t.ID, inbox)
		if err != nil {
			return err
		}
	}
	return nil
}

func (tx *WriteTx) emptyTeam(id desk.TeamID) error {
	if err := tx.exec(`DELETE FROM team_member WHERE workspace_id = ? AND team_id = ?`, tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM team_inbox WHERE workspace_id = ? AND team_id = ?`, tx.scope.Workspace, id)
}

// DeleteTeam removes a team that no conversation was ever left with.
func (tx *WriteTx) DeleteTeam(id desk.TeamID) error {
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM conversation WHERE workspace_id = ? AND team_id = ? LIMIT 1) t`, tx.scope.Workspace, id).Scan)
	if err != nil {
		return err
	}
	if n > 0 {
		return desk.Errorf(desk.Conflict, "Conversations are with this team. Transfer them to another one first.")
	}
	if err := tx.emptyTeam(id); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM team WHERE workspace_id = ? AND id = ?`, tx.scope.Workspace, id)
}

// Responders returns who is notified for which inbox.
func (tx *Tx) Responders() ([]desk.Responder, error) {
	return collect(tx, func(scan func(...any) error) (r desk.Responder, err error) {
		err = scan(&r.Inbox, &r.Kind, &r.User)
		return r, err
	}, `SELECT r.for_inbox, r.kind, r.user_id FROM responder r JOIN member m ON m.workspace_id = r.workspace_id AND m.user_id = r.user_id
		WHERE r.workspace_id = ? AND m.active ORDER BY r.for_inbox, r.kind, r.user_id`, tx.scope.Workspace)
}

// SetResponders says who is notified for an inbox; 0 is the workspace's default.
func (tx *WriteTx) SetResponders(inbox desk.InboxID, kind desk.ResponderKind, users []desk.UserID) error {
	if err := tx.exec(`DELETE FROM responder WHERE workspace_id = ? AND for_inbox = ? AND kind = ?`, tx.scope.Workspace, int64(inbox), kind); err != nil {
		return err
	}
	for _, user := range users {
		err := tx.exec(`INSERT INTO responder (workspace_id, for_inbox, kind, user_id) SELECT m.workspace_id, ?, ?, m.user_id FROM member m
			WHERE m.workspace_id = ? AND m.user_id = ? ON CONFLICT (workspace_id, for_inbox, kind, user_id) DO NOTHING`, int64(inbox), kind, tx.scope.Workspace, user)
		if err != nil {
			return err
		}
	}
	return nil
}

// LeadsTeam reports whether somebody leads a team of the workspace.
func (tx *Tx) LeadsTeam(user desk.UserID) (bool, error) {
	found, err := collect(tx, scanInt, `SELECT 1 FROM team WHERE workspace_id = ? AND lead_id = ? LIMIT 1`, tx.scope.Workspace, user)
	return len(found) > 0, err
}
