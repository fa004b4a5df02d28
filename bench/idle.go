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
	if err := p.setUp(ctx); err != nil {
		return 0, err
	}
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
	return p.memory()
}

// measureSoak keeps a steady load going and watches the memory.
func measureSoak(ctx context.Context, o options, t *table) error {
	if o.soak == 0 {
		return nil
	}
	p, err := start(ctx, o, "soak")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	if err := p.setUp(ctx); err != nil {
		return err
	}
	run, cancel := context.WithTimeout(ctx, o.soak)
	defer cancel()
	go func() { // screens come and go
		for run.Err() == nil {
			conn, err := p.socket(run)
			if err != nil {
				return
			}
			for range 200 {
				if _, _, err := conn.Read(run); err != nil {
					break
				}
			}
			_ = conn.CloseNow()
		}
	}()
	var samples []int64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	sample := time.NewTicker(o.soak / 30)
	defer sample.Stop()
	for i := 0; run.Err() == nil; {
		select {
		case <-run.Done():
		case <-sample.C:
			n, err := p.memory()
			if err != nil {
				return err
			}
			samples = append(samples, n)
		case <-tick.C:
			i++
			name, thread := fmt.Sprintf("s%d", i), fmt.Sprintf("t%d", i/4)
			if err := p.post(run, thread, thread, "Hello from "+name, name); err != nil && run.Err() == nil {
				return err
			}
			if i%10 == 0 {
				if err := p.call(run, "GET", p.ws+"/conversations", nil, nil); err != nil && run.Err() == nil {
					return err
				}
			}
		}
	}
	third := len(samples) / 3
	if third == 0 {
		return fmt.Errorf("a soak takes longer than %s", o.soak)
	}
	early, late := mean(samples[third:2*third]), mean(samples[2*third:])
	t.aim(fmt.Sprintf("soak of %s at 50 messages a second: memory of the last third against the one before", o.soak),
		fmt.Sprintf("%s → %s", mib(early), mib(late)), "flat (≤ 5 % more)", late <= early+early/20)
	return nil
}

func mean(all []int64) (n int64) {
	for _, x := range all {
		n += x
	}
	return n / int64(len(all))
}
