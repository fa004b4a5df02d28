package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// found returns the subjects that somebody finds, in their order.
func found(h *home, c *apitest.Client, query url.Values) []string {
	h.t.Helper()
	var page struct {
		Items []struct{ ID string }
		Next  string `json:"next_cursor"`
	}
	c.Do("GET", h.Path("/find?"+query.Encode()), nil).Want(200).Read(&page)
	ids := []string{}
	for _, i := range page.Items {
		ids = append(ids, i.ID)
	}
	return ids
}

// F3-78, F3-82, F2-13, F2-14, F3-83, F3-84: filters are combined, saved, found in
// the sidebar with their counts, shared with people, teams and everyone, and
// changed only by who made them.
func TestSavedViews(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXVIEW"))
	agent := h.Join(h.Mark+" agent", desk.RoleAgent, h.front.ID)
	other := h.Join(h.Mark+" other", desk.RoleAgent, h.front.ID)
	fresh, mine := h.fresh().ID, h.fresh().ID
	agent.Do("POST", h.Path("/conversations/"+mine+"/assign"), object{"assignee_id": agent.User.String()}).Want(200)

	type view struct {
		ID, Name, Text, Audience, Sort string
		Pinned                         int
		Mine                           bool
		Version                        int64
	}
	var v view
	agent.Do("POST", h.Path("/views"), object{"name": "New and free", "text": "is:new is:unassigned", "sort": "waiting", "columns": []string{"preview", "due"}}).Want(201).Read(&v)
	if v.Audience != "private" || v.Pinned != 1 || !v.Mine || v.Text != "is:new is:unassigned" {
		t.Errorf("saved as %+v", v)
	}
	if got := found(h, agent, url.Values{"view_id": {v.ID}}); !slices.Contains(got, fresh) || slices.Contains(got, mine) {
		t.Errorf("the view finds %v", got)
	}
	if got := found(h, agent, url.Values{"view_id": {v.ID}, "q": {"assignee:me"}}); len(got) != 0 {
		t.Errorf("the view with a search finds %v", got)
	}
	// F1-08, F3-11, F3-73.
	if got := found(h, agent, url.Values{"q": {"assignee:me is:active"}}); !slices.Equal(got, []string{mine}) {
		t.Errorf("mine are %v", got)
	}
	if got := found(h, agent, url.Values{"q": {"is:unassigned"}}); slices.Contains(got, mine) || !slices.Contains(got, fresh) {
		t.Errorf("unassigned are %v", got)
	}

	counts := func(c *apitest.Client) map[string]struct{ Count int } {
		var out struct {
			Views map[string]struct{ Count int }
		}
		c.Do("GET", h.Path("/views/counts?zone=Europe/Stockholm"), nil).Want(200).Read(&out)
		return out.Views
	}
	before := counts(agent)[v.ID].Count
	if want := len(found(h, agent, url.Values{"view_id": {v.ID}, "limit": {"200"}})); before != want {
		t.Errorf("counted %d of %d", before, want)
	}
	agent.Do("POST", h.Path("/conversations/"+fresh+"/assign"), object{"assignee_id": agent.User.String()}).Want(200)
	if now := counts(agent)[v.ID].Count; now != before-1 {
		t.Errorf("counted %d after one of %d was assigned", now, before)
	}

	list := func(c *apitest.Client) map[string]view {
		var out struct{ Items []view }
		c.Do("GET", h.Path("/views"), nil).Want(200).Read(&out)
		all := map[string]view{}
		for _, v := range out.Items {
			all[v.ID] = v
		}
		return all
	}
	path := h.Path("/views/" + v.ID)
	hidden := func(c *apitest.Client) {
		t.Helper()
		if _, there := list(c)[v.ID]; there {
			t.Error("a view that is not shared is listed")
		}
		c.Do("GET", h.Path("/find?view_id="+v.ID), nil).Want(404)
		c.Do("PATCH", path, object{"name": "x"}).Want(404)
		c.Do("DELETE", path, nil).Want(404)
		c.Do("PUT", h.Path("/views/pinned"), object{"view_ids": []string{v.ID}}).Want(404)
	}
	hidden(other)
	hidden(h.Owner)

	// Shared with a person.
	agent.Do("PATCH", path, object{"audience": "shared", "user_ids": []string{other.User.String()}}).Want(200).Read(&v)
	if got, there := list(other)[v.ID]; !there || got.Mine || got.Pinned != 0 {
		t.Errorf("shared as %+v", got)
	}
	other.Do("PATCH", path, object{"name": "x"}).Want(403)
	other.Do("DELETE", path, nil).Want(403)
	other.Do("PUT", h.Path("/views/pinned"), object{"view_ids": []string{v.ID}}).Want(204)
	if got := list(other)[v.ID]; got.Pinned != 1 {
		t.Errorf("pinned as %+v", got)
	}
	hidden(h.Owner)
	// With a team, no longer with the person: it leaves their sidebar.
	team := h.made("/teams", object{"name": h.Mark + " support", "member_ids": []string{h.target.User.String()}, "inbox_ids": []string{h.front.ID}})
	agent.Do("PATCH", path, object{"user_ids": []string{}, "team_ids": []string{team}}).Want(200)
	hidden(other)
	if _, there := counts(other)[v.ID]; there {
		t.Error("what is not shared any more is counted")
	}
	if _, there := list(h.target)[v.ID]; !there {
		t.Error("the team does not have it")
	}
	// With everyone; an admin may remove it, and nobody else.
	agent.Do("PATCH", path, object{"audience": "everyone"}).Want(200).Read(&v)
	if _, there := list(other)[v.ID]; !there {
		t.Error("not everyone has it")
	}
	agent.Do("PATCH", path, object{"name": "y", "expected_version": v.Version - 1}).Want(409)
	agent.Do("PATCH", path, object{"audience": "shared"}).Want(422)
	agent.Do("PATCH", path, object{"columns": []string{"salary"}}).Want(422)

	// Order is everybody's own.
	second := agent.Do("POST", h.Path("/views"), object{"name": "Late", "text": "is:overdue"}).Want(201).ID()
	agent.Do("PUT", h.Path("/views/pinned"), object{"view_ids": []string{second, v.ID}}).Want(204)
	if all := list(agent); all[second].Pinned != 1 || all[v.ID].Pinned != 2 {
		t.Errorf("ordered as %+v", all)
	}
	agent.Do("PUT", h.Path("/views/pinned"), object{"view_ids": []string{second, second}}).Want(422)

	h.Owner.Do("DELETE", path, nil).Want(204)
	if _, there := list(agent)[v.ID]; there {
		t.Error("a removed view is listed")
	}
}

