// Package apitest gives a test a whole Parley that listens on 127.0.0.1: a real
// database, the API, realtime and the workers, and clients that use it as people,
// programs and visitors do.
package apitest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/api"
	"parley/app"
	"parley/channel"
	apichannel "parley/channel/api"
	"parley/channel/email"
	"parley/channel/webchat"
	"parley/effect"
	"parley/internal/blob"
	"parley/internal/https"
	"parley/internal/safehttp"
	"parley/internal/secret"
	"parley/realtime"
	"parley/responder"
	"parley/store/storetest"
)

// Server is a Parley that runs until its test ends.
type Server struct {
	*app.App
	T     testing.TB
	Hub   *realtime.Hub
	API   huma.API
	HTTP  *httptest.Server
	Clock *Clock
	Log   *Log

	stop context.CancelFunc
	wait sync.WaitGroup
	once sync.Once
}

// Clock runs, from where a test has moved it to.
type Clock struct{ ahead atomic.Int64 }

// Now returns the time of the server.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.ahead.Add(int64(d)) }

// Log is what the server logged.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// New starts a server; change may change how it is served.
func New(t testing.TB, change ...func(*api.Options)) *Server {
	t.Helper()
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{T: t, Clock: &Clock{}, Log: &Log{}}
	log := slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := safehttp.New(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	s.App = &app.App{
		DB: storetest.Open(t), Now: s.Clock.Now, Log: log, Blobs: blobs, Keys: keys, Feed: app.NewBell(), Written: app.NewBell(),
		Channels: []channel.Channel{
			webchat.New(), apichannel.Channel{Client: client, Now: s.Clock.Now},
			email.New(email.Options{Key: keys.Derive("mail"), Log: log, Now: s.Clock.Now}),
		},
	}
	s.Effects = []app.Effect{effect.Deliver{App: s.App}, effect.Notify{App: s.App}, effect.Release{App: s.App}, effect.Digest{App: s.App}, effect.Welcome{App: s.App}, effect.Survey{App: s.App},
		effect.Wake{App: s.App}, effect.Woken{App: s.App}, effect.AutoClose{App: s.App}, effect.AutoArchive{App: s.App},
		effect.Answer{App: s.App, Agents: []responder.Responder{responder.Script{}}},
		effect.AutoAssign{App: s.App}, effect.Leave{App: s.App}, effect.Ailing{App: s.App}, effect.Handover{App: s.App}, effect.Remind{App: s.App},
		effect.PromiseTimer{App: s.App}, effect.PromiseTell{App: s.App}, effect.PromiseRecompute{App: s.App}, effect.HandUp{App: s.App}, effect.Bulk{App: s.App}, effect.Dispatch{App: s.App}, effect.Held{App: s.App},
	}
	s.Hub = &realtime.Hub{DB: s.DB, Bell: s.Feed, Log: log}
	o := api.Options{App: s.App, Hub: s.Hub, Log: log, Version: "1", Remote: client}
	for _, c := range change {
		c(&o)
	}
	h, description := api.New(o)
	s.API = description
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	for _, run := range []func() error{
		func() error { return s.Hub.Run(ctx) }, func() error { return s.Work(ctx, s.DB.Name() == "sqlite") },
		func() error { return s.Index(ctx) },
	} {
		s.wait.Go(func() {
			if err := run(); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	// As behind a proxy on this machine: a test says where a request comes from.
	s.HTTP = httptest.NewServer(https.Forwarded([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, h))
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the server as the program does: feeds first, then requests, then work.
func (s *Server) Stop() {
	s.once.Do(func() {
		s.Hub.CutAll()
		s.HTTP.CloseClientConnections()
		s.HTTP.Close()
		s.stop()
		s.wait.Wait()
	})
}

// Feeds returns how many feeds are open, of agents and of visitors.
func (s *Server) Feeds() int {
	agents, visitors := s.Hub.Connected()
	return agents + visitors
}

// Patience is how long a test waits for what must happen.
const Patience = 20 * time.Second

// Eventually asks until the answer is yes, or fails the test.
func (s *Server) Eventually(what string, ok func() bool) {
	s.T.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			s.T.Fatalf("this did not happen: %s", what)
		}
	}
}
