package store

import (
	"encoding/hex"
	"time"

	"parley/desk"
)

// DKIMState is what DNS said of a key at the last look.
type DKIMState string

// The states of a key.
const (
	DKIMMissing DKIMState = "missing" // there is no record, or nobody has looked
	DKIMFound   DKIMState = "found"
	DKIMOther   DKIMState = "other" // there is another key under its name
)

// DKIMKey signs mail of one domain of a workspace.
type DKIMKey struct {
	Workspace desk.WorkspaceID
	Domain    string // folded
	Selector  string
	Algorithm string
	Public    string // as it stands in DNS
	Sealed    []byte // the private key, encrypted
	State     DKIMState
	Unseen    bool // it signs also where its record was not seen
	CheckedAt time.Time
	CreatedAt time.Time
}

// Signs reports whether mail is signed with the key.
func (k DKIMKey) Signs() bool { return k.State == DKIMFound || k.Unseen }

// SealedFor is what the private key is sealed for: it opens as no other one.
func (k DKIMKey) SealedFor() []byte {
	return []byte("dkim " + k.Workspace.String() + " " + k.Selector + " " + k.Domain)
}

const dkimColumns = `workspace_id, domain, selector, algorithm, public, sealed, state, unseen, checked_at, created_at`

func scanDKIM(scan func(...any) error) (k DKIMKey, err error) {
	var sealed string
	if err = scan(&k.Workspace, &k.Domain, &k.Selector, &k.Algorithm, &k.Public, &sealed, &k.State, &k.Unseen, when{&k.CheckedAt}, when{&k.CreatedAt}); err != nil {
		return k, err
	}
	k.Sealed, err = hex.DecodeString(sealed)
	return k, err
}

// DKIMKeys returns the keys of the workspace, of one domain or of all for "", the
// newest first.
func (tx *Tx) DKIMKeys(domain string) ([]DKIMKey, error) {
	return collect(tx, scanDKIM, `SELECT `+dkimColumns+` FROM dkim_key WHERE workspace_id = ? AND (domain = ? OR ? = '') ORDER BY domain, created_at DESC, algorithm DESC`,
		tx.scope.Workspace, domain, domain)
}

// EveryDKIMKey returns the keys of the whole install.
func (tx *Tx) EveryDKIMKey() ([]DKIMKey, error) {
	return collect(tx, scanDKIM, `SELECT `+dkimColumns+` FROM dkim_key ORDER BY workspace_id, domain, created_at, algorithm`)
}

// SaveDKIMKey adds a key, or changes what is known of it.
func (tx *WriteTx) SaveDKIMKey(k DKIMKey) error {
	return tx.exec(`INSERT INTO dkim_key (`+dkimColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, domain, selector) DO UPDATE SET state = excluded.state, unseen = excluded.unseen, checked_at = excluded.checked_at`,
		tx.scope.Workspace, k.Domain, k.Selector, k.Algorithm, k.Public, hex.EncodeToString(k.Sealed), k.State, k.Unseen, micros(k.CheckedAt), micros(k.CreatedAt))
}

// RemoveDKIMKey forgets a key.
func (tx *WriteTx) RemoveDKIMKey(domain, selector string) error {
	return tx.exec(`DELETE FROM dkim_key WHERE workspace_id = ? AND domain = ? AND selector = ?`, tx.scope.Workspace, domain, selector)
}
