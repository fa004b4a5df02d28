package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"parley/app/apptest"
	"parley/backup"
	"parley/desk"
	"parley/store"
	"parley/store/storetest"
)

// next returns the schema of a program that has one migration more.
func next(t *testing.T, text string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{"0999_next.sql": {Data: []byte("-- +goose Up\n" + text + "\n")}}
	files, err := filepath.Glob("../store/migration/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no migrations", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = &fstest.MapFile{Data: b}
	}
	return all
}

// installed returns a database of today's program, in use, and its address.
func installed(t *testing.T) (d *apptest.Desk, url string) {
	t.Helper()
	d = busy(t)
	dir := t.TempDir()
	url = storetest.URL(t)
	file := filepath.Join(dir, "backup")
	if _, err := backup.Save(t.Context(), source(d), file, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: filepath.Join(dir, "data"), Database: url, Resume: true}); err != nil {
		t.Fatal(err)
	}
	d.DB = open(t, url)
	return d, url
}

func schema(t *testing.T, db *store.DB) int64 {
	t.Helper()
	s, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Current
}

const addColumn = "ALTER TABLE person ADD COLUMN nickname TEXT NOT NULL DEFAULT 'none';\nUPDATE person SET name = 'Somebody';"

// An upgrade takes a snapshot, and the rollback puts it back; what was there
// before the rollback is kept.
func TestUpgradeAndRollback(t *testing.T) {
	d, url := installed(t)
	folder, want := filepath.Join(t.TempDir(), "snapshots"), rows(t, d.DB)
	before := schema(t, d.DB)
	d.DB.Migrations = next(t, addColumn)
	snap, err := backup.Upgrade(t.Context(), d.DB, folder, "2", d.Clock.Now())
	if err != nil || snap.Schema != before || snap.To != 999 || snap.Path == "" {
		t.Fatalf("%+v, %v", snap, err)
	}
	if got := rows(t, d.DB)["person"]; schema(t, d.DB) != 999 || !strings.Contains(got[0], `"nickname":"none"`) || !strings.Contains(got[0], "Somebody") {
		t.Fatalf("after the upgrade: %s", got)
	}
	if again, err := backup.Upgrade(t.Context(), d.DB, folder, "2", d.Clock.Now()); err != nil || again.Path != "" {
		t.Errorf("an upgrade of what is up to date: %+v, %v", again, err)
	}
	// The older program says so and does not start.
	older := open(t, url)
	if _, err := backup.Upgrade(t.Context(), older, folder, "1", d.Clock.Now()); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "Start the newer Parley") {
		t.Errorf("the older program: %v", err)
	}
	if err := older.Close(); err != nil {
		t.Fatal(err)
	}

	d.Clock.Add(time.Hour)
	done, err := backup.Rollback(t.Context(), d.DB, url, folder, false, d.Clock.Now())
	if err != nil || done.Lost != 0 || done.Kept == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	d.DB = open(t, url)
	if schema(t, d.DB) != before {
		t.Errorf("after the rollback the schema is %d", schema(t, d.DB))
	}
	same(t, rows(t, d.DB), want)
	if d.DB.Name() == "sqlite" {
		kept := open(t, done.Kept)
		if schema(t, kept) != 999 {
			t.Error("what was there is not kept")
		}
	}
	// It goes on, and can be upgraded again.
	d.Get(apptest.Post{From: "kim", Key: "after", Text: "After the rollback"})
	d.DB.Migrations = next(t, addColumn)
	d.Clock.Add(time.Hour)
	if _, err := backup.Upgrade(t.Context(), d.DB, folder, "2", d.Clock.Now()); err != nil || schema(t, d.DB) != 999 {
		t.Errorf("again: %v", err)
	}
}

// What was written since the snapshot is not thrown away without a word.
func TestRollbackRefusesToLose(t *testing.T) {
	d, url := installed(t)
	folder := filepath.Join(t.TempDir(), "snapshots")
	d.DB.Migrations = next(t, addColumn)
	if _, err := backup.Upgrade(t.Context(), d.DB, folder, "2", d.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	d.Clock.Add(time.Minute)
	d.Get(apptest.Post{From: "kim", Key: "since", Text: "Since the upgrade"})
	d.Clock.Add(time.Hour)
	if _, err := backup.Rollback(t.Context(), d.DB, url, folder, false, d.Clock.Now()); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "would be lost") {
		t.Fatalf("%v", err)
	}
	d.DB = open(t, url)
	if schema(t, d.DB) != 999 {
		t.Error("it was rolled back")
	}
	d.DB.Migrations = next(t, addColumn)
	if done, err := backup.Rollback(t.Context(), d.DB, url, folder, true, d.Clock.Now()); err != nil || done.Lost == 0 {
		t.Errorf("%+v, %v", done, err)
	}
	d.DB = open(t, url)
	if strings.Contains(strings.Join(rows(t, d.DB)["message"], ""), "Since the upgrade") || schema(t, d.DB) == 999 {
		t.Error("it was not rolled back")
	}
	if _, err := backup.Rollback(t.Context(), d.DB, url, folder, true, d.Clock.Now()); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a rollback without a snapshot: %v", err)
	}
}

// A migration that fails leaves the database at the version before.
func TestFailedUpgrade(t *testing.T) {
	d, url := installed(t)
	want, before := rows(t, d.DB), schema(t, d.DB)
	d.DB.Migrations = next(t, "UPDATE person SET name = 'x';\nSELECT * FROM nowhere;")
	folder := filepath.Join(t.TempDir(), "snapshots")
	if snap, err := backup.Upgrade(t.Context(), d.DB, folder, "2", d.Clock.Now()); err == nil || snap.Path == "" {
		t.Fatalf("%+v, %v", snap, err)
	}
	d.DB = open(t, url)
	if schema(t, d.DB) != before {
		t.Errorf("the schema is %d", schema(t, d.DB))
	}
	same(t, rows(t, d.DB), want)
}

// Nobody migrates or rolls back under a Parley that runs, and SQLite has one.
func TestHold(t *testing.T) {
	d, url := installed(t)
	other := open(t, url)
	release, err := other.Hold(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	d.DB.Migrations = next(t, addColumn)
	if _, err := backup.Upgrade(t.Context(), d.DB, t.TempDir(), "2", d.Clock.Now()); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "Stop it first") {
		t.Errorf("an upgrade under a Parley that runs: %v", err)
	}
	again, err := d.DB.Hold(t.Context(), false)
	if shared := d.DB.Name() == "postgres"; (err == nil) != shared {
		t.Errorf("a second server on %s: %v", d.DB.Name(), err)
	}
	if err == nil {
		if err := again(); err != nil {
			t.Error(err)
		}
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Upgrade(t.Context(), d.DB, t.TempDir(), "2", d.Clock.Now()); err != nil {
		t.Errorf("after it stopped: %v", err)
	}
}
