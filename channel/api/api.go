// Package api is the channel for systems: they post their customers' messages
// and get the answers at an address of theirs, signed.
package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/internal/safehttp"
	"parley/internal/webhook"
)

// Name is the channel's name.
const Name = "api"

// The limits of a posted message.
const (
	maxFiles    = 10
	maxFileSize = 10 << 20
)

// Config is what an admin sets.
type Config struct {
	WebhookURL    string `json:"webhook_url" doc:"Where answers are posted to" format:"uri"`
	WebhookSecret string `json:"webhook_secret,omitempty" doc:"Signs what we post: whsec_ and base64, as Standard Webhooks says"`
	InboundSecret string `json:"inbound_secret,omitempty" doc:"What your system sends as a bearer token; at least 24 characters"`
}

// Read returns a channel's settings.
func Read(config json.RawMessage) (c Config, err error) {
	if err = json.Unmarshal(config, &c); err != nil {
		err = fmt.Errorf("the settings of the API channel cannot be read: %w", err)
	}
	return c, err
}

// Channel implements channel.Channel.
type Channel struct {
	Client *http.Client
	Now    func() time.Time
}

// Kind implements channel.Channel.
func (Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "API", Description: "Your own system posts messages and receives answers by a signed webhook.", Grouping: desk.PerContact,
		Config: Config{}, Secrets: []string{"webhook_secret", "inbound_secret"},
		Caps: channel.Caps{Receipts: desk.DeliveryDelivered, MaxFileSize: maxFileSize, MaxFiles: maxFiles, Resend: channel.ResendSafe},
	}
}

// Check implements channel.Channel.
func (Channel) Check(config json.RawMessage) error {
	c, err := Read(config)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.WebhookURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return errors.New("the webhook address is one like https://example.com/hook, without a password in it")
	}
	if len(c.InboundSecret) < 24 {
		return errors.New("the inbound secret needs at least 24 characters")
	}
	_, err = webhook.Key(c.WebhookSecret)
	return err
}

// Address implements channel.Channel: Parley makes a public key.
func (Channel) Address(json.RawMessage) (string, error) { return "", nil }

// Post is a message that a system posts.
type Post struct {
	Contact    PostContact `json:"contact"`
	Text       string      `json:"text,omitempty" maxLength:"100000"`
	Subject    string      `json:"subject,omitempty" maxLength:"500"`
	Thread     string      `json:"thread_id,omitempty" maxLength:"200" doc:"For inboxes that group by thread: what belongs together"`
	At         time.Time   `json:"at,omitzero" doc:"When it was written; by default now"`
	ExternalID string      `json:"external_id,omitempty" maxLength:"200"`
	Files      []PostFile  `json:"attachments,omitempty" maxItems:"10"`
}

// PostContact is who wrote.
type PostContact struct {
	ExternalID string `json:"external_id" minLength:"1" maxLength:"200" doc:"Your own id of the customer"`
	Name       string `json:"name,omitempty" maxLength:"120"`
	Email      string `json:"email,omitempty" maxLength:"254"`
	Phone      string `json:"phone,omitempty" maxLength:"40"`
}

// PostFile is an attachment.
type PostFile struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Data string `json:"data_base64" contentEncoding:"base64"`
}

// Parse implements channel.Channel.
func (Channel) Parse(_ context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	var p Post
	if err := json.Unmarshal(raw.Body, &p); err != nil {
		return nil, errors.New("the message is not JSON of the described form")
	}
	if strings.TrimSpace(p.Contact.ExternalID) == "" {
		return nil, errors.New("contact.external_id says who wrote; it is missing")
	}
	if strings.TrimSpace(desk.Clean(p.Text)) == "" && len(p.Files) == 0 {
		return nil, errors.New("the message has neither text nor attachments")
	}
	if raw.Dedupe == "" {
		return nil, errors.New("the message has no key that tells it from others")
	}
	in := channel.Inbound{
		Dedupe: raw.Dedupe, At: p.At, Text: p.Text, Subject: p.Subject, ExternalID: p.ExternalID,
		From: channel.Identity{
			Kind: "external", Scope: a.ID.String(), ID: p.Contact.ExternalID, Name: p.Contact.Name, Email: p.Contact.Email, Phone: p.Contact.Phone, Verified: true,
		},
	}
	if in.At.IsZero() {
		in.At = raw.At
	}
	if p.Thread != "" {
		key := "api:" + p.Thread
		in.Thread = channel.Thread{Parents: []string{key}, Own: []string{key}}
	}
	if len(p.Files) > maxFiles {
		return nil, fmt.Errorf("a message has at most %d attachments", maxFiles)
	}
	for _, f := range p.Files {
		data, err := base64.StdEncoding.DecodeString(f.Data)
		if err != nil {
			return nil, fmt.Errorf("the attachment %q is not base64", desk.Line(f.Name, 60))
		}
		if len(data) > maxFileSize {
			return nil, fmt.Errorf("the attachment %q is larger than %d MB", desk.Line(f.Name, 60), maxFileSize>>20)
		}
		in.Files = append(in.Files, channel.File{Name: safeName(f.Name), ContentType: blob.Sniff(data), Data: data})
	}
	return []channel.Inbound{in}, nil
}

