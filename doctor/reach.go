package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"strings"
	"time"
)

// get asks an address of the install for its health.
func (d *look) get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := d.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return resp, fmt.Errorf("it answers with %s", resp.Status)
	}
	return resp, nil
}

// server: HTTPS on its own address has a certificate for the public name, so
// there only the connection is tried.
func (d *look) server(ctx context.Context) {
	if d.Listen == "" {
		return
	}
	address := d.Listen
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	var err error
	if d.HTTPS {
		var conn net.Conn
		if conn, err = d.Dial(ctx, "tcp", address); err == nil {
			_ = conn.Close() // it was there
		}
	} else {
		_, err = d.get(ctx, "http://"+address+"/readyz")
	}
	if err != nil {
		d.say("server", Fail, "Start it: parley serve, or systemctl start parley. If it runs, give the address it has: --listen.", "Parley does not answer on %s: %s", d.Listen, err)
		return
	}
	d.say("server", OK, "", "Parley answers on %s.", d.Listen)
}

func (d *look) public(ctx context.Context) {
	if d.PublicURL == "" {
		d.say("public address", Warn, "Set it: --public-url https://…, so that links in mails are right and cookies are kept to HTTPS.", "No public address is set.")
		return
	}
	before := d.Now()
	resp, err := d.get(ctx, strings.TrimRight(d.PublicURL, "/")+"/healthz")
	if err != nil {
		d.say("public address", Fail, "Check the name in DNS, the proxy in front, and the firewall. Some networks cannot reach their own public address from inside: then try from elsewhere.", "%s cannot be reached from here: %s", d.PublicURL, err)
		return
	}
	if !strings.HasPrefix(d.PublicURL, "https://") {
		d.say("public address", Warn, "Put HTTPS in front, or let Parley do it: --acme-domain, or --tls-cert.", "%s answers, without encryption: passwords can be read on the way.", d.PublicURL)
	} else {
		d.say("public address", OK, "", "%s answers.", d.PublicURL)
	}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		d.expiry("certificate", resp.TLS.PeerCertificates[0], "of "+d.PublicURL)
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		// The header has whole seconds.
		d.compareClock("clock of the web", at.Add(500*time.Millisecond), before, d.PublicURL)
	}
}

func (d *look) expiry(name string, cert *x509.Certificate, of string) {
	left := cert.NotAfter.Sub(d.Now())
	state := OK
	switch {
	case left < 3*24*time.Hour:
		state = Fail
	case left < 14*24*time.Hour:
		state = Warn
	}
	d.say(name, state, "Renew it. Certificates by ACME are renewed 30 days before: the log says why not.", "The certificate %s is good until %s.", of, cert.NotAfter.Format(time.DateOnly))
}

func (d *look) certificate(context.Context) {
	if d.CertFile == "" {
		return
	}
	b, err := os.ReadFile(d.CertFile)
	if err == nil {
		block, _ := pem.Decode(b)
		if block == nil {
			err = fmt.Errorf("there is no certificate in it")
		} else {
			var cert *x509.Certificate
			if cert, err = x509.ParseCertificate(block.Bytes); err == nil {
				d.expiry("certificate file", cert, "in "+d.CertFile)
				return
			}
		}
	}
	d.say("certificate file", Fail, "Give the right file: --tls-cert.", "The certificate %s cannot be read: %s", d.CertFile, err)
}

func (d *look) mailIn(ctx context.Context) {
	if d.SMTP == "" {
		d.say("mail in", Skip, "", "No mail is taken in by SMTP.")
		return
	}
	c, err := d.speak(ctx, d.SMTP)
	if err != nil {
		d.say("mail in", Fail, "Is Parley running with this address (--smtp)?", "Nobody takes mail on %s: %s", d.SMTP, err)
		return
	}
	_ = c.Close() // it greeted us
	d.say("mail in", OK, "", "Mail is taken in on %s.", d.SMTP)
}

// speak begins a conversation with a mail server.
func (d *look) speak(ctx context.Context, address string) (*smtp.Client, error) {
	conn, err := d.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	host, _, _ := net.SplitHostPort(address)
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		_ = conn.Close() // it is no mail server
		return nil, err
	}
	return c, c.Hello("localhost")
}

func (d *look) relay(ctx context.Context) {
	if d.Relay == "" {
		d.say("mail out", Skip, "", "No relay is set; inboxes with a submission server of their own do not need one.")
		return
	}
	c, err := d.speak(ctx, d.Relay)
	if err != nil {
		d.say("mail out", Fail, "Check the address (--relay), the firewall, and that the relay runs.", "The relay %s does not answer: %s", d.Relay, err)
		return
	}
	defer c.Close()
	d.say("mail out", OK, "", "The relay %s answers.", d.Relay)
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return
	}
	host, _, _ := net.SplitHostPort(d.Relay)
	// Only the date is looked at here: whether the name is right is checked by whoever sends.
	if err := c.StartTLS(&tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}); err != nil {
		d.say("relay's certificate", Warn, "Look at the relay's TLS settings.", "The relay offers encryption, and it fails: %s", err)
		return
	}
	if state, ok := c.TLSConnectionState(); ok && len(state.PeerCertificates) > 0 {
		d.expiry("relay's certificate", state.PeerCertificates[0], "of "+d.Relay)
	}
}
