package limit

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time      { return time.Unix(0, c.at.Load()) }
func (c *clock) add(d time.Duration) { c.at.Add(int64(d)) }

func start(t testing.TB, burst int, interval time.Duration) (*Limiter, *clock) {
	t.Helper()
	c := &clock{}
	c.add(1_800_000_000 * time.Second)
	l, err := New(burst, interval, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func TestBurstThenOneEveryInterval(t *testing.T) {
	l, c := start(t, 3, time.Minute)
	for i := range 3 {
		if ok, wait := l.Allow("a"); !ok || wait != 0 {
			t.Errorf("try %d: %v, %s", i, ok, wait)
		}
	}
	for range 3 { // being refused does not make it longer
		if ok, wait := l.Allow("a"); ok || wait != time.Minute {
			t.Errorf("after the burst: %v, %s", ok, wait)
		}
	}
	c.add(45 * time.Second)
	if ok, wait := l.Allow("a"); ok || wait != 15*time.Second {
		t.Errorf("after 45 s: %v, %s", ok, wait)
	}
	c.add(15 * time.Second)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("refused after the wait it was told")
	}
	if ok, _ := l.Allow("a"); ok {
		t.Error("two for one wait")
	}
	c.add(24 * time.Hour)
	for i := range 4 {
		if ok, _ := l.Allow("a"); ok != (i < 3) {
			t.Errorf("after a day, try %d: %v", i, ok)
		}
	}
}

func TestKeysAreApart(t *testing.T) {
	l, _ := start(t, 1, time.Minute)
	for _, key := range []string{"a", "b", ""} {
		if ok, _ := l.Allow(key); !ok {
			t.Errorf("%q is refused because of others", key)
		}
		if ok, _ := l.Allow(key); ok {
			t.Errorf("%q may do more than once", key)
		}
	}
}

// Of many tries at one moment exactly the burst gets through.
func TestTriesBesideEachOther(t *testing.T) {
	l, _ := start(t, 10, time.Minute)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if ok, _ := l.Allow("a"); ok {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if passed.Load() != 10 {
		t.Errorf("%d got through, not 10", passed.Load())
	}
}

// Whoever tries under ever new names does not fill the memory.
func TestMemoryIsBounded(t *testing.T) {
	l, _ := start(t, 1, time.Minute)
	for i := range 2 * maxKeys {
		l.Allow(strconv.Itoa(i))
	}
	l.keys.CleanUp()
	if n := l.keys.EstimatedSize(); n > maxKeys || n < maxKeys/2 {
		t.Errorf("%d keys are remembered; %d may be", n, maxKeys)
	}
}

func TestLimitsThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		burst    int
		interval time.Duration
	}{{0, time.Second}, {-1, time.Second}, {1, 0}, {1, -time.Second}} {
		if _, err := New(c.burst, c.interval, time.Now); err == nil {
			t.Errorf("%d at once, one every %s", c.burst, c.interval)
		}
	}
}
