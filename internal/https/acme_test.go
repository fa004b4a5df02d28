package https

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"

	"parley/internal/safehttp"
)

// authority is Pebble, the ACME server that Let's Encrypt tests clients with,
// and a DNS server in which every name is this machine.
type authority struct {
	*httptest.Server
	issued atomic.Int64
	roots  *x509.CertPool // of the certificates it issues
}

func newAuthority(t *testing.T, httpPort, tlsPort int) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0") // by chance it refuses a good request, which then comes twice
	dns := free(t)
	names, err := challtestsrv.New(challtestsrv.Config{DNSAddrs: []string{dns}, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	names.SetDefaultDNSIPv4("127.0.0.1")
	names.SetDefaultDNSIPv6("")
	go names.Run()
	t.Cleanup(names.Shutdown)

	quiet := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: 90 * 24 * 3600}})
	a := &authority{roots: x509.NewCertPool()}
	if !a.roots.AppendCertsFromPEM(issuer.GetRootCert(0).PEM()) {
		t.Fatal("the authority has no root")
	}
	front := wfe.New(quiet, store, va.New(quiet, httpPort, tlsPort, true, dns, store), issuer, []string{"pebble"}, true, false, 0, 0)
	inner := front.Handler()
	a.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/finalize-order/") {
			a.issued.Add(1)
		}
		inner.ServeHTTP(w, r)
	}))
	a.Config.ErrorLog = quiet
	a.StartTLS()
	t.Cleanup(a.Close)
	return a
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func port(t *testing.T, address string) int {
	t.Helper()
	return int(netip.MustParseAddrPort(address).Port())
}

// manager returns a manager for desk.example.com at an authority.
func (a *authority) manager(t *testing.T, folder string) *Manager {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate())
	return NewManager(ACME{
		Domains: []string{"desk.example.com"}, Email: "ops@example.com", Directory: a.URL + "/dir", Folder: folder,
		Client: safehttp.Rooted(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, roots),
	})
}

// serve serves a page by HTTPS.
func serve(t *testing.T, address string, config *tls.Config) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })}
	go srv.ServeTLS(l, "", "")
	t.Cleanup(func() { srv.Close() })
}

// ask gets a page from address as name and returns the certificate it came with.
func ask(t *testing.T, address, name string, roots *x509.CertPool) (*x509.Certificate, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, err := (&tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}}}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

// A certificate comes with the first visitor, proven on the HTTPS port alone;
// after a restart it is still there, and no other name gets one.
func TestCertificateByACME(t *testing.T) {
	address, folder := free(t), t.TempDir()
	a := newAuthority(t, 1, port(t, address)) // nothing answers on port 1: it must be TLS-ALPN-01
	serve(t, address, a.manager(t, folder).Config())
	if _, err := ask(t, address, "evil.example.com", a.roots); err == nil || a.issued.Load() != 0 {
		t.Errorf("a name that is not ours got a certificate: %v", err)
	}
	cert, err := ask(t, address, "desk.example.com", a.roots)
	if err != nil {
		t.Fatal(err)
	}
	if cert.VerifyHostname("desk.example.com") != nil || a.issued.Load() != 1 {
		t.Errorf("a certificate for %q, %d were issued", cert.DNSNames, a.issued.Load())
	}
	again := free(t)
	serve(t, again, a.manager(t, folder).Config())
	kept, err := ask(t, again, "desk.example.com", a.roots)
	if err != nil || !kept.Equal(cert) || a.issued.Load() != 1 {
		t.Errorf("after a restart: %v, %d were issued", err, a.issued.Load())
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", f.Name(), info.Mode())
		}
	}
}

// Where the authority cannot reach the HTTPS port, the address that redirects
// answers it by HTTP.
func TestCertificateByHTTPChallenge(t *testing.T) {
	address, plain := free(t), free(t)
	a := newAuthority(t, port(t, plain), 1)
	m := a.manager(t, t.TempDir())
	l, err := net.Listen("tcp", plain)
	if err != nil {
		t.Fatal(err)
	}
	redirect := &http.Server{Handler: m.Challenges(Redirect("https://desk.example.com"))}
	go redirect.Serve(l)
	t.Cleanup(func() { redirect.Close() })
	serve(t, address, m.Config())
	if _, err := ask(t, address, "desk.example.com", a.roots); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get("http://" + plain + "/all?x=1")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusMovedPermanently || to != "https://desk.example.com/all?x=1" {
		t.Errorf("%d to %q", resp.StatusCode, to)
	}
}
