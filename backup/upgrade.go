package backup

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// Snapshot is the database as it was before migrations. On SQLite it is a copy
// of the file, on PostgreSQL a backup of the rows. Files and the master key are
// not in it: migrations leave them alone.
type Snapshot struct {
	Path     string    `json:"-"`
	Program  string    `json:"program"` // the Parley that migrated, not the one before it
	Database string    `json:"database"`
	Schema   int64     `json:"schema"`
	To       int64     `json:"to"`
	Events   int64     `json:"events"` // how many there were
	At       time.Time `json:"at"`
}

// Upgrade migrates a database that nobody else uses, after a snapshot in folder
// of what is there. An empty database has none. It returns the snapshot, whose
// Path is "" if there was nothing to migrate or nothing to lose.
func Upgrade(ctx context.Context, db *store.DB, folder, program string, now time.Time) (Snapshot, error) {
	s, err := db.Schema(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	if err := s.Newer(); err != nil {
		return Snapshot{}, err
	}
	if s.Current == s.Target {
		return Snapshot{}, nil
	}
	release, err := db.Hold(ctx, true)
	if err != nil {
		return Snapshot{}, err
	}
	var snap Snapshot
	if s.Current > 0 {
		snap = Snapshot{Program: program, Database: db.Name(), Schema: s.Current, To: s.Target, At: now.UTC()}
		err = snap.take(ctx, db, folder)
	}
	if err == nil {
		err = db.Migrate(ctx)
	}
	return snap, errors.Join(err, release())
}

// stamp is a time in the name of a file.
const stamp = "20060102t150405"

func (s *Snapshot) take(ctx context.Context, db *store.DB, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return desk.Errorf(desk.Invalid, "The snapshot before the upgrade cannot be written: %s", err)
	}
	var err error
	if s.Events, err = events(ctx, db); err != nil {
		return err
	}
	name := filepath.Join(folder, s.At.Format(stamp))
	if db.Name() == "sqlite" {
		s.Path = name + ".db"
		err = db.CopyTo(ctx, s.Path)
	} else {
		s.Path = name + ".rows"
		_, err = Save(ctx, Source{DB: db, Program: s.Program, Now: func() time.Time { return s.At }}, s.Path, "")
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	// The description comes last: a snapshot without one was not finished.
	if err := os.WriteFile(s.Path+".json", b, 0o600); err != nil {
		return err
	}
	return syncDir(folder)
}

func events(ctx context.Context, db *store.DB) (n int64, err error) {
	err = db.Read(ctx, store.Scope{}, func(tx *store.Tx) (err error) { n, err = tx.CountEvents(); return err })
	return n, err
}

// Snapshots returns what Upgrade left in a folder, newest first.
func Snapshots(folder string) ([]Snapshot, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Snapshot
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var s Snapshot
		if json.Unmarshal(b, &s) != nil {
			continue
		}
		s.Path = name[:len(name)-len(".json")]
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Snapshot) int { return b.At.Compare(a.At) })
	return all, nil
}

// RolledBack is what a rollback did.
type RolledBack struct {
	Snapshot
	Kept string // where the database is that was there: a file, or a schema
	Lost int64  // events written after the snapshot
}

// Rollback puts back the newest snapshot of an older schema. What was written
// since would be lost: without discard that is refused. What was there is kept.
// db must not be used afterwards, and is closed.
func Rollback(ctx context.Context, db *store.DB, url, folder string, discard bool, now time.Time) (r RolledBack, err error) {
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, db.Close())
		}
	}()
	if r.Snapshot, r.Lost, err = choose(ctx, db, folder); err != nil {
		return r, err
	}
	if r.Lost != 0 && !discard {
		return r, desk.Errorf(desk.Conflict, "Since the snapshot of %s, %d facts were written: messages, answers, changes. They would be lost. Take a backup first (parley backup), then repeat this with --discard.", r.At.Format(time.DateTime), r.Lost)
	}
	release, err := db.Hold(ctx, true)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	mark := now.UTC().Format(stamp)
	if db.Name() == "postgres" {
		r.Kept, err = db.SwapSchema(ctx, mark, func(fresh *store.DB) error { return r.load(ctx, fresh) })
		return r, err
	}
	closed = true
	if err := db.Close(); err != nil {
		return r, err
	}
	path := store.SQLitePath(url)
	r.Kept = filepath.Join(folder, mark+"-before-rollback.db")
	return r, store.SwapFile(ctx, r.Path, path, r.Kept)
}

func choose(ctx context.Context, db *store.DB, folder string) (Snapshot, int64, error) {
	schema, err := db.Schema(ctx)
	if err != nil {
		return Snapshot{}, 0, err
	}
	all, err := Snapshots(folder)
	if err != nil {
		return Snapshot{}, 0, err
	}
	i := slices.IndexFunc(all, func(s Snapshot) bool { return s.Database == db.Name() && s.Schema < schema.Current })
	if i < 0 {
		return Snapshot{}, 0, desk.Errorf(desk.NotFound, "There is no snapshot in %s from before version %d. Restore a backup instead (parley restore).", folder, schema.Current)
	}
	n, err := events(ctx, db)
	return all[i], n - all[i].Events, err
}

func (s Snapshot) load(ctx context.Context, fresh *store.DB) error {
	if err := fresh.MigrateTo(ctx, s.Schema); err != nil {
		return err
	}
	return fresh.Load(ctx, func(l *store.Loader) error {
		if _, err := readFile(ctx, s.Path, "", sink{row: l.Row}); err != nil {
			return err
		}
		_, err := l.Interrupt()
		return err
	})
}
