package effect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/desk"
)

// F1-40: whatever the team writes for itself, as a note, with an assignment, with what
// it waits for or with how it ended, and however that note is then changed, is in
// nothing that any channel is given to send.
func TestNotesNeverLeave(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	other := d.Join("Otto Falk", "otto@example.com", desk.RoleAgent, d.Inbox.ID)
	id := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	do := func(cmd desk.Command) desk.MessageID {
		t.Helper()
		r, err := d.Do(d.As(d.Agent), id, cmd)
		d.OK(err)
		d.Work()
		return r.Message
	}
	const secret = "ZQXPRIVATE"
	note := do(desk.Note{Text: secret + " one, @Otto"})
	do(desk.Reply{Text: "first"})
	do(desk.EditNote{Message: note, Text: secret + " two"})
	do(desk.PinNote{Message: note})
	do(desk.Assign{Assignee: other.User, Note: secret + " three"})
	do(desk.Prioritize{Priority: desk.PriorityHigh, Reason: secret + " four"})
	do(desk.Reply{Text: "second"})
	do(desk.Pend{Reason: desk.PendingExternal, Note: secret + " five"})
	d.Get(apptest.Post{From: "kim", Key: "2", Text: "and now?"})
	do(desk.Reply{Text: "third"})
	do(desk.Close{Summary: secret + " six", Message: "fourth"})
	out, err := json.Marshal(d.Channel.Out)
	d.OK(err)
	for _, said := range []string{"first", "second", "third", "fourth"} {
		if !strings.Contains(string(out), said) {
			t.Errorf("%q was not sent", said)
		}
	}
	if strings.Contains(string(out), secret) {
		t.Errorf("what is private was given to a channel: %s", out)
	}
}
