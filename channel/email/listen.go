package email

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"parley/channel"
	"parley/desk"
)

// What a client may cost us.
const (
	maxRecipients  = 100
	maxConnections = 200             // for SMTP and for LMTP each
	maxLine        = 64 << 10        // bytes; RFC 5321 says 998, real mails do not
	maxInFlight    = 512 << 20       // bytes of mails being read, of all clients
	readTimeout    = 5 * time.Minute // for a command (RFC 5321, 4.5.3.2.7)
	blockTimeout   = 3 * time.Minute // for 64 kB of a mail (RFC 5321, 4.5.3.2.5)
	mailTimeout    = time.Hour       // for a mail
	writeTimeout   = time.Minute     //
	drainWithin    = 8 * time.Second // for mails that are being taken when we stop
)

// Serve implements channel.Listener: it takes mail in by SMTP and LMTP and says
// 250 only for what is stored.
func (ch *Channel) Serve(ctx context.Context, in channel.Intake) error {
	// A mail that is being taken when ctx ends is still stored.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	clients, err := newClients(ch.Neighbours, ch.Now)
	if err != nil {
		return err
	}
	r := &receiver{channel: ch, ctx: work, in: in, clients: clients, open: map[net.Conn]bool{}}
	var servers []*smtp.Server
	var listeners []net.Listener
	var addrs []net.Addr
	for _, l := range []struct {
		address string
		lmtp    bool
	}{{ch.Listen, false}, {ch.LMTP, true}} {
		if l.address == "" {
			continue
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
		if err != nil {
			for _, other := range listeners {
				err = errors.Join(err, other.Close())
			}
			return desk.Errorf(desk.Conflict, "Mail cannot be taken in on %s: %s", l.address, err)
		}
		listeners, addrs = append(listeners, listener), append(addrs, listener.Addr())
		servers = append(servers, r.server(l.lmtp))
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(servers))
	for i, s := range servers {
		wg.Go(func() {
			if err := s.Serve(&tracked{netutil.LimitListener(listeners[i], maxConnections), r, s.LMTP}); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
				errs <- err
			}
		})
	}
	if ch.Ready != nil {
		ch.Ready(addrs)
	}
	select {
	case <-ctx.Done():
	case err = <-errs:
	}
	r.drain(work, servers)
	for _, l := range listeners {
		_ = l.Close() // a server that had not begun yet does not know its own
	}
	wg.Wait()
	return err
}

// receiver is what all clients share.
type receiver struct {
	channel  *Channel
	ctx      context.Context // for storing; it outlives Serve's by the time of draining
	in       channel.Intake
	inFlight atomic.Int64 // bytes of mails being read
	clients  *clients

	mu       sync.Mutex
	open     map[net.Conn]bool // true while a mail is being taken
	draining bool
}

func (r *receiver) server(lmtp bool) *smtp.Server {
	ch := r.channel
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{receiver: r, conn: c, remote: c.Conn().RemoteAddr().String(), client: clientOf(c.Conn().RemoteAddr(), lmtp, r.clients)}, nil
	}))
	s.LMTP, s.Domain, s.TLSConfig = lmtp, ch.Hostname, ch.TLS
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = ch.MaxSize, maxRecipients, maxLine
	s.ReadTimeout, s.WriteTimeout = readTimeout, writeTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = slog.NewLogLogger(ch.Log.Handler(), slog.LevelDebug)
	return s
}

// drain stops taking clients, cuts off those who are between mails, and gives the
// others time to finish. A mail cut off was not acknowledged: its sender tries again.
func (r *receiver) drain(ctx context.Context, servers []*smtp.Server) {
	r.mu.Lock()
	r.draining = true
	r.mu.Unlock()
	r.cut(false)
	ctx, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	var wg sync.WaitGroup
	for _, s := range servers {
		wg.Go(func() {
			if s.Shutdown(ctx) != nil {
				r.cut(true)
			}
		})
	}
	wg.Wait()
}

// cut closes connections: those between mails, or all.
func (r *receiver) cut(all bool) {
	r.mu.Lock()
	var cut []net.Conn
	for c, busy := range r.open {
		if all || !busy {
			cut = append(cut, c)
		}
	}
	r.mu.Unlock()
	for _, c := range cut {
		_ = c.Close()
	}
}

// busy marks whether a mail is being taken on a connection. When it is taken and
// we stop, the client is told so at its next command.
func (r *receiver) busy(c net.Conn, b bool) (draining bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.open[c]; ok {
		r.open[c] = b
	}
	return r.draining
}

// tracked is a listener that knows its open connections.
type tracked struct {
	net.Listener
	receiver *receiver
	lmtp     bool // from a mail server of ours, which no limit applies to
}

func (t *tracked) Accept() (net.Conn, error) {
	for {
		c, err := t.Listener.Accept()
		if err != nil {
			return nil, err
		}
		leave := func() {}
		if !t.lmtp {
			var refusal string
			if leave, refusal = t.receiver.clients.enter(c.RemoteAddr()); refusal != "" {
				turnAway(c, refusal)
				continue
			}
		}
		tc := &trackedConn{Conn: c, receiver: t.receiver, leave: sync.OnceFunc(leave)}
		return tc, t.receiver.track(tc)
	}
}

// track notes a connection, or ends it when we stop.
func (r *receiver) track(c *trackedConn) error {
	r.mu.Lock()
	if !r.draining {
		r.open[c] = false
		r.mu.Unlock()
		return nil
	}
	r.mu.Unlock()
	return c.Close()
}

type trackedConn struct {
	net.Conn
	receiver *receiver
	leave    func()
}

func (c *trackedConn) Close() error {
	c.receiver.mu.Lock()
	delete(c.receiver.open, c)
	c.receiver.mu.Unlock()
	c.leave()
	return c.Conn.Close()
}
