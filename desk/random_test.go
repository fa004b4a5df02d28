package desk_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/desk"
)

// Whatever people do in whatever order, INV-1, INV-3 and INV-4 hold, counters
// count, a refusal changes nothing, an undo puts back exactly what was, and the
// state is the fold of the facts.
func TestRandomCommands(t *testing.T) {
	runs := uint64(200)
	if testing.Short() {
		runs = 40
	}
	for seed := range runs {
		r := rand.New(rand.NewPCG(seed, 1))
		program := make([]byte, 300)
		for i := range program {
			program[i] = byte(r.UintN(256))
		}
		if why := newPlay(program).planning().run(); why != "" {
			t.Fatalf("seed %d: %s", seed, why)
		}
	}
}

// FuzzCommands looks for such an order where chance has not found one.
func FuzzCommands(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte("\x00\x01\x00\x00\x00\x05\x01\x02\x03"))
	f.Add([]byte("a customer writes, somebody answers, and it is closed"))
	f.Fuzz(func(t *testing.T, program []byte) {
		if why := newPlay(program[:min(len(program), 2000)]).planning().run(); why != "" {
			t.Fatal(why)
		}
	})
}

// play reads a program: bytes that say who does what.
type play struct {
	*office
	rest     []byte
	unstored bool // states were set that no fact makes
	plans    bool // people schedule messages, and replies wait before they leave
	did      []done
	said     []string
}

func newPlay(program []byte) *play {
	p := &play{office: newOffice(), rest: program}
	p.unstored = p.one(2) == 1
	if p.one(2) == 1 {
		p.inbox.Grouping = desk.PerThread
	}
	p.inbox.Settings = desk.InboxSettings{
		AfterClose: []string{"", desk.AfterCloseNew, desk.AfterCloseReopen, desk.AfterCloseReopenWithin}[p.one(4)], AgentMessageReopens: p.one(2) == 1,
		AssignmentSettings: desk.AssignmentSettings{AssignmentMode: []desk.AssignmentMode{"", desk.AssignRoundRobin, desk.AssignByLoad}[p.one(3)], FallbackTeam: night, ReassignWhenAway: p.one(2) == 1},
		LifeSettings: desk.LifeSettings{
			AutoPendingOnReply: p.one(3) == 1, PendingDisabled: p.one(4) == 1, AutoCloseAfterResolved: 60 * p.one(3), AutoCloseInactive: 60 * p.one(3),
			AutoArchiveAfterClosed: 90 * p.one(3), ClosingNote: []string{"", desk.ClosingNoteDisabled, desk.ClosingNoteBoth}[p.one(3)],
			CSAT: []string{desk.CSATOff, desk.CSATOnClose, desk.CSATOnResolve}[p.one(3)],
		},
		ForgetAssigneeOnReopen: p.one(2) == 1, ResolvedDisabled: p.one(4) == 1, Welcome: "Hello", IgnoreUnknownThreads: p.one(2) == 1,
	}
	if p.one(2) == 1 {
		p.inbox.Settings.AIAgent, p.inbox.Settings.AIPauseOnFlag = "script", p.one(2) == 1
	}
	p.files[1] = desk.Attachment{ID: 1, Name: "a.png"}
	return p
}

