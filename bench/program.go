package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const binary = "bin/parley"

// program is the real program, running.
type program struct {
	cmd      *exec.Cmd
	data     string
	database string
	base     string
	log      bytes.Buffer
	client   *http.Client     // the owner's browser
	outside  *http.Client     // a system that is not signed in
	hook     *httptest.Server // takes the answers of the API channel
	ready    time.Duration    // from start to the first good answer of /readyz
	ws       string           // path of the workspace
	inbox    string
	api      string // address of the API channel
	chat     string // key of the web chat
	smtp     string // where it takes mail in; empty for nowhere
	lmtp     string // where mail servers of its own hand mail in; empty for nowhere
	profiles string // address of the program's profiles; empty for none
}

// The owner of the workspace that is measured.
const ownerEmail, ownerPassword = "maja@example.com", "correct horse battery"

const secret = "bench-inbound-secret-of-24-characters"

// idle is the program with a folder of its own, not running yet.
func idle(o options, name string) (*program, error) {
	p := &program{data: filepath.Join(o.dir, name)}
	if err := os.MkdirAll(p.data, 0o700); err != nil {
		return nil, err
	}
	p.database = filepath.Join(p.data, "parley.db")
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	p.client = &http.Client{Jar: jar, Timeout: time.Minute, Transport: transport}
	p.outside = &http.Client{Timeout: time.Minute, Transport: transport}
	if o.profile != "" {
		p.profiles = "127.0.0.1:6070"
	}
	p.hook = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a receiver that is always content
	}))
	return p, nil
}

// start runs the program on a database of its own and sets it up; named ones are kept
// until the measuring ends.
func start(ctx context.Context, o options, name string) (*program, error) {
	p, err := idle(o, name)
	if err != nil {
		return nil, err
	}
	if o.database != "" {
		if p.database, err = schema(ctx, o.database, "bench_"+strings.ReplaceAll(name, "-", "_")); err != nil {
			return nil, err
		}
	}
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	if err := p.setUp(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *program) run(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	p.base = "http://" + address
	p.cmd = exec.CommandContext(ctx, binary, "serve", "--data", p.data, "--database", p.database, "--listen", address, "--smtp", p.smtp, "--lmtp", p.lmtp, "--allow", "127.0.0.0/8", "--trust-proxy", "127.0.0.0/8", "--screens", "0", "--calls", "0")
	if p.profiles != "" {
		p.cmd.Args = append(p.cmd.Args, "--profile", p.profiles)
	}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.Stderr = &p.log
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("%w (make build makes it)", err)
	}
	for time.Since(begin) < 30*time.Second {
		if p.send(ctx, p.outside, "GET", "/readyz", nil, nil) == nil {
			p.ready = time.Since(begin)
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("the program did not start: %s", p.log.String())
}

// stop ends the program as a person would.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == -1 {
		return nil
	}
	return err
}

// memory is the resident memory of the program, in bytes: as the system names it,
// VmRSS for all of it, RssAnon without pages of files that it maps, like those of
// a database that grows, which the system takes back as it likes.
func (p *program) memory(kind string) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if f := strings.Fields(line); len(f) == 3 && f[0] == kind+":" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n * 1024, err
		}
	}
	return 0, errors.New("the system does not tell a process's memory")
}

// call makes one request as the signed-in owner and decodes the answer.
func (p *program) call(ctx context.Context, method, path string, in, out any) error {
	return p.send(ctx, p.client, method, path, in, out)
}

func (p *program) send(ctx context.Context, client *http.Client, method, path string, in, out any, header ...string) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Parley-CSRF", "1")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, b)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// setUp makes a workspace with an inbox that has the API channel and web chat.
func (p *program) setUp(ctx context.Context) error {
	var me struct{ Workspaces []struct{ ID string } }
	err := p.call(ctx, "POST", "/api/v1/setup", map[string]string{"workspace_name": "Bench", "name": "Maja", "email": ownerEmail, "password": ownerPassword}, &me)
	if err != nil {
		return err
	}
	p.ws = "/api/v1/workspaces/" + me.Workspaces[0].ID
	connect := func(name, grouping, kind string, config any) (address string, err error) {
		var inbox struct{ ID string }
		var ch struct{ Address string }
		if err := p.call(ctx, "POST", p.ws+"/inboxes", map[string]string{"name": name, "grouping": grouping}, &inbox); err != nil {
			return "", err
		}
		p.inbox = inbox.ID
		err = p.call(ctx, "POST", p.ws+"/inboxes/"+inbox.ID+"/channels", map[string]any{"kind": kind, "config": config}, &ch)
		return ch.Address, err
	}
	if p.chat, err = connect("Chat", "per_contact", "webchat", map[string]string{}); err != nil {
		return err
	}
	p.api, err = connect("API", "per_thread", "api", map[string]string{
		"webhook_url": p.hook.URL, "inbound_secret": secret, "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	})
	return err
}

// post sends one customer's message through the API channel.
func (p *program) post(ctx context.Context, contact, thread, text, key string) (conversation string, err error) {
	var accepted struct {
		Conversation string `json:"conversation_id"`
	}
	err = p.send(ctx, p.outside, "POST", "/api/v1/channels/"+p.api+"/messages", map[string]any{
		"contact": map[string]string{"external_id": contact, "name": "Kim " + contact}, "thread_id": thread, "text": text,
	}, &accepted, "Authorization", "Bearer "+secret, "Idempotency-Key", key)
	return accepted.Conversation, err
}
