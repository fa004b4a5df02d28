package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/desk"
	"parley/store"
	"parley/store/storetest"
)

func put(name, value string) func(*store.WriteTx) error {
	return func(tx *store.WriteTx) error { return tx.SetInstallValue(name, value) }
}

func value(t *testing.T, db *store.DB, name string) (v string) {
	t.Helper()
	if err := db.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { v, err = tx.InstallValue(name); return err }); err != nil {
		t.Fatal(err)
	}
	return v
}

// Transactions that share a commit do not share a fate: one that fails, panics
// or breaks a rule of the schema leaves nothing, and its neighbours are there.
func TestNeighboursInAGroup(t *testing.T) {
	db := storetest.Open(t)
	refused := errors.New("refused")
	var wg sync.WaitGroup
	results := make([]error, 400)
	for i := range results {
		wg.Go(func() {
			results[i] = db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
				if err := tx.SetInstallValue(fmt.Sprint(i), "there"); err != nil {
					return err
				}
				switch i % 8 {
				case 1:
					return refused
				case 3:
					panic("in a transaction")
				case 5: // a value that must not be missing
					return store.Exec(tx, `INSERT INTO install (name, value) VALUES (?, NULL)`, fmt.Sprint("null ", i))
				case 7:
					return store.Exec(tx, `this is no SQL`)
				}
				return nil
			})
		})
	}
	wg.Wait()
	for i, err := range results {
		want := ""
		if i%2 == 0 {
			want = "there"
		}
		if got := value(t, db, fmt.Sprint(i)); got != want || (err == nil) != (want != "") {
			t.Errorf("%d: %q, %v", i, got, err)
		}
		if i%8 == 1 && !errors.Is(err, refused) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// A transaction sees what the one before it committed, however many run at once.
func TestNoUpdateIsLost(t *testing.T) {
	db := storetest.Open(t)
	if err := db.Write(t.Context(), store.Scope{}, put("count", "")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
				return store.Exec(tx, `UPDATE install SET value = value || 'x' WHERE name = ?`, "count")
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := value(t, db, "count"); got != strings.Repeat("x", 100) {
		t.Errorf("%d of 100 are there", len(got))
	}
}

// Whoever gave up before their turn leaves nothing.
func TestCancelledLeavesNothing(t *testing.T) {
	db := storetest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	err := db.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { ran = true; return put("late", "x")(tx) })
	if !errors.Is(err, context.Canceled) || ran || value(t, db, "late") != "" {
		t.Errorf("error %v, ran %v, value %q", err, ran, value(t, db, "late"))
	}
	// One who waits behind another that takes its time.
	ctx, cancel = context.WithCancel(t.Context())
	started, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
			close(started)
			<-goOn
			return put("first", "x")(tx)
		}); err != nil {
			t.Error(err)
		}
	})
	<-started
	if db.Name() == "sqlite" { // where there is a queue
		wg.Go(func() {
			if err := db.Write(ctx, store.Scope{}, put("second", "x")); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		})
	}
	cancel()
	close(goOn)
	wg.Wait()
	if value(t, db, "first") != "x" || value(t, db, "second") != "" {
		t.Errorf("first %q, second %q", value(t, db, "first"), value(t, db, "second"))
	}
}

// Two transactions that wait for each other's rows: the database ends one, which
// runs again, and both are there. (SQLite has one writer and nothing to end.)
func TestDeadlockRunsAgain(t *testing.T) {
	db := storetest.Open(t)
	for _, name := range []string{"a", "b"} {
		if err := db.Write(t.Context(), store.Scope{}, put(name, "")); err != nil {
			t.Fatal(err)
		}
	}
	if db.Name() == "sqlite" {
		t.Skip("SQLite has one writer: transactions never wait for each other's rows")
	}
	first := make(chan struct{}, 2)
	second := make(chan struct{}, 2)
	both := func(mine, theirs string, me, other chan struct{}) error {
		meet := sync.OnceFunc(func() { me <- struct{}{}; <-other })
		return db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
			for i, name := range []string{mine, theirs} {
				if err := store.Exec(tx, `UPDATE install SET value = value || 'x' WHERE name = ?`, name); err != nil {
					return err
				}
				if _, err := store.Texts(tx.Tx, `SELECT name FROM install WHERE name = ?`, name); err != nil { // what waits is sent now
					return err
				}
				if i == 0 {
					meet()
				}
			}
			return nil
		})
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := both("a", "b", first, second); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if err := both("b", "a", second, first); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if a, b := value(t, db, "a"), value(t, db, "b"); a != "xx" || b != "xx" {
		t.Errorf("a %q, b %q", a, b)
	}
}

// A database that another program holds is waited for, and then a person is told
// in a sentence what to do.
func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	open := func() *store.DB {
		db, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
	one, two := open(), open()
	if err := one.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	held, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := one.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error { close(held); <-goOn; return put("one", "x")(tx) }); err != nil {
			t.Error(err)
		}
	})
	<-held
	began := make(chan struct{})
	wg.Go(func() {
		close(began)
		if err := two.Write(t.Context(), store.Scope{}, put("two", "x")); err != nil { // waits for the other one
			t.Error(err)
		}
	})
	<-began
	close(goOn)
	wg.Wait()
	if value(t, one, "one") != "x" || value(t, one, "two") != "x" {
		t.Error("one of two programs lost its write")
	}
}

// A closed database says so, and closing it twice is no harm.
func TestClosed(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Migrate(t.Context()), db.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), store.Scope{}, put("x", "x")); desk.KindOf(err) != desk.Unavailable {
		t.Errorf("writing: %v", err)
	}
}

// Jobs that two processes claim at once belong to one of them.
func TestClaimedOnce(t *testing.T) {
	db := storetest.Open(t)
	now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	if err := db.Write(t.Context(), store.Scope{Workspace: 1}, func(tx *store.WriteTx) error {
		for i := range 200 {
			if err := tx.Enqueue(store.Job{ID: desk.JobID(i + 1), Workspace: 1, Queue: "q", Lane: int64(i % 50), RunAt: now, CreatedAt: now}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var claimed []desk.JobID
	lanes := map[int64]int{}
	var wg sync.WaitGroup
	for lease := range int64(8) {
		wg.Go(func() {
			for range 20 {
				var jobs []store.Job
				err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) (err error) {
					jobs, err = tx.Claim("q", lease+1, now, now.Add(time.Minute), 5)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, j := range jobs {
					claimed = append(claimed, j.ID)
					lanes[j.Lane]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(claimed)
	if n := len(slices.Compact(slices.Clone(claimed))); n != len(claimed) {
		t.Errorf("%d jobs were claimed %d times", n, len(claimed))
	}
	for lane, n := range lanes {
		if lane != 0 && n != 1 {
			t.Errorf("%d jobs of lane %d run at once", n, lane)
		}
	}
	if len(lanes) != 50 {
		t.Errorf("%d lanes of 50 have a job", len(lanes))
	}
}

// Many who write at once are seen to, and one alone is no crowd.
func TestCrowded(t *testing.T) {
	db := storetest.Open(t)
	var crowded atomic.Bool
	for deadline := time.Now().Add(20 * time.Second); !crowded.Load() && time.Now().Before(deadline); {
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
					if db.Crowded() {
						crowded.Store(true)
					}
					return put(fmt.Sprint(i), "there")(tx)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if !crowded.Load() {
		t.Error("64 at once were never a crowd")
	}
	if err := db.Write(t.Context(), store.Scope{}, put("alone", "there")); err != nil {
		t.Fatal(err)
	}
	if db.Crowded() {
		t.Error("one alone is a crowd")
	}
}
