package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/filter"
)

// Sort is the order of a list.
type Sort string

// The orders. Where two are alike, the newer conversation stands on the side of
// the newer ones.
const (
	SortNewest        Sort = "newest" // newest activity first (F2-06)
	SortOldest        Sort = "oldest" // oldest activity first
	SortNewestCreated Sort = "newest_created"
	SortOldestCreated Sort = "oldest_created"
	SortWaiting       Sort = "waiting"       // who has waited longest for us, in business time
	SortPriority      Sort = "priority"      // urgent, high, normal, low; then who has waited longest (F2-07)
	SortCustomerType  Sort = "customer_type" // VIP, returning, new; then newest activity (F2-08)
	SortAssignee      Sort = "assignee"      // by name, unassigned last (F2-09)
	SortUnassigned    Sort = "unassigned"    // by name, unassigned first
)

// Sorts are all of them, in the order of the screen.
var Sorts = []Sort{SortNewest, SortOldest, SortNewestCreated, SortOldestCreated, SortWaiting, SortPriority, SortCustomerType, SortAssignee, SortUnassigned}

// Find is a question for conversations in an order.
type Find struct {
	Cond filter.Cond
	Sort Sort
	// Waits are groups of inboxes that count time alike, for SortWaiting. Inboxes
	// in none of them are not listed among those who wait.
	Waits []Wait
	// VIP are the tags that make a customer a VIP, for SortCustomerType.
	VIP   []desk.TagID
	Now   time.Time
	After *Spot // the end of the page before; nil for the first page
	Limit int

	tags []int64 // those whose indexes orders by activity walk side by side, or none
}

// Wait is inboxes that count the time of a wait alike.
type Wait struct {
	Inboxes []desk.InboxID
	// Waited returns how long that was in business time.
	Waited func(since, now time.Time) time.Duration
}

// Spot is where a page ends: in which part of the order, and behind which row of
// each of its streams.
type Spot struct {
	Part string    `json:"p"`
	Now  int64     `json:"n"`           // the moment that waits are measured at, the same for all pages
	Tags []int64   `json:"t,omitempty"` // those whose indexes are walked, the same for all pages
	Ends []SpotEnd `json:"e"`
}

// SpotEnd is the last row that was taken from a stream.
type SpotEnd struct {
	Key int64               `json:"k"`
	ID  desk.ConversationID `json:"i"`
}

// part is a stretch of an order: everything in it comes before the next part.
// Its streams are walked side by side and merged.
type part struct {
	name    string
	walked  clauses // about columns that an index begins with
	asked   clauses // what is asked of each row besides
	streams []stream
	// weigh makes keys of streams comparable; nil compares them as they are.
	weigh func(stream int, key int64) int64
	down  bool // the largest first
}

// stream is rows that an index has in the order of a part.
type stream struct {
	tag    bool // walks the conversations w of a tag
	where  string
	args   []any
	asked  clauses // what is asked of each of its rows
	key    string  // a column that is not NULL in it
	id     string
	rising bool // walked from the smallest key
}

// found is a row of a page before it is read whole.
type found struct {
	stream int
	key    int64
	weight int64
	id     desk.ConversationID
}

var errOrder = desk.Errorf(desk.Invalid, "The order of this list has changed. Leave the cursor out for its first page.")

// Found returns a page of conversations, and where it ends; nil when it is the
// last page.
func (tx *Tx) Found(f Find) ([]desk.Conversation, *Spot, error) {
	if f.After != nil {
		f.Now = time.UnixMicro(f.After.Now)
	}
	var err error
	if f.tags, err = tx.walkedTags(f); err != nil {
		return nil, nil, err
	}
	parts, err := tx.parts(f)
	if err != nil {
		return nil, nil, err
	}
	at := 0
	if f.After != nil {
		at = slices.IndexFunc(parts, func(p part) bool { return p.name == f.After.Part })
		if at < 0 || len(f.After.Ends) != len(parts[at].streams) {
			return nil, nil, errOrder
		}
	}
	var ids []desk.ConversationID
	for ; at < len(parts); at++ {
		p := parts[at]
		ends := make([]SpotEnd, len(p.streams))
		if f.After != nil {
			copy(ends, f.After.Ends)
			f.After = nil
		}
		rows, err := tx.partRows(f, p, ends, f.Limit+1-len(ids))
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			if len(ids) == f.Limit {
				all, err := tx.inOrder(ids)
				return all, &Spot{p.name, f.Now.UnixMicro(), f.tags, ends}, err
			}
			ids = append(ids, r.id)
			ends[r.stream] = SpotEnd{r.key, r.id}
		}
	}
	all, err := tx.inOrder(ids)
	return all, nil, err
}

