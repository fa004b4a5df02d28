package doctor

import (
	"context"

	"parley/internal/dkim"
	"parley/store"
)

// signing reports whether the keys that mail is signed with open. One that does not
// keeps the mail of its domain from leaving.
func (d *look) signing(ctx context.Context) bool {
	var all []store.DKIMKey
	err := d.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.EveryDKIMKey(); return err })
	if err != nil {
		return true // the database has said it
	}
	for _, k := range all {
		private, err := d.Keys.Open(k.Sealed, k.SealedFor())
		if err == nil {
			_, err = dkim.Parse(private)
		}
		if err != nil {
			d.say("key", Fail, "Start Parley with the master key that belongs to this database, or make new keys in Settings, Mail domains and sign-in.", "The key %s, with which mail is signed, does not open: %s.", dkim.Name(k.Selector, k.Domain), err)
			return false
		}
	}
	return true
}
