package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"parley/api"
	"parley/app"
	"parley/channel/all"
	"parley/channel/email"
	"parley/desk"
	"parley/effect"
	"parley/internal/limit"
	"parley/internal/oauth"
	"parley/internal/safehttp"
	"parley/metric"
	"parley/realtime"
	"parley/web"
)

type serveCmd struct {
	storage  `embed:""`
	edge     `embed:""`
	figures  `embed:""`
	Allow    []string `env:"PARLEY_ALLOW_NETWORKS" placeholder:"CIDR" help:"Private networks that webhooks may be posted to and mail servers of inboxes may be in."`
	Pictures []string `env:"PARLEY_PICTURE_NETWORKS" placeholder:"CIDR" help:"Private networks that pictures in mails may be fetched from. Anybody who writes a mail names where they are."`
	mailing  `embed:""`
	fetching `embed:""`
	Calls    int    `env:"PARLEY_CALLS" default:"200" help:"Calls of the API that one person, or one system that posts messages, may make in a second, after five times as many at once; 0 for any number."`
	Screens  int    `env:"PARLEY_SCREENS" default:"50" help:"Feeds that one person, or one visitor, may have open at once; 0 for any number."`
	Profile  string `env:"PARLEY_PROFILE" placeholder:"HOST:PORT" help:"Address to serve profiles of the program on (net/http/pprof); keep it private."`
	Node     int64  `env:"PARLEY_NODE" default:"0" help:"This process's number, 0 to 1023, when several share a database."`
}

// Validate refuses settings that would only fail later, or do harm: kong calls it.
func (c *serveCmd) Validate() error {
	if c.Node < 0 || c.Node > 1023 {
		return fmt.Errorf("--node: %d is not one of 0 to 1023", c.Node)
	}
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("--public-url: %q is not an address like https://desk.example.com", c.PublicURL)
	}
	return nil
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
	return c.serve(ctx, log, a, nil)
}

// beside is something that runs beside the server.
type beside func(ctx context.Context, a *app.App, hub *realtime.Hub) error

