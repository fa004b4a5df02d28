package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	netsmtp "net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

const kills = 20

// Killed twenty times under load from all three channels: every acknowledged
// message is there once, every acknowledged reply went out once or is marked
// unknown, and every raw event has ended.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: killing the program takes a while")
	}
	w := newCrashWorld(t)
	w.start()
	w.setUp()
	for range kills {
		w.load(func() { w.kill() })
		w.start()
	}
	w.settle()
	w.check()
	w.kill()
}

type crashWorld struct {
	*program
	smtp, key, hook  string
	mu               sync.Mutex
	n                int
	inbound, replies map[string]bool // texts that were acknowledged
	mails, posts     map[string]int  // what the outside got: a reply's text, a webhook's id and text
	asked            map[string]bool // conversations that were answered
}

func newCrashWorld(t *testing.T) *crashWorld {
	w := &crashWorld{program: newProgram(t), inbound: map[string]bool{}, replies: map[string]bool{}, mails: map[string]int{}, posts: map[string]int{}, asked: map[string]bool{}}
	hook := httptest.NewServer(http.HandlerFunc(w.webhook))
	t.Cleanup(hook.Close)
	w.hook = hook.URL
	relay := w.mailSink()
	w.smtp = free(t)
	w.args = append(w.args, "--smtp", w.smtp, "--relay", relay, "--allow", "127.0.0.0/8")
	return w
}

// webhook gets answers of the API channel. A copy with an id it has seen is dropped.
func (w *crashWorld) webhook(rw http.ResponseWriter, r *http.Request) {
	var body struct{ Data struct{ Text string } }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if id := r.Header.Get("webhook-id"); w.posts["id "+id] == 0 {
		w.posts["id "+id] = 1
		w.posts[body.Data.Text]++
	}
}

type sink struct{ w *crashWorld }

func (sink) AuthPlain(string, string) error       { return nil }
func (sink) Mail(string, *smtp.MailOptions) error { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (sink) Reset()                               {}
func (sink) Logout() error                        { return nil }
func (s sink) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for word := range strings.FieldsSeq(string(b)) {
		if strings.HasPrefix(word, "answer-") { // the text part; the HTML one has tags around it
			s.w.mails[word]++
			break
		}
	}
	return nil
}

// mailSink is a real SMTP server that counts what it got.
func (w *crashWorld) mailSink() string {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return sink{w}, nil }))
	s.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	w.t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

const inboundSecret = "a-secret-of-at-least-24-characters"

func (w *crashWorld) setUp() {
	w.begin()
	connect := func(name, grouping, kind string, config any) string {
		var inbox struct{ ID string }
		var ch struct{ Address string }
		w.must("POST", w.ws+"/inboxes", map[string]string{"name": name, "grouping": grouping}, &inbox)
		w.must("POST", w.ws+"/inboxes/"+inbox.ID+"/channels", map[string]any{"kind": kind, "config": config}, &ch)
		return ch.Address
	}
	chat := connect("Chat", "per_contact", "webchat", map[string]string{})
	connect("Mail", "per_thread", "email", map[string]string{"address": "support@example.com"})
	api := connect("API", "per_thread", "api", map[string]string{
		"webhook_url": w.hook, "inbound_secret": inboundSecret, "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	})
	w.key = chat + " " + api
}

func (w *crashWorld) next(prefix string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	return fmt.Sprintf("%s-%d", prefix, w.n)
}

func (w *crashWorld) keep(m map[string]bool, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m[text] = true
}

// load writes through every channel and answers, and ends the program in the
// middle of it: after some acknowledged writes, so that every run has work.
func (w *crashWorld) load(end func()) {
	chat, api, _ := strings.Cut(w.key, " ")
	var wg sync.WaitGroup
	enough := make(chan struct{}, 1000)
	stop := make(chan struct{})
	loop := func(fn func() bool) {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if !fn() {
					continue
				}
				select {
				case enough <- struct{}{}:
				default:
				}
			}
		})
	}
	loop(func() bool {
		var s struct{ Token string }
		if !w.call("POST", "/api/widget/v1/"+chat+"/session", map[string]string{}, &s) {
			return false
		}
		text := w.next("chat")
		ok := w.call("POST", "/api/widget/v1/"+chat+"/messages", map[string]string{"client_id": "client-" + text, "text": text}, nil, "Authorization", "Bearer "+s.Token)
		if ok {
			w.keep(w.inbound, text)
		}
		return ok
	})
	loop(func() bool {
		text := w.next("mail")
		mail := fmt.Sprintf("From: Kim <kim-%s@example.org>\r\nTo: support@example.com\r\nSubject: %s\r\nMessage-ID: <%s@example.org>\r\n\r\n%s\r\n", text, text, text, text)
		err := netsmtp.SendMail(w.smtp, nil, "kim@example.org", []string{"support@example.com"}, []byte(mail))
		if err == nil {
			w.keep(w.inbound, text)
		}
		return err == nil
	})
	loop(func() bool {
		text := w.next("api")
		ok := w.call("POST", "/api/v1/channels/"+api+"/messages", map[string]any{"contact": map[string]string{"external_id": text}, "text": text}, nil,
			"Authorization", "Bearer "+inboundSecret, "Idempotency-Key", text)
		if ok {
			w.keep(w.inbound, text)
		}
		return ok
	})
	loop(w.answer)
	for range 60 {
		<-enough
	}
	end()
	close(stop)
	wg.Wait()
}

