package main

import (
	"bufio"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Told to stop, the program tells every open feed that it goes, so that screens
// connect again at once, finishes, and ends well.
func TestStopClosesFeeds(t *testing.T) {
	p := newProgram(t, "--smtp", "", "--screens", "0")
	p.start()
	var me struct{ Workspaces []struct{ ID string } }
	p.must("POST", "/api/v1/setup", map[string]string{"workspace_name": "Stop", "name": "Maja", "email": "maja@example.com", "password": "correct horse battery"}, &me)
	at, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Cookie": {"parley_session=" + p.client.Jar.Cookies(at)[0].Value}}
	feed := p.base + "/api/v1/workspaces/" + me.Workspaces[0].ID

	var open, done sync.WaitGroup
	for range 60 {
		conn, _, err := websocket.Dial(t.Context(), strings.Replace(feed, "http", "ws", 1)+"/socket", &websocket.DialOptions{HTTPHeader: header})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		if _, _, err := conn.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		done.Go(func() {
			for {
				_, _, err := conn.Read(t.Context())
				if err == nil {
					continue
				}
				if e, ok := errors.AsType[websocket.CloseError](err); !ok || e.Code != websocket.StatusGoingAway {
					t.Errorf("a socket ends with %v", err)
				}
				return
			}
		})
	}
	for range 5 {
		open.Add(1)
		req, err := http.NewRequestWithContext(t.Context(), "GET", feed+"/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header
		done.Go(func() {
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				open.Done()
				return
			}
			defer resp.Body.Close()
			lines := bufio.NewScanner(resp.Body)
			lines.Buffer(nil, 1<<20)
			lines.Scan()
			open.Done()
			for lines.Scan() {
			}
			if err := lines.Err(); err != nil {
				t.Errorf("a stream ends with %v", err)
			}
		})
	}
	open.Wait()
	begin := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done.Wait()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the program ends with %v", err)
	}
	if took := time.Since(begin); took > 2*stopWithin || strings.Contains(p.log.String(), "cut off") {
		t.Errorf("it took %s:\n%s", took, p.log.String())
	}
}
