package reference_test

import (
	"slices"
	"time"
)

// reply is E2.
func (m *model) reply(t *talk, who string) string {
	reopens := t.status == "closed" && m.set.agentReopens
	switch {
	case t.archived(), t.status == "closed" && !m.set.perThread && !m.set.agentReopens:
		return conflict
	case reopens && m.blocked[t.customer]:
		return forbidden
	case reopens && m.open(t.customer) != nil:
		return conflict
	}
	wasOpen, was := t.status == "open", *t
	t.last = nil
	m.wakes(t)
	if reopens {
		m.reopened(t)
	}
	if !m.set.keepsAI {
		m.toTeam(t)
	}
	t.flag = ""
	t.messages++
	if t.firstResponse.IsZero() {
		t.firstResponse, t.firstResponder = m.now, who
	}
	if t.assignee == who && t.repliedAt.IsZero() {
		t.repliedAt = m.now
	}
	m.answered(t)
	t.inactive = m.now
	m.letters[t.number] = append(m.letters[t.number], "queued")
	if wasOpen && m.set.pends && !m.set.noPending {
		m.pending(t, "customer") // T11
	}
	m.arm(t)
	if m.set.window > 0 {
		t.last = &step{was: was, until: m.now.Add(m.set.window), letter: len(m.letters[t.number]) - 1}
	}
	return ""
}

// answered moves the turn to the customer.
func (m *model) answered(t *talk) {
	if t.firstReply.IsZero() {
		t.firstReply = m.now
	}
	if t.waiting != "customer" {
		t.since = m.now
	}
	t.waiting, t.followUps, t.lastSent = "customer", 0, m.now
	m.word(t)
}

// aiAnswer is E3, computed under an epoch; flag asks for a person.
func (m *model) aiAnswer(t *talk, epoch int, says bool, flag string) string {
	if says || flag != "" || !t.active() || t.ai != "active" || t.epoch != epoch {
		t.last = nil
	}
	if !t.active() || t.ai != "active" || t.epoch != epoch {
		return "" // refused, and logged (T28, S-10)
	}
	since, followUps, waited := t.since, t.followUps, t.waiting == "agent"
	if says {
		t.messages++
		if !m.set.uncounted {
			m.answered(t)
		}
	}
	if flag == "" {
		return ""
	}
	if !waited {
		since, followUps = t.customerSent, 0
	}
	t.flag, t.waiting, t.since, t.followUps = flag, "agent", since, followUps
	if m.set.stopsOnFlag {
		t.ai, t.aiSince, t.epoch = "paused", m.now, t.epoch+1
		m.arm(t)
	}
	return ""
}

func (m *model) takeOver(t *talk, who string) string {
	switch {
	case t.status == "closed", t.ai == "none", t.ai == "paused" && t.assignee != "" && t.assignee != who:
		return conflict
	}
	return m.assign(t, who)
}

func (m *model) handBack(t *talk, unassign bool) string {
	switch {
	case t.status == "closed", !m.set.ai:
		return conflict
	}
	m.keep(t, func() {
		if t.ai != "active" || t.flag != "" {
			m.toAI(t)
		}
		if unassign {
			t.assignee, t.assignedAt, t.repliedAt = "", time.Time{}, time.Time{}
		}
	})
	return ""
}

// assign is E30; it stops the AI agent.
func (m *model) assign(t *talk, to string) string {
	if to == "vera" {
		return invalid // a viewer cannot have one (1.8)
	}
	m.keep(t, func() {
		if t.assignee != to {
			t.assignee, t.assignedAt, t.repliedAt = to, m.now, time.Time{}
		}
		m.toTeam(t)
	})
	return ""
}

func (m *model) unassign(t *talk) string {
	m.keep(t, func() { t.assignee, t.assignedAt, t.repliedAt = "", time.Time{}, time.Time{} })
	return ""
}

func (m *model) note(t *talk) string {
	m.keep(t, func() { t.messages++ })
	return ""
}

func (m *model) prioritize(t *talk, p, reason string) string {
	m.keep(t, func() { t.priority, t.reason = p, reason })
	return ""
}

func (m *model) tag(t *talk, add, remove string) string {
	m.keep(t, func() {
		t.tags = slices.DeleteFunc(slices.Clone(t.tags), func(x string) bool { return x == remove })
		if add != "" && !slices.Contains(t.tags, add) {
			t.tags = append(t.tags, add)
			slices.Sort(t.tags)
		}
	})
	return ""
}

func (m *model) pend(t *talk, reason string, note bool) string {
	switch {
	case !t.active(), m.set.noPending:
		return conflict
	case reason == "external" && !note:
		return invalid
	}
	m.keep(t, func() {
		if note {
			t.messages++
		}
		if t.status != "pending" || t.pendingFor != reason || note {
			m.pending(t, reason)
		}
	})
	return ""
}

// word of how it ended: the closing note of F4-23, and a last word to the customer.
type ending struct{ summary, category, message string }

