package reference_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/effect"
	"parley/store"
)

// game gives the same to the program and to the model.
type game struct {
	*rand.Rand
	*model
	desk     *apptest.Desk
	people   map[string]desk.Actor
	names    map[desk.UserID]string
	ids      map[int]desk.ConversationID // by the model's number
	numbers  map[desk.ConversationID]int
	contacts map[string]desk.ContactID
	commands map[int]desk.CommandID
	newest   map[int]desk.MessageID   // the customer's newest message
	moments  map[moment]string        // what was seen, to be read back
	sent     map[int][]desk.MessageID // what went out, as model.letters has it
	cats     map[string]desk.CategoryID
	blocks   map[string]blocking
	posts    int
	answers  int
	did      map[string]int
	plans    map[int][]desk.ScheduledID // as the model's
	said     []string
}

// blocking is the command that blocked a customer, and what it closed.
type blocking struct {
	command desk.CommandID
	closed  []*talk
}

// moment is a conversation after so many facts.
type moment struct {
	id      desk.ConversationID
	version int64
}

func newGame(t *testing.T, seed uint64) *game {
	r := rand.New(rand.NewPCG(seed, 3))
	grouping := desk.PerContact
	if r.IntN(3) == 0 {
		grouping = desk.PerThread
	}
	g := &game{
		Rand: r, desk: apptest.New(t, grouping), ids: map[int]desk.ConversationID{}, numbers: map[desk.ConversationID]int{}, contacts: map[string]desk.ContactID{},
		commands: map[int]desk.CommandID{}, newest: map[int]desk.MessageID{}, moments: map[moment]string{}, did: map[string]int{}, names: map[desk.UserID]string{},
		plans: map[int][]desk.ScheduledID{}, blocks: map[string]blocking{}, sent: map[int][]desk.MessageID{}, cats: map[string]desk.CategoryID{},
	}
	g.people = map[string]desk.Actor{
		"maja": g.desk.Owner, "ann": g.desk.Agent,
		"bob": g.desk.Join("Bob", "bob@example.com", desk.RoleAgent, g.desk.Inbox.ID), "vera": g.desk.Join("Vera", "vera@example.com", desk.RoleViewer, g.desk.Inbox.ID),
	}
	for name, a := range g.people {
		g.names[a.User] = name
	}
	minutes := func() int { return []int{0, 0, 90, 600}[r.IntN(4)] }
	g.model = &model{now: g.desk.Clock.Now(), lines: map[string]*talk{}, blocked: map[string]bool{}, letters: map[int][]string{}, rings: map[string]int{}, set: settings{
		perThread: grouping == desk.PerThread, afterClose: pick(g, "", "reopen", "new", "reopen_within"), days: 1 + r.IntN(3), agentReopens: r.IntN(2) == 0,
		forget: r.IntN(2) == 0, noResolved: r.IntN(4) == 0, noPending: r.IntN(4) == 0, closeResolved: minutes(), archiveClosed: minutes(),
		ai: r.IntN(2) == 0, keepsAI: r.IntN(3) == 0, stopsOnFlag: r.IntN(2) == 0, uncounted: r.IntN(4) == 0,
		closeInactive: minutes(), followUp: minutes(), note: pick(g, "", "", "disabled", "category_required", "both_required"),
	}}
	g.set.pends = !g.set.noPending && r.IntN(3) == 0
	g.set.window = time.Duration(r.IntN(2)) * 2 * time.Minute
	for _, name := range []string{"bug", "fax"} {
		c, err := g.desk.SaveCategory(g.desk.As(g.desk.Owner), desk.Category{Name: name})
		g.desk.OK(err)
		if c.Disabled = name == "fax"; c.Disabled {
			g.desk.OK(err2(g.desk.SaveCategory(g.desk.As(g.desk.Owner), c)))
		}
		g.cats[name] = c.ID
	}
	g.desk.OK(g.desk.ChangeInbox(g.desk.As(g.desk.Owner), g.desk.Inbox.ID, app.InboxChange{Settings: g.settings()}))
	g.desk.Effects = []app.Effect{effect.Wake{App: g.desk.App}, effect.AutoClose{App: g.desk.App}, effect.AutoArchive{App: g.desk.App}, effect.PromiseTimer{App: g.desk.App}, effect.Dispatch{App: g.desk.App}}
	return g
}

