package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"parley/desk"
	"parley/internal/blob"
	"parley/store"
)

func sum(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

func (v *verifier) inbound(ctx context.Context) (int64, error) {
	before := v.Now().Add(-v.Grace)
	return sum(v.r.Inbound), v.lapses(ctx,
		func(tx *store.Tx) ([]store.Lapse, error) { return tx.Unended(before, Limit) },
		func(tx *store.Tx) ([]store.Lapse, error) { return tx.MisEnded(Limit) },
		func(tx *store.Tx) ([]store.Lapse, error) { return tx.MisTurnedAway(Limit) })
}

func (v *verifier) jobs(ctx context.Context) (int64, error) {
	var n int64
	err := v.read(ctx, func(tx *store.Tx) error {
		for _, state := range []store.JobState{store.JobReady, store.JobRunning, store.JobFailed} {
			c, err := tx.CountJobs(state)
			if err != nil {
				return err
			}
			n += c
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, v.lapses(ctx, func(tx *store.Tx) ([]store.Lapse, error) { return tx.StrayJobs(v.Now(), Limit) })
}

func (v *verifier) rows(ctx context.Context) (int64, error) {
	return 0, v.lapses(ctx, func(tx *store.Tx) ([]store.Lapse, error) { return tx.Strays(Limit) })
}

// batch is how many rows are read at once.
const batch = 500

// outbound: that an outcome is the one of the facts is proven by facts.
func (v *verifier) outbound(ctx context.Context) (int64, error) {
	if err := v.lapses(ctx, func(tx *store.Tx) ([]store.Lapse, error) { return tx.BadDeliveries(Limit) }); err != nil {
		return 0, err
	}
	var after desk.MessageID
	for {
		n := 0
		err := v.read(ctx, func(tx *store.Tx) error {
			waiting, err := tx.Queued(after, batch)
			n = len(waiting)
			for _, q := range waiting {
				after = q.Message
				jobs, jerr := tx.Delivering("deliver", q.Conversation)
				if jerr != nil {
					return jerr
				}
				if !sends(jobs, q.Message) {
					v.find(q.Message.String(), "It is queued, and no job sends it.")
				}
			}
			return err
		})
		if err != nil || n < batch {
			return sum(v.r.Outbound), err
		}
	}
}

// sends reports whether one of these facts is that a message is to be sent.
func sends(jobs []desk.Event, id desk.MessageID) bool {
	for _, e := range jobs {
		switch f := e.Fact.(type) {
		case desk.MessagePosted:
			if f.Message == id {
				return true
			}
		case desk.AsidePosted:
			if f.Message == id {
				return true
			}
		case desk.DeliveryChanged:
			if f.Message == id && f.Again {
				return true
			}
		}
	}
	return false
}

func (v *verifier) files(ctx context.Context) (looked int64, err error) {
	after := ""
	for {
		var all []store.File
		if err := v.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.Files(after, batch); return err }); err != nil {
			return looked, err
		}
		for _, f := range all {
			after = f.Hash
			if err := v.file(ctx, f); err != nil {
				return looked, err
			}
			looked++
		}
		if len(all) < batch {
			return looked, nil
		}
	}
}

func (v *verifier) file(ctx context.Context, f store.File) error {
	size, err := v.Blobs.Size(f.Hash)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.find(f.Hash, "The file is not on disk.")
		return nil
	case err != nil:
		return err
	case size != f.Size:
		v.find(f.Hash, fmt.Sprintf("The file has %d bytes on disk, not %d.", size, f.Size))
		return nil
	case !v.Hash:
		return nil
	}
	err = v.Blobs.Check(ctx, f.Hash)
	if errors.Is(err, blob.ErrDamaged) {
		v.find(f.Hash, "The bytes on disk are not what was stored.")
		return nil
	}
	return err
}
