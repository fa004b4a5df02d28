package reference_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// plan is a message that is sent at a moment (F1-57): waiting, held, sent or cancelled.
type plan struct {
	at     time.Time
	unless bool // only if the customer has not written before
	who    string
	state  string
}

func (p plan) open() bool { return p.state == "waiting" || p.state == "held" }

// scheduled counts what may still be sent; a talk that is only printed knows the number.
func (t *talk) scheduled() (n int) {
	for _, p := range t.plans {
		if p.open() {
			n++
		}
	}
	return n + t.counted
}

// plan changes one of a talk, whose copies keep theirs.
func (t *talk) plan(i int, change func(*plan)) {
	t.plans = slices.Clone(t.plans)
	change(&t.plans[i])
}

// hold holds what waits, all of it or what is for a customer who keeps silent.
func (t *talk) hold(all bool) {
	for i, p := range t.plans {
		if p.state == "waiting" && (all || p.unless) {
			t.plan(i, func(p *plan) { p.state = "held" })
		}
	}
}

// mayPlan refuses what has ended, and who was blocked.
func (m *model) mayPlan(t *talk) string {
	switch {
	case t.archived(), t.status == "closed":
		return conflict
	case m.blocked[t.customer]:
		return forbidden
	}
	return ""
}

func (m *model) schedule(t *talk, who string, at time.Time, unless bool) string {
	if why := m.mayPlan(t); why != "" {
		return why
	}
	if !at.After(m.now) {
		return invalid
	}
	m.keep(t, func() { t.plans = append(slices.Clone(t.plans), plan{at, unless, who, "waiting"}) })
	return ""
}

func (m *model) move(t *talk, i int, at time.Time) string {
	if !t.plans[i].open() {
		return conflict
	}
	if why := m.mayPlan(t); why != "" {
		return why
	}
	if !at.After(m.now) {
		return invalid
	}
	m.keep(t, func() { t.plan(i, func(p *plan) { p.at, p.state = at, "waiting" }) })
	return ""
}

func (m *model) cancel(t *talk, i int) string {
	if t.plans[i].state == "sent" {
		return conflict
	}
	m.keep(t, func() { t.plan(i, func(p *plan) { p.state = "cancelled" }) })
	return ""
}

// sendNow is D-17: what is held as well.
func (m *model) sendNow(t *talk, i int, who string) string {
	if !t.plans[i].open() {
		return conflict
	}
	if why := m.reply(t, who); why != "" {
		return why
	}
	t.plan(i, func(p *plan) { p.state = "sent" })
	return ""
}

// due is one plan whose moment has come.
type due struct {
	t *talk
	i int
}

// dispatch sends at its moment what waits, or holds it (F1-58): the earliest first.
// What is more than a day late is held.
func (m *model) dispatch() {
	var all []due
	for _, t := range m.all {
		for i, p := range t.plans {
			if p.state == "waiting" && !p.at.After(m.now) {
				all = append(all, due{t, i})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b due) int { return cmp.Compare(a.t.plans[a.i].at.UnixNano(), b.t.plans[b.i].at.UnixNano()) })
	m.gone = nil
	for _, d := range all {
		p := d.t.plans[d.i]
		if m.now.Sub(p.at) > 24*time.Hour || d.t.status == "closed" || m.blocked[d.t.customer] {
			m.rings["held"]++
			d.t.last = nil
			d.t.plan(d.i, func(p *plan) { p.state = "held" })
			continue
		}
		m.rings["sent at its moment"]++
		window := m.set.window
		m.set.window = 0 // nobody takes back what left by itself
		m.reply(d.t, p.who)
		m.set.window = window
		d.t.plan(d.i, func(p *plan) { p.state = "sent" })
		m.gone = append(m.gone, d)
	}
}

// late says whether an undo would let a plan wait for a moment that has passed.
func (m *model) late(now, was *talk) bool {
	for i, p := range was.plans {
		if p.state == "waiting" && !p.at.After(m.now) && (now.plans[i].state != p.state || !now.plans[i].at.Equal(p.at)) {
			return true
		}
	}
	return false
}

// planVerbs are those of scheduled messages.
func planVerbs() []verb {
	which := func(g *game, t *talk) (int, desk.ScheduledID) {
		if len(t.plans) == 0 {
			return -1, 0
		}
		i := g.IntN(len(t.plans))
		if open := slices.IndexFunc(t.plans, plan.open); open >= 0 && g.IntN(4) > 0 {
			i = open
		}
		return i, g.plans[t.number][i]
	}
	when := func(g *game) time.Time {
		return pick(g, g.now.Add(-time.Hour), g.now.Add(time.Minute), g.now.Add(5*time.Hour), g.now.Add(40*time.Hour), g.now.Add(200*time.Hour), g.now.Add(200*time.Hour))
	}
	return []verb{
		{"schedule", 6, func(g *game, t *talk, who string) (desk.Command, func() string) {
			at, unless := when(g), g.IntN(2) == 0
			return desk.Schedule{Text: "later", At: at, UnlessReply: unless}, func() string { return g.schedule(t, who, at, unless) }
		}},
		{"move", 4, func(g *game, t *talk, _ string) (desk.Command, func() string) {
			i, id := which(g, t)
			if i < 0 {
				return nil, nil
			}
			at := when(g)
			return desk.EditScheduled{Scheduled: id, At: at}, func() string { return g.move(t, i, at) }
		}},
		{"cancel", 4, func(g *game, t *talk, _ string) (desk.Command, func() string) {
			i, id := which(g, t)
			if i < 0 {
				return nil, nil
			}
			return desk.CancelScheduled{Scheduled: id}, func() string { return g.cancel(t, i) }
		}},
		{"send now", 4, func(g *game, t *talk, who string) (desk.Command, func() string) {
			i, id := which(g, t)
			if i < 0 {
				return nil, nil
			}
			return desk.SendScheduled{Scheduled: id}, func() string { return g.sendNow(t, i, who) }
		}},
	}
}

// dispatched notes which messages the plans became whose moment came.
func (g *game) dispatched() error {
	return g.planned(func(s desk.Scheduled, t *talk, i int) error {
		if slices.Contains(g.gone, due{t, i}) {
			g.sent[t.number] = append(g.sent[t.number], s.Message)
		}
		return nil
	})
}

// comparePlans holds where every plan stands against the model.
func (g *game) comparePlans() error {
	return g.planned(func(s desk.Scheduled, t *talk, i int) error {
		if p := t.plans[i]; string(s.State) != p.state || !s.At.Equal(p.at) {
			return fmt.Errorf("plan %d of conversation %d is %s at %s, and by the model %s at %s", i, t.number, s.State, s.At, p.state, p.at)
		}
		return nil
	})
}

func (g *game) planned(each func(desk.Scheduled, *talk, int) error) error {
	return g.desk.DB.Read(g.desk.T.Context(), store.Scope{Workspace: g.desk.Workspace}, func(tx *store.Tx) error {
		for _, t := range g.all {
			for i := range t.plans {
				s, err := tx.Scheduled(g.plans[t.number][i])
				if err != nil {
					return err
				}
				if err := each(s, t, i); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// remember notes the id of a plan that a command made.
func (g *game) remember(t *talk, r app.Result) {
	for _, e := range r.Events {
		if made, ok := e.Fact.(desk.ScheduledMade); ok {
			g.plans[t.number] = append(g.plans[t.number], made.Scheduled)
		}
	}
}
