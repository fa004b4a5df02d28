package store

import (
	"slices"
	"time"

	"parley/desk"
)

// ContactMerge is the merge of a customer into another one, with what an undo
// needs. Its id is the command's.
type ContactMerge struct {
	ID       desk.CommandID
	Contact  desk.ContactID // who stays
	Merged   desk.ContactID
	At       time.Time
	By       desk.UserID
	UndoneAt time.Time
	Kept     MergedContact
}

// MergedContact is what a merge changed beside the two.
type MergedContact struct {
	Was, Is       ContactFields // of who stays, before and after
	Tags          []desk.TagID  // that were new there
	Identities    []Identity
	Notes         []desk.ContactNoteID
	Conversations []desk.ConversationID
}

// ContactFields are what is known of a customer and can be chosen from either.
type ContactFields struct {
	Name, Email, Phone, Language string
	Zone                         string
	Verified, ZoneSaid           bool
	ShowPictures                 bool
	First, Last                  time.Time // when they wrote first and last
}

// FieldsOf returns the fields of a contact.
func FieldsOf(c desk.Contact) ContactFields {
	return ContactFields{
		Name: c.Name, Email: c.Email, Phone: c.Phone, Language: c.Language, Zone: c.Zone, Verified: c.Verified, ZoneSaid: c.ZoneSaid, ShowPictures: c.ShowPictures,
		First: c.FirstContactedAt, Last: c.LastContactedAt,
	}
}

// LockContacts locks two contacts until commit, the older first: who merges them
// the other way round at the same time waits.
func (tx *WriteTx) LockContacts(a, b desk.ContactID) error {
	_, err := collect(tx.Tx, scanInt, `SELECT id FROM contact WHERE workspace_id = ? AND id IN (?, ?) ORDER BY id`+tx.lock, tx.scope.Workspace, a, b)
	return err
}

// SetMerged makes a contact point to another one, or with 0 be for itself again.
func (tx *WriteTx) SetMerged(id, into desk.ContactID) error {
	return tx.exec(`UPDATE contact SET merged_into_id = ? WHERE workspace_id = ? AND id = ?`, into, tx.scope.Workspace, id)
}

// MoveIdentity gives an identity to another contact, if it is from's.
func (tx *WriteTx) MoveIdentity(i Identity, from, to desk.ContactID) error {
	return tx.exec(`UPDATE identity SET contact_id = ? WHERE workspace_id = ? AND kind = ? AND scope = ? AND external_id = ? AND contact_id = ?`,
		to, tx.scope.Workspace, i.Kind, i.Scope, i.ID, from)
}

// MoveContactNote gives a note about a contact to another one, if it is from's.
func (tx *WriteTx) MoveContactNote(id desk.ContactNoteID, from, to desk.ContactID) error {
	return tx.exec(`UPDATE contact_note SET contact_id = ? WHERE workspace_id = ? AND id = ? AND contact_id = ?`, to, tx.scope.Workspace, id, from)
}

// ContactNoteIDs returns the ids of every note about a contact, also of those that
// were removed.
func (tx *Tx) ContactNoteIDs(contact desk.ContactID) ([]desk.ContactNoteID, error) {
	return collect(tx, func(scan func(...any) error) (id desk.ContactNoteID, err error) { err = scan(&id); return id, err },
		`SELECT id FROM contact_note WHERE workspace_id = ? AND contact_id = ? ORDER BY id`, tx.scope.Workspace, contact)
}

const contactMergeColumns = `id, contact_id, merged_id, merged_at, merged_by, undone_at, kept`

func scanContactMerge(scan func(...any) error) (m ContactMerge, err error) {
	err = scan(&m.ID, &m.Contact, &m.Merged, when{&m.At}, &m.By, when{&m.UndoneAt}, asJSON(&m.Kept))
	return m, err
}

