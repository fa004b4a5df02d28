package store_test

import (
	"testing"

	"parley/store"
)

// A cursor is read or refused; one that is read says where it is.
func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", "-", "0-0", "1-2", "-1-2", "9223372036854775808-0", "+1-1", "1-1-1", " 1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := store.ParseCursor(s)
		if err != nil {
			return
		}
		if again, err := store.ParseCursor(c.String()); err != nil || again != c {
			t.Errorf("%q is %s, and that is %v (%v)", s, c, again, err)
		}
	})
}
