package api_test

import (
	"slices"
	"testing"

	"parley/api"
	"parley/api/apitest"
	"parley/desk"
)

// 1.8, F3-43: who sees only what is theirs is told when something becomes theirs,
// and that it is gone when it is handed on; others are told of the change.
func TestGoneIsTold(t *testing.T) {
	s := apitest.New(t)
	team := s.Team("ZQX")
	h := newHome(t, team)
	own := h.Join("ZQX own", desk.RoleAgent, h.front.ID)
	h.Owner.Do("PATCH", h.Path("/members/"+own.User.String()), object{"visibility": "own"}).Want(204)
	feed, all := own.Socket(h.Path("/socket")), h.Owner.Socket(h.Path("/socket"))
	feed.Type("hello")
	all.Type("hello")
	talk := h.fresh()
	own.Do("GET", h.Path("/conversations/"+talk.ID), nil).Problem(404)
	h.do(talk.ID, "assign", object{"assignee_id": own.User.String()})
	feed.Type("change")
	own.Do("GET", h.Path("/conversations/"+talk.ID), nil).Want(200)
	// The answer shows what they did, though they do not see it any more.
	got := own.Do("POST", h.Path("/conversations/"+talk.ID+"/assign"), object{"assignee_id": h.target.User.String()}).Want(200)
	var did api.Did
	got.Read(&did)
	if did.Conversation.Assignee != h.target.User {
		t.Errorf("%+v", did.Conversation)
	}
	feed.Type("gone")
	own.Do("GET", h.Path("/conversations/"+talk.ID), nil).Problem(404)
	for _, f := range all.Frames() {
		if f.Type == "gone" {
			t.Error("somebody who sees all was told that it is gone")
		}
	}
}

// F1-04, F3-35, F3-38, F0-12, F0-13: what helps to choose, who is available first;
// and the list of who responds for an inbox, empty for who does not.
func TestAssignees(t *testing.T) {
	s := apitest.New(t)
	team := s.Team("ZQX")
	h := newHome(t, team)
	zoe := h.Join("ZQX Zoe", desk.RoleAgent, h.front.ID)
	h.Join("ZQX Otto", desk.RoleAgent)
	h.Owner.Do("PATCH", h.Path("/members/"+zoe.User.String()), object{"skills": []string{"Brakes"}, "languages": []string{"DE"}, "capacity": 4}).Want(204)
	h.target.Do("PUT", h.Path("/availability"), object{"availability": "away"}).Want(204)
	talk := h.fresh()
	h.do(talk.ID, "assign", object{"assignee_id": zoe.User.String()})
	zoe.Do("POST", h.Path("/conversations/"+talk.ID+"/reply"), object{"text": "hi"}).Want(200)
	var got api.Assignees
	zoe.Do("GET", h.Path("/conversations/"+talk.ID+"/assignees"), nil).Want(200).Read(&got)
	var names []string
	for _, p := range got.People {
		names = append(names, p.Name)
		if p.User == zoe.User && (!p.HandledBefore || p.Open != 1 || p.Capacity != 4 || !slices.Equal(p.Skills, []string{"brakes"}) || !slices.Equal(p.Languages, []string{"de"})) {
			t.Errorf("%+v", p)
		}
		if p.User != zoe.User && p.HandledBefore {
			t.Errorf("%s did not handle it before", p.Name)
		}
	}
	if len(names) != 3 || names[2] != "ZQX target" || len(got.Channels) == 0 {
		t.Errorf("%v, %v", names, got.Channels)
	}

	list := func(c *apitest.Client) (n int) {
		var page struct{ Items []struct{ ID string } }
		c.Do("GET", h.Path("/conversations?view=responding"), nil).Want(200).Read(&page)
		return len(page.Items)
	}
	if list(zoe) != 0 || list(h.target) != 0 {
		t.Error("nobody responds yet")
	}
	h.Owner.Do("PUT", h.Path("/responders"), object{"kind": "first", "user_ids": []string{zoe.User.String()}}).Want(204)
	if list(zoe) == 0 || list(h.target) != 0 {
		t.Error("by the default of the workspace, Zoe responds")
	}
	h.Owner.Do("PUT", h.Path("/responders"), object{"inbox_id": h.front.ID, "kind": "first", "user_ids": []string{h.target.User.String(), h.target.User.String()}}).Want(204)
	if list(zoe) != 0 || list(h.target) == 0 {
		t.Error("the inbox has its own responder")
	}
	zoe.Do("PUT", h.Path("/responders"), object{"kind": "first", "user_ids": []string{}}).Problem(403)
}
