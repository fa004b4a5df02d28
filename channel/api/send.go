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
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/safehttp"
	"parley/internal/webhook"
)

// answer is what is posted to the webhook.
type answer struct {
	Type      string     `json:"type"` // "message.created"
	Timestamp time.Time  `json:"timestamp"`
	Data      answerData `json:"data"`
}

type answerData struct {
	Conversation desk.ConversationID `json:"conversation_id"`
	Message      desk.MessageID      `json:"message_id"`
	Contact      PostContact         `json:"contact"`
	Author       string              `json:"author"`         // the name of the person who answers
	Text         string              `json:"text"`           // without marks
	HTML         string              `json:"html,omitempty"` // the same, formatted: paragraphs, emphasis, lists, code, quotes and links
	Files        []answerFile        `json:"attachments"`
}

type answerFile struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Data        string `json:"data_base64"`
}

// Send implements channel.Channel. The webhook's id is the message's: a receiver
// that keeps to Standard Webhooks drops a second copy, so that a resend is safe.
func (c Channel) Send(ctx context.Context, a channel.Account, m channel.Outbound) (channel.Sent, error) {
	req, err := c.request(ctx, a, m)
	if err != nil {
		return channel.Sent{}, err
	}
	// A redirect would turn the post into a GET, whose 200 says nothing.
	client := *c.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if errors.Is(err, safehttp.ErrRefused) {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: "The webhook's address is not public. Change it in the channel's settings, or allow its network."}
	}
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Retry, Reason: "The webhook did not answer: " + reason(err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // lets the connection be used again
	if err := c.refusal(resp); err != nil {
		return channel.Sent{}, err
	}
	return channel.Sent{ExternalID: m.Message.String(), State: desk.DeliveryDelivered}, nil
}

// request makes the signed post.
func (c Channel) request(ctx context.Context, a channel.Account, m channel.Outbound) (*http.Request, error) {
	config, err := Read(a.Config)
	if err != nil {
		return nil, &channel.SendError{Class: channel.Unauth, Reason: desk.Line(err.Error(), 300)}
	}
	key, err := webhook.Key(config.WebhookSecret)
	if err != nil {
		return nil, &channel.SendError{Class: channel.Unauth, Reason: "The channel's secret cannot be used: " + err.Error() + "."}
	}
	body, err := payload(m)
	if err != nil {
		return nil, &channel.SendError{Class: channel.Reject, Reason: desk.Line(err.Error(), 300)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return nil, &channel.SendError{Class: channel.Unauth, Reason: "The webhook address cannot be used: " + reason(err)}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Parley")
	webhook.Sign(req.Header, key, m.Message.String(), c.Now(), body)
	return req, nil
}

// refusal says what an answer that is no success means for the message, or nil.
func (c Channel) refusal(resp *http.Response) error {
	code := resp.StatusCode
	fail := func(class channel.Class, after time.Duration, format string, args ...any) error {
		return &channel.SendError{Class: class, Code: strconv.Itoa(code), After: after, Reason: fmt.Sprintf(format, args...)}
	}
	after := retryAfter(resp.Header.Get("Retry-After"), c.Now())
	switch {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return fail(channel.Reject, 0, "The webhook answers with a redirect (%d). Put the address it leads to into the channel's settings.", code)
	case code == http.StatusGone:
		return fail(channel.Gone, 0, "The webhook says that it is gone (410). Change its address in the channel's settings.")
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable && after > 0:
		return fail(channel.Throttle, after, "The webhook asks us to wait (%d).", code)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fail(channel.Unauth, 0, "The webhook refuses our signature (%d). Check the secret on both sides.", code)
	case code == http.StatusRequestTimeout || code == http.StatusTooEarly || code >= 500:
		return fail(channel.Retry, 0, "The webhook failed (%d).", code)
	}
	return fail(channel.Reject, 0, "The webhook refused the message (%d).", code)
}

// maxAfter is how long a webhook may make us wait at once.
const maxAfter = time.Hour

// retryAfter reads the header of that name, in seconds or as a date (RFC 9110,
// 10.2.3); 0 if it says nothing that can be understood.
func retryAfter(header string, now time.Time) (d time.Duration) {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxAfter)
}

// reason is an error of the network without our address and its query in it.
func reason(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return desk.Line(err.Error(), 300)
}

func payload(m channel.Outbound) ([]byte, error) {
	data := answerData{
		Conversation: m.Conversation, Message: m.Message, Author: m.AuthorName, Text: m.Text, HTML: m.HTML, Files: []answerFile{},
		Contact: PostContact{ExternalID: m.To.ID, Name: m.To.Name, Email: m.To.Email, Phone: m.To.Phone},
	}
	for _, f := range m.Files {
		data.Files = append(data.Files, answerFile{f.Name, f.ContentType, base64.StdEncoding.EncodeToString(f.Data)})
	}
	return json.Marshal(answer{Type: "message.created", Timestamp: m.At.UTC(), Data: data})
}
