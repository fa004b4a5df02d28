// Package ledger proves that nothing was lost: every arrival has ended, every
// message to a customer has one outcome, every conversation is what its facts
// made of it, and every file is what was stored. It reads in short snapshots,
// and may run while the install is in use.
package ledger

import (
	"context"
	"slices"
	"time"

	"parley/internal/blob"
	"parley/store"
)

// Options say what is verified.
type Options struct {
	DB    *store.DB
	Blobs *blob.Store
	Now   func() time.Time
	Hash  bool          // read every file and compare its hash; else only whether it is there, with its size
	Grace time.Duration // how long an arrival may take; 0 is an hour
	Only  []string      // names of checks; nil is all
}

// Finding is something that is wrong.
type Finding struct {
	Check   string `json:"check"`
	Subject string `json:"subject"` // a public id, or a row
	What    string `json:"what"`
}

// Check is one of the things that were looked at.
type Check struct {
	Name   string `json:"name"`
	Proves string `json:"proves"`
	Looked int64  `json:"looked"` // how many were looked at; 0 where the database counts
	Found  int    `json:"found"`  // how many findings, at most Limit
}

// Report is what was found.
type Report struct {
	At       time.Time        `json:"at"`
	Database string           `json:"database"`
	Inbound  map[string]int64 `json:"inbound"`  // arrivals by state
	Outbound map[string]int64 `json:"outbound"` // messages to customers by state
	Checks   []Check          `json:"checks"`
	Findings []Finding        `json:"findings"`
}

// Limit is how many findings of one check are listed.
const Limit = 100

// OK reports whether everything adds up.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verify looks at everything. The error says that it could not look; what is
// wrong is in the report.
func Verify(ctx context.Context, o Options) (Report, error) {
	if o.Grace == 0 {
		o.Grace = time.Hour
	}
	v := &verifier{Options: o, r: Report{At: o.Now().UTC(), Database: o.DB.Name(), Findings: []Finding{}}}
	err := v.read(ctx, func(tx *store.Tx) (err error) {
		if v.r.Inbound, err = tx.CountRaws(); err != nil {
			return err
		}
		blocked, err := tx.CountTurnedAway()
		if err != nil {
			return err
		}
		if blocked > 0 {
			v.r.Inbound[string(store.RawBlocked)] = blocked
		}
		v.r.Outbound, err = tx.CountDeliveries()
		return err
	})
	if err != nil {
		return v.r, err
	}
	for _, c := range []struct {
		name, proves string
		run          func(context.Context) (int64, error)
	}{
		{"inbound", "every arrival is a message, a duplicate or a dead letter, is being worked on, or was only counted: its sender is blocked", v.inbound},
		{"outbound", "every message to a customer has one outcome, is held as unknown, or has a job that sends it", v.outbound},
		{"jobs", "every job is about something, and none hangs", v.jobs},
		{"rows", "no row names another that is not there", v.rows},
		{"facts", "every conversation is what its facts made of it, without a gap", v.facts},
		{"files", "every file is on disk, whole", v.files},
		{"search", "everything that was said is in the search index, and nothing else", v.search},
	} {
		if len(o.Only) > 0 && !slices.Contains(o.Only, c.name) {
			continue
		}
		before := len(v.r.Findings)
		v.check = c.name
		looked, err := c.run(ctx)
		if err != nil {
			return v.r, err
		}
		v.r.Checks = append(v.r.Checks, Check{c.name, c.proves, looked, len(v.r.Findings) - before})
	}
	return v.r, nil
}

type verifier struct {
	Options
	r     Report
	check string
}

func (v *verifier) read(ctx context.Context, fn func(*store.Tx) error) error {
	return v.DB.Read(ctx, store.Scope{}, fn)
}

// find adds a finding, if the check has room for it.
func (v *verifier) find(subject, what string) {
	n := 0
	for i := len(v.r.Findings) - 1; i >= 0 && v.r.Findings[i].Check == v.check; i-- {
		n++
	}
	if n < Limit {
		v.r.Findings = append(v.r.Findings, Finding{v.check, subject, what})
	}
}

// lapses adds what queries found.
func (v *verifier) lapses(ctx context.Context, queries ...func(*store.Tx) ([]store.Lapse, error)) error {
	for _, q := range queries {
		err := v.read(ctx, func(tx *store.Tx) error {
			found, err := q(tx)
			for _, l := range found {
				v.find(l.Subject, l.What)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
