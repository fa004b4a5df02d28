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

func TestMailAddresses(t *testing.T) {
	for _, s := range []string{"anna@example.com", "a+b@x", "o'neill@example.com", "zoë@exämple.com"} {
		if !desk.IsEmail(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "@", "a@", "@x", "anna", "a@x\r\nBcc: e@x", "a@x,b@x", "a b@x", "<a@x>", "a@x\x00", "a\u2028@x", "a@\xff", strings.Repeat("a", 250) + "@x.se"} {
		if desk.IsEmail(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}
