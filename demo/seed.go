package demo

import (
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// Password opens every account of the demo.
const Password = "halden coffee"

// Company is the name of the demo's workspace.
const Company = "Halden Coffee"

// Options say which demo is made.
type Options struct {
	Seed    uint64
	End     time.Time // when the story has come to now
	Outside *Outside
}

// Workspace is the demo, made.
type Workspace struct {
	app      *app.App
	clock    *Clock
	outside  *Outside
	id       desk.WorkspaceID
	ctx      context.Context //nolint:containedctx // the owner's, for the time of making
	team     []member
	inboxes  map[string]desk.Inbox
	accounts map[string]channel.Account // by chat, mail, wholesale, api
	rng      *rand.Rand
	lives    bool // workers run beside it
}

// member is a colleague with an account.
type member struct {
	colleague
	actor desk.Actor
}

// Build makes the demo in an empty install whose app looks at clock.
func Build(ctx context.Context, a *app.App, clock *Clock, o Options) error {
	stories, err := plan(o.Seed, o.End)
	if err != nil {
		return err
	}
	clock.set(o.End.Add(-span - 30*24*time.Hour))
	w := &Workspace{
		app: a, clock: clock, outside: o.Outside, inboxes: map[string]desk.Inbox{}, accounts: map[string]channel.Account{}, rng: rand.New(rand.NewPCG(o.Seed, 2)),
	}
	if err := w.found(ctx); err != nil {
		return err
	}
	acts := &agenda{}
	for _, s := range stories {
		heap.Push(acts, act{at: s.at, n: s.n, telling: &telling{story: s}})
	}
	for acts.Len() > 0 {
		next, _ := heap.Pop(acts).(act)
		clock.set(next.at)
		again, err := w.tell(next.telling)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", next.telling.theme.name, next.telling.line, err)
		}
		if err := w.work(); err != nil {
			return err
		}
		if again.IsZero() {
			continue
		}
		if again.After(o.End) { // what is young happens faster
			left := o.End.Sub(next.at)
			again = next.at.Add(max(left, 0)/5 + time.Duration(next.telling.rng.Int64N(int64(max(left, 0)/3)+1)))
		}
		heap.Push(acts, act{at: again, n: next.n, telling: next.telling})
	}
	clock.set(o.End)
	return w.oddities(o.End)
}

