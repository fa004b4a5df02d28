package desk_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/desk"
)

// given is a command that was given, and by whom.
type given struct {
	done
	by  desk.Actor
	cmd desk.Command
}

// undoable plays until so many commands that can be taken back were given in one
// conversation, with nothing else in between.
func (p *play) undoable(id desk.ConversationID, n int) (all []given, why string) {
	for range 40 * n {
		if len(all) == n {
			return all, ""
		}
		p.now = p.now.Add(time.Duration(1+p.one(20)) * time.Second)
		p.as([]desk.UserID{ann, bob, maja}[p.one(3)])
		cmd := p.command(id)
		if end, ok := cmd.(desk.Close); ok {
			end.Message = "" // a closing message is one already gone
			cmd = end
		}
		switch cmd.(type) {
		case desk.Open, desk.Reply, desk.Answer, desk.Withhold, desk.Settle, desk.Greet, desk.Retry, desk.Wake, desk.AutoClose, desk.AutoArchive, desk.Dispatch, desk.SendScheduled, desk.AskSurvey, desk.Rate:
			continue // what is a message already gone, or begins another conversation
		case desk.Undo:
			if len(all) == 0 {
				continue
			}
			cmd = desk.Undo{Command: all[p.one(len(all))].command}
		}
		before := p.picture(id)
		d, err := p.do(id, cmd)
		if err != nil {
			if why := p.refused(id, before, err); why != "" {
				return nil, why
			}
			continue
		}
		if len(d.events) > 0 {
			all = append(all, given{d, p.actor, cmd})
			p.said = append(p.said, fmt.Sprintf("%T%+v", cmd, cmd))
		}
	}
	return all, ""
}

// takeBack undoes a command as the one who gave it.
func (p *play) takeBack(g given) (given, error) {
	p.now = p.now.Add(time.Second)
	p.actor = g.by
	cmd := desk.Undo{Command: g.command}
	d, err := p.do(g.in, cmd)
	return given{d, g.by, cmd}, err
}

// programs plays random programs to a point with a conversation in it.
func programs(t *testing.T, runs uint64, each func(t *testing.T, seed uint64, p *play, id desk.ConversationID)) {
	t.Helper()
	if testing.Short() {
		runs /= 5
	}
	for seed := range runs {
		r := rand.New(rand.NewPCG(seed, 2))
		program := make([]byte, 4000)
		for i := range program {
			program[i] = byte(r.UintN(256))
		}
		p := newPlay(program).planning()
		for steps := 1 + p.one(30); steps > 0 || len(p.order) == 0; steps-- {
			p.now = p.now.Add(time.Duration(p.one(200)) * time.Minute)
			if why := p.step(); why != "" {
				t.Fatalf("seed %d: %s", seed, why)
			}
		}
		p.said = nil
		each(t, seed, p, p.order[p.one(len(p.order))])
	}
}

// Random sequences of every verb that is not a message already gone: taken back
// from the newest to the oldest they leave the conversation as it was before the
// first, and those undos taken back as it was after the last. At every step the
// invariants hold.
func TestUndoOfRandomSequences(t *testing.T) {
	undone, over := map[string]int{}, 0
	programs(t, 500, func(t *testing.T, seed uint64, p *play, id desk.ConversationID) {
		marks := func() (all [3]desk.MessageID) {
			for i, u := range []desk.UserID{ann, bob, maja} {
				all[i] = p.marks[mark{u, id}]
			}
			return all
		}
		before, read := p.picture(id), marks()
		all, why := p.undoable(id, 2+p.one(12))
		if why != "" {
			t.Fatalf("seed %d: %s", seed, why)
		}
		after, readAfter := p.picture(id), marks()
		var back []given
		for i := len(all) - 1; i >= 0; i-- {
			u, err := p.takeBack(all[i])
			if err != nil && strings.Contains(err.Error(), "has passed") {
				over++ // a snooze that ended meanwhile does not come back
				return
			}
			if err != nil {
				t.Fatalf("seed %d: %T%+v, given after %v, cannot be taken back: %v", seed, all[i].cmd, all[i].cmd, p.said[:i], err)
			}
			if why := p.broken(); why != "" {
				t.Fatalf("seed %d: after an undo %s", seed, why)
			}
			undone[strings.TrimPrefix(fmt.Sprintf("%T", all[i].cmd), "desk.")]++
			back = append(back, u)
		}
		before.Mark, after.Mark = 0, 0 // compared for everybody
		now := p.picture(id)
		now.Mark = 0
		if diff := cmp.Diff(before, now, same...); diff != "" || marks() != read {
			t.Fatalf("seed %d: undoing %v did not put back what was: %s", seed, p.said, diff)
		}
		for i := len(back) - 1; i >= 0; i-- {
			if _, err := p.takeBack(back[i]); err != nil && strings.Contains(err.Error(), "has passed") {
				over++
				return
			} else if err != nil {
				t.Fatalf("seed %d: the undo of %+v cannot be taken back: %v", seed, all[len(all)-1-i].cmd, err)
			}
		}
		now = p.picture(id)
		now.Mark = 0
		if diff := cmp.Diff(after, now, same...); diff != "" || marks() != readAfter {
			t.Fatalf("seed %d: redoing %v did not put back what was: %s", seed, p.said, diff)
		}
		if why := p.replayed(); !p.unstored && why != "" {
			t.Fatalf("seed %d: %s", seed, why)
		}
	})
	for _, verb := range strings.Fields("Assign Unassign Resolve Close Reopen Prioritize Label Note TakeOver HandBack MarkRead MarkUnread Undo Pend Snooze Unsnooze Archive Unarchive Schedule EditScheduled CancelScheduled") {
		if undone[verb] < 5 {
			t.Errorf("%s was taken back only %d times: %v", verb, undone[verb], undone)
		}
	}
	if over > 40 {
		t.Errorf("in %d runs time passed: this proves little", over)
	}
}

// Taken back in any order, at any time: an undo either does it or says in a
// sentence what stands in the way, and nothing is ever half done. After 30 days
// nothing is taken back.
func TestUndoInAnyOrder(t *testing.T) {
	refused, done := 0, 0
	programs(t, 300, func(t *testing.T, seed uint64, p *play, id desk.ConversationID) {
		all, why := p.undoable(id, 8)
		if why != "" {
			t.Fatalf("seed %d: %s", seed, why)
		}
		for range 12 {
			g := all[p.one(len(all))]
			if p.one(3) == 0 {
				if why := p.post(); why != "" { // a customer writes in between
					t.Fatalf("seed %d: %s", seed, why)
				}
			}
			before := p.picture(id)
			_, err := p.takeBack(g)
			if err == nil {
				done++
			} else {
				refused++
				p.actor = g.by
				before.Mark = p.marks[mark{g.by.User, id}]
				if diff := cmp.Diff(before, p.picture(id), same...); diff != "" {
					t.Fatalf("seed %d: a refused undo changed something: %s", seed, diff)
				}
				if !strings.HasSuffix(err.Error(), ".") || strings.Contains(err.Error(), "%!") {
					t.Fatalf("seed %d: %q is no sentence", seed, err)
				}
			}
			if why := p.broken(); why != "" {
				t.Fatalf("seed %d: %s", seed, why)
			}
		}
		p.now = p.now.Add(desk.UndoFor + time.Hour)
		for _, g := range all {
			if _, err := p.takeBack(g); err == nil {
				t.Fatalf("seed %d: %+v was taken back after more than 30 days", seed, g.cmd)
			}
		}
	})
	if refused < 100 || done < 100 {
		t.Errorf("%d were refused and %d done: this proves little", refused, done)
	}
}
