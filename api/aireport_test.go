package api_test

import (
	"strings"
	"testing"
	"time"

	"parley/api/apitest"
)

// F3-88: the report says what there is, and nothing of what there is not; its days are
// those of a zone, and the conversations behind a number are found.
func TestAIReport(t *testing.T) {
	h := chats(t)
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{
		"ai_agent_id": "script", "ai_name": "Otto", "ai_script": []object{{"say": "At nine.", "confidence": 0.75}},
	}}).Want(200)
	type figures struct {
		Handled      int  `json:"handled"`
		Alone        int  `json:"handled_alone"`
		AlonePercent *int `json:"handled_alone_percent"`
		HandedOver   int  `json:"handed_over"`
		Reasons      []struct{ Why string }
		Answers      int
		Confidence   *float64
		CSAT         struct {
			Ratings          int
			Average, Percent *float64
		} `json:"csat_alone"`
	}
	var r struct {
		From, To, Zone  string
		Total, Previous figures
		Agents          []struct {
			Agent string
			figures
		}
	}
	read := func(query string) {
		t.Helper()
		r.Total, r.Previous, r.Agents = figures{}, figures{}, nil
		h.Owner.Do("GET", h.Path("/reports/ai"+query), nil).Want(200).Read(&r)
	}
	read("")
	if r.Total.AlonePercent != nil || r.Total.Confidence != nil || r.Total.CSAT.Percent != nil || r.Agents == nil || len(r.Agents) != 0 {
		t.Errorf("of nothing it says %+v", r)
	}
	v := h.S.Visitor(h.front.Key)
	feed := v.Feed("")
	v.Write("When do you open?")
	feed.Next("the answer", func(f apitest.Frame) bool { return strings.Contains(f.Raw, "At nine.") })
	talk := v.Messages("0").Conversation.ID
	h.S.Eventually("the answer counts", func() bool { read(""); return r.Total.Handled == 1 })
	if f := r.Total; f.Answers != 1 || f.Confidence == nil || *f.Confidence != 0.75 || f.AlonePercent == nil || *f.AlonePercent != 0 || len(r.Agents) != 1 || r.Agents[0].Agent != "Otto" {
		t.Errorf("it says %+v", r)
	}
	h.do(talk, "takeover", object{})
	h.do(talk, "resolve", object{})
	if read(""); r.Total.Alone != 1 || r.Total.HandedOver != 1 || len(r.Total.Reasons) != 1 || r.Total.Reasons[0].Why != "taken" {
		t.Errorf("it says %+v", r)
	}
	var found struct{ Items []struct{ ID string } }
	for query, want := range map[string]int{"": 1, "?which=handed_over&why=taken&agent=Otto": 1, "?which=handed_over&why=escalated": 0, "?agent=Nobody": 0, "?which=unanswered": 1} {
		if h.Owner.Do("GET", h.Path("/reports/ai/conversations"+query), nil).Want(200).Read(&found); len(found.Items) != want || want > 0 && found.Items[0].ID != talk {
			t.Errorf("%q finds %+v", query, found)
		}
	}

	// The day is that of the zone: on the other side of the date line it is another one.
	now := h.S.Clock.Now()
	zone := func(name string) (day string) {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return now.In(z).Format(time.DateOnly)
	}
	for _, name := range []string{"Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"} {
		read("?zone=" + name + "&from=" + zone(name) + "&to=" + zone(name))
		if r.Total.Handled != 1 || r.Zone != name || r.From != zone(name) || r.To != zone(name) {
			t.Errorf("in %s it says %+v", name, r)
		}
	}
	east, west := zone("Pacific/Kiritimati"), zone("Pacific/Pago_Pago") // 25 hours apart
	if read("?zone=Pacific/Pago_Pago&from=" + east + "&to=" + east); r.Total.Handled != 0 {
		t.Errorf("tomorrow it says %+v", r)
	}
	if read("?zone=Pacific/Kiritimati&from=" + west + "&to=" + west); r.Total.Handled != 0 {
		t.Errorf("yesterday it says %+v", r)
	}
	for _, wrong := range []string{"?zone=Mars/Base", "?from=yesterday", "?from=2026-02-30", "?from=2026-05-02&to=2026-05-01", "?from=2000-01-01&to=2026-01-01", "?to=9999-01-01"} {
		h.Owner.Do("GET", h.Path("/reports/ai"+wrong), nil).Problem(422)
	}
	h.Owner.Do("GET", h.Path("/reports/ai/conversations?which=best"), nil).Problem(422)
	if err := h.target.Do("GET", h.Path("/reports/ai"), nil).Problem(403); !strings.Contains(err.Detail, "leads a team") {
		t.Errorf("an agent is told %+v", err)
	}
}
