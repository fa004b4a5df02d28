package main

import (
	"context"
	"fmt"
	"time"
)

// measureLists measures pages, counts and opening a conversation while the
// number of conversations grows a hundredfold.
func measureLists(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "lists")
	if err != nil {
		return err
	}
	if err := p.furnish(ctx); err != nil {
		return err
	}
	first := map[string]time.Duration{}
	for _, size := range o.sizes {
		if err := p.grown(ctx, o, size); err != nil {
			return err
		}
		err := p.profiled(ctx, o, fmt.Sprintf("lists-%d", size), func() error { return p.lists(ctx, size, first, t) })
		if err != nil {
			return err
		}
	}
	return p.stop()
}

// base is how many conversations are made through the program before the rest
// are copied from them in SQL.
const base = 1000

// furnish makes conversations in every state, all through the API: a twentieth
// stays open, some of it with somebody.
func (p *program) furnish(ctx context.Context) error {
	err := parallel(base, 16, func(i int) error {
		name := fmt.Sprintf("f%d", i)
		for n := range 3 {
			if _, err := p.post(ctx, name, name, fmt.Sprintf("Message %d of %s: where is my order, please?", n, name), fmt.Sprintf("%s-%d", name, n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.handle(ctx, func(int, verb) error { return nil })
}

// verb gives a command to a conversation.
type verb func(name string, body any) error

// handle does with each conversation what first does, gives a third of them to
// somebody, and ends nineteen of twenty.
func (p *program) handle(ctx context.Context, first func(i int, do verb) error) error {
	var me struct{ User struct{ ID string } }
	if err := p.call(ctx, "GET", "/api/v1/session", nil, &me); err != nil {
		return err
	}
	ids, err := p.conversations(ctx, base)
	if err != nil {
		return err
	}
	return parallel(len(ids), 16, func(i int) error {
		do := func(name string, body any) error {
			return p.call(ctx, "POST", p.ws+"/conversations/"+ids[i]+"/"+name, body, nil)
		}
		if err := first(i, do); err != nil {
			return err
		}
		if i%3 == 0 {
			if err := do("assign", map[string]string{"assignee_id": me.User.ID}); err != nil {
				return err
			}
		}
		switch i % 20 {
		case 0:
			return nil
		case 1:
			return do("resolve", map[string]string{})
		}
		return do("close", map[string]string{})
	})
}

func (p *program) lists(ctx context.Context, size int, first map[string]time.Duration, t *table) error {
	ids, err := p.conversations(ctx, 200)
	if err != nil {
		return err
	}
	n := 0
	parts := []struct {
		what string
		path func() string
	}{
		{"all open", func() string { return "/conversations?view=all&tab=open" }},
		{"mine", func() string { return "/conversations?view=mine&tab=open" }},
		{"unassigned", func() string { return "/conversations?view=unassigned&tab=open" }},
		{"needs attention", func() string { return "/conversations?view=all&tab=needs_attention" }},
		{"responded (empty)", func() string { return "/conversations?view=all&tab=responded" }},
		{"closed", func() string { return "/conversations?view=all&tab=closed" }},
		{"archived (empty)", func() string { return "/conversations?view=all&tab=archived" }},
		{"all counts", func() string { return "/counts" }},
		{"open a conversation", func() string { n++; return "/conversations/" + ids[n%len(ids)] + "/timeline" }},
	}
	for _, part := range parts {
		all, err := timed(300, func() error { return p.call(ctx, "GET", p.ws+part.path(), nil, nil) })
		if err != nil {
			return err
		}
		p50, p99 := spread(all)
		if first[part.what] == 0 {
			first[part.what] = p50
		}
		ratio := float64(p50) / float64(first[part.what])
		t.aim(fmt.Sprintf("%s at %d conversations, p50 / p99, ratio to the smallest", part.what, size),
			fmt.Sprintf("%s, %.1f×", pair(p50, p99), ratio), "≤ 1.5 ms, ≤ 1.5×", p50 <= 1500*time.Microsecond && ratio <= 1.5)
	}
	return nil
}
