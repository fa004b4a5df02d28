package main

import (
	"context"
	"fmt"
	"time"
)

// measureSoak keeps an ordinary day going and watches the memory: customers
// write four messages each, an agent answers the last one and closes the
// conversation, lists are looked at, screens come and go. What is open at one
// time stays as many, so memory must, too.
func measureSoak(ctx context.Context, o options, t *table) error {
	if o.soak == 0 {
		return nil
	}
	p, err := start(ctx, o, "soak")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
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
			n, err := p.memory("RssAnon")
			if err != nil {
				return err
			}
			samples = append(samples, n)
		case <-tick.C:
			i++
			if err := p.soakOnce(run, i); err != nil && run.Err() == nil {
				return err
			}
		}
	}
	third := len(samples) / 3
	if third == 0 {
		return fmt.Errorf("a soak takes longer than %s", o.soak)
	}
	early, late := mean(samples[third:2*third]), mean(samples[2*third:])
	t.aim(fmt.Sprintf("soak of %s at 50 messages a second: memory, without the mapped database, of the last third against the one before", o.soak),
		fmt.Sprintf("%s → %s", mib(early), mib(late)), "flat (≤ 5 % more)", late <= early+early/20)
	return nil
}

// soakOnce is the i-th moment of a soak.
func (p *program) soakOnce(ctx context.Context, i int) error {
	name, thread := fmt.Sprintf("s%d", i), fmt.Sprintf("t%d", i/4)
	at, err := p.post(ctx, thread, thread, "Hello from "+name, name)
	if err != nil {
		return err
	}
	if i%10 == 0 {
		if err := p.call(ctx, "GET", p.ws+"/conversations", nil, nil); err != nil {
			return err
		}
	}
	if i%4 != 3 {
		return nil
	}
	conversation := p.ws + "/conversations/" + at
	if err := p.call(ctx, "POST", conversation+"/reply", map[string]string{"text": "Thank you.", "client_id": name}, nil); err != nil {
		return err
	}
	return p.call(ctx, "POST", conversation+"/close", map[string]string{}, nil)
}

func mean(all []int64) (n int64) {
	for _, x := range all {
		n += x
	}
	return n / int64(len(all))
}
