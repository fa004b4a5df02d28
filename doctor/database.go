package doctor

import (
	"context"
	"time"

	"parley/ledger"
	"parley/store"
)

func (d *look) read(ctx context.Context, fn func(*store.Tx) error) error {
	return d.DB.Read(ctx, store.Scope{}, fn)
}

func (d *look) channels(ctx context.Context) (all []store.Sealed, err error) {
	err = d.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.SealedSecrets(); return err })
	return all, err
}

func (d *look) database(ctx context.Context) {
	if d.DB == nil {
		d.say("database", Fail, "Start the database, or correct its address.", "The database cannot be opened: %s", d.DBError)
		return
	}
	start := d.Now()
	if err := d.DB.Answers(ctx); err != nil {
		d.say("database", Fail, "Start the database, or correct its address.", "The database does not answer: %s", err)
		return
	}
	took := d.Now().Sub(start)
	d.say("database", worse(took, 100*time.Millisecond, 5*time.Second), "Move the database nearer to Parley.", "The database (%s) answers in %.1f ms.", d.DB.Name(), float64(took.Microseconds())/1000)
	d.schema(ctx)
	if d.DB.Name() != "sqlite" {
		return
	}
	var wrong []string
	err := d.read(ctx, func(tx *store.Tx) (err error) { wrong, err = tx.Integrity(); return err })
	switch {
	case err != nil:
		d.say("integrity", Fail, "Keep a copy of the data folder, then restore the last backup: parley restore.", "The database cannot be checked: %s", err)
	case len(wrong) > 0:
		d.say("integrity", Fail, "Keep a copy of the data folder, then restore the last backup: parley restore.", "The database is damaged: %s", wrong[0])
	default:
		d.say("integrity", OK, "", "The database's structure is whole.")
	}
	size := d.DB.LogSize()
	d.say("log", worse(size, 256<<20, 4<<30), "Something reads for very long, a copy or an analysis: end it. The log shrinks after that.", "%.1f MB wait in the write-ahead log.", float64(size)/(1<<20))
}

func (d *look) schema(ctx context.Context) {
	s, err := d.DB.Schema(ctx)
	switch {
	case err != nil:
		d.say("schema", Fail, "Look at the database's own log.", "The version of the schema cannot be read: %s", err)
	case s.Newer() != nil:
		d.say("schema", Fail, "Start the newer Parley, or put the older database back: parley migrate --rollback with the newer Parley.", "%s", s.Newer())
	case s.Current < s.Target:
		d.say("schema", Warn, "Upgrade it: parley migrate. It takes a snapshot first.", "The database is at version %d, this Parley is at %d.", s.Current, s.Target)
	default:
		d.say("schema", OK, "", "The database is at version %d, as this Parley is.", s.Current)
	}
}

// search says how far the search index is; whether all of it is there is for the
// ledger to prove.
func (d *look) search(ctx context.Context) {
	if !d.ready(ctx) {
		return
	}
	var s store.SearchState
	late := time.Duration(0)
	err := d.read(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.SearchState(); err != nil || !s.Built() {
			return err
		}
		until, err := ledger.SearchedUntil(tx, s, d.Now())
		late = d.Now().Sub(until)
		return err
	})
	switch {
	case err != nil:
		d.say("search", Fail, "Look at the database's own log.", "The search index cannot be read: %s", err)
	case !s.Built():
		d.say("search", Warn, "Let Parley run: it builds the index beside its other work.", "The search index is being built; what is older cannot be found yet.")
	default:
		d.say("search", worse(late, time.Minute, time.Hour), "Is Parley running? If it is, its log says why it does not go on. To build the index anew: parley reindex.",
			"What was written %s ago, and everything before it, can be found.", late.Round(time.Second))
	}
}

// ready reports whether questions about rows make sense.
func (d *look) ready(ctx context.Context) bool {
	if d.DB == nil {
		return false
	}
	s, err := d.DB.Schema(ctx)
	return err == nil && s.Current == s.Target
}

func (d *look) clock(ctx context.Context) {
	if d.DB == nil || d.DB.Name() == "sqlite" {
		return // the same clock
	}
	var theirs time.Time
	before := d.Now()
	err := d.read(ctx, func(tx *store.Tx) (err error) { theirs, err = tx.Clock(); return err })
	if err != nil {
		return // the database has said it
	}
	now := d.Now()
	d.compareClock("clock", theirs, before.Add(now.Sub(before)/2), "the database")
}

func (d *look) compareClock(name string, theirs, ours time.Time, whose string) {
	apart := ours.Sub(theirs).Abs()
	d.say(name, worse(apart, 2*time.Second, time.Minute), "Let both machines follow the same time servers (systemd-timesyncd, chrony).", "The clocks here and of %s are %s apart.", whose, apart.Round(time.Millisecond))
}

func (d *look) jobs(ctx context.Context) {
	if !d.ready(ctx) {
		return
	}
	var all []store.QueueState
	if err := d.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.QueueStates(); return err }); err != nil {
		d.say("jobs", Fail, "Look at the database's own log.", "The jobs cannot be counted: %s", err)
		return
	}
	var waiting, failed int64
	late := time.Duration(0)
	for _, q := range all {
		switch q.State {
		case store.JobReady:
			waiting += q.Count
			late = max(late, d.Now().Sub(q.Due))
		case store.JobFailed:
			failed += q.Count
		}
	}
	state := worse(late, 5*time.Minute, time.Hour)
	if failed > 0 && state == OK {
		state = Warn
	}
	d.say("jobs", state, "Is Parley running? If it is, its log says why jobs fail. Failed jobs are in the ledger, under failed jobs: start them again there.",
		"%d jobs wait, the oldest has been due for %s; %d gave up.", waiting, late.Round(time.Second), failed)
}

// ledger asks what can be asked quickly; the whole proof is a command of its own.
func (d *look) ledger(ctx context.Context) {
	if !d.ready(ctx) {
		return
	}
	r, err := ledger.Verify(ctx, ledger.Options{DB: d.DB, Blobs: d.Blobs, Now: d.Now, Only: []string{"inbound", "outbound", "jobs"}})
	switch {
	case err != nil:
		d.say("ledger", Fail, "Look at the database's own log.", "The ledger cannot be read: %s", err)
	case !r.OK():
		d.say("ledger", Fail, "See all of it: parley ledger verify.", "%d entries of the ledger do not add up; the first is %s: %s", len(r.Findings), r.Findings[0].Subject, r.Findings[0].What)
	case r.Outbound["unknown"] > 0:
		d.say("ledger", Warn, "Look at each in the ledger, under sent, and send it again or leave it.", "%d messages may not have arrived.", r.Outbound["unknown"])
	default:
		d.say("ledger", OK, "", "Every arrival and every message has ended or is being worked on.")
	}
}
