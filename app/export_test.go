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

// Large is the room in which large things are read.
type Large = large

// Enter waits until there is room.
func (l *large) Enter(ctx context.Context, size int64) (leave func(), err error) {
	return l.enter(ctx, size)
}
