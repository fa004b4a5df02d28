package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// outside is the world that answers go out to: a real mail server and a system
// with a webhook. It counts what it got. A moody one refuses, stalls, and hangs
// up after it has taken something in.
type outside struct {
	moody atomic.Bool
	hook  *httptest.Server
	smtp  string

	mu    sync.Mutex
	texts map[string]int
	ids   map[string]bool // webhooks seen: a copy is dropped, as the standard says
}

func newOutside(t *testing.T) *outside {
	o := &outside{texts: map[string]int{}, ids: map[string]bool{}}
	o.hook = httptest.NewServer(http.HandlerFunc(o.webhook))
	t.Cleanup(o.hook.Close)
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return mailbox{o, c}, nil }))
	s.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	o.smtp = l.Addr().String()
	return o
}

// got is how often a text arrived.
func (o *outside) got(text string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.texts[text]
}

// What a moody outside does.
const (
	agrees  = iota
	refuses // for now
	stalls
	hangsUp // after it has taken it in
)

func (o *outside) mood() int {
	if !o.moody.Load() {
		return agrees
	}
	switch n := rand.IntN(100); {
	case n < 12:
		return refuses
	case n < 18:
		return stalls
	case n < 22:
		return hangsUp
	}
	return agrees
}

const stall = 300 * time.Millisecond

func (o *outside) webhook(w http.ResponseWriter, r *http.Request) {
	var body struct{ Data struct{ Text string } }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	mood := o.mood()
	switch mood {
	case refuses:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case stalls:
		time.Sleep(stall)
	}
	o.mu.Lock()
	if id := r.Header.Get("webhook-id"); !o.ids[id] {
		o.ids[id] = true
		o.texts[body.Data.Text]++
	}
	o.mu.Unlock()
	if mood == hangsUp {
		panic(http.ErrAbortHandler)
	}
}

type mailbox struct {
	o    *outside
	conn *smtp.Conn
}

func (mailbox) AuthPlain(string, string) error       { return nil }
func (mailbox) Mail(string, *smtp.MailOptions) error { return nil }
func (mailbox) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (mailbox) Reset()                               {}
func (mailbox) Logout() error                        { return nil }

func (m mailbox) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	mood := m.o.mood()
	switch mood {
	case refuses:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	case stalls:
		time.Sleep(stall)
	}
	for word := range strings.FieldsSeq(string(b)) {
		if strings.HasPrefix(word, "answer-") { // the text part; the HTML one has tags around it
			m.o.mu.Lock()
			m.o.texts[word]++
			m.o.mu.Unlock()
			break
		}
	}
	if mood == hangsUp {
		_ = m.conn.Conn().Close()
		return errors.New("hung up")
	}
	return nil
}
