package api

import (
	"cmp"
	"context"
	"time"

	"parley/app"
	"parley/desk"
	"parley/filter"
	"parley/store"
)

// Asked is which conversations are meant: a text, a tree and a saved view, of
// which all that are there have to hold.
type Asked struct {
	Text   string           `query:"q" maxLength:"4000" doc:"A search, like: from:ada tag:billing is:unread before:2026-05-01 -word"`
	Filter string           `query:"filter" maxLength:"65536" doc:"A filter as JSON"`
	View   Ref[desk.ViewID] `query:"view_id" doc:"A saved view"`
	Zone   string           `query:"zone" maxLength:"64" default:"UTC" doc:"Your time zone, like Europe/Stockholm: where today begins"`
}

// node returns the tree that is asked for, and the view that is a part of it.
func (a *Asked) node(s *server, tx *store.Tx) (n filter.Node, view store.SavedView, err error) {
	var parts []filter.Node
	if a.View.V != 0 {
		if view, err = tx.SavedView(a.View.V); err != nil {
			return n, view, err
		}
		parts = append(parts, view.Filter)
	}
	if a.Filter != "" {
		tree, err := filter.Decode([]byte(a.Filter))
		if err != nil {
			return n, view, app.FilterError("query.filter", err)
		}
		parts = append(parts, tree)
	}
	if a.Text != "" {
		names, err := s.App.FilterNames(tx)
		if err != nil {
			return n, view, err
		}
		tree, err := filter.Parse(a.Text, names)
		if err != nil {
			return n, view, app.FilterError("query.q", err)
		}
		parts = append(parts, tree)
	}
	n, err = joined(parts)
	return n, view, err
}

// joined returns the tree that holds when all of these do.
func joined(parts []filter.Node) (n filter.Node, err error) {
	var all []filter.Node
	for _, p := range parts {
		if !p.IsZero() {
			all = append(all, p)
		}
	}
	switch len(all) {
	case 0:
		return n, nil
	case 1:
		return all[0], nil
	}
	n = filter.All(all...)
	if err := n.Check(); err != nil {
		return n, app.FilterError("query.filter", err)
	}
	return n.Simplify(), nil
}

// cond returns what is asked for as it is meant for the reader now, with what an
// order of it needs to know.
func (a *Asked) cond(s *server, tx *store.Tx, sort store.Sort) (filter.Cond, filter.Env, store.SavedView, error) {
	zone, err := zoneOf(a.Zone)
	if err != nil {
		return filter.Cond{}, filter.Env{}, store.SavedView{}, err
	}
	n, view, err := a.node(s, tx)
	if err != nil {
		return filter.Cond{}, filter.Env{}, view, err
	}
	known := []filter.Node{n}
	if cmp.Or(sort, view.Sort) == store.SortCustomerType {
		known = append(known, filter.Test(filter.CustomerType, filter.Is, "vip"))
	}
	env, err := s.App.FilterEnv(tx, zone, known...)
	if err != nil {
		return filter.Cond{}, env, view, err
	}
	return filter.Resolve(n, env), env, view, nil
}

// FilterText is a filter in both of its forms.
type FilterText struct {
	Filter   filter.Node `json:"filter"`
	Text     string      `json:"text" doc:"As one would type it"`
	Personal bool        `json:"personal" doc:"It means something else for others: it has me, my teams or unread in it"`
}

// FilterField is what can be asked of conversations.
type FilterField struct {
	Field filter.Field `json:"field"`
	Kind  filter.Kind  `json:"kind" enum:"word,thing,line,code,time,ahead,number" doc:"What values it takes: words, things by their ids, a line of text, a language, a moment that has passed or lies ahead, a number"`
	Ops   []filter.Op  `json:"ops"`
	Words []string     `json:"words,omitempty" doc:"The words it takes, beside ids where it takes those"`
	Noun  filter.Noun  `json:"noun,omitempty" enum:"user,team,inbox,channel,tag,contact,category" doc:"Of what the ids are"`
}

// Counted is how many conversations a filter has.
type Counted struct {
	Count int  `json:"count"`
	More  bool `json:"more" doc:"There are that many or more: words are counted up to 1000"`
}

