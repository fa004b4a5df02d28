package store

import (
	"sync/atomic"
	"time"
)

// Watch is told of every group of writes that was committed together: how many
// they were, how long the first one waited for its turn, and how long the group
// took, its commit included. On PostgreSQL every group is one transaction, which
// waits for a connection.
type Watch struct {
	Now   func() time.Time
	Group func(members int, waited, took time.Duration)
}

// Watch begins to tell w.
func (db *DB) Watch(w Watch) { db.watch(w) }

// watched tells a Watch, once there is one.
type watched struct{ w atomic.Pointer[Watch] }

func (d *watched) watch(w Watch) { d.w.Store(&w) }

// now is the zero time as long as nobody watches.
func (d *watched) now() time.Time {
	if w := d.w.Load(); w != nil {
		return w.Now()
	}
	return time.Time{}
}

func (d *watched) saw(start time.Time, waited time.Duration, members int) {
	if w := d.w.Load(); w != nil && !start.IsZero() && waited >= 0 {
		w.Group(members, min(waited, time.Hour), w.Now().Sub(start))
	}
}
