package api_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// bulkOf is an action of one step on one conversation.
func (h *home) bulkOf(talk string, step object) object {
	return object{"selection": object{"conversation_ids": []string{talk}}, "action": object{"steps": []object{step}}}
}

// reviewed returns a bulk action that the owner has reviewed, and what confirms it.
func (h *home) reviewed() (id, token string) {
	h.t.Helper()
	return review(h, h.bulkOf(h.talk.ID, object{"do": "unassign"}))
}

func review(h *home, body object) (id, token string) {
	h.t.Helper()
	var r struct {
		ID    string
		Token string `json:"confirm_token"`
	}
	h.Owner.Do("POST", h.Path("/bulk/review"), body).Want(201).Read(&r)
	return r.ID, r.Token
}

// bulked returns a bulk action of the owner that is done.
func (h *home) bulked(body object) string {
	h.t.Helper()
	id, token := review(h, body)
	h.Owner.Do("POST", h.Path("/bulk/"+id+"/start"), object{"confirm_token": token}).Want(200)
	var b struct{ State string }
	h.S.Eventually("the bulk action is done", func() bool {
		h.Owner.Do("GET", h.Path("/bulk/"+id), nil).Want(200).Read(&b)
		return b.State == "done"
	})
	return id
}

// F1-28, F1-35, F2-56: over HTTP as a screen does it: a review with names and
// reasons, a start that happens once, progress, each item's result, and the undo.
func TestBulk(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("bulk"))
	open, closed := h.fresh(), h.closed()
	var r struct {
		ID, State, Text string
		Token           string `json:"confirm_token"`
		Total, Todo     int
		Skipped, Sends  int
		Unanswered      int
		Groups          []struct {
			State, Reason string
			Count         int
			Sample        []struct {
				Customer     string
				Conversation string `json:"conversation_id"`
			}
		}
		CanUndo bool `json:"can_undo"`
	}
	ask := func(selection, action object) apitest.Answer {
		return h.Owner.Do("POST", h.Path("/bulk/review"), object{"selection": selection, "action": action})
	}
	ask(object{"conversation_ids": []string{open.ID, ""}}, object{"steps": []object{{"do": "resolve", "summary": "done"}}}).Want(422)
	both := object{"conversation_ids": []string{open.ID, closed}}
	ask(both, object{"steps": []object{{"do": "resolve", "summary": "done"}}}).Want(201).Read(&r)
	if r.State != "reviewed" || r.Total != 2 || r.Todo != 1 || r.Skipped != 1 || r.Unanswered != 1 || len(r.Groups) != 2 {
		t.Fatalf("%+v", r)
	}
	for _, g := range r.Groups {
		if len(g.Sample) != 1 || g.Sample[0].Customer == "" || (g.State == "skipped") != strings.Contains(g.Reason, "already closed") {
			t.Errorf("%+v", g)
		}
	}
	h.Owner.Do("POST", h.Path("/bulk/"+r.ID+"/start"), object{"confirm_token": "no"}).Want(409)
	for range 2 {
		h.Owner.Do("POST", h.Path("/bulk/"+r.ID+"/start"), object{"confirm_token": r.Token}).Want(200)
	}
	s.Eventually("it is done", func() bool {
		h.Owner.Do("GET", h.Path("/bulk/"+r.ID), nil).Want(200).Read(&r)
		return r.State == "done"
	})
	if !r.CanUndo {
		t.Errorf("it cannot be taken back: %+v", r)
	}
	var items struct {
		Items []struct{ State, Reason string }
		Next  string `json:"next_cursor"`
	}
	h.Owner.Do("GET", h.Path("/bulk/"+r.ID+"/items?limit=1&state=skipped"), nil).Want(200).Read(&items)
	if len(items.Items) != 1 || !strings.Contains(items.Items[0].Reason, "Reopen it first") {
		t.Errorf("%+v", items)
	}
	var undo struct{ ID string }
	h.Owner.Do("POST", h.Path("/bulk/"+r.ID+"/undo"), nil).Want(200).Read(&undo)
	var c struct{ Status string }
	s.Eventually("it is taken back", func() bool {
		h.Owner.Do("GET", h.Path("/conversations/"+open.ID), nil).Want(200).Read(&c)
		return c.Status == "open"
	})
	var list struct {
		Items []struct {
			ID     string
			Undoes string `json:"undoes_id"`
		}
	}
	h.Owner.Do("GET", h.Path("/bulk"), nil).Want(200).Read(&list)
	if len(list.Items) != 2 || list.Items[0].ID != undo.ID || list.Items[0].Undoes != r.ID {
		t.Errorf("what was done: %+v", list)
	}
	for what, bad := range map[string]object{
		"neither ids nor a question": {"leave": []string{open.ID}},
		"both":                       {"conversation_ids": []string{open.ID}, "query": object{}},
		"a question that is none":    {"query": object{"q": "tag:"}},
		"no conversation at all":     {"query": object{"filter": object{"field": "status", "op": "is", "values": []string{"archived"}}}},
	} {
		if got := ask(bad, object{"steps": []object{{"do": "close"}}}); got.Status != 422 && got.Status != 400 {
			t.Errorf("%s: %d", what, got.Status)
		}
	}
	ask(object{"query": object{"q": "is:open", "zone": "Europe/Stockholm"}}, object{"steps": []object{{"do": "unsnooze"}}}).Want(201)
}

