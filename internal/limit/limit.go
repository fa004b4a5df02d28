// Package limit slows down whoever tries something too often.
package limit

import (
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// Limiter gives every key a bucket of tokens. It remembers the keys used last.
type Limiter struct {
	rate  rate.Limit
	burst int
	now   func() time.Time
	keys  *otter.Cache[string, *rate.Limiter]
}

// maxKeys bounds the memory: a forgotten key begins with a full bucket.
const maxKeys = 50_000

// New returns a limiter that lets burst tries through at once and then one every
// interval.
func New(burst int, interval time.Duration, now func() time.Time) (*Limiter, error) {
	if burst < 1 || interval <= 0 {
		return nil, fmt.Errorf("a limit of %d at once and one every %s lets nothing or everything through", burst, interval)
	}
	keys, err := otter.New(&otter.Options[string, *rate.Limiter]{MaximumSize: maxKeys})
	return &Limiter{rate.Every(interval), burst, now, keys}, err
}

// Allow reports whether a key may try now, and if not, how long it must wait. A
// try that is refused costs nothing.
func (l *Limiter) Allow(key string) (bool, time.Duration) {
	bucket, ok := l.keys.GetIfPresent(key)
	if !ok {
		bucket, _ = l.keys.SetIfAbsent(key, rate.NewLimiter(l.rate, l.burst))
	}
	now := l.now()
	r := bucket.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return true, 0
	}
	r.CancelAt(now)
	return false, wait
}
