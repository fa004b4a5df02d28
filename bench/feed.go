package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// socket opens an agent's feed.
func (p *program) socket(ctx context.Context) (*websocket.Conn, error) {
	conn, _, err := websocket.Dial(ctx, strings.Replace(p.base, "http", "ws", 1)+p.ws+"/socket", &websocket.DialOptions{
		HTTPClient: p.client, HTTPHeader: http.Header{"Origin": {p.base}},
	})
	if conn != nil {
		conn.SetReadLimit(1 << 20)
	}
	return conn, err
}

// measureFeed measures how long it takes from a customer's request to the event
// on an agent's screen, with one writer.
func measureFeed(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "feed")
	if err != nil {
		return err
	}
	defer p.stop() //nolint:errcheck // what matters was measured
	for _, agents := range []int{1, 20, 200} {
		err := p.profiled(ctx, o, fmt.Sprintf("feed-%d", agents), func() error { return p.feed(ctx, agents, t) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *program) feed(ctx context.Context, agents int, t *table) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := make(chan string, 1024)
	for i := range agents {
		conn, err := p.socket(ctx)
		if err != nil {
			return err
		}
		defer conn.CloseNow() //nolint:errcheck // the measuring is over
		go func() {
			for {
				_, b, err := conn.Read(ctx)
				if err != nil {
					return
				}
				if i > 0 {
					continue // the others only listen
				}
				var frame struct {
					Type  string
					Items []struct{ Message *struct{ Text string } }
				}
				if json.Unmarshal(b, &frame) != nil || frame.Type != "change" {
					continue
				}
				for _, item := range frame.Items {
					if item.Message != nil {
						seen <- item.Message.Text
					}
				}
			}
		}()
	}
	i := 0
	all, err := timed(500, func() error {
		i++
		text := fmt.Sprintf("feed-%d-%d", agents, i)
		if _, err := p.post(ctx, text, text, text, text); err != nil {
			return err
		}
		for {
			select {
			case got := <-seen:
				if got == text {
					return nil
				}
			case <-time.After(5 * time.Second):
				return fmt.Errorf("%s was not told within five seconds", text)
			}
		}
	})
	if err != nil {
		return err
	}
	p50, p99 := spread(all)
	what := fmt.Sprintf("request of a customer to the event on a screen, %d agents, p50 / p99", agents)
	if agents > 1 {
		t.add(what, pair(p50, p99))
		return nil
	}
	t.aim(what, pair(p50, p99), "≤ 1.5 / 5 ms", p50 <= 1500*time.Microsecond && p99 <= 5*time.Millisecond)
	return nil
}
