package main

import (
	"context"
	"fmt"
	"time"
)

// bulkRun is what the API says of a bulk action.
type bulkRun struct {
	ID      string
	State   string
	Token   string `json:"confirm_token"`
	Total   int
	Done    int
	Skipped int
}

// measureBulk reassigns, tags and resolves many conversations with one decision and
// takes the whole back, and measures how long customers' messages take meanwhile.
func measureBulk(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "bulk")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	err = parallel(o.bulk, 16, func(i int) error {
		name := fmt.Sprintf("bulk%d", i)
		_, err := p.post(ctx, name, name, "Hello, my parcel has not arrived yet.", name)
		return err
	})
	if err != nil {
		return err
	}
	var me struct{ User struct{ ID string } }
	if err := p.call(ctx, "GET", "/api/v1/session", nil, &me); err != nil {
		return err
	}
	var tag struct{ ID string }
	if err := p.call(ctx, "POST", p.ws+"/tags", map[string]string{"name": "bench", "color": "c1"}, &tag); err != nil {
		return err
	}
	calm, err := p.steady(ctx, "calm", time.Now().Add(o.stretch))
	if err != nil {
		return err
	}
	a50, a99 := spread(calm)
	t.add("an inbound message before a bulk action, p50 / p99", pair(a50, a99))
	begin := time.Now()
	var r bulkRun
	err = p.call(ctx, "POST", p.ws+"/bulk/review", map[string]any{
		"selection": map[string]any{"query": map[string]string{"q": "is:open"}},
		"action": map[string]any{"steps": []map[string]any{
			{"do": "assign", "assignee_id": me.User.ID}, {"do": "tag", "tag_ids": []string{tag.ID}}, {"do": "resolve"},
		}},
	}, &r)
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("review of %d conversations", r.Total), fmt.Sprintf("%.2f s", time.Since(begin).Seconds()))
	if err := p.call(ctx, "POST", p.ws+"/bulk/"+r.ID+"/start", map[string]string{"confirm_token": r.Token}, nil); err != nil {
		return err
	}
	if err := p.duringBulk(ctx, t, r.ID, "reassigned, tagged and resolved", a99); err != nil {
		return err
	}
	var undo bulkRun
	if err := p.call(ctx, "POST", p.ws+"/bulk/"+r.ID+"/undo", nil, &undo); err != nil {
		return err
	}
	return p.duringBulk(ctx, t, undo.ID, "taken back", a99)
}

// duringBulk posts customers' messages until a bulk action is done, and says how
// long they took and how fast it was.
func (p *program) duringBulk(ctx context.Context, t *table, id, what string, calm time.Duration) error {
	begin := time.Now()
	var busy []time.Duration
	var b bulkRun
	for b.State == "" || b.State == "running" {
		more, err := p.steady(ctx, fmt.Sprintf("%s-%d", id, len(busy)), time.Now().Add(500*time.Millisecond))
		if err != nil {
			return err
		}
		busy = append(busy, more...)
		if err := p.call(ctx, "GET", p.ws+"/bulk/"+id, nil, &b); err != nil {
			return err
		}
		if time.Since(begin) > 10*time.Minute {
			return fmt.Errorf("after ten minutes %d of %d are done", b.Done, b.Total)
		}
	}
	took := time.Since(begin).Seconds()
	b50, b99 := spread(busy)
	most := max(3*calm, calm+20*time.Millisecond)
	t.aim(fmt.Sprintf("conversations %s, of %d", what, b.Total), fmt.Sprintf("%d in %.1f s", b.Done, took), "each once", b.Done == b.Total && b.Skipped == 0)
	t.add("conversations a second then", fmt.Sprintf("%.0f", float64(b.Done)/took))
	t.aim("an inbound message meanwhile, p50 / p99", pair(b50, b99), "p99 ≤ "+ms(most)+" ms", b99 <= most)
	return nil
}
