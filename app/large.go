package app

import (
	"context"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/semaphore"
)

// How much of what arrived is read at once.
const (
	largeFrom = 1 << 20  // bytes; what has fewer is always read
	largeMost = 64 << 20 // bytes of what has more, together
	freeFrom  = 8 << 20  // bytes whose memory is given back at once
)

// large is the room in which large things are read, one after the other where they
// are very large: together they would cost more memory than the whole program.
type large struct {
	once sync.Once
	room *semaphore.Weighted
}

// enter waits until there is room for so many bytes. leave is called when they have
// been read and nothing of them is held any more.
func (l *large) enter(ctx context.Context, size int64) (leave func(), err error) {
	if size < largeFrom {
		return func() {}, nil
	}
	l.once.Do(func() { l.room = semaphore.NewWeighted(largeMost) })
	weight := min(size, largeMost)
	if err := l.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() {
		if size >= freeFrom {
			debug.FreeOSMemory()
		}
		l.room.Release(weight)
	}, nil
}
