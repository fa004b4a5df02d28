package email

import (
	"encoding/json"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
)

// What an account sends where nobody says otherwise. A mail of 25 MB is the most that
// the large providers take, and files grow by a third on their way.
const (
	attachMB = 18
	linkDays = 30
)

// Limits implements channel.Limiter.
func (*Channel) Limits(config json.RawMessage) channel.Limits {
	c, err := read(config)
	if err != nil {
		return channel.Limits{}
	}
	l := channel.Limits{Attach: int64(c.AttachMB) << 20, LinkFor: time.Duration(c.LinkDays) * 24 * time.Hour, PaceLimits: providers(c.SMTPHost)}
	if c.PerMinute > 0 {
		l.Minute = c.PerMinute
	}
	if c.PerHour > 0 {
		l.Hour = c.PerHour
	}
	return l
}

// providers are limits below those of the providers that have them for every account:
// Google counts 2,000 mails of a day, Microsoft 30 of a minute and 10,000 of a day.
func providers(host string) desk.PaceLimits {
	host = strings.ToLower(host)
	switch {
	case strings.HasSuffix(host, ".gmail.com") || strings.HasSuffix(host, ".google.com"):
		return desk.PaceLimits{Minute: 20, Hour: 300}
	case strings.HasSuffix(host, ".office365.com") || strings.HasSuffix(host, ".outlook.com"):
		return desk.PaceLimits{Minute: 25, Hour: 1000}
	}
	return desk.PaceLimits{}
}
