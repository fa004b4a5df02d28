package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/api/apitest"
	"parley/desk"
)

// F0-15: after a message, a reply, an assignment, an end, a beginning anew and the
// link to a ticket, the timeline has the six events in order, each with who did it
// and when.
func TestF0_15_TheTimelineRecordsAllActivity(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	agent := h.Join("ZQXHOME answers", desk.RoleAgent, h.front.ID)
	var began, ended []time.Time
	step := func(fn func()) {
		t.Helper()
		s.Clock.Add(time.Minute)
		began = append(began, s.Clock.Now().Truncate(time.Microsecond))
		fn()
		ended = append(ended, s.Clock.Now())
	}
	var talk apitest.Talk
	step(func() { talk = h.fresh() })
	for _, did := range []struct {
		by   *apitest.Client
		verb string
		body object
	}{
		{agent, "reply", object{"text": "We look into it"}},
		{h.Owner, "assign", object{"assignee_id": agent.User}},
		{agent, "close", object{}},
		{h.Owner, "reopen", object{}},
		{agent, "link-ticket", object{"url": "https://bikes.zendesk.com/agent/tickets/4711", "title": "Lost parcel"}},
	} {
		step(func() {
			did.by.Do("POST", h.Path("/conversations/"+talk.ID+"/"+did.verb), did.body).Want(200)
		})
	}

	type item struct {
		Event struct {
			Kind  string
			At    time.Time
			Actor struct {
				Kind string
				ID   string
			}
			Data map[string]any
		}
	}
	var line struct{ Items []item }
	h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/timeline"), nil).Want(200).Read(&line)
	// What people did; the beginning, the promise and the delivery follow from it.
	got := slices.DeleteFunc(line.Items, func(i item) bool { return i.Event.Kind == "opened" || i.Event.Actor.Kind == "system" })
	want := []struct{ kind, by, id string }{
		{"message_posted", "contact", ""},
		{"message_posted", "user", agent.User.String()},
		{"assigned", "user", h.Owner.User.String()},
		{"status_changed", "user", agent.User.String()},
		{"status_changed", "user", h.Owner.User.String()},
		{"ticket_linked", "user", agent.User.String()},
	}
	if len(got) != len(want) {
		t.Fatalf("%d events instead of six: %+v", len(got), got)
	}
	for i, w := range want {
		e := got[i].Event
		if e.Kind != w.kind || e.Actor.Kind != w.by || e.Actor.ID != w.id {
			t.Errorf("event %d is %s by %s %q instead of %s by %s %q", i+1, e.Kind, e.Actor.Kind, e.Actor.ID, w.kind, w.by, w.id)
		}
		if e.At.Before(began[i]) || e.At.After(ended[i]) {
			t.Errorf("event %d, %s, was at %s instead of between %s and %s", i+1, e.Kind, e.At, began[i], ended[i])
		}
	}
	if a, b := got[3].Event.Data["new"], got[4].Event.Data["new"]; a != "closed" || b != "open" {
		t.Errorf("it went to %v, then to %v", a, b)
	}
	ticket := map[string]any{"integration": "zendesk", "title": "Lost parcel", "url": "https://bikes.zendesk.com/agent/tickets/4711"}
	if diff := cmp.Diff(ticket, got[5].Event.Data); diff != "" {
		t.Error(diff)
	}
}

// F0-68: one ticket per conversation and system; the second is refused with the
// link of the first. Every screen is told, and an undo puts back what was.
func TestF0_68_OneTicketPerSystem(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	watch := h.Owner.Socket(h.Path("/socket"))
	watch.Type("hello")
	talk := h.fresh().ID
	verb := func(name string, body object) apitest.Answer {
		return h.Owner.Do("POST", h.Path("/conversations/"+talk+"/"+name), body)
	}
	tickets := func() []desk.Ticket {
		t.Helper()
		var c struct{ Tickets []desk.Ticket }
		h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&c)
		return c.Tickets
	}
	is := func(want ...desk.Ticket) {
		t.Helper()
		if diff := cmp.Diff(want, tickets()); diff != "" {
			t.Error(diff)
		}
	}
	is()
	first := desk.Ticket{Integration: "zendesk", Title: "#1", URL: "https://bikes.zendesk.com/agent/tickets/1"}
	jira := desk.Ticket{Integration: "jira", Title: "SHOP-12", URL: "https://bikes.atlassian.net/browse/SHOP-12"}
	verb("link-ticket", object{"url": first.URL}).Want(200)
	verb("link-ticket", object{"url": jira.URL}).Want(200)
	is(jira, first)
	watch.Next("the link", func(f apitest.Frame) bool {
		return strings.Contains(f.Raw, `"kind":"ticket_linked"`) && strings.Contains(f.Raw, jira.URL)
	})

	p := verb("link-ticket", object{"url": "https://bikes.zendesk.com/agent/tickets/2"}).Problem(409)
	var conflict struct{ Ticket desk.Ticket }
	if err := json.Unmarshal(p.Conflict, &conflict); err != nil || conflict.Ticket != first || !strings.Contains(p.Detail, first.URL) {
		t.Errorf("refused with %q and %s: %v", p.Detail, p.Conflict, err)
	}
	for _, where := range []string{"javascript:alert(1)", "bikes.zendesk.com/1", "https://ann:secret@bikes.zendesk.com/1", "https://", "ftp://bikes.example/1"} {
		p := verb("link-ticket", object{"url": where, "integration": "other"}).Problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != "body.url" {
			t.Errorf("%s is refused with %+v", where, p)
		}
	}
	is(jira, first)

	var did struct {
		Command string `json:"command_id"`
	}
	verb("unlink-ticket", object{"url": first.URL}).Want(200).Read(&did)
	is(jira)
	watch.Next("the end of the link", func(f apitest.Frame) bool { return strings.Contains(f.Raw, `"kind":"ticket_unlinked"`) })
	verb("undo", object{"command_id": did.Command}).Want(200)
	is(jira, first)
}

// What is split off has no tickets; merged, one conversation has those of both, and
// taken back, each has its own.
func TestTicketsStayAndJoin(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	stays := h.talkative()
	link := func(talk, where string) {
		t.Helper()
		h.do(talk, "link-ticket", object{"url": where})
	}
	has := func(talk string, want ...string) {
		t.Helper()
		var c struct{ Tickets []desk.Ticket }
		h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&c)
		var got []string
		for _, ticket := range c.Tickets {
			got = append(got, ticket.Title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the tickets %v instead of %v", talk, got, want)
		}
	}
	link(stays.ID, "https://bikes.zendesk.com/agent/tickets/1")
	var split struct{ Other struct{ ID string } }
	h.Owner.Do("POST", h.Path("/conversations/"+stays.ID+"/split"), object{"message_ids": []string{stays.Message}}).Want(200).Read(&split)
	child := split.Other.ID
	has(stays.ID, "#1")
	has(child)

	link(child, "https://bikes.zendesk.com/agent/tickets/2")
	link(child, "https://bikes.atlassian.net/browse/SHOP-12")
	merge := h.do(stays.ID, "merge", object{"conversation_id": child})
	has(stays.ID, "SHOP-12", "#1", "#2")
	has(child)
	h.do(stays.ID, "undo", object{"command_id": merge.Command})
	has(stays.ID, "#1")
	has(child, "SHOP-12", "#2")
}
