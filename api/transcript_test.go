package api_test

import (
	"strings"
	"testing"

	"parley/api/apitest"
	"parley/desk"
)

// A transcript says what was said, in order and in the time zone asked for; notes are
// in it only if they are wanted, and nothing in it is more than text (F2-66).
func TestTranscript(t *testing.T) {
	h := newHome(t, apitest.New(t).Team("ZQXHOME"))
	talk := h.Talk(h.front, "hello <b>there</b>")
	h.do(talk.ID, "reply", object{"text": "A new pack & a letter"})
	h.do(talk.ID, "note", object{"text": "between us </p><script>alert(1)</script>"})
	gone := h.do(talk.ID, "note", object{"text": "taken back"})
	h.do(talk.ID, "undo", object{"command_id": gone.Command})
	ask := func(query string) apitest.Answer {
		t.Helper()
		return h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/transcript"+query), nil).Want(200)
	}

	page := ask("")
	if strings.Contains(page.Body, "between us") || strings.Contains(page.Body, "With the notes") {
		t.Errorf("it has a note that nobody asked for: %s", page.Body)
	}
	hello, pack := strings.Index(page.Body, "hello &lt;b&gt;there&lt;/b&gt;"), strings.Index(page.Body, "A new pack &amp; a letter")
	if hello < 0 || pack < hello {
		t.Errorf("what was said is at %d and %d: %s", hello, pack, page.Body)
	}
	if d := page.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename=") || !strings.Contains(d, ".html") {
		t.Errorf("it is kept as %q", d)
	}
	whole := ask("?notes=true&inline=true")
	if !strings.Contains(whole.Body, "between us") || strings.Contains(whole.Body, "<script>") || strings.Contains(whole.Body, "taken back") {
		t.Errorf("with notes: %s", whole.Body)
	}
	if p := whole.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || !strings.Contains(p, "frame-ancestors 'self'") || strings.Contains(p, "script-src") {
		t.Errorf("its policy is %q", p)
	}
	if d := whole.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline") {
		t.Errorf("it is shown as %q", d)
	}

	text := ask("?format=text&zone=Asia/Tokyo").Body
	if !strings.Contains(text, "hello <b>there</b>") || !strings.Contains(text, "Times are those of Asia/Tokyo.") || strings.Contains(text, "between us") {
		t.Errorf("as text: %s", text)
	}
	if same := ask("?format=text&zone=UTC").Body; same == text {
		t.Error("the time zone changes nothing")
	}
	for _, zone := range []string{"Nowhere/Town", "Local", "../../etc/passwd"} {
		h.Owner.Do("GET", h.Path("/conversations/"+talk.ID+"/transcript?zone="+zone), nil).Want(422)
	}
}

// Whoever is called to a conversation to read it may keep what was said there; whoever
// does not see it may not.
func TestTranscriptOfWhatOneSees(t *testing.T) {
	w := newWorld(t)
	w.call()
	path := w.home.Path("/conversations/" + w.home.talk.ID + "/transcript")
	w.callers["called"].Do("GET", path, nil).Want(200)
	w.callers["outside"].Do("GET", path, nil).Want(404)
	if got := w.home.Join("ZQXHOME blind", desk.RoleAgent).Do("GET", path, nil).Status; got != 404 {
		t.Errorf("an agent of no inbox is answered %d", got)
	}
}

// A draft comes with its files, also on another device; whoever is shown it is told
// their names, and may not open them before the draft is theirs.
func TestSharedDraftWithFiles(t *testing.T) {
	h := newHome(t, apitest.New(t).Team("ZQXHOME"))
	path := h.Path("/conversations/" + h.talk.ID + "/drafts/reply")
	file := h.Owner.Do("POST", h.Path("/attachments"), apitest.File{Name: "plan.txt", Data: "a plan"}).Want(201).ID()
	h.Owner.Do("PUT", path, object{"text": "see", "attachment_ids": []string{file, "att_0000000000001"}, "revision": 0}).Want(200)
	var mine struct {
		Files       []string `json:"attachment_ids"`
		Attachments []struct{ ID, Name string }
		SharedWith  []string `json:"shared_with"`
	}
	h.Owner.Do("GET", path, nil).Want(200).Read(&mine)
	if len(mine.Files) != 1 || len(mine.Attachments) != 1 || mine.Attachments[0].Name != "plan.txt" {
		t.Errorf("the draft is %+v", mine)
	}
	h.Owner.Do("PUT", path+"/shared", object{"user_ids": []string{h.target.User.String()}}).Want(200).Read(&mine)
	if len(mine.SharedWith) != 1 {
		t.Errorf("it is shared with %v", mine.SharedWith)
	}
	var shown struct {
		Items []struct {
			Owner       string `json:"owner_id"`
			Text        string
			Attachments []struct{ Name string }
		}
	}
	h.target.Do("GET", h.Path("/conversations/"+h.talk.ID+"/shared-drafts"), nil).Want(200).Read(&shown)
	if len(shown.Items) != 1 || shown.Items[0].Owner != h.Owner.User.String() || shown.Items[0].Text != "see" || len(shown.Items[0].Attachments) != 1 {
		t.Errorf("they see %+v", shown)
	}
	h.target.Do("GET", h.Path("/attachments/"+file), nil).Want(404)
	h.target.Do("POST", path+"/take", object{"owner_id": h.Owner.User.String()}).Want(200)
	h.target.Do("GET", h.Path("/attachments/"+file), nil).Want(200)
	h.Owner.Do("DELETE", path+"?revision=1", nil).Want(204)
	h.target.Do("GET", h.Path("/attachments/"+file), nil).Want(200)
}
