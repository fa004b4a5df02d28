package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	netsmtp "net/smtp"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// record is what a program logs; it may be read while the program writes.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// startLogged starts the program of the world and keeps what it logs.
func (w *crashWorld) startLogged(args ...string) *record {
	w.t.Helper()
	log := &record{}
	w.cmd = exec.Command(os.Args[0], append(w.args, args...)...)
	w.cmd.Env = append(os.Environ(), "PARLEY_TEST_MAIN=1")
	w.cmd.Stderr = log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for !w.call("GET", "/readyz", nil, nil) {
		if time.Now().After(deadline) {
			w.t.Fatalf("the program did not start:\n%s", log)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return log
}

// end stops the program as an operator does.
func (w *crashWorld) end() {
	w.t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Error(err)
	}
	if err := w.cmd.Wait(); err != nil {
		w.t.Errorf("it ended with %v", err)
	}
}

// mark is in everything that people write in the test, and in nothing else.
const mark = "xyzzymark"

// Whoever reads the log learns nothing of what customers and agents write, of
// who they are, nor any secret: not when all goes well, and not when it fails.
func TestLogHasNoContent(t *testing.T) {
	w := newCrashWorld(t)
	log := w.startLogged("--verbose", "--log-json")
	w.setUp()
	chat, api, _ := strings.Cut(w.key, " ")

	var s struct{ Token string }
	w.must("POST", "/api/widget/v1/"+chat+"/session", map[string]string{}, &s)
	if !w.call("POST", "/api/widget/v1/"+chat+"/messages", map[string]string{"client_id": "client-" + mark, "text": "chat " + mark}, nil, "Authorization", "Bearer "+s.Token) {
		t.Fatal("the chat's message was refused")
	}
	w.call("POST", "/api/widget/v1/"+chat+"/session", map[string]string{"identity": mark + "." + mark + "." + mark}, nil)
	for _, mail := range []string{
		"From: " + mark + " <kim@" + mark + ".example>\r\nTo: support@example.com\r\nSubject: " + mark + "\r\nMessage-ID: <" + mark + "@example.org>\r\n\r\nHello " + mark + "\r\n",
		"this is no mail " + mark,
		"From: kim@example.org\r\nContent-Type: multipart/mixed; boundary=" + mark + "\r\n\r\n--" + mark + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + mark + "!!\r\n",
	} {
		_ = netsmtp.SendMail(w.smtp, nil, mark+"@example.org", []string{"support@example.com"}, []byte(mail)) // a broken one may be refused
		_ = netsmtp.SendMail(w.smtp, nil, "kim@example.org", []string{mark + "@nowhere.example"}, []byte(mail))
	}
	w.call("POST", "/api/v1/channels/"+api+"/messages", map[string]any{"contact": map[string]string{"external_id": mark, "name": mark, "email": mark + "@example.net"}, "text": mark}, nil,
		"Authorization", "Bearer "+inboundSecret, "Idempotency-Key", mark)
	w.call("POST", "/api/v1/channels/"+api+"/messages", map[string]any{mark: mark}, nil, "Authorization", "Bearer "+mark, "Idempotency-Key", mark)
	w.call("POST", "/api/v1/session", map[string]string{"email": mark + "@example.com", "password": mark}, nil)
	w.call("GET", "/api/v1/workspaces/"+mark+"?q="+mark, nil, nil)
	w.waitFor(3)
	for _, c := range w.waiting() {
		for _, verb := range []string{"reply", "note"} {
			w.call("POST", w.ws+"/conversations/"+c+"/"+verb, map[string]string{"text": verb + " " + mark, "client_id": verb + mark}, nil)
		}
		w.call("POST", w.ws+"/conversations/"+c+"/tag", map[string]any{"add": []string{mark}}, nil)
		w.call("POST", w.ws+"/conversations/"+c+"/close", map[string]string{mark: mark}, nil)
	}
	w.settle()
	w.end()

	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("this line is no JSON: %s", line)
		}
		for _, secret := range []string{mark, inboundSecret, "correct horse", "maja@example.com", "whsec_"} {
			if strings.Contains(strings.ToLower(line), secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
	if len(lines) < 1 || !strings.Contains(log.String(), "stopping") {
		t.Errorf("the log is not what the program logged: %q", lines)
	}
}

// waiting returns the conversations that wait for an answer.
func (w *crashWorld) waiting() (ids []string) {
	w.t.Helper()
	var list struct{ Items []struct{ ID string } }
	w.must("GET", w.ws+"/conversations?view=all&tab=open&limit=100", nil, &list)
	for _, c := range list.Items {
		ids = append(ids, c.ID)
	}
	return ids
}

func (w *crashWorld) waitFor(n int) {
	w.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for len(w.waiting()) < n {
		if time.Now().After(deadline) {
			w.t.Fatalf("%d conversations, not %d", len(w.waiting()), n)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// The commands of an operator work beside the running program, and the first
// thing that is wrong makes them fail.
func TestOperatorsCommands(t *testing.T) {
	w := newCrashWorld(t)
	w.startLogged()
	w.setUp()
	run := func(args ...string) (string, bool) {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = append(os.Environ(), "PARLEY_TEST_MAIN=1")
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	data, database := w.args[2], w.args[6]
	at := []string{"--data", data, "--database", database}
	file, fresh := data+"/../backup", data+"/../fresh"
	for _, c := range []struct {
		ok   bool
		say  string
		args []string
	}{
		{true, "Everything adds up", append([]string{"ledger", "verify"}, at...)},
		{true, "is whole", append([]string{"backup", file}, at...)},
		{false, "already", append([]string{"backup", file}, at...)},
		{true, "It is whole", []string{"restore", "--check", file}},
		{true, "Restored", []string{"restore", file, "--data", fresh}},
		{false, "an install", []string{"restore", file, "--data", fresh}},
		{true, "Everything adds up", []string{"ledger", "verify", "--data", fresh}},
		{true, "up to date", append([]string{"migrate"}, at...)},
		{false, "no snapshot", append([]string{"migrate", "--rollback"}, at...)},
		{false, "no database", []string{"ledger", "verify", "--data", data + "/nowhere"}},
		{false, "does not answer", []string{"ledger", "verify", "--data", data, "--database", "postgres://127.0.0.1:1/none?connect_timeout=1"}},
	} {
		if out, ok := run(c.args...); ok != c.ok || !strings.Contains(out, c.say) {
			t.Errorf("%q: %v\n%s", c.args, ok, out)
		}
	}
	if out, ok := run("healthy", "--listen", strings.TrimPrefix(w.base, "http://")); !ok {
		t.Errorf("a program that runs is not healthy: %s", out)
	}
	if out, ok := run("healthy", "--listen", free(t)); ok || !strings.Contains(out, "does not answer") {
		t.Errorf("a program that does not run is healthy: %s", out)
	}
	if out, ok := run(append([]string{"doctor", "--json", "--listen", strings.TrimPrefix(w.base, "http://"), "--smtp", w.smtp}, at...)...); !json.Valid([]byte(out)) {
		t.Errorf("doctor: %v\n%s", ok, out)
	}
	if strings.HasSuffix(database, ".db") {
		if out, ok := run(append([]string{"serve", "--listen", free(t), "--smtp", ""}, at...)...); ok || !strings.Contains(out, "Another Parley") {
			t.Errorf("a second server on one file: %v\n%s", ok, out)
		}
	}
	w.end()
}

// systemd hears that the program is ready, lives and stops.
func TestTellsSystemd(t *testing.T) {
	w := newCrashWorld(t)
	name := t.TempDir() + "/notify"
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", name)
	t.Setenv("WATCHDOG_USEC", "300000")
	w.startLogged()
	hear := func(want string) {
		t.Helper()
		b := make([]byte, 100)
		if err := l.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for {
			n, err := l.Read(b)
			if err != nil {
				t.Fatalf("%s was not said: %v", want, err)
			}
			if string(b[:n]) == want {
				return
			}
		}
	}
	hear("READY=1")
	hear("WATCHDOG=1")
	hear("WATCHDOG=1")
	w.end()
	hear("STOPPING=1")
}

// With its own certificate the program serves HTTPS, sends HTTP there, and
// tells browsers to stay; metrics are where they were asked for and nowhere else.
func TestEdge(t *testing.T) {
	w := newCrashWorld(t)
	dir := t.TempDir()
	cert, key := dir+"/cert.pem", dir+"/key.pem"
	pool := selfSigned(t, cert, key)
	plain, figures := free(t), free(t)
	https := "https://" + strings.TrimPrefix(w.base, "http://")
	w.base = https
	w.client = &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	w.startLogged("--tls-cert", cert, "--tls-key", key, "--redirect", plain, "--public-url", "https://desk.example.com", "--metrics", figures, "--metrics-token", "a-token")
	get := func(url, token string) (int, http.Header, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := w.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, string(b)
	}
	if status, h, _ := get(https+"/healthz", ""); status != 200 || h.Get("Strict-Transport-Security") == "" {
		t.Errorf("HTTPS is answered with %d %v", status, h)
	}
	if status, h, _ := get("http://"+plain+"/all?q=1", ""); status != 301 || h.Get("Location") != "https://desk.example.com/all?q=1" {
		t.Errorf("HTTP is answered with %d %v", status, h)
	}
	for url, want := range map[string]int{https + "/metrics": 401, "http://" + figures + "/metrics": 200, "http://" + figures + "/": 404} {
		if status, _, _ := get(url, ""); status != want {
			t.Errorf("%s is answered with %d", url, status)
		}
	}
	if status, _, _ := get(https+"/metrics", "another"); status != 401 {
		t.Errorf("with another token: %d", status)
	}
	if status, _, body := get(https+"/metrics", "a-token"); status != 200 || !strings.Contains(body, `parley_http_requests_total{method="GET",route="/healthz",status="200"}`) {
		t.Errorf("with the token: %d %.200s", status, body)
	}
	w.end()
}

// selfSigned writes a certificate for 127.0.0.1 that is its own authority.
func selfSigned(t *testing.T, cert, key string) *x509.CertPool {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	for name, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kb}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}
