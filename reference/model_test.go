// Package reference_test holds the product against a second, simple telling of its
// specification: random commands from many actors at random times are given to
// the program and to the model here, and after every step both must agree.
package reference_test

import (
	"slices"
	"strings"
	"time"
)

// model is section 2 of the specification, told anew: it shares nothing with the
// program. Refusals are named by their kind.
type model struct {
	set    settings
	now    time.Time
	all    []*talk
	lines  map[string]*talk // by thread key
	looked time.Time        // when the timers rang last

	rings   map[string]int // what timers did
	blocked map[string]bool
	letters map[int][]string // what went out, by the number of the conversation: how far each has come
	gone    []due            // what was scheduled and was sent when the timers rang last
}

// settings are those of 1.4 that have a meaning for the model. Times are minutes.
type settings struct {
	perThread                                          bool
	afterClose                                         string // "", reopen, new, reopen_within
	days                                               int
	agentReopens, forget, noResolved, noPending, pends bool
	closeResolved, archiveClosed                       int
	ai, keepsAI, stopsOnFlag, uncounted                bool
	closeInactive, followUp                            int
	window                                             time.Duration // for how long a reply can be taken back
	note                                               string        // "", disabled, optional, category_required, both_required
}

// talk is a conversation: the axes A to L of 1.2.
type talk struct {
	number                          int
	customer                        string
	status, waiting                 string
	since                           time.Time
	followUps                       int
	assignee                        string
	assignedAt, repliedAt           time.Time
	ai, flag                        string
	epoch                           int
	aiSince                         time.Time
	snooze                          time.Time
	snoozeReply                     bool
	archivedAt                      time.Time
	priority, reason                string
	firstReply, firstResponse       time.Time
	firstResponder                  string
	pendingFor                      string
	resolvedAt, closedAt            time.Time
	closedSource, closedBy, summary string
	category                        string
	inactive                        time.Time // since when only people of the team have spoken
	pended, quiet                   time.Time // when it was set to pending, and the last word since
	openedSource, openedBy          string
	previous                        int
	tags                            []string
	messages, customerSaid          int
	lastSent, customerSent          time.Time
	read                            map[string]int
	plans                           []plan
	counted                         int // what is scheduled, of one that is only printed

	last  *step              // what can be taken back at once
	rang  time.Time          // the closing for which the archiving timer has rung
	rests map[time.Time]bool // beginnings of rests whose timer is still to ring; shared by all copies
}

// step is a command that can be taken back, and what was before.
type step struct {
	was    talk
	until  time.Time // of a reply that waits before it leaves
	letter int       // which one
}

// Refusals; "" is none.
const (
	conflict  = "conflict"
	invalid   = "invalid"
	forbidden = "forbidden"
)

func (t *talk) active() bool   { return t.status == "open" || t.status == "pending" }
func (t *talk) archived() bool { return !t.archivedAt.IsZero() }
func (t *talk) awake()         { t.snooze, t.snoozeReply = time.Time{}, false }
func (t *talk) asleep() bool   { return t.snoozeReply || !t.snooze.IsZero() }

// wakes ends a snooze: from then on it rests, and is quiet, anew (5.6, T8).
func (m *model) wakes(t *talk) {
	if !t.asleep() {
		return
	}
	t.awake()
	if !t.inactive.IsZero() {
		t.inactive = m.now
		m.arm(t)
	}
	m.word(t)
}

// word says that somebody of the team has just written, or was just reminded.
func (m *model) word(t *talk) {
	if m.set.followUp > 0 && t.status == "pending" {
		t.quiet = m.now
	}
}

// arm sets the timer of T18, where it applies: not while an AI answers, nor while
// it sleeps.
func (m *model) arm(t *talk) {
	if m.set.closeInactive > 0 && m.mayRest(t) {
		t.rests[t.inactive] = true
	}
}

func (m *model) mayRest(t *talk) bool {
	return t.active() && !t.inactive.IsZero() && !t.asleep() && t.ai != "active"
}

