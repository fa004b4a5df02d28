package store_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
	"parley/store"
	"parley/store/storetest"
)

// grown is a workspace with generated conversations.
type grown struct {
	t     *testing.T
	db    *store.DB
	rows  []filter.Row
	marks map[desk.ConversationID]desk.MessageID // of the reader
	names map[desk.UserID]string
	scope store.Scope
}

func parsed[T any, P interface {
	*T
	Parse(s string) error
}](t *testing.T, s string) T {
	t.Helper()
	var id T
	if err := P(&id).Parse(s); err != nil {
		t.Fatal(err)
	}
	return id
}

// grow fills a database with conversations of every kind.
func grow(t *testing.T, g filtertest.Gen, n int) *grown {
	t.Helper()
	w := &grown{t: t, db: storetest.Open(t), marks: map[desk.ConversationID]desk.MessageID{}, names: map[desk.UserID]string{}}
	env := filtertest.Env()
	w.scope = store.Scope{Workspace: 1, User: env.Me}
	if err := w.db.Write(t.Context(), w.scope, func(tx *store.WriteTx) error { return w.fill(tx, g, n) }); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *grown) fill(tx *store.WriteTx, g filtertest.Gen, n int) error {
	w.rows = nil
	run := func(q string, args ...any) {
		w.t.Helper()
		if err := store.Exec(tx, q, args...); err != nil {
			w.t.Fatalf("%s: %v", q, err)
		}
	}
	run(`INSERT INTO workspace (id, name, slug, open_scope, created_at) VALUES (1, 'W', 'w', 1, 0)`)
	for _, name := range []string{"Ada", "Bo Ek", "none"} {
		id := parsed[desk.UserID](w.t, filtertest.ID(filter.NounUser, name))
		w.names[id] = name
		run(`INSERT INTO person (id, name, email, password_hash, created_at) VALUES (?, ?, ?, '', 0)`, id, name, name)
		run(`INSERT INTO member (workspace_id, user_id, role, active, created_at) VALUES (1, ?, 'agent', ?, 0)`, id, true)
	}
	for _, name := range []string{"Shop", "Mail"} {
		run(`INSERT INTO inbox (workspace_id, id, name, grouping, open_scope, settings, created_at) VALUES (1, ?, ?, 'per_thread', 1, '{}', 0)`, parsed[desk.InboxID](w.t, filtertest.ID(filter.NounInbox, name)), name)
	}
	var tags []desk.TagID
	for _, name := range []string{"billing", "refunds", `a "b" c`, "none", "vip", "x+y"} {
		tags = append(tags, parsed[desk.TagID](w.t, filtertest.ID(filter.NounTag, name)))
		run(`INSERT INTO tag (workspace_id, id, name, folded, color) VALUES (1, ?, ?, ?, '')`, tags[len(tags)-1], name, name)
	}
	people := make([]filter.Row, 6)
	for i := 1; i < len(people); i++ {
		p := &people[i]
		p.Folded, p.Language = filter.Fold([]string{"", "Ada Ek\n+46 70 123\nada@example.com", "Bo 100%\n\nbo_a@x.se", "Ö\n\n", "", `Q\ (a) it's "a"` + "\n\n"}[i]), []string{"", "en", "", "sv", "pt-br", "en"}[i]
		run(`INSERT INTO contact (workspace_id, id, name, email, phone, folded, verified, blocked, created_source, created_at, language) VALUES (1, ?, '', '', '', ?, ?, ?, '', 0, ?)`,
			i, p.Folded, false, false, strings.ToUpper(p.Language))
		for _, tag := range tags {
			if g.Rand.IntN(4) == 0 {
				p.ContactTags = append(p.ContactTags, tag)
				run(`INSERT INTO contact_tag (workspace_id, contact_id, tag_id) VALUES (1, ?, ?)`, i, tag)
			}
		}
	}
	seen := map[desk.ContactID]bool{}
	for i := range n {
		r := g.Row()
		r.ID = desk.ConversationID(1000 + i)
		r.Tags, r.Followers = unique(r.Tags), unique(r.Followers)
		p := people[r.Contact]
		r.Folded, r.Language, r.ContactTags, r.Returning = p.Folded, p.Language, p.ContactTags, seen[r.Contact]
		seen[r.Contact] = seen[r.Contact] || !r.Merged
		w.insert(run, r)
		if r.LastFromCustomer > 1 && g.Rand.IntN(2) == 0 {
			w.marks[r.ID] = r.LastFromCustomer - desk.MessageID(g.Rand.IntN(2))
			run(`INSERT INTO read_mark (workspace_id, user_id, conversation_id, message_id) VALUES (1, ?, ?, ?)`, w.scope.User, r.ID, w.marks[r.ID])
		}
		w.rows = append(w.rows, r)
	}
	return nil
}

