package app

import (
	"context"
	"slices"

	"parley/desk"
	"parley/filter"
	"parley/store"
)

// Limits of saved views.
const (
	maxViews      = 500 // that one person makes
	maxPinned     = 100
	maxViewName   = 60
	maxViewShares = 200
)

// ViewColumns are what rows of a view may show beside the customer and the subject.
var ViewColumns = []string{"preview", "messages", "due", "status", "priority", "assignee"}

// ViewChange is what may be said of a saved view; nil leaves it.
type ViewChange struct {
	Name     *string
	Filter   *filter.Node
	Sort     *store.Sort
	Columns  *[]string
	Audience *desk.Audience
	Users    *[]desk.UserID
	Teams    *[]desk.TeamID
}

func (ch ViewChange) apply(v *store.SavedView) error {
	if ch.Name != nil {
		if v.Name = desk.Line(*ch.Name, maxViewName); v.Name == "" {
			return field("body.name", "Give the view a name.")
		}
	}
	if ch.Filter != nil {
		if err := ch.Filter.Check(); err != nil {
			return FilterError("body.filter", err)
		}
		v.Filter = ch.Filter.Simplify()
	}
	if ch.Sort != nil {
		if v.Sort = *ch.Sort; !slices.Contains(store.Sorts, v.Sort) {
			return field("body.sort", "There is no such order.")
		}
	}
	if ch.Columns != nil {
		v.Columns = *ch.Columns
		for _, c := range v.Columns {
			if !slices.Contains(ViewColumns, c) {
				return field("body.columns", "There is no such column.")
			}
		}
	}
	if ch.Audience != nil {
		v.Audience = *ch.Audience
	}
	if ch.Users != nil {
		v.Users = *ch.Users
	}
	if ch.Teams != nil {
		v.Teams = *ch.Teams
	}
	if v.Audience != desk.AudienceShared && ch.Users == nil && ch.Teams == nil {
		v.Users, v.Teams = nil, nil
	}
	if len(v.Users)+len(v.Teams) > maxViewShares {
		return field("body.user_ids", "A view can be shared with at most 200 people and teams. Share it with a team, or with everyone.")
	}
	return v.ViewSharing.Check()
}

// FilterError is the refusal of a condition for the person who wrote it: what is
// wrong with a field of the request, and as details where.
func FilterError(name string, err error) error {
	e, ok := filter.AsError(err)
	if !ok {
		return err
	}
	path := name
	if e.Path != "" {
		path += "." + e.Path
	}
	return &desk.Error{
		Kind: desk.Invalid, Message: e.Message, Fields: []desk.FieldError{{Field: path, Message: e.Message}},
		Details: Place{e.From, e.To, e.Path},
	}
}

// Place is where a condition is wrong: in a text by characters (code points), in a
// tree by its path.
type Place struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Path string `json:"path,omitempty"`
}

// CreateView saves a filter under a name, private unless said otherwise, and puts
// it into the sidebar of who made it (F2-14).
func (a *App) CreateView(ctx context.Context, ch ViewChange) (store.SavedView, error) {
	act := from(ctx)
	v := store.SavedView{ID: desk.ViewID(a.number()), Sort: store.SortNewest, Version: 1, CreatedAt: a.now(), ChangedAt: a.now()}
	v.Owner, v.Audience = act.User, desk.AudiencePrivate
	if ch.Name == nil {
		return v, field("body.name", "Give the view a name.")
	}
	if err := ch.apply(&v); err != nil {
		return v, err
	}
	err := a.changeView(ctx, v, v.Told(), "created", func(tx *store.WriteTx) error {
		n, err := tx.CountViews(act.User)
		if err != nil {
			return err
		}
		if n >= maxViews {
			return desk.Errorf(desk.Conflict, "You have %d views already. Remove one first.", maxViews)
		}
		if err := areSharers(tx, v); err != nil {
			return err
		}
		if err := tx.SaveView(v); err != nil {
			return err
		}
		pinned, err := tx.PinnedViews()
		if err != nil || len(pinned) >= maxPinned {
			return err
		}
		return tx.PinViews(append(viewIDs(pinned), v.ID))
	})
	if err != nil {
		return v, err
	}
	return a.view(ctx, v.ID)
}