// noted says what is missing of a closing note, by the mode of the inbox; what was
// said when it was resolved counts.
func (m *model) noted(t *talk, e ending) string {
	summary, category := e.summary, e.category
	if t.status == "resolved" {
		if summary == "" {
			summary = t.summary
		}
		if category == "" {
			category = t.category
		}
	}
	switch mode := m.set.note; {
	case e.category == "fax": // no longer used
		return invalid
	case mode == "disabled" && (e.summary != "" || e.category != ""):
		return invalid
	case (mode == "category_required" || mode == "both_required") && category == "":
		return invalid
	case mode == "both_required" && summary == "":
		return invalid
	}
	return ""
}

func (m *model) resolve(t *talk, who string, e ending) string {
	switch {
	case t.status == "resolved":
		return ""
	case t.status == "closed":
		return conflict
	case m.set.noResolved:
		return m.close(t, who, e)
	}
	return m.ends(t, e, func() {
		t.rested()
		t.status, t.resolvedAt, t.summary, t.category = "resolved", m.now, e.summary, e.category
		t.awake()
	})
}

func (m *model) close(t *talk, who string, e ending) string {
	if t.status == "closed" {
		return ""
	}
	return m.ends(t, e, func() { m.end(t, "user", who, e) })
}

// ends ends it with a note; a last word that has gone out is not taken back.
func (m *model) ends(t *talk, e ending, change func()) string {
	if m.blocked[t.customer] {
		return forbidden
	}
	if why := m.noted(t, e); why != "" {
		return why
	}
	m.keep(t, func() {
		if e.message != "" {
			t.messages++
		}
		change()
	})
	if e.message != "" {
		m.letters[t.number] = append(m.letters[t.number], "queued")
		t.last = nil
	}
	return ""
}

func (m *model) end(t *talk, source, by string, e ending) {
	if e.summary != "" {
		t.summary = e.summary
	}
	if e.category != "" {
		t.category = e.category
	}
	t.rested()
	t.status, t.closedAt, t.closedSource, t.closedBy = "closed", m.now, source, by
	t.awake()
	t.hold(true)
}

// block is E33: it closes what is open (D-36).
func (m *model) block(customer, who string) (closed []*talk) {
	if m.blocked[customer] {
		return nil
	}
	m.blocked[customer] = true
	for _, t := range m.all {
		if t.customer == customer && t.active() {
			m.keep(t, func() { m.end(t, "blocked", who, ending{}) })
			closed = append(closed, t)
		}
	}
	return closed
}

// rank is how far a message has come; what failed has come nowhere.
func rank(state string) int {
	return slices.Index([]string{"failed", "queued", "unknown", "sent", "delivered", "read", "recalled"}, state)
}

// settle is what a channel says of a message: it never goes back, but for a
// failure of what nobody has seen arrive.
func (m *model) settle(t *talk, i int, state string) string {
	switch was := m.letters[t.number][i]; {
	case state == "failed" && rank(was) < rank("delivered"), state != "failed" && rank(state) > rank(was):
		if was != state {
			m.letters[t.number][i], t.last = state, nil
		}
	}
	return ""
}

// retry sends again what failed or may not have arrived.
func (m *model) retry(t *talk, i int) string {
	if was := m.letters[t.number][i]; was != "failed" && was != "unknown" {
		return conflict
	}
	m.letters[t.number][i], t.last = "queued", nil
	return ""
}

// problems counts the messages of a conversation that failed or may not have arrived.
func (m *model) problems(t *talk) (n int) {
	for _, state := range m.letters[t.number] {
		if state == "failed" || state == "unknown" {
			n++
		}
	}
	return n
}

func (m *model) reopen(t *talk) string {
	switch {
	case t.status == "open":
		return ""
	case t.archived():
		return conflict
	case m.blocked[t.customer]:
		return forbidden
	case !t.active() && m.open(t.customer) != nil:
		return conflict
	}
	m.keep(t, func() {
		if !t.active() && t.waiting == "agent" { // T26: not in the past
			t.since, t.followUps = m.now, 0
		}
		m.reopened(t)
	})
	return ""
}

func (m *model) archive(t *talk) string {
	switch {
	case t.archived():
		return ""
	case t.status != "closed":
		return conflict
	}
	m.keep(t, func() { t.archivedAt = m.now })
	return ""
}

func (m *model) unarchive(t *talk) string {
	m.keep(t, func() { t.archivedAt = time.Time{} })
	return ""
}

func (m *model) sleep(t *talk, until time.Time, untilReply bool) string {
	switch {
	case !t.active():
		return conflict
	case until.IsZero() && !untilReply, !until.IsZero() && !until.After(m.now):
		return invalid
	}
	m.keep(t, func() { t.snooze, t.snoozeReply = until, untilReply })
	return ""
}

func (m *model) wake(t *talk) string {
	m.keep(t, func() { m.wakes(t) })
	return ""
}

// write begins a conversation from the team's side (T2).
func (m *model) write(customer, who string, supersede bool) (*talk, string) {
	if m.blocked[customer] {
		return nil, forbidden
	}
	if !m.set.perThread {
		if m.open(customer) != nil {
			return nil, conflict
		}
		if t := m.newest(customer, "resolved"); t != nil {
			if !supersede {
				return nil, conflict
			}
			t.last = nil
			m.end(t, "superseded", who, ending{})
		}
	}
	return m.begin(customer, "user", who), ""
}
