package main

import (
	"log/slog"
	"net/http"
	"testing"
	"time"
)

// However slow a client is, it holds a connection for minutes at most.
func TestServerIsNotHeld(t *testing.T) {
	srv := server(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, d := range map[string]time.Duration{"header": srv.ReadHeaderTimeout, "request": srv.ReadTimeout, "answer": srv.WriteTimeout, "rest": srv.IdleTimeout} {
		if d <= 0 || d > 10*time.Minute {
			t.Errorf("%s: %s", name, d)
		}
	}
	if srv.MaxHeaderBytes <= 0 || srv.MaxHeaderBytes > 64<<10 {
		t.Errorf("%d bytes of header", srv.MaxHeaderBytes)
	}
}