func safeName(s string) string {
	s = desk.Line(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\"`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '_'
		}
		return r
	}, s), 120)
	if s == "" {
		return "file"
	}
	return s
}

// answer is what is posted to the webhook.
type answer struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Conversation desk.ConversationID `json:"conversation_id"`
		Message      desk.MessageID      `json:"message_id"`
		Contact      PostContact         `json:"contact"`
		Author       string              `json:"author"`
		Text         string              `json:"text"`
		Files        []answerFile        `json:"attachments"`
	} `json:"data"`
}

type answerFile struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Data        string `json:"data_base64"`
}

// Send implements channel.Channel. The webhook's id is the message's: a receiver
// that keeps Standard Webhooks drops a second copy, so a resend is safe.
func (c Channel) Send(ctx context.Context, a channel.Account, m channel.Outbound) (channel.Sent, error) {
	config, err := Read(a.Config)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: err.Error()}
	}
	key, err := webhook.Key(config.WebhookSecret)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Unauth, Reason: err.Error()}
	}
	body, err := payload(m)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: err.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: "The webhook address cannot be used: " + err.Error()}
	}
	now := c.Now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Parley")
	req.Header.Set("webhook-id", m.Message.String())
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", webhook.Sign(key, m.Message.String(), now, body))
	resp, err := c.Client.Do(req)
	if err != nil {
		if errors.Is(err, safehttp.ErrRefused) {
			return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: "The webhook's address is not public. Change it in the channel's settings."}
		}
		return channel.Sent{}, &channel.SendError{Class: channel.Retry, Reason: "The webhook did not answer: " + reason(err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // lets the connection be used again
	return sent(resp, m)
}

func sent(resp *http.Response, m channel.Outbound) (channel.Sent, error) {
	code := resp.StatusCode
	fail := func(class channel.Class, format string, args ...any) (channel.Sent, error) {
		return channel.Sent{}, &channel.SendError{Class: class, Code: strconv.Itoa(code), Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case code >= 200 && code < 300:
		return channel.Sent{ExternalID: m.Message.String(), State: desk.DeliveryDelivered}, nil
	case code == http.StatusGone:
		return fail(channel.Gone, "The webhook says that it is gone (410). Change its address in the channel's settings.")
	case code == http.StatusTooManyRequests:
		_, err := fail(channel.Throttle, "The webhook asks us to wait (429).")
		if seconds, perr := strconv.Atoi(resp.Header.Get("Retry-After")); perr == nil && seconds >= 0 && seconds < 3600 {
			err.(*channel.SendError).After = time.Duration(seconds) * time.Second
		}
		return channel.Sent{}, err
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fail(channel.Unauth, "The webhook refuses our signature (%d). Check the secret on both sides.", code)
	case code == http.StatusRequestTimeout || code >= 500:
		return fail(channel.Retry, "The webhook failed (%d).", code)
	}
	return fail(channel.Reject, "The webhook refused the message (%d).", code)
}

// reason is an error of the network without our address and its query in it.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

func payload(m channel.Outbound) ([]byte, error) {
	out := answer{Type: "message.created", Timestamp: m.At.UTC()}
	out.Data.Conversation, out.Data.Message, out.Data.Author, out.Data.Text = m.Conversation, m.Message, m.AuthorName, m.Text
	out.Data.Contact = PostContact{ExternalID: m.To.ID, Name: m.To.Name, Email: m.To.Email, Phone: m.To.Phone}
	out.Data.Files = []answerFile{}
	for _, f := range m.Files {
		out.Data.Files = append(out.Data.Files, answerFile{f.Name, f.ContentType, base64.StdEncoding.EncodeToString(f.Data)})
	}
	return json.Marshal(out)
}
