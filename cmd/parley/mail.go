package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"sync"
	"time"

	"parley/app"
	"parley/channel/email"
	"parley/desk"
	"parley/internal/mailauth"
)

// mailing is how mail comes in and goes out.
type mailing struct {
	SMTP          string `default:"127.0.0.1:2525" env:"PARLEY_SMTP" help:"Address to take mail in on by SMTP; empty for none."`
	LMTP          string `env:"PARLEY_LMTP" help:"Address to take mail in on by LMTP, behind a mail server of your own."`
	SMTPCert      string `env:"PARLEY_SMTP_CERT" type:"path" placeholder:"FILE" help:"Certificate (PEM, with its chain) with which mail is taken in encrypted, by STARTTLS. A renewed one is used at once."`
	SMTPKey       string `env:"PARLEY_SMTP_KEY" type:"path" placeholder:"FILE" help:"The key of that certificate (PEM)."`
	Hostname      string `env:"PARLEY_HOSTNAME" default:"localhost" help:"What the mail server calls itself."`
	Relay         string `env:"PARLEY_RELAY" placeholder:"HOST:PORT" help:"Where mail goes out for inboxes without a submission server of their own."`
	RelaySecurity string `env:"PARLEY_RELAY_SECURITY" enum:"none,starttls,tls" default:"none" help:"How the connection to the relay is encrypted: none, starttls or tls."`
	RelayUser     string `env:"PARLEY_RELAY_USER" placeholder:"NAME" help:"The name with which Parley signs in at the relay."`
	RelayPassword string `env:"PARLEY_RELAY_PASSWORD" placeholder:"SECRET" help:"The password for the relay; better given as a variable."`
	MailDNS       string `env:"PARLEY_MAIL_DNS" placeholder:"HOST:PORT" help:"The DNS server that is asked whether a mail is from whom it says; empty for that of the system, off for none."`
	MailCA        string `env:"PARLEY_MAIL_CA" type:"path" placeholder:"FILE" help:"Certificates (PEM) to trust, beside the system's, for servers that mail is fetched from and goes out through."`
}

// options returns the settings of the mail channel, checked.
func (c mailing) options() (o email.Options, err error) {
	o = email.Options{Listen: c.SMTP, LMTP: c.LMTP, Hostname: c.Hostname, Relay: email.Relay{Address: c.Relay, Security: c.RelaySecurity, User: c.RelayUser, Password: c.RelayPassword}}
	if c.MailDNS != "off" {
		o.DNS = mailauth.NewResolver(c.MailDNS)
	}
	if err := o.Relay.Check(); err != nil {
		return o, desk.Errorf(desk.Invalid, "The settings of the relay do not work: %s.", err)
	}
	if c.MailCA != "" {
		if o.ClientTLS, err = trusting(c.MailCA); err != nil {
			return o, err
		}
	}
	switch {
	case c.SMTPCert == "" && c.SMTPKey == "":
		return o, nil
	case c.SMTPCert == "" || c.SMTPKey == "":
		return o, desk.Errorf(desk.Invalid, "Taking mail in encrypted needs both --smtp-cert and --smtp-key.")
	}
	pair := &keyPair{cert: c.SMTPCert, key: c.SMTPKey}
	if _, err := pair.get(); err != nil {
		return o, desk.Errorf(desk.Invalid, "The certificate for mail cannot be used: %s", err)
	}
	o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair.get() }}
	return o, nil
}

// resolver returns the DNS that is asked whether keys of ours are published; nil asks nobody.
func (c mailing) resolver() app.Resolver {
	if c.MailDNS == "off" {
		return nil
	}
	return mailauth.NewResolver(c.MailDNS)
}

// trusting returns a configuration that trusts the system's certificates and
// those of a file.
func trusting(file string) (*tls.Config, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, desk.Errorf(desk.Invalid, "The certificates to trust cannot be read: %s", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, desk.Errorf(desk.Invalid, "There is no certificate (PEM) in %s.", file)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// keyPair is a certificate that is read again when its files have changed:
// certificates are renewed every few weeks, and nobody restarts a server for that.
type keyPair struct {
	cert, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	changed [2]time.Time // when the files had changed, of what is loaded
}

// get returns the certificate. While the files are being replaced and do not fit
// each other, it is the one before.
func (p *keyPair) get() (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var changed [2]time.Time
	for i, name := range []string{p.cert, p.key} {
		info, err := os.Stat(name)
		if err != nil {
			return p.before(err)
		}
		changed[i] = info.ModTime()
	}
	if p.loaded != nil && changed == p.changed {
		return p.loaded, nil
	}
	pair, err := tls.LoadX509KeyPair(p.cert, p.key)
	if err != nil {
		return p.before(err)
	}
	p.loaded, p.changed = &pair, changed
	return p.loaded, nil
}

func (p *keyPair) before(err error) (*tls.Certificate, error) {
	if p.loaded != nil {
		return p.loaded, nil
	}
	return nil, err
}
