package reference_test

import (
	"fmt"
	"slices"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// verb is one thing that can be done: make draws its arguments and returns the
// command for the program, and what the model does and answers. A new verb is one
// more entry.
type verb struct {
	name string
	odds int
	make func(g *game, t *talk, who string) (desk.Command, func() string)
}

var verbs = append(planVerbs(), []verb{
	{"reply", 6, func(g *game, t *talk, who string) (desk.Command, func() string) {
		return desk.Reply{Text: "reply"}, func() string { return g.reply(t, who) }
	}},
	{"note", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Note{Text: "note"}, func() string { return g.note(t) }
	}},
	{"assign", 4, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		to := pick(g, "ann", "bob", "maja", "vera")
		return desk.Assign{Assignee: g.people[to].User}, func() string { return g.assign(t, to) }
	}},
	{"unassign", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Unassign{}, func() string { return g.unassign(t) }
	}},
	{"prioritize", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		p, reason := pick(g, "urgent", "high", "normal", "low"), pick(g, "", "why")
		return desk.Prioritize{Priority: desk.Priority(p), Reason: reason}, func() string { return g.prioritize(t, p, reason) }
	}},
	{"tag", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		add, remove := pick(g, "", "a", "b", "c"), pick(g, "a", "b", "c")
		cmd := desk.Label{Remove: []string{remove}}
		if add != "" {
			cmd.Add = []string{add}
		}
		return cmd, func() string { return g.tag(t, add, remove) }
	}},
	{"resolve", 4, func(g *game, t *talk, who string) (desk.Command, func() string) {
		e := g.ending()
		return desk.Resolve{Summary: e.summary, Category: g.cats[e.category], Message: e.message}, func() string { return g.resolve(t, who, e) }
	}},
	{"close", 4, func(g *game, t *talk, who string) (desk.Command, func() string) {
		e := g.ending()
		return desk.Close{Summary: e.summary, Category: g.cats[e.category], Message: e.message}, func() string { return g.close(t, who, e) }
	}},
	{"reopen", 4, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Reopen{}, func() string { return g.reopen(t) }
	}},
	{"pend", 8, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		reason, note := pick(g, "customer", "external"), pick(g, "", "the courier")
		return desk.Pend{Reason: reason, Note: note}, func() string { return g.pend(t, reason, note != "") }
	}},
	{"snooze", 4, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		until := pick(g, time.Time{}, g.now.Add(-time.Hour), g.now.Add(time.Hour), g.now.Add(26*time.Hour))
		reply := g.IntN(2) == 0
		return desk.Snooze{Until: until, UntilReply: reply}, func() string { return g.sleep(t, until, reply) }
	}},
	{"unsnooze", 3, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Unsnooze{}, func() string { return g.wake(t) }
	}},
	{"archive", 3, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Archive{}, func() string { return g.archive(t) }
	}},
	{"unarchive", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		return desk.Unarchive{}, func() string { return g.unarchive(t) }
	}},
	{"takeover", 3, func(g *game, t *talk, who string) (desk.Command, func() string) {
		return desk.TakeOver{}, func() string { return g.takeOver(t, who) }
	}},
	{"handback", 3, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		unassign := g.IntN(2) == 0
		return desk.HandBack{Unassign: unassign}, func() string { return g.handBack(t, unassign) }
	}},
	{"read", 2, func(g *game, t *talk, who string) (desk.Command, func() string) {
		return desk.MarkRead{}, func() string { t.read[who] = t.customerSaid; return "" }
	}},
	{"retry", 2, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		if len(g.sent[t.number]) == 0 {
			return nil, nil
		}
		i := g.IntN(len(g.sent[t.number]))
		if failed := slices.IndexFunc(g.letters[t.number], func(s string) bool { return s == "failed" || s == "unknown" }); failed >= 0 && g.IntN(4) > 0 {
			i = failed
		}
		return desk.Retry{Message: g.sent[t.number][i]}, func() string { return g.retry(t, i) }
	}},
	{"undo", 6, func(g *game, t *talk, _ string) (desk.Command, func() string) {
		if t.last == nil {
			return nil, nil
		}
		return desk.Undo{Command: g.commands[t.number]}, func() string { return g.undo(t) }
	}},
}...)

// ending draws how it ends.
func (g *game) ending() ending {
	return ending{pick(g, "", "done"), pick(g, "", "bug", "bug", "fax"), pick(g, "", "", "Goodbye!")}
}

// delivery is what a channel says of a message that went out.
func (g *game) delivery(t *talk) (desk.Command, func() string) {
	if len(g.sent[t.number]) == 0 {
		return nil, nil
	}
	i, state := g.IntN(len(g.sent[t.number])), pick(g, "sent", "delivered", "read", "failed", "unknown")
	return desk.Settle{Message: g.sent[t.number][i], State: desk.Delivery(state)}, func() string { return g.settle(t, i, state) }
}

// ai is what an AI agent says: under the epoch of now or an older one.
func (g *game) ai(t *talk) (desk.Command, func() string) {
	if t.customerSaid == 0 {
		return nil, nil
	}
	epoch, says, flag := t.epoch-g.IntN(4)/3, g.IntN(3) > 0, pick(g, "", "", "", "asked_human", "complex")
	g.answers++
	cmd := desk.Answer{Epoch: int64(epoch), Answers: g.newest[t.number], Flag: desk.Flag(flag), Anew: int64(g.answers)}
	if says {
		cmd.Text = "I am a machine."
	}
	return cmd, func() string { return g.aiAnswer(t, epoch, says, flag) }
}

// post has a customer write: now or, as a late webhook, before now.
func (g *game) customer() error {
	g.posts++
	from := pick(g, "kim", "eve", "lee")
	p := apptest.Post{From: from, Key: fmt.Sprint(g.posts), Text: "text"}
	sent := g.now
	if g.IntN(4) == 0 {
		sent = sent.Add(-time.Duration(g.IntN(300)) * time.Minute)
	}
	p.At = sent.Unix()
	auto := g.IntN(9) == 0
	if auto {
		p.Auto = "reply"
	}
	if g.set.perThread {
		p.Own = fmt.Sprint("thread", g.IntN(6)) // a key is known once: a second message with it belongs to the first
		if g.lines[p.Own] != nil {
			p.Thread, p.Own = []string{p.Own}, ""
		}
	}
	g.say("%s posts %+v", from, p)
	r, err := g.desk.TryGet(p)
	if err != nil {
		return err
	}
	if (r.State == store.RawBlocked) != g.model.blocked[from] {
		return fmt.Errorf("it is %s, and by the model the customer is blocked: %v", r.State, g.model.blocked[from])
	}
	answers := ""
	if len(p.Thread) > 0 {
		answers = p.Thread[0]
	}
	t := g.post(from, sent, auto, answers, p.Own)
	if t == nil {
		g.did["turned away"]++
		return nil
	}
	return g.joined(t, r)
}

// write has somebody of the team begin a conversation.
func (g *game) begin(who string) error {
	customer := pick(g, "kim", "eve", "lee")
	contact := g.contacts[customer]
	if contact == 0 || g.set.perThread {
		return nil
	}
	over := g.IntN(2) == 0
	g.say("%s writes to %s, superseding %v", who, customer, over)
	r, err := g.desk.Start(g.desk.As(g.people[who]), app.Start{Inbox: g.desk.Inbox.ID, Contact: contact, Supersede: over})
	t, refusal := g.write(customer, who, over)
	if why := g.refused(err, refusal); why != nil || err != nil {
		return why
	}
	return g.joined(t, app.Received{Conversation: r.Conversation.ID})
}
