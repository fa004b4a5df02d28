package main

import (
	"bytes"
	"encoding/json"
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
