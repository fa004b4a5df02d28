package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/api"
	"parley/api/apitest"
	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/internal/limit"
	"parley/store"
)

const form = "application/x-www-form-urlencoded"

// asked is a site with one customer who was asked by a link, and the page's address.
func asked(t *testing.T, change func(*api.Options)) (s *site, id desk.ConversationID, page string) {
	t.Helper()
	s = serve(t, change)
	s.PublicURL = "https://desk.example"
	s.OK(s.ChangeInbox(s.As(s.Owner), s.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"csat":"on_close"}`)}))
	id = s.Get(apptest.Post{From: "anna", Key: "1", Text: "hello"}).Conversation
	for _, cmd := range []desk.Command{desk.Reply{Text: "Here you are"}, desk.Close{}} {
		_, err := s.Do(s.As(s.Owner), id, cmd)
		s.OK(err)
	}
	s.Work()
	sent := s.Channel.Sent()
	_, page, found := strings.Cut(sent[len(sent)-1], "https://desk.example")
	if !found {
		t.Fatalf("%q was sent", sent)
	}
	return s, id, page
}

// F2-26: opening the link of a mail changes nothing, since programs open links; the
// button of its page does, and for a day it changes the answer.
func TestSurveyPage(t *testing.T) {
	s, id, page := asked(t, nil)
	rating := func() int { return s.Conversation(id).Rating }
	for _, method := range []string{"GET", "HEAD", "GET"} {
		a := s.do(method, page, nil, "Content-Type", "").want(t, 200)
		if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script") {
			t.Errorf("the page's policy is %q", csp)
		}
		if a.Header.Get("Referrer-Policy") != "no-referrer" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", a.Header)
		}
	}
	if rating() != 0 {
		t.Fatal("opening the page was an answer")
	}
	post := func(score, comment string) answer {
		return s.do("POST", page, url.Values{"score": {score}, "comment": {comment}}.Encode(), "Content-Type", form)
	}
	for _, score := range []string{"", "0", "6", "five"} {
		if a := post(score, "<b>kept</b>").want(t, 422); !strings.Contains(a.body, "Choose one of the five answers") || !strings.Contains(a.body, "&lt;b&gt;kept&lt;/b&gt;") {
			t.Errorf("%s", a.body)
		}
	}
	if post("3", strings.Repeat("x", 20<<10)).want(t, 422); rating() != 0 {
		t.Fatal("what was refused is an answer")
	}
	if a := post("1", "Still broken").want(t, 303); a.Header.Get("Location") != page || rating() != 1 {
		t.Fatalf("%d, %v", rating(), a.Header)
	}
	if a := s.do("GET", page, nil).want(t, 200); !strings.Contains(a.body, "Very dissatisfied</strong>") || !strings.Contains(a.body, "Still broken</textarea>") {
		t.Errorf("%s", a.body)
	}
	s.Clock.Add(time.Minute)
	post("2", "A little better").want(t, 303)
	s.Clock.Add(24*time.Hour + time.Second)
	post("5", "").want(t, 409)
	if a := s.do("GET", page, nil).want(t, 200); rating() != 2 || strings.Contains(a.body, "<form") || !strings.Contains(a.body, "Dissatisfied</strong>") {
		t.Errorf("%d: %s", rating(), a.body)
	}

	// What the team reads: the comment beside the answer that stands, and no link.
	a := s.do("GET", s.ws("/conversations/"+id.String()+"/timeline"), nil, "Cookie", s.signIn("maja@example.com")).want(t, 200)
	var line struct {
		Items []struct {
			Event struct {
				Kind string
				Data struct {
					Score, Previous int
					Comment         string
				}
			}
		}
	}
	a.read(t, &line)
	var got []string
	for _, i := range line.Items {
		if i.Event.Kind == "csat_received" {
			got = append(got, fmt.Sprint(i.Event.Data))
		}
	}
	if want := []string{"{1 0 }", "{2 1 A little better}"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the timeline says %q, want %q", got, want)
	}
	if secret := strings.TrimPrefix(page, app.SurveyPath); strings.Contains(a.body, secret) || strings.Contains(s.log.String(), secret) {
		t.Error("the team, or the log, has the customer's link")
	}
}

// Only what Parley signed is answered, and whoever tries is slowed down.
func TestSurveySecrets(t *testing.T) {
	s, id, page := asked(t, func(o *api.Options) {
		var err error
		if o.Widget, err = limit.New(40, time.Hour, o.App.Now); err != nil {
			t.Fatal(err)
		}
	})
	secret := strings.TrimPrefix(page, app.SurveyPath)
	for at := range len(secret) {
		if at%3 != 0 {
			continue
		}
		other := byte('A')
		if secret[at] == other {
			other = 'B'
		}
		bad := secret[:at] + string(other) + secret[at+1:]
		s.do("POST", app.SurveyPath+bad, "score=1", "Content-Type", form, "Remote", fmt.Sprintf("192.0.2.%d:1", at)).want(t, 404)
	}
	for _, bad := range []string{secret[:20], secret + "A", "x"} {
		if a := s.do("GET", app.SurveyPath+bad, nil).want(t, 404); !strings.Contains(a.body, "not one of ours") {
			t.Errorf("%s", a.body)
		}
	}
	if s.Conversation(id).Rating != 0 {
		t.Error("a forged secret rated")
	}
	for range 60 {
		if a := s.do("GET", app.SurveyPath+"x", nil); a.StatusCode == 429 {
			if a.Header.Get("Retry-After") == "" {
				t.Error("nobody is told when to try again")
			}
			return
		}
	}
	t.Error("nobody is slowed down")
}

// F2-26, F2-04: in the web chat the question comes with what it takes to answer it, and
// only its own visitor does.
func TestVisitorRates(t *testing.T) {
	h := chats(t)
	h.Owner.Do("PATCH", h.Path("/inboxes/"+h.front.ID), object{"settings": object{"csat": "on_resolve"}}).Want(200)
	kim, eve := h.S.Visitor(h.front.Key), h.S.Visitor(h.front.Key)
	kim.Write("hello")
	eve.Write("hello")
	talk := kim.Messages("0").Conversation.ID
	h.do(talk, "reply", object{"text": "Here you are"})
	h.do(talk, "resolve", object{})
	var survey apitest.ChatMessage
	h.S.Eventually("the question is asked", func() bool {
		all := kim.Messages("0").Messages
		survey = all[len(all)-1]
		return survey.Survey != nil
	})
	if survey.Author.Kind != "automation" || !survey.Survey.Open || survey.Survey.Score != 0 || strings.Contains(survey.Text, "http") {
		t.Fatalf("the question is %+v", survey)
	}
	say := func(score int) object { return object{"survey_id": survey.ID, "score": score, "comment": "zqx"} }
	eve.Do("POST", eve.Path("/rating"), say(5)).Want(404)
	kim.Do("POST", kim.Path("/rating"), say(6)).Want(422)
	kim.Do("POST", kim.Path("/rating"), object{"survey_id": kim.Messages("0").Messages[0].ID, "score": 1}).Want(404)
	kim.Do("POST", kim.Path("/rating"), say(2)).Want(200)
	var c struct{ Rating int }
	h.Owner.Do("GET", h.Path("/conversations/"+talk), nil).Want(200).Read(&c)
	all := kim.Messages("0").Messages
	if last := all[len(all)-1].Survey; c.Rating != 2 || last == nil || last.Score != 2 || !last.Open {
		t.Errorf("it is rated %d, and the chat shows %+v", c.Rating, last)
	}
	// F2-18, 4.3: what is found by it.
	var found struct{ Items []struct{ ID string } }
	h.Owner.Do("GET", h.Path("/find?q="+url.QueryEscape("rating:<=2")), nil).Want(200).Read(&found)
	if len(found.Items) != 1 || found.Items[0].ID != talk {
		t.Errorf("found %+v", found.Items)
	}
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/rate"), say(5)).Want(404) // nobody of the team rates
}

// RFC 8058: whoever wants no more mail that they did not ask for says so with one click,
// which a mail program makes without opening a page; opening it changes nothing.
func TestDeclineMail(t *testing.T) {
	s, id, _ := asked(t, nil)
	out := s.Channel.Out[len(s.Channel.Out)-1]
	page, found := strings.CutPrefix(out.Unsubscribe, "https://desk.example")
	if !found || s.Channel.Out[0].Unsubscribe != "" {
		t.Fatalf("%q, %q", s.Channel.Out[0].Unsubscribe, out.Unsubscribe)
	}
	contact := s.Conversation(id).Contact
	declined := func() (yes bool) {
		t.Helper()
		s.OK(s.DB.Read(t.Context(), store.Scope{Workspace: s.Workspace}, func(tx *store.Tx) error {
			at, err := tx.Unsubscribed(contact)
			yes = !at.IsZero()
			return err
		}))
		return yes
	}
	for at := len(app.UnsubscribePath); at < len(page); at += 5 {
		other := "A"
		if page[at:at+1] == other {
			other = "B"
		}
		s.do("POST", page[:at]+other+page[at+1:], "List-Unsubscribe=One-Click", "Content-Type", form, "Remote", fmt.Sprintf("192.0.2.%d:1", at)).want(t, 404)
	}
	if a := s.do("GET", page, nil).want(t, 200); declined() || !strings.Contains(a.body, `<form method="post">`) {
		t.Errorf("opening the page declined, or it cannot be done there: %s", a.body)
	}
	if a := s.do("POST", page, "List-Unsubscribe=One-Click", "Content-Type", form).want(t, 200); !declined() || !strings.Contains(a.body, `role="status"`) {
		t.Errorf("one click declined nothing: %s", a.body)
	}

	// The customer still gets answers, and is asked no more.
	sent := len(s.Channel.Out)
	next := s.Get(apptest.Post{From: "anna", Key: "2", Text: "hello again"}).Conversation
	for _, cmd := range []desk.Command{desk.Reply{Text: "Here you are"}, desk.Close{}} {
		_, err := s.Do(s.As(s.Owner), next, cmd)
		s.OK(err)
	}
	s.Work()
	if all := s.Channel.Out[sent:]; len(all) != 1 || all[0].Text != "Here you are" {
		t.Errorf("%d were sent", len(all))
	}
}
