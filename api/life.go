package api

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// Preset is settings that fit together, for a new inbox.
type Preset struct {
	Name      string             `json:"name" enum:"slack,help_desk,ai,messaging"`
	Groupings []desk.Grouping    `json:"groupings" doc:"The ways of grouping it fits, the usual one first"`
	Settings  desk.InboxSettings `json:"settings" doc:"In effect in an inbox that is made with it"`
}

// Category says how a conversation ended.
type Category struct {
	ID       desk.CategoryID `json:"id"`
	Name     string          `json:"name"`
	Disabled bool            `json:"disabled" doc:"No longer used; conversations that have it keep it"`
}

// Moment is a time to snooze until.
type Moment struct {
	Name string    `json:"name" enum:"later,evening,tomorrow,weekend,next_week,next_month,text"`
	At   time.Time `json:"at"`
}

func (s *server) presets(path string) {
	route(s, operation{id: "list-inbox-presets", method: "GET", path: path + "/inbox-presets", summary: "Settings that fit together, for a new inbox", tag: "Inboxes", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Preset]], error) {
			out := page[Preset]{Items: []Preset{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				w, err := tx.Workspace()
				if err != nil {
					return err
				}
				for _, p := range desk.Presets() {
					settings, err := desk.EffectiveSettings(p.Groupings[0], w.Settings, p.Settings)
					if err != nil {
						return err
					}
					out.Items = append(out.Items, Preset{p.Name, p.Groupings, settings})
				}
				return nil
			})
			return &body[page[Preset]]{out}, err
		})
}

func (s *server) categories(path string) {
	type savedCategory struct {
		Name     string `json:"name" minLength:"1" maxLength:"60"`
		Disabled bool   `json:"disabled,omitempty"`
	}
	route(s, operation{id: "list-categories", method: "GET", path: path + "/closing-categories", summary: "How conversations end", tag: "Inboxes", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Category]], error) {
			out := page[Category]{Items: []Category{}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Categories()
				for _, c := range all {
					out.Items = append(out.Items, Category(c))
				}
				return err
			})
			return &body[page[Category]]{out}, err
		})
	route(s, operation{id: "create-category", method: "POST", path: path + "/closing-categories", summary: "Make a closing category", tag: "Inboxes", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body savedCategory
		}) (*body[Category], error) {
			c, err := s.App.SaveCategory(ctx, desk.Category{Name: in.Body.Name, Disabled: in.Body.Disabled})
			return &body[Category]{Category(c)}, err
		})
	type CategoryPath struct {
		InWorkspace
		ID Ref[desk.CategoryID] `path:"id"`
	}
	route(s, operation{id: "change-category", method: "PATCH", path: path + "/closing-categories/{id}", summary: "Rename a closing category, or use it no longer", tag: "Inboxes", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			CategoryPath
			Body savedCategory
		}) (*body[Category], error) {
			c, err := s.App.SaveCategory(ctx, desk.Category{ID: in.ID.V, Name: in.Body.Name, Disabled: in.Body.Disabled})
			return &body[Category]{Category(c)}, err
		})
}

func (s *server) moments(path string) {
	type moments struct {
		Items []Moment `json:"items" doc:"Without text: moments to choose from. With it: the moment it means"`
	}
	route(s, operation{id: "list-moments", method: "GET", path: path + "/moments", summary: "Moments to snooze until, and what a text like “tue 9am” means", tag: "Conversations", need: desk.MayRead},
		func(_ context.Context, in *struct {
			InWorkspace
			Text string `query:"text" maxLength:"100"`
			Zone string `query:"zone" maxLength:"64" default:"UTC" doc:"Your time zone, like Europe/Stockholm"`
		}) (*body[moments], error) {
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			out := moments{Items: []Moment{}}
			now := s.now().In(zone)
			if in.Text != "" {
				at, err := desk.ParseMoment(in.Text, now)
				if err != nil {
					return nil, err
				}
				out.Items = append(out.Items, Moment{"text", at})
				return &body[moments]{out}, nil
			}
			for _, m := range desk.Suggestions(now) {
				out.Items = append(out.Items, Moment(m))
			}
			return &body[moments]{out}, nil
		})
}

// zoneOf returns a time zone by its name.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, desk.Errorf(desk.Invalid, "There is no time zone %q. Write it like Europe/Stockholm.", desk.Line(name, 64))
	}
	return zone, nil
}
