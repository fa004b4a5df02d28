package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"parley/backup"
	"parley/desk"
)

type backupCmd struct {
	storage        `embed:""`
	File           string `arg:"" type:"path" help:"File to write; it must not exist yet."`
	PassphraseFile string `type:"path" placeholder:"FILE" help:"Encrypt with the passphrase in the first line of this file."`
	WithoutKey     bool   `help:"Leave the master key out: restoring then needs it from elsewhere."`
}

// Run writes a backup and checks it.
func (c *backupCmd) Run(ctx context.Context) (err error) {
	passphrase, err := backup.Passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	db, blobs, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	keys, err := c.existingKeys()
	if err != nil {
		return err
	}
	start := time.Now()
	m, err := backup.Save(ctx, backup.Source{DB: db, Blobs: blobs, Keys: keys, WithoutKey: c.WithoutKey, Program: version, Now: time.Now}, c.File, passphrase)
	if err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	fmt.Printf("Wrote %s: %d rows, %d files, %s, in %s. It was read again and is whole.\n", c.File, m.Rows(), m.Files, size(info.Size()), time.Since(start).Round(time.Millisecond))
	if m.HasKey && passphrase == "" {
		fmt.Println("It holds the master key and is not encrypted: keep it like a password, or use --passphrase-file.")
	}
	if len(m.Missing) > 0 {
		fmt.Printf("%d files that the database names are not on disk, so they are not in the backup. See: parley ledger verify\n", len(m.Missing))
		return errSaid
	}
	return nil
}

type restoreCmd struct {
	storage        `embed:""`
	File           string `arg:"" type:"existingfile" help:"The backup."`
	PassphraseFile string `type:"path" placeholder:"FILE" help:"The passphrase of the backup is in the first line of this file."`
	Resume         bool   `help:"Send what waited to be sent. Only when the old Parley was stopped before the backup and stays off; else it may go out twice."`
	Check          bool   `help:"Only read the backup and say what it holds."`
}

// Run restores a backup, or checks it.
func (c *restoreCmd) Run(ctx context.Context) error {
	passphrase, err := backup.Passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	if c.Check {
		m, err := backup.Check(ctx, c.File, passphrase)
		if err != nil {
			return err
		}
		describe(m)
		return nil
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return desk.Errorf(desk.Invalid, "The data folder %s cannot be made: %s", c.Data, err)
	}
	start := time.Now()
	r, err := backup.Restore(ctx, c.File, passphrase, backup.Target{Folder: c.Data, Database: c.url(), Key: c.Key, Resume: c.Resume})
	if err != nil {
		return err
	}
	describe(r.Manifest)
	fmt.Printf("Restored in %s. Look at it with: parley ledger verify\n", time.Since(start).Round(time.Millisecond))
	if r.Held > 0 {
		fmt.Printf("%d jobs waited in the backup and may have been done since. Messages among them that a second sending would double are held as unknown: look at each in the ledger.\n", r.Held)
	}
	if r.Mended > 0 {
		fmt.Printf("%d texts had characters that PostgreSQL cannot keep; each such character is now U+FFFD.\n", r.Mended)
	}
	return nil
}

func describe(m backup.Manifest) {
	fmt.Printf("A backup of %s by Parley %s from %s, version %d of the database: %d rows, %d files (%s). It is whole.\n",
		m.CreatedAt.Format(time.DateTime+" MST"), m.Program, m.Database, m.Schema, m.Rows(), m.Files, size(m.FileBytes))
}

// size says bytes as a person does.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d kB", (n+1023)/1024)
}
