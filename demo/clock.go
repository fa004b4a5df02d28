package demo

import (
	"sync"
	"time"
)

// Clock stands at a time that the story moves, until it is let run.
type Clock struct {
	mu   sync.Mutex
	at   time.Time
	live func() time.Time
}

// Now returns the story's time, or the real one.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != nil {
		return c.live()
	}
	return c.at
}

// Live makes the clock run as now does.
func (c *Clock) Live(now func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = now
}

// set moves the clock, never back.
func (c *Clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}