// answer replies to a conversation that waits.
func (w *crashWorld) answer() bool {
	var list struct{ Items []struct{ ID string } }
	if !w.call("GET", w.ws+"/conversations?view=all&tab=needs_attention&limit=20", nil, &list) {
		return false
	}
	for _, c := range list.Items {
		w.mu.Lock()
		seen := w.asked[c.ID]
		w.asked[c.ID] = true
		w.mu.Unlock()
		if seen {
			continue
		}
		text := w.next("answer")
		if !w.call("POST", w.ws+"/conversations/"+c.ID+"/reply", map[string]string{"text": text, "client_id": text}, nil) {
			return false
		}
		w.keep(w.replies, text)
		return true
	}
	return false
}

// settle waits until nothing waits any more.
func (w *crashWorld) settle() {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		var raws, queued struct{ Items []struct{ Reason string } }
		w.must("GET", w.ws+"/ledger/inbound?state=received", nil, &raws)
		w.must("GET", w.ws+"/ledger/outbound?state=queued", nil, &queued)
		if len(raws.Items) == 0 && len(queued.Items) == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d raw events and %d messages still wait", len(raws.Items), len(queued.Items))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

type crashMessage struct {
	Text        string
	Side        string
	ChannelKind string `json:"channel_kind"`
	Delivery    *struct{ State string }
}

// everything returns every message there is, through the API.
func (w *crashWorld) everything() (all []crashMessage) {
	for cursor := ""; ; {
		var page struct {
			Items      []struct{ ID string }
			NextCursor string `json:"next_cursor"`
		}
		w.must("GET", w.ws+"/conversations?view=all&limit=200&cursor="+cursor, nil, &page)
		for _, c := range page.Items {
			var timeline struct {
				Items []struct {
					Event   struct{ Kind string }
					Message *crashMessage
				}
			}
			w.must("GET", w.ws+"/conversations/"+c.ID+"/timeline?limit=200", nil, &timeline)
			for _, i := range timeline.Items {
				if i.Event.Kind == "message_posted" {
					all = append(all, *i.Message)
				}
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return all
		}
	}
}

func (w *crashWorld) check() {
	times, state, kind := map[string]int{}, map[string]string{}, map[string]string{}
	for _, m := range w.everything() {
		text := strings.TrimSpace(m.Text)
		times[text]++
		kind[text] = m.ChannelKind
		if m.Delivery != nil {
			state[text] = m.Delivery.State
		}
	}
	for text, n := range times {
		if n != 1 {
			w.t.Errorf("%s is there %d times", text, n)
		}
	}
	for text := range w.inbound {
		if times[text] == 0 {
			w.t.Errorf("%s was acknowledged and is lost", text)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	unknown := 0
	for text := range w.replies {
		got := w.mails[text] + w.posts[text]
		switch {
		case times[text] == 0:
			w.t.Errorf("%s was acknowledged and is lost", text)
		case kind[text] == "webchat": // the visitor reads it from the conversation
		case state[text] == "unknown":
			unknown++
			if got > 1 {
				w.t.Errorf("%s is unknown and arrived %d times", text, got)
			}
		case got != 1:
			w.t.Errorf("%s is %q and arrived %d times through %s", text, state[text], got, kind[text])
		}
	}
	w.t.Logf("%d kills on %s: %d messages and %d replies acknowledged, %d replies of unknown outcome", kills, w.database, len(w.inbound), len(w.replies), unknown)
}
