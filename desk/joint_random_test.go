package desk_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/desk"
)

// everything is a picture of every conversation. Reading marks are left out: how
// far people have read stays when a merge is taken back.
func (p *play) everything() map[desk.ConversationID]picture {
	all := map[desk.ConversationID]picture{}
	for _, id := range p.order {
		pic := p.picture(id)
		pic.Mark = 0
		all[id] = pic
	}
	return all
}

// lost returns which message is nowhere, or where no fact brought it, or "".
func (p *play) lost(before map[desk.MessageID]bool) string {
	for id := range before {
		if p.messages[id] == nil {
			return fmt.Sprintf("message %s is gone", id)
		}
	}
	said := map[desk.ConversationID]map[desk.MessageID]bool{}
	take := func(in desk.ConversationID, ids ...desk.MessageID) {
		if said[in] == nil {
			said[in] = map[desk.MessageID]bool{}
		}
		for _, id := range ids {
			said[in][id] = true
		}
	}
	give := func(in desk.ConversationID, groups []desk.Handed) {
		for _, id := range desk.HandedIDs(groups) {
			delete(said[in], id)
		}
	}
	for _, e := range p.events {
		switch f := e.Fact.(type) {
		case desk.MessagePosted:
			take(e.Conversation, f.Message)
		case desk.NoteAdded:
			take(e.Conversation, f.Message)
		case desk.MessageMoved:
			take(e.Conversation, f.Message)
		case desk.MergedFrom:
			take(e.Conversation, desk.HandedIDs(f.Messages)...)
		case desk.Unmerged:
			take(e.Conversation, desk.HandedIDs(f.Messages)...)
		case desk.UnmergedFrom:
			give(e.Conversation, f.Messages)
		case desk.SplitTo:
			give(e.Conversation, f.Messages)
		case desk.MergedInto:
			clear(said[e.Conversation])
		}
	}
	for id, m := range p.messages {
		if !said[m.Conversation][id] {
			return fmt.Sprintf("message %s is in %s, and no fact brought it there", id, m.Conversation)
		}
		if p.all[m.Conversation].MergedInto != 0 {
			return fmt.Sprintf("INV-4: message %s is in %s, which was merged away", id, m.Conversation)
		}
		delete(said[m.Conversation], id)
	}
	for in, ids := range said {
		if len(ids) > 0 {
			return fmt.Sprintf("the facts of %s speak of messages that are not there: %v", in, slices.Collect(maps.Keys(ids)))
		}
	}
	for key, in := range p.threads {
		if p.all[in].MergedInto != 0 {
			return fmt.Sprintf("INV-4: answers to %s go to %s, which was merged away", key, in)
		}
	}
	return ""
}

// joinOne makes up a command that concerns several conversations, or a usual one.
func (p *play) joinOne(id desk.ConversationID) desk.Command {
	switch p.one(14) {
	case 12, 13:
		return p.schedules(id)
	case 0, 1, 2:
		return desk.Merge{Other: p.order[p.one(len(p.order))]}
	case 3, 4, 5:
		all, _ := p.Heads(id)
		var chosen []desk.MessageID
		for _, m := range all {
			if p.one(2) == 0 {
				chosen = append(chosen, m.ID)
			}
		}
		return desk.Split{Messages: chosen, Assignee: []desk.UserID{0, ann}[p.one(2)]}
	case 6, 7:
		return desk.Reply{Text: "reply"}
	case 8:
		return []desk.Command{desk.Close{}, desk.Reopen{}, desk.Resolve{}}[p.one(3)]
	case 9:
		return desk.Note{Text: "note"}
	case 10:
		return desk.Label{Add: []string{"a", "b"}[:1+p.one(2)]}
	}
	return desk.Assign{Assignee: []desk.UserID{ann, bob}[p.one(2)]}
}

// arrive says of everything that is on its way that it was sent.
func (p *play) arrive() {
	p.actor = desk.Actor{Kind: desk.ActorSystem}
	for _, id := range slices.Sorted(maps.Keys(p.messages)) {
		if m := p.messages[id]; m.Delivery == desk.DeliveryQueued && p.one(8) != 0 {
			_, _ = p.do(m.Conversation, desk.Settle{Message: id, State: desk.DeliverySent}) // there is nothing to refuse
		}
	}
}

// Random merges, splits, messages, answers, endings and undos in any order: INV-1
// to INV-4 hold at every step, no message is ever lost or in two places, also none
// that is scheduled, a refusal
// changes nothing and says why, what was just done can be taken back and done
// again exactly, and the stored facts give the state (F1-55, F1-56, F2-48, F2-49,
// F2-51, F2-54, S-15).
func TestMergesAndSplitsInAnyOrder(t *testing.T) {
	runs := uint64(120)
	if testing.Short() {
		runs = 30
	}
	seen := map[string]int{}
	for seed := range runs {
		r := rand.New(rand.NewPCG(seed, 12))
		program := make([]byte, 600)
		for i := range program {
			program[i] = byte(r.UintN(256))
		}
		p := newPlay(program)
		p.unstored = false
		p.inbox.Settings.ClosingNote = ""
		p.inbox.Settings.TrackingDisabled = false
		if why := p.jointly(seen); why != "" {
			t.Fatalf("seed %d: %s\nafter %s", seed, why, strings.Join(p.said[max(0, len(p.said)-14):], "\n"))
		}
	}
	for what, least := range map[string]int{"merge": 40, "split": 40, "undone": 80, "refused undo": 5, "promoted": 2, "later undo": 15, "with what was scheduled": 5} {
		if seen[what] < least {
			t.Errorf("%s: only %d times; this proves little: %v", what, seen[what], seen)
		}
	}
}

