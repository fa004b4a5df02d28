package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// measureSize measures what is shipped: the program and what a browser loads.
func measureSize(_ context.Context, _ options, t *table) error {
	info, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("%w (make build makes it)", err)
	}
	t.aim("size of the program", mib(info.Size()), "≤ 40 MB", info.Size() <= 40e6)
	for _, f := range []struct {
		what, glob string
		most       int64
	}{
		{"inbox, JavaScript before the first rows, gzip", "web/dist/app/assets/index-*.js", 60 << 10},
		{"widget loader, gzip", "web/dist/widget/loader.js", 3 << 10},
		{"widget frame, gzip", "web/dist/widget/frame.js", 30 << 10},
	} {
		found, err := filepath.Glob(f.glob)
		if err != nil || len(found) == 0 {
			return fmt.Errorf("there is no %s (make build makes it)", f.glob)
		}
		n, err := zipped(found[0])
		if err != nil {
			return err
		}
		t.aim(f.what, kib(n), "≤ "+kib(f.most), n <= f.most)
	}
	return nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

func zipped(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var n counter
	w, err := gzip.NewWriterLevel(&n, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(w, f); err != nil {
		return 0, err
	}
	return int64(n), w.Close()
}

// measureStart measures a start on an empty database and one on a used one, and
// what the program holds when nothing happens.
func measureStart(ctx context.Context, o options, t *table) error {
	p, err := start(ctx, o, "start")
	if err != nil {
		return err
	}
	t.add("first start, with all migrations, to ready", ms(p.ready)+" ms")
	if err := p.setUp(ctx); err != nil {
		return err
	}
	var times []time.Duration
	for range 5 {
		if err := p.stop(); err != nil {
			return err
		}
		if err := p.run(ctx); err != nil {
			return err
		}
		times = append(times, p.ready)
	}
	mid, _ := spread(times)
	t.aim("start to ready", ms(mid)+" ms", "≤ 150 ms", mid <= 150*time.Millisecond)
	pause(ctx, 3*time.Second)
	idle, err := p.memory()
	if err != nil {
		return err
	}
	t.aim("resident memory, idle", mib(idle), "≤ 50 MiB", idle <= 50<<20)
	return p.stop()
}
