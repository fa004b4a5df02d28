package effect_test

import (
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// A channel that refuses our password is told under the bell of the admins at once,
// and once, until it works again. Specification 7 (e-mail).
func TestAilingIsToldOnce(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := app.System(t.Context(), d.Workspace)
	told := func() (n int) {
		t.Helper()
		d.Work()
		d.OK(d.DB.Read(ctx, store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) error {
			all, err := tx.Decided(d.Owner.User, desk.NewsMailbox, 10)
			n = len(all)
			return err
		}))
		return n
	}
	for range 3 {
		d.OK(d.SetHealth(ctx, d.Account.ID, "The mail server refuses our name and password."))
		d.Clock.Add(time.Hour)
	}
	if n := told(); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	d.OK(d.SetHealth(ctx, d.Account.ID, ""))
	d.OK(d.SetHealth(ctx, d.Account.ID, "Again."))
	if n := told(); n != 2 {
		t.Errorf("told %d times, want once more", n)
	}
}