// pending sets it to pending (T8, T11).
func (m *model) pending(t *talk, why string) {
	t.status, t.pendingFor, t.pended = "pending", why, m.now
	t.quiet = time.Time{}
	m.word(t)
}

// rested ends Pending, whatever comes.
func (t *talk) rested() { t.pendingFor, t.pended, t.quiet = "", time.Time{}, time.Time{} }

// label is the one word of a row, in the order of 1.2.
func (t *talk) label(now time.Time) string {
	switch {
	case t.archived():
		return "Archived"
	case t.status == "closed":
		return "Closed"
	case t.status == "resolved":
		return "Resolved"
	case t.snoozeReply || t.snooze.After(now):
		return "Snoozed"
	case t.status == "pending":
		return "Pending"
	case t.firstReply.IsZero() && t.customerSaid > 0:
		return "New"
	case t.waiting == "agent":
		return "Needs attention"
	case t.waiting == "customer":
		return "Responded"
	}
	return "Open"
}

// stage is the stop on the lifecycle strip: from the right, the first that is true.
func (t *talk) stage() string {
	switch {
	case t.archived():
		return "archived"
	case t.status == "closed", t.status == "resolved":
		return t.status
	case t.assignee != "" && !t.repliedAt.IsZero():
		return "in_progress"
	case t.assignee != "":
		return "assigned"
	case !t.firstReply.IsZero():
		return "open"
	}
	return "new"
}

// begin opens a conversation (T1, T2).
func (m *model) begin(customer, source, by string) *talk {
	t := &talk{
		number: len(m.all) + 1, customer: customer, status: "open", waiting: "none", ai: "none", priority: "normal", openedSource: source, openedBy: by, read: map[string]int{}, rests: map[time.Time]bool{},
	}
	if m.set.ai && source != "automatic" {
		t.ai, t.epoch, t.aiSince = "active", 1, m.now
	}
	m.all = append(m.all, t)
	return t
}

// open returns the active conversation of a customer (INV-1).
func (m *model) open(customer string) *talk {
	for _, t := range m.all {
		if !m.set.perThread && t.customer == customer && t.active() {
			return t
		}
	}
	return nil
}

// newest returns the newest conversation of a customer in a status that routing
// may choose.
func (m *model) newest(customer, status string) *talk {
	for _, t := range slices.Backward(m.all) {
		if t.customer == customer && t.status == status && !t.archived() && t.closedSource != "automatic" {
			return t
		}
	}
	return nil
}

// reopens says whether a customer's message opens a closed conversation again
// (T22, T23).
func (m *model) reopens(t *talk) bool {
	switch m.set.afterClose {
	case "reopen":
		return true
	case "reopen_within":
		return m.now.Before(t.closedAt.AddDate(0, 0, m.set.days))
	case "new":
		return false
	}
	return m.set.perThread
}

// post is a customer's message: routing (1.3) and E1. Of a blocked customer
// nothing is taken in.
func (m *model) post(customer string, sent time.Time, auto bool, answers, key string) *talk {
	if m.blocked[customer] {
		return nil
	}
	var join, before *talk
	if m.set.perThread {
		if t := m.lines[answers]; t != nil {
			if join = t; t.status == "closed" && !t.archived() && !m.reopens(t) {
				join, before = nil, t
			} else if t.customer != customer {
				auto = true // a stranger who knows of a thread is no part of it: what they write waits
			}
		}
	} else if join = m.open(customer); join == nil {
		if join = m.newest(customer, "resolved"); join == nil {
			if t := m.newest(customer, "closed"); t != nil && m.reopens(t) {
				join = t
			} else {
				before = t
			}
		}
	}
	if join == nil {
		source := "contact"
		if auto {
			source = "automatic"
		}
		join = m.begin(customer, source, "")
		if before != nil {
			join.previous = before.number
		}
		if auto {
			join.status, join.closedAt, join.closedSource = "closed", m.now, "automatic"
		}
	}
	if key != "" && m.lines[key] == nil {
		m.lines[key] = join
	}
	m.said(join, sent, auto)
	return join
}

