package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// measureLate lets many conversations become late in the same second, by business
// hours that open then, and measures how long customers' messages take meanwhile;
// then it counts that everybody was told of each of them once.
func measureLate(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "late")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	fill := time.Duration(o.late/1000+1) * time.Second
	opens := time.Now().UTC().Add(fill + o.stretch + 5*time.Second).Truncate(time.Minute).Add(time.Minute)
	if err := p.promise(ctx, opens); err != nil {
		return err
	}
	err = parallel(o.late, 16, func(i int) error {
		name := fmt.Sprintf("late%d", i)
		_, err := p.post(ctx, name, name, "Hello, my parcel has not arrived yet.", name)
		return err
	})
	if err != nil {
		return err
	}
	if time.Now().After(opens.Add(-o.stretch)) {
		return errors.New("the conversations were not there in time; try fewer with -late")
	}
	calm, err := p.steady(ctx, "calm", time.Now().Add(o.stretch))
	if err != nil {
		return err
	}
	pause(ctx, time.Until(opens.Add(time.Second)))
	begin := time.Now()
	var busy []time.Duration
	for {
		more, err := p.steady(ctx, fmt.Sprintf("busy%d", len(busy)), time.Now().Add(time.Second))
		if err != nil {
			return err
		}
		busy = append(busy, more...)
		told, err := p.told(ctx, "deadline", o.late)
		if err != nil {
			return err
		}
		if told >= o.late {
			break
		}
		if time.Since(begin) > 5*time.Minute {
			return fmt.Errorf("after five minutes %d of %d were told", told, o.late)
		}
	}
	took := time.Since(begin)
	pause(ctx, 2*time.Second)
	told, err := p.told(ctx, "deadline", 3*o.late)
	if err != nil {
		return err
	}
	a50, a99 := spread(calm)
	b50, b99 := spread(busy)
	t.add("an inbound message on a calm desk, p50 / p99", pair(a50, a99))
	t.add(fmt.Sprintf("an inbound message while %d become late at once, p50 / p99", o.late), pair(b50, b99))
	t.aim(fmt.Sprintf("all of %d late, escalated and told", o.late), fmt.Sprintf("%.1f s", took.Seconds()), "", true)
	t.aim("notifications of them to one person", fmt.Sprint(told), fmt.Sprintf("%d, once each", o.late), told == o.late)
	return nil
}

// promise makes the API inbox promise an answer within a second of business hours
// that open at a moment, every day.
func (p *program) promise(ctx context.Context, opens time.Time) error {
	until := min(opens.Hour()*60+opens.Minute()+120, 24*60)
	period := []map[string]string{{"from": opens.Format("15:04"), "to": fmt.Sprintf("%02d:%02d", until/60, until%60)}}
	week := map[string]any{}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		week[day] = period
	}
	var hours struct{ ID string }
	err := p.call(ctx, "POST", p.ws+"/business-hours", map[string]any{"name": "Bench", "hours": map[string]any{"zone": "UTC", "week": week}}, &hours)
	if err != nil {
		return err
	}
	err = p.call(ctx, "PATCH", p.ws+"/inboxes/"+p.inbox, map[string]any{"settings": map[string]any{"sla_deadline": 1, "business_hours_id": hours.ID}}, nil)
	if err != nil {
		return err
	}
	// Whoever is told works at any hour: else it waits until Monday.
	return p.call(ctx, "PUT", p.ws+"/preferences", map[string]any{"always": true}, nil)
}

// steady posts fifty messages a second of new customers until a moment and
// returns how long each took.
func (p *program) steady(ctx context.Context, name string, until time.Time) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var posts sync.WaitGroup
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := 0; time.Now().Before(until); i++ {
		select {
		case <-ctx.Done():
			posts.Wait()
			return nil, ctx.Err()
		case <-tick.C:
		}
		posts.Go(func() {
			key := fmt.Sprintf("%s-%d", name, i)
			begin := time.Now()
			_, err := p.post(ctx, key, key, "Hello?", key)
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, took), errors.Join(failed, err)
		})
	}
	posts.Wait()
	return all, failed
}

// told counts the owner's notifications of a kind about the conversations that
// became late together, at most so many.
func (p *program) told(ctx context.Context, kind string, most int) (n int, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				Kind, Subject string
			}
			NextCursor string `json:"next_cursor"`
		}
		if err := p.call(ctx, "GET", p.ws+"/notifications?limit=100&cursor="+cursor, nil, &page); err != nil {
			return n, err
		}
		for _, i := range page.Items {
			if i.Kind == kind && i.Subject != "Hello?" {
				n++
			}
		}
		if cursor = page.NextCursor; cursor == "" || n >= most {
			return n, nil
		}
	}
}
