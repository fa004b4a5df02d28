package metric_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/api"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/metric"
	"parley/realtime"
)

// measured is a desk whose program is measured, and its server.
type measured struct {
	*apptest.Desk
	m   *metric.Metrics
	srv *httptest.Server
}

func newMeasured(t *testing.T) *measured {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	log := slog.New(slog.DiscardHandler)
	hub := &realtime.Hub{DB: d.DB, Bell: d.Feed, Log: log}
	m := metric.New(metric.Options{Context: t.Context(), App: d.App, Hub: hub, Log: log, Version: "9.9", Now: time.Now})
	d.Channels = m.Channels(d.Channels)
	h, _ := api.New(api.Options{App: d.App, Hub: hub, Log: log, Version: "9.9", Routed: m.Routed})
	mux := http.NewServeMux()
	mux.Handle("/api/", h)
	mux.HandleFunc("GET /feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /socket", func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		c.Close(websocket.StatusNormalClosure, "")
	})
	srv := httptest.NewServer(m.Requests(mux))
	t.Cleanup(srv.Close)
	return &measured{d, m, srv}
}

func (m *measured) ask(method, path string) {
	m.T.Helper()
	req, err := http.NewRequestWithContext(m.T.Context(), method, m.srv.URL+path, nil)
	m.OK(err)
	resp, err := m.srv.Client().Do(req)
	m.OK(err)
	_, err = io.Copy(io.Discard, resp.Body)
	m.OK(err)
	resp.Body.Close()
}

func (m *measured) scrape() string {
	m.T.Helper()
	w := httptest.NewRecorder()
	m.m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		m.T.Fatalf("a scrape is answered with %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// use makes everything happen that is measured.
func (m *measured) use() {
	m.T.Helper()
	m.ask("GET", "/api/v1/install")
	m.ask("GET", "/api/v1/workspaces/"+m.Workspace.String())
	m.ask("GET", "/nowhere/secret-words")
	m.ask("BREW", "/api/v1/install")
	m.ask("GET", "/feed")
	c, _, err := websocket.Dial(m.T.Context(), m.srv.URL+"/socket", nil) //nolint:bodyclose // the library closes it
	m.OK(err)
	c.CloseNow()
	r := m.Get(apptest.Post{From: "kim-secret", Key: "1", Text: "secret-words"})
	m.Get(apptest.Post{From: "kim-secret", Key: "1", Text: "secret-words"})
	m.OK(m.Accept(m.T.Context(), m.Account, apptest.Raw(apptest.Post{Key: "nobody"}, m.Clock.Now())))
	for _, fail := range []error{nil, &channel.SendError{Class: channel.Reject, Reason: "no"}, errors.New("secret-words")} {
		m.Channel.Fail = fail
		_, err := m.Do(m.As(m.Agent), r.Conversation, desk.Reply{Text: "secret-words"})
		m.OK(err)
		m.Work()
	}
	_, err = m.Do(m.As(m.Agent), r.Conversation, desk.Reply{Text: "It waits"})
	m.OK(err)
	m.Clock.Add(time.Minute)
}

func TestWhatHappensIsCounted(t *testing.T) {
	m := newMeasured(t)
	m.use()
	got := m.scrape()
	for _, line := range []string{
		`parley_build_info{database="` + m.DB.Name() + `",go="`, `version="9.9"} 1`,
		`parley_http_requests_total{method="GET",route="/api/v1/install",status="200"} 1`,
		`parley_http_requests_total{method="other",route=`,
		`parley_http_requests_total{method="GET",route="/api/v1/workspaces/{workspace}",status="401"} 1`,
		`parley_http_requests_total{method="GET",route="none",status="404"} 1`,
		`parley_http_requests_total{method="GET",route="/feed",status="200"} 1`,
		`parley_http_requests_total{method="GET",route="/socket",status="101"} 1`,
		`parley_http_request_seconds_count{route="/api/v1/install"} 1`,
		`parley_inbound_total{channel="memory",state="message"} 1`,
		`parley_inbound_total{channel="memory",state="duplicate"} 1`,
		`parley_inbound_total{channel="memory",state="dead_letter"} 1`,
		`parley_deliveries_total{channel="memory",outcome="sent"} 1`,
		`parley_deliveries_total{channel="memory",outcome="reject"} 1`,
		`parley_deliveries_total{channel="memory",outcome="ambiguous"} 1`,
		`parley_delivery_seconds_count{channel="memory"} 3`,
		`parley_jobs{effect="deliver",state="ready"} 1`,
		`parley_jobs{effect="intake",state="ready"} 0`,
		`parley_jobs{effect="deliver",state="failed"} 0`,
		`parley_job_oldest_seconds{effect="deliver"} 60`,
		`parley_ledger_inbound{state="dead_letter"} 1`,
		`parley_ledger_outbound{state="failed"} 1`,
		`parley_ledger_outbound{state="unknown"} 1`,
		`parley_ledger_outbound{state="queued"} 1`,
		`parley_connections{kind="agent"} 0`,
		`parley_database_up 1`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not there", line)
		}
	}
	for _, stays := range []string{"/feed", "/socket"} {
		if strings.Contains(got, `parley_http_request_seconds_count{route="`+stays) {
			t.Errorf("how long %s stayed open counts as slow", stays)
		}
	}
	for _, name := range []string{"group_transactions", "wait_seconds", "group_seconds"} {
		if regexp.MustCompile(`parley_database_` + name + `_count 0\n`).MatchString(got) {
			t.Errorf("no write was seen by %s", name)
		}
	}
	// Nobody reads what customers wrote, or who they are, from the metrics.
	if i := strings.Index(got, "secret"); i >= 0 {
		t.Errorf("it says %s", got[max(0, i-80):i+20])
	}
	if id := regexp.MustCompile(`[a-z]{3}_[0-9a-hjkmnp-tv-z]{13}`).FindString(got); id != "" {
		t.Errorf("it has the id %s", id)
	}
}

// A database that is away is said, and the process's own figures stay.
func TestDatabaseAway(t *testing.T) {
	m := newMeasured(t)
	m.OK(m.DB.Close())
	if got := m.scrape(); !strings.Contains(got, "parley_database_up 0") || !strings.Contains(got, "parley_build_info") {
		t.Errorf("it says %s", got)
	}
}

// docs/operations.md has every metric and no other, and the dashboard asks for
// none that is not there.
func TestMetricsAreDocumented(t *testing.T) {
	m := newMeasured(t)
	m.use()
	var have []string
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (parley_\w+) (\w+)`).FindAllStringSubmatch(m.scrape(), -1) {
		have = append(have, match[1])
	}
	slices.Sort(have)
	names := func(file, pattern string) (found []string) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(b), -1) {
			if !slices.Contains(found, match[1]) {
				found = append(found, match[1])
			}
		}
		slices.Sort(found)
		return found
	}
	if told := names("../docs/operations.md", "(?m)^\\| `(parley_\\w+)"); !slices.Equal(told, have) {
		t.Errorf("docs/operations.md tells of %q\nand the program exports  %q", told, have)
	}
	shown := names("../deploy/dashboard.json", `\b(parley_\w+)`)
	if len(shown) == 0 {
		t.Error("the dashboard shows nothing")
	}
	for _, name := range shown {
		base := regexp.MustCompile(`_(bucket|count|sum)$`).ReplaceAllString(name, "")
		if !slices.Contains(have, name) && !slices.Contains(have, base) {
			t.Errorf("the dashboard asks for %s", name)
		}
	}
}