// one returns the next number below n, 0 when the program is over.
func (p *play) one(n int) int {
	if len(p.rest) == 0 {
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return int(b) % n
}

// run plays to the end and returns what went wrong, or "".
func (p *play) run() string {
	for len(p.rest) > 0 {
		p.now = p.now.Add(time.Duration(p.one(200)) * time.Minute)
		why := p.step()
		if why == "" {
			why = p.broken()
		}
		if why != "" {
			return fmt.Sprintf("%s\nafter %v", why, p.said[max(0, len(p.said)-12):])
		}
	}
	if p.unstored {
		return ""
	}
	return p.replayed()
}

func (p *play) step() string {
	if len(p.order) == 0 || p.one(4) == 0 {
		return p.post()
	}
	id := p.order[p.one(len(p.order))]
	if p.one(8) == 0 {
		p.unusual(id)
		return ""
	}
	p.as([]desk.UserID{ann, bob, maja, vera}[p.one(4)])
	cmd := p.command(id)
	p.said = append(p.said, fmt.Sprintf("%s %T%+v", id, cmd, cmd))
	before := p.picture(id)
	if _, ok := cmd.(desk.Open); ok {
		id = 0
	}
	d, err := p.do(id, cmd)
	if err != nil {
		return p.refused(id, before, err)
	}
	if len(d.events) == 0 {
		return ""
	}
	p.did = append(p.did, d)
	for _, e := range d.events {
		if !desk.Undoable(e.Fact) || desk.CheckCommand(p.actor, desk.Undo{}) != nil {
			return ""
		}
	}
	return p.back(d, before)
}

// foreign are refusals that the world of the tests makes, as app and store do.
var foreign = map[string]bool{
	"There is no such member here.": true, "There is no such team here.": true, "There is no such channel here.": true, "There is no such message in this conversation.": true, "There is no such upload here.": true, "There is no such category here.": true, "There is no such scheduled message in this conversation.": true,
}

// refused checks that a refusal is for people and changed nothing.
func (p *play) refused(id desk.ConversationID, before picture, err error) string {
	if desk.KindOf(err) == desk.Internal || err.Error() == "" {
		return "a refusal that nobody can read: " + err.Error()
	}
	if !foreign[err.Error()] {
		if why := noWayOut(err.Error()); why != "" {
			return fmt.Sprintf("a refusal without a way out: %q: %s", err, why)
		}
	}
	if id == 0 {
		return ""
	}
	if diff := cmp.Diff(before, p.picture(id), same...); diff != "" {
		return "a refusal changed something: " + diff
	}
	return ""
}

// back takes back what was just done, and takes that back.
func (p *play) back(d done, before picture) string {
	after := p.picture(d.in)
	p.now = p.now.Add(time.Minute)
	undo, err := p.do(d.in, desk.Undo{Command: d.command})
	if err != nil && strings.Contains(err.Error(), "has passed") {
		return p.refused(d.in, after, err) // a snooze that is over is not put back
	}
	if err != nil {
		return "cannot take back what was just done: " + err.Error()
	}
	if diff := cmp.Diff(before, p.picture(d.in), same...); diff != "" {
		return "an undo did not put back what was: " + diff
	}
	if why := p.broken(); why != "" {
		return why
	}
	p.now = p.now.Add(time.Minute)
	if !desk.CanUndo(undo.events) {
		return "" // a message that was taken back is not there again
	}
	redo, err := p.do(d.in, desk.Undo{Command: undo.command})
	if err != nil && strings.Contains(err.Error(), "has passed") {
		return ""
	}
	if err != nil {
		return "cannot take back an undo: " + err.Error()
	}
	if diff := cmp.Diff(after, p.picture(d.in), same...); diff != "" {
		return "an undo of an undo did not put back what was: " + diff
	}
	p.did = append(p.did, undo, redo)
	return ""
}

// picture is all that an undo puts back.
type picture struct {
	Conversation desk.Conversation
	There        []desk.MessageID // messages and notes that were not taken back
	Texts        []string         // what they say, and whether they are pinned
	Mark         desk.MessageID
}

// The epoch never goes back: what was computed under an older one stays dropped.
var same = []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(desk.Conversation{}, "Version", "Handler.AIEpoch")}

func (p *play) picture(id desk.ConversationID) picture {
	c := *p.all[id]
	c.Tags, c.Followers = slices.Clone(c.Tags), slices.Clone(c.Followers)
	pic := picture{Conversation: c, Mark: p.marks[mark{p.actor.User, id}]}
	for _, m := range p.messages {
		if m.Conversation == id && m.DeletedAt.IsZero() {
			pic.There = append(pic.There, m.ID)
			pic.Texts = append(pic.Texts, fmt.Sprintf("%s %q edition %d, pinned %v", m.ID, m.Text, m.Edition, !m.PinnedAt.IsZero()))
		}
	}
	for _, s := range p.scheduled {
		if s.Conversation == id && s.State != desk.ScheduledCancelled {
			pic.Texts = append(pic.Texts, fmt.Sprintf("%s %q %+v", s.ID, s.Text, s.Standing))
		}
	}
	slices.Sort(pic.There)
	slices.Sort(pic.Texts)
	return pic
}

func (p *play) post() string {
	keys := []string{"", "k1", "k2", "k3"}
	l := letter{
		from: []desk.ContactID{kim, eve}[p.one(2)], text: "text", sent: p.now.Add(-time.Duration(p.one(300)) * time.Minute), channel: []desk.ChannelID{chat, phone}[p.one(2)],
		files: p.one(2), answers: keys[p.one(4)], key: fmt.Sprintf("k%d", p.one(4)),
	}
	if p.one(6) == 0 {
		l.auto = "reply"
	}
	p.said = append(p.said, fmt.Sprintf("receive %+v", l))
	if _, taken := p.threads[l.key]; taken {
		l.key = ""
	}
	_, _, err := p.receive(l)
	if err != nil {
		return "a customer's message was refused: " + err.Error()
	}
	return ""
}

