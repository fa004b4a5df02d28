package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
)

// TestPromiseExplained: a policy and business hours that are made over the API
// count in the inbox that chooses them, and the clock explains itself.
func TestPromiseExplained(t *testing.T) {
	s := apitest.New(t)
	team := s.Team("PROM")
	box := team.Box("front")
	hours := team.Owner.Do("POST", team.Path("/business-hours"), object{"name": "Office", "hours": object{
		"zone": "Europe/Berlin", "week": object{"monday": []object{{"from": "13:00", "to": "24:00"}, {"from": "00:00", "to": "12:00"}}},
		"holidays": []object{{"name": "Party", "first": "2026-06-01", "yearly": true, "from": "12:00", "to": "18:30"}},
	}}).Want(201).ID()
	policy := team.Owner.Do("POST", team.Path("/sla-policies"), object{"name": "Gold", "first_response": object{"normal": object{"target": 3600, "deadline": 7200}}}).Want(201).ID()
	team.Owner.Do("PATCH", team.Path("/inboxes/"+box.ID), object{"settings": object{"sla_policy_id": policy, "business_hours_id": hours}}).Want(200)
	var list struct{ Items []struct{ Name string } }
	team.Owner.Do("GET", team.Path("/sla-policies"), nil).Want(200).Read(&list)
	if len(list.Items) != 2 || list.Items[0].Name != "Standard" || list.Items[1].Name != "Gold" {
		t.Errorf("the policies are %+v", list)
	}
	talk := team.Talk(box, "hello")
	var timers struct {
		Items []struct {
			Metric, State, Clock, Policy string
			Hours                        string `json:"business_hours"`
			Goal                         struct{ Target, Deadline int }
			Deadline                     time.Time
			Stretches                    []struct{ Why string }
		}
	}
	team.Owner.Do("GET", team.Path("/conversations/"+talk.ID+"/promise"), nil).Want(200).Read(&timers)
	if len(timers.Items) != 1 {
		t.Fatalf("%d timers", len(timers.Items))
	}
	timer := timers.Items[0]
	if timer.Metric != "first_response" || timer.Clock != "business" || timer.Policy != "Gold" || timer.Hours != "Office" || timer.Goal.Deadline != 7200 || timer.Deadline.IsZero() {
		t.Errorf("the timer says %+v", timer)
	}
	var c struct {
		Metric   string    `json:"sla_metric"`
		Deadline time.Time `json:"response_due_deadline"`
	}
	team.Owner.Do("GET", team.Path("/conversations/"+talk.ID), nil).Want(200).Read(&c)
	if c.Metric != "first_response" || !c.Deadline.Equal(timer.Deadline) {
		t.Errorf("the conversation says %+v", c)
	}
	team.Owner.Do("POST", team.Path("/conversations/"+talk.ID+"/reply"), object{"text": "hi"}).Want(200)
	team.Owner.Do("GET", team.Path("/conversations/"+talk.ID+"/promise"), nil).Want(200).Read(&timers)
	if len(timers.Items) != 0 {
		t.Errorf("after an answer there are timers: %+v", timers)
	}
}

// TestPromisesThatCannotBe: clear sentences that name the field; nothing is kept.
func TestPromisesThatCannotBe(t *testing.T) {
	s := apitest.New(t)
	team := s.Team("NOPE")
	box := team.Box("front")
	monday := object{"monday": []object{{"from": "09:00", "to": "17:00"}}}
	before := team.Owner.Do("GET", team.Path("/inboxes/"+box.ID), nil).Want(200).Body
	for _, c := range []struct {
		method, path string
		body         object
		says, field  string
	}{
		{"POST", "/sla-policies", object{"name": "x", "first_response": object{"urgent": object{"target": 3600, "deadline": 900}}}, "Urgent priority: the deadline must be longer than the target.", "first_response.urgent"},
		{"POST", "/business-hours", object{"name": "x", "hours": object{"zone": "Atlantis", "week": monday}}, "There is no time zone called \"Atlantis\"", "zone"},
		{"POST", "/business-hours", object{"name": "x", "hours": object{"zone": "UTC", "week": object{"friday": []object{{"from": "09:00", "to": "12:00"}, {"from": "11:59", "to": "13:00"}}}}}, "Friday has two periods at once", "week.friday[1]"},
		{"POST", "/business-hours", object{"name": "x", "hours": object{"zone": "UTC", "week": object{}}}, "never open", "week"},
		{"POST", "/business-hours/holidays", object{"zone": "UTC", "file": "hello"}, "line 1 is \"hello\"", ""},
		{"PATCH", "/inboxes/" + box.ID, object{"settings": object{"sla_target": 600, "sla_deadline": 600}}, "The deadline must be longer than the target.", "sla_deadline"},
		{"PATCH", "/inboxes/" + box.ID, object{"settings": object{"sla_clock": "business"}}, "Choose the business hours that count.", "business_hours_id"},
		{"PATCH", "/inboxes/" + box.ID, object{"settings": object{"business_hours_id": "hrs_0000000000001"}}, "There is no such business hours here.", ""},
	} {
		a := team.Owner.Do(c.method, team.Path(c.path), c.body)
		if a.Status != 422 && a.Status != 404 && a.Status != 400 {
			t.Errorf("%s %v: %d", c.path, c.body, a.Status)
			continue
		}
		var p apitest.Problem
		a.Read(&p)
		if !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s %v: %q, want %q", c.path, c.body, p.Detail, c.says)
		}
		if c.field != "" && !slices.ContainsFunc(p.Errors, func(e struct{ Field, Message string }) bool { return strings.HasSuffix(e.Field, c.field) }) {
			t.Errorf("%s %v: the fields are %v, want %s", c.path, c.body, p.Errors, c.field)
		}
	}
	if after := team.Owner.Do("GET", team.Path("/inboxes/"+box.ID), nil).Want(200).Body; after != before {
		t.Errorf("the inbox changed from %s to %s", before, after)
	}
	for path, want := range map[string]int{"/sla-policies": 1, "/business-hours": 0} {
		var list struct{ Items []struct{ ID string } }
		team.Owner.Do("GET", team.Path(path), nil).Want(200).Read(&list)
		if len(list.Items) != want {
			t.Errorf("%s has %d", path, len(list.Items))
		}
	}
	// What is not of the form is refused before anything is looked at.
	team.Owner.Do("POST", team.Path("/business-hours"), object{"name": "x", "hours": object{"zone": "UTC", "week": object{"monday": []object{{"from": "9am", "to": "17:00"}}}}}).Want(422)
}
