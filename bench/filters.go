package main

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// vary gives the conversations that are copied what filters ask for: tags,
// priorities, people, and an end for nineteen of twenty.
func (p *program) vary(ctx context.Context) error {
	return p.handle(ctx, func(i int, do verb) error {
		if err := do("tag", map[string]any{"add": []string{fmt.Sprint("topic-", i%7), fmt.Sprint("team-", i%50)}}); err != nil {
			return err
		}
		return do("prioritize", map[string]string{"priority": []string{"low", "normal", "high", "urgent"}[i%4]})
	})
}

// nested are ten filters as people combine them, and the order each is asked in.
var nested = []struct{ text, sort string }{
	{"is:active (priority:urgent OR tag:topic-1) assignee:none", "newest"},
	{"is:active -(tag:topic-2 OR tag:topic-3) (assignee:me OR assignee:none)", "waiting"},
	{"(is:closed OR is:resolved) tag:topic-1+team-1", "newest"},
	{"is:closed (priority:urgent tag:topic-4 OR priority:high tag:topic-5) assignee:me", "newest"},
	{"is:needs_attention -(priority:low OR tag:team-7)", "priority"},
	{"(is:active created:7d) OR (is:closed closed:7d tag:team-3)", "newest_created"},
	{"is:closed tag:team-20 -(priority:low OR assignee:none)", "oldest"},
	{"(from:gu OR from:braclo) is:active", "newest"},
	{"is:active (customer_type:returning OR customer_type:vip OR tag:topic-6) -assignee:me", "customer_type"},
	{"-(is:active OR tag:topic-0) (tag:team-11 OR tag:team-12 (priority:high OR priority:urgent))", "newest"},
}

// filters measures lists of filters, a page far down, and the counts of thirty
// saved views. What a list finds was written before everything was copied, so
// most of it grows with the number of conversations.
func (p *program) filters(ctx context.Context, size int, first map[string]time.Duration, t *table) error {
	find := func(text, sort string) string {
		return p.ws + "/find?" + url.Values{"q": {text}, "sort": {sort}}.Encode()
	}
	for i, f := range nested {
		if err := p.within(ctx, t, first, fmt.Sprintf("nested filter %d: %s, by %s", i+1, f.text, f.sort), size, find(f.text, f.sort)); err != nil {
			return err
		}
	}
	for _, list := range []struct{ what, path string }{
		{"all closed", p.ws + "/conversations?view=all&tab=closed"},
		{"a filter of closed ones", find("is:closed tag:topic-1", "newest")},
	} {
		cursor, pages := "", 0
		for ; pages < 100; pages++ {
			var page struct {
				Next string `json:"next_cursor"`
			}
			if err := p.call(ctx, "GET", list.path+"&limit=50&cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
				return err
			}
			if page.Next == "" {
				break
			}
			cursor = page.Next
		}
		if err := p.within(ctx, t, first, fmt.Sprintf("page %d of %s", pages+1, list.what), size, list.path+"&limit=50&cursor="+url.QueryEscape(cursor)); err != nil {
			return err
		}
	}
	return p.within(ctx, t, first, "the counts of thirty saved views", size, p.ws+"/views/counts?zone=Europe/Stockholm")
}

// save makes thirty saved views, pinned by who is signed in: the nested filters
// three times, each with something else.
func (p *program) save(ctx context.Context) error {
	for i := range 30 {
		text := nested[i%len(nested)].text
		if i >= len(nested) {
			text = fmt.Sprintf("(%s) -tag:team-%d", text, i)
		}
		if err := p.call(ctx, "POST", p.ws+"/views", map[string]string{"name": fmt.Sprint("View ", i), "text": text}, nil); err != nil {
			return err
		}
	}
	return nil
}

// within measures a request that is to be answered within 50 ms at any size (p95).
func (p *program) within(ctx context.Context, t *table, first map[string]time.Duration, what string, size int, path string) error {
	all, err := timed(100, func() error { return p.call(ctx, "GET", path, nil, nil) })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	p50, _ := spread(all)
	p95 := all[len(all)*95/100]
	if first[what] == 0 {
		first[what] = p50
	}
	ratio := float64(p50) / float64(first[what])
	t.aim(fmt.Sprintf("%s at %d conversations, p50 / p95, ratio to the smallest", what, size),
		fmt.Sprintf("%s, %.1f×", pair(p50, p95), ratio), "p95 ≤ 50 ms, ≤ 2×", p95 <= 50*time.Millisecond && (ratio <= 2 || p50 < 5*time.Millisecond))
	return nil
}
