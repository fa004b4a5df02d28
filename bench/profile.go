package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// profiled runs fn and meanwhile writes a profile of the program's processor
// time, when one is asked for, to NAME.pprof: go tool pprof -top reads it.
func (p *program) profiled(ctx context.Context, o options, name string, fn func() error) error {
	if o.profile == "" {
		return fn()
	}
	done := make(chan error, 1)
	go func() {
		done <- p.profile(ctx, filepath.Join(o.profile, name+".pprof"), "profile?seconds="+fmt.Sprint(int(o.stretch/time.Second)))
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := <-done; err != nil {
		return err
	}
	slog.Info("profiled", "file", name+".pprof")
	return nil
}

func (p *program) profile(ctx context.Context, path, kind string) error {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+p.profiles+"/debug/pprof/"+kind, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, resp.Body); err != nil {
		return err
	}
	return f.Close()
}
