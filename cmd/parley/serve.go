package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/api"
	"parley/app"
	"parley/channel/all"
	"parley/channel/email"
	"parley/desk"
	"parley/internal/limit"
	"parley/realtime"
	"parley/store"
	"parley/web"
)

type serveCmd struct {
	storage    `embed:""`
	Listen     string   `default:"127.0.0.1:8080" env:"PARLEY_LISTEN" help:"Address to serve on."`
	PublicURL  string   `env:"PARLEY_PUBLIC_URL" placeholder:"URL" help:"Where people reach Parley, for instance https://desk.example.com; by default what each request says."`
	TrustProxy bool     `env:"PARLEY_TRUST_PROXY" help:"Take clients' addresses from X-Forwarded-For: only behind a proxy that sets it."`
	Allow      []string `env:"PARLEY_ALLOW_NETWORKS" placeholder:"CIDR" help:"Private networks that webhooks may be posted to."`
	SMTP       string   `default:"127.0.0.1:2525" env:"PARLEY_SMTP" help:"Address to take mail in on by SMTP; empty for none."`
	LMTP       string   `env:"PARLEY_LMTP" help:"Address to take mail in on by LMTP, behind a mail server of your own."`
	Hostname   string   `env:"PARLEY_HOSTNAME" default:"localhost" help:"What the mail server calls itself."`
	Relay      string   `env:"PARLEY_RELAY" placeholder:"HOST:PORT" help:"Where mail goes out for inboxes without a submission server of their own."`
	Profile    string   `env:"PARLEY_PROFILE" placeholder:"HOST:PORT" help:"Address to serve profiles of the program on (net/http/pprof); keep it private."`
	Screens    int      `env:"PARLEY_SCREENS" default:"50" help:"Feeds that one person, or one visitor, may have open at once; 0 for any number."`
	Node       int64    `env:"PARLEY_NODE" default:"0" help:"This process's number, 0 to 1023, when several share a database."`
}

// stopWithin is how long running work may take after Ctrl-C.
const stopWithin = 10 * time.Second

// Run serves until ctx ends, then drains.
func (c *serveCmd) Run(ctx context.Context, log *slog.Logger) error {
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() {
		if err := a.DB.Close(); err != nil {
			log.Error("close the database", "err", err)
		}
	}()
	a.DB.IDs.Node = c.Node
	client, err := outbound(c.Allow)
	if err != nil {
		return err
	}
	mail := email.New(email.Options{
		Key: a.Keys.Derive("mail"), Listen: c.SMTP, LMTP: c.LMTP, Hostname: c.Hostname, Relay: c.Relay, Log: log, Now: time.Now,
	})
	a.Channels = all.All(all.Needs{Client: client, Mail: mail, Now: time.Now})
	hub := &realtime.Hub{DB: a.DB, Bell: a.Feed, Log: log}
	handler, err := c.handler(a, hub, log)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	c.welcome(ctx, a, listener.Addr().String())
	return c.run(ctx, log, a, hub, mail, handler, listener)
}

// run starts everything that runs beside each other and waits for all of it.
func (c *serveCmd) run(ctx context.Context, log *slog.Logger, a *app.App, hub *realtime.Hub, mail *email.Channel, handler http.Handler, listener net.Listener) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	background := func(what string, fn func(context.Context) error) {
		wg.Go(func() {
			if err := fn(ctx); err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	srv := server(handler, log)
	background("realtime", hub.Run)
	background("jobs", func(ctx context.Context) error { return a.Work(ctx, a.DB.Name() == "sqlite") })
	if c.Profile != "" {
		background("profiles", func(ctx context.Context) error { return serveProfiles(ctx, c.Profile) })
	}
	if c.SMTP != "" || c.LMTP != "" {
		background("mail", func(ctx context.Context) error { return mail.Serve(ctx, a) })
	}
	background("http", func(context.Context) error {
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	<-ctx.Done()
	log.Info("stopping")
	hub.CutAll()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		log.Warn("requests were cut off", "err", err)
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-drain.Done():
		log.Warn("jobs were cut off; they go on at the next start")
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// handler puts the API, the pages and the health checks together.
func (c *serveCmd) handler(a *app.App, hub *realtime.Hub, log *slog.Logger) (http.Handler, error) {
	signIn, err := limit.New(10, 6*time.Second, time.Now)
	if err != nil {
		return nil, err
	}
	widget, err := limit.New(120, 250*time.Millisecond, time.Now)
	if err != nil {
		return nil, err
	}
	uploads, err := limit.New(10, 30*time.Second, time.Now)
	if err != nil {
		return nil, err
	}
	o := api.Options{
		App: a, Hub: hub, Log: log, Version: version, PublicURL: c.PublicURL, Secure: strings.HasPrefix(c.PublicURL, "https://"), TrustProxy: c.TrustProxy,
		SignIn: signIn, Widget: widget, Uploads: uploads, Screens: c.Screens,
	}
	h, _ := api.New(o)
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", h)
	mux.Handle("/", api.Pages(o, dist))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if _, err := a.NeedsSetup(r.Context()); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics(a, hub, log), promhttp.HandlerOpts{}))
	return api.Headers(mux), nil
}

// metrics are the figures for Prometheus.
func metrics(a *app.App, hub *realtime.Hub, log *slog.Logger) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_connections", Help: "Open feeds of agents and visitors."},
		func() float64 { return float64(hub.Screens()) }))
	for state, name := range map[store.JobState]string{store.JobReady: "ready", store.JobRunning: "running", store.JobFailed: "failed"} {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_jobs", Help: "Jobs by state.", ConstLabels: prometheus.Labels{"state": name}},
			func() float64 {
				var n int64
				err := a.DB.Read(context.Background(), store.Scope{}, func(tx *store.Tx) (err error) { n, err = tx.CountJobs(state); return err })
				if err != nil {
					log.Error("count jobs", "err", err)
				}
				return float64(n)
			}))
	}
	return r
}

// server is a server of ours: slow clients do not hold it. Uploads give themselves
// more time to be read, feeds set a deadline for every frame they send.
func server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// listen says plainly when the port is taken.
func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, desk.Errorf(desk.Conflict, "Another program listens on %s. Stop it, or choose another address with --listen.", address)
	case err != nil:
		return nil, desk.Errorf(desk.Invalid, "Parley cannot listen on %s: %s", address, err)
	}
	return l, nil
}

// welcome prints where to click.
func (c *serveCmd) welcome(ctx context.Context, a *app.App, address string) {
	base := c.PublicURL
	if base == "" {
		base = "http://" + address
	}
	fmt.Fprintf(os.Stdout, "\n  Parley is running.\n\n  Inbox     %s/\n  Try page  %s/try\n  API       %s/api/docs\n\n", base, base, base)
	if needs, err := a.NeedsSetup(ctx); err == nil && needs {
		fmt.Fprint(os.Stdout, "  Open the inbox to create your workspace.\n\n")
	}
}
