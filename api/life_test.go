package api_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
	"parley/desk"
)

// What each verb does in each state: "ok" changes something, "same" is so already,
// anything else is the status of the refusal, which changes nothing (2.2, 2.3;
// F0-46, F0-48, F2-27, F4-08, F4-12).
const transitions = `
state     pend resolve close reopen archive unarchive snooze unsnooze reply
open      ok   ok      ok    same   409     same      ok     same     ok
pending   same ok      ok    ok     409     same      ok     same     ok
snoozed   ok   ok      ok    same   409     same      same   ok       ok
resolved  409  same    ok    ok     409     same      409    same     ok
closed    409  409     same  ok     ok      same      409    same     409
archived  409  409     same  409    same    ok        409    same     409
`

func TestTransitions(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXLIFE"))
	bodies := map[string]object{"pend": {"reason": "customer"}, "snooze": {"until_reply": true}, "reply": {"text": "hi"}}
	before := map[string][]string{"open": nil, "pending": {"pend"}, "snoozed": {"snooze"}, "resolved": {"resolve"}, "closed": {"close"}, "archived": {"close", "archive"}}
	body := func(verb string) object {
		if b := bodies[verb]; b != nil {
			return b
		}
		return object{}
	}
	lines := strings.Split(strings.TrimSpace(transitions), "\n")
	verbs := strings.Fields(lines[0])[1:]
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		for i, verb := range verbs {
			talk := h.Talk(h.front, "hello")
			for _, v := range before[fields[0]] {
				h.do(talk.ID, v, body(v))
			}
			path := h.Path("/conversations/" + talk.ID)
			was := h.Owner.Do("GET", path, nil).Want(200).Body
			answer := h.Owner.Do("POST", path+"/"+verb, body(verb))
			is := h.Owner.Do("GET", path, nil).Want(200).Body
			got := "ok"
			switch {
			case answer.Status != 200:
				answer.Problem(answer.Status)
				got = "409"
				if answer.Status != 409 || was != is {
					t.Errorf("%s %s: %d changed %s into %s", fields[0], verb, answer.Status, was, is)
				}
			case was == is:
				got = "same"
			}
			if got != fields[i+1] {
				t.Errorf("%s %s: %s, want %s: %.300s", fields[0], verb, got, fields[i+1], answer.Body)
			}
		}
	}
}

// 1.4: workspace and inbox say what is their own and what they inherit; what makes
// no sense is refused by its field, and changes nothing.
func TestSettingsOverHTTP(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXSET"))
	type settings struct {
		Settings  desk.InboxSettings            `json:"settings"`
		Inherited desk.InboxSettings            `json:"inherited_settings"`
		Origins   map[string]desk.SettingOrigin `json:"setting_origins"`
		Below     map[string]desk.SettingOrigin `json:"inherited_origins"`
	}
	const name = "auto_close_after_resolved_minutes"
	change := func(path string, value any) (got settings) {
		t.Helper()
		h.Owner.Do("PATCH", h.Path(path), object{"settings": object{name: value}}).Want(200).Read(&got)
		return got
	}
	inbox := "/inboxes/" + h.front.ID
	if got := change("", 4320); got.Settings.AutoCloseAfterResolved != 4320 || got.Origins[name] != "workspace" {
		t.Errorf("the workspace's: %+v", got)
	}
	if got := change(inbox, 60); got.Settings.AutoCloseAfterResolved != 60 || got.Inherited.AutoCloseAfterResolved != 4320 || got.Origins[name] != "inbox" || got.Below[name] != "workspace" {
		t.Errorf("the inbox's own: %+v", got)
	}
	if got := change(inbox, nil); got.Settings.AutoCloseAfterResolved != 4320 || got.Origins[name] != "workspace" {
		t.Errorf("inherited again: %+v", got)
	}
	if got := change("", nil); got.Settings.AutoCloseAfterResolved != 0 || got.Origins[name] != "product" {
		t.Errorf("the product's: %+v", got)
	}
	was := h.Owner.Do("GET", h.Path(inbox), nil).Want(200).Body
	for _, bad := range []object{
		{"auto_close_inactive_minutes": 29}, {"auto_close_inactive_minutes": 20161}, {"after_close": "burn"}, {"closing_note_mode": 1}, {"none": true},
		{"auto_close_inactive_from": "2026-01-01T00:00:00Z"}, {"auto_pending_on_reply": true, "pending_disabled": true}, {"reopen_within_days": 0},
	} {
		p := h.Owner.Do("PATCH", h.Path(inbox), object{"settings": bad}).Problem(422)
		if len(p.Errors) == 0 {
			t.Errorf("%v: no field: %+v", bad, p)
		}
	}
	// What an inbox says for itself must still fit when the workspace changes.
	h.Owner.Do("PATCH", h.Path(inbox), object{"settings": object{"auto_pending_on_reply": true}}).Want(200)
	h.Owner.Do("PATCH", h.Path(""), object{"settings": object{"pending_disabled": true}}).Problem(422)
	h.Owner.Do("PATCH", h.Path(inbox), object{"settings": object{"auto_pending_on_reply": nil}}).Want(200)
	if is := h.Owner.Do("GET", h.Path(inbox), nil).Want(200).Body; is != was {
		t.Errorf("%s became %s", was, is)
	}
}

