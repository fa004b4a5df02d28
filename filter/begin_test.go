package filter_test

import (
	"slices"
	"testing"

	"parley/desk"
	"parley/filter"
)

// Recipients are found by how a word of their name or a part of their address begins.
func TestRecipientsAreFoundByTheBeginningOfAWord(t *testing.T) {
	r := &filter.Row{Status: desk.StatusOpen, To: []string{`"Løvås, Åsa" <asa.l@mail.example.com>`, "bo@x.se"}, Cc: []string{"Kim Ek <kim@customer.test>"}}
	for value, want := range map[string]bool{
		"åsa": true, "Løvås, Å": true, "asa.l@mail": true, "L@MAIL.example.com": true, "@mail.example.com": true, "example": true, "bo@x.se": true, "<bo": true,
		"xample": false, "kim": false, "åsa løvås": false, "x.se>": false, "ob": false,
	} {
		c := filter.Resolve(filter.Test(filter.To, filter.Begins, value), filter.Env{})
		if !c.NeedsIndex() || c.Match(r, 0) != want {
			t.Errorf("to:%q holds: %t, want %t", value, !want, want)
		}
		from, to := c.Test.Stretch()
		found := false
		for _, s := range r.To {
			found = found || slices.ContainsFunc(filter.Beginnings(s), func(w string) bool { return w >= from && w < to })
		}
		if found != want {
			t.Errorf("to:%q is in the stretch from %q: %t, want %t", value, from, found, want)
		}
	}
	if !filter.Resolve(filter.Test(filter.Cc, filter.Begins, "kim ek"), filter.Env{}).Match(r, 0) {
		t.Error("cc: does not find who got a copy")
	}
}
