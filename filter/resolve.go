package filter

import (
	"slices"
	"strconv"
	"time"

	"parley/desk"
)

// Env is for whom and when a tree is meant.
type Env struct {
	Now  time.Time
	Zone *time.Location // of the reader; nil is UTC
	Me   desk.UserID
	// Teams are the reader's own.
	Teams []desk.TeamID
	// VIP are the tags that make a customer a VIP.
	VIP []desk.TagID
	// OpenInboxes are those within their business hours at Now.
	OpenInboxes []desk.InboxID
	// LastClose is when business hours ended last; the zero time is the reader's
	// last midnight.
	LastClose time.Time
	// Kinds are the accounts of each kind of channel.
	Kinds map[string][]desk.ChannelID
}

// Cond is a tree made ready: every value is a number, a word of ours or a text
// to be bound. It holds at the Now of its Env, and until Until.
type Cond struct {
	All, Any []Cond
	Not      *Cond
	Test     *Ready
	now      time.Time
	until    time.Time
}

// Ready is a test with its values resolved.
type Ready struct {
	Field Field
	Op    Op
	IDs   []int64  // of things
	Words []string // of words, and Me, None and the like where they stay words
	None  bool     // things: nobody and nothing will do
	Else  bool     // assignee: anybody but Me will do
	Me    desk.UserID
	// From and To are microseconds: From <= t < To. 0 leaves an end open.
	From, To int64
	// Rolls says that From or To moves with the clock, by whole distance.
	Rolls  bool
	Now    int64
	Text   string // of a line
	Number int
}

// Resolve makes a checked tree ready.
func Resolve(n Node, env Env) Cond {
	if env.Zone == nil {
		env.Zone = time.UTC
	}
	c := resolve(n, env)
	return c
}

func resolve(n Node, env Env) Cond {
	c := Cond{now: env.Now}
	switch {
	case n.Not != nil:
		inner := resolve(*n.Not, env)
		c.Not, c.until = &inner, inner.until
	case n.All != nil:
		c.All = each(n.All, env, &c.until)
	case n.Any != nil:
		c.Any = each(n.Any, env, &c.until)
	case n.Field != "":
		c.Test, c.until = ready(n, env)
	}
	return c
}

func each(nodes []Node, env Env, until *time.Time) []Cond {
	all := make([]Cond, len(nodes))
	for i, n := range nodes {
		all[i] = resolve(n, env)
		*until = sooner(*until, all[i].until)
	}
	return all
}

// sooner returns the earlier of two moments; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Until returns when the tree has to be resolved anew, because a day of the
// reader's is over; the zero time is never.
func (c Cond) Until() time.Time { return c.until }

// NeedsIndex reports whether a test asks for more than rows say of a conversation.
func (c Cond) NeedsIndex() (yes bool) {
	c.tests(func(t *Ready) { yes = yes || t.Field.needsIndex() })
	return yes
}

// Rolls reports whether c means another stretch of time with every moment.
func (c Cond) Rolls() (yes bool) {
	c.tests(func(t *Ready) { yes = yes || t.Rolls })
	return yes
}

func (c Cond) tests(fn func(*Ready)) {
	for _, i := range c.All {
		i.tests(fn)
	}
	for _, i := range c.Any {
		i.tests(fn)
	}
	if c.Not != nil {
		c.Not.tests(fn)
	}
	if c.Test != nil {
		fn(c.Test)
	}
}

func ready(n Node, env Env) (*Ready, time.Time) {
	spec, _ := SpecOf(n.Field)
	r := &Ready{Field: n.Field, Op: n.Op, Now: env.Now.UnixMicro(), Me: env.Me}
	switch spec.Kind {
	case KindTime, KindAhead:
		return r, r.time(n, spec, env)
	case KindNumber:
		r.Number, _ = strconv.Atoi(n.Values[0])
	case KindLine:
		r.Text = n.Values[0]
	case KindThing:
		r.things(n, spec, env)
	default:
		r.Words = slices.Clone(n.Values)
	}
	switch n.Field {
	case CustomerType:
		r.IDs = numbers(env.VIP)
	case Hours:
		r.IDs = numbers(env.OpenInboxes)
	case Language:
		if i := slices.Index(r.Words, None); i >= 0 {
			r.Words[i] = ""
		}
	}
	return r, time.Time{}
}

func numbers[T ~int64](ids []T) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}

func (r *Ready) things(n Node, spec Spec, env Env) {
	for _, v := range n.Values {
		switch {
		case v == None:
			r.None = true
		case v == Others && n.Field == Assignee:
			r.Else = true
		case v == Me && slices.Contains(spec.Words, Me):
			r.IDs = append(r.IDs, int64(env.Me))
		case v == Mine && n.Field == Team:
			r.IDs = append(r.IDs, numbers(env.Teams)...)
		case spec.Noun == NounChannel && !isID(NounChannel, v):
			r.IDs = append(r.IDs, numbers(env.Kinds[v])...)
		default:
			r.IDs = append(r.IDs, idOf(spec.Noun, v))
		}
	}
}

