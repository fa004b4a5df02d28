package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// measureKeys measures in a browser how long a key takes until what it does is
// painted, on a mailbox of so many conversations, with a processor that is four
// times slower than this one. It needs node and chromium.
func measureKeys(ctx context.Context, o options, t *table) error {
	p, err := mailbox(ctx, o)
	if err != nil {
		return err
	}
	if err := p.answered(ctx); err != nil {
		return err
	}
	if err := p.keys(ctx, o, t); err != nil {
		return err
	}
	return p.stop()
}

// mailbox is the program with so many conversations, or the one that an earlier run has left.
func mailbox(ctx context.Context, o options) (*program, error) {
	if o.keep {
		p, _, err := again(ctx, o, "keys")
		if p != nil || err != nil {
			return p, err
		}
	}
	p, err := start(ctx, o, "keys")
	if err != nil {
		return nil, err
	}
	if err := p.furnish(ctx); err != nil {
		return nil, err
	}
	if err := p.grown(ctx, o, o.mailbox); err != nil {
		return nil, err
	}
	if o.keep {
		return p, p.leave(0)
	}
	return p, nil
}

// answered makes conversations that an AI agent answers, to be taken over.
func (p *program) answered(ctx context.Context) error {
	settings := map[string]any{"settings": map[string]string{"ai_agent_id": "script"}}
	if err := p.call(ctx, "PATCH", p.ws+"/inboxes/"+p.inbox, settings, nil); err != nil {
		return err
	}
	run := time.Now().Unix() // those of an earlier run have been taken over
	for i := range 30 {
		name := fmt.Sprintf("ai%d-%d", run, i)
		if _, err := p.post(ctx, name, name, "When do you open?", name); err != nil {
			return err
		}
	}
	return nil
}

// keyFigures is what web/bench/keys.mjs prints, times in milliseconds.
type keyFigures struct {
	Throttle int
	Loaded   int // rows in the list that is walked
	Keys     map[string]spreadOfKey
	Drawn    map[string]spreadOfKey // of keys that open a conversation: until it is painted, too
	Floor    spreadOfKey            // of a page with one line of text
}

type spreadOfKey struct{ P50, P95, Max float64 }

func (k spreadOfKey) String() string {
	return fmt.Sprintf("%.0f / %.0f / %.0f ms", k.P50, k.P95, k.Max)
}

// keysInOrder are the keys that are measured: those of every minute first.
var keysInOrder = strings.Fields("j k o e z a t h r s # / ? Ctrl_K")

func (p *program) keys(ctx context.Context, o options, t *table) error {
	var me struct{ Workspaces []struct{ Slug string } }
	if err := p.call(ctx, "GET", "/api/v1/session", nil, &me); err != nil {
		return err
	}
	at, err := json.Marshal(map[string]string{"base": p.base, "slug": me.Workspaces[0].Slug, "email": ownerEmail, "password": ownerPassword})
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "bench/keys.mjs", string(at), "4")
	cmd.Dir, cmd.Stderr = "web", &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("node bench/keys.mjs: %w: %s", err, said.String())
	}
	var f keyFigures
	if err := json.Unmarshal(out, &f); err != nil {
		return err
	}
	t.add("rows in the list that is walked by keys", fmt.Sprint(f.Loaded))
	for _, key := range keysInOrder {
		key = strings.ReplaceAll(key, "_", " ")
		k, ok := f.Keys[key]
		if !ok {
			return fmt.Errorf("the key %s was not measured", key)
		}
		t.aim(fmt.Sprintf("key %s at %d conversations, to paint, processor %d× slower, p50 / p95 / max", key, o.mailbox, f.Throttle),
			k.String(), "p95 ≤ 50, max ≤ 100 ms", k.P95 <= 50 && k.Max <= 100)
	}
	t.add(fmt.Sprintf("a key that changes one line of an empty page, processor %d× slower, p50 / p95 / max", f.Throttle), f.Floor.String())
	for _, key := range []string{"j", "k", "e"} {
		t.add(fmt.Sprintf("key %s at %d conversations, until the next conversation is painted, processor %d× slower, p50 / p95 / max", key, o.mailbox, f.Throttle), f.Drawn[key].String())
	}
	return nil
}