// said is E1 on the axes.
func (m *model) said(t *talk, sent time.Time, auto bool) {
	t.last = nil
	t.messages++
	if t.archived() {
		return // frozen: the timeline grows, nothing else
	}
	t.customerSaid++
	t.customerSent = sent
	if auto {
		return
	}
	t.hold(false)
	m.wakes(t)
	fresh := false
	if t.status != "open" {
		ended := t.status
		fresh = ended != "pending" && t.waiting == "agent"
		m.reopened(t)
		if m.set.forget && ended != "pending" {
			t.assignee, t.assignedAt, t.repliedAt = "", time.Time{}, time.Time{}
		}
		again := ended == "closed" || ended == "resolved" && t.assignee == ""
		if m.set.ai && again && (t.ai != "active" || t.flag != "") {
			m.toAI(t)
		}
	}
	late, burst := sent.Before(t.lastSent), sent.Sub(t.lastSent).Abs() < time.Minute // D-13
	if !late {
		t.lastSent, t.inactive = sent, time.Time{}
	}
	switch {
	case late && t.waiting != "agent":
	case t.waiting == "agent" && !fresh:
		if !sent.Before(t.since) && !burst {
			t.followUps++
		}
	default:
		t.waiting, t.since, t.followUps = "agent", sent, 0
	}
}

func (m *model) reopened(t *talk) {
	t.rested()
	t.status, t.summary, t.category = "open", "", ""
	t.resolvedAt, t.closedAt, t.closedSource, t.closedBy = time.Time{}, time.Time{}, "", ""
}

func (m *model) toAI(t *talk) { t.ai, t.flag, t.aiSince, t.epoch = "active", "", m.now, t.epoch+1 }

// toTeam is what stops the AI agent: it does nothing where the team has it already.
func (m *model) toTeam(t *talk) {
	if t.ai == "active" || t.flag != "" {
		t.ai, t.flag, t.aiSince, t.epoch = "paused", "", m.now, t.epoch+1
		m.arm(t) // from the last message of a person (5.6)
	}
}

// keep makes a change that can be taken back, unless it changes nothing.
func (m *model) keep(t *talk, change func()) {
	was := *t
	change()
	if !t.same(was) {
		t.last = &step{was: was}
	}
}

// same compares what a change may change.
func (t *talk) same(o talk) bool {
	a, b := *t, o
	a.last, b.last, a.read, b.read, a.rests, b.rests = nil, nil, nil, nil, nil, nil
	same := slices.Equal(a.tags, b.tags) && slices.Equal(a.plans, b.plans)
	a.tags, b.tags = nil, nil
	return same && a.print() == b.print() && a.messages == b.messages
}

// undo takes back what was done last; only the epoch never goes back.
func (m *model) undo(t *talk) string {
	was := t.last.was
	other := m.open(t.customer)
	switch {
	case was.active() && !t.active() && m.blocked[t.customer]:
		return forbidden
	case was.active() && !t.active() && other != nil && other != t:
		return conflict
	case t.active() && !was.snooze.IsZero() && !was.snooze.After(m.now) && was.snooze != t.snooze:
		return conflict // the moment has passed
	case m.late(t, &was):
		return conflict
	case !t.last.until.IsZero() && !m.now.Before(t.last.until):
		return conflict // it has left
	}
	recalled := t.last
	now := *t
	back := was
	back.read, back.last, back.epoch, back.rang = t.read, &step{was: now}, t.epoch, t.rang
	if !recalled.until.IsZero() {
		m.letters[t.number][recalled.letter], back.last = "recalled", nil
		m.rings["recalled"]++
	}
	for _, p := range now.plans[len(was.plans):] { // what was scheduled is cancelled
		p.state = "cancelled"
		back.plans = append(slices.Clone(back.plans), p)
	}
	if was.status == "closed" && now.status != "closed" {
		back.rang = time.Time{}
	}
	if back.ai != now.ai || back.flag != now.flag || !back.aiSince.Equal(now.aiSince) {
		back.epoch++
	}
	*t = back
	switch {
	case t.status != "pending" || m.set.followUp == 0:
		t.quiet = time.Time{}
	case t.pended.Equal(now.pended): // it was pending all the time: no word is taken back
		t.quiet = now.quiet
	case t.quiet.IsZero():
		t.quiet = m.now
	}
	if now.asleep() && !t.asleep() { // it wakes, which is a word
		m.word(t)
	}
	if now.ai == "active" && t.ai == "paused" {
		m.arm(t)
	}
	return ""
}