// idOf returns the number of an id that Check has seen.
func idOf(n Noun, v string) int64 {
	switch n {
	case NounUser:
		return number[desk.UserID](v)
	case NounTeam:
		return number[desk.TeamID](v)
	case NounInbox:
		return number[desk.InboxID](v)
	case NounChannel:
		return number[desk.ChannelID](v)
	case NounTag:
		return number[desk.TagID](v)
	case NounContact:
		return number[desk.ContactID](v)
	case NounCategory:
		return number[desk.CategoryID](v)
	}
	return -1
}

func number[T ~int64, P interface {
	*T
	Parse(s string) error
}](v string) int64 {
	var id T
	if err := P(&id).Parse(v); err != nil {
		return -1 // no row has it
	}
	return int64(id)
}

// time sets the stretch that a test is about and returns until when it is that.
func (r *Ready) time(n Node, spec Spec, env Env) (until time.Time) {
	edge := func(v string, end bool) int64 {
		m, _ := parseMoment(v)
		if m.distance != 0 {
			r.Rolls = true
			if spec.Kind == KindAhead {
				return env.Now.Add(m.distance).UnixMicro()
			}
			return env.Now.Add(-m.distance).UnixMicro()
		}
		if m.lastClose && !env.LastClose.IsZero() {
			return env.LastClose.UnixMicro()
		}
		if m.lastClose {
			m = moment{isNear: true, wholeDays: true}
		}
		at, nightly := m.start(env.Now, env.Zone)
		if end {
			at, nightly = m.end(env.Now, env.Zone)
		}
		if nightly {
			y, mo, d := env.Now.In(env.Zone).Date()
			until = sooner(until, time.Date(y, mo, d+1, 0, 0, 0, 0, env.Zone))
		}
		return at.UnixMicro()
	}
	switch n.Op {
	case Before:
		r.To = edge(n.Values[0], false)
	case After:
		r.From = edge(n.Values[0], false)
	case Between:
		r.From, r.To = edge(n.Values[0], false), edge(n.Values[1], true)
	}
	return until
}

// States is a set of stored statuses.
type States uint8

// The sets.
const (
	StateOpen States = 1 << iota
	StatePending
	StateResolved
	StateClosed
	StatesActive = StateOpen | StatePending
	StatesAll    = StatesActive | StateResolved | StateClosed
)

// wordStates are the statuses in which a word of the field status can be true.
var wordStates = map[string]States{
	Open: StateOpen, New: StateOpen, Pending: StatePending, IsResolved: StateResolved, IsClosed: StateClosed, Archived: StateClosed,
	Unread: StatesAll,
}

// States returns the statuses in which c can hold: no others need be looked at.
func (c Cond) States() States {
	switch {
	case c.All != nil:
		s := StatesAll
		for _, i := range c.All {
			s &= i.States()
		}
		return s
	case c.Any != nil:
		var s States
		for _, i := range c.Any {
			s |= i.States()
		}
		return s
	case c.Not != nil:
		return c.Not.denied()
	case c.Test == nil:
		return StatesAll
	}
	switch c.Test.Field {
	case Due, SnoozedUntil:
		return StatesActive
	case Status:
		var s States
		for _, w := range c.Test.Words {
			in, ok := wordStates[w]
			if !ok {
				in = StatesActive
			}
			s |= in
		}
		return s
	}
	return StatesAll
}

// denied returns the statuses in which c can fail. Of a group that is not looked
// into: any.
func (c Cond) denied() States {
	if c.Test == nil || c.Test.Field != Status {
		return StatesAll
	}
	s := StatesAll
	for _, w := range c.Test.Words {
		switch w { // those that are true in the whole of a status
		case Open:
			s &^= StateOpen
		case Pending:
			s &^= StatePending
		case IsResolved:
			s &^= StateResolved
		case Active:
			s &^= StatesActive
		}
	}
	return s
}

// Required returns the tests that hold wherever c holds: those beside each other
// at its top. A list may be walked by the index of one of them.
func (c Cond) Required() []*Ready {
	if c.Test != nil {
		return []*Ready{c.Test}
	}
	var all []*Ready
	for _, i := range c.All {
		if i.Test != nil {
			all = append(all, i.Test)
		}
	}
	return all
}

// WaitsForAgent reports whether r holds only where a customer waits for the team.
func (r *Ready) WaitsForAgent() bool {
	switch {
	case r.None || len(r.Words) != 1:
		return false
	case r.Field == WaitingOn:
		return r.Words[0] == string(desk.WaitingOnAgent)
	}
	return r.Field == Status && r.Words[0] == NeedsAttention
}
