// Package filtertest makes conditions and conversations for tests: every field,
// operator and value that the grammar has.
package filtertest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"parley/desk"
	"parley/filter"
)

// Now is the moment that everything generated lies around.
var Now = time.Date(2026, 5, 20, 10, 30, 0, 0, time.UTC)

// named are the things that there are, by noun.
var named = map[filter.Noun][]string{
	filter.NounUser: {"Ada", "Bo Ek", "none"}, filter.NounTeam: {"Support", "Night, shift"}, filter.NounInbox: {"Shop", "Mail"},
	filter.NounChannel: {"support@example.com", "email"}, filter.NounChannelKind: {"email", "webchat"},
	filter.NounTag: {"billing", "refunds", `a "b" c`, "none", "vip", "x+y"}, filter.NounCategory: {"Solved", "Spam"},
}

// Names knows the things that there are.
type Names struct{}

// ID implements filter.Names.
func (Names) ID(n filter.Noun, name string) (string, bool) {
	for _, known := range named[n] {
		if strings.EqualFold(known, name) {
			return ID(n, known), true
		}
	}
	return "", false
}

// Name implements filter.Names.
func (Names) Name(n filter.Noun, id string) (string, bool) {
	for _, known := range named[n] {
		if ID(n, known) == id {
			return known, true
		}
	}
	return "", false
}

// Near implements filter.Names.
func (Names) Near(n filter.Noun, _ string) []string { return named[n] }

// number is the id of a thing: small, and the same for the same name.
func number(n filter.Noun, name string) int64 {
	h := fnv.New32a()
	fmt.Fprint(h, n, "\n", name) //nolint:errcheck // it never fails
	return int64(h.Sum32()) + 1
}

// ID returns the public id of a thing.
func ID(n filter.Noun, name string) string {
	i := number(n, name)
	switch n {
	case filter.NounUser:
		return desk.UserID(i).String()
	case filter.NounTeam:
		return desk.TeamID(i).String()
	case filter.NounInbox:
		return desk.InboxID(i).String()
	case filter.NounChannel:
		return desk.ChannelID(i).String()
	case filter.NounTag:
		return desk.TagID(i).String()
	case filter.NounCategory:
		return desk.CategoryID(i).String()
	case filter.NounContact:
		return desk.ContactID(i).String()
	}
	return name
}

// Env is what generated conditions mean: the reader is Ada, of the team Support.
func Env() filter.Env {
	return filter.Env{
		Now: Now, Zone: time.FixedZone("test", 2*3600), Me: desk.UserID(number(filter.NounUser, "Ada")), Teams: []desk.TeamID{desk.TeamID(number(filter.NounTeam, "Support"))},
		VIP: []desk.TagID{desk.TagID(number(filter.NounTag, "vip"))}, OpenInboxes: []desk.InboxID{desk.InboxID(number(filter.NounInbox, "Shop"))},
		LastClose: Now.Add(-17 * time.Hour), Kinds: map[string][]desk.ChannelID{"email": {desk.ChannelID(number(filter.NounChannel, "support@example.com"))}},
	}
}

// Gen generates from a source of chance.
type Gen struct {
	Rand *rand.Rand
	// Plain leaves out tests of words, which need an index.
	Plain bool
	// Contacts are ids to ask for.
	Contacts []desk.ContactID
}

func pick[T any](g Gen, all []T) T { return all[g.Rand.IntN(len(all))] }

// Node generates a tree of at most some depth.
func (g Gen) Node(depth int) filter.Node {
	if depth <= 1 || g.Rand.IntN(3) == 0 {
		return g.test()
	}
	switch g.Rand.IntN(5) {
	case 0:
		return filter.Not(g.Node(depth - 1))
	case 1, 2:
		return filter.Any(g.nodes(depth)...)
	}
	return filter.All(g.nodes(depth)...)
}

func (g Gen) nodes(depth int) []filter.Node {
	all := make([]filter.Node, 1+g.Rand.IntN(3))
	for i := range all {
		all[i] = g.Node(depth - 1)
	}
	return all
}

