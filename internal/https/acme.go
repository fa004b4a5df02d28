package https

import (
	"crypto/tls"
	"net"
	"net/http"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME says how certificates are got by themselves (RFC 8555).
type ACME struct {
	Domains   []string     // the names to serve; no other gets a certificate
	Email     string       // whom the authority may write to; may be empty
	Directory string       // the authority's; "" is Let's Encrypt
	Folder    string       // where account and certificates are kept
	Client    *http.Client // how the authority is reached
}

// Manager gets certificates when they are first asked for and renews them 30
// days before they end.
type Manager struct{ m *autocert.Manager }

// NewManager returns a manager. Whoever uses it has accepted the terms of the
// authority.
func NewManager(a ACME) *Manager {
	directory := a.Directory
	if directory == "" {
		directory = autocert.DefaultACMEDirectory
	}
	return &Manager{&autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(a.Folder), HostPolicy: autocert.HostWhitelist(a.Domains...), Email: a.Email,
		Client: &acme.Client{DirectoryURL: directory, HTTPClient: a.Client, UserAgent: "parley"},
	}}
}

// Config is a server's, which uses the certificates and proves on the same port
// that the names are ours (TLS-ALPN-01).
func (m *Manager) Config() *tls.Config {
	c := m.m.TLSConfig()
	c.MinVersion = tls.VersionTLS12
	return c
}

// Challenges answers the authority by HTTP (HTTP-01); everything else goes to
// next. Behind a port that is forwarded from 80 the name comes with a port.
func (m *Manager) Challenges(next http.Handler) http.Handler {
	h := m.m.HTTPHandler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, _, err := net.SplitHostPort(r.Host); err == nil {
			r.Host = name
		}
		h.ServeHTTP(w, r)
	})
}
