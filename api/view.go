package api

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// View is a filter with a name, as its reader has it.
type View struct {
	ID       desk.ViewID   `json:"id"`
	Name     string        `json:"name"`
	Filter   filter.Node   `json:"filter"`
	Text     string        `json:"text" doc:"The filter as one would type it"`
	Sort     store.Sort    `json:"sort" enum:"newest,oldest,newest_created,oldest_created,waiting,priority,customer_type,assignee,unassigned"`
	Columns  []string      `json:"columns" doc:"What rows show beside the customer and the subject; none is the default"`
	Owner    desk.UserID   `json:"owner_id"`
	Audience desk.Audience `json:"audience" enum:"private,shared,everyone"`
	Users    []desk.UserID `json:"user_ids" doc:"With whom it is shared"`
	Teams    []desk.TeamID `json:"team_ids" doc:"With which teams it is shared"`
	Pinned   int           `json:"pinned,omitempty" doc:"Where it stands in your sidebar, from 1; absent when it is not there"`
	Mine     bool          `json:"mine" doc:"You made it and may change it"`
	Version  int64         `json:"version" doc:"Send it back as expected_version to be told when it was changed meanwhile"`
	At       time.Time     `json:"changed_at"`
}

// ViewBody is what may be said of a view; what is absent stays.
type ViewBody struct {
	Name     *string        `json:"name,omitempty" minLength:"1" maxLength:"60"`
	Filter   *filter.Node   `json:"filter,omitempty"`
	Text     *string        `json:"text,omitempty" maxLength:"4000" doc:"The filter as text, in place of filter"`
	Sort     *store.Sort    `json:"sort,omitempty" enum:"newest,oldest,newest_created,oldest_created,waiting,priority,customer_type,assignee,unassigned"`
	Columns  *[]string      `json:"columns,omitempty" maxItems:"10"`
	Audience *desk.Audience `json:"audience,omitempty" enum:"private,shared,everyone"`
	Users    *[]desk.UserID `json:"user_ids,omitempty" maxItems:"200"`
	Teams    *[]desk.TeamID `json:"team_ids,omitempty" maxItems:"200"`
}

// change returns what is said of a view; a text is read as the reader means it.
func (b ViewBody) change(ctx context.Context, s *server) (app.ViewChange, error) {
	ch := app.ViewChange{Name: b.Name, Filter: b.Filter, Sort: b.Sort, Columns: b.Columns, Audience: b.Audience, Users: b.Users, Teams: b.Teams}
	if b.Text == nil {
		return ch, nil
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		names, err := s.App.FilterNames(tx)
		if err != nil {
			return err
		}
		n, err := filter.Parse(*b.Text, names)
		if err != nil {
			return app.FilterError("body.text", err)
		}
		ch.Filter = &n
		return nil
	})
	return ch, err
}

// ViewCounts says how many conversations views have, each exactly.
type ViewCounts struct {
	Views map[desk.ViewID]Counted `json:"views"`
}

// ViewPath is the address of a saved view.
type ViewPath struct {
	InWorkspace
	ID Ref[desk.ViewID] `path:"id"`
}

// views registers saved views.
func (s *server) views() {
	const path = "/workspaces/{workspace}/views"
	route(s, operation{id: "list-views", method: "GET", path: path, summary: "Your saved views: pinned ones in their order, then the others by name", tag: "Views", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[View]], error) {
			out := &body[page[View]]{page[View]{Items: []View{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.SavedViews()
				if err != nil {
					return err
				}
				out.Body.Items, err = s.viewsOf(tx, all)
				return err
			})
			return out, err
		})
	route(s, operation{id: "create-view", method: "POST", path: path, summary: "Save a filter as a view", tag: "Views", need: desk.MayRead, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body ViewBody
		}) (*body[View], error) {
			ch, err := in.Body.change(ctx, s)
			if err != nil {
				return nil, err
			}
			v, err := s.App.CreateView(ctx, ch)
			if err != nil {
				return nil, err
			}
			return s.oneView(ctx, v)
		})
	route(s, operation{id: "change-view", method: "PATCH", path: path + "/{id}", summary: "Change a view of yours", tag: "Views", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			ViewPath
			Body struct {
				ViewBody
				Version int64 `json:"expected_version,omitempty" minimum:"0"`
			}
		}) (*body[View], error) {
			ch, err := in.Body.change(ctx, s)
			if err != nil {
				return nil, err
			}
			v, err := s.App.ChangeView(ctx, in.ID.V, in.Body.Version, ch)
			if err != nil {
				return nil, err
			}
			return s.oneView(ctx, v)
		})
	route(s, operation{id: "delete-view", method: "DELETE", path: path + "/{id}", summary: "Remove a view for everybody who has it", tag: "Views", need: desk.MayRead, status: 204},
		func(ctx context.Context, in *ViewPath) (*struct{}, error) {
			return nil, s.App.DeleteView(ctx, in.ID.V)
		})
	route(s, operation{id: "pin-views", method: "PUT", path: path + "/pinned", summary: "Say which views are in your sidebar, in their order", tag: "Views", need: desk.MayRead, status: 204},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Views []desk.ViewID `json:"view_ids" maxItems:"100"`
			}
		}) (*struct{}, error) {
			return nil, s.App.PinViews(ctx, in.Body.Views)
		})
	route(s, operation{id: "count-views", method: "GET", path: path + "/counts", summary: "How many conversations each of your pinned views has", tag: "Views", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Zone string `query:"zone" maxLength:"64" default:"UTC" doc:"Your time zone, like Europe/Stockholm"`
		}) (*body[ViewCounts], error) {
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			var all []store.SavedView
			if err := s.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.PinnedViews(); return err }); err != nil {
				return nil, err
			}
			nodes := make([]filter.Node, len(all))
			for i, v := range all {
				nodes[i] = v.Filter
			}
			counts, err := s.countViews(ctx, zone, nodes)
			if err != nil {
				return nil, err
			}
			out := ViewCounts{make(map[desk.ViewID]Counted, len(all))}
			for i, v := range all {
				out.Views[v.ID] = counts[i]
			}
			return &body[ViewCounts]{out}, nil
		})
}

func (s *server) oneView(ctx context.Context, v store.SavedView) (*body[View], error) {
	out := &body[View]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := s.viewsOf(tx, []store.SavedView{v})
		if err != nil {
			return err
		}
		out.Body = all[0]
		return nil
	})
	return out, err
}

// viewsOf renders views for the reader of tx.
func (s *server) viewsOf(tx *store.Tx, all []store.SavedView) ([]View, error) {
	names, err := s.App.FilterNames(tx)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(all))
	for i, v := range all {
		out[i] = View{
			ID: v.ID, Name: v.Name, Filter: v.Filter, Text: filter.Print(v.Filter, names), Sort: v.Sort, Columns: v.Columns, Owner: v.Owner, Audience: v.Audience,
			Users: v.Users, Teams: v.Teams, Pinned: v.Position, Mine: v.Owner == tx.Scope().User, Version: v.Version, At: v.ChangedAt,
		}
		if out[i].Users == nil {
			out[i].Users = []desk.UserID{}
		}
		if out[i].Teams == nil {
			out[i].Teams = []desk.TeamID{}
		}
		if out[i].Columns == nil {
			out[i].Columns = []string{}
		}
	}
	return out, nil
}