func unique[T cmp.Ordered](all []T) []T {
	slices.Sort(all)
	return slices.Compact(all)
}

func (w *grown) insert(run func(string, ...any), r filter.Row) {
	null := func(at int64) any {
		if at == 0 {
			return nil
		}
		return at
	}
	is := func(yes bool) any {
		if yes {
			return int64(1)
		}
		return nil
	}
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(b)
	}
	values := map[string]any{
		"workspace_id": 1, "id": r.ID, "inbox_id": r.Inbox, "contact_id": r.Contact, "version": 1, "subject": "", "preview": "", "status": string(r.Status),
		"waiting_on": string(r.WaitingOn), "waiting_since": null(r.WaitingSince), "follow_ups": r.FollowUps, "rating": r.Rating, "assignee_id": r.Assignee, "team_id": r.Team,
		"assignee_replied_at": is(r.AssigneeReplied), "ai_state": string(r.AIState), "ai_epoch": 0, "snoozed_until": null(r.SnoozedUntil), "snooze_until_reply": r.SnoozeUntilReply,
		"archived_at": is(r.Archived), "merged_into_id": is(r.Merged), "priority": string(r.Priority), "priority_reason": "", "response_due_deadline": null(r.DueDeadline), "target_notified_at": is(r.TargetPassed),
		"overdue_at": is(r.IsOverdue), "escalated_at": is(r.IsEscalated), "first_reply_at": is(r.Replied), "pending_reason": "", "resolved_at": null(r.Resolved), "closed_at": null(r.Closed),
		"closed_source": string(r.ClosedSource), "closing_summary": "", "opened_at": r.Opened, "opened_source": string(r.OpenedSource), "opened_channel_id": r.OpenedChannel,
		"grouping": "per_thread", "open_scope": 1, "is_primary": true, "tags": text(r.Tags), "followers": text(r.Followers), "last_activity_at": r.Activity, "last_channel_id": r.LastChannel,
		"last_from_customer": r.LastFromCustomer, "messages": r.Messages, "with_files": r.WithFiles, "delivery_problems": r.Problems, "needs_human": string(r.NeedsHuman), "sender_proof": string(r.SenderProof), "closing_category_id": r.Category, "is_returning": r.Returning,
	}
	var columns, marks []string
	var args []any
	for c, v := range values {
		columns, marks, args = append(columns, c), append(marks, "?"), append(args, v)
	}
	run(`INSERT INTO conversation (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...)
	for _, tag := range r.Tags {
		run(`INSERT INTO conversation_tag (workspace_id, tag_id, conversation_id, active, last_activity_at) VALUES (1, ?, ?, ?, ?)`, tag, r.ID, r.Active(), r.Activity)
	}
	for kind, people := range map[string][]string{"to": r.To, "cc": r.Cc} {
		for _, s := range people {
			who := crc32.ChecksumIEEE([]byte(s))
			run(`INSERT INTO recipient (workspace_id, conversation_id, kind, who) VALUES (1, ?, ?, ?) ON CONFLICT (workspace_id, conversation_id, kind, who) DO NOTHING`, r.ID, kind, int64(who))
			for _, word := range filter.Beginnings(s) {
				run(`INSERT INTO recipient_word (workspace_id, who, word) VALUES (1, ?, ?) ON CONFLICT (workspace_id, who, word) DO NOTHING`, int64(who), word)
			}
		}
	}
	for _, user := range r.Followers {
		run(`INSERT INTO conversation_follower (workspace_id, conversation_id, user_id) VALUES (1, ?, ?)`, r.ID, user)
	}
}

func (w *grown) read(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), w.scope, fn); err != nil {
		w.t.Fatal(err)
	}
}

// Every generated filter finds in the database what it matches in memory, in the
// order that was asked for, page by page; what was merged into another conversation
// is in no list (F2-50). The rows and the filters are the same
// for both databases, so that both give equal results (sorts: F2-06, F2-07, F2-08,
// F2-09; filters: F2-10, F2-11, F3-09, F3-10, F3-11, F3-12, F3-13, F3-14, F3-15,
// F3-72, F3-73, F3-77, F3-78, F3-79, F3-80, F3-81).
func TestFiltersFindWhatTheyMatch(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(5, 6)), Plain: true, Contacts: []desk.ContactID{1, 2, 3}}
	w := grow(t, g, 150)
	env := filtertest.Env()
	half := func(since, now time.Time) time.Duration { return now.Sub(since).Truncate(24*time.Hour)/2 + 1 } // stands still for a day, and is never as long as a whole one
	waits := []store.Wait{
		{Inboxes: []desk.InboxID{parsed[desk.InboxID](t, filtertest.ID(filter.NounInbox, "Shop"))}, Waited: func(since, now time.Time) time.Duration { return now.Sub(since) }},
		{Inboxes: []desk.InboxID{parsed[desk.InboxID](t, filtertest.ID(filter.NounInbox, "Mail"))}, Waited: half},
	}
	some := 0
	for i := range 1200 {
		n := g.Node(4)
		if i < len(filter.Fields)*4 { // each field by itself, too
			n = g.Node(1)
		}
		c := filter.Resolve(n, env)
		text := filter.Print(n, filtertest.Names{})
		f := store.Find{Cond: c, Sort: store.Sorts[i%len(store.Sorts)], Waits: waits, VIP: env.VIP, Now: env.Now, Limit: 1 + g.Rand.IntN(40)}
		var want []filter.Row
		for _, r := range w.rows {
			if c.Match(&r, w.marks[r.ID]) {
				want = append(want, r)
			}
		}
		w.order(want, f)
		w.read(func(tx *store.Tx) error {
			count, err := tx.CountFound(c, filter.StatesAll, 0)
			if err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
			if count != len(want) {
				t.Fatalf("%s: %d counted, %d match", text, count, len(want))
			}
			got := w.pages(tx, f)
			ids := make([]desk.ConversationID, len(want))
			for i, r := range want {
				ids[i] = r.ID
			}
			if !slices.Equal(got, ids) {
				t.Fatalf("%s by %s, %d at a time:\nfound %v\nnot   %v", text, f.Sort, f.Limit, got, ids)
			}
			return nil
		})
		if len(want) > 0 && len(want) < len(w.rows) {
			some++
		}
	}
	if some < 500 {
		t.Errorf("only %d filters have some and not all", some)
	}
}

// pages reads a list to its end.
func (w *grown) pages(tx *store.Tx, f store.Find) (ids []desk.ConversationID) {
	w.t.Helper()
	for range 1000 {
		page, end, err := tx.Found(f)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(page) > f.Limit {
			w.t.Fatalf("%d on a page of %d", len(page), f.Limit)
		}
		for _, c := range page {
			ids = append(ids, c.ID)
		}
		if end == nil {
			return ids
		}
		// As it travels.
		b, err := json.Marshal(end)
		if err != nil {
			w.t.Fatal(err)
		}
		f.After = &store.Spot{}
		if err := json.Unmarshal(b, f.After); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatal("a list has no end")
	return nil
}

// order sorts rows as the specification says (F2-06 to F2-09).
func (w *grown) order(rows []filter.Row, f store.Find) {
	newest := func(a, b filter.Row) int { return cmp.Or(cmp.Compare(b.Activity, a.Activity), cmp.Compare(b.ID, a.ID)) }
	waits := func(r filter.Row) bool {
		return r.Active() && r.WaitingOn == desk.WaitingOnAgent && r.WaitingSince != 0
	}
	waitsFirst := func(a, b filter.Row) int { return cmp.Compare(number(!waits(a)), number(!waits(b))) }
	since := func(a, b filter.Row) int {
		return cmp.Or(cmp.Compare(a.WaitingSince, b.WaitingSince), cmp.Compare(a.ID, b.ID))
	}
	waited := func(r filter.Row) time.Duration {
		i := slices.IndexFunc(f.Waits, func(g store.Wait) bool { return slices.Contains(g.Inboxes, r.Inbox) })
		return f.Waits[i].Waited(time.UnixMicro(r.WaitingSince), f.Now)
	}
	vip := func(r filter.Row) int {
		switch {
		case slices.ContainsFunc(r.ContactTags, func(id desk.TagID) bool { return slices.Contains(f.VIP, id) }):
			return 0
		case r.Returning:
			return 1
		}
		return 2
	}
	name := func(r filter.Row) string { return strings.ToLower(w.names[r.Assignee]) }
	switch f.Sort {
	case store.SortNewest:
		slices.SortFunc(rows, newest)
	case store.SortOldest:
		slices.SortFunc(rows, func(a, b filter.Row) int { return -newest(a, b) })
	case store.SortNewestCreated:
		slices.SortFunc(rows, func(a, b filter.Row) int { return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(b.ID, a.ID)) })
	case store.SortOldestCreated:
		slices.SortFunc(rows, func(a, b filter.Row) int { return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.ID, b.ID)) })
	case store.SortCustomerType:
		slices.SortFunc(rows, func(a, b filter.Row) int { return cmp.Or(cmp.Compare(vip(a), vip(b)), newest(a, b)) })
	case store.SortAssignee, store.SortUnassigned:
		last := 1
		if f.Sort == store.SortUnassigned {
			last = -1
		}
		slices.SortFunc(rows, func(a, b filter.Row) int {
			return cmp.Or(last*cmp.Compare(number(a.Assignee == 0), number(b.Assignee == 0)), cmp.Compare(name(a), name(b)), newest(a, b))
		})
	case store.SortPriority:
		rank := []desk.Priority{desk.PriorityUrgent, desk.PriorityHigh, desk.PriorityNormal, desk.PriorityLow}
		slices.SortFunc(rows, func(a, b filter.Row) int {
			first := cmp.Or(cmp.Compare(slices.Index(rank, a.Priority), slices.Index(rank, b.Priority)), waitsFirst(a, b))
			if first == 0 && waits(a) {
				return since(a, b)
			}
			return cmp.Or(first, newest(a, b))
		})
	case store.SortWaiting:
		// Of inboxes that count alike the one who began to wait first comes first.
		slices.SortFunc(rows, func(a, b filter.Row) int {
			if first := waitsFirst(a, b); first != 0 || !waits(a) {
				return cmp.Or(first, newest(a, b))
			}
			if a.Inbox == b.Inbox {
				return since(a, b)
			}
			return cmp.Or(cmp.Compare(waited(b), waited(a)), -cmp.Compare(a.ID, b.ID))
		})
	}
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// What an agent may not see no filter finds, whatever it says.
func TestFiltersStayInScope(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(7, 8)), Plain: true}
	w := grow(t, g, 80)
	shop := parsed[desk.InboxID](t, filtertest.ID(filter.NounInbox, "Shop"))
	w.scope.Inboxes, w.scope.View = []desk.InboxID{shop}, desk.VisibleOwn
	for range 200 {
		n := filter.Any(g.Node(3), filter.Not(g.Node(3)))
		w.read(func(tx *store.Tx) error {
			all, _, err := tx.Found(store.Find{Cond: filter.Resolve(n, filtertest.Env()), Sort: store.SortNewest, Now: filtertest.Now, Limit: 200})
			for _, c := range all {
				if !w.scope.SeesKept(c.Keeping()) {
					t.Errorf("%s finds %s", filter.Print(n, nil), c.ID)
				}
			}
			return err
		})
	}
}

// No value of a filter is a part of the statement: all are bound.
func TestNothingOfAFilterIsInTheStatement(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(9, 10)), Plain: true}
	db := storetest.Open(t)
	r := db.Record()
	for range 500 {
		n := g.Node(4)
		for _, s := range store.Sorts {
			if err := db.Read(t.Context(), store.Scope{Workspace: 1, User: 1}, func(tx *store.Tx) error {
				_, _, err := tx.Found(store.Find{Cond: filter.Resolve(n, filtertest.Env()), Sort: s, Now: filtertest.Now, Limit: 5})
				return err
			}); err != nil {
				t.Fatalf("%s: %v", filter.Print(n, nil), err)
			}
		}
	}
	ours := map[string]bool{}
	for _, f := range filter.Fields {
		for _, w := range f.Words {
			ours[w] = true
		}
	}
	for _, w := range []string{"urgent", "high", "normal", "low", "closed", "resolved", "open", "pending", "agent", "customer", ""} {
		ours[w] = true
	}
	for _, s := range r.Statements() {
		if strings.ContainsAny(s.Text, "\"\\") && !strings.Contains(s.Text, `ESCAPE '\'`) {
			t.Errorf("strange: %s", s.Text)
		}
		for i, part := range strings.Split(strings.ReplaceAll(s.Text, `ESCAPE '\'`, ""), "'") {
			if i%2 == 1 && !ours[part] {
				t.Errorf("%q is written into %s", part, s.Text)
			}
		}
	}
}

// Rows read by the database and rows made of a conversation are the same.
func TestRowsAreConversations(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(11, 12))}
	w := grow(t, g, 60)
	w.read(func(tx *store.Tx) error {
		for _, want := range w.rows {
			found, err := tx.FilterRows([]desk.ConversationID{want.ID})
			if err != nil || len(found) != 1 {
				t.Fatalf("%d rows, %v", len(found), err)
			}
			c, err := tx.Conversation(want.ID)
			if err != nil {
				return err
			}
			slices.Sort(found[0].ContactTags)
			slices.Sort(want.ContactTags)
			want.To, want.Cc = nil, nil // these are not in rows
			a, b, d := fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", found[0]), fmt.Sprintf("%+v", store.RowOf(&c, found[0]))
			if a != b || b != d {
				t.Fatalf("written %s\nread    %s\nmade    %s", a, b, d)
			}
		}
		return nil
	})
}
