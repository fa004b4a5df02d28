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
	"parley/desk"
)

// sendWithin bounds one talk with a submission server.
const sendWithin = 3 * time.Minute

// submit hands a mail to the account's server, or to the install's relay. The
// error is a *channel.SendError.
func (ch *Channel) submit(ctx context.Context, c Config, rcpt []string, raw []byte) error {
	address := net.JoinHostPort(c.SMTPHost, strconv.Itoa(c.SMTPPort))
	if c.SMTPHost == "" {
		if ch.Relay == "" {
			return &channel.SendError{Class: channel.Unauth, Reason: "There is no server to send mail through. Enter one in the settings of " + c.Address + "."}
		}
		address, c.SMTPSecurity = ch.Relay, "none"
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	conn, err := ch.Dial(ctx, "tcp", address)
	if err != nil {
		return unreachable(err)
	}
	defer conn.Close()
	// The client library knows no contexts: when ctx ends, it loses its connection.
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client, err := ch.greet(conn, c)
	if err != nil {
		return greeting(err)
	}
	if c.SMTPUser != "" {
		if err := client.Auth(login(client, c)); err != nil {
			return greeting(err)
		}
	}
	return deliver(client, c.Address, rcpt, raw)
}

// greet says hello, encrypted as the account wants it.
func (ch *Channel) greet(conn net.Conn, c Config) (client *smtp.Client, err error) {
	config := &tls.Config{}
	if ch.ClientTLS != nil {
		config = ch.ClientTLS.Clone()
	}
	config.ServerName, config.MinVersion = c.SMTPHost, tls.VersionTLS12
	switch c.SMTPSecurity {
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
func login(client *smtp.Client, c Config) sasl.Client {
	if !client.SupportsAuth(sasl.Plain) && client.SupportsAuth(sasl.Login) {
		return sasl.NewLoginClient(c.SMTPUser, c.SMTPPassword)
	}
	return sasl.NewPlainClient("", c.SMTPUser, c.SMTPPassword)
}

func deliver(client *smtp.Client, from string, rcpt []string, raw []byte) error {
	options := &smtp.MailOptions{Size: int64(len(raw))}
	if strings.ContainsFunc(strings.Join(rcpt, ""), func(r rune) bool { return r >= 0x7f }) {
		if ok, _ := client.Extension("SMTPUTF8"); !ok {
			return reject("The mail server takes no addresses with letters outside a to z.")
		}
		options.UTF8 = true
	}
	if err := client.Mail(from, options); err != nil {
		return before(err, "")
	}
	for i, r := range rcpt {
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

// unreachable is an error before anything was said.
func unreachable(err error) *channel.SendError {
	return &channel.SendError{Class: channel.Retry, Reason: desk.Line("The mail server cannot be reached: "+err.Error(), 300)}
}

// greeting says what an error means before a mail was offered: a refusal is one
// of the account, not of the mail.
func greeting(err error) *channel.SendError {
	code, _, text := status(err)
	se := &channel.SendError{Class: channel.Unauth, Code: codeOf(err), Reason: "The mail server refuses us: " + text}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case untrusted:
		se.Reason = "The certificate of the mail server is not valid: " + err.Error()
	case strings.Contains(err.Error(), "doesn't support STARTTLS"):
		se.Reason = "The mail server offers no STARTTLS. Choose another security in the settings."
	case code == 0:
		return unreachable(err)
	case code < 500:
		se.Class, se.Reason = channel.Retry, "The mail server asks us to wait: "+text
	case code == 530 || code == 534 || code == 535 || code == 538:
		se.Reason = "The mail server refuses our name and password: " + text
	}
	se.Reason = desk.Line(se.Reason, 300)
	return se
}

// before says what an error means while no mail has been handed over. rcpt is the
// recipient it is about, if it is about one.
func before(err error, rcpt string) *channel.SendError {
	code, enhanced, text := status(err)
	if code == 0 {
		return unreachable(err)
	}
	se := byCode(err)
	if code >= 500 && rcpt != "" {
		se.Reason = desk.Line("The mail server refuses "+rcpt+": "+text, 300)
		// RFC 3463, 3.2: the address is bad, there is no such host, it has moved.
		if enhanced[0] == 5 && enhanced[1] == 1 && (enhanced[2] == 1 || enhanced[2] == 2 || enhanced[2] == 3 || enhanced[2] == 6 || enhanced[2] == 10) {
			se.Class = channel.Gone
			se.Reason = desk.Line("The address "+rcpt+" does not exist: "+text, 300)
		}
	}
	return se
}

// after says what an error means once the final dot was on its way: without a
// code of the server nobody knows whether the mail was taken.
func after(err error) *channel.SendError {
	if code, _, _ := status(err); code != 0 {
		return byCode(err)
	}
	return &channel.SendError{Class: channel.Ambiguous, Reason: "The connection broke when the mail was handed over. It may have arrived."}
}

// byCode reads a reply of the server (RFC 5321, 4.2).
func byCode(err error) *channel.SendError {
	code, enhanced, text := status(err)
	se := &channel.SendError{Class: channel.Reject, Code: codeOf(err), Reason: "The mail server refuses the mail: " + text}
	switch {
	case code < 500:
		se.Class, se.Reason = channel.Retry, "The mail server asks us to wait: "+text
	case code == 530 || code == 535:
		se.Class, se.Reason = channel.Unauth, "The mail server wants us to sign in: "+text
	case code == 552 || enhanced[1] == 3 && enhanced[2] == 4:
		se.Reason = "The mail is too large for the mail server: " + text
	}
	se.Reason = desk.Line(se.Reason, 300)
	return se
}

// status returns the code of the server's reply, or 0 if err is none.
func status(err error) (code int, enhanced smtp.EnhancedCode, text string) {
	if se, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return se.Code, se.EnhancedCode, se.Message
	}
	return 0, smtp.EnhancedCode{}, ""
}

// codeOf returns the reply's codes as people look them up: "550 5.1.1".
func codeOf(err error) string {
	code, e, _ := status(err)
	switch {
	case code == 0:
		return ""
	case e[0] <= 0:
		return strconv.Itoa(code)
	}
	return strconv.Itoa(code) + " " + strconv.Itoa(e[0]) + "." + strconv.Itoa(e[1]) + "." + strconv.Itoa(e[2])
}