// F3-76, F3-79, 4.3: a refusal says where in the text or the tree it is.
func TestFilterRefusalsHaveTheirPlace(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXREF"))
	var p struct {
		Detail string
		Place  struct {
			From, To int
			Path     string
		}
	}
	h.Owner.Do("GET", h.Path("/find?"+url.Values{"q": {"is:open tag:biling"}}.Encode()), nil).Want(422).Read(&p)
	if p.Place.From != 12 || p.Place.To != 18 || !strings.Contains(p.Detail, "biling") {
		t.Errorf("%+v", p)
	}
	h.Owner.Do("GET", h.Path("/find?"+url.Values{"filter": {`{"all":[{"field":"status","op":"is","values":["open","shut"]}]}`}}.Encode()), nil).Want(422).Read(&p)
	if p.Place.Path != "all[0].values[1]" {
		t.Errorf("%+v", p)
	}
	h.Owner.Do("POST", h.Path("/filters"), object{"filter": object{"field": "colour"}}).Want(422).Read(&p)
	if p.Place.Path != "field" {
		t.Errorf("%+v", p)
	}
	h.Owner.Do("GET", h.Path("/find?zone=Mars/Base"), nil).Want(422)
	h.Owner.Do("GET", h.Path("/find?cursor=nonsense"), nil).Want(422)
	var both struct {
		Text     string
		Personal bool
		Filter   map[string]any
	}
	h.Owner.Do("POST", h.Path("/filters"), object{"text": "assignee:me  (priority:urgent OR is:new)"}).Want(200).Read(&both)
	if both.Text != "assignee:me (priority:urgent OR is:new)" || !both.Personal {
		t.Errorf("%+v", both)
	}
	h.Owner.Do("POST", h.Path("/filters"), object{"filter": both.Filter}).Want(200).Read(&both)
	if both.Text != "assignee:me (priority:urgent OR is:new)" {
		t.Errorf("%+v", both)
	}
}

// F2-06 to F2-09: each order over HTTP, page by page, has everything once.
func TestOrdersHaveEverythingOnce(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXSORT"))
	for range 6 {
		id := h.fresh().ID
		h.do(id, "prioritize", object{"priority": []string{"urgent", "low"}[len(id)%2]})
	}
	for _, sort := range strings.Fields("newest oldest newest_created oldest_created waiting priority customer_type assignee unassigned") {
		seen, cursor := map[string]bool{}, ""
		for {
			var page struct {
				Items []struct{ ID string }
				Next  string `json:"next_cursor"`
			}
			h.Owner.Do("GET", h.Path("/find?"+url.Values{"sort": {sort}, "limit": {"2"}, "cursor": {cursor}}.Encode()), nil).Want(200).Read(&page)
			for _, i := range page.Items {
				if seen[i.ID] {
					t.Errorf("%s: %s comes twice", sort, i.ID)
				}
				seen[i.ID] = true
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 7 {
			t.Errorf("%s: %d of 7", sort, len(seen))
		}
	}
}
