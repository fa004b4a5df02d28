package app_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// The ledger is searched by sender, recipient and reason, whatever the case, in
// one channel or all, page by page.
func TestLedgerSearch(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	for i := range 25 {
		r := d.Get(apptest.Post{From: fmt.Sprintf("Kim_%d", i%5), Key: fmt.Sprint(i), Text: "Hello"})
		_, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Yes"})
		d.OK(err)
	}
	d.OK(d.Accept(t.Context(), d.Account, apptest.Raw(apptest.Post{Key: "nobody"}, d.Clock.Now())))
	d.Work()
	count := func(p store.LedgerPage, state store.RawState) (n int) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			var seen []desk.RawEventID
			for {
				all, next, err := tx.Raws(state, p)
				for _, r := range all {
					if slices.Contains(seen, r.ID) {
						t.Errorf("%s comes twice", r.ID)
					}
					seen = append(seen, r.ID)
				}
				if n = len(seen); err != nil || next == 0 {
					return err
				}
				p.Before = next
			}
		}))
		return n
	}
	for _, c := range []struct {
		search string
		state  store.RawState
		other  bool
		want   int
	}{
		{"", "", false, 26}, {"kim_3", "", false, 5}, {"KIM_3", store.RawMessage, false, 5}, {"kim_3", store.RawDeadLetter, false, 0}, {"kim%3", "", false, 0},
		{"no post", "", false, 1}, {"post no", store.RawDeadLetter, false, 1}, {"kim", "", true, 0}, {"", "", true, 0}, {"!", "", false, 0},
	} {
		p := store.LedgerPage{Search: c.search, Limit: 4, Channel: d.Account.ID}
		if c.other {
			p.Channel = 7
		}
		if got := count(p, c.state); got != c.want {
			t.Errorf("%q in %q finds %d, not %d", c.search, c.state, got, c.want)
		}
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		for search, want := range map[string]int{"kim_2": 5, "KIM_": 25, "nobody": 0} {
			for _, state := range []desk.Delivery{"", desk.DeliverySent} {
				all, _, err := tx.Outbound(state, store.LedgerPage{Search: search, Limit: 100})
				if err != nil {
					return err
				}
				if len(all) != want || want > 0 && all[0].To == "" {
					t.Errorf("sent to %q: %d, not %d", search, len(all), want)
				}
			}
		}
		return nil
	}))
}
