package api

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"parley/channel"
	"parley/channel/channeltest"
	"parley/desk"
	"parley/internal/safehttp"
	"parley/internal/webhook"
)

const (
	webhookSecret = "whsec_cGFybGV5IHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzISE="
	inboundSecret = "a bearer token for the tests"
)

func now() time.Time { return time.Date(2026, 5, 4, 9, 30, 0, 123456000, time.UTC) }

// over returns the channel on a client that may reach this machine.
func over() Channel {
	return Channel{Client: safehttp.New(10*time.Second, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), Now: now}
}

func account(t testing.TB, url string) channel.Account {
	t.Helper()
	config, err := json.Marshal(Config{WebhookURL: url, WebhookSecret: webhookSecret, InboundSecret: inboundSecret})
	if err != nil {
		t.Fatal(err)
	}
	return channel.Account{Workspace: 1, Inbox: 2, ID: 3, Kind: Name, Name: "Shop", Address: "key", Config: config}
}

func outbound() channel.Outbound {
	return channel.Outbound{
		Message: 4, Conversation: 5, To: channel.Identity{Kind: "external", Scope: desk.ChannelID(3).String(), ID: "customer-7", Name: "Anna", Email: "anna@example.com"},
		AuthorName: "Maja", Text: "Hello Anna, it is on its way.", At: now(), Try: 1,
	}
}

// hook is the other system: it keeps what it gets and answers as it is told.
type hook struct {
	answer http.HandlerFunc // nil is 204

	mu  sync.Mutex
	got []post
}

type post struct {
	method string
	header http.Header
	body   []byte
}

func (h *hook) start(t testing.TB) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		h.mu.Lock()
		h.got = append(h.got, post{r.Method, r.Header.Clone(), body})
		h.mu.Unlock()
		if h.answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func (h *hook) posts() []post {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got
}

// nobody returns an address on which nothing listens.
func nobody(t testing.TB) string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}

func raw(body string) channel.Raw {
	return channel.Raw{Dedupe: "key-1", ContentType: "application/json", Envelope: map[string]string{"idempotency_key": "key-1"}, Body: []byte(body), At: now()}
}

func TestContract(t *testing.T) {
	channeltest.Run(t, channeltest.Options{
		Channel: over(), Account: account(t, "https://example.com/hook"),
		BadConfigs: []json.RawMessage{
			[]byte(`{}`), []byte(`{"webhook_url":5}`),
			config(t, "", webhookSecret, inboundSecret), config(t, "example.com/hook", webhookSecret, inboundSecret), config(t, "ftp://example.com/", webhookSecret, inboundSecret),
			config(t, "https://user:pass@example.com/", webhookSecret, inboundSecret), config(t, "https:///hook", webhookSecret, inboundSecret), config(t, "https://:443/", webhookSecret, inboundSecret),
			config(t, "https://example.com/#x", webhookSecret, inboundSecret), config(t, "https://example.com/\n", webhookSecret, inboundSecret),
			config(t, "https://example.com/", "whsec_short", inboundSecret), config(t, "https://example.com/", "", inboundSecret),
			config(t, "https://example.com/", webhookSecret, "short"), config(t, "https://example.com/", webhookSecret, ""),
		},
		Raws: []channel.Raw{
			raw(`{"contact":{"external_id":"customer-7"},"text":"Grüße 👩🏽‍🔧 – 你好, שלום"}`),
			raw(`{"contact":{"external_id":"customer-7","name":"Anna","email":"anna@example.com","phone":"+46 70 123"},"thread_id":"order 9","text":"a\r\nb\u0000c","subject":"Where\nis it?","at":"2026-05-04T09:00:00+02:00","external_id":"m-1",
				"attachments":[{"name":"../../räk\u202ening.pdf","content_type":"text/html","data_base64":"` + base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 x")) + `"}]}`),
		},
		Garbage: []channel.Raw{
			raw(`{}`), raw(`{"contact":{}}`), raw(`{"contact":{"external_id":"x"}}`), raw(`{"contact":{"external_id":"x"},"text":" \u0000\n "}`), raw(`[]`), raw(`null`),
		},
		Outbound: outbound(),
		Up:       func(t *testing.T) channel.Account { return account(t, (&hook{}).start(t)) },
		Down:     func(t *testing.T) channel.Account { return account(t, nobody(t)) },
	})
}

func config(t testing.TB, url, secret, inbound string) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(Config{url, secret, inbound})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The key of the tests is one that the package of signatures takes.
func key(t testing.TB) []byte {
	t.Helper()
	k, err := webhook.Key(webhookSecret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
