package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/channel"
)

// How long one talk with a submission server may take, and reaching it.
const (
	sendWithin = 3 * time.Minute
	dialWithin = 15 * time.Second
)

// Relay is a server that takes every mail of this install.
type Relay struct {
	Address        string // host:port; "" is no relay
	Security       string // "starttls", "tls" or "none", which "" is
	User, Password string // "" does not sign in
}

// Check reports what is wrong with a relay's settings, for who wrote them.
func (r Relay) Check() error {
	if r.Address == "" {
		if r.User != "" || r.Password != "" {
			return errors.New("there is a name or a password but no relay")
		}
		return nil
	}
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil || host == "" {
		return errors.New("the relay is a name and a port like smtp.example.com:587")
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return errors.New("the port of the relay is a number")
	}
	c := Config{SMTPHost: strings.Trim(host, "[]"), SMTPPort: n, SMTPSecurity: r.Security, SMTPUser: r.User, SMTPPassword: r.Password}
	if strings.Contains(host, ":") { // an IPv6 address, which checkServer takes for a name with a port
		c.SMTPHost = "relay"
		if local(host) {
			c.SMTPHost = "localhost"
		}
	}
	return c.checkServer()
}

// server is where a mail is handed in, and how.
type server struct {
	address, host, security, user, password string
	port                                    int
	dial                                    func(ctx context.Context, network, address string) (net.Conn, error)
	token                                   func(ctx context.Context, refused string) (string, error) // in place of the password; nil is none
}

// server returns the account's server, or the install's relay.
func (ch *Channel) server(a channel.Account, c Config) (server, error) {
	if c.SMTPHost != "" {
		s := server{
			address: net.JoinHostPort(c.SMTPHost, strconv.Itoa(c.SMTPPort)), host: c.SMTPHost, port: c.SMTPPort, security: c.SMTPSecurity, user: c.SMTPUser, password: c.SMTPPassword, dial: ch.Dial,
		}
		if c.SignIn != byPassword {
			s.password, s.token = "", func(ctx context.Context, refused string) (string, error) { return ch.askToken(ctx, a, refused) }
		}
		return s, nil
	}
	host, _, err := net.SplitHostPort(ch.Relay.Address)
	if err != nil {
		return server{}, &channel.SendError{Class: channel.Unauth, Reason: "There is no server to send mail through. Enter one in the settings of " + c.Address + "."}
	}
	r := ch.Relay
	return server{address: r.Address, host: host, security: r.Security, user: r.User, password: r.Password, dial: (&net.Dialer{Timeout: dialWithin}).DialContext}, nil
}

