package main

import (
	"cmp"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	netsmtp "net/smtp"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// kills is how often the program is killed: eight times, or as often as
// PARLEY_TEST_KILLS says.
func kills(t *testing.T) int {
	text := os.Getenv("PARLEY_TEST_KILLS")
	if text == "" {
		return 8
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PARLEY_TEST_KILLS is a number, not %q", text)
	}
	return n
}

// Killed under load from all three channels and from twenty agents, while the
// mail server and the webhook outside refuse, stall and hang up: every
// acknowledged message is there once, every acknowledged reply went out once or
// is marked unknown or failed, and every raw event has ended.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: killing the program takes a while")
	}
	w := newCrashWorld(t)
	w.outside.moody.Store(true)
	w.start()
	w.setUp()
	for i := range kills(t) {
		w.load(func() {
			if i%4 == 3 {
				w.cutDatabase()
			}
			w.kill()
		})
		w.start()
	}
	w.outside.moody.Store(false)
	w.settle()
	w.check()
	w.verify()
	w.kill()
}

type crashWorld struct {
	*program
	smtp, key, hook  string
	mu               sync.Mutex
	n                int
	inbound, replies map[string]bool // texts that were acknowledged
	asked            map[string]bool // conversations that were answered
	agents           []*http.Client
	outside          *outside
}

func newCrashWorld(t *testing.T) *crashWorld {
	w := &crashWorld{program: newProgram(t), inbound: map[string]bool{}, replies: map[string]bool{}, asked: map[string]bool{}, outside: newOutside(t), smtp: free(t)}
	w.hook = w.outside.hook.URL
	w.args = append(w.args, "--smtp", w.smtp, "--relay", w.outside.smtp, "--allow", "127.0.0.0/8", "--trust-proxy", "127.0.0.0/8", "--calls", "0")
	if w.postgres != "" {
		named := w.postgres + "&application_name=" + killed
		w.args[slices.Index(w.args, w.postgres)] = named
		w.postgres = named
	}
	return w
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
	w.must("PATCH", w.ws, map[string]any{"settings": map[string]int{"undo_mail_seconds": 1, "undo_chat_seconds": 1}}, nil) // answers wait, also over a crash
	w.key = chat + " " + api
	w.hire(20)
}

// hire invites agents, who accept and stay signed in.
func (w *crashWorld) hire(n int) {
	var inboxes struct{ Items []struct{ ID string } }
	w.must("GET", w.ws+"/inboxes", nil, &inboxes)
	var all []string
	for _, i := range inboxes.Items {
		all = append(all, i.ID)
	}
	for i := range n {
		var invited struct{ URL string }
		w.must("POST", w.ws+"/invitations", map[string]any{"email": fmt.Sprintf("agent%d@example.com", i), "role": "agent", "inbox_ids": all}, &invited)
		jar, err := cookiejar.New(nil)
		if err != nil {
			w.t.Fatal(err)
		}
		client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
		secret := invited.URL[strings.LastIndex(invited.URL, "/")+1:]
		if !w.callAs(client, "POST", "/api/v1/invitations/"+secret+"/accept", map[string]string{"name": fmt.Sprintf("Agent %d", i), "password": "correct horse battery"}, nil,
			"X-Forwarded-For", fmt.Sprintf("198.18.0.%d", i+1)) {
			w.t.Fatalf("agent %d cannot accept the invitation %s", i, invited.URL)
		}
		w.agents = append(w.agents, client)
	}
}

// killed is what the program calls itself to PostgreSQL, so that only its
// connections are cut.
const killed = "parley-killed"

// cutDatabase ends every connection to the database, where there are any.
func (w *crashWorld) cutDatabase() {
	if w.postgres == "" {
		return
	}
	db, err := sql.Open("pgx", w.postgres)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer db.Close()
	_, err = db.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = $1", killed)
	if err != nil {
		w.t.Error(err)
	}
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
	for _, agent := range w.agents {
		loop(func() bool { return w.answer(agent) })
	}
	for range 60 {
		<-enough
	}
	end()
	close(stop)
	wg.Wait()
}

// answer replies to a conversation that waits.
func (w *crashWorld) answer(agent *http.Client) bool {
	var list struct{ Items []struct{ ID string } }
	if !w.callAs(agent, "GET", w.ws+"/conversations?view=all&tab=needs_attention&limit=20", nil, &list) {
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
		if !w.callAs(agent, "POST", w.ws+"/conversations/"+c.ID+"/reply", map[string]string{"text": text, "client_id": text}, nil) {
			return false
		}
		w.keep(w.replies, text)
		return true
	}
	return false
}

// settle waits until nothing waits any more.
func (w *crashWorld) settle() {
	deadline := time.Now().Add(5 * time.Minute)
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
	unknown, failed := 0, 0
	for text := range w.replies {
		got := w.outside.got(text)
		switch {
		case times[text] == 0:
			w.t.Errorf("%s was acknowledged and is lost", text)
		case kind[text] == "webchat": // the visitor reads it from the conversation
		case state[text] == "unknown":
			unknown++
			if got > 1 {
				w.t.Errorf("%s is unknown and arrived %d times", text, got)
			}
		case state[text] == "failed":
			failed++
			if got > 0 {
				w.t.Errorf("%s failed and arrived %d times", text, got)
			}
		case got != 1:
			w.t.Errorf("%s is %q and arrived %d times through %s", text, state[text], got, kind[text])
		}
	}
	w.t.Logf("%d kills on %s: %d messages and %d replies acknowledged, %d replies of unknown outcome, %d refused for good",
		kills(w.t), cmp.Or(w.postgres, "SQLite"), len(w.inbound), len(w.replies), unknown, failed)
}
