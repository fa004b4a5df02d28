package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"
)

// figures says where Prometheus gets the metrics: nowhere by default.
type figures struct {
	Metrics      string `env:"PARLEY_METRICS" placeholder:"HOST:PORT" help:"Address to serve metrics on, at /metrics, for Prometheus; keep it private."`
	MetricsToken string `env:"PARLEY_METRICS_TOKEN" placeholder:"TOKEN" help:"Serve /metrics beside the inbox too, to whoever sends this as a bearer token."`
}

// guarded serves metrics to who has the token; without one there are none.
func (f figures) guarded(h http.Handler) http.Handler {
	if f.MetricsToken == "" {
		return http.NotFoundHandler()
	}
	want := sha256.Sum256([]byte(f.MetricsToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(token))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "The metrics need their token.", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// serve serves metrics on an address of their own until ctx ends.
func (f figures) serve(ctx context.Context, h http.Handler, log *slog.Logger) error {
	l, err := listen(ctx, f.Metrics)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h)
	srv := server(mux, log)
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // a scrape that is cut off comes again
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
