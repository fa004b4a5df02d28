package store

import (
	"context"
	"os"
	"time"

	"parley/desk"
)

// Integrity asks the database whether its own structure is whole and returns
// what it says is wrong. PostgreSQL has no such question: it checks as it reads.
func (tx *Tx) Integrity() ([]string, error) {
	if tx.db.name() != "sqlite" {
		return nil, nil
	}
	said, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err }, `SELECT quick_check FROM pragma_quick_check`)
	if err != nil || len(said) == 1 && said[0] == "ok" {
		return nil, err
	}
	return said, nil
}

// Clock returns the time of the database's machine.
func (tx *Tx) Clock() (at time.Time, err error) {
	q := `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`
	if tx.db.name() == "sqlite" {
		q = `SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)`
	}
	err = tx.row(q).Scan(when{&at})
	return at, err
}

// LogSize returns how many bytes of a SQLite database wait in its write-ahead
// log; 0 on PostgreSQL, which keeps its own.
func (db *DB) LogSize() int64 {
	l, ok := db.dialect.(*lite)
	if !ok {
		return 0
	}
	info, err := os.Stat(l.path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// Sealed is a channel's secrets as they are stored.
type Sealed struct {
	Channel desk.ChannelID
	Kind    string
	Address string
	Text    []byte
}

// SealedSecrets returns the channels of the whole install that were not removed.
func (tx *Tx) SealedSecrets() ([]Sealed, error) {
	return collect(tx, func(scan func(...any) error) (s Sealed, err error) {
		c, err := scanChannel(scan)
		return Sealed{c.ID, c.Kind, c.Address, c.Sealed}, err
	}, `SELECT `+channelColumns+` FROM channel WHERE NOT removed ORDER BY id`)
}

// Answers asks the database for nothing, to see that it is there.
func (db *DB) Answers(ctx context.Context) error {
	return db.Read(ctx, Scope{}, func(tx *Tx) error {
		_, err := scanInt(tx.row(`SELECT 1`).Scan)
		return err
	})
}
