package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/desk"
	"parley/filter"
)

// parts returns the order of a list as stretches, each walked by an index.
func (tx *Tx) parts(f Find) ([]part, error) {
	switch f.Sort {
	case SortOldest:
		return []part{{name: "a", streams: activity(f, true)}}, nil
	case SortNewestCreated, SortOldestCreated:
		rising := f.Sort == SortOldestCreated
		return []part{{name: "c", streams: created(f.Cond, rising), down: !rising}}, nil
	case SortWaiting:
		return waiting(f), nil
	case SortPriority:
		return byPriority(f), nil
	case SortCustomerType:
		return byCustomerType(tx, f), nil
	case SortAssignee, SortUnassigned:
		return tx.byAssignee(f)
	}
	return []part{newest(f, "a", clauses{}, clauses{})}, nil
}

// newest is a part with the newest activity first.
func newest(f Find, name string, walked, asked clauses) part {
	return part{name: name, walked: walked, asked: asked, streams: activity(f, false), down: true}
}

// statusStreams returns one stream for each index that has a status at its
// front, for those in which a filter can hold.
func statusStreams(states filter.States) (all []stream) {
	add := func(s filter.States, where string) {
		if states&s != 0 {
			all = append(all, stream{where: where, key: "c.last_activity_at", id: "c.id"})
		}
	}
	switch states & filter.StatesActive {
	case 0:
	case filter.StateOpen:
		add(filter.StateOpen, "c.status = 'open'")
	case filter.StatePending:
		add(filter.StatePending, "c.status = 'pending'")
	default:
		add(filter.StatesActive, "c."+activeSQL)
	}
	add(filter.StateResolved, "c.status = 'resolved'")
	add(filter.StateClosed, "c.status = 'closed' AND "+itselfSQL)
	return all
}

// activity returns the streams of an order by activity. Where tags are asked for,
// the indexes of the rarest are walked.
func activity(f Find, rising bool) []stream {
	streams := statusStreams(f.Cond.States())
	if len(f.tags) > 0 {
		streams = tagStreams(f.Cond.States(), f.tags)
	}
	for i := range streams {
		streams[i].rising = rising
	}
	return streams
}

// enough is how many conversations of a tag are counted to compare it with others.
const enough = 1000

// walkedTags returns tags of which every conversation of a filter has one, those that
// fewest have; none without them, and where active ones are asked for alone, who are
// few. The pages of a list all walk the same.
func (tx *Tx) walkedTags(f Find) ([]int64, error) {
	if f.Cond.States()&^filter.StatesActive == 0 {
		return nil, nil
	}
	sets := f.Cond.Tagged()
	if f.After != nil {
		if len(f.After.Tags) > 0 && !slices.ContainsFunc(sets, func(set []int64) bool { return slices.Equal(set, f.After.Tags) }) {
			return nil, errOrder
		}
		return f.After.Tags, nil
	}
	if len(sets) <= 1 {
		return slices.Concat(sets...), nil
	}
	var rarest []int64
	var fewest int64
	counted := map[int64]int64{}
	for _, set := range sets {
		total := int64(0)
		for _, tag := range set {
			n, ok := counted[tag]
			if !ok {
				var err error
				n, err = scanInt(tx.row("SELECT count(*) FROM (SELECT 1 AS one FROM conversation_tag WHERE workspace_id = ? AND tag_id = ? LIMIT ?) few", tx.scope.Workspace, tag, enough).Scan)
				if err != nil {
					return nil, err
				}
				counted[tag] = n
			}
			total += n
		}
		if rarest == nil || total < fewest {
			rarest, fewest = set, total
		}
	}
	return rarest, nil
}

// tagStreams walks the conversations of tags, active ones and others, each in the
// stream of its first tag; what is part of another one has none.
func tagStreams(states filter.States, tags []int64) (all []stream) {
	for i, tag := range tags {
		var others clauses
		if i > 0 {
			list, args := in(tags[:i])
			others = clause("NOT EXISTS (SELECT 1 FROM conversation_tag o WHERE o.workspace_id = w.workspace_id AND o.conversation_id = w.conversation_id AND o.tag_id IN "+list+")", args...)
		}
		for _, active := range []bool{true, false} {
			if active && states&filter.StatesActive == 0 {
				continue
			}
			all = append(all, stream{
				tag: true, where: "w.tag_id = ? AND w.active = ?",
				args: []any{tag, active}, key: "w.last_activity_at", id: "w.conversation_id", asked: others,
			})
		}
	}
	return all
}

// created returns the streams of an order by opening. What is active has an index
// of its own, so that a few old ones are found among many that have ended.
func created(c filter.Cond, rising bool) []stream {
	s := stream{where: itselfSQL, key: "c.opened_at", id: "c.id", rising: rising}
	if c.States()&^filter.StatesActive == 0 {
		s.where = "c." + activeSQL
	}
	return []stream{s}
}

// waitsSQL is whoever waits for us.
const waitsSQL = "c." + activeSQL + " AND c.waiting_on = 'agent' AND c.waiting_since IS NOT NULL"

// restSQL is everybody else.
const restSQL = "NOT (" + waitsSQL + ")"

