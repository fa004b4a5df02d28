package store

import (
	"errors"
	"strings"
	"time"

	"database/sql"

	"parley/desk"
)

const contactColumns = `id, name, email, phone, verified, blocked, created_source, first_contacted_at, last_contacted_at, created_at, language,
	blocked_at, blocked_by, turned_away, turned_away_at, merged_into_id, zone, zone_said, show_pictures`

func scanContact(scan func(...any) error) (c desk.Contact, err error) {
	err = scan(&c.ID, &c.Name, &c.Email, &c.Phone, &c.Verified, &c.Blocked, &c.CreatedSource, when{&c.FirstContactedAt}, when{&c.LastContactedAt}, when{&c.CreatedAt}, &c.Language,
		when{&c.BlockedAt}, &c.BlockedBy, &c.TurnedAway, when{&c.TurnedAwayAt}, &c.MergedInto, &c.Zone, &c.ZoneSaid, &c.ShowPictures)
	return c, err
}

// seenContact keeps a query to contacts with a conversation in the scope's inboxes.
func (tx *Tx) seenContact() (string, []any) {
	if tx.scope.Inboxes == nil && tx.scope.SeesAll() {
		return "", nil
	}
	seen, args := tx.seen("c")
	return ` AND EXISTS (SELECT 1 FROM conversation c WHERE c.workspace_id = contact.workspace_id AND c.contact_id = contact.id` + seen + `)`, args
}

// Contact returns one contact whom the scope has a conversation with.
func (tx *Tx) Contact(id desk.ContactID) (desk.Contact, error) {
	seen, args := tx.seenContact()
	return one(tx, "contact", scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND id = ?`+seen,
		append([]any{tx.scope.Workspace, id}, args...)...)
}

// Contacts returns several, by id, as part of conversations that the scope sees.
func (tx *Tx) Contacts(ids []desk.ContactID) (map[desk.ContactID]desk.Contact, error) {
	found := make(map[desk.ContactID]desk.Contact, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	q, args := tx.contactsQuery(ids)
	all, err := collect(tx, scanContact, q, args...)
	for _, c := range all {
		found[c.ID] = c
	}
	return found, err
}

func (tx *Tx) contactsQuery(ids []desk.ContactID) (string, []any) {
	list, args := in(ids)
	return `SELECT ` + contactColumns + ` FROM contact WHERE workspace_id = ? AND id IN ` + list, append([]any{tx.scope.Workspace}, args...)
}

// FindContacts returns contacts whose name, phone or mail address contains a
// folded text, newest first, before one of an earlier page.
func (tx *Tx) FindContacts(folded string, before desk.ContactID, limit int) ([]desk.Contact, error) {
	where, args := " AND merged_into_id IS NULL", []any{tx.scope.Workspace}
	if folded != "" {
		where += ` AND folded LIKE ? ESCAPE '\'`
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded)+"%")
	}
	if before != 0 {
		where += " AND id < ?"
		args = append(args, int64(before))
	}
	seen, more := tx.seenContact()
	args = append(args, more...)
	return collect(tx, scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ?`+where+seen+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// VerifiedContactByEmail returns the contact that a proven mail address belongs
// to, or an error of kind NotFound.
func (tx *Tx) VerifiedContactByEmail(email string) (desk.Contact, error) {
	return one(tx, "contact", scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND email = ? AND verified AND merged_into_id IS NULL ORDER BY id LIMIT 1`,
		tx.scope.Workspace, FoldEmail(email))
}

// SaveContact adds or changes a contact. Whether one that is there is blocked is
// changed by SetBlocked alone.
func (tx *WriteTx) SaveContact(c desk.Contact) error {
	folded := strings.ToLower(strings.Join([]string{c.Name, c.Phone, c.Email}, "\n"))
	return tx.exec(`INSERT INTO contact (workspace_id, `+contactColumns+`, folded, sorted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone, verified = excluded.verified,
			first_contacted_at = excluded.first_contacted_at, last_contacted_at = excluded.last_contacted_at, folded = excluded.folded, language = excluded.language, zone = excluded.zone,
			zone_said = excluded.zone_said, sorted = excluded.sorted, show_pictures = excluded.show_pictures
		WHERE contact.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, c.ID, c.Name, FoldEmail(c.Email), c.Phone, c.Verified, c.Blocked, c.CreatedSource,
		micros(c.FirstContactedAt), micros(c.LastContactedAt), micros(c.CreatedAt), c.Language,
		micros(c.BlockedAt), c.BlockedBy, c.TurnedAway, micros(c.TurnedAwayAt), c.MergedInto, c.Zone, c.ZoneSaid, c.ShowPictures, folded, sortedAs(c.Name, c.Phone, c.Email))
}

// Identity is how a channel knows a contact.
type Identity struct {
	Kind, Scope, ID, Name string
	Contact               desk.ContactID
}

// IdentityContact returns whose an identity is, or an error of kind NotFound.
func (tx *Tx) IdentityContact(kind, scope, id string) (desk.Contact, error) {
	return one(tx, "contact", scanContact, `SELECT `+aliased("contact", contactColumns)+` FROM identity i JOIN contact ON contact.id = i.contact_id
		WHERE i.workspace_id = ? AND i.kind = ? AND i.scope = ? AND i.external_id = ?`, tx.scope.Workspace, kind, scope, id)
}

// LockIdentity is IdentityContact with the contact locked until commit, so that
// messages of one contact find their conversation one after the other.
func (tx *WriteTx) LockIdentity(kind, scope, id string) (desk.Contact, error) {
	q, args := tx.identityQuery(kind, scope, id)
	return one(tx.Tx, "contact", scanContact, q, args...)
}

func (tx *WriteTx) identityQuery(kind, scope, id string) (string, []any) {
	lock := tx.lock
	if lock != "" {
		lock += " OF contact"
	}
	return `SELECT ` + aliased("contact", contactColumns) + ` FROM identity i JOIN contact ON contact.id = i.contact_id
		WHERE i.workspace_id = ? AND i.kind = ? AND i.scope = ? AND i.external_id = ?` + lock, []any{tx.scope.Workspace, kind, scope, id}
}

// Identities returns how channels know a contact.
func (tx *Tx) Identities(contact desk.ContactID) ([]Identity, error) {
	return collect(tx, func(scan func(...any) error) (i Identity, err error) {
		err = scan(&i.Kind, &i.Scope, &i.ID, &i.Name, &i.Contact)
		return i, err
	}, `SELECT kind, scope, external_id, name, contact_id FROM identity WHERE workspace_id = ? AND contact_id = ? ORDER BY created_at`, tx.scope.Workspace, contact)
}

// ClaimIdentity gives an identity to a contact and returns whose it is: another
// transaction may have been first, and then it is theirs.
func (tx *WriteTx) ClaimIdentity(i Identity, now time.Time) (desk.ContactID, error) {
	var owner desk.ContactID
	err := tx.row(`INSERT INTO identity (workspace_id, kind, scope, external_id, contact_id, name, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, kind, scope, external_id) DO UPDATE SET name = CASE WHEN excluded.name = '' THEN identity.name ELSE excluded.name END
		RETURNING contact_id`, tx.scope.Workspace, i.Kind, i.Scope, i.ID, i.Contact, i.Name, micros(now)).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return i.Contact, nil
	}
	return owner, err
}