// view returns a view as its reader has it.
func (a *App) view(ctx context.Context, id desk.ViewID) (v store.SavedView, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { v, err = tx.SavedView(id); return err })
	return v, err
}

// ChangeView changes a view of the actor's own. version is the one that was seen,
// 0 for any.
func (a *App) ChangeView(ctx context.Context, id desk.ViewID, version int64, ch ViewChange) (store.SavedView, error) {
	was, err := a.view(ctx, id)
	if err != nil {
		return was, err
	}
	if err := desk.MayChangeView(from(ctx).Actor, was.ViewSharing); err != nil {
		return was, err
	}
	if version != 0 && version != was.Version {
		return was, desk.Errorf(desk.Conflict, "This view was changed meanwhile. Look at it again, and then change it.")
	}
	v := was
	if err := ch.apply(&v); err != nil {
		return v, err
	}
	v.Version, v.ChangedAt = was.Version+1, a.now()
	err = a.changeView(ctx, v, was.Told() || v.Told(), "changed", func(tx *store.WriteTx) error {
		if err := areSharers(tx, v); err != nil {
			return err
		}
		return tx.SaveView(v)
	})
	if err != nil {
		return v, err
	}
	return a.view(ctx, id)
}

// DeleteView removes a view for everybody who has it.
func (a *App) DeleteView(ctx context.Context, id desk.ViewID) error {
	v, err := a.view(ctx, id)
	if err != nil {
		return err
	}
	if err := desk.MayRemoveView(from(ctx).Actor, v.ViewSharing); err != nil {
		return err
	}
	return a.changeView(ctx, v, v.Told(), "removed", func(tx *store.WriteTx) error { return tx.DeleteView(id) })
}

// changeView writes a view. What others have is a fact of the workspace, for its
// audit log and for their screens; what is private is nobody else's business.
func (a *App) changeView(ctx context.Context, v store.SavedView, told bool, action string, fn func(*store.WriteTx) error) error {
	if !told {
		return a.write(ctx, fn)
	}
	return a.Change(ctx, "view", v.ID.String(), action, fn)
}

// PinViews says which views the actor has in the sidebar, in this order.
func (a *App) PinViews(ctx context.Context, ids []desk.ViewID) error {
	if len(ids) > maxPinned {
		return field("body.view_ids", "The sidebar takes at most 100 views.")
	}
	seen := map[desk.ViewID]bool{}
	return a.write(ctx, func(tx *store.WriteTx) error {
		clear(seen)
		for _, id := range ids {
			if seen[id] {
				return field("body.view_ids", "A view can be in the sidebar only once.")
			}
			seen[id] = true
		}
		mine, err := tx.SavedViews()
		if err != nil {
			return err
		}
		have := viewIDs(mine)
		for _, id := range ids {
			if !slices.Contains(have, id) {
				return desk.Errorf(desk.NotFound, "There is no such view here.")
			}
		}
		return tx.PinViews(ids)
	})
}

func viewIDs(all []store.SavedView) []desk.ViewID {
	ids := make([]desk.ViewID, len(all))
	for i, v := range all {
		ids[i] = v.ID
	}
	return ids
}

// areSharers refuses to share a view with somebody who is not of the workspace.
func areSharers(tx *store.WriteTx, v store.SavedView) error {
	for _, user := range v.Users {
		m, err := tx.Member(user)
		if err != nil {
			return err
		}
		if !m.Active {
			return field("body.user_ids", m.Name+" does not work here any more. Leave them out.")
		}
	}
	for _, team := range v.Teams {
		if _, err := tx.Team(team); err != nil {
			return err
		}
	}
	return nil
}