// timers does what time does (E15, E16, E17). A snooze ends when its moment comes;
// one that is put back after it stays as it was. What was unarchived by hand is
// not archived again for the same closing, and what automatic mail made was never
// closed by anybody.
func (m *model) timers() {
	for _, t := range m.all {
		if t.active() && t.snooze.After(m.looked) && !t.snooze.After(m.now) {
			t.last = nil
			m.wakes(t)
		}
	}
	for _, t := range m.all {
		if m.set.closeInactive > 0 {
			m.rest(t)
		}
	}
	for _, t := range m.all {
		if m.set.closeResolved > 0 && t.status == "resolved" && m.over(t.resolvedAt, m.set.closeResolved) {
			t.last = nil
			m.end(t, "timer", "", ending{})
		}
	}
	for _, t := range m.all {
		if m.set.archiveClosed == 0 || t.status != "closed" || t.closedSource == "automatic" || !m.over(t.closedAt, m.set.archiveClosed) || t.rang.Equal(t.closedAt) {
			continue
		}
		if t.rang = t.closedAt; !t.archived() {
			t.last = nil
			t.archivedAt = m.now
		}
	}
	for _, t := range m.all {
		if t.active() && t.status == "pending" && !t.quiet.IsZero() && !t.asleep() && m.over(t.quiet, m.set.followUp) {
			m.rings["reminded"]++
			t.quiet = m.now // somebody is reminded, and again in as long
		}
	}
	m.dispatch()
	m.looked = m.now
}

// rest is T18: a timer rings once for the beginning of a rest, and closes what has
// rested since then.
func (m *model) rest(t *talk) {
	for since := range t.rests {
		if !m.over(since, m.set.closeInactive) {
			continue
		}
		delete(t.rests, since)
		if m.mayRest(t) && t.inactive.Equal(since) {
			t.last = nil
			m.rings["closed in silence"]++
			m.end(t, "timer", "", ending{})
		}
	}
}

// due is when somebody is reminded of what is pending.
func (m *model) due(t *talk) time.Time {
	if t.quiet.IsZero() {
		return t.quiet
	}
	return t.quiet.Add(time.Duration(m.set.followUp) * time.Minute)
}

func (m *model) over(since time.Time, minutes int) bool {
	return !since.Add(time.Duration(minutes) * time.Minute).After(m.now)
}

// print writes every axis, to be compared.
func (t *talk) print() string {
	at := func(x time.Time) string {
		if x.IsZero() {
			return "-"
		}
		return x.UTC().Format("02T15:04:05")
	}
	var b strings.Builder
	for _, line := range [][]string{
		{"status", t.status, t.pendingFor}, {"waiting", t.waiting, at(t.since), itoa(t.followUps)},
		{"assignee", t.assignee, at(t.assignedAt), at(t.repliedAt)}, {"ai", t.ai, itoa(t.epoch), at(t.aiSince), t.flag},
		{"snooze", at(t.snooze), yes(t.snoozeReply)}, {"archived", at(t.archivedAt)}, {"priority", t.priority, t.reason},
		{"first", at(t.firstReply), at(t.firstResponse), t.firstResponder},
		{"end", at(t.resolvedAt), at(t.closedAt), t.closedSource, t.closedBy, t.summary, t.category}, {"rests", at(t.inactive), at(t.quiet)},
		{"begin", t.openedSource, t.openedBy, itoa(t.previous)}, {"tags", strings.Join(t.tags, " ")}, {"messages", itoa(t.messages)}, {"scheduled", itoa(t.scheduled())},
	} {
		b.WriteString(strings.Join(line, " ") + "\n")
	}
	return b.String()
}
