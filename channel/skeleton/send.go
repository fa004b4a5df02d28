package skeleton

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"unicode/utf8"

	"parley/channel"
	"parley/desk"
)

// outgoing is what the provider takes.
type outgoing struct {
	To   string `json:"to"`
	Text string `json:"text"`
}

// Send implements channel.Channel.
func (c Channel) Send(ctx context.Context, a channel.Account, m channel.Outbound) (channel.Sent, error) {
	config, err := read(a.Config)
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Unauth, Reason: desk.Line(err.Error(), 300)}
	}
	if n := utf8.RuneCountInString(m.Text); n > maxText {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: "This message is too long for this channel. Send it in two."}
	}
	body, err := json.Marshal(outgoing{m.To.ID, m.Text})
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Reject, Reason: desk.Line(err.Error(), 300)}
	}
	// Once the request has left us, a lost answer leaves the outcome open.
	var left atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.URL+"/messages", bytes.NewReader(body))
	if err != nil {
		return channel.Sent{}, &channel.SendError{Class: channel.Unauth, Reason: "The API's address cannot be used. Check the channel's settings."}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+config.Token)
	// A redirect would turn the post into a GET, whose 200 says nothing.
	client := *c.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	switch {
	case err != nil && left.Load():
		return channel.Sent{}, &channel.SendError{Class: channel.Ambiguous, Reason: "The provider took the message but did not answer. It may have arrived."}
	case err != nil:
		return channel.Sent{}, &channel.SendError{Class: channel.Retry, Reason: "The provider cannot be reached."}
	}
	defer resp.Body.Close()
	if err := refusal(resp); err != nil {
		return channel.Sent{}, err
	}
	var answer struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&answer); err != nil || answer.ID == "" {
		return channel.Sent{}, &channel.SendError{Class: channel.Ambiguous, Reason: "The provider's answer cannot be read. The message may have arrived."}
	}
	return channel.Sent{ExternalID: answer.ID, State: desk.DeliverySent}, nil
}

// refusal says what an answer that is no success means for the message, or nil.
//
//	Retry      nothing went out: tried again, with growing pauses, for a day
//	Throttle   the same, after a pause that the provider named
//	Ambiguous  it may have arrived: resent only if Caps.Resend is safe, else a person decides
//	Reject     this message will never pass: shown as failed, with the reason
//	Gone       this customer can never be reached here again
//	Unauth     the account is broken: an admin is told
func refusal(resp *http.Response) error {
	code := resp.StatusCode
	fail := func(class channel.Class, reason string) *channel.SendError {
		return &channel.SendError{Class: class, Code: strconv.Itoa(code), Reason: reason}
	}
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests:
		return fail(channel.Throttle, "The provider asks us to wait.")
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fail(channel.Unauth, "The provider refuses the access token. Make a new one.")
	case code == http.StatusNotFound || code == http.StatusGone:
		return fail(channel.Gone, "This customer has left the provider.")
	case code == http.StatusServiceUnavailable:
		return fail(channel.Retry, "The provider is not available.")
	case code >= 500:
		return fail(channel.Ambiguous, "The provider failed while it had the message. It may have arrived.")
	}
	return fail(channel.Reject, "The provider refuses this message.")
}
