package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// audience is everybody's open feed of their workspace, twice: as a WebSocket and
// as server-sent events.
type audience struct {
	w     *world
	feeds map[string][]*apitest.Feed
	admin *apitest.Feed // an admin's second window, from which they say things
}

func newAudience(w *world) *audience {
	a := &audience{w: w, feeds: map[string][]*apitest.Feed{}}
	w.call()
	for _, who := range []string{"owner", "admin", "agent", "outside", "own", "called", "viewer", "other"} {
		team := w.home
		if who == "other" {
			team = w.away
		}
		c := w.callers[who]
		a.feeds[who] = []*apitest.Feed{c.Socket(team.Path("/socket")), c.Stream(team.Path("/stream"))}
		for _, f := range a.feeds[who] {
			f.Type("hello")
		}
	}
	a.admin = w.callers["admin"].Socket(w.home.Path("/socket"))
	return a
}

// during returns what everybody was told while something happened, and no more
// than that. Both kinds of feed must have told the same.
func (a *audience) during(t *testing.T, what string, act func()) map[string][]string {
	t.Helper()
	a.settle(t, "what was before "+what)
	from := a.heard()
	act()
	a.settle(t, what)
	told := map[string][]string{}
	for who, feeds := range a.feeds {
		var both [2][]string
		for i, f := range feeds {
			for _, x := range f.Frames()[from[f]:] {
				both[i] = append(both[i], x.Raw)
			}
		}
		if x, y := kinds(both[0]), kinds(both[1]); !slices.Equal(x, y) {
			t.Errorf("%s: %s is told %v by the WebSocket and %v by the stream", what, who, x, y)
		}
		told[who] = both[0]
	}
	return told
}

// settle waits until everybody has been told all that happened so far: a member
// who comes, and a setting that changes, mark its end.
func (a *audience) settle(t *testing.T, what string) {
	t.Helper()
	from := a.heard()
	for _, team := range []*home{a.w.home, a.w.away} {
		team.target.Socket(team.Path("/socket")).Type("hello")
		team.Owner.Do("PATCH", team.Path("/tags/"+team.tag(t)), object{"name": "end of " + what}).Want(200)
	}
	for who, feeds := range a.feeds {
		team := a.w.home
		if who == "other" {
			team = a.w.away
		}
		for _, f := range feeds {
			settled, came := false, false
			f.S.Eventually(f.Name+" hears the end of "+what, func() bool {
				for _, x := range f.Frames()[from[f]:] {
					settled = settled || x.Type == "settings" && x.Cursor != ""
					came = came || x.Type == "presence" && strings.Contains(x.Raw, team.target.User.String())
				}
				return settled && came
			})
		}
	}
}

// notified does something and waits until both feeds of somebody hear of a notification
// since: it is made by a job.
func (a *audience) notified(who string, act func()) {
	from := a.heard()
	act()
	for _, f := range a.feeds[who] {
		f.S.Eventually(f.Name+" is notified", func() bool {
			return slices.ContainsFunc(f.Frames()[from[f]:], func(x apitest.Frame) bool {
				return x.Type == "notification"
			})
		})
	}
}

// heard returns how many frames each feed has had.
func (a *audience) heard() map[*apitest.Feed]int {
	n := map[*apitest.Feed]int{}
	for _, feeds := range a.feeds {
		for _, f := range feeds {
			n[f] = len(f.Frames())
		}
	}
	return n
}