// settings are the model's, for the program.
func (g *game) settings() *desk.InboxSettings {
	s, no := g.set, false
	out := &desk.InboxSettings{
		AfterClose: s.afterClose, AgentMessageReopens: s.agentReopens, ForgetAssigneeOnReopen: s.forget, ResolvedDisabled: s.noResolved,
		LifeSettings: desk.LifeSettings{AutoCloseInactive: s.closeInactive, ClosingNote: s.note, PendingDisabled: s.noPending, AutoPendingOnReply: s.pends, AutoCloseAfterResolved: s.closeResolved, AutoArchiveAfterClosed: s.archiveClosed},
		AISettings:   desk.AISettings{AIPauseOnFlag: s.stopsOnFlag},
		// What is promised has a reference of its own: app's year of deadlines.
		PromiseSettings: desk.PromiseSettings{SLAMode: desk.SLAOff, FollowUpAfter: s.followUp},
	}
	if s.afterClose == "reopen_within" {
		out.ReopenWithinDays = s.days
	}
	wait := int(s.window.Seconds())
	out.UndoChat = &wait
	if s.ai {
		out.AIAgent = "script"
	}
	if s.keepsAI {
		out.AITakeover = &no
	}
	if s.uncounted {
		out.AIRepliesCount = &no
	}
	return out
}

// pick draws one of several.
func pick[T any](g *game, all ...T) T { return all[g.IntN(len(all))] }

func (g *game) say(format string, args ...any) {
	g.said = append(g.said, g.now.Format("02T15:04:05 ")+fmt.Sprintf(format, args...))
}

// step does one random thing, and compares.
func (g *game) step() error {
	past := time.Duration(1+g.IntN(90)) * time.Second
	if g.IntN(3) == 0 {
		past = time.Duration(1+g.IntN(30*60)) * time.Minute
	}
	g.desk.Clock.Add(past)
	g.now = g.desk.Clock.Now()
	g.desk.Work()
	g.timers()
	if err := g.dispatched(); err != nil {
		return err
	}
	if err := g.compare(); err != nil {
		return fmt.Errorf("time passed: %w", err)
	}
	if err := g.act(); err != nil {
		return err
	}
	return g.compare()
}

func (g *game) act() error {
	if len(g.all) == 0 || g.IntN(5) == 0 {
		return g.customer()
	}
	who := pick(g, "ann", "bob", "maja")
	if g.IntN(20) == 0 {
		return g.begin(who)
	}
	if g.IntN(16) == 0 {
		return g.blocking(who)
	}
	t := g.all[g.IntN(len(g.all))]
	if i := slices.IndexFunc(g.all, func(t *talk) bool { return t.last != nil && g.now.Before(t.last.until) }); i >= 0 && g.IntN(3) == 0 {
		return g.give(g.all[i], "undo", g.people[who], desk.Undo{Command: g.commands[g.all[i].number]}, func() string { return g.undo(g.all[i]) })
	}
	if g.IntN(6) == 0 {
		cmd, does := g.ai(t)
		return g.give(t, "answer", desk.Actor{Kind: desk.ActorAI}, cmd, does)
	}
	if g.IntN(12) == 0 {
		cmd, does := g.delivery(t)
		return g.give(t, "settle", desk.Actor{Kind: desk.ActorSystem}, cmd, does)
	}
	v := g.verb()
	cmd, does := v.make(g, t, who)
	if g.IntN(25) == 0 && v.name != "read" { // a viewer changes nothing (1.8)
		return g.give(t, v.name, g.people["vera"], cmd, func() string { return "forbidden" })
	}
	return g.give(t, v.name, g.people[who], cmd, does)
}

func (g *game) verb() verb {
	all := 0
	for _, v := range verbs {
		all += v.odds
	}
	at := g.IntN(all)
	for _, v := range verbs {
		if at -= v.odds; at < 0 {
			return v
		}
	}
	return verbs[0]
}

