package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// keysOf returns the stored places of conversations in the line.
func (c *crowd) keysOf() (keys map[desk.ConversationID]int64) {
	c.T.Helper()
	c.OK(c.DB.Read(c.T.Context(), store.Scope{}, func(tx *store.Tx) (err error) { keys, err = tx.QueueKeys(c.all); return err }))
	return keys
}

// What an update finds in the line is what the program would have put there: the
// migration says what desk.Conversation.QueueKey says.
func TestQueueKeysOfBefore(t *testing.T) {
	c := newCrowd(t, 300)
	file, err := os.ReadFile("migration/0007_queue.sql")
	c.OK(err)
	_, text, _ := strings.Cut(string(file), "UPDATE conversation")
	text, _, _ = strings.Cut(text, ";")
	want, waiting := map[desk.ConversationID]int64{}, 0
	for i := range c.all {
		if want[c.all[i].ID] = c.all[i].QueueKey(); want[c.all[i].ID] != 0 {
			waiting++
		}
	}
	if waiting < 40 {
		t.Fatalf("only %d wait", waiting)
	}
	for _, statement := range []string{"", "UPDATE conversation SET queue_key = 0", "UPDATE conversation" + text} {
		if statement != "" {
			c.OK(c.DB.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error { return store.Exec(tx, statement) }))
		}
		wrong := 0
		for id, key := range c.keysOf() {
			if key != want[id] {
				wrong++
			}
		}
		if emptied := strings.HasSuffix(statement, "= 0"); emptied != (wrong > 0) {
			t.Errorf("after %q %d are wrong", statement, wrong)
		}
	}
}

// F0-20: the line is read in its order from an index: nothing is sorted but the page,
// whatever view, inbox and reader.
func TestTheLineIsOneWalk(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	for i := range 60 {
		d.Get(apptest.Post{From: fmt.Sprint(i), Key: fmt.Sprint(i), Text: "hello"})
	}
	if d.DB.Name() == "postgres" {
		d.OK(d.DB.Analyze(t.Context()))
	}
	r := d.DB.Record()
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Agent.User}, func(tx *store.Tx) error {
		for _, view := range store.Views {
			for _, inbox := range []desk.InboxID{0, d.Inbox.ID} {
				l := store.List{View: view, Tab: store.TabNeedsAttention, Inbox: inbox, Now: d.Clock.Now(), Limit: 20}
				if _, err := tx.Listed(l); err != nil {
					return err
				}
				l.Before = &store.Place{Queue: 1, ID: 1}
				if _, err := tx.Listed(l); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	looked := 0
	for _, s := range r.Statements() {
		if !strings.Contains(s.Text, "queue_key") {
			continue
		}
		looked++
		lines, err := d.DB.Plan(t.Context(), s)
		d.OK(err)
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, "conversation_queue") || strings.Count(plan, "Sort Key")+strings.Count(plan, "TEMP B-TREE") > 1 {
			t.Errorf("%s\n%s", strings.Join(strings.Fields(s.Text), " "), plan)
		}
	}
	if looked != 12 {
		t.Errorf("%d statements were looked at", looked)
	}
}
