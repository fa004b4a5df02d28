package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailSystem is the Postfix and the Dovecot of scripts/with-mail.
type mailSystem struct {
	t                                                                       *testing.T
	mx, submission, smtps, imap, user, password, access, ca, cert, key, log string
	deskSMTP, deskLMTP, imaps, lmtp, oauth, xoauth2, dovecot                string
}

func newMailSystem(t *testing.T) *mailSystem {
	m := &mailSystem{t: t}
	for name, v := range map[string]*string{
		"MX": &m.mx, "SUBMISSION": &m.submission, "SMTPS": &m.smtps, "IMAP": &m.imap, "USER": &m.user, "PASSWORD": &m.password, "ACCESS": &m.access,
		"CA": &m.ca, "CERT": &m.cert, "KEY": &m.key, "LOG": &m.log, "DESK_SMTP": &m.deskSMTP, "DESK_LMTP": &m.deskLMTP,
		"IMAPS": &m.imaps, "LMTP": &m.lmtp, "OAUTH": &m.oauth, "XOAUTH2": &m.xoauth2, "DOVECOT": &m.dovecot,
	} {
		if *v = os.Getenv("PARLEY_TEST_MAIL_" + name); *v == "" {
			t.Skipf("PARLEY_TEST_MAIL_%s is not set: run this with scripts/with-mail", name)
		}
	}
	return m
}

// program returns Parley behind this mail system.
func (m *mailSystem) program(args ...string) *program {
	p := newProgram(m.t, append([]string{"--relay", m.mx, "--smtp", m.deskSMTP, "--lmtp", m.deskLMTP, "--hostname", "desk.test", "--smtp-cert", m.cert, "--smtp-key", m.key, "--mail-ca", m.ca, "--allow", "127.0.0.0/8"}, args...)...)
	p.run()
	p.begin()
	return p
}

// swaks sends a mail as a customer, through Postfix.
func (m *mailSystem) swaks(from, to, body string, headers ...string) {
	m.t.Helper()
	args := []string{"--server", m.mx, "-tls", "--from", from, "--to", to, "--body", body, "--h-From", from}
	for i := 0; i+1 < len(headers); i += 2 {
		args = append(args, "--header", headers[i]+": "+headers[i+1])
	}
	if out, err := exec.Command("swaks", args...).CombinedOutput(); err != nil {
		m.t.Fatalf("swaks: %v\n%s", err, out)
	}
}

// refuse says what happens to recipients at submission, one rule a line.
func (m *mailSystem) refuse(rules ...string) {
	m.t.Helper()
	if err := os.WriteFile(m.access, []byte(strings.Join(rules, "\n")+"\n"), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// inbox returns the mails of a customer, oldest first, as they lie in Dovecot.
func (m *mailSystem) inbox(user string) (all []string) {
	m.t.Helper()
	c, err := net.DialTimeout("tcp", m.imap, 10*time.Second)
	if err != nil {
		m.t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		m.t.Fatal(err)
	}
	r := bufio.NewReader(c)
	for i, command := range []string{"", "LOGIN " + user + " " + m.password, "SELECT INBOX", "FETCH 1:* BODY.PEEK[]", "LOGOUT"} {
		tag := fmt.Sprintf("a%d", i)
		if i > 0 {
			if _, err := fmt.Fprintf(c, "%s %s\r\n", tag, command); err != nil {
				m.t.Fatal(err)
			}
		}
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				m.t.Fatalf("IMAP %s: %v", command, err)
			}
			if body, size, ok := strings.Cut(strings.TrimSuffix(line, "}\r\n"), "BODY[] {"); ok && strings.HasPrefix(body, "* ") {
				n, err := strconv.Atoi(size)
				if err != nil {
					m.t.Fatalf("IMAP: %q", line)
				}
				raw := make([]byte, n)
				if _, err := io.ReadFull(r, raw); err != nil {
					m.t.Fatal(err)
				}
				all = append(all, string(raw))
			}
			if i == 0 || strings.HasPrefix(line, tag+" ") {
				// An empty mailbox has no 1:*, says Dovecot.
				if strings.Contains(line, " NO ") || strings.Contains(line, " BAD ") && !strings.Contains(line, "Invalid messageset") {
					m.t.Fatalf("IMAP %s: %s", command, line)
				}
				break
			}
		}
	}
	return all
}

// arrive waits until a customer has n mails whose subject contains s.
func (m *mailSystem) arrive(user, s string, n int) (found []string) {
	m.t.Helper()
	eventually(m.t, fmt.Sprintf("%d mails %q for %s", n, s, user), func() bool {
		found = nil
		for _, raw := range m.inbox(user) {
			if h, err := mail.ReadMessage(strings.NewReader(raw)); err == nil && strings.Contains(decoded(h.Header.Get("Subject")), s) {
				found = append(found, raw)
			}
		}
		return len(found) >= n
	})
	if len(found) != n {
		m.t.Errorf("%s has %d mails %q, want %d", user, len(found), s, n)
	}
	return found
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(40 * time.Second); !so(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}

// line is a connection to a submission server that can be down, and that can
// break when a mail has been handed over.
type line struct {
	t      *testing.T
	to     string
	addr   string
	mu     sync.Mutex
	l      net.Listener
	cutAt  int // after this many bytes of the client, what the server says is lost
	broken chan struct{}
}

// newLine returns a line that is down.
func newLine(t *testing.T, to string) *line {
	return &line{t: t, to: to, addr: free(t), broken: make(chan struct{}, 100)}
}

func (n *line) up() {
	n.t.Helper()
	l, err := net.Listen("tcp", n.addr)
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	n.l = l
	n.mu.Unlock()
	n.t.Cleanup(n.down)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go n.carry(c)
		}
	}()
}

func (n *line) down() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.l != nil {
		_ = n.l.Close()
		n.l = nil
	}
}

// cut makes the line lose the server's answer to mails of more than size bytes.
func (n *line) cut(size int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cutAt = size
}

func (n *line) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", n.to)
	if err != nil {
		return
	}
	defer server.Close()
	n.mu.Lock()
	cutAt := n.cutAt
	n.mu.Unlock()
	var mu sync.Mutex
	sent := 0
	go func() {
		buf := make([]byte, 32<<10)
		for {
			k, err := client.Read(buf)
			mu.Lock()
			sent += k
			mu.Unlock()
			if _, werr := server.Write(buf[:k]); err != nil || werr != nil {
				_ = server.Close()
				return
			}
		}
	}()
	buf := make([]byte, 32<<10)
	for {
		k, err := server.Read(buf)
		mu.Lock()
		lost := cutAt > 0 && sent > cutAt
		mu.Unlock()
		if lost {
			n.broken <- struct{}{}
			return
		}
		if _, werr := client.Write(buf[:k]); err != nil || werr != nil {
			return
		}
	}
}

func split(t *testing.T, address string) (host string, port int) {
	t.Helper()
	host, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}