// give gives a command to both; they must refuse alike, and do something alike.
func (g *game) give(t *talk, name string, who desk.Actor, cmd desk.Command, does func() string) error {
	if cmd == nil {
		return nil
	}
	g.say("%s in %d: %s %+v", g.names[who.User], t.number, name, cmd)
	r, err := g.desk.Do(g.desk.As(who), g.ids[t.number], cmd)
	last := t.last
	refusal := does()
	if why := g.refused(err, refusal); why != nil {
		return why
	}
	if err != nil {
		g.did[name+" refused"]++
		return nil
	}
	g.did[name]++
	g.remember(t, r)
	if t.last != last {
		g.commands[t.number] = r.Command
	}
	if len(g.letters[t.number]) > len(g.sent[t.number]) {
		g.sent[t.number] = append(g.sent[t.number], r.Message)
	}
	return nil
}

// blocking blocks a customer, or lets them write again: with what blocking closed,
// where nothing was done there since.
func (g *game) blocking(who string) error {
	customer := pick(g, "kim", "eve", "lee")
	contact := g.contacts[customer]
	if contact == 0 {
		return nil
	}
	ctx := g.desk.As(g.people[who])
	if !g.model.blocked[customer] && g.IntN(5) > 0 {
		return nil // rarely: what is blocked takes part in nothing
	}
	if !g.model.blocked[customer] {
		g.say("%s blocks %s", who, customer)
		b, err := g.desk.Block(ctx, contact)
		closed := g.block(customer, who)
		if err != nil || len(b.Changed) != len(closed) {
			return fmt.Errorf("the program closes %d, the model %d: %w", len(b.Changed), len(closed), err)
		}
		for _, t := range closed {
			g.commands[t.number] = b.Command
		}
		g.blocks[customer] = blocking{b.Command, closed}
		g.did["block"]++
		return nil
	}
	undo, back := g.blocks[customer].command, g.blocks[customer].closed
	// One that went on since cannot be taken back: that is for the tests of blocking.
	wentOn := func(t *talk) bool { return t.last == nil || g.commands[t.number] != undo || t.archived() }
	if g.IntN(3) == 0 || slices.ContainsFunc(back, wentOn) {
		undo, back = 0, nil
	}
	g.say("%s unblocks %s, undoing %v", who, customer, undo)
	u, err := g.desk.Unblock(ctx, contact, undo)
	if err != nil {
		return err
	}
	g.model.blocked[customer] = false
	for _, t := range back {
		if why := g.undo(t); why != "" {
			return fmt.Errorf("the model does not take it back: %s", why)
		}
		g.commands[t.number] = u.Command
	}
	g.did["unblock"] += 1 + len(back)
	return nil
}

// refused compares how the program refuses with how the model does.
func (g *game) refused(err error, refusal string) error {
	kind := ""
	if err != nil {
		kind = string(desk.KindOf(err))
	}
	if kind != refusal {
		return fmt.Errorf("the model says %q, the program %q: %w", refusal, kind, err)
	}
	return nil
}

// joined notes which conversation of the program is which of the model.
func (g *game) joined(t *talk, r app.Received) error {
	if known, ok := g.ids[t.number]; ok && known != r.Conversation {
		return fmt.Errorf("the program joins %d, the model %d", g.numbers[r.Conversation], t.number)
	}
	if n, ok := g.numbers[r.Conversation]; ok && n != t.number {
		return fmt.Errorf("the program joins %d, the model begins %d", n, t.number)
	}
	g.ids[t.number], g.numbers[r.Conversation] = r.Conversation, t.number
	if r.Message != 0 && !t.archived() {
		g.newest[t.number] = r.Message
	}
	if g.contacts[t.customer] == 0 {
		g.contacts[t.customer] = g.desk.Conversation(r.Conversation).Contact
	}
	return nil
}

