package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"time"
)

// measureIdle measures what an open connection costs on which nothing happens:
// agents' sockets, then visitors' streams.
func measureIdle(ctx context.Context, o options, t *table) error {
	for _, k := range []struct {
		what, name string
		open       func(ctx context.Context, p *program, i int) error
	}{
		{"memory of an idle agent's connection", "idle-agents", agentIdles}, {"memory of an idle visitor's connection", "idle-visitors", visitorIdles},
	} {
		each, err := measureConnections(ctx, o, k.name, k.open)
		if err != nil {
			return err
		}
		t.aim(fmt.Sprintf("%s, %d of them", k.what, o.sockets), kib(each), "≤ 20 KiB", each <= 20<<10)
	}
	return nil
}

// measureConnections opens connections to a program of their own and returns
// what each of them holds, in bytes.
func measureConnections(ctx context.Context, o options, name string, open func(context.Context, *program, int) error) (int64, error) {
	p, err := start(ctx, o, name)
	if err != nil {
		return 0, err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	before, err := p.settled(ctx)
	if err != nil {
		return 0, err
	}
	held, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := parallel(o.sockets, 16, func(i int) error { return open(held, p, i) }); err != nil {
		return 0, err
	}
	after, err := p.settled(ctx)
	return (after - before) / int64(o.sockets), err
}

func agentIdles(ctx context.Context, p *program, _ int) error {
	conn, err := p.socket(ctx)
	if err != nil {
		return err
	}
	go func() { // as a browser does: it reads, and answers pings
		defer conn.CloseNow() //nolint:errcheck // nothing is said any more
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
		}
	}()
	return nil
}

func visitorIdles(ctx context.Context, p *program, i int) error {
	var visitor struct {
		Ticket string `json:"stream_ticket"`
	}
	// Every visitor comes from an address of their own.
	from := fmt.Sprintf("198.18.%d.%d", i/250, i%250)
	err := p.send(ctx, p.outside, "POST", "/api/widget/v1/"+p.chat+"/session", map[string]string{}, &visitor, "X-Forwarded-For", from)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "GET", p.base+"/api/widget/v1/"+p.chat+"/stream?ticket="+visitor.Ticket, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Forwarded-For", from)
	client := http.Client{Transport: p.outside.Transport} // no timeout: it stays open
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream says %s", resp.Status)
	}
	go func() {
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
		}
	}()
	return nil
}

// settled is the memory when nothing has happened for so long that the runtime
// has collected what was left of the beginning: it does so every two minutes.
func (p *program) settled(ctx context.Context) (int64, error) {
	pause(ctx, 150*time.Second)
	return p.memory("VmRSS")
}
