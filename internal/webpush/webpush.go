// Package webpush sends messages to browsers through their push services (RFC
// 8030): encrypted for the browser alone (RFC 8291), and signed so that the
// service knows who sends (RFC 8292).
package webpush

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	push "github.com/SherClockHolmes/webpush-go"
)

// Keys are what an install signs with (VAPID), in URL-safe base64.
type Keys struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

// NewKeys makes keys.
func NewKeys() (k Keys, err error) {
	k.Private, k.Public, err = push.GenerateVAPIDKeys()
	return k, err
}

// KeysName is what an install keeps its sealed keys under, and seals them for.
const KeysName = "push_keys"

// Unseal returns keys that were sealed and written in hexadecimal; open opens
// what was sealed for a purpose.
func Unseal(sealed string, open func(sealed, purpose []byte) ([]byte, error)) (k Keys, err error) {
	b, err := hex.DecodeString(sealed)
	if err != nil {
		return k, err
	}
	plain, err := open(b, []byte(KeysName))
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal(plain, &k)
}

// Check refuses keys with which no push service would take a message: those that
// are no keys, and a public one that does not belong to the private one.
func (k Keys) Check() error {
	private, err := base64.RawURLEncoding.DecodeString(k.Private)
	if err != nil {
		return fmt.Errorf("the private key cannot be read: %w", err)
	}
	pair, err := ecdh.P256().NewPrivateKey(private)
	if err != nil {
		return fmt.Errorf("the private key is none: %w", err)
	}
	if public, err := base64.RawURLEncoding.DecodeString(k.Public); err != nil || !bytes.Equal(public, pair.PublicKey().Bytes()) {
		return errors.New("the public key does not belong to the private one")
	}
	return nil
}

// Target is a browser, as it says itself where and how it takes messages.
type Target struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// ErrGone says that a browser takes no messages any more.
var ErrGone = errors.New("the browser takes no messages any more")

// AgainError asks for another try, after a time if the service names one.
type AgainError struct {
	After time.Duration
	Err   error
}

func (e *AgainError) Error() string { return e.Err.Error() }
func (e *AgainError) Unwrap() error { return e.Err }

// MaxMessage is how many bytes a message may have so that every service takes it.
const MaxMessage = 3000

// keepFor is how long a service keeps a message for a browser that is switched off.
const keepFor = 12 * time.Hour

// Message is one message; of several with the same Topic a browser that was
// switched off gets the last.
type Message struct {
	Text    []byte
	Topic   string // at most 32 characters of URL-safe base64
	Contact string // the sender's https or mailto address, for the operator of the service
}

// Send sends a message to one browser. The error is ErrGone, an *AgainError, or
// one that another try would not mend.
func Send(ctx context.Context, client *http.Client, k Keys, t Target, m Message) error {
	if len(m.Text) > MaxMessage {
		return fmt.Errorf("the message has %d bytes; the most is %d", len(m.Text), MaxMessage)
	}
	resp, err := push.SendNotificationWithContext(ctx, m.Text, &push.Subscription{Endpoint: t.Endpoint, Keys: push.Keys{Auth: t.Auth, P256dh: t.P256dh}}, &push.Options{
		HTTPClient: client, Subscriber: m.Contact, Topic: m.Topic, TTL: int(keepFor.Seconds()), Urgency: push.UrgencyHigh, VAPIDPublicKey: k.Public, VAPIDPrivateKey: k.Private,
	})
	if err != nil {
		return &AgainError{Err: fmt.Errorf("push: %w", err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4096)) // so that the connection is used again
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return ErrGone
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		after, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return &AgainError{After: time.Duration(min(max(after, 0), 3600)) * time.Second, Err: fmt.Errorf("the push service answered %d", resp.StatusCode)}
	}
	return fmt.Errorf("the push service answered %d", resp.StatusCode)
}