// unusual makes a state that no verb makes yet.
func (p *play) unusual(id desk.ConversationID) {
	if !p.unstored {
		return
	}
	c := p.all[id]
	switch kind := p.one(5); {
	case kind == 0 && c.Status == desk.StatusClosed:
		c.ArchivedAt = p.now
	case kind == 1:
		c.ArchivedAt = time.Time{}
	case kind == 2 && c.Active():
		c.Status, c.PendingReason = desk.StatusPending, "external"
	case kind == 3 && c.Active():
		c.SnoozedUntil = p.now.Add(time.Hour)
	case kind == 4 && c.Active():
		c.SnoozeUntilReply, c.OverdueAt = true, p.now
	default:
		return
	}
	p.said = append(p.said, fmt.Sprintf("%s is made %s, archived %v", id, c.Status, !c.ArchivedAt.IsZero()))
}

// command makes up a command for a conversation.
func (p *play) command(id desk.ConversationID) desk.Command {
	users := []desk.UserID{ann, bob, maja, vera, olga, otto, 0}
	names := []string{"a", "b", "c"}
	var files []desk.AttachmentID
	kinds := 35
	if p.plans {
		kinds = 40
	}
	switch p.one(kinds) {
	case 35, 36, 37, 38:
		return p.schedules(id)
	case 0:
		return desk.Assign{Assignee: users[p.one(7)]}
	case 1:
		expected := users[p.one(7)]
		return desk.Assign{Assignee: users[p.one(3)], Expected: &expected, Note: []string{"", "why"}[p.one(2)], Priority: desk.PriorityHigh}
	case 2:
		return desk.Unassign{Team: p.one(2) == 1}
	case 29:
		teams := []desk.TeamID{support, empty, others, night, 599, 0}
		return desk.Transfer{Team: teams[p.one(6)], Assignee: users[p.one(7)], Channel: []desk.ChannelID{0, chat, phone, 399}[p.one(4)], Note: []string{"", "why"}[p.one(2)]}
	case 30:
		return desk.Assign{Team: []desk.TeamID{support, night}[p.one(2)], Assignee: users[p.one(7)], Follow: p.one(2) == 1, RemindAt: p.now.Add(time.Duration(p.one(3)) * time.Hour)}
	case 31:
		p.actor = desk.Actor{Kind: desk.ActorSystem}
		return desk.AutoAssign{Trigger: desk.TriggerOpened, From: users[p.one(7)]}
	case 32:
		if p.one(2) == 0 {
			return desk.Unfollow{}
		}
		return desk.Follow{}
	case 3, 4:
		if p.one(3) == 0 {
			files = append(files, 1)
		}
		return desk.Note{Text: "note", Files: files}
	case 5, 6:
		return desk.Reply{Text: "reply", Expected: int64(p.one(2)) * p.all[id].Version}
	case 7:
		return desk.Prioritize{Priority: []desk.Priority{"urgent", "low", "none"}[p.one(3)], Reason: names[p.one(3)]}
	case 8:
		return desk.Label{Add: names[:p.one(4)], Remove: names[p.one(3):]}
	case 9:
		return desk.Resolve{Summary: "done"}
	case 10:
		return desk.Close{}
	case 11, 12:
		return desk.Reopen{}
	case 13:
		return desk.MarkRead{Message: p.message(id)}
	case 14:
		return desk.MarkUnread{Message: p.message(id)}
	case 15:
		p.actor = desk.Actor{Kind: desk.ActorSystem}
		if p.one(4) == 0 {
			return desk.Greet{Cause: 1}
		}
		return desk.Settle{Message: p.sent(id), State: []desk.Delivery{"queued", "unknown", "sent", "delivered", "read", "failed"}[p.one(6)]}
	case 26:
		return desk.TakeOver{}
	case 27:
		return desk.HandBack{Unassign: p.one(2) == 1}
	case 28:
		return p.answer(id)
	case 18, 19:
		return desk.Pend{Reason: []string{"customer", "external"}[p.one(2)], Note: []string{"", "the courier"}[p.one(2)], RemindAt: []time.Time{{}, p.now.Add(time.Hour)}[p.one(2)]}
	case 20, 21:
		return desk.Snooze{Until: []time.Time{{}, p.now.Add(time.Hour), p.now.Add(5 * time.Hour), p.now.Add(-time.Hour)}[p.one(4)], UntilReply: p.one(2) == 1}
	case 22:
		return desk.Unsnooze{}
	case 23:
		return []desk.Command{desk.Archive{}, desk.Unarchive{}}[p.one(2)]
	case 24:
		return desk.Close{Summary: "done", Category: []desk.CategoryID{0, bug, oldCat, 1}[p.one(4)], Message: []string{"", "", "bye"}[p.one(3)]}
	case 25:
		c := p.all[id]
		p.actor = desk.Actor{Kind: desk.ActorSystem}
		switch p.one(6) {
		case 3, 4:
			return desk.AskSurvey{Due: c.SurveyDue}
		case 5:
			p.actor = desk.Actor{Kind: desk.ActorContact}
			return desk.Rate{Survey: []desk.MessageID{c.SurveyID, c.SurveyID, p.message(id)}[p.one(3)], Score: p.one(7), Comment: []string{"", "so"}[p.one(2)]}
		case 0:
			return desk.Wake{Until: c.SnoozedUntil, For: ann}
		case 1:
			return desk.AutoClose{Since: []time.Time{c.ResolvedAt, c.InactiveSince}[p.one(2)]}
		}
		return desk.AutoArchive{Since: c.ClosedAt}
	case 16:
		if p.one(3) == 0 {
			return desk.Retry{Message: p.message(id)}
		}
		return desk.Open{Opened: desk.Opened{Inbox: p.inbox.ID, Contact: kim, Channel: chat, Grouping: p.inbox.Grouping, OpenScope: theScope, Source: desk.SourceUser, By: p.actor.User}}
	}
	switch p.one(4) {
	case 0:
		return desk.EditNote{Message: p.message(id), Text: []string{"another note", "note", "@bob look", "@nobody"}[p.one(4)]}
	case 1:
		return desk.PinNote{Message: p.message(id)}
	case 2:
		return desk.UnpinNote{Message: p.message(id)}
	}
	if len(p.did) == 0 {
		return desk.Undo{}
	}
	return desk.Undo{Command: p.did[p.one(len(p.did))].command}
}

