package safehttp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var (
	loopback = prefixes("127.0.0.0/8", "::1/128")
	onlyOne  = prefixes("127.0.0.1/32")
)

func TestAddresses(t *testing.T) {
	for _, s := range []string{"8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "11.0.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		if !Allowed(netip.MustParseAddr(s), nil) {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{
		"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "::7f00:1", "0.0.0.0", "::", "::ffff:0.0.0.0",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd00::1", "fc00::1", "::ffff:10.0.0.1", "::ffff:192.168.0.1",
		"169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
		"224.0.0.1", "239.255.255.255", "ff02::1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9",
		"::ffff:0:7f00:1", "::ffff:0:169.254.169.254", "64:ff9b:1::7f00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fec0::1",
	} {
		if Allowed(netip.MustParseAddr(s), nil) {
			t.Errorf("%s is allowed", s)
		}
	}
	if Allowed(netip.Addr{}, nil) || Allowed(netip.Addr{}, loopback) {
		t.Error("no address at all is allowed")
	}
	for s, want := range map[string]bool{"127.0.0.1": true, "::ffff:127.0.0.1": true, "127.0.0.2": false, "10.0.0.1": false, "8.8.8.8": true} {
		if Allowed(netip.MustParseAddr(s), onlyOne) != want {
			t.Errorf("%s with 127.0.0.1 allowed: not %v", s, want)
		}
	}
}

func get(t testing.TB, c *http.Client, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// serve answers at an address of this machine.
func serve(t testing.TB, address string, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// However this machine is called, it is not reached; with its network allowed it is.
func TestThisMachineIsNotReached(t *testing.T) {
	s := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := New(10*time.Second, nil)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "[::]", "0.0.0.0"} {
		if got, err := get(t, c, "http://"+host+":"+port+"/"); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %q, %v", host, got, err)
		}
	}
	if got, err := get(t, New(10*time.Second, loopback), s.URL); err != nil || got != "inside" {
		t.Errorf("allowed, but %q, %v", got, err)
	}
}

// A redirect is checked like a first address (GHSA of others: check, then redirect).
func TestRedirects(t *testing.T) {
	inside := serve(t, "127.0.0.2:0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	front := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			http.Redirect(w, r, inside.URL, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/", "/1", "/2", "/3", "/4":
			n := strings.TrimPrefix(r.URL.Path, "/")
			if n == "1" {
				_, _ = io.WriteString(w, "end")
				return
			}
			http.Redirect(w, r, map[string]string{"4": "/3", "3": "/2", "2": "/1", "": "/4"}[n], http.StatusFound)
		}
	})
	c := New(10*time.Second, onlyOne)
	for path, want := range map[string]error{"/in": ErrRefused, "/file": ErrRedirect, "/": ErrRedirect} {
		if got, err := get(t, c, front.URL+path); !errors.Is(err, want) {
			t.Errorf("%s: %q, %v; want %v", path, got, err, want)
		}
	}
	if got, err := get(t, c, front.URL+"/4"); err != nil || got != "end" {
		t.Errorf("three redirects: %q, %v", got, err)
	}
	secure := httptest.NewTLSServer(http.RedirectHandler(front.URL+"/1", http.StatusFound))
	defer secure.Close()
	c.Transport.(capped).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	if got, err := get(t, c, secure.URL); !errors.Is(err, ErrRedirect) {
		t.Errorf("from https to http: %q, %v", got, err)
	}
}

func TestNoProxy(t *testing.T) {
	proxy := serve(t, "127.0.0.1:0", func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	s := serve(t, "127.0.0.2:0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	if got, err := get(t, New(10*time.Second, loopback), s.URL); err != nil || got != "direct" {
		t.Errorf("%q, %v", got, err)
	}
}

// An answer of exactly the limit is read; one byte more is an error.
func TestLargeAnswers(t *testing.T) {
	s := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		n := MaxBody
		if r.URL.Path == "/more" {
			n++
		}
		_, _ = w.Write(bytes.Repeat([]byte("x"), n))
	})
	c := New(30*time.Second, loopback)
	if got, err := get(t, c, s.URL); err != nil || len(got) != MaxBody {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := get(t, c, s.URL+"/more"); !errors.Is(err, ErrTooLarge) || len(got) != MaxBody {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// A small answer that unpacks to a large one is a large one.
func TestPackedAnswers(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(make([]byte, 4*MaxBody)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	if got, err := get(t, New(30*time.Second, loopback), s.URL); !errors.Is(err, ErrTooLarge) || len(got) != MaxBody {
		t.Errorf("%d bytes of %d, %v", len(got), packed.Len(), err)
	}
}

// A name that leads elsewhere at the second look (DNS rebinding) gains nothing: the
// address is checked that is connected to, at every connection.
func TestNamesAreNotTrusted(t *testing.T) {
	s := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d := Dialer(nil)
	// Both answers that a resolver may give, in the forms in which they are dialled.
	for _, address := range []string{"127.0.0.1:" + port, "[::ffff:7f00:1]:" + port, "[::1]:" + port, "localhost:" + port} {
		conn, err := d.DialContext(t.Context(), "tcp", address)
		if !errors.Is(err, ErrRefused) {
			if err == nil {
				conn.Close()
			}
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, network := range []string{"udp", "unix"} {
		if conn, err := d.DialContext(t.Context(), network, "127.0.0.1:"+port); !errors.Is(err, ErrRefused) {
			if err == nil {
				conn.Close()
			}
			t.Errorf("%s: %v", network, err)
		}
	}
}

func TestTimeout(t *testing.T) {
	s := serve(t, "127.0.0.1:0", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := get(t, New(50*time.Millisecond, loopback), s.URL)
	if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
		t.Errorf("a server that never answers: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := New(time.Minute, loopback).Do(req); !errors.Is(err, context.Canceled) {
		if err == nil {
			resp.Body.Close()
		}
		t.Errorf("cancelled: %v", err)
	}
}
