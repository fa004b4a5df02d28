// Package safehttp is the one way out: an HTTP client that refuses to be sent to
// where the program runs. The address is checked after it was resolved, at every
// connection, redirects included.
package safehttp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// The ways in which this package ends a request.
var (
	ErrRefused  = errors.New("this address is not reachable from Parley: it is not public")
	ErrRedirect = errors.New("this redirect is not followed")
	ErrTooLarge = errors.New("the answer is too large")
)

// MaxBody is how many bytes of an answer can be read.
const MaxBody = 10 << 20

// maxRedirects is how many redirects are followed.
const maxRedirects = 3

// Dialer returns a dialer that connects by TCP to public addresses and to those
// of allow. Anything else is ErrRefused before a packet is sent.
func Dialer(allow []netip.Prefix) *net.Dialer {
	return &net.Dialer{
		Timeout: 10 * time.Second, KeepAlive: 30 * time.Second,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || network != "tcp4" && network != "tcp6" || !Allowed(ap.Addr(), allow) {
				return fmt.Errorf("%w (%s)", ErrRefused, address)
			}
			return nil
		},
	}
}

// New returns a client that connects to public addresses and to those of allow.
// It uses no proxy, which would resolve names in its own way; it follows three
// redirects, none from https to http; it gives up after timeout, and on answers
// of more than MaxBody bytes.
func New(timeout time.Duration, allow []netip.Prefix) *http.Client {
	return Rooted(timeout, allow, nil)
}

// Rooted is New for servers whose certificates a CA of one's own has signed; nil
// is the system's CAs.
func Rooted(timeout time.Duration, allow []netip.Prefix, roots *x509.CertPool) *http.Client {
	t := &http.Transport{
		DialContext: Dialer(allow).DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: timeout, MaxIdleConnsPerHost: 4,
		IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
	if roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Timeout: timeout, Transport: capped{t}, CheckRedirect: redirect}
}

func redirect(r *http.Request, via []*http.Request) error {
	switch last := via[len(via)-1].URL; {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: there were %d before it", ErrRedirect, maxRedirects)
	case r.URL.Scheme != "https" && r.URL.Scheme != "http":
		return fmt.Errorf("%w: it leads to %s", ErrRedirect, r.URL.Scheme)
	case last.Scheme == "https" && r.URL.Scheme == "http":
		return fmt.Errorf("%w: it leads from https to http", ErrRedirect)
	}
	return nil
}

// capped limits how much of an answer can be read.
type capped struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (c capped) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &body{resp.Body, MaxBody}
	return resp, nil
}

type body struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader. The byte after the last allowed one is an error,
// not an end: a cut answer must not pass for a whole one.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}
