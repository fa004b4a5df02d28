package app_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// Two windows of one person change their settings at the same time: neither
// takes back what the other did.
func TestOwnSettingsOfTwoWindows(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	const n = 8
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			_, err := d.ChangeOwnSettings(t.Context(), d.Agent.User, desk.OwnSettingsChange{SeenHint: fmt.Sprintf("hint_%c", 'a'+i)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	kept := func(u desk.UserID) (s desk.OwnSettings) {
		d.OK(d.DB.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { s, err = tx.OwnSettings(u); return err }))
		return s
	}
	if s := kept(d.Agent.User); len(s.HintsSeen) != n {
		t.Errorf("of %d hints %v are kept", n, s.HintsSeen)
	}
	if d := cmp.Diff(desk.OwnSettings{}, kept(d.Owner.User)); d != "" {
		t.Errorf("another person's: %s", d)
	}
}
