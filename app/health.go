package app

import (
	"context"
	"time"

	"parley/channel"
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
	save := func(tx *store.WriteTx) error { return tx.SaveHealth(h) }
	if old.Problem != "" || old.OkAt.IsZero() {
		return a.Change(ctx, "channel", ch.String(), ChannelWorks, save)
	}
	return a.DB.Write(ctx, ScopeFrom(ctx), save)
}

// What SettingsChanged says of a channel whose health turned, so that every screen
// looks again: it works, or it fails and has only begun to.
const (
	ChannelWorks  = "works"
	ChannelFailed = "failed"
)

// ChannelFailing is what SettingsChanged says of a channel that its admins are told of.
const ChannelFailing = "failing"

// tellAfter is how long a way fails before the admins are told: most mends itself.
const tellAfter = 15 * time.Minute

// fails records that a way of a channel does not work, and why. Who looks after the
// workspace is told once, when that has been so for long, or at once if it stays so
// until somebody does something.
func (a *App) fails(ctx context.Context, ch desk.ChannelID, way, problem string, stays bool) error {
	var h store.Health
	err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { h, err = health(tx, ch, way); return err })
	if err != nil {
		return err
	}
	now, begins := a.now(), h.FailingSince.IsZero()
	if begins {
		h.FailingSince = now
	}
	h.Problem = desk.Line(problem, 500)
	if h.Told || !stays && now.Sub(h.FailingSince) < tellAfter {
		save := func(tx *store.WriteTx) error { return tx.SaveHealth(h) }
		if begins {
			return a.Change(ctx, "channel", ch.String(), ChannelFailed, save)
		}
		return a.DB.Write(ctx, ScopeFrom(ctx), save)
	}
	h.Told = true
	return a.Change(ctx, "channel", ch.String(), ChannelFailing, func(tx *store.WriteTx) error { return tx.SaveHealth(h) })
}

// TestChannel tries every way of a channel and records how each went.
func (a *App) TestChannel(ctx context.Context, id desk.ChannelID) ([]channel.Tested, error) {
	var ch desk.Channel
	err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { ch, err = tx.Channel(id); return err })
	if err != nil {
		return nil, err
	}
	kind, err := a.Channel(ch.Kind)
	if err != nil {
		return nil, err
	}
	tester, ok := channel.As[channel.Tester](kind)
	if !ok {
		return nil, desk.Errorf(desk.Invalid, "There is nothing to test: this channel has no server of its own.")
	}
	acc, err := a.account(from(ctx).Workspace, ch)
	if err != nil {
		return nil, err
	}
	ctx = System(ctx, acc.Workspace)
	all := tester.Test(ctx, acc)
	for _, t := range all {
		switch {
		case t.Skipped:
		case t.Problem != "":
			err = a.fails(ctx, id, t.Way, t.Problem, false)
		default:
			err = a.tried(ctx, id, t.Way)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// tried records that a way worked when it was tested; how much waits there is not known by that.
func (a *App) tried(ctx context.Context, ch desk.ChannelID, way string) error {
	var h store.Health
	err := a.DB.Look(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { h, err = health(tx, ch, way); return err })
	if err != nil {
		return err
	}
	return a.works(ctx, ch, way, h.Waiting, -1)
}
