// Package webchat is the chat on a web page. Its visitors talk to Parley's own
// HTTP API; here is what that API stores, who a visitor is, and how an answer
// reaches them.
package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
)

// Name is the channel's name.
const Name = "webchat"

// Config is what an admin sets.
type Config struct {
	Greeting       string   `json:"greeting,omitempty" doc:"The first line a visitor sees" maxLength:"120" default:"Hello. How can we help?"`
	Intro          string   `json:"intro,omitempty" doc:"One or two sentences under the greeting" maxLength:"300"`
	Accent         string   `json:"accent,omitempty" doc:"Colour of buttons and of the visitor's messages" format:"color" default:"#0F6A57"`
	HeaderColor    string   `json:"header_color,omitempty" doc:"Colour behind the greeting" format:"color" default:"#14362E"`
	Side           string   `json:"side,omitempty" doc:"Which lower corner the button is in" enum:"right,left" default:"right"`
	ReplyTime      string   `json:"reply_time,omitempty" doc:"What visitors may expect, for instance: We usually answer within an hour" maxLength:"120"`
	AskEmail       bool     `json:"ask_email,omitempty" doc:"Ask visitors for a mail address, so that an answer reaches them when they have left"`
	AllowedOrigins []string `json:"allowed_origins,omitempty" doc:"Web sites that may show the chat, for instance https://www.example.com; none allows all"`
	IdentitySecret string   `json:"identity_secret,omitempty" doc:"Your server signs known customers with it (JWT, HS256); at least 32 characters"`
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Read returns a channel's settings with their defaults.
func Read(config json.RawMessage) (Config, error) {
	c := Config{Greeting: "Hello. How can we help?", Accent: "#0F6A57", HeaderColor: "#14362E", Side: "right"}
	if err := json.Unmarshal(config, &c); err != nil {
		return c, fmt.Errorf("the settings of the chat cannot be read: %w", err)
	}
	return c, nil
}

// Script returns the line that puts a chat on a page. Colour and side are for the
// first visit: later the button is as the chat's settings are.
func Script(base, key string, c Config) string {
	return fmt.Sprintf(`<script async src="%s/widget.js" data-key="%s" data-color="%s" data-side="%s"></script>`, base, key, c.HeaderColor, c.Side)
}

// Channel implements channel.Channel.
type Channel struct{}

// New returns the channel.
func New() Channel { return Channel{} }

// Kind implements channel.Channel.
func (Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "Web chat", Description: "A chat on your web site: one line of script, answers at once.", Grouping: desk.PerContact,
		Config: Config{}, Secrets: []string{"identity_secret"},
		Caps: channel.Caps{HTML: true, Typing: true, Receipts: desk.DeliveryRead, MaxFileSize: 25 << 20, MaxFiles: 10, Resend: channel.ResendSafe},
	}
}

// Check implements channel.Channel.
func (Channel) Check(config json.RawMessage) error {
	c, err := Read(config)
	if err != nil {
		return err
	}
	for what, v := range map[string]string{"accent": c.Accent, "header colour": c.HeaderColor} {
		if !colour.MatchString(v) {
			return fmt.Errorf("the %s %q is not a colour like #0F6A57", what, v)
		}
	}
	if c.Side != "right" && c.Side != "left" {
		return errors.New("the side is right or left")
	}
	for _, o := range c.AllowedOrigins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(o, " ;,'\"?#") {
			return fmt.Errorf("%q is not the address of a web site like https://www.example.com", o)
		}
	}
	if c.IdentitySecret != "" && len(c.IdentitySecret) < 32 {
		return errors.New("the identity secret needs at least 32 characters")
	}
	return nil
}

// Address implements channel.Channel: Parley makes a public key.
func (Channel) Address(json.RawMessage) (string, error) { return "", nil }

// Posted is what a visitor wrote, as the API stores it. The visitor was known by
// a token that we signed.
type Posted struct {
	Visitor  Visitor `json:"visitor"`
	ClientID string  `json:"client_id"`
	Text     string  `json:"text"`
	Page     string  `json:"page,omitempty"` // without its query, which may hold secrets
	Zone     string  `json:"zone,omitempty"` // where their browser says it is
}

// Visitor is who somebody in the chat is.
type Visitor struct {
	Channel  desk.ChannelID `json:"c"`
	Kind     string         `json:"k"` // "visitor", or "external" when the site's server vouches for them
	ID       string         `json:"i"`
	Name     string         `json:"n,omitempty"`
	Email    string         `json:"e,omitempty"`
	Verified bool           `json:"v,omitempty"`
	Expires  int64          `json:"x,omitempty"` // Unix seconds; 0 is never
}

// Identity returns how the contact is known.
func (v Visitor) Identity() channel.Identity {
	return channel.Identity{Kind: v.Kind, Scope: v.Channel.String(), ID: v.ID, Name: v.Name, Email: v.Email, Verified: v.Verified}
}

// Parse implements channel.Channel.
func (Channel) Parse(_ context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	var p Posted
	if err := json.Unmarshal(raw.Body, &p); err != nil {
		return nil, errors.New("the message is not the JSON of a chat")
	}
	known := p.Visitor.Kind == "visitor" || p.Visitor.Kind == "external"
	if p.Visitor.ID == "" || !known || p.Visitor.Channel != a.ID || p.ClientID == "" {
		return nil, errors.New("the message says neither who wrote it nor which one it is")
	}
	from := p.Visitor.Identity()
	from.Zone = p.Zone
	return []channel.Inbound{{
		Dedupe: p.Visitor.ID + " " + p.ClientID, From: from, At: raw.At, Text: desk.Clean(p.Text), ClientID: p.ClientID, ExternalID: p.ClientID,
	}}, nil
}

// Send implements channel.Channel. What is stored is there for the visitor, now
// or when they come back; their stream then says that it was delivered.
func (Channel) Send(context.Context, channel.Account, channel.Outbound) (channel.Sent, error) {
	return channel.Sent{State: desk.DeliverySent}, nil
}

// Expired reports whether a signed visitor is out of date.
func (v Visitor) Expired(now time.Time) bool { return v.Expires != 0 && now.Unix() > v.Expires }
