package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// Whatever was done, in whatever order: every row is the fold of its stored
// events, and no command was answered with an error that nobody can read.
func TestRowsAreTheFoldOfTheirEvents(t *testing.T) {
	for _, grouping := range []desk.Grouping{desk.PerContact, desk.PerThread} {
		t.Run(string(grouping), func(t *testing.T) {
			d := apptest.New(t, grouping)
			settings := desk.InboxSettings{AfterClose: desk.AfterCloseReopenWithin, AgentMessageReopens: true, ForgetAssigneeOnReopen: true, Welcome: "Hello"}
			settings.AutoCloseAfterResolved, settings.AutoCloseInactive, settings.AutoArchiveAfterClosed, settings.AutoPendingOnReply = 2000, 1500, 3000, grouping == desk.PerThread
			d.OK(d.ChangeInbox(d.As(d.Owner), d.Inbox.ID, settingsOf(settings)))
			r := rand.New(rand.NewPCG(7, 7))
			var done []desk.CommandID
			var open []desk.ConversationID
			for i := range 220 {
				d.Clock.Add(time.Duration(r.IntN(600)) * time.Minute)
				if i < 4 || r.IntN(4) == 0 {
					got := d.Get(apptest.Post{From: fmt.Sprint("contact", r.IntN(4)), Key: fmt.Sprint(i), Text: "hello", Own: fmt.Sprint("k", i), Thread: []string{fmt.Sprint("k", r.IntN(i+1))}})
					open = append(open, got.Conversation)
				}
				if r.IntN(5) == 0 {
					d.Work()
				}
				id := open[r.IntN(len(open))]
				actor := []desk.Actor{d.Agent, d.Owner}[r.IntN(2)]
				did, err := d.Do(d.As(actor), id, anything(r, d, done))
				if err != nil && desk.KindOf(err) == desk.Internal {
					t.Fatal(err)
				}
				if err == nil {
					done = append(done, did.Command)
				}
			}
			d.Work()
			folded := 0
			d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
				all, err := tx.ConversationsAfter(0, 1000)
				if err != nil {
					return err
				}
				for _, want := range all {
					events, err := tx.History(want.ID)
					if err != nil {
						return err
					}
					var got desk.Conversation
					for i, e := range events {
						if e.Version != int64(i+1) {
							t.Fatalf("%s: event %d has version %d", want.ID, i+1, e.Version)
						}
						got.Apply(e)
					}
					folded += len(events)
					if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(desk.Conversation{}, "Subject", "Preview")); diff != "" { // texts are kept beside the facts
						t.Errorf("%s: %s", want.ID, diff)
					}
				}
				return nil
			}))
			if folded < 200 {
				t.Errorf("only %d events", folded)
			}
		})
	}
}

// anything makes up a command.
func anything(r *rand.Rand, d *apptest.Desk, done []desk.CommandID) desk.Command {
	switch r.IntN(21) {
	case 0:
		return desk.Assign{Assignee: []desk.UserID{d.Agent.User, d.Owner.User}[r.IntN(2)], Note: "why", Priority: desk.PriorityHigh}
	case 1:
		return desk.Unassign{}
	case 2:
		return desk.Note{Text: "note"}
	case 3, 4:
		return desk.Reply{Text: "reply"}
	case 5:
		return desk.Prioritize{Priority: []desk.Priority{desk.PriorityLow, desk.PriorityUrgent}[r.IntN(2)], Reason: fmt.Sprint(r.IntN(2))}
	case 6:
		return desk.Label{Add: []string{fmt.Sprint("tag", r.IntN(3))}, Remove: []string{fmt.Sprint("tag", r.IntN(3))}}
	case 7:
		return desk.Resolve{Summary: "done"}
	case 8:
		return desk.Close{}
	case 9:
		return desk.Reopen{}
	case 10:
		return desk.MarkRead{}
	case 11:
		return desk.Pend{Reason: []string{desk.PendingCustomer, desk.PendingExternal}[r.IntN(2)], Note: "the courier"}
	case 12, 13:
		return desk.Snooze{Until: d.Clock.Now().Add(time.Duration(r.IntN(48)) * time.Hour), UntilReply: r.IntN(2) == 0}
	case 14:
		return desk.Unsnooze{}
	case 15, 16:
		return desk.Archive{}
	case 17:
		return desk.Unarchive{}
	case 19:
		return desk.LinkTicket{URL: fmt.Sprintf("https://bikes.zendesk.com/tickets/%d", r.IntN(2))}
	case 18:
		return desk.Close{Summary: "done", Message: []string{"", "bye"}[r.IntN(2)]}
	}
	if len(done) == 0 {
		return desk.MarkUnread{}
	}
	return desk.Undo{Command: done[max(0, len(done)-1-r.IntN(6))]}
}
