package app

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// healthEvery is how old the moment may be at which a way of a channel worked last:
// an install where nothing happens writes seldom.
const healthEvery = 30 * time.Second

// health returns what is known of one way of a channel.
func health(tx *store.Tx, ch desk.ChannelID, way string) (store.Health, error) {
	all, err := tx.ChannelHealth(ch)
	for _, h := range all {
		if h.Way == way {
			return h, err
		}
	}
	return store.Health{Channel: ch, Way: way}, err
}

// works records that a way of a channel works. waiting is how many messages wait to
// be fetched, lag how late the last one came; a negative lag says nothing of it.
func (a *App) works(ctx context.Context, ch desk.ChannelID, way string, waiting int, lag time.Duration) error {
	now := a.now()
	var old store.Health
	err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { old, err = health(tx, ch, way); return err })
	if err != nil {
		return err
	}
	h := old
	h.OkAt, h.FailingSince, h.Problem, h.Told, h.Waiting = now, time.Time{}, "", false, waiting
	if lag >= 0 {
		h.Lag = lag
	}
	if old.Problem == "" && old.Waiting == waiting && old.Lag == h.Lag && now.Sub(old.OkAt) < healthEvery {
		return nil
	}
	return a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error { return tx.SaveHealth(h) })
}

// fails records that a way of a channel does not work, and why.
func (a *App) fails(ctx context.Context, ch desk.ChannelID, way, problem string) error {
	return a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error {
		h, err := health(tx.Tx, ch, way)
		if err != nil {
			return err
		}
		if h.FailingSince.IsZero() {
			h.FailingSince = a.now()
		}
		h.Problem = desk.Line(problem, 500)
		return tx.SaveHealth(h)
	})
}
