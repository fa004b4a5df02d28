package app

import (
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/filter"
	"parley/store"
)

// vipTag is what a customer's tag is called that makes them a VIP.
const vipTag = "vip"

// FilterEnv returns what filters mean for the reader of tx now, in their zone.
func (a *App) FilterEnv(tx *store.Tx, zone *time.Location, nodes ...filter.Node) (filter.Env, error) {
	e := filter.Env{Now: a.now(), Zone: zone, Me: tx.Scope().User, Kinds: map[string][]desk.ChannelID{}}
	var err error
	if e.Teams, err = tx.TeamsOf(e.Me); err != nil {
		return e, err
	}
	tag, err := tx.TagByName(vipTag)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return e, err
	}
	if err == nil {
		e.VIP = []desk.TagID{tag.ID}
	}
	channels, err := tx.EveryChannel()
	if err != nil {
		return e, err
	}
	for _, c := range channels {
		e.Kinds[c.Kind] = append(e.Kinds[c.Kind], c.ID)
	}
	var hours, closing bool
	for _, n := range nodes {
		n.Tests(func(t filter.Node) {
			hours = hours || t.Field == filter.Hours
			closing = closing || slices.Contains(t.Values, filter.LastClose)
		})
	}
	if !hours && !closing {
		return e, nil
	}
	waits, err := a.waits(tx)
	if err != nil {
		return e, err
	}
	for _, w := range waits {
		if w.day == nil || w.day.Open(e.Now) {
			e.OpenInboxes = append(e.OpenInboxes, w.inbox)
		}
		if w.day == nil || !closing {
			continue
		}
		if at := lastClose(w.day, e.Now); at.After(e.LastClose) {
			e.LastClose = at
		}
	}
	slices.Sort(e.OpenInboxes)
	return e, nil
}

// wait is how an inbox counts the time that a customer waits.
type wait struct {
	inbox desk.InboxID
	clock *desk.Calendar // nil counts around the clock
	day   *desk.Calendar // its business hours, whether or not it counts by them
}

func (a *App) waits(tx *store.Tx) ([]wait, error) {
	all, err := tx.As(store.Scope{Workspace: tx.Scope().Workspace}).Inboxes()
	if err != nil {
		return nil, err
	}
	waits := make([]wait, len(all))
	for i, inbox := range all {
		p, err := a.Promise(tx, inbox)
		if err != nil {
			return nil, err
		}
		waits[i] = wait{inbox.ID, p.Hours, p.Day}
	}
	return waits, nil
}

// Waits returns the inboxes grouped by how they count the time of a wait, for a
// list of who has waited longest.
func (a *App) Waits(tx *store.Tx) ([]store.Wait, error) {
	all, err := a.waits(tx)
	if err != nil {
		return nil, err
	}
	var groups []store.Wait
	place := map[*desk.Calendar]int{}
	for _, w := range all {
		at, ok := place[w.clock]
		if !ok {
			at = len(groups)
			place[w.clock] = at
			clock := w.clock
			groups = append(groups, store.Wait{Waited: func(since, now time.Time) time.Duration {
				if clock == nil {
					return max(0, now.Sub(since))
				}
				return clock.Between(since, now)
			}})
		}
		groups[at].Inboxes = append(groups[at].Inboxes, w.inbox)
	}
	return groups, nil
}

// lastClose returns when business hours ended last before now, at most a fortnight
// ago; else the zero time.
func lastClose(c *desk.Calendar, now time.Time) (at time.Time) {
	for _, s := range c.Stretches(now.Add(-14*24*time.Hour), now) {
		if s.Counted && s.To.Before(now) {
			at = s.To
		}
	}
	return at
}

// FilterNames returns what things are called here, as the reader of tx sees them.
func (a *App) FilterNames(tx *store.Tx) (filter.Names, error) {
	n := names{}
	members, err := tx.Members()
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		n.add(filter.NounUser, m.User.String(), m.Name)
	}
	teams, err := tx.Teams()
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		n.add(filter.NounTeam, t.ID.String(), t.Name)
	}
	inboxes, err := tx.Inboxes()
	if err != nil {
		return nil, err
	}
	for _, i := range inboxes {
		n.add(filter.NounInbox, i.ID.String(), i.Name)
	}
	channels, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		n.add(filter.NounChannel, c.ID.String(), c.Name)
	}
	for _, c := range a.Channels {
		n.add(filter.NounChannelKind, c.Kind().Name, c.Kind().Name)
	}
	tags, err := tx.Tags()
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		n.add(filter.NounTag, t.ID.String(), t.Name)
	}
	categories, err := tx.Categories()
	for _, c := range categories {
		n.add(filter.NounCategory, c.ID.String(), c.Name)
	}
	return n, err
}

// names is what things of each noun are called.
type names map[filter.Noun]*called

type called struct {
	ids   map[string]string // by folded name; "" where two are called so
	names map[string]string
}

func (n names) add(noun filter.Noun, id, name string) {
	c := n[noun]
	if c == nil {
		c = &called{map[string]string{}, map[string]string{}}
		n[noun] = c
	}
	folded := strings.ToLower(name)
	if _, twice := c.ids[folded]; twice {
		c.ids[folded] = ""
		c.names[id] = name
		return
	}
	c.ids[folded], c.names[id] = id, name
}

// ID implements filter.Names.
func (n names) ID(noun filter.Noun, name string) (string, bool) {
	if n[noun] == nil {
		return "", false
	}
	id := n[noun].ids[strings.ToLower(name)]
	return id, id != ""
}

// Name implements filter.Names.
func (n names) Name(noun filter.Noun, id string) (string, bool) {
	if n[noun] == nil {
		return "", false
	}
	name, ok := n[noun].names[id]
	return name, ok
}

// Near implements filter.Names: names that begin alike, or have the text in them.
func (n names) Near(noun filter.Noun, name string) []string {
	if n[noun] == nil {
		return nil
	}
	folded := []rune(strings.ToLower(name))
	var near, all []string
	for _, other := range n[noun].names {
		all = append(all, other)
		o := strings.ToLower(other)
		if strings.Contains(o, string(folded)) || strings.HasPrefix(o, string(folded[:min(2, len(folded))])) {
			near = append(near, other)
		}
	}
	if len(near) == 0 {
		near = all
	}
	slices.Sort(near)
	return near[:min(5, len(near))]
}