// SaveContactMerge adds a merge, or says when it was taken back.
func (tx *WriteTx) SaveContactMerge(m ContactMerge) error {
	return tx.exec(`INSERT INTO contact_merge (workspace_id, `+contactMergeColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET undone_at = excluded.undone_at WHERE contact_merge.workspace_id = excluded.workspace_id`,
		tx.scope.Workspace, m.ID, m.Contact, m.Merged, micros(m.At), m.By, micros(m.UndoneAt), asJSON(&m.Kept))
}

// ContactMerges returns the merges into a contact that were not taken back, newest
// first.
func (tx *Tx) ContactMerges(contact desk.ContactID, limit int) ([]ContactMerge, error) {
	return collect(tx, scanContactMerge, `SELECT `+contactMergeColumns+` FROM contact_merge WHERE workspace_id = ? AND contact_id = ? AND undone_at IS NULL ORDER BY id DESC LIMIT ?`,
		tx.scope.Workspace, contact, limit)
}

// MergedContacts returns who was merged into a contact, directly.
func (tx *Tx) MergedContacts(contact desk.ContactID) ([]desk.ContactID, error) {
	ids, err := collect(tx, scanInt, `SELECT id FROM contact WHERE workspace_id = ? AND merged_into_id = ? AND merged_into_id IS NOT NULL`, tx.scope.Workspace, contact)
	all := make([]desk.ContactID, len(ids))
	for i, id := range ids {
		all[i] = desk.ContactID(id)
	}
	return all, err
}

// SetApart says that two contacts are different people.
func (tx *WriteTx) SetApart(a, b desk.ContactID) error {
	return tx.exec(`INSERT INTO contact_apart (workspace_id, contact_id, other_id) VALUES (?, ?, ?) ON CONFLICT (workspace_id, contact_id, other_id) DO NOTHING`,
		tx.scope.Workspace, min(a, b), max(a, b))
}

// Twins returns contacts of the scope with the same mail address or phone number as
// c, without those that somebody said are different people (F4-27).
func (tx *Tx) Twins(c desk.Contact, limit int) (all []desk.Contact, err error) {
	ids, err := tx.Namesakes(c, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, others := in(ids)
	args := append(append([]any{tx.scope.Workspace, c.ID}, others...), tx.scope.Workspace, c.ID)
	apart, err := collect(tx, scanInt, `SELECT other_id FROM contact_apart WHERE workspace_id = ? AND contact_id = ? AND other_id IN `+list+`
		UNION ALL SELECT contact_id FROM contact_apart WHERE workspace_id = ? AND other_id = ? AND contact_id IN `+list, append(args, others...)...)
	if err != nil {
		return nil, err
	}
	seen, more := tx.seenContact()
	all, err = collect(tx, scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND id IN `+list+seen+` ORDER BY id DESC`,
		append(append([]any{tx.scope.Workspace}, others...), more...)...)
	return slices.DeleteFunc(all, func(o desk.Contact) bool { return slices.Contains(apart, int64(o.ID)) }), err
}

// Pair is two contacts who may be the same person, the newer first.
type Pair struct {
	Contact, Twin desk.Contact
	Mail          bool // they have the same mail address; else the same phone number
}

// amongTwins is among how many of the newest contacts pairs are looked for, and
// mostPairs how many are looked at.
const (
	amongTwins = 2000
	mostPairs  = 200
)

// Pairs returns contacts of the scope who share a mail address or a phone number with
// an older one, the newest first, without those whom somebody said to be different
// people (F4-27). Contacts that were made long ago are looked at where they are shown.
func (tx *Tx) Pairs(limit int) ([]Pair, error) {
	ws := tx.scope.Workspace
	type pair struct {
		newer, older desk.ContactID
		mail         bool
	}
	const same = ` AND o.merged_into_id IS NULL AND NOT EXISTS (SELECT 1 FROM contact_apart a WHERE a.workspace_id = ? AND a.contact_id = o.id AND a.other_id = n.id)`
	newest := `(SELECT id, email, phone FROM contact WHERE workspace_id = ? AND merged_into_id IS NULL ORDER BY id DESC LIMIT ?) n`
	found, err := collect(tx, func(scan func(...any) error) (p pair, err error) {
		err = scan(&p.newer, &p.older, &p.mail)
		return p, err
	},
		`SELECT newer, older, mail FROM (
			SELECT n.id AS newer, o.id AS older, TRUE AS mail FROM `+newest+` JOIN contact o ON o.workspace_id = ? AND o.email = n.email AND o.id < n.id WHERE n.email <> ''`+same+`
			UNION ALL
			SELECT n.id, o.id, FALSE FROM `+newest+` JOIN contact o ON o.workspace_id = ? AND o.phone = n.phone AND o.phone <> '' AND o.id < n.id WHERE n.phone <> '' AND (n.email = '' OR n.email <> o.email)`+same+`
		) pairs ORDER BY newer DESC, older DESC LIMIT ?`, ws, amongTwins, ws, ws, ws, amongTwins, ws, ws, mostPairs)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var ids []desk.ContactID
	for _, p := range found {
		ids = append(ids, p.newer, p.older)
	}
	list, args := in(ids)
	seen, more := tx.seenContact()
	all, err := collect(tx, scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND id IN `+list+seen, append(append([]any{ws}, args...), more...)...)
	known := map[desk.ContactID]desk.Contact{}
	for _, c := range all {
		known[c.ID] = c
	}
	var pairs []Pair
	for _, p := range found {
		if known[p.newer].ID != 0 && known[p.older].ID != 0 && len(pairs) < limit {
			pairs = append(pairs, Pair{known[p.newer], known[p.older], p.mail})
		}
	}
	return pairs, err
}