// submit hands a mail to the account's server, or to the install's relay. The
// error is a *channel.SendError.
func (ch *Channel) submit(ctx context.Context, a channel.Account, c Config, e envelope, raw []byte) error {
	s, err := ch.server(a, c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return ch.with(ctx, s, func(client *smtp.Client) error { return deliver(client, e, raw) })
}

// tryServer signs in at a server and hands nothing over.
func (ch *Channel) tryServer(ctx context.Context, s server) error {
	return ch.with(ctx, s, func(client *smtp.Client) error {
		_ = client.Quit()
		return nil
	})
}

// with signs in at a server and does something there. The error is a *channel.SendError.
func (ch *Channel) with(ctx context.Context, s server, do func(*smtp.Client) error) error {
	if s.token == nil {
		_, err := ch.once(ctx, s, "", do)
		return err
	}
	token, err := s.token(ctx, "")
	if err != nil {
		return unsent(err)
	}
	refused, err := ch.once(ctx, s, token, do)
	if !refused {
		return err
	}
	// It may have ended before its time: one that is new for certain is tried once.
	if token, err = s.token(ctx, token); err != nil {
		return unsent(err)
	}
	_, err = ch.once(ctx, s, token, do)
	return err
}

// unsent is the error of a mail for which there is no token.
func unsent(err error) *channel.SendError {
	why := noToken(err)
	return &channel.SendError{Class: why.Class, Reason: why.Reason}
}

// once signs in at a server, by a token where one is given, and does something
// there. refused says that the server did not take the token. The error is a
// *channel.SendError.
func (ch *Channel) once(ctx context.Context, s server, token string, do func(*smtp.Client) error) (refused bool, err error) {
	conn, err := s.dial(ctx, "tcp", s.address)
	if err != nil {
		return false, unreachable(err)
	}
	defer conn.Close()
	// The client library knows no contexts: when ctx ends, it loses its connection.
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client, err := ch.greet(conn, s)
	if err != nil {
		return false, greeting(err)
	}
	switch {
	case token != "":
		err := authBearer(client, s, token)
		if se, ok := errors.AsType[*channel.SendError](err); ok {
			return se.Code != "", se
		}
		if err != nil {
			return false, greeting(err)
		}
	case s.user != "":
		if err := client.Auth(login(client, s)); err != nil {
			return false, greeting(err)
		}
	}
	return false, do(client)
}

// greet says hello, encrypted as the account wants it.
func (ch *Channel) greet(conn net.Conn, s server) (client *smtp.Client, err error) {
	config := &tls.Config{}
	if ch.ClientTLS != nil {
		config = ch.ClientTLS.Clone()
	}
	config.ServerName, config.MinVersion = s.host, tls.VersionTLS12
	switch s.security {
	case "tls":
		client = smtp.NewClient(tls.Client(conn, config))
	case "starttls":
		if client, err = smtp.NewClientStartTLS(conn, config); err != nil {
			return nil, err
		}
	default:
		client = smtp.NewClient(conn)
	}
	client.CommandTimeout, client.SubmissionTimeout = 30*time.Second, 2*time.Minute
	return client, client.Hello(ch.Hostname)
}

// login returns how we prove who we are: PLAIN, or LOGIN for servers that know
// nothing else.
func login(client *smtp.Client, s server) sasl.Client {
	if !client.SupportsAuth(sasl.Plain) && client.SupportsAuth(sasl.Login) {
		return sasl.NewLoginClient(s.user, s.password)
	}
	return sasl.NewPlainClient("", s.user, s.password)
}

// envelope is what is said to the server beside the mail.
type envelope struct {
	from []string // the first that the server takes; "" is nobody
	to   []string
}

// begin names the sender. Some servers let an account send as its own address only,
// not as one with a plus and not as nobody.
func (e envelope) begin(client *smtp.Client, options *smtp.MailOptions) error {
	for i, from := range e.from {
		err := client.Mail(from, options)
		if err == nil {
			return nil
		}
		code, _, _ := status(err)
		if last := i == len(e.from)-1; last || code < 500 || code == 530 || code == 552 {
			return before(err, "")
		}
		if err := client.Reset(); err != nil {
			return before(err, "")
		}
	}
	return nil
}

func deliver(client *smtp.Client, e envelope, raw []byte) error {
	options := &smtp.MailOptions{Size: int64(len(raw))}
	if strings.ContainsFunc(strings.Join(e.to, ""), func(r rune) bool { return r >= 0x7f }) {
		if ok, _ := client.Extension("SMTPUTF8"); !ok {
			return reject("The mail server takes no addresses with letters outside a to z.")
		}
		options.UTF8 = true
	}
	if err := e.begin(client, options); err != nil {
		return err
	}
	for i, r := range e.to {
		if err := client.Rcpt(r, nil); err != nil {
			se := before(err, r)
			if i > 0 && se.Class == channel.Gone {
				se.Class = channel.Reject // somebody in Cc, not the customer
			}
			return se
		}
	}
	w, err := client.Data()
	if err != nil {
		return before(err, "")
	}
	if _, err := w.Write(raw); err != nil {
		// Without the final dot the server has no whole mail to deliver.
		return before(err, "")
	}
	if err := w.Close(); err != nil {
		return after(err)
	}
	_ = client.Quit() // the mail is taken, whatever the server says to that
	return nil
}