// work runs every job that is due.
func (w *Workspace) work() error {
	if w.lives {
		return nil
	}
	for {
		n, err := w.app.WorkNow(w.ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// act is the next thing of a story.
type act struct {
	at time.Time
	n  int
	*telling
}

// agenda is what comes next, by time.
type agenda []act

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if c := a[i].at.Compare(a[j].at); c != 0 {
		return c < 0
	}
	return a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) {
	if next, ok := x.(act); ok {
		*a = append(*a, next)
	}
}

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

// found makes the workspace, its inboxes and channels, and hires the team.
func (w *Workspace) found(ctx context.Context) error {
	people, err := cast()
	if err != nil {
		return err
	}
	owner, err := w.app.Setup(ctx, Company, people[0].name, people[0].email(), Password)
	if err != nil {
		return err
	}
	if w.id, err = workspaceOf(ctx, w.app, owner); err != nil {
		return err
	}
	if err := w.enter(ctx, people[0], owner); err != nil {
		return err
	}
	w.ctx = app.As(ctx, w.id, w.team[0].actor)
	if err := w.connect(); err != nil {
		return err
	}
	for _, c := range people[1:] {
		if err := w.hire(ctx, c); err != nil {
			return fmt.Errorf("hire %s: %w", c.name, err)
		}
	}
	for i, name := range []string{"shipping", "quality", "refund", "product", "subscription", "order", "exchange", "billing", "gift", "question", "wholesale", "quote",
		"allergy", "complaint", "account", "advice", "press", "praise", "onboarding", "feedback", "integration"} {
		if _, err := w.app.SaveTag(w.ctx, desk.Tag{Name: name, Color: fmt.Sprintf("c%d", i%5+1)}); err != nil {
			return err
		}
	}
	return nil
}

// workspaceOf returns the first workspace of somebody.
func workspaceOf(ctx context.Context, a *app.App, user desk.UserID) (id desk.WorkspaceID, err error) {
	err = a.DB.Read(ctx, store.Scope{User: user}, func(tx *store.Tx) error {
		all, err := tx.Memberships(user)
		if err == nil && len(all) > 0 {
			id = all[0].ID
		}
		return err
	})
	return id, err
}

// enter adds somebody with an account to the team.
func (w *Workspace) enter(ctx context.Context, c colleague, user desk.UserID) error {
	actor, err := w.app.Enter(ctx, w.id, user)
	w.team = append(w.team, member{c, actor})
	return err
}

func (w *Workspace) hire(ctx context.Context, c colleague) error {
	var inboxes []desk.InboxID
	for _, name := range c.inboxes {
		inbox, ok := w.inboxes[name]
		if !ok {
			return fmt.Errorf("there is no inbox %s", name)
		}
		inboxes = append(inboxes, inbox.ID)
	}
	if c.inboxes == nil && c.role != string(desk.RoleAdmin) {
		for _, i := range w.inboxes {
			inboxes = append(inboxes, i.ID)
		}
	}
	_, secret, err := w.app.Invite(w.ctx, c.email(), desk.Role(c.role), inboxes)
	if err != nil {
		return err
	}
	user, err := w.app.AcceptInvitation(ctx, secret, c.name, Password)
	if err != nil {
		return err
	}
	return w.enter(ctx, c, user)
}

// connect makes the inboxes and their channels.
func (w *Workspace) connect() error {
	promises, err := w.promises()
	if err != nil {
		return err
	}
	none := desk.PromiseSettings{SLAMode: desk.SLAOff}
	for _, in := range []struct {
		name     string
		grouping desk.Grouping
		settings desk.InboxSettings
		key      string
		kind     string
		config   any
	}{
		{"Shop chat", desk.PerContact, desk.InboxSettings{PromiseSettings: promises}, "chat", "webchat", map[string]any{
			"greeting": "Hello! Ask us anything about coffee.", "intro": "Maja, Tomás and the others answer from Tuesday to Saturday.", "reply_time": "We usually answer within minutes", "accent": "#7A3E1D", "header_color": "#3B2117",
		}},
		{"Support", desk.PerThread, desk.InboxSettings{PromiseSettings: promises}, "mail", "email", map[string]string{"address": "hello@halden.example", "from_name": Company}},
		{"Wholesale", desk.PerThread, desk.InboxSettings{IgnoreUnknownThreads: true, PromiseSettings: none}, "wholesale", "email", map[string]string{"address": "wholesale@halden.example", "from_name": Company + " Wholesale"}},
		{"Partners", desk.PerThread, desk.InboxSettings{PromiseSettings: none}, "api", "api", map[string]string{
			"webhook_url": w.outside.Webhook, "inbound_secret": "demo-inbound-secret-of-the-partners", "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		}},
		{"Events", desk.PerThread, desk.InboxSettings{}, "", "", nil}, // nothing has come in yet
	} {
		inbox, err := w.app.CreateInbox(w.ctx, in.name, in.grouping, app.InboxChange{Settings: &in.settings})
		if err != nil {
			return err
		}
		w.inboxes[in.name] = inbox
		if in.kind == "" {
			continue
		}
		config, err := json.Marshal(in.config)
		if err != nil {
			return err
		}
		ch, err := w.app.SaveChannel(w.ctx, inbox.ID, 0, in.kind, in.name, config, nil)
		if err != nil {
			return err
		}
		if w.accounts[in.key], err = w.app.Lookup(w.ctx, in.kind, ch.Address); err != nil {
			return err
		}
	}
	return nil
}