func (p *play) jointly(seen map[string]int) string {
	var all []done
	for len(p.rest) > 0 {
		p.now = p.now.Add(time.Duration(1+p.one(200)) * time.Minute)
		messages := map[desk.MessageID]bool{}
		for id := range p.messages {
			messages[id] = true
		}
		var why string
		switch {
		case len(p.order) < 2 || p.one(4) == 0:
			why = p.post()
		case len(all) > 0 && p.one(4) == 0:
			why = p.undoJoint(all[p.one(len(all))], seen)
		default:
			var d done
			if d, why = p.joinStep(seen); len(d.events) > 0 {
				all = append(all, d)
			}
		}
		p.arrive()
		for _, check := range []func() string{p.broken, func() string { return p.lost(messages) }} {
			if why == "" {
				why = check()
			}
		}
		if why != "" {
			return why
		}
	}
	return p.replayed()
}

func (p *play) joinStep(seen map[string]int) (done, string) {
	id := p.order[p.one(len(p.order))]
	p.as([]desk.UserID{ann, bob, maja}[p.one(3)])
	cmd := p.joinOne(id)
	p.said = append(p.said, fmt.Sprintf("%s %T%+v", id, cmd, cmd))
	before, events := p.everything(), len(p.events)
	d, err := p.do(id, cmd)
	if err != nil {
		return done{}, p.unchanged(before, err)
	}
	for _, e := range p.events[events:] {
		if f, ok := e.Fact.(desk.Promoted); ok && !f.Back {
			seen["promoted"]++
		}
		if f, ok := e.Fact.(desk.MergedFrom); ok && len(f.Scheduled) > 0 {
			seen["with what was scheduled"]++
		}
	}
	if len(d.events) == 0 {
		return d, ""
	}
	for _, e := range p.events[events:] {
		if !desk.Undoable(e.Fact) || desk.CheckCommand(p.actor, desk.Undo{}) != nil {
			return done{}, ""
		}
	}
	seen[desk.Commands.Name(cmd)]++
	if why := p.broken(); why != "" {
		return done{}, why
	}
	if p.one(4) == 0 {
		return d, "" // to be taken back later, if at all: what was merged again is another merge
	}
	return d, p.thereAndBack(d, before, seen)
}

// unchanged checks that a refusal is for people and changed nothing anywhere.
func (p *play) unchanged(before map[desk.ConversationID]picture, err error) string {
	if desk.KindOf(err) == desk.Internal {
		return "a refusal that nobody can read: " + err.Error()
	}
	if why := noWayOut(err.Error()); why != "" && !foreign[err.Error()] {
		return fmt.Sprintf("a refusal without a way out: %q: %s", err, why)
	}
	if diff := cmp.Diff(before, p.everything(), same...); diff != "" {
		return "a refusal changed something: " + err.Error() + diff
	}
	return ""
}

// thereAndBack takes back what was just done, in every conversation, and does it again.
func (p *play) thereAndBack(d done, before map[desk.ConversationID]picture, seen map[string]int) string {
	after := p.everything()
	p.now = p.now.Add(time.Minute)
	undo, err := p.do(d.in, desk.Undo{Command: d.command})
	if err != nil && strings.Contains(err.Error(), "has passed") {
		return p.unchanged(after, err) // what was to be sent by now does not wait again
	}
	if err != nil {
		return "cannot take back what was just done: " + err.Error()
	}
	seen["undone"]++
	now := p.everything()
	for id, c := range p.all {
		if _, was := before[id]; !was { // what was split off points to where it came from
			if c.MergedInto == 0 {
				return fmt.Sprintf("%s is still there after the split was taken back", id)
			}
			delete(now, id)
		}
	}
	if diff := cmp.Diff(before, now, same...); diff != "" {
		return "an undo did not put back what was: " + diff
	}
	for _, check := range []func() string{p.broken, func() string { return p.lost(nil) }} {
		if why := check(); why != "" {
			return "after an undo: " + why
		}
	}
	if !desk.CanUndo(undo.events) {
		return "" // a message that was taken back is not there again
	}
	p.now = p.now.Add(time.Minute)
	taken := p.everything()
	_, err = p.do(d.in, desk.Undo{Command: undo.command})
	if err != nil && strings.Contains(err.Error(), "has passed") {
		return p.unchanged(taken, err)
	}
	if err != nil {
		return "cannot take back an undo: " + err.Error()
	}
	closed := cmpopts.IgnoreFields(desk.Conversation{}, "Ending.ClosedAt", "Handler.AISince") // it was merged again, now
	if diff := cmp.Diff(after, p.everything(), append(slices.Clone(same), closed)...); diff != "" {
		return "an undo of an undo did not put back what was: " + diff
	}
	return ""
}

// undoJoint takes back something that was done a while ago, if it still can be.
func (p *play) undoJoint(d done, seen map[string]int) string {
	p.as(maja)
	p.said = append(p.said, fmt.Sprintf("%s undo %s", d.in, d.command))
	before := p.everything()
	if _, err := p.do(d.in, desk.Undo{Command: d.command}); err != nil {
		seen["refused undo"]++
		return p.unchanged(before, err)
	}
	seen["later undo"]++
	return ""
}