// kinds returns which frames there are, without those that anybody may be sent at
// any time, like word of a notification that a job makes.
func kinds(frames []string) (all []string) {
	for _, raw := range frames {
		var f apitest.Frame
		if json.Unmarshal([]byte(raw), &f) == nil && f.Type != "counts" && f.Type != "ping" && f.Type != "presence" && f.Type != "settings" && f.Type != "notification" {
			all = append(all, f.Type+" "+f.Conversation.ID+f.Of)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// tag returns a tag of the team that may be renamed.
func (h *home) tag(t *testing.T) string {
	t.Helper()
	var page struct{ Items []struct{ ID string } }
	h.Owner.Do("GET", h.Path("/tags"), nil).Want(200).Read(&page)
	if len(page.Items) == 0 {
		return h.made("/tags", object{"name": h.Mark})
	}
	return page.Items[0].ID
}

// happening is something that happens, and how it looks in a frame.
type happening struct {
	act  func()
	seen string // what a frame that tells it contains
}

func (w *world) happenings(t *testing.T, a *audience) map[string]happening {
	h := w.home
	front, back := w.home.talk, w.backTalk
	customer := func(b apitest.Box) *apitest.Visitor {
		v := w.s.Visitor(b.Key)
		v.Write(b.Mark + " knocks")
		return v
	}
	frontVisitor, backVisitor := customer(h.front), customer(w.back)
	types := func(v *apitest.Visitor) func() {
		return func() { v.Do("POST", v.Path("/typing"), object{"on": true}).Want(204) }
	}
	say := func(frame object) func() { return func() { a.admin.Say(frame); w.heard(t, a.admin) } }
	posted := func(b apitest.Box, text string) happening {
		return happening{func() { h.Talk(b, text) }, text}
	}
	wrote := func(talk apitest.Talk, verb, text string) happening {
		return happening{func() { h.do(talk.ID, verb, object{"text": text}) }, text}
	}
	agent := w.callers["agent"].Socket(h.Path("/socket"))
	viewer := w.callers["viewer"].Socket(h.Path("/socket"))
	reads := w.callers["reads"].Socket(h.Path("/socket"))
	called := w.callers["called"].Socket(h.Path("/socket"))
	tries := func(f *apitest.Feed, frame object) func() { return func() { f.Say(frame); w.heard(t, f) } }
	typing := func(of string) string { return `"type":"typing","conversation_id":"` + of + `"` }
	looks := func(of string) string { return `"viewing":"` + of + `"` }
	return map[string]happening{
		"a message in front":                posted(h.front, "message qqfront"),
		"a message in back":                 posted(w.back, "message qqback"),
		"a note in front":                   wrote(front, "note", "note qqfront"),
		"a note in back":                    wrote(back, "note", "note qqback"),
		"a customer types in front":         {types(frontVisitor), `"type":"typing"`},
		"a customer types in back":          {types(backVisitor), `"type":"typing"`},
		"the admin types in front":          {say(object{"type": "typing", "conversation_id": front.ID, "on": true, "mode": "reply"}), typing(front.ID)},
		"the admin types in back":           {say(object{"type": "typing", "conversation_id": back.ID, "on": true, "mode": "reply"}), typing(back.ID)},
		"the admin types a note in front":   {say(object{"type": "typing", "conversation_id": front.ID, "on": true, "mode": "note"}), typing(front.ID)},
		"the admin looks at front":          {say(object{"type": "viewing", "conversation_id": front.ID}), looks(front.ID)},
		"the admin looks at back":           {say(object{"type": "viewing", "conversation_id": back.ID}), looks(back.ID)},
		"an agent types where they may not": {tries(agent, object{"type": "typing", "conversation_id": back.ID, "on": true, "mode": "reply"}), typing(back.ID)},
		"an agent looks where they may not": {func() {
			say(object{"type": "viewing"})()
			tries(agent, object{"type": "viewing", "conversation_id": back.ID})()
		}, looks(back.ID)},
		"a viewer types in front":            {tries(viewer, object{"type": "typing", "conversation_id": front.ID, "on": true, "mode": "reply"}), typing(front.ID)},
		"who was called types in front":      {tries(called, object{"type": "typing", "conversation_id": front.ID, "on": true, "mode": "note"}), typing(front.ID)},
		"a token for reading types in front": {tries(reads, object{"type": "typing", "conversation_id": front.ID, "on": true, "mode": "reply"}), typing(front.ID)},
		"the agent is told of an assignment": {func() {
			talk := h.fresh().ID
			a.notified("agent", func() { h.do(talk, "assign", object{"assignee_id": w.callers["agent"].User.String()}) })
		}, `"type":"notification"`},
		"the admin shares a draft in front": {func() {
			path := h.Path("/conversations/" + front.ID + "/drafts/reply")
			w.callers["admin"].Do("PUT", path, object{"text": "qqdraft", "revision": 0}).Want(200)
			a.notified("agent", func() {
				w.callers["admin"].Do("PUT", path+"/shared", object{"user_ids": []string{w.callers["agent"].User.String()}}).Want(200)
			})
		}, `"type":"draft"`},
		"a setting changes": {func() {}, `"type":"settings"`},
	}
}

// heard waits until the server has taken in all that a feed has said: a frame
// about a conversation of one's own is answered with presence, in order.
func (w *world) heard(t *testing.T, f *apitest.Feed) {
	t.Helper()
	n := len(f.Frames())
	f.Say(object{"type": "viewing", "conversation_id": w.home.talk.ID})
	f.Say(object{"type": "viewing", "conversation_id": w.home.fresh().ID})
	w.s.Eventually(f.Name+" is heard", func() bool {
		for _, x := range f.Frames()[n:] {
			if x.Type == "presence" && strings.Contains(x.Raw, w.home.talk.ID) {
				return true
			}
		}
		return false
	})
}

// Everybody is told what the table says, and nothing of another workspace or of an
// inbox they do not see. The WebSocket and the stream tell the same.
func TestTellings(t *testing.T) {
	w := newWorld(t)
	a := newAudience(w)
	columns, want := table(t, tellings, 35)
	happenings := w.happenings(t, a)
	for what := range want {
		if _, ok := happenings[what]; !ok {
			t.Errorf("nobody knows how this happens: %s", what)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(happenings)) {
		if want[what] == nil {
			t.Errorf("who is told of this is not in the table: %s", what)
			continue
		}
		told := a.during(t, what, happenings[what].act)
		for _, who := range columns {
			got := "no"
			if slices.ContainsFunc(told[who], func(raw string) bool { return strings.Contains(raw, happenings[what].seen) }) {
				got = "yes"
			}
			if what == "a setting changes" && who == "other" {
				got = "no" // they hear of their own
			}
			if got != want[what][who] {
				t.Errorf("%s: %s is told: %s, the table says %s", what, who, got, want[what][who])
			}
		}
	}
}

// Only people of the desk have feeds of it.
func TestFeedsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.expire()
	for who, want := range map[string]int{"nobody": 401, "over": 401, "revoked": 401, "visitor": 401, "other": 404} {
		_, resp, err := w.callers[who].TrySocket(w.home.Path("/socket"))
		if err == nil || resp == nil || resp.StatusCode != want {
			t.Errorf("%s: the socket says %v, %v", who, resp, err)
		}
		if got := w.callers[who].Begin("GET", w.home.Path("/stream")); got != want {
			t.Errorf("%s: the stream says %d", who, got)
		}
	}
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1.evil.example"} {
		_, resp, err := w.home.Owner.TrySocket(w.home.Path("/socket"), "Origin", origin)
		if err == nil || resp == nil || resp.StatusCode != 403 {
			t.Errorf("a page of %s opens the socket: %v %v", origin, resp, err)
		}
	}
	if f, _, err := w.home.Owner.TrySocket(w.home.Path("/socket"), "Origin", w.s.HTTP.URL); err != nil {
		t.Errorf("our own page is refused: %v", err)
	} else {
		f.Type("hello")
	}
	gone := w.home.Join("ZQXHOME gone", desk.RoleAgent, w.home.front.ID)
	w.home.Owner.Do("PATCH", w.home.Path("/members/"+gone.User.String()), object{"active": false}).Want(204)
	if _, resp, err := gone.TrySocket(w.home.Path("/socket")); err == nil || resp.StatusCode != 404 {
		t.Errorf("somebody who was removed: %v %v", resp, err)
	}
}
