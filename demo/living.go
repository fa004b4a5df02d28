package demo

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Living are customers who go on writing while the demo is looked at: somebody
// new now and then, and whoever was answered answers.
type Living struct {
	App     *app.App
	Outside *Outside
	Log     *slog.Logger
	Typing  func(c desk.Conversation, name string, on bool)

	w       *Workspace
	rng     *rand.Rand
	open    map[desk.ConversationID]*telling
	pending []reaction
	n       int
}

// reaction is what a customer is about to say.
type reaction struct {
	at   time.Time
	conv desk.Conversation
	t    *telling
	text string
	told bool // that they type
}

// Run lives until ctx ends.
func (l *Living) Run(ctx context.Context) error {
	if err := l.find(ctx); err != nil {
		return err
	}
	var cursor store.Cursor
	scope := store.Scope{Workspace: l.w.id}
	if err := l.App.DB.Read(ctx, scope, func(tx *store.Tx) (err error) { cursor, err = tx.Now(); return err }); err != nil {
		return err
	}
	next := l.App.Now().Add(12 * time.Second)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		var events []store.Tailed
		err := l.App.DB.Read(ctx, scope, func(tx *store.Tx) (err error) { events, err = tx.Tail(cursor, 200); return err })
		if err == nil && len(events) > 0 {
			cursor = events[len(events)-1].Cursor
			err = l.hear(ctx, events)
		}
		if err == nil {
			err = l.react(ctx)
		}
		if now := l.App.Now(); err == nil && now.After(next) {
			next = now.Add(time.Duration(20+l.rng.IntN(40)) * time.Second)
			err = l.begin(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.Log.Warn("a customer of the demo", "err", err)
		}
	}
}

// find looks up the demo's workspace and channels.
func (l *Living) find(ctx context.Context) error {
	people, err := cast()
	if err != nil {
		return err
	}
	user, err := owner(ctx, l.App, people[0])
	if err != nil {
		return err
	}
	id, err := workspaceOf(ctx, l.App, user)
	if err != nil {
		return err
	}
	l.rng = rand.New(rand.NewPCG(uint64(l.App.Now().UnixNano()), 3))
	l.open = map[desk.ConversationID]*telling{}
	l.w, err = reopen(ctx, l.App, l.Outside, id, people[0], user)
	return err
}

// begin lets somebody new write.
func (l *Living) begin(ctx context.Context) error {
	all, err := themes()
	if err != nil {
		return err
	}
	l.n++
	s := &story{n: 100000 + l.n, at: l.App.Now(), end: endWaiting, theme: pick(l.rng, all), rng: rand.New(rand.NewPCG(l.rng.Uint64(), 4))}
	s.channel = pick(s.rng, s.theme.channels)
	var known []*customer
	s.who = choose(s.rng, &known, languages(), s)
	s.who.email = strings.Replace(s.who.email, "10@", fmt.Sprintf("%d@", 100+l.n), 1) // the numbers below are of those who wrote before
	s.fill()
	s.lines = s.theme.lines
	t := &telling{story: s, line: 1}
	if err := l.w.customer(t, say(s.rng, s.lines[0].text, s.slots)); err != nil {
		return err
	}
	l.open[t.conv] = t
	return ctx.Err()
}

// hear notices answers of the team and has their customers think of something.
func (l *Living) hear(ctx context.Context, events []store.Tailed) error {
	for _, e := range events {
		f, ok := e.Fact.(desk.MessagePosted)
		if !ok || f.Side != desk.SideTeam || f.Author != desk.AuthorUser {
			continue
		}
		var c desk.Conversation
		err := l.App.DB.Read(ctx, store.Scope{Workspace: l.w.id}, func(tx *store.Tx) (err error) { c, err = tx.Conversation(e.Conversation); return err })
		if err != nil {
			return err
		}
		t := l.open[c.ID]
		if t == nil {
			continue // somebody of the past, who reads it later
		}
		text := pick(l.rng, []string{"Thank you!", "Great, thanks for the quick answer.", "ok, thx 🙂", "Perfect."})
		for t.line < len(t.lines) {
			next := t.lines[t.line]
			t.line++
			if next.by == 'C' {
				text = say(l.rng, next.text, t.slots)
				break
			}
		}
		l.pending = append(l.pending, reaction{at: l.App.Now().Add(time.Duration(5+l.rng.IntN(7)) * time.Second), conv: c, t: t, text: text})
	}
	return nil
}

// react lets those type and write whose time has come.
func (l *Living) react(_ context.Context) error {
	now := l.App.Now()
	var later []reaction
	var failed error
	for _, r := range l.pending {
		switch {
		case now.Before(r.at.Add(-4 * time.Second)):
			later = append(later, r)
		case now.Before(r.at):
			if !r.told && r.t.channel == "chat" {
				l.Typing(r.conv, r.t.who.name, true)
			}
			r.told = true
			later = append(later, r)
		default:
			r.t.said = ""
			if err := l.w.customer(r.t, r.text); err != nil {
				failed = err
			}
			if r.t.channel == "chat" {
				l.Typing(r.conv, r.t.who.name, false)
			}
		}
	}
	l.pending = later
	return failed
}
