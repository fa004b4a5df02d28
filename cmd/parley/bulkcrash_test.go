package main

import (
	"fmt"
	"testing"
	"time"
)

// A bulk action in the middle of which the program is killed, twice, goes on when it
// starts again and ends with each conversation changed once; then the whole is taken
// back, and killed in the middle of that, too.
func TestKilledDuringABulkAction(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: killing the program takes a while")
	}
	w := newCrashWorld(t)
	w.start()
	w.begin()
	var inbox struct{ ID string }
	var ch struct{ Address string }
	w.must("POST", w.ws+"/inboxes", map[string]string{"name": "API", "grouping": "per_thread"}, &inbox)
	w.must("POST", w.ws+"/inboxes/"+inbox.ID+"/channels", map[string]any{"kind": "api", "config": map[string]string{
		"webhook_url": w.hook, "inbound_secret": inboundSecret, "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	}}, &ch)
	const n = 300
	for i := range n {
		text := fmt.Sprintf("bulk-%d", i)
		if !w.call("POST", "/api/v1/channels/"+ch.Address+"/messages", map[string]any{"contact": map[string]string{"external_id": text}, "thread_id": text, "text": text}, nil,
			"Authorization", "Bearer "+inboundSecret, "Idempotency-Key", text) {
			t.Fatal("a message was not taken in")
		}
	}
	type bulk struct {
		ID    string
		State string
		Token string `json:"confirm_token"`
		Total int
		Done  int
		Todo  int
	}
	follow := func(id string) {
		deadline := time.Now().Add(2 * time.Minute)
		kills := 0
		for {
			var b bulk
			w.must("GET", w.ws+"/bulk/"+id, nil, &b)
			if b.State == "done" {
				if b.Done != n || b.Total != n || kills == 0 {
					t.Fatalf("%+v after %d kills", b, kills)
				}
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("it does not end: %+v", b)
			}
			if kills < 2 && b.Done > kills*n/3 {
				kills++
				w.kill()
				w.start()
			}
		}
	}
	var r bulk
	w.must("POST", w.ws+"/bulk/review", map[string]any{
		"selection": map[string]any{"query": map[string]string{"q": "is:open"}},
		"action":    map[string]any{"steps": []map[string]string{{"do": "priority", "priority": "high"}, {"do": "resolve"}}},
	}, &r)
	w.must("POST", w.ws+"/bulk/"+r.ID+"/start", map[string]string{"confirm_token": r.Token}, nil)
	follow(r.ID)
	w.onceEach(n, "resolved", 1)
	var undo bulk
	w.must("POST", w.ws+"/bulk/"+r.ID+"/undo", nil, &undo)
	follow(undo.ID)
	w.onceEach(n, "open", 2)
	w.verify()
	w.kill()
}

// onceEach holds that so many conversations are as a bulk action made them, and that
// each was changed by so many of them.
func (w *crashWorld) onceEach(n int, status string, times int) {
	w.t.Helper()
	seen := 0
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				ID       string
				Priority string
			}
			NextCursor string `json:"next_cursor"`
		}
		w.must("GET", w.ws+"/find?limit=200&q=is:"+status+"&cursor="+cursor, nil, &page)
		for _, c := range page.Items {
			seen++
			var line struct {
				Items []struct{ Event struct{ Kind string } }
			}
			w.must("GET", w.ws+"/conversations/"+c.ID+"/timeline?limit=200", nil, &line)
			ran := 0
			for _, i := range line.Items {
				if i.Event.Kind == "bulk_ran" {
					ran++
				}
			}
			if ran != times || (c.Priority == "high") != (status == "resolved") {
				w.t.Fatalf("%s was changed %d times, and its priority is %s", c.ID, ran, c.Priority)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if seen != n {
		w.t.Errorf("%d of %d are %s", seen, n, status)
	}
}
