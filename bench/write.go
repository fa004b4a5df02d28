package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// measureWrites measures messages of customers and answers of agents a second,
// over HTTP, each acknowledged only when it is on disk.
func measureWrites(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "write")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	least := 4000.0
	if o.database != "" {
		least = 5000
	}
	var n atomic.Int64
	for _, writers := range []int{1, 16, 64} {
		raw, err := rawRate(ctx, o, writers)
		if err != nil {
			return err
		}
		var rate float64
		err = p.profiled(ctx, o, fmt.Sprintf("inbound-%d", writers), func() (err error) {
			rate, err = repeat(ctx, writers, o.stretch, func() error {
				i := n.Add(1)
				// Every fourth message begins a conversation, as on an ordinary day,
				// and its next one comes when a thousand others have written.
				name, thread := fmt.Sprintf("c%d", i), fmt.Sprintf("t%d", i/4000*1000+i%1000)
				_, err := p.post(ctx, thread, thread, "Hello, my parcel has not arrived yet. Order "+name+".", name)
				return err
			})
			return err
		})
		if err != nil {
			return err
		}
		what := fmt.Sprintf("inbound messages per second, %d writers", writers)
		figure := fmt.Sprintf("%.0f (raw %.0f, %.0f %%)", rate, raw, 100*rate/raw)
		if writers == 16 {
			t.aim(what, figure, fmt.Sprintf("≥ %.0f, ≥ 60 %%", least), rate >= least && rate >= 0.6*raw)
		} else {
			t.add(what, figure)
		}
	}
	return measureReplies(ctx, o, p, t)
}

func measureReplies(ctx context.Context, o options, p *program, t *table) error {
	ids, err := p.conversations(ctx, 4000)
	if err != nil {
		return err
	}
	var n atomic.Int64
	var rate float64
	err = p.profiled(ctx, o, "replies", func() (err error) {
		rate, err = repeat(ctx, 16, o.stretch, func() error {
			i := n.Add(1)
			return p.call(ctx, "POST", p.ws+"/conversations/"+ids[int(i)%len(ids)]+"/reply", map[string]string{
				"text": "Thank you, we are looking into it.", "client_id": fmt.Sprintf("r%d", i),
			}, nil)
		})
		return err
	})
	if err != nil {
		return err
	}
	t.add("agents' replies per second, 16 writers, delivery beside it", fmt.Sprintf("%.0f", rate))
	return nil
}

// conversations returns the ids of the newest open conversations.
func (p *program) conversations(ctx context.Context, most int) (ids []string, err error) {
	for cursor := ""; len(ids) < most; {
		var page struct {
			Items      []struct{ ID string }
			NextCursor string `json:"next_cursor"`
		}
		if err := p.call(ctx, "GET", p.ws+"/conversations?limit=200&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			ids = append(ids, c.ID)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("there are no conversations")
	}
	return ids, nil
}

// timed runs fn n times after a few to warm up, and returns how long each took.
func timed(n int, fn func() error) ([]time.Duration, error) {
	all := make([]time.Duration, 0, n)
	for i := range n + 5 {
		begin := time.Now()
		if err := fn(); err != nil {
			return nil, err
		}
		if i >= 5 {
			all = append(all, time.Since(begin))
		}
	}
	return all, nil
}

// parallel runs fn(i) for every i below n on a few goroutines.
func parallel(n, workers int, fn func(i int) error) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	var once sync.Once
	var failed error
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := fn(i); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	return failed
}
