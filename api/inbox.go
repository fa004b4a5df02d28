package api

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/channel/webchat"
	"parley/desk"
	"parley/store"
)

// Inbox is where conversations arrive.
type Inbox struct {
	ID       desk.InboxID  `json:"id"`
	Name     string        `json:"name"`
	Grouping desk.Grouping `json:"grouping" enum:"per_thread,per_contact"`
	InboxSettings
	Members  []desk.UserID `json:"member_ids" doc:"Who sees it, beside owners and admins"`
	Channels []Channel     `json:"channels"`
}

// Channel is one way into an inbox.
type Channel struct {
	ID            desk.ChannelID  `json:"id"`
	Inbox         desk.InboxID    `json:"inbox_id"`
	Kind          string          `json:"kind"`
	Name          string          `json:"name"`
	Address       string          `json:"address" doc:"How the outside knows it: a mail address, or a public key"`
	Config        json.RawMessage `json:"config,omitempty" doc:"Its settings without secrets; shown to admins"`
	SecretsSet    []string        `json:"secrets_set,omitempty" doc:"Which secrets have a value"`
	State         string          `json:"state" enum:"ok,error,disabled"`
	LastError     string          `json:"last_error,omitempty"`
	LastInboundAt time.Time       `json:"last_inbound_at,omitzero"`
	Health        []ChannelHealth `json:"health,omitempty" doc:"Whether its ways in and out work, as far as that is known; shown to admins"`
	Connection    *Connection     `json:"connection,omitempty" doc:"How a provider opens its mailbox; absent when it signs in by a password; shown to admins"`
	Script        string          `json:"script,omitempty" doc:"The line that puts the chat on a page"`
	TryURL        string          `json:"try_url,omitempty"`
	InboundURL    string          `json:"inbound_url,omitempty" doc:"Where to post messages"`
}

// ChannelHealth is whether a way in or out of a channel works.
type ChannelHealth struct {
	Way          string    `json:"way" enum:"in,out" doc:"in: fetching mail. out: handing over what is sent"`
	OkAt         time.Time `json:"ok_at,omitzero" doc:"When it worked last"`
	FailingSince time.Time `json:"failing_since,omitzero"`
	Problem      string    `json:"problem,omitempty" doc:"Why it fails, and what to do"`
	Waiting      int       `json:"waiting" doc:"in: messages in the mailbox that were not fetched yet. out: messages that wait to leave, and were told why"`
	LagSeconds   float64   `json:"lag_seconds" doc:"Between the arrival of the last message in the mailbox and here"`
}

