package app

import "context"

// What the tests of jobs need of the clockwork.
const (
	LeaseFor    = leaseFor
	RenewEvery  = renewEvery
	GiveUpAfter = giveUpAfter
)

// Renew is one beat of the heart of a process.
func (a *App) Renew(ctx context.Context, lease int64) error { return a.renew(ctx, lease) }
