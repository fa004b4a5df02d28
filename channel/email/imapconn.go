package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"parley/channel"
	"parley/desk"
	"parley/internal/safehttp"
)

// How long a mail server may be silent.
const (
	answerWithin = 30 * time.Second // while it has something to say
	doneWithin   = 5 * time.Second  // after the end of IDLE, which is answered at once
	keepAlive    = 30 * time.Second
)

// imapConn is a connection to an IMAP server that is given up when it is silent for
// too long: one through which nothing comes any more is never told so.
type imapConn struct {
	net.Conn
	now func() time.Time

	mu    sync.Mutex
	quiet time.Duration // how long it may be silent from now on; 0 is for ever
	over  error         // why nothing is read any more: the library asks several times, and would wait each time
}

// patience sets how long the server may be silent from now on.
func (c *imapConn) patience(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = d
	_ = c.Conn.SetReadDeadline(c.deadline())
}

// deadline is when the silence ends that begins now; c.mu is held.
func (c *imapConn) deadline() time.Time {
	if c.quiet == 0 {
		return time.Time{}
	}
	return c.now().Add(c.quiet)
}

func (c *imapConn) Read(b []byte) (int, error) {
	c.mu.Lock()
	err := c.over
	if err == nil {
		err = c.Conn.SetReadDeadline(c.deadline())
	}
	c.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if err != nil {
		c.mu.Lock()
		c.over = err
		c.mu.Unlock()
	}
	return n, err
}

// SetReadDeadline does nothing: the client library's own are too long, and none at
// all while it listens.
func (c *imapConn) SetReadDeadline(time.Time) error { return nil }

// imapClient is a session at an IMAP server.
type imapClient struct {
	*imapclient.Client
	conn    *imapConn
	arrived chan struct{} // something was said of how many mails there are
}

// signIn connects to an account's mailbox and signs in. The session ends with ctx.
// The error is a *channel.WatchError.
func (ch *Channel) signIn(ctx context.Context, a channel.Account, c Config) (*imapClient, error) {
	if c.SignIn == byPassword {
		return ch.connect(ctx, c, func(client *imapClient) error { return client.login(c) })
	}
	token, err := ch.askToken(ctx, a, "")
	if err != nil {
		return nil, noToken(err)
	}
	var refused bool
	by := func(client *imapClient) (err error) { refused, err = client.loginBearer(c, token); return err }
	client, err := ch.connect(ctx, c, by)
	if !refused {
		return client, err
	}
	// It may have ended before its time: one that is new for certain is tried once.
	old := token
	if token, err = ch.askToken(ctx, a, old); err != nil {
		return nil, noToken(err)
	}
	return ch.connect(ctx, c, by)
}

// connect connects to an account's mailbox and signs in as login does. The session
// ends with ctx. The error is a *channel.WatchError.
func (ch *Channel) connect(ctx context.Context, c Config, login func(*imapClient) error) (*imapClient, error) {
	raw, err := ch.Dial(ctx, "tcp", net.JoinHostPort(c.IMAPHost, strconv.Itoa(c.IMAPPort)))
	if err != nil {
		return nil, noMailbox(err)
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: keepAlive, Count: 3})
	}
	conn := &imapConn{Conn: raw, now: ch.Now, quiet: answerWithin}
	// The client library knows no contexts: when ctx ends, it loses its connection.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	client := &imapClient{conn: conn, arrived: make(chan struct{}, 1)}
	if err := client.greet(ch.tls(c.IMAPHost), c.IMAPSecurity); err != nil {
		stop()
		_ = raw.Close()
		return nil, noMailbox(err)
	}
	if err := login(client); err != nil {
		stop()
		_ = client.Close()
		return nil, err
	}
	return client, nil
}

// tls returns whom a server of an account is verified against.
func (ch *Channel) tls(host string) *tls.Config {
	config := &tls.Config{}
	if ch.ClientTLS != nil {
		config = ch.ClientTLS.Clone()
	}
	config.ServerName, config.MinVersion = host, tls.VersionTLS12
	return config
}

// greet waits for the server's greeting, encrypted as the account wants it.
func (c *imapClient) greet(config *tls.Config, security string) (err error) {
	options := &imapclient.Options{TLSConfig: config, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) {
			select {
			case c.arrived <- struct{}{}:
			default:
			}
		},
	}}
	switch security {
	case "tls":
		config.NextProtos = []string{"imap"}
		c.Client = imapclient.New(tls.Client(c.conn, config), options)
	case "starttls":
		c.Client, err = imapclient.NewStartTLS(c.conn, options)
	default:
		c.Client = imapclient.New(c.conn, options)
	}
	if err != nil {
		return err
	}
	return c.WaitGreeting()
}

// login says who we are: by AUTHENTICATE where that is offered, since LOGIN has no
// words for letters outside ASCII.
func (c *imapClient) login(account Config) error {
	caps := c.Caps()
	var err error
	switch {
	case caps.Has(imap.AuthCap(sasl.Plain)):
		err = c.Authenticate(sasl.NewPlainClient("", account.IMAPUser, account.IMAPPassword))
	case caps.Has(imap.CapLoginDisabled):
		return &channel.WatchError{Class: channel.Unauth, Reason: "The mail server takes no password on this connection. Choose another security, or connect the account by its provider."}
	default:
		err = c.Login(account.IMAPUser, account.IMAPPassword).Wait()
	}
	if err == nil {
		return nil
	}
	said, ok := errors.AsType[*imap.Error](err)
	switch {
	case !ok:
		return noMailbox(err)
	case busy(said):
		return &channel.WatchError{Class: channel.Retry, Reason: desk.Line("The mail server asks us to wait: "+said.Text, 300), Err: err}
	}
	return &channel.WatchError{Class: channel.Unauth, Reason: desk.Line("The mail server refuses the name and password of the mailbox. Check them in the settings. It says: "+said.Text, 300), Err: err}
}

// end ends the session politely; whoever does not answer is left.
func (c *imapClient) end() {
	c.conn.patience(2 * time.Second)
	_ = c.Logout().Wait()
	_ = c.Close()
}

// noMailbox says what it means that a server could not be talked to.
func noMailbox(err error) *channel.WatchError {
	we := &channel.WatchError{Class: channel.Retry, Reason: desk.Line("The mail server cannot be reached: "+err.Error(), 300), Err: err}
	said, ok := errors.AsType[*imap.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	var late net.Error
	switch {
	case errors.Is(err, safehttp.ErrRefused):
		we.Reason = "The address of the mail server is not public. Change it in the settings, or let whoever runs Parley allow its network."
	case untrusted:
		we.Reason = desk.Line("The certificate of the mail server is not valid. Check the name of the server in the settings. "+err.Error(), 300)
	case plain:
		we.Reason = "The mail server does not speak TLS at this port. Choose STARTTLS and port 143, or check the port in the settings."
	case ok:
		we.Reason = desk.Line("The mail server refuses what was asked: "+said.Text, 300)
	case errors.As(err, &late) && late.Timeout():
		we.Reason = "The mail server did not answer in time. Parley goes on trying; check its name and port if it never did."
	}
	return we
}
