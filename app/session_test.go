package app_test

import (
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/internal/auth"
	"parley/store"
)

// A hash of an earlier cost is made again when its password is given.
func TestOldHashIsRenewed(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	// argon2 -id -t 3 -k 8192 -p 2 -l 32 -e, of "a long enough secret ✓".
	const old, password = "$argon2id$v=19$m=8192,t=3,p=2$cGFybGV5c2FsdHBhcmxleQ$nEaxfjxVrnfgPl5VybqoYco/s70bd4UpoCNALAKB5kg", "a long enough secret ✓"
	person := func() (p store.Person) {
		d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { p, err = tx.Person(d.Agent.User); return err }))
		return p
	}
	p := person()
	p.PasswordHash = old
	d.OK(d.DB.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error { return tx.SavePerson(p, d.Clock.Now()) }))
	if _, _, err := d.SignIn(t.Context(), p.Email, "not the password at all", "", ""); desk.KindOf(err) != desk.Unauthenticated || person().PasswordHash != old {
		t.Errorf("a wrong password: %v, %s", err, person().PasswordHash)
	}
	for range 2 {
		if _, user, err := d.SignIn(t.Context(), p.Email, password, "", ""); err != nil || user != p.ID {
			t.Fatal(user, err)
		}
		if h := person().PasswordHash; auth.Outdated(h) || !strings.HasPrefix(h, "$argon2id$") {
			t.Errorf("the hash is %s", h)
		}
	}
}
