package store

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/desk"
)

// Person is somebody who can sign in, in whichever workspaces they are a member of.
type Person struct {
	ID           desk.UserID
	Name         string
	Email        string // folded
	PasswordHash string
}

// Workspace is one team's home.
type Workspace struct {
	ID        desk.WorkspaceID
	Name      string
	Slug      string
	OpenScope int64
	Settings  json.RawMessage // what inboxes inherit, a JSON object; only of Tx.Workspace
}

// Membership is a workspace a person belongs to.
type Membership struct {
	Workspace
	Role  desk.Role
	Leads bool // a team
}

// Session is a signed-in browser.
type Session struct {
	ID        desk.SessionID
	User      desk.UserID
	UserAgent string
	Remote    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// FoldEmail returns a mail address as it is matched.
func FoldEmail(s string) string { return strings.ToLower(strings.TrimSpace(desk.Clean(s))) }

func scanPerson(scan func(...any) error) (p Person, err error) {
	err = scan(&p.ID, &p.Name, &p.Email, &p.PasswordHash)
	return p, err
}

// Person returns somebody by id.
func (tx *Tx) Person(id desk.UserID) (Person, error) {
	return one(tx, "person", scanPerson, `SELECT id, name, email, password_hash FROM person WHERE id = ?`, id)
}

// PersonByEmail returns somebody by mail address.
func (tx *Tx) PersonByEmail(email string) (Person, error) {
	return one(tx, "person", scanPerson, `SELECT id, name, email, password_hash FROM person WHERE email = ?`, FoldEmail(email))
}

// CountPeople returns how many people can sign in: none means that the install
// is to be set up.
func (tx *Tx) CountPeople() (int64, error) {
	return scanInt(tx.row(`SELECT count(*) FROM person`).Scan)
}

// SavePerson adds or changes a person.
func (tx *WriteTx) SavePerson(p Person, now time.Time) error {
	return tx.exec(`INSERT INTO person (id, name, email, password_hash, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, password_hash = excluded.password_hash`,
		p.ID, p.Name, FoldEmail(p.Email), p.PasswordHash, micros(now))
}

// OwnSettings returns what somebody chose for themselves; a write transaction
// holds it until it ends.
func (tx *Tx) OwnSettings(user desk.UserID) (desk.OwnSettings, error) {
	return one(tx, "person", func(scan func(...any) error) (s desk.OwnSettings, err error) {
		err = scan(asJSON(&s))
		return s, err
	}, `SELECT settings FROM person WHERE id = ?`+tx.lock, user)
}

// SaveOwnSettings stores what somebody chose for themselves.
func (tx *WriteTx) SaveOwnSettings(user desk.UserID, s desk.OwnSettings) error {
	return tx.exec(`UPDATE person SET settings = ? WHERE id = ?`, asJSON(&s), user)
}

func scanWorkspace(scan func(...any) error) (w Workspace, err error) {
	var settings string
	err = scan(&w.ID, &w.Name, &w.Slug, &w.OpenScope, &settings)
	w.Settings = json.RawMessage(settings)
	return w, err
}

// Workspace returns the scope's workspace.
func (tx *Tx) Workspace() (Workspace, error) {
	return one(tx, "workspace", scanWorkspace, `SELECT id, name, slug, open_scope, settings FROM workspace WHERE id = ?`, tx.scope.Workspace)
}

// SlugTaken reports whether a workspace has this slug.
func (tx *Tx) SlugTaken(slug string) (bool, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM workspace WHERE slug = ?`, slug).Scan)
	return n > 0, err
}

// SaveWorkspace adds a workspace, or changes its name and its settings.
func (tx *WriteTx) SaveWorkspace(w Workspace, now time.Time) error {
	tx.inbox = nil // it may inherit what changes here
	settings := string(w.Settings)
	if settings == "" {
		settings = "{}"
	}
	return tx.exec(`INSERT INTO workspace (id, name, slug, open_scope, settings, created_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings`, w.ID, w.Name, w.Slug, w.OpenScope, settings, micros(now))
}

// Memberships returns the workspaces a person may enter.
func (tx *Tx) Memberships(user desk.UserID) ([]Membership, error) {
	return collect(tx, func(scan func(...any) error) (m Membership, err error) {
		err = scan(&m.ID, &m.Name, &m.Slug, &m.OpenScope, &m.Role, &m.Leads)
		return m, err
	}, `SELECT w.id, w.name, w.slug, w.open_scope, m.role, EXISTS (SELECT 1 FROM team t WHERE t.workspace_id = w.id AND t.lead_id = m.user_id) FROM member m JOIN workspace w ON w.id = m.workspace_id
		WHERE m.user_id = ? AND m.active ORDER BY w.name, w.id`, user)
}

// Member returns somebody of the scope's workspace, active or not.
func (tx *Tx) Member(user desk.UserID) (desk.Member, error) {
	const inboxes = `SELECT inbox_id FROM inbox_member WHERE workspace_id = ? AND user_id = ? ORDER BY inbox_id`
	const teamInboxes = `SELECT t.team_id, coalesce(i.inbox_id, 0) FROM team_member t LEFT JOIN team_inbox i ON i.workspace_id = t.workspace_id AND i.team_id = t.team_id
		WHERE t.workspace_id = ? AND t.user_id = ? ORDER BY t.team_id, i.inbox_id`
	tx.q.ahead(inboxes, tx.scope.Workspace, user)
	tx.q.ahead(teamInboxes, tx.scope.Workspace, user)
	m, err := one(tx, "member", scanMember, memberSQL+` AND m.user_id = ?`, tx.scope.Workspace, user)
	if err != nil {
		return m, err
	}
	if m.Inboxes, err = collect(tx, func(scan func(...any) error) (id desk.InboxID, err error) { err = scan(&id); return id, err },
		inboxes, tx.scope.Workspace, user); err != nil {
		return m, err
	}
	teams, err := tx.pairs(teamInboxes, tx.scope.Workspace, user)
	for _, p := range teams {
		if id := desk.TeamID(p[0]); !slices.Contains(m.Teams, id) {
			m.Teams = append(m.Teams, id)
		}
		if p[1] != 0 {
			m.TeamInboxes = append(m.TeamInboxes, desk.InboxID(p[1]))
		}
	}
	return m, err
}

// fillTeams adds to members their teams, and the inboxes those let them see.
func (tx *Tx) fillTeams(all []desk.Member) error {
	teams, err := tx.Teams()
	for i := range all {
		m := &all[i]
		for _, t := range teams {
			if t.Has(m.User) {
				m.Teams, m.TeamInboxes = append(m.Teams, t.ID), append(m.TeamInboxes, t.Inboxes...)
			}
		}
	}
	return err
}

const memberSQL = `SELECT m.user_id, p.name, p.email, m.role, m.active, m.skills, m.languages, m.capacity, m.availability, m.visibility, m.hours, m.title FROM member m JOIN person p ON p.id = m.user_id WHERE m.workspace_id = ?`

func scanMember(scan func(...any) error) (m desk.Member, err error) {
	err = scan(&m.User, &m.Name, &m.Email, &m.Role, &m.Active, asJSON(&m.Skills), asJSON(&m.Languages), &m.Capacity, &m.Availability, &m.Visibility, asJSON(&m.Hours), &m.Title)
	return m, err
}

// Signature returns what somebody puts under their mails, as they wrote it.
func (tx *Tx) Signature(user desk.UserID) (string, error) {
	return one(tx, "member", scanText, `SELECT signature FROM member WHERE workspace_id = ? AND user_id = ?`, tx.scope.Workspace, user)
}

// SaveSignature stores what somebody is, and what they put under their mails.
func (tx *WriteTx) SaveSignature(user desk.UserID, title, signature string) error {
	return tx.exec(`UPDATE member SET title = ?, signature = ? WHERE workspace_id = ? AND user_id = ?`, title, signature, tx.scope.Workspace, user)
}

// Members returns everybody of the scope's workspace.
func (tx *Tx) Members() ([]desk.Member, error) {
	all, err := collect(tx, scanMember, memberSQL+` ORDER BY p.name, p.id`, tx.scope.Workspace)
	if err != nil {
		return nil, err
	}
	type pair struct {
		user  desk.UserID
		inbox desk.InboxID
	}
	pairs, err := collect(tx, func(scan func(...any) error) (p pair, err error) { err = scan(&p.user, &p.inbox); return p, err },
		`SELECT user_id, inbox_id FROM inbox_member WHERE workspace_id = ? ORDER BY inbox_id`, tx.scope.Workspace)
	place := map[desk.UserID]int{}
	for i, m := range all {
		place[m.User] = i
	}
	for _, p := range pairs {
		if i, ok := place[p.user]; ok {
			all[i].Inboxes = append(all[i].Inboxes, p.inbox)
		}
	}
	if err != nil {
		return nil, err
	}
	return all, tx.fillTeams(all)
}

// OpenCounts returns how many active conversations each member has.
func (tx *Tx) OpenCounts() (map[desk.UserID]int, error) {
	counts := map[desk.UserID]int{}
	type pair struct {
		user desk.UserID
		n    int
	}
	all, err := collect(tx, func(scan func(...any) error) (p pair, err error) { err = scan(&p.user, &p.n); return p, err },
		`SELECT assignee_id, count(*) FROM conversation WHERE workspace_id = ? AND assignee_id IS NOT NULL AND `+activeSQL+` GROUP BY assignee_id`, tx.scope.Workspace)
	for _, p := range all {
		counts[p.user] = p.n
	}
	return counts, err
}

// SaveMember adds or changes a membership and its inboxes.
func (tx *WriteTx) SaveMember(m desk.Member, now time.Time) error {
	err := tx.exec(`INSERT INTO member (workspace_id, user_id, role, active, created_at, skills, languages, capacity, availability, visibility, hours) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role, active = excluded.active, skills = excluded.skills, languages = excluded.languages,
			capacity = excluded.capacity, availability = excluded.availability, visibility = excluded.visibility, hours = excluded.hours`,
		tx.scope.Workspace, m.User, m.Role, m.Active, micros(now), asJSON(&m.Skills), asJSON(&m.Languages), m.Capacity, m.Availability, m.Visibility, asJSON(&m.Hours))
	if err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM inbox_member WHERE workspace_id = ? AND user_id = ?`, tx.scope.Workspace, m.User); err != nil {
		return err
	}
	for _, inbox := range m.Inboxes {
		if err := tx.AddInboxMember(inbox, m.User); err != nil {
			return err
		}
	}
	return nil
}

// AddInboxMember lets somebody see an inbox of the workspace.
func (tx *WriteTx) AddInboxMember(inbox desk.InboxID, user desk.UserID) error {
	return tx.exec(`INSERT INTO inbox_member (workspace_id, inbox_id, user_id)
		SELECT i.workspace_id, i.id, m.user_id FROM inbox i JOIN member m ON m.workspace_id = i.workspace_id
		WHERE i.workspace_id = ? AND i.id = ? AND m.user_id = ? ON CONFLICT (workspace_id, user_id, inbox_id) DO NOTHING`, tx.scope.Workspace, inbox, user)
}

// SetInboxMembers says who may see an inbox, beside owners and admins.
func (tx *WriteTx) SetInboxMembers(inbox desk.InboxID, users []desk.UserID) error {
	if err := tx.exec(`DELETE FROM inbox_member WHERE workspace_id = ? AND inbox_id = ?`, tx.scope.Workspace, inbox); err != nil {
		return err
	}
	for _, user := range users {
		if err := tx.AddInboxMember(inbox, user); err != nil {
			return err
		}
	}
	return nil
}

func scanSession(scan func(...any) error) (s Session, err error) {
	err = scan(&s.ID, &s.User, &s.UserAgent, &s.Remote, when{&s.CreatedAt}, when{&s.SeenAt}, when{&s.ExpiresAt})
	return s, err
}

const sessionColumns = `id, user_id, user_agent, remote, created_at, last_seen_at, expires_at`

// SessionByToken returns the session whose token has this hash.
func (tx *Tx) SessionByToken(hash string) (Session, error) {
	return one(tx, "session", scanSession, `SELECT `+sessionColumns+` FROM session WHERE token_hash = ?`, hash)
}

// Sessions returns where somebody is signed in.
func (tx *Tx) Sessions(user desk.UserID, now time.Time) ([]Session, error) {
	return collect(tx, scanSession, `SELECT `+sessionColumns+` FROM session WHERE user_id = ? AND expires_at > ? ORDER BY last_seen_at DESC`, user, micros(now))
}

// InsertSession signs somebody in.
func (tx *WriteTx) InsertSession(s Session, hash string) error {
	return tx.exec(`INSERT INTO session (token_hash, `+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, s.ID, s.User, s.UserAgent, s.Remote, micros(s.CreatedAt), micros(s.SeenAt), micros(s.ExpiresAt))
}

// TouchSession moves a session's end.
func (tx *WriteTx) TouchSession(id desk.SessionID, seen, expires time.Time) error {
	return tx.exec(`UPDATE session SET last_seen_at = ?, expires_at = ? WHERE id = ?`, micros(seen), micros(expires), id)
}

// DeleteSession signs a browser out.
func (tx *WriteTx) DeleteSession(user desk.UserID, id desk.SessionID) error {
	return tx.exec(`DELETE FROM session WHERE user_id = ? AND id = ?`, user, id)
}

// DeleteOtherSessions signs somebody out everywhere but here.
func (tx *WriteTx) DeleteOtherSessions(user desk.UserID, keep desk.SessionID) error {
	return tx.exec(`DELETE FROM session WHERE user_id = ? AND id <> ?`, user, int64(keep))
}

// DeleteExpired drops sessions, idempotency records and counts of mail that are over.
func (tx *WriteTx) DeleteExpired(now time.Time) error {
	if err := tx.exec(`DELETE FROM session WHERE expires_at < ?`, micros(now)); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM idempotency WHERE created_at < ?`, micros(now.Add(-48*time.Hour))); err != nil {
		return err
	}
	day := micros(now.Add(-24 * time.Hour)) // no count is asked about for longer
	return tx.exec(`DELETE FROM mail_rate WHERE coalesce(received_since, 0) < ? AND coalesce(sent_since, 0) < ? AND coalesce(paused_until, 0) < ?`, day, day, day)
}
