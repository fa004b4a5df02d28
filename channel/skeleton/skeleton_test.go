package skeleton

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"parley/channel"
	"parley/channel/channeltest"
	"parley/internal/safehttp"
)

var (
	arrived = time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC)
	over    = Channel{Client: safehttp.New(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})}
)

func account(t testing.TB, url string) channel.Account {
	t.Helper()
	config, err := json.Marshal(Config{URL: url, Page: "page 1", Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	return channel.Account{Workspace: 1, Inbox: 2, ID: 3, Kind: Name, Name: "Shop", Address: "page 1", Config: config}
}

// provider runs the other side on this machine.
func provider(t testing.TB, h http.HandlerFunc) channel.Account {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return account(t, s.URL)
}

func takes(t testing.TB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m outgoing
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.To != "person-7" || m.Text == "" || r.URL.Path != "/messages" || r.Header.Get("Authorization") != "Bearer token" {
			t.Errorf("%s: %+v, %v", r.URL, m, err)
		}
		_, _ = w.Write([]byte(`{"id":"sent-1"}`))
	}
}

var outbound = channel.Outbound{Message: 4, Conversation: 5, To: channel.Identity{Kind: Name, ID: "person-7"}, AuthorName: "Maja", Text: "Hello", At: arrived, Try: 1}

func TestContract(t *testing.T) {
	raw := func(body string) channel.Raw {
		return channel.Raw{Dedupe: "e-1", ContentType: "application/json", Body: []byte(body), At: arrived}
	}
	channeltest.Run(t, channeltest.Options{
		Channel: over, Account: account(t, "https://api.example.com"),
		BadConfigs: []json.RawMessage{
			[]byte(`{}`), []byte(`{"url":"api.example.com","page":"1","token":"t"}`), []byte(`{"url":"https://a.example","page":" ","token":"t"}`), []byte(`{"url":"https://a.example","page":"1"}`),
		},
		Raws:     []channel.Raw{raw(`{"id":"e-1","from":{"id":"person-7","name":"Anna"},"text":"Grüße 👩🏽‍🔧","at":1777886000000}`)},
		Garbage:  []channel.Raw{raw(`{}`), raw(`{"id":"e-1","from":{"id":"person-7"},"text":" "}`), raw(`{"id":"e-1","text":"a"}`)},
		Outbound: outbound,
		Up:       func(t *testing.T) channel.Account { return provider(t, takes(t)) },
		Down: func(t *testing.T) channel.Account {
			s := httptest.NewServer(http.NotFoundHandler())
			s.Close()
			return account(t, s.URL)
		},
	})
}

// TestAnswers is the table of classes against a provider that gives each answer.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   channel.Class
	}{
		"302":             {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", "/"); w.WriteHeader(302) }, channel.Reject},
		"400":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, channel.Reject},
		"401":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, channel.Unauth},
		"404":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, channel.Gone},
		"429":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, channel.Throttle},
		"500":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, channel.Ambiguous},
		"503":             {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, channel.Retry},
		"200 with no id":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) }, channel.Ambiguous},
		"lost the answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, channel.Ambiguous},
	} {
		_, err := over.Send(t.Context(), provider(t, c.answer), outbound)
		if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != c.want || se.Reason == "" {
			t.Errorf("%s: %v, not %s", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"id":"e-1","from":{"id":"person-7","name":"Anna"},"text":"a","at":1777886000000}`))
	f.Add([]byte(`{"id":"\u0000","from":{"id":"\n"},"text":"\ud800","at":-9223372036854775808}`))
	a := account(f, "https://api.example.com")
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := Channel{}.Parse(t.Context(), a, channel.Raw{Dedupe: "k", Body: body, At: arrived})
		if err == nil && len(all) != 1 {
			t.Fatalf("%d messages", len(all))
		}
		for _, in := range all {
			if err := channeltest.WellFormed(in); err != nil {
				t.Error(err)
			}
		}
	})
}