// rows returns every conversation as it is stored.
func (g *game) rows() (all []desk.Conversation, err error) {
	err = g.desk.DB.Read(g.desk.T.Context(), store.Scope{Workspace: g.desk.Workspace}, func(tx *store.Tx) error {
		all, err = tx.ConversationsAfter(0, 1000)
		return err
	})
	return all, err
}

// compare holds every stored conversation against the model's, and the invariants.
func (g *game) compare() error {
	rows, err := g.rows()
	if err != nil {
		return err
	}
	if len(rows) != len(g.all) {
		return fmt.Errorf("the program has %d conversations, the model %d", len(rows), len(g.all))
	}
	open := map[desk.ContactID]int{}
	for _, c := range rows {
		t := g.all[g.numbers[c.ID]-1]
		is := g.print(c)
		if want := t.print(); is != want {
			return fmt.Errorf("conversation %d, program (+) and model (-) differ:\n%s", t.number, cmp.Diff(strings.Split(want, "\n"), strings.Split(is, "\n")))
		}
		if due := g.due(t); !c.FollowUpDue.Equal(due) {
			return fmt.Errorf("somebody is reminded of conversation %d at %s, and by the model at %s", t.number, c.FollowUpDue, due)
		}
		if n := g.problems(t); c.DeliveryProblems != n {
			return fmt.Errorf("conversation %d has %d messages with a problem, and by the model %d", t.number, c.DeliveryProblems, n)
		}
		if label, stage := c.Label(g.now), c.Stage(); label != t.label(g.now) || stage != t.stage() {
			return fmt.Errorf("conversation %d is %s and %s, and by the model %s and %s", t.number, label, stage, t.label(g.now), t.stage())
		}
		if c.Active() && c.Grouping == desk.PerContact && c.Primary {
			if open[c.Contact]++; open[c.Contact] > 1 {
				return errors.New("INV-1: a customer has two open conversations")
			}
		}
		if c.Archived() && c.Status != desk.StatusClosed {
			return errors.New("INV-3: an archived conversation is not closed")
		}
		g.moments[moment{c.ID, c.Version}] = is
	}
	return g.compareRead(rows)
}