// The presets of 1.4 are chosen when an inbox is made; values given with it win.
func TestPresetsOverHTTP(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXPRE"))
	var all struct{ Items []struct{ Name string } }
	h.Owner.Do("GET", h.Path("/inbox-presets"), nil).Want(200).Read(&all)
	if len(all.Items) != 4 {
		t.Fatalf("%+v", all)
	}
	var i struct{ Settings desk.InboxSettings }
	h.Owner.Do("POST", h.Path("/inboxes"), object{"name": "Help", "grouping": "per_thread", "preset": "help_desk", "settings": object{"reopen_within_days": 3}}).Want(201).Read(&i)
	if i.Settings.AfterClose != desk.AfterCloseReopenWithin || i.Settings.ReopenWithinDays != 3 || i.Settings.AutoCloseAfterResolved != 4320 {
		t.Errorf("%+v", i.Settings)
	}
	h.Owner.Do("POST", h.Path("/inboxes"), object{"name": "x", "grouping": "per_contact", "preset": "slack"}).Problem(422)
	h.Owner.Do("POST", h.Path("/inboxes"), object{"name": "x", "grouping": "per_contact", "preset": "best"}).Problem(422)
}

// F4-23: the closing note, with a category, over HTTP; F1-06 what was said is kept.
func TestClosingNote(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXEND"))
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"closing_note_mode": "both_required"}}).Want(200)
	bug := h.made("/closing-categories", object{"name": "Bug"})
	h.Owner.Do("POST", h.Path("/closing-categories"), object{"name": "bug"}).Problem(409)
	talk := h.fresh()
	path := h.Path("/conversations/" + talk.ID)
	if p := h.Owner.Do("POST", path+"/resolve", object{"summary": "mended"}).Problem(422); len(p.Errors) == 0 || p.Errors[0].Field != "body.category_id" {
		t.Errorf("%+v", p)
	}
	h.Owner.Do("POST", path+"/resolve", object{"summary": "mended", "category_id": "cat_0000000000001"}).Problem(404)
	var did struct{ Conversation map[string]any }
	h.Owner.Do("POST", path+"/resolve", object{"summary": "mended", "category_id": bug}).Want(200).Read(&did)
	if did.Conversation["closing_summary"] != "mended" || did.Conversation["closing_category_id"] != bug || did.Conversation["stage"] != "resolved" {
		t.Errorf("%+v", did.Conversation)
	}
	h.Owner.Do("PATCH", h.Path("/closing-categories/"+bug), object{"name": "Bug", "disabled": true}).Want(200)
	h.Owner.Do("POST", h.Path("/conversations/"+h.fresh().ID+"/close"), object{"summary": "mended", "category_id": bug}).Problem(422)
}

// F4-22: what a blocked customer wrote is neither opened nor closed, and the
// screen is told so.
func TestBlockedCustomer(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXBLK"))
	talk := h.fresh()
	path := h.Path("/conversations/" + talk.ID)
	h.do(talk.ID, "resolve", object{})
	h.Owner.Do("POST", h.Path("/contacts/"+talk.Contact+"/block"), object{}).Want(200)
	h.Owner.Do("POST", path+"/close", object{}).Problem(403)
	h.Owner.Do("POST", path+"/reopen", object{}).Problem(403)
	var c struct{ Contact struct{ Blocked bool } }
	h.Owner.Do("GET", path, nil).Want(200).Read(&c)
	if !c.Contact.Blocked {
		t.Error("nobody is told that the customer is blocked")
	}
}

