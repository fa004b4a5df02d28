package metric

import (
	"context"
	"encoding/json"
	"errors"

	"parley/channel"
)

// Channels returns channels whose sending is counted.
func (m *Metrics) Channels(all []channel.Channel) []channel.Channel {
	out := make([]channel.Channel, len(all))
	for i, ch := range all {
		out[i] = counted{ch, m}
		if asks, ok := ch.(channel.Authenticator); ok {
			out[i] = countedAuth{counted{ch, m}, asks}
		}
	}
	return out
}

type counted struct {
	channel.Channel
	m *Metrics
}

// countedAuth is counted on a channel where somebody could write as somebody else.
type countedAuth struct {
	counted
	asks channel.Authenticator
}

// Authenticate implements channel.Authenticator.
func (c countedAuth) Authenticate(ctx context.Context, a channel.Account, raw channel.Raw) json.RawMessage {
	return c.asks.Authenticate(ctx, a, raw)
}

// Send implements channel.Channel.
func (c counted) Send(ctx context.Context, a channel.Account, out channel.Outbound) (channel.Sent, error) {
	start := c.m.Now()
	sent, err := c.Channel.Send(ctx, a, out)
	outcome := string(sent.State)
	if err != nil {
		outcome = string(channel.Ambiguous)
		if e, ok := errors.AsType[*channel.SendError](err); ok {
			outcome = string(e.Class)
		}
	}
	name := c.Kind().Name
	c.m.sends.WithLabelValues(name, outcome).Inc()
	c.m.sending.WithLabelValues(name).Observe(c.m.Now().Sub(start).Seconds())
	return sent, err
}
