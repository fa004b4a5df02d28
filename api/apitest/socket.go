package apitest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// Frame is one frame of a feed. Raw is all of it; Event and ID are of server-sent
// events only.
type Frame struct {
	Type         string
	Cursor       string
	Conversation struct{ ID string }
	Items        []struct {
		Event   struct{ ID, Kind string }
		Message *struct{ ID, Text string }
	}
	Of    string `json:"conversation_id"` // typing
	On    bool
	Mode  string
	Actor struct{ ID, Name, Kind string }
	Users []struct {
		User    string `json:"user_id"`
		Viewing string
	}

	Raw   string `json:"-"`
	Event string `json:"-"`
	ID    string `json:"-"`
}

// Feed is an open feed whose frames are kept as they come.
type Feed struct {
	S      *Server
	Name   string
	client *Client
	conn   *websocket.Conn // nil for server-sent events
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	frames []Frame
	read   int
	err    error
}

// Socket opens the feed of a workspace as a WebSocket.
func (c *Client) Socket(path string) *Feed {
	c.S.T.Helper()
	f, resp, err := c.TrySocket(path)
	if err != nil {
		status := 0
		if resp != nil {
			status = resp.StatusCode
		}
		c.S.T.Fatalf("%s: the socket says %d: %v", c.Name, status, err)
	}
	return f
}

// TrySocket is Socket that may be refused.
func (c *Client) TrySocket(path string, header ...string) (*Feed, *http.Response, error) {
	h := http.Header{}
	if c.Cookie != "" {
		h.Set("Cookie", "parley_session="+c.Cookie)
	}
	if c.Bearer != "" {
		h.Set("Authorization", "Bearer "+c.Bearer)
	}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	ctx, cancel := context.WithCancel(c.S.T.Context())
	conn, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(c.S.HTTP.URL, "http")+path, &websocket.DialOptions{HTTPHeader: h})
	if err != nil {
		cancel()
		return nil, resp, err
	}
	conn.SetReadLimit(16 << 20)
	f := c.feed(cancel)
	f.conn = conn
	go f.run(func() (Frame, error) {
		_, b, err := conn.Read(ctx)
		return Frame{Raw: string(b)}, err
	})
	return f, resp, nil
}

// Stream opens server-sent events.
func (c *Client) Stream(path string, header ...string) *Feed {
	c.S.T.Helper()
	ctx, cancel := context.WithCancel(c.S.T.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.S.HTTP.URL+path, nil)
	if err != nil {
		c.S.T.Fatal(err)
	}
	if c.Cookie != "" {
		r.Header.Set("Cookie", "parley_session="+c.Cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.S.HTTP.Client().Transport.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.S.T.Fatalf("%s: the stream says %v %v", c.Name, resp, err)
	}
	f := c.feed(func() { cancel(); resp.Body.Close() })
	lines := bufio.NewReaderSize(resp.Body, 1<<20)
	go f.run(func() (Frame, error) { return readEvent(lines) })
	return f
}

func readEvent(lines *bufio.Reader) (f Frame, err error) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return f, err
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		switch name {
		case "":
			return f, nil
		case "event":
			f.Event = value
		case "id":
			f.ID = value
		case "data":
			f.Raw += value
		}
	}
}

func (c *Client) feed(cancel context.CancelFunc) *Feed {
	now := *c
	now.Secret = maps.Clone(c.Secret) // what is secret later was none for this feed
	f := &Feed{S: c.S, Name: c.Name, client: &now, cancel: cancel, done: make(chan struct{})}
	c.S.T.Cleanup(f.Close)
	return f
}

func (f *Feed) run(next func() (Frame, error)) {
	defer close(f.done)
	for {
		frame, err := next()
		if err == nil {
			err = json.Unmarshal([]byte(frame.Raw), &frame)
		}
		f.mu.Lock()
		if err != nil {
			f.err = err
			f.mu.Unlock()
			return
		}
		f.client.Keeps(f.Name+"'s feed", frame.Raw, "")
		f.frames = append(f.frames, frame)
		f.mu.Unlock()
	}
}

// Say sends a frame to the server.
func (f *Feed) Say(v any) {
	f.S.T.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = f.conn.Write(f.S.T.Context(), websocket.MessageText, b)
	}
	if err != nil {
		f.S.T.Fatalf("%s: %v", f.Name, err)
	}
}

// Frames returns all that came so far.
func (f *Feed) Frames() []Frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Frame{}, f.frames...)
}

// Next waits for the next frame that is wanted, passing over others.
func (f *Feed) Next(what string, want func(Frame) bool) (found Frame) {
	f.S.T.Helper()
	f.S.Eventually(f.Name+" is told "+what, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		for f.read < len(f.frames) {
			found = f.frames[f.read]
			if f.read++; want(found) {
				return true
			}
		}
		if f.err != nil {
			f.S.T.Fatalf("%s's feed ended before it told %s: %v", f.Name, what, f.err)
		}
		return false
	})
	return found
}

// Type waits for the next frame of a type.
func (f *Feed) Type(kind string) Frame {
	f.S.T.Helper()
	return f.Next(kind, func(x Frame) bool { return x.Type == kind || x.Event == kind })
}

// Ended waits until the server has ended the feed and returns its close code; -1
// if it broke off, or was no WebSocket.
func (f *Feed) Ended() websocket.StatusCode {
	f.S.T.Helper()
	f.S.Eventually(f.Name+"'s feed ends", func() bool {
		select {
		case <-f.done:
			return true
		default:
			return false
		}
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := errors.AsType[websocket.CloseError](f.err); ok {
		return e.Code
	}
	return -1
}

// Close ends the feed from the client's side and waits until it has.
func (f *Feed) Close() {
	if f.conn != nil {
		f.conn.CloseNow()
	}
	f.cancel()
	<-f.done
}