// ChannelKind is a type of channel that can be connected.
type ChannelKind struct {
	Kind        string         `json:"kind"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Grouping    desk.Grouping  `json:"grouping" enum:"per_thread,per_contact"`
	Schema      map[string]any `json:"schema" doc:"JSON Schema of its settings"`
	Secrets     []string       `json:"secrets"`
}

type InboxPath struct {
	InWorkspace
	ID Ref[desk.InboxID] `path:"id"`
}

// inboxes registers inboxes, their channels and tags.
func (s *server) inboxes() {
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "list-inboxes", method: "GET", path: path + "/inboxes", summary: "The inboxes you see", tag: "Inboxes", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Inbox]], error) {
			all, err := s.inboxList(ctx)
			return &body[page[Inbox]]{page[Inbox]{Items: all}}, err
		})
	route(s, operation{id: "create-inbox", method: "POST", path: path + "/inboxes", summary: "Make an inbox", tag: "Inboxes", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Name     string         `json:"name" minLength:"1" maxLength:"120"`
				Grouping desk.Grouping  `json:"grouping" enum:"per_thread,per_contact"`
				Preset   string         `json:"preset,omitempty" enum:"slack,help_desk,ai,messaging" doc:"Settings to begin with, that fit together"`
				Settings SettingsChange `json:"settings,omitempty"`
				Members  *[]desk.UserID `json:"member_ids,omitempty"`
			}
		}) (*body[Inbox], error) {
			i, err := s.App.CreateInbox(ctx, in.Body.Name, in.Body.Grouping, app.InboxChange{Preset: in.Body.Preset, Change: in.Body.Settings.json(), Members: in.Body.Members})
			if err != nil {
				return nil, err
			}
			return s.showInbox(ctx, i.ID)
		})
	route(s, operation{id: "get-inbox", method: "GET", path: path + "/inboxes/{id}", summary: "One inbox", tag: "Inboxes", need: desk.MayRead},
		func(ctx context.Context, in *InboxPath) (*body[Inbox], error) { return s.showInbox(ctx, in.ID.V) })
	route(s, operation{id: "change-inbox", method: "PATCH", path: path + "/inboxes/{id}", summary: "Change an inbox", tag: "Inboxes", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			InboxPath
			Body struct {
				Name     *string        `json:"name,omitempty" maxLength:"120"`
				Settings SettingsChange `json:"settings,omitempty"`
				Members  *[]desk.UserID `json:"member_ids,omitempty"`
			}
		}) (*body[Inbox], error) {
			err := s.App.ChangeInbox(ctx, in.ID.V, app.InboxChange{Name: in.Body.Name, Change: in.Body.Settings.json(), Members: in.Body.Members})
			if err != nil {
				return nil, err
			}
			if in.Body.Members != nil {
				s.Hub.CutWorkspace(in.Workspace.V)
			}
			return s.showInbox(ctx, in.ID.V)
		})
	s.channels(path)
	s.testable(path)
	s.mailDomains(path)
	s.mailProviders(path)
	s.connections(path)
	s.tags(path)
	s.presets(path)
	s.categories(path)
	s.moments(path)
}

func (s *server) channels(path string) {
	type savedChannel struct {
		Kind     string          `json:"kind,omitempty" doc:"Its type; fixed once it is made" maxLength:"40"`
		Name     string          `json:"name,omitempty" maxLength:"120"`
		Config   json.RawMessage `json:"config,omitempty" doc:"The settings; a secret that is left out keeps its value"`
		Disabled *bool           `json:"disabled,omitempty"`
	}
	route(s, operation{id: "list-channel-kinds", method: "GET", path: path + "/channel-kinds", summary: "What can be connected", tag: "Inboxes", need: desk.MayRead},
		func(context.Context, *InWorkspace) (*body[page[ChannelKind]], error) {
			return &body[page[ChannelKind]]{page[ChannelKind]{Items: s.kinds()}}, nil
		})
	route(s, operation{id: "connect-channel", method: "POST", path: path + "/inboxes/{id}/channels", summary: "Connect a channel", tag: "Inboxes", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InboxPath
			Body savedChannel
		}) (*body[Channel], error) {
			if in.Body.Config == nil {
				in.Body.Config = json.RawMessage("{}")
			}
			ch, err := s.App.SaveChannel(ctx, in.ID.V, 0, in.Body.Kind, in.Body.Name, in.Body.Config, in.Body.Disabled)
			if err != nil {
				return nil, err
			}
			out, err := s.savedChannel(ctx, ch)
			return &body[Channel]{out}, err
		})
	type ChannelPath struct {
		InWorkspace
		ID Ref[desk.ChannelID] `path:"id"`
	}
	route(s, operation{id: "change-channel", method: "PATCH", path: path + "/channels/{id}", summary: "Change a channel", tag: "Inboxes", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			ChannelPath
			Body savedChannel
		}) (*body[Channel], error) {
			ch, err := s.App.SaveChannel(ctx, 0, in.ID.V, "", in.Body.Name, in.Body.Config, in.Body.Disabled)
			if err != nil {
				return nil, err
			}
			out, err := s.savedChannel(ctx, ch)
			return &body[Channel]{out}, err
		})
	route(s, operation{id: "remove-channel", method: "DELETE", path: path + "/channels/{id}", summary: "Disconnect a channel; its conversations stay", tag: "Inboxes", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *ChannelPath) (*struct{}, error) {
			return nil, s.App.RemoveChannel(ctx, in.ID.V)
		})
}

// testable registers the test of a channel.
func (s *server) testable(path string) {
	type Tested struct {
		Way     string `json:"way" enum:"in,out"`
		Says    string `json:"says" doc:"What was found"`
		Problem string `json:"problem,omitempty" doc:"Why it does not work, and what to do"`
		Skipped bool   `json:"skipped,omitempty" doc:"There was nothing to try"`
	}
	route(s, operation{id: "test-channel", method: "POST", path: path + "/channels/{id}/test", summary: "Try whether a channel works, each way by itself", tag: "Inboxes", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			InWorkspace
			ID Ref[desk.ChannelID] `path:"id"`
		}) (*body[page[Tested]], error) {
			all, err := s.App.TestChannel(ctx, in.ID.V)
			out := page[Tested]{Items: []Tested{}}
			for _, t := range all {
				out.Items = append(out.Items, Tested(t))
			}
			return &body[page[Tested]]{out}, err
		})
}

// kinds describes every type of channel; its settings struct is the form.
func (s *server) kinds() []ChannelKind {
	out := []ChannelKind{}
	for _, ch := range s.App.Channels {
		k := ch.Kind()
		schema := map[string]any{}
		b, err := json.Marshal(huma.SchemaFromType(huma.NewMapRegistry("", huma.DefaultSchemaNamer), reflect.TypeOf(k.Config)))
		if err == nil {
			err = json.Unmarshal(b, &schema)
		}
		if err != nil {
			s.Log.Error("describe a channel", "kind", k.Name, "err", err)
		}
		out = append(out, ChannelKind{k.Name, k.Title, k.Description, k.Grouping, schema, append([]string{}, k.Secrets...)})
	}
	return out
}

func (s *server) inboxList(ctx context.Context) ([]Inbox, error) {
	out := []Inbox{}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := tx.Inboxes()
		if err != nil {
			return err
		}
		ws, err := tx.Workspace()
		if err != nil {
			return err
		}
		channels, err := tx.Channels()
		if err != nil {
			return err
		}
		health, err := tx.ChannelHealth(0)
		if err != nil {
			return err
		}
		connections, err := s.App.Connections(tx, channels)
		if err != nil {
			return err
		}
		queued, err := tx.QueuedThrough()
		if err != nil {
			return err
		}
		for i, h := range health {
			if h.Way == store.WayOut {
				health[i].Waiting = queued[h.Channel]
			}
		}
		members, err := tx.Members()
		if err != nil {
			return err
		}
		for _, i := range all {
			settings, err := inboxSettings(i.Grouping, ws.Settings, i.Own)
			if err != nil {
				return err
			}
			v := Inbox{ID: i.ID, Name: i.Name, Grouping: i.Grouping, InboxSettings: settings, Members: []desk.UserID{}, Channels: []Channel{}}
			for _, m := range members {
				for _, id := range m.Inboxes {
					if id == i.ID {
						v.Members = append(v.Members, m.User)
					}
				}
			}
			for _, ch := range channels {
				if ch.Inbox != i.ID {
					continue
				}
				c, err := s.channelOf(ctx, ch, health, connections)
				if err != nil {
					return err
				}
				v.Channels = append(v.Channels, c)
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

func (s *server) showInbox(ctx context.Context, id desk.InboxID) (*body[Inbox], error) {
	all, err := s.inboxList(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.ID == id {
			return &body[Inbox]{i}, nil
		}
	}
	return nil, desk.Errorf(desk.NotFound, "There is no such inbox here.")
}

// savedChannel renders a channel that was changed.
func (s *server) savedChannel(ctx context.Context, ch desk.Channel) (out Channel, err error) {
	err = s.read(ctx, func(tx *store.Tx) error {
		connections, err := s.App.Connections(tx, []desk.Channel{ch})
		if err == nil {
			out, err = s.channelOf(ctx, ch, nil, connections)
		}
		return err
	})
	return out, err
}

// channelOf renders a channel; its settings are for admins.
func (s *server) channelOf(ctx context.Context, ch desk.Channel, health []store.Health, connections map[desk.ChannelID]app.Connection) (Channel, error) {
	out := Channel{
		ID: ch.ID, Inbox: ch.Inbox, Kind: ch.Kind, Name: ch.Name, Address: ch.Address, State: "ok", LastError: ch.LastError, LastInboundAt: ch.InboundAt,
	}
	failing := false
	for _, h := range health {
		if h.Channel == ch.ID {
			failing = failing || h.Problem != ""
			out.Health = append(out.Health, ChannelHealth{h.Way, h.OkAt, h.FailingSince, h.Problem, h.Waiting, h.Lag.Seconds()})
		}
	}
	switch {
	case ch.Disabled:
		out.State = "disabled"
	case ch.LastError != "" || failing:
		out.State = "error"
	}
	base := s.publicURL(ctx)
	switch ch.Kind {
	case "webchat":
		config, err := webchat.Read(ch.Config)
		if err != nil {
			return out, err
		}
		out.Script = webchat.Script(base, ch.Address, config)
		out.TryURL = base + "/try/" + ch.Address
	case "api":
		out.InboundURL = base + "/api/v1/channels/" + ch.Address + "/messages"
	}
	if !app.ActorFrom(ctx).Role.May(desk.MayManage) {
		out.Health = nil
		return out, nil
	}
	out.Config = ch.Config
	if c, ok := connections[ch.ID]; ok {
		out.Connection = &Connection{c.Provider, c.Title, c.Mailbox, c.Problem, c.ConnectedAt}
	}
	var err error
	out.SecretsSet, err = s.App.SecretsSet(ch)
	return out, err
}

// Tag marks conversations.
type Tag struct {
	ID    desk.TagID `json:"id"`
	Name  string     `json:"name"`
	Color string     `json:"color" doc:"The name of a token of the palette: c1 to c5, brick or ink-3"`
}

func (s *server) tags(path string) {
	type savedTag struct {
		Name  string `json:"name" minLength:"1" maxLength:"60"`
		Color string `json:"color,omitempty" enum:"c1,c2,c3,c4,c5,brick,ink-3" default:"c3"`
	}
	route(s, operation{id: "list-tags", method: "GET", path: path + "/tags", summary: "The tags", tag: "Inboxes", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Tag]], error) {
			out := page[Tag]{Items: []Tag{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Tags()
				for _, t := range all {
					out.Items = append(out.Items, Tag(t))
				}
				return err
			})
			return &body[page[Tag]]{out}, err
		})
	route(s, operation{id: "create-tag", method: "POST", path: path + "/tags", summary: "Make a tag", tag: "Inboxes", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body savedTag
		}) (*body[Tag], error) {
			t, err := s.App.SaveTag(ctx, desk.Tag{Name: in.Body.Name, Color: in.Body.Color})
			return &body[Tag]{Tag(t)}, err
		})
	type TagPath struct {
		InWorkspace
		ID Ref[desk.TagID] `path:"id"`
	}
	route(s, operation{id: "change-tag", method: "PATCH", path: path + "/tags/{id}", summary: "Rename or recolour a tag", tag: "Inboxes", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			TagPath
			Body savedTag
		}) (*body[Tag], error) {
			t, err := s.App.SaveTag(ctx, desk.Tag{ID: in.ID.V, Name: in.Body.Name, Color: in.Body.Color})
			return &body[Tag]{Tag(t)}, err
		})
	route(s, operation{id: "delete-tag", method: "DELETE", path: path + "/tags/{id}", summary: "Remove a tag nothing has", tag: "Inboxes", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *TagPath) (*struct{}, error) { return nil, s.App.DeleteTag(ctx, in.ID.V) })
}

// publicURL is where people reach Parley.
func (s *server) publicURL(ctx context.Context) string {
	if s.PublicURL != "" {
		return strings.TrimRight(s.PublicURL, "/")
	}
	return callerFrom(ctx).origin
}
