package metric

import (
	"context"
	"errors"

	"parley/channel"
)

// Channels returns channels whose sending is counted.
func (m *Metrics) Channels(all []channel.Channel) []channel.Channel {
	out := make([]channel.Channel, len(all))
	for i, ch := range all {
		out[i] = counted{ch, m}
	}
	return out
}

type counted struct {
	channel.Channel
	m *Metrics
}

// Unwrap returns the channel itself, see channel.As.
func (c counted) Unwrap() channel.Channel { return c.Channel }

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
