package metric

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/store"
)

// states are what the database holds now. It is asked at most once every ten
// seconds, however many scrape.
type states struct {
	Options
	jobs, oldest, up               *prometheus.Desc
	inbound, outbound, connections *prometheus.Desc
	mu                             sync.Mutex
	at                             time.Time
	queues                         []store.QueueState
	raws, deliveries               map[string]int64
	err                            error
}

const keepStates = 10 * time.Second

func newStates(o Options) *states {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &states{
		Options:     o,
		jobs:        d("parley_jobs", "Jobs by effect and state: ready, running, failed.", "effect", "state"),
		oldest:      d("parley_job_oldest_seconds", "How long the oldest job that is ready has been due, by effect; 0 if none is due.", "effect"),
		inbound:     d("parley_ledger_inbound", "Arrivals that wait (received) or were refused (dead_letter).", "state"),
		outbound:    d("parley_ledger_outbound", "Messages to customers that wait (queued), failed, or may not have arrived (unknown).", "state"),
		connections: d("parley_connections", "Open feeds of agents and visitors, of this process.", "kind"),
		up:          d("parley_database_up", "1 if the database answered the last time it was asked, else 0."),
	}
}

// Describe implements prometheus.Collector.
func (s *states) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.jobs, s.oldest, s.inbound, s.outbound, s.connections, s.up} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (s *states) Collect(c chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	agents, visitors := s.Hub.Connected()
	gauge(s.connections, float64(agents), "agent")
	gauge(s.connections, float64(visitors), "visitor")
	now := s.Now()
	if s.at.IsZero() || now.Sub(s.at) >= keepStates {
		s.look(now)
	}
	if s.err != nil {
		gauge(s.up, 0)
		return
	}
	gauge(s.up, 1)
	names := map[store.JobState]string{store.JobReady: "ready", store.JobRunning: "running", store.JobFailed: "failed"}
	counts, due := map[[2]string]int64{}, map[string]float64{}
	for _, effect := range s.App.Queues() {
		for _, state := range names {
			counts[[2]string{effect, state}] = 0
		}
		due[effect] = 0
	}
	for _, q := range s.queues {
		counts[[2]string{q.Queue, names[q.State]}] = q.Count
		if q.State == store.JobReady {
			due[q.Queue] = max(0, s.App.Now().Sub(q.Due).Seconds())
		}
	}
	for k, n := range counts {
		gauge(s.jobs, float64(n), k[0], k[1])
	}
	for effect, seconds := range due {
		gauge(s.oldest, seconds, effect)
	}
	for _, state := range []string{"received", "dead_letter"} {
		gauge(s.inbound, float64(s.raws[state]), state)
	}
	for _, state := range []string{"queued", "failed", "unknown"} {
		gauge(s.outbound, float64(s.deliveries[state]), state)
	}
}

// look asks the database. A scrape has no context to end it: it has ten seconds.
func (s *states) look(now time.Time) {
	s.at = now
	s.err = read(s.Context, s.Options, func(tx *store.Tx) (err error) {
		if s.queues, err = tx.QueueStates(); err != nil {
			return err
		}
		if s.raws, err = tx.CountOpenRaws(); err != nil {
			return err
		}
		s.deliveries, err = tx.CountOpenDeliveries()
		return err
	})
	if s.err != nil {
		s.Log.Error("count jobs and the ledger", "err", s.err)
	}
}
