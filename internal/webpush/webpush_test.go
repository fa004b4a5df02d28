package webpush_test

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/internal/pushtest"
	"parley/internal/safehttp"
	"parley/internal/webpush"
)

// The decryption that proves ours reads the example of RFC 8291, appendix A.
func TestTheReceiverReadsTheExampleOfTheRFC(t *testing.T) {
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key, err := ecdh.P256().NewPrivateKey(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	b := pushtest.Browser{Key: key, Auth: raw("BTBZMqHH6r4Tts7J_aSIgg")}
	plain, err := b.Decrypt(raw("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"))
	if err != nil || string(plain) != "When I grow up, I want to be a watermelon" {
		t.Fatalf("%q, %v", plain, err)
	}
}

// What is sent is read by the browser it is for, signed by us, and by no other.
func TestSend(t *testing.T) {
	s := pushtest.New(t, time.Now)
	keys, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	s.Key = keys.Public
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	client := safehttp.Rooted(10*time.Second, loopback, s.Roots())
	to := webpush.Target{Endpoint: s.URL + "/push/1", P256dh: s.Browser.P256dh(), Auth: s.Browser.Secret()}
	m := webpush.Message{Text: []byte(`{"kind":"mention"}`), Topic: "psh_0000000000001", Contact: "https://desk.example"}
	if err := webpush.Send(t.Context(), client, keys, to, m); err != nil {
		t.Fatal(err)
	}
	got := s.Got()
	if len(got) != 1 || got[0].Plain != `{"kind":"mention"}` || got[0].Topic != m.Topic || got[0].TTL != "43200" || got[0].Sub != m.Contact {
		t.Fatalf("%+v", got)
	}
	if err := webpush.Send(t.Context(), client, keys, to, webpush.Message{Text: []byte(strings.Repeat("x", webpush.MaxMessage))}); err != nil {
		t.Errorf("the longest message: %v", err)
	}
	if err := webpush.Send(t.Context(), client, keys, to, webpush.Message{Text: []byte(strings.Repeat("x", webpush.MaxMessage+1))}); err == nil {
		t.Error("a message that is too long went out")
	}
	for status, gone := range map[int]bool{404: true, 410: true, 429: false, 503: false, 413: false} {
		s.Answer(status)
		err := webpush.Send(t.Context(), client, keys, to, m)
		_, again := errors.AsType[*webpush.AgainError](err)
		if err == nil || errors.Is(err, webpush.ErrGone) != gone || again != (status == 429 || status == 503) {
			t.Errorf("%d: %v", status, err)
		}
	}
	// Nobody is sent to where the program runs, unless the operator says so.
	if err := webpush.Send(t.Context(), safehttp.Rooted(time.Second, nil, s.Roots()), keys, to, m); !errors.Is(err, safehttp.ErrRefused) {
		t.Errorf("a push to this machine: %v", err)
	}
}
