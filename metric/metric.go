// Package metric counts what happens, for Prometheus. Labels are routes, states
// and names of channels, never an id or anything a customer wrote.
// docs/operations.md explains every metric; a test holds the two together.
package metric

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/app"
	"parley/realtime"
	"parley/store"
)

// Options say what is measured.
type Options struct {
	Context context.Context // of the process: a scrape that asks the database has no other
	App     *app.App
	Hub     *realtime.Hub
	Log     *slog.Logger
	Version string
	Now     func() time.Time // measures how long things take
}

// Metrics are the figures of one process.
type Metrics struct {
	Options
	registry *prometheus.Registry

	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	arrivals *prometheus.CounterVec
	sends    *prometheus.CounterVec
	sending  *prometheus.HistogramVec
	members  prometheus.Histogram
	waited   prometheus.Histogram
	took     prometheus.Histogram
}

// New returns metrics that watch the database, the arrivals and the hub. It must
// be called before they are used.
func New(o Options) *Metrics {
	quick := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}
	m := &Metrics{
		Options: o, registry: prometheus.NewRegistry(),
		requests: counter("parley_http_requests_total", "Requests by route, method and status.", "route", "method", "status"),
		seconds: histogram("parley_http_request_seconds", "How long requests took, by route; feeds that stay open are left out.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}, "route"),
		arrivals: counter("parley_inbound_total", "Arrivals by channel and what became of them.", "channel", "state"),
		sends:    counter("parley_deliveries_total", "Tries to send a message to a customer, by channel and outcome.", "channel", "outcome"),
		sending:  histogram("parley_delivery_seconds", "How long such a try took, by channel.", []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}, "channel"),
		members: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_database_group_transactions", Help: "How many transactions were committed together.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128},
		}),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "parley_database_wait_seconds", Help: "How long a write waited for its turn.", Buckets: quick}),
		took:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "parley_database_group_seconds", Help: "How long such a group took, its commit included.", Buckets: quick}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "parley_build_info", Help: "Always 1; the labels say which program this is.",
		ConstLabels: prometheus.Labels{"version": o.Version, "go": runtime.Version(), "database": o.App.DB.Name()},
	})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build,
		m.requests, m.seconds, m.arrivals, m.sends, m.sending, m.members, m.waited, m.took, newStates(o))
	o.App.DB.Watch(store.Watch{Now: o.Now, Group: func(members int, waited, took time.Duration) {
		m.members.Observe(float64(members))
		m.waited.Observe(waited.Seconds())
		m.took.Observe(took.Seconds())
	}})
	o.App.Arrived = func(channel string, state store.RawState) { m.arrivals.WithLabelValues(channel, string(state)).Inc() }
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Handler serves the figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(m.Log.Handler(), slog.LevelError)})
}

// read looks at the whole install, for as long as a scrape may take.
func read(ctx context.Context, o Options, fn func(*store.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return o.App.DB.Read(ctx, store.Scope{}, fn)
}
