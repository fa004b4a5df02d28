package api_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/api/apitest"
	"parley/desk"
)

func (h *home) later() time.Time {
	return h.S.Clock.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
}

// scheduled returns a conversation and a message that is scheduled in it.
func (h *home) scheduled() (talk, id string) {
	h.t.Helper()
	talk = h.fresh().ID
	return talk, h.plan(talk, object{"text": h.Mark + " later", "at": h.later()})
}

// plan schedules a message as the owner and returns its id.
func (h *home) plan(talk string, body object) string {
	h.t.Helper()
	var did struct {
		Items []struct {
			Event struct {
				Data struct {
					ID string `json:"scheduled_id"`
				} `json:"data"`
			} `json:"event"`
		} `json:"items"`
	}
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/schedule"), body).Want(200).Read(&did)
	return did.Items[0].Event.Data.ID
}

type waiting struct {
	ID      string    `json:"id"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	Zone    string    `json:"zone"`
	Unless  bool      `json:"only_if_no_reply"`
	Then    string    `json:"then"`
	State   string    `json:"state"`
	Because string    `json:"held_because"`
	Edition int       `json:"edition"`
	Author  struct{ Name string }
	Files   []struct{ Name string } `json:"attachments"`
	In      struct{ ID string }     `json:"conversation"`
}

type waitingPage struct {
	Items []waiting `json:"items"`
	Next  string    `json:"next_cursor"`
}

func (h *home) waiting(by *apitest.Client, path string) (p waitingPage) {
	h.t.Helper()
	by.Do("GET", h.Path(path), nil).Want(200).Read(&p)
	return p
}

// F1-57: a scheduled message is in its conversation and in the list of all, can be
// edited, moved, cancelled and sent now; sent twice with the sender's own id it is one.
func TestScheduledMessages(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("ZQXHOME"))
	talk := h.fresh().ID
	at := h.later()
	file := h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: "map.txt", Data: "map"}).Want(201).ID()
	body := object{"text": "At ten.", "at": at, "zone": "Asia/Tokyo", "only_if_no_reply": true, "then": "resolve", "client_id": "one-of-mine", "attachment_ids": []string{file}}
	id := h.plan(talk, body)
	h.do(talk, "schedule", body)
	here := h.waiting(h.Owner, "/conversations/"+talk+"/scheduled").Items
	if len(here) != 1 || here[0].ID != id || here[0].Text != "At ten." || !here[0].At.Equal(at) || here[0].Zone != "Asia/Tokyo" || !here[0].Unless || here[0].Then != "resolve" || here[0].State != "waiting" || here[0].Author.Name == "" || len(here[0].Files) != 1 {
		t.Fatalf("%+v", here)
	}
	h.target.Do("GET", h.Path("/attachments/"+file), nil).Want(200) // a colleague sees what will be sent
	bad := h.Owner.Do("POST", h.Path("/conversations/"+talk+"/schedule"), object{"text": "Hi", "at": s.Clock.Now().Add(-time.Hour)})
	bad.Want(422)
	h.do(talk, "edit-scheduled", object{"scheduled_id": id, "text": "At eleven.", "attachment_ids": []string{}, "expected_edition": 1})
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/edit-scheduled"), object{"scheduled_id": id, "then": "nothing", "expected_edition": 1}).Want(409)
	h.target.Do("POST", h.Path("/conversations/"+talk+"/edit-scheduled"), object{"scheduled_id": id, "text": "Never."}).Want(403)
	h.target.Do("POST", h.Path("/conversations/"+talk+"/edit-scheduled"), object{"scheduled_id": id, "at": at.Add(time.Hour), "zone": "Europe/Paris", "then": "nothing"}).Want(200)
	other := h.fresh().ID
	h.plan(other, object{"text": "Sooner.", "at": at.Add(-time.Hour)})
	all := h.waiting(h.Owner, "/scheduled?limit=1")
	rest := h.waiting(h.Owner, "/scheduled?limit=5&cursor="+all.Next)
	if len(all.Items) != 1 || all.Items[0].In.ID != other || len(rest.Items) != 1 || rest.Items[0].Text != "At eleven." || rest.Items[0].Zone != "Europe/Paris" || rest.Items[0].Then != "" || len(rest.Items[0].Files) != 0 || rest.Items[0].Edition != 3 {
		t.Errorf("%+v, then %+v", all, rest)
	}
	if mine := h.waiting(h.target, "/scheduled?mine=true").Items; len(mine) != 0 {
		t.Errorf("a colleague's own: %+v", mine)
	}
	h.Owner.Do("GET", h.Path("/scheduled?cursor=x"), nil).Want(422)
	did := h.do(talk, "send-scheduled", object{"scheduled_id": id})
	if did.Message.ID == "" {
		t.Error("it was sent without a message")
	}
	h.Owner.Do("POST", h.Path("/conversations/"+talk+"/cancel-scheduled"), object{"scheduled_id": id}).Want(409)
	if left := h.waiting(h.Owner, "/conversations/"+talk+"/scheduled").Items; len(left) != 0 {
		t.Errorf("%+v", left)
	}
	stranger := h.Join("stranger", desk.RoleAgent)
	if got := h.waiting(stranger, "/scheduled").Items; len(got) != 0 {
		t.Errorf("somebody of no inbox sees %+v", got)
	}
	held := h.fresh().ID
	h.plan(held, object{"text": "Too late.", "at": at})
	h.do(held, "close", object{})
	got := h.waiting(h.Owner, "/conversations/"+held+"/scheduled").Items
	if len(got) != 1 || got[0].State != "held" || got[0].Because != "closed" {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"Sooner.", "Too late."}, scheduledTexts(h.waiting(h.Owner, "/scheduled?mine=true").Items)); diff != "" {
		t.Error(diff)
	}
}

func scheduledTexts(all []waiting) (out []string) {
	for _, m := range all {
		out = append(out, m.Text)
	}
	return out
}
