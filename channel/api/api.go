// Package api is the channel for systems: they post their customers' messages
// and get the answers at an address of theirs, signed.
package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/webhook"
)

// Name is the channel's name.
const Name = "api"

// Config is what an admin sets.
type Config struct {
	WebhookURL    string `json:"webhook_url" doc:"Where answers are posted to, for instance https://example.com/parley" format:"uri"`
	WebhookSecret string `json:"webhook_secret,omitempty" doc:"Signs what we post: whsec_ and 24 to 64 bytes in base64, as Standard Webhooks says"`
	InboundSecret string `json:"inbound_secret,omitempty" doc:"What your system sends as a bearer token; at least 24 characters"`
}

// minInboundSecret is the shortest inbound secret, in bytes.
const minInboundSecret = 24

// Read returns a channel's settings.
func Read(config json.RawMessage) (c Config, err error) {
	if err = json.Unmarshal(config, &c); err != nil {
		err = fmt.Errorf("the settings of the API channel cannot be read: %w", err)
	}
	return c, err
}

// Channel implements channel.Channel. Client is the way out, from package
// safehttp: the address it posts to was typed by somebody.
type Channel struct {
	Client *http.Client
	Now    func() time.Time
}

// Kind implements channel.Channel.
func (Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "API", Description: "Your own system posts messages and receives answers by a signed webhook.", Grouping: desk.PerContact,
		Config: Config{}, Secrets: []string{"webhook_secret", "inbound_secret"},
		Caps: channel.Caps{HTML: true, Receipts: desk.DeliveryDelivered, MaxFileSize: maxFileSize, MaxFiles: maxFiles, Resend: channel.ResendSafe},
	}
}

// Check implements channel.Channel.
func (Channel) Check(config json.RawMessage) error {
	c, err := Read(config)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.WebhookURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return errors.New("the webhook address is one like https://example.com/hook, without a password in it")
	}
	if len(c.InboundSecret) < minInboundSecret {
		return fmt.Errorf("the inbound secret needs at least %d characters", minInboundSecret)
	}
	_, err = webhook.Key(c.WebhookSecret)
	return err
}

// Address implements channel.Channel: Parley makes a public key.
func (Channel) Address(json.RawMessage) (string, error) { return "", nil }