// finding registers lists by filter, and the filter's two forms.
func (s *server) finding() {
	const path = "/workspaces/{workspace}"
	route(s, operation{id: "find-conversations", method: "GET", path: path + "/find", summary: "Conversations by a search, a filter or a saved view", tag: "Find", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Asked
			Sort   store.Sort `query:"sort" enum:"newest,oldest,newest_created,oldest_created,waiting,priority,customer_type,assignee,unassigned" doc:"The order; by default the view's, or the newest activity first"`
			Cursor string     `query:"cursor" maxLength:"2000"`
			Limit  int        `query:"limit" minimum:"1" maximum:"200" default:"30"`
		}) (*body[page[Conversation]], error) {
			out := &body[page[Conversation]]{}
			err := s.read(ctx, func(tx *store.Tx) (err error) {
				out.Body, err = s.found(tx, &in.Asked, in.Sort, in.Cursor, in.Limit)
				return err
			})
			return out, err
		})
	route(s, operation{id: "count-found", method: "GET", path: path + "/find/count", summary: "How many conversations a search, a filter or a view has", tag: "Find", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Asked
		}) (*body[Counted], error) {
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			var n filter.Node
			if err := s.read(ctx, func(tx *store.Tx) (err error) { n, _, err = in.node(s, tx); return err }); err != nil {
				return nil, err
			}
			counts, err := s.countViews(ctx, zone, []filter.Node{n})
			if err != nil {
				return nil, err
			}
			return &body[Counted]{counts[0]}, nil
		})
	route(s, operation{id: "read-filter", method: "POST", path: path + "/filters", summary: "A filter as text and as a tree, from either of them", tag: "Find", need: desk.MayRead},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body struct {
				Text   string       `json:"text,omitempty" maxLength:"4000"`
				Filter *filter.Node `json:"filter,omitempty" doc:"In place of text"`
			}
		}) (*body[FilterText], error) {
			out := &body[FilterText]{}
			err := s.read(ctx, func(tx *store.Tx) error {
				names, err := s.App.FilterNames(tx)
				if err != nil {
					return err
				}
				var n filter.Node
				if in.Body.Filter != nil {
					n = *in.Body.Filter
					if err := n.Check(); err != nil {
						return app.FilterError("body.filter", err)
					}
				} else if n, err = filter.Parse(in.Body.Text, names); err != nil {
					return app.FilterError("body.text", err)
				}
				n = n.Simplify()
				out.Body = FilterText{n, filter.Print(n, names), n.Personal()}
				return nil
			})
			return out, err
		})
	route(s, operation{id: "list-filter-fields", method: "GET", path: path + "/filters/fields", summary: "What can be asked of conversations", tag: "Find", need: desk.MayRead},
		func(_ context.Context, _ *InWorkspace) (*body[page[FilterField]], error) {
			out := page[FilterField]{Items: make([]FilterField, 0, len(filter.Fields))}
			for _, f := range filter.Fields {
				out.Items = append(out.Items, FilterField(f))
			}
			return &body[page[FilterField]]{out}, nil
		})
}

// found returns a page of what is asked for.
func (s *server) found(tx *store.Tx, asked *Asked, sort store.Sort, cursor string, limit int) (out page[Conversation], err error) {
	cond, env, view, err := asked.cond(s, tx, sort)
	if err != nil {
		return out, err
	}
	f := store.Find{Cond: cond, Sort: sort, VIP: env.VIP, Now: env.Now, Limit: limit}
	if f.Sort == "" {
		f.Sort = view.Sort
	}
	if f.Sort == store.SortWaiting {
		if f.Waits, err = s.App.Waits(tx); err != nil {
			return out, err
		}
	}
	if cursor != "" {
		f.After = &store.Spot{}
		if err := decodeCursor(cursor, f.After); err != nil {
			return out, err
		}
	}
	all, end, err := tx.Found(f)
	if err != nil {
		return out, err
	}
	if end != nil {
		out.NextCursor = encodeCursor(end)
	}
	out.Items, err = conversations(tx, all, env.Now)
	return out, err
}

// countViews counts filters for the reader.
func (s *server) countViews(ctx context.Context, zone *time.Location, nodes []filter.Node) ([]Counted, error) {
	counts, err := s.Hub.CountViews(ctx, app.ScopeFrom(ctx), func(tx *store.Tx) (filter.Env, error) { return s.App.FilterEnv(tx, zone, nodes...) }, nodes)
	out := make([]Counted, len(counts))
	for i, n := range counts {
		out[i] = Counted{n, n >= store.CountCap && nodes[i].NeedsIndex()}
	}
	return out, err
}
