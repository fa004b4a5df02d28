package https

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// write makes a certificate of its own authority and returns its pool.
func write(t *testing.T, cert, key string, serial int64, modified time.Time) *x509.CertPool {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "desk.example.com"}, DNSNames: []string{"desk.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kb}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// A renewed certificate is used without a restart; a half-written one is not.
func TestCertificateFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	start := time.Now()
	var later atomic.Int64
	now := func() time.Time { return start.Add(time.Duration(later.Load())) }
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	if _, err := NewFiles(cert, key, log, now); err == nil {
		t.Error("files that are not there are taken")
	}
	pool := write(t, cert, key, 1, start)
	files, err := NewFiles(cert, key, log, now)
	if err != nil {
		t.Fatal(err)
	}
	address := free(t)
	serve(t, address, files.Config())
	is := func(serial int64) {
		t.Helper()
		got, err := ask(t, address, "desk.example.com", pool)
		if err != nil || got.SerialNumber.Int64() != serial {
			t.Fatalf("it is not certificate %d: %v %v", serial, got, err)
		}
	}
	is(1)
	fresh := write(t, cert, key, 2, start.Add(time.Minute))
	is(1) // nobody looks that often
	later.Add(int64(lookEvery))
	pool = fresh
	is(2)
	if err := os.WriteFile(key, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	later.Add(int64(lookEvery))
	is(2)
	if !strings.Contains(said.String(), "the old one stays") {
		t.Errorf("it says %q", said.String())
	}
	pool = write(t, cert, key, 3, start.Add(2*time.Minute))
	later.Add(int64(lookEvery))
	is(3)
}

// Only a proxy's word counts, and of the list only what proxies wrote:,
// class G of the pages that forge a header.
func TestForwarded(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct{ peer, list, proto, want, scheme string }{
		{"203.0.113.9:5", "", "", "203.0.113.9:5", "http"},
		{"203.0.113.9:5", "1.2.3.4", "https", "203.0.113.9:5", "http"},              // a stranger claims to be somebody
		{"10.0.0.1:5", "1.2.3.4", "https", "1.2.3.4:0", "https"},                    // a proxy
		{"10.0.0.1:5", "6.6.6.6, 1.2.3.4", "http", "1.2.3.4:0", "http"},             // the client had sent a list
		{"10.0.0.1:5", "6.6.6.6, 1.2.3.4, 10.9.9.9", "https", "1.2.3.4:0", "https"}, // two proxies
		{"10.0.0.1:5", "10.7.7.7", "", "10.7.7.7:0", "http"},                        // the client is in the network of the proxies
		{"10.0.0.1:5", "1.2.3.4, nonsense", "", "10.0.0.1:5", "http"},               // unreadable: the peer
		{"10.0.0.1:5", "1.2.3.4, nonsense, 10.2.2.2", "", "10.2.2.2:0", "http"},     // up to there
		{"[::ffff:10.0.0.1]:5", "::ffff:1.2.3.4", "HTTPS", "1.2.3.4:0", "https"},    // v4 written as v6
		{"[fd00::1]:5", "2001:db8::7", "https", "[2001:db8::7]:0", "https"},         // v6
		{"10.0.0.1:5", "1.2.3.4:8080", "https, http", "1.2.3.4:0", "http"},          // an address with a port
		{"10.0.0.1:5", "", "https", "10.0.0.1:5", "https"},                          // no list
		{"@", "1.2.3.4", "https", "@", "http"},                                      // a unix socket
	} {
		var got, scheme string
		left := 0
		h := Forwarded(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, scheme = r.RemoteAddr, r.URL.Scheme
			left = len(r.Header)
		}))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Real-Ip", "9.9.9.9")
		r.Header.Set("X-Forwarded-Host", "evil.example")
		if c.list != "" {
			r.Header.Set("X-Forwarded-For", c.list)
		}
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		want := c.scheme
		if c.proto == "https, http" {
			want = "http"
		}
		if got != c.want || scheme != want || left != 0 {
			t.Errorf("%s with %q and %q: the client is %s by %s, want %s by %s; %d headers left", c.peer, c.list, c.proto, got, scheme, c.want, want, left)
		}
	}
}

func TestHSTSAndRedirect(t *testing.T) {
	for i, c := range []struct{ always, came, want bool }{{false, false, false}, {true, false, true}, {false, true, true}} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.URL.Scheme = "http"
		if c.came {
			r.URL.Scheme = "https"
		}
		HSTS(c.always, http.NotFoundHandler()).ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	h := Redirect("https://desk.example.com/")
	for _, target := range []string{"/", "/a/b?c=d", "//evil.example/x", "/%2e%2e/"} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "http://x/", nil)
		r.RequestURI, r.Host = target, "evil.example"
		r.URL.Opaque = ""
		u, err := r.URL.Parse("http://x" + target)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		h.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); !strings.HasPrefix(to, "https://desk.example.com/") || w.Code != http.StatusMovedPermanently {
			t.Errorf("%s leads to %d %q", target, w.Code, to)
		}
	}
	for _, r := range []*http.Request{httptest.NewRequest("POST", "/api/v1/session", nil), httptest.NewRequest("POST", "/", nil), httptest.NewRequest("GET", "/api/v1/session", nil)} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || w.Header().Get("Location") != "" {
			t.Errorf("%s %s, sent in clear, is answered with %d", r.Method, r.URL.Path, w.Code)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"1.2.3.4", "1.2.3.4, ::1", ",,,", "[::1]:5, x", "10.0.0.1%eth0", strings.Repeat("1.1.1.1,", 100)} {
		f.Add(s)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, list string) {
		a, ok := client(proxies, []string{list})
		if ok && (!a.IsValid() || a.Is4In6() || a.Zone() != "") {
			t.Errorf("%q gives %s", list, a)
		}
	})
}
