package store_test

import (
	"math"
	"slices"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/search"
	"parley/store"
)

// F3-76: words that everybody uses, and few in a row. Whoever goes on from where the index
// stopped finds each of them, the newest first, and nothing is looked through without end.
func TestPhraseOfCommonWords(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	const all = 2*store.MostHits + 500
	inRow := []int64{all - 3, all - 900, 20, 3}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		return store.Indexed(tx, all, func(id int64) []string {
			if slices.Contains(inRow, id) {
				return []string{"the", "bent", "wheel"}
			}
			return []string{"bent", "the", "wheel"}
		})
	}))
	ask := func(e search.Expr, before int64, limit int) (ids []int64, until int64) {
		t.Helper()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) {
			ids, until, err = store.Hits(tx, e, before, limit)
			return err
		}))
		return ids, until
	}
	phrase := search.And(search.Phrase("wheel"), search.Phrase("the", "bent"))
	if ids, until := ask(phrase, math.MaxInt64, 1); !slices.Equal(ids, inRow[:1]) || until != 0 {
		t.Errorf("the newest is %v, stopped at %d", ids, until)
	}
	var found []int64
	asked := 0
	for before := int64(math.MaxInt64); before > 0; asked++ {
		ids, until := ask(phrase, before, 10)
		found, before = append(found, ids...), until
		if asked > 3 {
			t.Fatalf("asked without end, before %d", before)
		}
	}
	if !slices.Equal(found, inRow) {
		t.Errorf("found %v, want %v", found, inRow)
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		every, err := store.AllHits(tx, phrase, 10)
		if !slices.Equal(every, inRow) {
			t.Errorf("a view has %v, want %v", every, inRow)
		}
		return err
	}))
	if name := d.DB.Name(); (asked > 1) != (name == "postgres") {
		t.Errorf("%s was asked %d times", name, asked)
	}
	if ids, until := ask(search.Phrase("bent"), math.MaxInt64, 3); !slices.Equal(ids, []int64{all, all - 1, all - 2}) || until != 0 {
		t.Errorf("of a word %v, stopped at %d", ids, until)
	}
}
