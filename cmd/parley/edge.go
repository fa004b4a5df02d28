package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/desk"
	"parley/internal/https"
	"parley/internal/safehttp"
)

// edge is how Parley is reached: the address, encryption, proxies in front.
type edge struct {
	Listen     string   `default:"127.0.0.1:8080" env:"PARLEY_LISTEN" help:"Address to serve on."`
	PublicURL  string   `env:"PARLEY_PUBLIC_URL" placeholder:"URL" help:"Where people reach Parley, for instance https://desk.example.com; by default what each request says."`
	TrustProxy []string `env:"PARLEY_TRUST_PROXY" placeholder:"CIDR" help:"Networks of proxies in front: their X-Forwarded-For and X-Forwarded-Proto are believed, and nobody else's."`

	TLSCert  string `env:"PARLEY_TLS_CERT" type:"path" placeholder:"FILE" help:"Serve HTTPS with this certificate (PEM, with its chain); it is read again when it changes."`
	TLSKey   string `env:"PARLEY_TLS_KEY" type:"path" placeholder:"FILE" help:"The key of that certificate."`
	Redirect string `env:"PARLEY_REDIRECT" placeholder:"HOST:PORT" help:"Address on which HTTP is sent on to HTTPS, for instance :80; the HTTP challenge of ACME is answered there too."`

	ACMEDomain    []string `name:"acme-domain" env:"PARLEY_ACME_DOMAIN" placeholder:"NAME" help:"Serve HTTPS with certificates that Parley gets and renews by itself (ACME). Using it accepts the authority's terms."`
	ACMEEmail     string   `name:"acme-email" env:"PARLEY_ACME_EMAIL" placeholder:"ADDRESS" help:"Whom the authority may write to."`
	ACMEDirectory string   `name:"acme-directory" env:"PARLEY_ACME_DIRECTORY" placeholder:"URL" help:"The authority's address; by default Let's Encrypt."`
	ACMERoots     string   `name:"acme-roots" env:"PARLEY_ACME_ROOTS" type:"path" placeholder:"FILE" help:"CA certificates (PEM) by which that address is known, for an authority of your own."`
}

// settled is an edge whose settings were checked.
type settled struct {
	edge
	proxies []netip.Prefix
	tls     *tls.Config // nil serves HTTP
	manager *https.Manager
}

// settle checks the settings and reads what they name.
func (e edge) settle(data string, allow []string, log *slog.Logger) (s settled, err error) {
	s.edge = e
	if s.proxies, err = networks(e.TrustProxy); err != nil {
		return s, err
	}
	switch {
	case len(e.ACMEDomain) > 0 && e.TLSCert != "":
		return s, desk.Errorf(desk.Invalid, "Give either --tls-cert or --acme-domain, not both.")
	case (e.TLSCert == "") != (e.TLSKey == ""):
		return s, desk.Errorf(desk.Invalid, "A certificate needs its key: give --tls-cert and --tls-key.")
	case e.TLSCert != "":
		files, err := https.NewFiles(e.TLSCert, e.TLSKey, log, time.Now)
		if err != nil {
			return s, desk.Errorf(desk.Invalid, "The certificate cannot be used: %s", err)
		}
		s.tls = files.Config()
	case len(e.ACMEDomain) > 0:
		if err := s.acme(data, allow); err != nil {
			return s, err
		}
		if s.PublicURL == "" {
			s.PublicURL = "https://" + e.ACMEDomain[0]
		}
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	if e.Redirect != "" && !strings.HasPrefix(s.PublicURL, "https://") {
		return s, desk.Errorf(desk.Invalid, "--redirect needs to know where to: give --public-url https://…")
	}
	return s, nil
}

func (s *settled) acme(data string, allow []string) error {
	var roots *x509.CertPool
	if s.ACMERoots != "" {
		pem, err := os.ReadFile(s.ACMERoots)
		roots = x509.NewCertPool()
		if err != nil || !roots.AppendCertsFromPEM(pem) {
			return desk.Errorf(desk.Invalid, "The CA certificates in %s cannot be read (%v).", s.ACMERoots, err)
		}
	}
	prefixes, err := networks(allow)
	if err != nil {
		return err
	}
	s.manager = https.NewManager(https.ACME{
		Domains: s.ACMEDomain, Email: s.ACMEEmail, Directory: s.ACMEDirectory, Folder: filepath.Join(data, "certificates"),
		Client: safehttp.Rooted(30*time.Second, prefixes, roots),
	})
	s.tls = s.manager.Config()
	return nil
}

// secure reports whether people come by HTTPS.
func (s settled) secure() bool { return s.tls != nil || strings.HasPrefix(s.PublicURL, "https://") }

// wrap puts the edge around a handler.
func (s settled) wrap(h http.Handler) http.Handler {
	return https.Forwarded(s.proxies, https.HSTS(s.secure(), h))
}

// redirect serves HTTP beside HTTPS until ctx ends.
func (s settled) redirect(ctx context.Context, log *slog.Logger) error {
	l, err := listen(ctx, s.Redirect)
	if err != nil {
		return err
	}
	h := https.Redirect(s.PublicURL)
	if s.manager != nil {
		h = s.manager.Challenges(h)
	}
	srv := server(h, log)
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() }) // a redirect that is cut off is asked for again
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func networks(texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, desk.Errorf(desk.Invalid, "%q is not a network like 10.1.0.0/16 or 192.0.2.7/32.", text)
		}
		all = append(all, p)
	}
	return all, nil
}
