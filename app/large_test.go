package app_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// What was kept while it came becomes a message, and is there as it arrived.
func TestKept(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	raw := apptest.Raw(apptest.Post{From: "kim", Key: "1", Text: "hello"}, d.Clock.Now())
	body := append(raw.Body, bytes.Repeat([]byte(" "), 2<<20)...)
	kept, err := d.Keep(t.Context(), bytes.NewReader(body), int64(len(body)))
	d.OK(err)
	if _, err := d.Keep(t.Context(), bytes.NewReader(body), int64(len(body))-1); err == nil {
		t.Error("more than the limit is kept")
	}
	raw.Body, raw.Kept = nil, kept
	d.OK(d.Accept(t.Context(), d.Account, raw))
	d.Work()
	all := d.List(d.Owner, store.List{View: store.ViewAll})
	if len(all) != 1 || kept.Size != int64(len(body)) || !strings.HasPrefix(all[0].Preview, "hello") {
		t.Errorf("%d conversations of %+v", len(all), kept)
	}
}

// Large things are read together only as far as there is room, and small ones always.
func TestLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l app.Large
		enter := func(ctx context.Context, size int64) func() {
			t.Helper()
			leave, err := l.Enter(ctx, size)
			if err != nil {
				t.Fatal(err)
			}
			return leave
		}
		first := enter(t.Context(), 40<<20)
		second := enter(t.Context(), 20<<20)
		enter(t.Context(), 1000)()
		in := make(chan func())
		go func() { in <- enter(t.Context(), 200<<20) }() // more than there is room for at all
		synctest.Wait()
		given, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Enter(given, 40<<20); !errors.Is(err, context.Canceled) {
			t.Errorf("who is not waited for any more: %v", err)
		}
		first()
		synctest.Wait()
		select {
		case <-in:
			t.Error("it is read beside another")
		default:
		}
		second()
		(<-in)()
	})
}