// answer makes up what an AI agent says, or withholds what it said.
func (p *play) answer(id desk.ConversationID) desk.Command {
	c := p.all[id]
	if p.one(3) == 0 {
		for _, e := range p.events {
			if posted, ok := e.Fact.(desk.MessagePosted); ok && e.Conversation == id && posted.Epoch != 0 && posted.Epoch != c.AIEpoch {
				p.actor = desk.Actor{Kind: desk.ActorSystem}
				return desk.Withhold{Message: posted.Message, Command: e.Command}
			}
		}
	}
	p.actor = desk.Actor{Kind: desk.ActorAI}
	return desk.Answer{
		Epoch: max(1, c.AIEpoch-int64(p.one(2))), Answers: c.LastFromCustomer, Text: []string{"At nine.", ""}[p.one(2)], Flag: []desk.Flag{"", desk.FlagComplex}[p.one(2)],
	}
}

// message returns one of a conversation, or 0.
func (p *play) message(id desk.ConversationID) desk.MessageID {
	return p.pick(id, func(*desk.Message) bool { return true })
}

// sent returns one that went to the customer, or 0.
func (p *play) sent(id desk.ConversationID) desk.MessageID {
	return p.pick(id, func(m *desk.Message) bool { return m.Kind == desk.KindMessage && m.Side == desk.SideTeam })
}

func (p *play) pick(id desk.ConversationID, which func(*desk.Message) bool) desk.MessageID {
	all := []desk.MessageID{0}
	for _, m := range p.messages {
		if m.Conversation == id && which(m) {
			all = append(all, m.ID)
		}
	}
	slices.Sort(all)
	return all[p.one(len(all))]
}

// replayed compares every conversation with the fold of its facts as they are stored.
func (p *play) replayed() string {
	again := map[desk.ConversationID]*desk.Conversation{}
	for _, e := range p.events {
		name := desk.Facts.Name(e.Fact)
		b, err := json.Marshal(e.Fact)
		if err != nil {
			return err.Error()
		}
		if e.Fact, err = desk.Facts.Decode(name, b); err != nil {
			return err.Error()
		}
		c := again[e.Conversation]
		if c == nil {
			c = &desk.Conversation{}
			again[e.Conversation] = c
		}
		c.Apply(e)
	}
	for id, c := range p.all {
		opts := []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(desk.Conversation{}, "Subject", "Preview")} // kept beside the facts, which carry no text
		if diff := cmp.Diff(c, again[id], opts...); diff != "" {
			return "the state is not the fold of the facts: " + diff
		}
	}
	return ""
}