func (g Gen) test() filter.Node {
	s := pick(g, filter.Fields)
	for g.Plain && s.Field == filter.Text {
		s = pick(g, filter.Fields)
	}
	op := pick(g, s.Ops)
	n := filter.Node{Field: s.Field, Op: op}
	count := 1
	if op == filter.Is || op == filter.HasAll {
		count = 1 + g.Rand.IntN(3)
	}
	if op == filter.Between {
		return filter.Test(s.Field, op, g.days()...)
	}
	for range count {
		n.Values = append(n.Values, g.value(s, op))
	}
	return n
}

// days are two days, the first not after the last one.
func (g Gen) days() []string {
	if g.Rand.IntN(3) == 0 {
		return pick(g, [][]string{{"today", "today"}, {"yesterday", "today"}, {"yesterday", "yesterday"}, {"2026-05-19", "today"}})
	}
	a := Now.AddDate(0, 0, -g.Rand.IntN(9))
	b := a.AddDate(0, 0, g.Rand.IntN(4))
	if g.Rand.IntN(4) == 0 {
		return []string{a.Format(time.RFC3339), b.Format(time.RFC3339)}
	}
	return []string{a.Format("2006-01-02"), b.Format("2006-01-02")}
}

func (g Gen) value(s filter.Spec, op filter.Op) string {
	switch s.Kind {
	case filter.KindThing:
		if s.Noun == filter.NounContact {
			if len(g.Contacts) > 0 {
				return pick(g, g.Contacts).String()
			}
			return ID(s.Noun, "somebody")
		}
		if op == filter.Is && len(s.Words) > 0 && g.Rand.IntN(3) == 0 {
			return pick(g, s.Words)
		}
		if s.Noun == filter.NounChannel && g.Rand.IntN(2) == 0 {
			return pick(g, named[filter.NounChannelKind])
		}
		return ID(s.Noun, pick(g, named[s.Noun]))
	case filter.KindLine:
		return pick(g, []string{"ada", "Ada Ek", "a", "0%", "_a", `q\`, "OR x", "-x", "is:open", "ö", "(a)", `"a"`, "it's a", "46 70", "AND1", "a,b+c", "“a”", "😀a"})
	case filter.KindCode:
		return pick(g, []string{"en", "sv", "pt-BR", "none", "EN"})
	case filter.KindNumber:
		return strconv.Itoa(g.Rand.IntN(6))
	case filter.KindTime:
		return pick(g, []string{"today", "yesterday", "2026-05-18", "7d", "1h", "2w", "30m", "last_close", "2026-05-20T03:00:00Z"})
	case filter.KindAhead:
		return pick(g, []string{"today", "2026-05-21", "2h", "1d", "2026-05-20T12:00:00Z"})
	}
	return pick(g, s.Words)
}

// Row generates a conversation as rows have it.
func (g Gen) Row() filter.Row {
	r := filter.Row{
		ID: desk.ConversationID(g.Rand.Int64N(1 << 40)), Inbox: some[desk.InboxID](g, filter.NounInbox, false), Contact: desk.ContactID(1 + g.Rand.IntN(5)),
		Assignee: some[desk.UserID](g, filter.NounUser, true), Team: some[desk.TeamID](g, filter.NounTeam, true),
		LastChannel: some[desk.ChannelID](g, filter.NounChannel, true), OpenedChannel: some[desk.ChannelID](g, filter.NounChannel, true),
		Category:  some[desk.CategoryID](g, filter.NounCategory, true),
		Status:    pick(g, []desk.Status{desk.StatusOpen, desk.StatusOpen, desk.StatusPending, desk.StatusResolved, desk.StatusClosed}),
		WaitingOn: pick(g, []desk.WaitingOn{desk.WaitingOnAgent, desk.WaitingOnCustomer, desk.WaitingOnNone}),
		Priority:  pick(g, []desk.Priority{desk.PriorityUrgent, desk.PriorityHigh, desk.PriorityNormal, desk.PriorityLow}),
		AIState:   pick(g, []desk.AIState{desk.AINone, desk.AIActive, desk.AIPaused}), SenderProof: pick(g, []desk.Proof{"", desk.ProofProven, desk.ProofUnproven, desk.ProofFailed}), NeedsHuman: pick(g, []desk.Flag{"", "", desk.FlagFrustrated, desk.FlagComplex}),
		OpenedSource: pick(g, []desk.Source{desk.SourceContact, desk.SourceUser}), Activity: g.time(), Opened: g.time(),
		WaitingSince: g.maybe(g.time()), DueDeadline: g.maybe(g.ahead()), SnoozedUntil: g.maybe(g.ahead()),
		SnoozeUntilReply: g.Rand.IntN(8) == 0, Replied: g.Rand.IntN(2) == 0, AssigneeReplied: g.Rand.IntN(2) == 0, TargetPassed: g.Rand.IntN(3) == 0,
		IsOverdue: g.Rand.IntN(4) == 0, IsEscalated: g.Rand.IntN(5) == 0, Messages: g.Rand.IntN(6), WithFiles: g.Rand.IntN(2), Problems: g.Rand.IntN(2), FollowUps: g.Rand.IntN(4), Rating: g.Rand.IntN(6),
	}
	if g.Rand.IntN(4) > 0 {
		r.LastFromCustomer = desk.MessageID((g.time()/1000-1704067200000)<<22 + g.Rand.Int64N(1<<22))
	}
	if r.Status == desk.StatusResolved {
		r.Resolved = g.time()
	}
	if r.Status == desk.StatusClosed {
		r.Closed, r.ClosedSource, r.Archived = g.time(), pick(g, []desk.Source{desk.SourceUser, desk.SourceTimer}), g.Rand.IntN(3) == 0
		if g.Rand.IntN(5) == 0 {
			r.Merged, r.Archived, r.ClosedSource = true, false, desk.SourceMerge
		}
	}
	r.To, r.Cc = g.people(), g.people()
	for range g.Rand.IntN(3) {
		if r.Merged {
			break
		}
		r.Tags = append(r.Tags, some[desk.TagID](g, filter.NounTag, false))
		r.Followers = append(r.Followers, some[desk.UserID](g, filter.NounUser, false))
	}
	return r
}

// people are recipients as mails name them.
func (g Gen) people() (all []string) {
	for range g.Rand.IntN(3) {
		all = append(all, pick(g, []string{"Ada Ek <ada@example.com>", "bo@x.se", `"Ö, (A)" <o@a.test>`, "a46 70@0.test", `"It's A,B" <q@or.example>`, "Åsa <is.open@b.c>", "70 46 <aND1@x.test>", "Ada"}))
	}
	return all
}

func some[T ~int64](g Gen, n filter.Noun, none bool) T {
	if none && g.Rand.IntN(3) == 0 {
		return 0
	}
	return T(number(n, pick(g, named[n])))
}

// time is one that has passed, often on an edge that conditions ask for.
func (g Gen) time() int64 {
	if g.Rand.IntN(4) == 0 {
		return pick(g, []time.Time{Now, Now.Add(-7 * 24 * time.Hour), Now.Add(-time.Hour), Now.Add(-17 * time.Hour), time.Date(2026, 5, 19, 22, 0, 0, 0, time.UTC)}).UnixMicro()
	}
	return Now.Add(-time.Duration(g.Rand.Int64N(int64(12 * 24 * time.Hour)))).Truncate(time.Microsecond).UnixMicro()
}

func (g Gen) ahead() int64 {
	return Now.Add(time.Duration(g.Rand.Int64N(int64(48*time.Hour))) - 12*time.Hour).Truncate(time.Microsecond).UnixMicro()
}

func (g Gen) maybe(at int64) int64 {
	if g.Rand.IntN(3) == 0 {
		return 0
	}
	return at
}