// compareRead holds who has read what against the model (axis N).
func (g *game) compareRead(rows []desk.Conversation) error {
	if g.IntN(5) > 0 {
		return nil
	}
	if err := g.comparePlans(); err != nil {
		return err
	}
	for number, all := range g.sent {
		for i, id := range all {
			if is := g.desk.Message(id).Delivery; string(is) != g.letters[number][i] {
				return fmt.Errorf("message %d of conversation %d is %s, and by the model %s", i, number, is, g.letters[number][i])
			}
		}
	}
	for _, who := range []string{"ann", "bob", "maja"} {
		err := g.desk.DB.Read(g.desk.T.Context(), app.ScopeFrom(g.desk.As(g.people[who])), func(tx *store.Tx) error {
			for _, c := range rows {
				t := g.all[g.numbers[c.ID]-1]
				mark, err := tx.ReadMark(c.ID)
				if err != nil {
					return err
				}
				if unread := t.customerSaid > t.read[who] && !t.archived(); c.Unread(mark) != unread {
					return fmt.Errorf("conversation %d is unread for %s: %v, and by the model %v", t.number, who, c.Unread(mark), unread)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// print writes the axes of a stored conversation as the model does.
func (g *game) print(c desk.Conversation) string {
	t := &talk{
		number: g.numbers[c.ID], status: string(c.Status), waiting: string(c.WaitingOn), since: c.WaitingSince, followUps: c.FollowUps,
		assignee: g.names[c.Assignee], assignedAt: c.AssignedAt, repliedAt: c.AssigneeRepliedAt, ai: string(c.AIState), flag: string(c.NeedsHuman), epoch: int(c.AIEpoch), aiSince: c.AISince,
		snooze: c.SnoozedUntil, snoozeReply: c.SnoozeUntilReply, archivedAt: c.ArchivedAt, priority: string(c.Priority), reason: c.PriorityReason,
		firstReply: c.FirstReplyAt, firstResponse: c.FirstResponseAt, firstResponder: g.names[c.FirstResponseBy], pendingFor: c.PendingReason,
		resolvedAt: c.ResolvedAt, closedAt: c.ClosedAt, closedSource: string(c.ClosedSource), closedBy: g.names[c.ClosedBy], summary: c.ClosingSummary,
		inactive: c.InactiveSince, quiet: c.QuietSince,
		openedSource: string(c.OpenedSource), openedBy: g.names[c.OpenedBy], previous: g.numbers[c.Previous], messages: c.Messages, counted: c.Scheduled,
	}
	for name, id := range g.cats {
		if id == c.ClosingCategory {
			t.category = name
		}
	}
	for _, id := range c.Tags {
		t.tags = append(t.tags, g.tagName(id))
	}
	slices.Sort(t.tags)
	return t.print()
}

func (g *game) tagName(id desk.TagID) (name string) {
	g.desk.OK(g.desk.DB.Read(g.desk.T.Context(), store.Scope{Workspace: g.desk.Workspace}, func(tx *store.Tx) error {
		tag, err := tx.TagByID(id)
		name = tag.Name
		return err
	}))
	return name
}

// replayed holds every stored row against the fold of its facts, and moments of
// the past against what was seen then.
func (g *game) replayed() error {
	rows, err := g.rows()
	if err != nil {
		return err
	}
	back := 0
	return g.desk.DB.Read(g.desk.T.Context(), store.Scope{Workspace: g.desk.Workspace}, func(tx *store.Tx) error {
		for _, c := range rows {
			events, err := tx.History(c.ID)
			if err != nil {
				return err
			}
			opts := []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(desk.Conversation{}, "Subject", "Preview")}
			if diff := cmp.Diff(c, desk.Fold(events), opts...); diff != "" {
				return fmt.Errorf("the facts of conversation %d do not give its row: %s", g.numbers[c.ID], diff)
			}
		}
		for m, seen := range g.moments {
			if back++; back > 60 {
				return nil
			}
			events, err := tx.HistoryUntil(m.id, m.version, time.Time{})
			if err != nil {
				return err
			}
			if then := g.print(desk.Fold(events)); then != seen {
				return fmt.Errorf("conversation %d after %d facts is not what was seen then:\n%s", g.numbers[m.id], m.version, cmp.Diff(strings.Split(seen, "\n"), strings.Split(then, "\n")))
			}
		}
		return nil
	})
}

// Random commands of many actors at random times: the program and a simple model
// of section 2 agree on every axis, every computed word, every refusal and every
// invariant after every step; replaying the facts gives the stored rows, and every
// moment can be read back as it was seen. T1, T2, T8 to T15, T17, T18, T22 to T28,
// E33, F1-57, F1-58, F4-22, F4-23; follow-up reminders, closing notes, delivery states
// and replies that are taken back too.
func TestProgramAndModelAgree(t *testing.T) {
	games, steps := 24, 160
	if testing.Short() {
		games, steps = 6, 80
	}
	did := map[string]int{}
	for seed := range uint64(games) {
		g := newGame(t, seed)
		for i := range steps {
			if err := g.step(); err != nil {
				t.Fatalf("game %d, step %d, settings %+v: %v\n\n%s", seed, i, g.set, err, strings.Join(g.said[max(0, len(g.said)-15):], "\n"))
			}
		}
		if err := g.replayed(); err != nil {
			t.Fatalf("game %d: %v\n\n%s", seed, err, strings.Join(g.said, "\n"))
		}
		for name, n := range g.did {
			did[name] += n
		}
		for name, n := range g.rings {
			did[name] += n
		}
	}
	t.Log(did)
	for _, name := range []string{"block", "unblock", "turned away", "settle", "closed in silence", "reminded", "sent at its moment", "held", "recalled"} {
		if did[name] == 0 {
			t.Errorf("%s was never done: %v", name, did)
		}
	}
	for _, v := range verbs {
		if did[v.name] == 0 {
			t.Errorf("%s was never done: %v", v.name, did)
		}
	}
}

func err2[T any](_ T, err error) error { return err }

func itoa(n int) string { return strconv.Itoa(n) }

func yes(b bool) string { return strconv.FormatBool(b) }
