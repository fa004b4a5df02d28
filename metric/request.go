package metric

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type routeKey struct{}

// Requests counts what passes to next.
func (m *Metrics) Requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var route string
		start := m.Now()
		seen := &writer{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), routeKey{}, &route))
		defer func() { m.count(r, seen, route, m.Now().Sub(start)) }()
		next.ServeHTTP(seen, r)
	})
}

// Routed notes the route of a request that a handler inside has copied.
func (m *Metrics) Routed(r *http.Request) {
	if route, ok := r.Context().Value(routeKey{}).(*string); ok && r.Pattern != "" {
		*route = r.Pattern
	}
}

func (m *Metrics) count(r *http.Request, w *writer, route string, took time.Duration) {
	if route == "" {
		route = r.Pattern
	}
	// A pattern is "GET /api/v1/…": the method has a label of its own.
	if _, path, ok := strings.Cut(route, " "); ok {
		route = path
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(w.said())).Inc()
	if !w.stays() {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// method keeps a stranger from making labels.
func method(s string) string {
	switch s {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return s
	}
	return "other"
}

// writer remembers the status.
type writer struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController and upgrades reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) said() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// stays reports whether the answer was a feed that stays open.
func (w *writer) stays() bool {
	return w.status == http.StatusSwitchingProtocols || strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
}
