package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/store/storetest"
)

// TestMain lets the test binary be the program that the tests start and kill.
func TestMain(m *testing.M) {
	if os.Getenv("PARLEY_TEST_MAIN") != "" {
		os.Unsetenv("PARLEY_TEST_MAIN")
		main()
		return
	}
	os.Exit(m.Run())
}

// program is Parley itself, in a process of its own, on a database of its own.
type program struct {
	t        *testing.T
	args     []string
	base     string
	postgres string // its database, if that is PostgreSQL
	ws       string // the path of its workspace, from begin
	cmd      *exec.Cmd
	client   *http.Client
	log      bytes.Buffer
}

func newProgram(t *testing.T, args ...string) *program {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, listen := t.TempDir(), free(t)
	p := &program{t: t, base: "http://" + listen, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	database := storetest.Migrated(t)
	if strings.HasPrefix(database, "postgres") {
		p.postgres = database
	} else {
		to := filepath.Join(dir, "parley.db")
		if err := os.Rename(database, to); err != nil {
			t.Fatal(err)
		}
		database = to
	}
	p.args = append([]string{"serve", "--data", dir, "--listen", listen, "--database", database}, args...)
	return p
}

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.Command(os.Args[0], p.args...)
	p.cmd.Env = append(os.Environ(), "PARLEY_TEST_MAIN=1")
	p.log.Reset()
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		resp, err := p.client.Get(p.base + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the program did not start:\n%s", p.log.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *program) kill() {
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Error(err)
	}
	_ = p.cmd.Wait() // it says that it was killed
}

// run starts the program until the test ends.
func (p *program) run() {
	p.t.Helper()
	p.start()
	p.t.Cleanup(func() {
		p.kill()
		if p.t.Failed() {
			p.t.Logf("the program says:\n%s", p.log.String())
		}
	})
}

// call makes a request and decodes a good answer; false is any other.
func (p *program) call(method, path string, in, out any, header ...string) bool {
	return p.callAs(p.client, method, path, in, out, header...)
}

func (p *program) callAs(client *http.Client, method, path string, in, out any, header ...string) bool {
	return p.ask(client, method, path, in, out, header...) == ""
}

func (p *program) must(method, path string, in, out any) {
	p.t.Helper()
	if problem := p.ask(p.client, method, path, in, out); problem != "" {
		p.t.Fatalf("%s %s: %s", method, path, problem)
	}
}

// ask makes a request and decodes a good answer; else it returns what is wrong.
func (p *program) ask(client *http.Client, method, path string, in, out any, header ...string) string {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err.Error()
		}
		body = bytes.NewReader(b)
	}
	return p.send(client, method, path, "application/json", body, out, header...)
}

func (p *program) send(client *http.Client, method, path, contentType string, body io.Reader, out any, header ...string) string {
	req, err := http.NewRequest(method, p.base+path, body)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Parley-CSRF", "1")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error() // the program was killed
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err.Error()
	case resp.StatusCode >= 300:
		return resp.Status + " " + string(b)
	case out == nil || len(b) == 0:
		return ""
	}
	if err := json.Unmarshal(b, out); err != nil {
		return err.Error()
	}
	return ""
}

// begin makes the workspace and signs in.
func (p *program) begin() {
	p.t.Helper()
	var me struct{ Workspaces []struct{ ID string } }
	p.must("POST", "/api/v1/setup", map[string]string{"workspace_name": "Lindqvist", "name": "Maja", "email": "maja@example.com", "password": "correct horse battery"}, &me)
	p.ws = "/api/v1/workspaces/" + me.Workspaces[0].ID
}