// serve runs everything on an open app until ctx ends.
func (c *serveCmd) serve(ctx context.Context, log *slog.Logger, a *app.App, more beside) error {
	release, err := a.DB.Hold(ctx, false)
	if err != nil {
		return err
	}
	defer func() {
		if err := release(); err != nil {
			log.Error("let go of the database", "err", err)
		}
	}()
	a.DB.IDs.Node = c.Node
	at, err := c.settle(c.Data, c.Allow, log)
	if err != nil {
		return err
	}
	allow, err := networks(c.Allow)
	if err != nil {
		return err
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	if err := c.fetching.apply(&o); err != nil {
		return err
	}
	o.Key, o.Dial, o.Log, o.Now = a.Keys.Derive("mail"), safehttp.Dialer(allow).DialContext, log, time.Now
	o.Signing, o.Token = a.SigningKeys, a.MailToken
	a.OAuth = oauth.Provider{HTTP: safehttp.New(30*time.Second, allow)}
	mail := email.New(o)
	a.Channels = all.All(all.Needs{Client: safehttp.New(30*time.Second, allow), Mail: mail, Now: time.Now})
	a.Effects = append(a.Effects, effect.Push{App: a, Client: safehttp.New(30*time.Second, allow), Contact: contact(at.PublicURL)}, effect.Mail{App: a, Post: mail, Base: at.PublicURL})
	a.PublicURL, a.DNS = at.PublicURL, c.resolver()
	hub := &realtime.Hub{DB: a.DB, Bell: a.Feed, Log: log}
	figures := metric.New(metric.Options{Context: ctx, App: a, Hub: hub, Log: log, Version: version, Now: time.Now})
	a.Channels = figures.Channels(a.Channels)
	handler, err := c.handler(a, hub, at, figures, log)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	at.welcome(ctx, a, listener.Addr().String())
	tell(ctx, log, "READY=1")
	return c.run(ctx, log, a, hub, mail, at, figures, handler, listener, more)
}

// contact is whom the operators of push services may turn to.
func contact(publicURL string) string {
	if strings.HasPrefix(publicURL, "https://") {
		return publicURL
	}
	return "https://localhost" // they ask for some address
}

// run starts everything that runs beside each other and waits for all of it.
func (c *serveCmd) run(ctx context.Context, log *slog.Logger, a *app.App, hub *realtime.Hub, mail *email.Channel, at settled, figures *metric.Metrics, handler http.Handler, listener net.Listener, more beside) error {
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
	if more != nil {
		background("beside", func(ctx context.Context) error { return more(ctx, a, hub) })
	}
	background("jobs", func(ctx context.Context) error { return a.Work(ctx, a.DB.Name() == "sqlite") })
	background("mailboxes", func(ctx context.Context) error { return a.Watch(ctx, a.DB.Name() == "sqlite") })
	background("search", a.Index)
	background("uploads", a.Clean)
	if c.Profile != "" {
		background("profiles", func(ctx context.Context) error { return serveProfiles(ctx, c.Profile) })
	}
	if c.SMTP != "" || c.LMTP != "" {
		background("mail", func(ctx context.Context) error { return mail.Serve(ctx, a) })
	}
	background("http", func(context.Context) error {
		serve := srv.Serve
		if srv.TLSConfig = at.tls; at.tls != nil {
			serve = func(l net.Listener) error { return srv.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	if at.Redirect != "" {
		background("redirect", func(ctx context.Context) error { return at.redirect(ctx, log) })
	}
	if c.Metrics != "" {
		background("metrics", func(ctx context.Context) error { return c.figures.serve(ctx, figures.Handler(), log) })
	}
	background("systemd", func(ctx context.Context) error {
		return keepTelling(ctx, log, func(ctx context.Context) error { _, err := a.NeedsSetup(ctx); return err })
	})
	<-ctx.Done()
	log.Info("stopping")
	tell(context.WithoutCancel(ctx), log, "STOPPING=1")
	gone := hub.CutAll()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		log.Warn("requests were cut off", "err", err)
	}
	select { // sockets are no requests any more: the server does not wait for them
	case <-gone:
	case <-drain.Done():
		log.Warn("feeds were cut off")
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
func (c *serveCmd) handler(a *app.App, hub *realtime.Hub, at settled, figures *metric.Metrics, log *slog.Logger) (http.Handler, error) {
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
	var calls, searches *limit.Limiter
	if c.Calls > 0 {
		if searches, err = limit.New(60, 50*time.Millisecond, time.Now); err != nil {
			return nil, err
		}
		if calls, err = limit.New(5*c.Calls, time.Second/time.Duration(c.Calls), time.Now); err != nil {
			return nil, err
		}
	}
	pictures, err := networks(c.Pictures)
	if err != nil {
		return nil, err
	}
	o := api.Options{
		Remote: safehttp.New(15*time.Second, pictures),
		App:    a, Hub: hub, Log: log, Version: version, PublicURL: at.PublicURL, Secure: at.secure(),
		SignIn: signIn, Widget: widget, Uploads: uploads, Calls: calls, Searches: searches, Screens: c.Screens, Routed: figures.Routed,
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
	mux.Handle("GET /metrics", c.guarded(figures.Handler()))
	return at.wrap(api.Headers(figures.Requests(mux))), nil
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
func (s settled) welcome(ctx context.Context, a *app.App, address string) {
	base := s.PublicURL
	switch {
	case base != "":
	case s.tls != nil:
		base = "https://" + address
	default:
		base = "http://" + address
	}
	fmt.Fprintf(os.Stdout, "\n  Parley is running.\n\n  Inbox     %s/\n  Try page  %s/try\n  API       %s/api/docs\n\n", base, base, base)
	if needs, err := a.NeedsSetup(ctx); err == nil && needs {
		fmt.Fprint(os.Stdout, "  Open the inbox to create your workspace.\n\n")
	}
}