// waiting is those who wait for us, longest in business time first, and then the
// rest by activity. Within inboxes that count time alike who began to wait first
// has waited longest; groups that count differently are merged by what they say.
func waiting(f Find) []part {
	var parts []part
	waits := part{name: "w", down: true, weigh: func(i int, since int64) int64 {
		return int64(f.Waits[i].Waited(time.UnixMicro(since), f.Now))
	}}
	for _, w := range f.Waits {
		s := stream{where: waitsSQL, key: "c.waiting_since", id: "c.id", rising: true}
		if len(f.Waits) > 1 {
			list, args := in(w.Inboxes)
			s.where, s.args = s.where+" AND c.inbox_id IN "+list, args
		}
		waits.streams = append(waits.streams, s)
	}
	if len(waits.streams) > 0 && f.Cond.States()&filter.StatesActive != 0 {
		parts = append(parts, waits)
	}
	return append(parts, rest(f, "r", clauses{}))
}

// rest is a part with everybody who does not wait for us. Where only those are asked
// for who do, it is those of whom nobody knows since when.
func rest(f Find, name string, walked clauses) part {
	if !slices.ContainsFunc(f.Cond.Required(), (*filter.Ready).WaitsForAgent) {
		return newest(f, name, walked, clause(restSQL))
	}
	return part{name: name, walked: walked, down: true, streams: []stream{{where: "c." + activeSQL + " AND c.waiting_on = 'agent' AND c.waiting_since IS NULL", key: "c.last_activity_at", id: "c.id"}}}
}

// byPriority is urgent before high before normal before low; in each those who
// wait for us, longest first, and then the rest by activity (F2-07).
func byPriority(f Find) (parts []part) {
	for _, p := range []desk.Priority{desk.PriorityUrgent, desk.PriorityHigh, desk.PriorityNormal, desk.PriorityLow} {
		if !f.Cond.Allows(filter.Priority, string(p)) {
			continue
		}
		where := "c.priority = '" + string(p) + "'"
		if p != desk.PriorityNormal { // as in the index of what is not
			where += " AND c.priority <> 'normal'"
		}
		if f.Cond.States()&filter.StatesActive != 0 {
			parts = append(parts, part{name: "w " + string(p), walked: clause(where), streams: []stream{{where: waitsSQL, key: "c.waiting_since", id: "c.id", rising: true}}})
		}
		parts = append(parts, rest(f, "r "+string(p), clause(where)))
	}
	return parts
}

// byCustomerType is VIP, returning, new; in each the newest activity first (F2-08).
// Who is new and who is not have an index, in which each status stands by itself.
func byCustomerType(tx *Tx, f Find) []part {
	vip := make([]int64, len(f.VIP))
	for i, id := range f.VIP {
		vip[i] = int64(id)
	}
	parts := make([]part, 0, 3)
	for _, w := range []string{"vip", "returning", "new"} {
		if !f.Cond.Allows(filter.CustomerType, w) || w == "vip" && len(vip) == 0 {
			continue
		}
		k := compiler{tx: tx}
		k.customerType(w, vip)
		p := newest(f, w, clauses{}, clause(k.b.String(), k.args...))
		if w != "vip" && len(f.tags) == 0 {
			p.streams = returningStreams(f.Cond.States(), w == "returning")
		}
		parts = append(parts, p)
	}
	return parts
}

// returningStreams walks who is new, or who is not, in each status.
func returningStreams(states filter.States, returning bool) (all []stream) {
	for _, s := range []filter.States{filter.StateOpen, filter.StatePending, filter.StateResolved, filter.StateClosed} {
		for _, one := range statusStreams(states & s) {
			one.where = "c.is_returning = " + strings.ToUpper(strconv.FormatBool(returning)) + " AND " + one.where
			all = append(all, one)
		}
	}
	return all
}

// byAssignee is one part for each person by their name, and one for nobody (F2-09).
func (tx *Tx) byAssignee(f Find) ([]part, error) {
	people, err := tx.assignees(f)
	if err != nil {
		return nil, err
	}
	parts := make([]part, 0, len(people)+1)
	nobody := newest(f, "nobody", clause("c.assignee_id IS NULL"), clauses{})
	if f.Sort == SortUnassigned {
		parts = append(parts, nobody)
	}
	for _, p := range people {
		parts = append(parts, newest(f, p.String(), clause("c.assignee_id = ?", p), clauses{}))
	}
	if f.Sort == SortAssignee {
		parts = append(parts, nobody)
	}
	return parts, nil
}

// assignees returns everybody who has some of the conversations, or who may, by
// name. Only what is active is few enough to be asked beforehand.
func (tx *Tx) assignees(f Find) ([]desk.UserID, error) {
	where, args := "c.workspace_id = m.workspace_id AND c.assignee_id = m.user_id", []any{tx.scope.Workspace}
	if f.Cond.States()&^filter.StatesActive == 0 {
		sql, more, err := tx.condition(f.Cond, true)
		if err != nil {
			return nil, err
		}
		where, args = where+" AND c."+activeSQL+" AND "+sql, append(args, more...)
	}
	type person struct {
		id   desk.UserID
		name string
	}
	all, err := collect(tx, func(scan func(...any) error) (p person, err error) { err = scan(&p.id, &p.name); return p, err },
		`SELECT m.user_id, p.name FROM member m JOIN person p ON p.id = m.user_id WHERE m.workspace_id = ? AND EXISTS (SELECT 1 FROM conversation c WHERE `+where+`)`, args...)
	slices.SortFunc(all, func(a, b person) int {
		if order := strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)); order != 0 {
			return order
		}
		return cmp.Compare(a.id, b.id)
	})
	ids := make([]desk.UserID, len(all))
	for i, p := range all {
		ids[i] = p.id
	}
	return ids, err
}