// inOrder reads conversations whole.
func (tx *Tx) inOrder(ids []desk.ConversationID) ([]desk.Conversation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := tx.Conversations(ids)
	place := make(map[desk.ConversationID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(all, func(a, b desk.Conversation) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return all, err
}

// partRows merges the streams of a part behind their ends. Each stream is taken
// in its own order, so that its end is a place in it.
func (tx *Tx) partRows(f Find, p part, ends []SpotEnd, limit int) ([]found, error) {
	streams := make([][]found, len(p.streams))
	for i, s := range p.streams {
		rows, err := tx.streamRows(f, p, s, ends[i], limit)
		if err != nil {
			return nil, err
		}
		for j := range rows {
			rows[j].stream, rows[j].weight = i, rows[j].key
			if p.weigh != nil {
				rows[j].weight = p.weigh(i, rows[j].key)
			}
		}
		streams[i] = rows
	}
	var all []found
	for len(all) < limit {
		best := -1
		for i, rows := range streams {
			if len(rows) > 0 && (best < 0 || p.before(rows[0], streams[best][0])) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		all, streams[best] = append(all, streams[best][0]), streams[best][1:]
	}
	return all, nil
}

// before reports whether a row comes before one of another stream.
func (p part) before(a, b found) bool {
	order := cmp.Compare(a.weight, b.weight)
	if order == 0 {
		order = cmp.Compare(a.id, b.id)
	}
	return order != 0 && (order > 0) == p.down
}

// near is how far a list is walked on PostgreSQL before its planner may gather all
// that a filter has and sort it: it does so too often, for its statistics do not
// know what goes together.
const near = 2000

func (tx *Tx) streamRows(f Find, p part, s stream, end SpotEnd, limit int) ([]found, error) {
	walked, asked, err := tx.findWhere(f, p, s)
	if err != nil {
		return nil, err
	}
	sign, order := "<", " DESC"
	if s.rising {
		sign, order = ">", ""
	}
	if end.ID != 0 {
		walked.and("("+s.key+", "+s.id+") "+sign+" (?, ?)", end.Key, int64(end.ID))
	}
	order = " ORDER BY " + s.key + order + ", " + s.id + order + " LIMIT ?"
	rows := func(from string, where clauses) ([]found, error) {
		return collect(tx, func(scan func(...any) error) (r found, err error) {
			err = scan(&r.key, &r.id)
			return r, err
		}, "SELECT "+s.key+", "+s.id+" FROM "+from+" WHERE "+where.sql()+order, append(where.args, limit)...)
	}
	from := "conversation c"
	if s.tag {
		from = "conversation_tag w CROSS JOIN conversation c"
		asked.and("w.conversation_id = c.id AND c.workspace_id = ?", tx.scope.Workspace)
	}
	if tx.db.name() == "postgres" {
		table, rest, _ := strings.Cut(from, " CROSS JOIN ")
		from := "(SELECT * FROM " + table + " WHERE " + walked.sql() + order + ") " + table[len(table)-1:]
		if rest != "" {
			from += " CROSS JOIN " + rest
		}
		all, err := rows(from, clauses{asked.where, slices.Concat(walked.args, []any{near}, asked.args)})
		if err != nil || len(all) == limit {
			return all, err
		}
	}
	return rows(from, clauses{slices.Concat(walked.where, asked.where), slices.Concat(walked.args, asked.args)})
}

// clauses are conditions that all hold, and what is bound in them.
type clauses struct {
	where []string
	args  []any
}

func clause(sql string, args ...any) (c clauses) {
	c.and(sql, args...)
	return c
}

func (c *clauses) and(sql string, args ...any) {
	if sql != "" {
		c.where, c.args = append(c.where, sql), append(c.args, args...)
	}
}

func (c clauses) sql() string { return strings.Join(c.where, " AND ") }

// findWhere returns what a stream and its part ask for, which an index walks, and
// what the filter asks of each row.
func (tx *Tx) findWhere(f Find, p part, s stream) (walked, asked clauses, err error) {
	if s.tag {
		walked.and("w.workspace_id = ?", tx.scope.Workspace)
	} else {
		walked.and("c.workspace_id = ?", tx.scope.Workspace)
	}
	walked.and(s.where, s.args...)
	of := &walked
	if s.tag {
		of = &asked
	}
	of.and(p.walked.sql(), p.walked.args...)
	asked.and(p.asked.sql(), p.asked.args...)
	asked.and(s.asked.sql(), s.asked.args...)
	k := compiler{tx: tx, active: f.Cond.States()&^filter.StatesActive == 0, walk: f.Limit > 0, tag: s.tag}
	k.cond(f.Cond)
	if k.err != nil {
		return walked, asked, k.err
	}
	asked.and(k.b.String(), k.args...)
	seen, more := tx.seen("c")
	asked.and(strings.TrimPrefix(seen, " AND "), more...)
	return walked, asked, nil
}

// CountFound returns how many conversations a filter has, of those in some of the
// statuses only; with most over 0 it stops there.
func (tx *Tx) CountFound(c filter.Cond, states filter.States, most int) (int, error) {
	total := 0
	for _, s := range statusStreams(c.States() & states) {
		walked, asked, err := tx.findWhere(Find{Cond: c}, part{}, s)
		if err != nil {
			return 0, err
		}
		where, args := walked.sql()+" AND "+asked.sql(), append(walked.args, asked.args...)
		q := "SELECT count(*) FROM conversation c WHERE " + where
		if most > 0 {
			q = "SELECT count(*) FROM (SELECT 1 AS one FROM conversation c WHERE " + where + " LIMIT ?) page"
			args = append(args, most-total)
		}
		n, err := scanInt(tx.row(q, args...).Scan)
		if err != nil {
			return 0, err
		}
		if total += int(n); most > 0 && total >= most {
			return most, nil
		}
	}
	return total, nil
}