// T2, F4-09: the team begins a new conversation beside a resolved one only when that may
// be closed; then both happen, or neither.
func TestSupersede(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXSUP"))
	box := h.made("/inboxes", object{"name": "Chat", "grouping": "per_contact", "preset": "messaging"})
	h.Connect(box, "email", "mail", object{"address": "zqxsup@example.com"})
	start := func(more object) apitest.Answer {
		body := object{"inbox_id": box, "contact": object{"email": "kim@customer.example"}, "text": "hello"}
		for k, v := range more {
			body[k] = v
		}
		return h.Owner.Do("POST", h.Path("/conversations"), body, "Idempotency-Key", strings.Repeat("k", 1+len(more)))
	}
	var first, second struct{ Conversation struct{ ID, Status string } }
	start(nil).Want(201).Read(&first)
	if p := start(object{"subject": "again"}).Problem(409); !strings.Contains(string(p.Conflict), first.Conversation.ID) {
		t.Errorf("T27 beside an open one: %+v", p)
	}
	h.Owner.Do("PATCH", h.Path("/inboxes/"+box), object{"settings": object{"resolved_disabled": false}}).Want(200)
	h.do(first.Conversation.ID, "resolve", object{})
	if p := start(object{"subject": "again"}).Problem(409); !strings.Contains(string(p.Conflict), first.Conversation.ID) {
		t.Errorf("beside a resolved one: %+v", p)
	}
	start(object{"subject": "again", "supersede": true}).Want(201).Read(&second)
	var again struct{ Conversation struct{ ID string } }
	start(object{"subject": "again", "supersede": true}).Want(201).Read(&again)
	var old struct {
		Status string
		Source string `json:"closed_source"`
	}
	h.Owner.Do("GET", h.Path("/conversations/"+first.Conversation.ID), nil).Want(200).Read(&old)
	if old.Status != "closed" || old.Source != "superseded" || second.Conversation.ID == first.Conversation.ID || again.Conversation.ID != second.Conversation.ID {
		t.Errorf("%+v, then %+v, then %+v", old, second, again)
	}
}

// Moments are understood in the asker's zone, and a preview is what a snooze takes.
func TestMomentsOverHTTP(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXMOM"))
	ask := func(text, zone string) apitest.Answer {
		return h.Owner.Do("GET", h.Path("/moments?text="+url.QueryEscape(text)+"&zone="+url.QueryEscape(zone)), nil)
	}
	var got struct {
		Items []struct {
			Name string
			At   time.Time
		}
	}
	for _, zone := range []string{"Europe/Stockholm", "Asia/Kolkata", "America/New_York"} {
		ask("tomorrow 9am", zone).Want(200).Read(&got)
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Items) != 1 || got.Items[0].At.In(loc).Format("15:04") != "09:00" || !got.Items[0].At.After(s.Clock.Now()) {
			t.Errorf("%s: %+v", zone, got)
		}
	}
	ask("", "Europe/Stockholm").Want(200).Read(&got)
	// How many there are depends on the day: on a Sunday evening tomorrow is next week.
	if len(got.Items) == 0 {
		t.Fatal("no moments")
	}
	last := s.Clock.Now()
	for _, m := range got.Items {
		if m.Name == "" || !m.At.After(last) {
			t.Errorf("%+v after %s", m, last)
		}
		last = m.At
	}
	h.do(h.fresh().ID, "snooze", object{"until": got.Items[0].At})
	ask("soon", "UTC").Problem(422)
	ask("yesterday", "UTC").Problem(422)
	ask("tomorrow", "Mars/Olympus").Problem(422)
	ask(strings.Repeat("x", 101), "UTC").Problem(422)
	h.Owner.Do("POST", h.Path("/conversations/"+h.fresh().ID+"/snooze"), object{"until": s.Clock.Now().Add(-time.Minute)}).Problem(422)
}

// S-06: who comes in and has written nothing begins a conversation in which nobody
// waits, once; with the first message it needs attention.
func TestWelcomeThenMessage(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXWEL"))
	come := func(body any) (got struct {
		ID string `json:"conversation_id"`
	}) {
		t.Helper()
		s.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/welcome", body).Want(202).Read(&got)
		return got
	}
	kim := object{"contact": object{"external_id": "kim", "name": "Kim"}}
	if got := come(kim); got.ID != "" {
		t.Errorf("T4 switched off, and %s opened", got.ID)
	}
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"open_on_welcome_event": true}}).Want(200)
	opened := come(kim)
	if again := come(kim); opened.ID == "" || again.ID != "" {
		t.Fatalf("opened %q, then %q", opened.ID, again.ID)
	}
	type state struct {
		Status, Label, Source string
		Waiting               string `json:"waiting_on"`
		Opened                string `json:"opened_source"`
		Since                 string `json:"waiting_since"`
	}
	look := func() (c state) {
		h.Owner.Do("GET", h.Path("/conversations/"+opened.ID), nil).Want(200).Read(&c)
		return c
	}
	if c := look(); c.Status != "open" || c.Waiting != "none" || c.Opened != "welcome_event" || c.Since != "" {
		t.Errorf("%+v", c)
	}
	needs := func() string {
		return h.Owner.Do("GET", h.Path("/conversations?tab=needs_attention"), nil).Want(200).Body
	}
	if strings.Contains(needs(), opened.ID) {
		t.Error("it needs attention before anybody wrote")
	}
	first := h.Posted(h.front, "kim", "kim-1", "hello")
	if c := look(); first.ID != opened.ID || c.Waiting != "agent" || c.Since == "" || !strings.Contains(needs(), opened.ID) {
		t.Errorf("the first message went to %s: %+v", first.ID, c)
	}
	s.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/welcome", object{"contact": object{"external_id": " "}}).Problem(422)
	s.System(h.front).Do("POST", "/api/v1/channels/"+h.front.Address+"/welcome", object{"contact": object{}}).Problem(422)
}
