package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// measureSize measures what is shipped: the program and what a browser loads.
func measureSize(_ context.Context, _ options, t *table) error {
	info, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("%w (make build makes it)", err)
	}
	t.aim("size of the program", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "≤ 40 MB", info.Size() <= 40e6)
	first, err := firstScripts()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		what  string
		files []string
		most  int64
	}{
		{"inbox, JavaScript before the first rows, gzip", first, 60e3},
		{"widget loader, gzip", []string{"web/dist/widget/loader.js"}, 3e3},
		{"widget frame, gzip", []string{"web/dist/widget/frame.js"}, 30e3},
	} {
		var n int64
		for _, file := range f.files {
			one, err := zipped(file)
			if err != nil {
				return fmt.Errorf("%w (make build makes it)", err)
			}
			n += one
		}
		t.aim(f.what, kb(n), "≤ "+kb(f.most), n <= f.most)
	}
	return nil
}

// firstScripts are the scripts that the inbox's page names: all of them come
// before the first rows.
func firstScripts() (files []string, err error) {
	page, err := os.ReadFile("web/dist/app/index.html")
	if err != nil {
		return nil, fmt.Errorf("%w (make build makes it)", err)
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="/(assets/[^"]+\.js)"`).FindAllSubmatch(page, -1) {
		files = append(files, "web/dist/app/"+string(m[1]))
	}
	return files, nil
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
	idle, err := p.memory("VmRSS")
	if err != nil {
		return err
	}
	t.aim("resident memory, idle", mib(idle), "≤ 50 MiB", idle <= 50<<20)
	return p.stop()
}
