package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/desk"
	"parley/internal/blob"
	"parley/internal/secret"
	"parley/store"
)

// Target is where a backup is restored to. Nothing may be there yet.
type Target struct {
	Folder   string // for files and the master key
	Database string // a SQLite file, or postgres://…
	Key      string // the master key if it is kept elsewhere, 64 hexadecimal digits
	// Resume says that nothing was sent since the backup: the old Parley was
	// stopped before it and stays off. Else what waits to be sent may have gone
	// out meanwhile, and a person decides about each message.
	Resume bool
}

// Restored is what a restore did.
type Restored struct {
	Manifest
	Mended int64 // texts with characters that PostgreSQL cannot keep
	Held   int64 // jobs whose outcome since the backup nobody knows
}

// stage is the folder in the target's where a restore is prepared.
const stage = ".restore"

// Restore reads the whole backup once to check it, then puts it into the target.
// Until the end nothing is under its final name, and a PostgreSQL database gets
// everything in one transaction: a restore that fails leaves nothing behind.
func Restore(ctx context.Context, path, passphrase string, to Target) (Restored, error) {
	postgres := strings.Contains(to.Database, "://")
	if err := to.vacant(postgres); err != nil {
		return Restored{}, err
	}
	m, err := Check(ctx, path, passphrase)
	if err != nil {
		return Restored{}, err
	}
	out := Restored{Manifest: m}
	if err := to.checkKey(m); err != nil {
		return out, err
	}
	staging := filepath.Join(to.Folder, stage)
	if err := errors.Join(os.RemoveAll(staging), os.MkdirAll(staging, 0o700)); err != nil {
		return out, desk.Errorf(desk.Invalid, "The folder %s cannot be used: %s", to.Folder, err)
	}
	defer os.RemoveAll(staging)
	database := to.Database
	if !postgres {
		database += ".restoring"
		if err := remove(database); err != nil {
			return out, err
		}
		defer remove(database) //nolint:errcheck // after the rename there is nothing to remove
	}
	err = to.fill(ctx, path, passphrase, database, staging, &out)
	if err != nil || postgres {
		return out, err
	}
	// The last step, after which there is an install.
	if err := os.Rename(database, to.Database); err != nil {
		return out, err
	}
	return out, syncDir(filepath.Dir(to.Database))
}

// fill loads rows into a database and files into the staging folder. What is in
// the folder takes its place before the rows are committed: files and a key
// without rows are harmless, rows without them are not.
func (to Target) fill(ctx context.Context, path, passphrase, database, staging string, out *Restored) (err error) {
	db, err := store.Open(ctx, database)
	if err != nil {
		return err
	}
	placed := false
	defer func() {
		if err = errors.Join(err, db.Close()); err != nil && placed {
			err = errors.Join(err, os.RemoveAll(filepath.Join(to.Folder, "files")))
			if to.Key == "" {
				err = errors.Join(err, os.Remove(filepath.Join(to.Folder, "master.key")))
			}
		}
	}()
	if err := prepare(ctx, db, out.Manifest); err != nil {
		return err
	}
	blobs, err := blob.Open(filepath.Join(staging, "files"))
	if err != nil {
		return err
	}
	return db.Load(ctx, func(l *store.Loader) error {
		_, err := readFile(ctx, path, passphrase, sink{
			row: l.Row,
			file: func(hash string, r io.Reader) error {
				_, _, err := blobs.Put(ctx, r, 1<<62)
				return err
			},
			key: func(text string) error { return to.writeKey(staging, text) },
		})
		if err != nil {
			return err
		}
		if !to.Resume {
			if out.Held, err = l.Interrupt(); err != nil {
				return err
			}
		}
		out.Mended = l.Mended
		placed = true
		return to.place(staging)
	})
}

// remove drops a SQLite database that was not finished.
func remove(database string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(database + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prepare brings an empty database to the schema of a backup. Migrations that
// came later are applied by the next start.
func prepare(ctx context.Context, db *store.DB, m Manifest) error {
	s, err := db.Schema(ctx)
	if err != nil {
		return err
	}
	switch {
	case m.Schema > s.Target:
		return desk.Errorf(desk.Conflict, "The backup was written by Parley %s at version %d of the database, and this Parley knows only up to %d. Restore it with that Parley, or a newer one.", m.Program, m.Schema, s.Target)
	case s.Current > m.Schema:
		return desk.Errorf(desk.Conflict, "The database is at version %d already, and the backup at %d. Give an empty database.", s.Current, m.Schema)
	}
	return db.MigrateTo(ctx, m.Schema)
}

// vacant refuses a target in which something is.
func (to Target) vacant(postgres bool) error {
	names := []string{filepath.Join(to.Folder, "files"), filepath.Join(to.Folder, "master.key")}
	if !postgres {
		names = append(names, to.Database, to.Database+"-wal")
	}
	for _, name := range names {
		entries, err := os.ReadDir(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err == nil && len(entries) == 0:
			continue // an empty folder
		case to.Key != "" && filepath.Base(name) == "master.key":
			continue // it is not written, and not read either
		}
		return desk.Errorf(desk.Conflict, "There is an install in %s already (%s). Restore into an empty folder; nothing is ever written over.", to.Folder, name)
	}
	return nil
}

// checkKey makes sure that what is sealed in the backup will open.
func (to Target) checkKey(m Manifest) error {
	if to.Key == "" {
		if m.HasKey || m.KeyID == "" {
			return nil
		}
		return desk.Errorf(desk.Invalid, "The backup was written without its master key. Give that key: --key, or PARLEY_KEY.")
	}
	keys, err := secret.Parse(to.Key)
	if err != nil {
		return desk.Errorf(desk.Invalid, "The key cannot be used: %s.", err)
	}
	if m.KeyID != "" && !keys.Knows(m.KeyID) {
		return desk.Errorf(desk.Invalid, "The key given is not the one of the backup: the secrets of its channels would not open. Give the key that the old install used, or none to take the one in the backup.")
	}
	return nil
}

func (to Target) writeKey(staging, text string) error {
	if to.Key != "" {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(staging, "master.key"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, text)
	return errors.Join(err, f.Sync(), f.Close())
}

// place gives files and key their names. An empty folder of files may be there.
func (to Target) place(staging string) error {
	files := filepath.Join(to.Folder, "files")
	_ = os.Remove(filepath.Join(files, "new")) // of an empty store
	if err := os.Remove(files); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(filepath.Join(staging, "files"), files); err != nil {
		return err
	}
	err := os.Rename(filepath.Join(staging, "master.key"), filepath.Join(to.Folder, "master.key"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(to.Folder)
}
