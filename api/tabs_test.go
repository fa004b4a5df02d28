package api_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
)

// tabsOf returns the tabs of the view all in which a conversation is.
func (h *home) tabsOf(id string) string {
	h.t.Helper()
	var in []string
	for _, tab := range []string{"open", "needs_attention", "responded", "pending", "resolved", "snoozed", "closed", "archived"} {
		if strings.Contains(h.Owner.Do("GET", h.Path("/conversations?view=all&limit=200&tab="+tab), nil).Want(200).Body, `"`+id+`"`) {
			in = append(in, tab)
		}
	}
	return strings.Join(in, " ")
}

// F0-23 F0-24 F0-25 F0-26 F0-27 F0-44 F3-50 F3-51 F2-02 F2-03 F2-04: in which tabs a
// conversation is after each step, and F0-28 that one request counts all of them.
func TestTabs(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXTAB"))
	talk := h.Posted(h.front, "kim", "kim-1", "hello")
	counts := func() (n map[string]int) {
		var c struct {
			Tabs map[string]map[string]int `json:"tabs"`
		}
		h.Owner.Do("GET", h.Path("/counts"), nil).Want(200).Read(&c)
		return c.Tabs["all"]
	}
	before := counts()
	for i, step := range []struct {
		verb string
		body object
		want string
	}{
		{"", nil, "open needs_attention"},
		{"reply", object{"text": "hi"}, "open responded"},
		{"pend", object{"reason": "customer"}, "open responded pending"},
		{"snooze", object{"until_reply": true}, "open pending snoozed"},
		{"unsnooze", object{}, "open responded pending"},
		{"customer", nil, "open needs_attention"},
		{"resolve", object{}, "resolved"},
		{"close", object{}, "closed"},
		{"archive", object{}, "archived"},
		{"unarchive", object{}, "closed"},
		{"reopen", object{}, "open needs_attention"},
	} {
		switch step.verb {
		case "":
		case "customer":
			h.Posted(h.front, "kim", "kim-2", "thanks")
		default:
			h.do(talk.ID, step.verb, step.body)
		}
		if got := h.tabsOf(talk.ID); got != step.want {
			t.Errorf("after %s: in %s, want %s", step.verb, got, step.want)
		}
		var page struct {
			Items  []struct{ ID string }
			Counts struct{ Tabs map[string]map[string]int }
		}
		h.Owner.Do("GET", h.Path("/conversations?view=all&tab=open&counts=true"), nil).Want(200).Read(&page)
		now, in := counts(), strings.Fields(step.want)
		if !maps.Equal(page.Counts.Tabs["all"], now) || slices.ContainsFunc(page.Items, func(c struct{ ID string }) bool { return c.ID == talk.ID }) != slices.Contains(in, "open") {
			t.Errorf("after %s: the list with its counts has %v, want %v", step.verb, page.Counts.Tabs["all"], now)
		}
		for tab, n := range now {
			was := before[tab]
			if slices.Contains([]string{"open", "needs_attention"}, tab) {
				was-- // it was there when counting began
			}
			if slices.Contains(in, tab) {
				was++
			}
			if n != was {
				t.Errorf("step %d, %s: %s counts %d, want %d", i, step.verb, tab, n, was)
			}
		}
	}
}

// F3-52 F3-53 F3-54 F3-56 F3-57 F4-01 F4-02 F4-04 F4-05 F4-07 F4-08 F4-12 T23 T26: a
// customer's conversations one after the other, each with its own people and
// ending, all of them kept and within reach of the next one.
func TestConversationsOfOneCustomer(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXONE"))
	susan := h.Join("ZQXONE susan", "agent", h.front.ID)
	first := h.Posted(h.front, "kim", "kim-1", "hello")
	if joined := h.Posted(h.front, "kim", "kim-2", "and another thing"); joined.ID != first.ID {
		t.Fatalf("the second message opened %s beside %s", joined.ID, first.ID)
	}
	h.do(first.ID, "assign", object{"assignee_id": h.target.User.String()})
	h.do(first.ID, "reply", object{"text": "mended"})
	h.do(first.ID, "close", object{"summary": "mended it"})
	second := h.Posted(h.front, "kim", "kim-3", "something else")
	h.do(second.ID, "assign", object{"assignee_id": susan.User.String()})
	type view struct {
		ID       string
		Status   string
		Label    string
		Assignee string `json:"assignee_id"`
		Summary  string `json:"closing_summary"`
		Source   string `json:"closed_source"`
		Previous string `json:"previous_conversation_id"`
		Opened   string `json:"opened_source"`
		Contact  struct{ ID string }
	}
	look := func(id string) (v view) {
		h.Owner.Do("GET", h.Path("/conversations/"+id), nil).Want(200).Read(&v)
		return v
	}
	old, fresh := look(first.ID), look(second.ID)
	if old.Status != "closed" || old.Summary != "mended it" || old.Source != "user" || old.Assignee != h.target.User.String() {
		t.Errorf("the first: %+v", old)
	}
	if fresh.ID == old.ID || fresh.Label != "New" || fresh.Previous != old.ID || fresh.Opened != "contact" || fresh.Assignee != susan.User.String() || fresh.Summary != "" {
		t.Errorf("the second: %+v", fresh)
	}
	told := h.Owner.Do("GET", h.Path("/conversations/"+first.ID+"/timeline"), nil).Want(200).Body
	for _, said := range []string{"hello", "and another thing", "mended", `"assigned"`, `"status_changed"`} {
		if !strings.Contains(told, said) {
			t.Errorf("the first does not tell of %s", said)
		}
	}
	var contact struct{ Conversations []view }
	h.Owner.Do("GET", h.Path("/contacts/"+fresh.Contact.ID), nil).Want(200).Read(&contact)
	if len(contact.Conversations) != 2 {
		t.Errorf("the customer has %d conversations", len(contact.Conversations))
	}
	// By hand the old one opens again once it is the only one.
	h.Owner.Do("POST", h.Path("/conversations/"+first.ID+"/reopen"), object{}).Problem(409)
	h.do(second.ID, "close", object{})
	h.do(first.ID, "reopen", object{})
	if old = look(first.ID); old.Status != "open" || old.Summary != "" {
		t.Errorf("reopened: %+v", old)
	}
}
