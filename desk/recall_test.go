package desk_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/desk"
)

// A reply that was taken back is as if nobody had written it, and so are two, in any
// order: whatever customer and team did before and meanwhile, the customer waits
// since the same moment, and is promised the same answer at the same time.
func TestARecalledReplyEndedNoWait(t *testing.T) {
	waits := 0
	for seed := range uint64(3000) {
		var said []string
		told := func(reply bool) (is standing) {
			r := rand.New(rand.NewPCG(seed, 3))
			o := newOffice()
			window, target, deadline := 120, desk.Seconds(3600), desk.Seconds(7200)
			o.inbox.Settings.UndoChat, o.inbox.Settings.AfterClose = &window, desk.AfterCloseReopen
			o.inbox.Settings.SLAMode, o.inbox.Settings.SLATarget, o.inbox.Settings.SLADeadline = desk.SLAOwn, target, deadline
			said = nil
			id := o.happens(t, 0, 0, &said)
			for range r.IntN(6) {
				o.now = o.now.Add(time.Duration(r.IntN(200)) * time.Second)
				o.happens(t, id, r.IntN(9), &said)
			}
			o.now = o.now.Add(3 * time.Minute)
			var recalled done
			if reply {
				o.as(ann)
				var err error
				if recalled, err = o.do(id, desk.Reply{Text: "Hi"}); err != nil {
					reply = false // it has ended: nobody answers
				}
				said = append(said, "ann replies")
			}
			for range r.IntN(5) {
				o.now = o.now.Add(time.Duration(r.IntN(23)) * time.Second)
				o.happens(t, id, r.IntN(9), &said)
			}
			var second done
			if two := r.IntN(2) == 0; two && reply {
				o.as(maja)
				second, _ = o.do(id, desk.Reply{Text: "Hello"}) // refused when it has ended
				said = append(said, "maja replies")
			}
			o.now = o.now.Add(time.Second)
			if r.IntN(2) == 0 {
				o.happens(t, id, 0, &said)
			}
			o.now = o.now.Add(time.Second)
			all := []done{recalled, second}
			if r.IntN(2) == 0 {
				slices.Reverse(all)
			}
			for _, d := range all {
				if d.command == 0 || len(d.events) == 0 {
					continue
				}
				o.as(ann)
				if _, err := o.do(id, desk.Undo{Command: d.command}); err != nil {
					t.Fatalf("seed %d: %v: %v", seed, said, err)
				}
			}
			c := o.all[id]
			if c.Waits() {
				waits++
			}
			return standing{c.Status, c.WaitingOn, c.WaitingSince, c.Metric, c.ResponseDueTarget, c.ResponseDueDeadline, c.FirstReplyAt, c.FirstResponseAt, c.LastMessageAt}
		}
		without := told(false)
		if diff := cmp.Diff(without, told(true)); diff != "" {
			t.Errorf("seed %d: %v: %s", seed, said, diff)
		}
	}
	if waits < 1000 {
		t.Errorf("somebody waited only %d times", waits)
	}
}

// standing is how a conversation stands with its customer.
type standing struct {
	Status                                                desk.Status
	On                                                    desk.WaitingOn
	Since                                                 time.Time
	Metric                                                desk.Metric
	Target, Deadline, FirstReply, FirstResponse, LastSaid time.Time
}

// happens makes one thing happen: mostly, the customer writes.
func (o *office) happens(t *testing.T, id desk.ConversationID, what int, said *[]string) desk.ConversationID {
	t.Helper()
	var cmd desk.Command
	switch o.as(bob); what {
	case 4:
		cmd = desk.Reply{Text: "I have it"}
	case 5:
		cmd = desk.Note{Text: "Called her"}
	case 6:
		cmd = desk.Close{}
	case 7:
		cmd = desk.Reopen{}
	case 8:
		cmd = desk.Prioritize{Priority: desk.PriorityHigh}
	default:
		_, d, err := o.receive(letter{from: kim, text: "hello", sent: o.now, channel: chat})
		if err != nil {
			t.Fatal(err)
		}
		*said = append(*said, "kim writes")
		return d.in
	}
	*said = append(*said, fmt.Sprintf("bob %T", cmd))
	if _, err := o.do(id, cmd); desk.KindOf(err) == desk.Internal && err != nil {
		t.Fatal(err)
	}
	return id
}
