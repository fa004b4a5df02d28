// Package skeleton is a channel to copy. It works, against a provider that does
// not exist but is like most: messages come in as JSON, answers go out as a POST
// with a token. It is in no list and no binary.
//
// To make a channel of it:
//
//  1. Copy the folder to channel/<name>, rename the package, change Name.
//  2. Config: what an admin must type. Its tags are the settings form: json names
//     it, doc explains it, default, enum, format, maxLength and minimum guide it.
//     What must never be shown again goes into Kind.Secrets.
//  3. Kind.Caps: the provider's limits, as data. The rest of the program asks
//     them, never the channel's name.
//  4. Parse: pure, because a dead letter is replayed through it. Record a few
//     real events, take out what is private, and keep them as its tests.
//  5. Send: the class of every failure decides whether a customer gets a message
//     twice or not at all. See the table at refusal.
//  6. If messages must be fetched or listened for, implement channel.Listener
//     (package email does).
//  7. Add a line to channel/all, and a test that runs channeltest.Run.
package skeleton

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/channel"
	"parley/desk"
)

// Name is the channel's name: stored with every account, never changed.
const Name = "skeleton"

// maxText is the longest message that the provider takes, in characters.
const maxText = 4096

// Config is what an admin sets.
type Config struct {
	URL   string `json:"url" doc:"The provider's API, for instance https://api.example.com" format:"uri"`
	Page  string `json:"page" doc:"Your page's id at the provider" maxLength:"100"`
	Token string `json:"token,omitempty" doc:"The access token the provider gave you"`
}

func read(config json.RawMessage) (c Config, err error) {
	if err = json.Unmarshal(config, &c); err != nil {
		err = fmt.Errorf("the settings cannot be read: %w", err)
	}
	return c, err
}

// Channel implements channel.Channel. What it needs of the install, such as the
// way out, is handed in; what belongs to one account is in channel.Account.
type Channel struct {
	Client *http.Client // of package safehttp: the address was typed by somebody
}

// Kind implements channel.Channel.
func (Channel) Kind() channel.Kind {
	return channel.Kind{
		Name: Name, Title: "Skeleton", Description: "A channel to copy.", Grouping: desk.PerContact, Config: Config{}, Secrets: []string{"token"},
		// The provider knows no keys, so that after a lost answer a person decides
		// about a second try.
		Caps: channel.Caps{Receipts: desk.DeliverySent, MaxText: maxText, Resend: channel.ResendAsk},
	}
}

// Check implements channel.Channel. Its errors are for the person at the form.
func (Channel) Check(config json.RawMessage) error {
	c, err := read(config)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil:
		return errors.New("the API's address is one like https://api.example.com")
	case strings.TrimSpace(c.Page) == "":
		return errors.New("the page's id is missing; it stands in the provider's settings")
	case c.Token == "":
		return errors.New("the access token is missing; make one in the provider's settings")
	}
	return nil
}

// Address implements channel.Channel: events name the page they are for.
func (Channel) Address(config json.RawMessage) (string, error) {
	c, err := read(config)
	return c.Page, err
}

// event is what the provider sends. Times are Unix milliseconds.
type event struct {
	ID   string `json:"id"`
	From struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"from"`
	Text string `json:"text"`
	At   int64  `json:"at"`
}

// Parse implements channel.Channel. It looks at nothing but its arguments, not
// even at the clock.
func (Channel) Parse(_ context.Context, a channel.Account, raw channel.Raw) ([]channel.Inbound, error) {
	var e event
	if err := json.Unmarshal(raw.Body, &e); err != nil {
		return nil, errors.New("the event is not the JSON of a message")
	}
	id, from, text := desk.Line(e.ID, 200), desk.Line(e.From.ID, 200), desk.Clean(e.Text)
	if id == "" || from == "" || strings.TrimSpace(text) == "" {
		return nil, errors.New("the event lacks an id, a sender or a text")
	}
	at := raw.At
	if t := time.UnixMilli(e.At).UTC(); e.At > 0 && t.Before(at) {
		at = t
	}
	return []channel.Inbound{{
		Dedupe: id, // the provider's id: it sends an event again until we answer
		// Scope: the provider's ids of people differ from page to page.
		From: channel.Identity{Kind: Name, Scope: a.ID.String(), ID: from, Name: desk.Line(e.From.Name, 120)},
		At:   at, Text: text, ExternalID: id,
	}}, nil
}