// F1-34: an export has names, and no cell of it is a formula, whoever wrote it.
func TestBulkExport(t *testing.T) {
	s := apitest.New(t)
	h := newHome(t, s.Team("export"))
	evil := h.fresh()
	var c struct{ Contact struct{ ID string } }
	h.Owner.Do("GET", h.Path("/conversations/"+evil.ID), nil).Want(200).Read(&c)
	h.Owner.Do("PATCH", h.Path("/contacts/"+c.Contact.ID), object{"name": `=HYPERLINK("https://evil.example","x")`}).Want(200)
	id := h.bulked(object{"selection": object{"conversation_ids": []string{evil.ID, h.talk.ID}}, "action": object{"export": true}})
	table := h.Owner.Do("GET", h.Path("/bulk/"+id+"/file?format=csv"), nil).Want(200)
	rows, err := csv.NewReader(strings.NewReader(table.Body)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	seen := false
	for _, row := range rows {
		for _, cell := range row {
			seen = seen || strings.HasPrefix(cell, "'=HYPERLINK")
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") {
				t.Errorf("a cell is a formula: %s", cell)
			}
		}
	}
	if !seen || rows[1][0] != evil.ID || !strings.HasSuffix(rows[1][7], "desk") {
		t.Errorf("%v", rows)
	}
	var whole []struct {
		ID, Customer string
		Messages     []struct{ Side, Text string }
	}
	file := h.Owner.Do("GET", h.Path("/bulk/"+id+"/file?format=json"), nil).Want(200)
	if err := json.Unmarshal([]byte(file.Body), &whole); err != nil || len(whole) != 2 || len(whole[0].Messages) != 1 || !strings.HasPrefix(whole[0].Customer, "=HYPER") || !strings.HasSuffix(whole[0].Messages[0].Text, "hello") {
		t.Errorf("%v %s", err, file.Body)
	}
	// Of mails it says who wrote them to whom, but not who got blind copies.
	var begun struct {
		Conversation struct{ ID string }
	}
	h.Owner.Do("POST", h.Path("/conversations"), object{
		"inbox_id": h.front.ID, "channel_id": h.front.Mail, "contact": object{"email": "kim@customer.example"}, "text": "-10 %",
		"cc": []string{"Boss <boss@customer.example>"}, "bcc": []string{"law@customer.example"},
	}).Want(201).Read(&begun)
	mail := begun.Conversation
	var listed struct {
		Items []struct{ ID string }
	}
	h.Owner.Do("GET", h.Path("/find?q="+url.QueryEscape("cc:boss to:@customer.example")), nil).Want(200).Read(&listed)
	if len(listed.Items) != 1 || listed.Items[0].ID != mail.ID {
		t.Errorf("cc: finds %+v", listed)
	}
	id = h.bulked(object{"selection": object{"conversation_ids": []string{mail.ID}}, "action": object{"export": true}})
	rows, err = csv.NewReader(strings.NewReader(h.Owner.Do("GET", h.Path("/bulk/"+id+"/file?format=messages"), nil).Want(200).Body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != mail.ID || !strings.Contains(rows[1][7], "@") || rows[1][8] != "kim@customer.example" || rows[1][9] != "Boss <boss@customer.example>" || rows[1][10] != "'-10 %" {
		t.Errorf("%v: %q", err, rows)
	}
	if file := h.Owner.Do("GET", h.Path("/bulk/"+id+"/file?format=json"), nil).Want(200).Body; !strings.Contains(file, `"to":["kim@customer.example"],"cc":["Boss \u003cboss@customer.example\u003e"]`) || strings.Contains(file, "law@") {
		t.Error(file)
	}
	agent := h.Join("may not", desk.RoleAgent, h.front.ID)
	var r struct {
		Groups []struct{ State, Reason string }
	}
	agent.Do("POST", h.Path("/bulk/review"), object{"selection": object{"conversation_ids": []string{evil.ID}}, "action": object{"export": true}}).Want(201).Read(&r)
	if got := fmt.Sprint(r.Groups); !strings.Contains(got, "Agents may not export") {
		t.Errorf("an agent's review: %s", got)
	}
}
