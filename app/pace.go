package app

import (
	"context"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Pace counts a message that is about to leave against the limits of its account, and
// returns how long it waits first; 0 lets it go. What people wrote goes before what
// machines did.
func (a *App) Pace(ctx context.Context, out Outgoing) (wait time.Duration, err error) {
	limiter, ok := channel.As[channel.Limiter](out.Channel)
	if !ok {
		return 0, nil
	}
	limits := limiter.Limits(out.Account.Config).PaceLimits
	if limits == (desk.PaceLimits{}) {
		return 0, nil
	}
	ctx = Meanwhile(ctx) // the job of the message has more to do
	err = a.write(ctx, func(tx *store.WriteTx) error {
		p, err := tx.Pace(out.Account.ID)
		if err != nil {
			return err
		}
		queued := map[desk.ChannelID]int{}
		if out.Machine {
			if queued, err = tx.QueuedThrough(); err != nil {
				return err
			}
		}
		p, wait = p.Leaves(limits, out.Machine, queued[out.Account.ID], a.now())
		return tx.SavePace(out.Account.ID, p)
	})
	return wait, err
}
