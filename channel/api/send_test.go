package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/safehttp"
	"parley/internal/webhook"
)

// The other system gets one signed post with everything in it, and a second try
// under the same id.
func TestSend(t *testing.T) {
	h := &hook{}
	a, m := account(t, h.start(t)), outbound()
	m.Files = []channel.File{{Name: "räkning.pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.4 x")}}
	for range 2 {
		sent, err := over().Send(t.Context(), a, m)
		if err != nil || sent.State != desk.DeliveryDelivered || sent.ExternalID != m.Message.String() {
			t.Fatalf("%+v, %v", sent, err)
		}
		m.Try++
	}
	got := h.posts()
	if len(got) != 2 || got[0].method != http.MethodPost || got[0].header.Get("Content-Type") != "application/json" {
		t.Fatalf("%+v", got)
	}
	for _, p := range got {
		if p.header.Get("webhook-id") != m.Message.String() {
			t.Errorf("id %q", p.header.Get("webhook-id"))
		}
		if err := webhook.Verify(p.header, key(t), p.body, now()); err != nil {
			t.Error(err)
		}
	}
	var body, want map[string]any
	if err := json.Unmarshal(got[0].body, &body); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"type":"message.created","timestamp":"2026-05-04T09:30:00.123456Z","data":{"conversation_id":"cnv_0000000000005","message_id":"msg_0000000000004",
		"contact":{"external_id":"customer-7","name":"Anna","email":"anna@example.com"},"author":"Maja","text":"Hello Anna, it is on its way.",
		"attachments":[{"name":"räkning.pdf","content_type":"application/pdf","data_base64":"JVBERi0xLjQgeA=="}]}}`), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(body, want) {
		t.Errorf("%s", got[0].body)
	}
}

func answers(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// Every answer has its class (channels.md, 17): what was refused is not tried
// again, what failed is.
func TestAnswers(t *testing.T) {
	const wait = "Retry-After"
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   channel.SendError
	}{
		{"200", answers(200), channel.SendError{}},
		{"202", answers(202), channel.SendError{}},
		{"301", answers(301, "Location", "/"), channel.SendError{Class: channel.Reject, Code: "301"}},
		{"302 elsewhere", answers(302, "Location", "https://example.com/"), channel.SendError{Class: channel.Reject, Code: "302"}},
		{"307", answers(307, "Location", "/"), channel.SendError{Class: channel.Reject, Code: "307"}},
		{"400", answers(400), channel.SendError{Class: channel.Reject, Code: "400"}},
		{"401", answers(401), channel.SendError{Class: channel.Unauth, Code: "401"}},
		{"403", answers(403), channel.SendError{Class: channel.Unauth, Code: "403"}},
		{"404", answers(404), channel.SendError{Class: channel.Reject, Code: "404"}},
		{"408", answers(408), channel.SendError{Class: channel.Retry, Code: "408"}},
		{"410", answers(410), channel.SendError{Class: channel.Gone, Code: "410"}},
		{"422", answers(422), channel.SendError{Class: channel.Reject, Code: "422"}},
		{"425", answers(425), channel.SendError{Class: channel.Retry, Code: "425"}},
		{"429", answers(429), channel.SendError{Class: channel.Throttle, Code: "429"}},
		{"429 with seconds", answers(429, wait, "90"), channel.SendError{Class: channel.Throttle, Code: "429", After: 90 * time.Second}},
		{"429 with a date", answers(429, wait, now().Add(2*time.Minute).Format(http.TimeFormat)), channel.SendError{Class: channel.Throttle, Code: "429", After: 2*time.Minute - 123456*time.Microsecond}},
		{"429 with a date that has passed", answers(429, wait, now().Add(-time.Minute).Format(http.TimeFormat)), channel.SendError{Class: channel.Throttle, Code: "429"}},
		{"429 for ever", answers(429, wait, "2000000000"), channel.SendError{Class: channel.Throttle, Code: "429", After: time.Hour}},
		{"429 with nonsense", answers(429, wait, "-soon"), channel.SendError{Class: channel.Throttle, Code: "429"}},
		{"500", answers(500), channel.SendError{Class: channel.Retry, Code: "500"}},
		{"503", answers(503), channel.SendError{Class: channel.Retry, Code: "503"}},
		{"503 with seconds", answers(503, wait, "5"), channel.SendError{Class: channel.Throttle, Code: "503", After: 5 * time.Second}},
		{"hung up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, channel.SendError{Class: channel.Retry}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &hook{answer: c.answer}
			_, err := over().Send(t.Context(), account(t, h.start(t)), outbound())
			if n := len(h.posts()); n != 1 {
				t.Errorf("%d posts, not 1", n)
			}
			if c.want.Class == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			se, ok := errors.AsType[*channel.SendError](err)
			if !ok || se.Class != c.want.Class || se.Code != c.want.Code || se.After != c.want.After || se.Reason == "" {
				t.Errorf("%+v, not %+v", se, c.want)
			}
		})
	}
}

// A receiver that never answers is given up with the context, and tried again.
func TestNoAnswer(t *testing.T) {
	arrived := make(chan struct{})
	h := &hook{answer: func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() }}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { <-arrived; cancel() }()
	_, err := over().Send(ctx, account(t, h.start(t)), outbound())
	if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != channel.Retry {
		t.Errorf("%v", err)
	}
}

// An address inside the install is refused for good (SSRF), and the reason names
// neither the address nor what its query holds.
func TestPrivateAddress(t *testing.T) {
	h := &hook{}
	c := Channel{Client: safehttp.New(10*time.Second, nil), Now: now}
	_, err := c.Send(t.Context(), account(t, h.start(t)+"/?token=hidden"), outbound())
	se, ok := errors.AsType[*channel.SendError](err)
	if !ok || se.Class != channel.Reject || strings.Contains(se.Reason, "127.0.0.1") || strings.Contains(se.Reason, "hidden") {
		t.Errorf("%v", err)
	}
	if len(h.posts()) != 0 {
		t.Error("it was posted")
	}
	_, err = over().Send(t.Context(), account(t, nobody(t)+"/?token=hidden"), outbound())
	if se, ok := errors.AsType[*channel.SendError](err); !ok || strings.Contains(se.Reason, "hidden") {
		t.Errorf("%v", err)
	}
}

// Settings that went bad stop the channel, not only the message.
func TestBadSettings(t *testing.T) {
	for _, bad := range []string{`{`, `{"webhook_url":"https://example.com"}`, `{"webhook_url":"::","webhook_secret":"` + webhookSecret + `"}`} {
		a := account(t, "")
		a.Config = []byte(bad)
		_, err := over().Send(t.Context(), a, outbound())
		if se, ok := errors.AsType[*channel.SendError](err); !ok || se.Class != channel.Unauth || strings.Contains(se.Reason, "\n") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
