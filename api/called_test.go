package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// call makes "called", who is of no inbox and is mentioned in the front conversation.
func (w *world) call() {
	h := w.home
	c := h.Join("ZQXHOME called", desk.RoleAgent)
	c.Name, c.Secret = "called", maps.Clone(w.hidden)
	maps.Copy(c.Secret, w.ofAway)
	w.callers["called"] = c
	h.do(h.talk.ID, "note", object{"text": "@ZQXHOME called, please look"})
}

// F1-43: whoever was mentioned gains access to read, and nothing else: of everything
// that can be done to the conversation they may only say how far they have read.
func TestCalledChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.call()
	h, called := w.home, w.callers["called"]
	may := []string{"read-conversation", "unread-conversation", "preview-below"}
	tried := 0
	for id, o := range operations(w.s.API) {
		if !strings.HasPrefix(o.Path, "/api/v1/workspaces/{workspace}/conversations/{id}") {
			continue
		}
		tried++
		a := asks[id](h, called)
		if slices.Contains(may, id) {
			a.body = object{}
		}
		path := strings.NewReplacer("{workspace}", h.ID.String(), "{id}", h.talk.ID, "{message}", h.talk.Message, "{mode}", "note", "{name}", "begun", "{event}", a.event).Replace(o.Path)
		got := called.Do(o.Method, path+a.query, a.body, "Idempotency-Key", "called-"+id).Status
		switch {
		case o.Method == http.MethodGet:
			if got == 403 || got >= 500 {
				t.Errorf("%s is answered %d", id, got)
			}
		case strings.Contains(o.Path, "/drafts/"): // what somebody has begun to write is theirs
		case slices.Contains(may, id):
			if got != 200 {
				t.Errorf("%s is answered %d", id, got)
			}
		case got != 403:
			t.Errorf("%s is answered %d", id, got)
		}
	}
	if tried < 25 {
		t.Errorf("only %d operations were tried", tried)
	}
}

// F1-43: the screen of somebody who was mentioned follows the conversation as long as
// they may read it, whether or not it was theirs in between; their lists and counts are
// without it.
func TestCalledIsToldLive(t *testing.T) {
	w := newWorld(t)
	w.call()
	h, called := w.home, w.callers["called"]
	feed := called.Socket(h.Path("/socket"))
	feed.Type("hello")
	one := struct {
		ReadOnly bool   `json:"read_only"`
		Assignee string `json:"assignee_id"`
		Unread   bool
	}{}
	is := func(what string, readOnly bool) {
		t.Helper()
		feed.Next(what, func(f apitest.Frame) bool {
			return f.Type == "change" && f.Conversation.ID == h.talk.ID && strings.Contains(f.Raw, what)
		})
		one.ReadOnly = false
		called.Do("GET", h.Path("/conversations/"+h.talk.ID), nil).Want(200).Read(&one)
		if one.ReadOnly != readOnly {
			t.Errorf("%s: it is read only: %v", what, one.ReadOnly)
		}
		frames := feed.Frames()
		if last := frames[len(frames)-1]; last.Type == "change" && strings.Contains(last.Raw, `"read_only":true`) != readOnly {
			t.Errorf("%s: the feed says otherwise: %s", what, last.Raw)
		}
		listed := 0
		var page struct{ Items []struct{ ID string } }
		called.Do("GET", h.Path("/conversations?view=all"), nil).Want(200).Read(&page)
		for _, c := range page.Items {
			if c.ID == h.talk.ID {
				listed++
			}
		}
		var counts struct{ Views map[string]int }
		called.Do("GET", h.Path("/counts"), nil).Want(200).Read(&counts)
		if (listed == 1) == readOnly || (counts.Views["all"] == 1) == readOnly {
			t.Errorf("%s: it is listed %d times, and counted %d times", what, listed, counts.Views["all"])
		}
	}
	h.do(h.talk.ID, "note", object{"text": "qqnote for whoever looks"})
	is("qqnote for whoever looks", true)
	h.do(h.talk.ID, "reply", object{"text": "qqreply to the customer"})
	is("qqreply to the customer", true)

	// They get the inbox, and see less of it than others: then it is theirs, and then it is not.
	h.Owner.Do("PATCH", h.Path("/members/"+called.User.String()), object{"inbox_ids": []string{h.front.ID}, "visibility": "own"}).Want(204)
	feed = called.Socket(h.Path("/socket"))
	feed.Type("hello")
	h.do(h.talk.ID, "assign", object{"assignee_id": called.User.String()})
	is(`"assigned"`, false)
	h.do(h.talk.ID, "unassign", object{})
	is(`"unassigned"`, true)
	for _, f := range feed.Frames() {
		if f.Type == "gone" {
			t.Errorf("it goes although they may read it: %s", f.Raw)
		}
	}

	// What somebody else is told of meanwhile is nothing for them.
	other := h.fresh()
	h.do(other.ID, "note", object{"text": "qqother"})
	h.do(h.talk.ID, "note", object{"text": "qqend"})
	is("qqend", true)
	for _, f := range feed.Frames() {
		if strings.Contains(f.Raw, "qqother") || f.Conversation.ID == other.ID {
			t.Errorf("they are told of another: %s", f.Raw)
		}
	}
}
