package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
	"parley/store"
)

// large are the tables that grow with the customers. Nothing that happens in
// daily work may read one of them from one end to the other.
var large = strings.Fields(`conversation message event contact identity thread_alias read_mark raw_event inbound_key job attachment notification conversation_tag draft
	idempotency token scheduled scheduled_edition recipient recipient_word`)

// few are indexes with few rows, which may be read from one end to the other.
var few = []string{"job_lease"} // the jobs that run

var tableNames = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE|INTO) (\w+)(?: (?:AS )?(\w+))?`)

// Every list, every question and every change finds its rows by an index.
func TestPlans(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	r := d.DB.Record()
	mine := furnish(d, d.Workspace, d.Owner.User, "a")
	d.Work()
	for _, fn := range asked {
		d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.WriteTx) error { _, _ = fn(tx, mine); return nil }))
	}
	for _, scope := range []store.Scope{{Workspace: d.Workspace, User: d.Owner.User}, {Workspace: d.Workspace, User: d.Agent.User, Inboxes: []desk.InboxID{mine.inbox.ID}}} {
		for _, l := range everyList(mine.inbox.ID) {
			d.OK(d.DB.Read(t.Context(), scope, func(tx *store.Tx) error {
				l.Now, l.Limit = d.Clock.Now(), 50
				if _, err := tx.Count(l); err != nil {
					return err
				}
				if _, err := tx.Listed(l); err != nil {
					return err
				}
				place := l.PlaceOf(mine.conversation)
				l.Before = &place
				_, err := tx.Listed(l)
				return err
			}))
		}
	}
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) error { return everyFind(t, tx, mine) }))
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		_ = d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.WriteTx) error { // only what it says is of interest
			_ = changes[name](tx, mine)
			return fmt.Errorf("take it back")
		})
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
		if err := tx.ExtendLeases(1, d.Clock.Now()); err != nil {
			return err
		}
		if _, _, err := tx.Leases(1, d.Clock.Now()); err != nil {
			return err
		}
		if _, err := tx.Rescue(d.Clock.Now(), false); err != nil {
			return err
		}
		if _, err := tx.HasFree(d.Clock.Now()); err != nil {
			return err
		}
		if _, _, err := tx.DropUploads(store.FreePlace{}, d.Clock.Now().AddDate(0, 0, 2), d.Clock.Now(), 10); err != nil {
			return err
		}
		if _, err := tx.UnusedFiles("", d.Clock.Now(), 10); err != nil {
			return err
		}
		if _, err := tx.Names("none"); err != nil {
			return err
		}
		return tx.DeleteExpired(d.Clock.Now())
	}))
	looked := 0
	for _, s := range r.Statements() {
		if strings.HasPrefix(s.Text, "BEGIN") || strings.HasPrefix(s.Text, "COMMIT") {
			continue
		}
		alias := map[string]string{}
		for _, m := range tableNames.FindAllStringSubmatch(s.Text, -1) {
			alias[m[1]] = m[1]
			if m[2] != "" {
				alias[m[2]] = m[1]
			}
		}
		lines, err := d.DB.Plan(t.Context(), s)
		if err != nil {
			t.Errorf("%v\n%s", err, s.Text)
			continue
		}
		looked++
		for _, line := range lines {
			table := scanned(line, alias)
			if walked(line) && !strings.Contains(s.Text, "LIMIT") && !strings.HasPrefix(s.Text, kindsOfActive) {
				table = alias[strings.Fields(line)[1]]
			}
			if slices.Contains(large, table) {
				t.Errorf("%s is read from one end to the other: %s\n%s\n%s", table, line, strings.Join(strings.Fields(s.Text), " "), strings.Join(lines, "\n"))
			}
		}
	}
	if looked < 150 {
		t.Errorf("only %d statements were looked at", looked)
	}
}

// kindsOfActive is read when the program starts, for the counts that it keeps of all
// that is active.
const kindsOfActive = "SELECT g.contact_id, g.tag_id FROM contact_tag g WHERE g.workspace_id = ? AND g.contact_id IN"

// scanned returns which table a line of a plan reads without an index, or "".
func scanned(line string, alias map[string]string) string {
	if _, rest, ok := strings.Cut(line, "Seq Scan on "); ok {
		return strings.Fields(rest)[0]
	}
	if rest, ok := strings.CutPrefix(line, "SCAN "); ok {
		words := strings.Fields(rest)
		if slices.Contains(few, words[len(words)-1]) {
			return ""
		}
		return alias[words[0]]
	}
	return ""
}

// walked reports whether a line of a plan of SQLite reads all rows of a workspace. A
// page of them ends at its limit.
func walked(line string) bool {
	return strings.HasPrefix(line, "SEARCH ") && strings.HasSuffix(line, " (workspace_id=?)")
}

func TestScannedSees(t *testing.T) {
	for line, want := range map[string]string{
		"SCAN c": "conversation", "SCAN c USING COVERING INDEX conversation_active": "conversation", "SEARCH c USING INDEX conversation_contact (workspace_id=?)": "",
		"->  Seq Scan on message m  (cost=0.00..1.00 rows=1 width=8)": "message", "Index Scan using x on message m": "", "SCAN page": "",
	} {
		if got := scanned(line, map[string]string{"c": "conversation"}); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// everyFind looks for every kind of thing in every order.
func everyFind(t *testing.T, tx *store.Tx, r realm) error {
	t.Helper()
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(1, 2)), Plain: true}
	nodes := []filter.Node{{}, filter.Test(filter.Tag, filter.Is, r.tag.ID.String()), filter.Test(filter.Status, filter.Is, filter.NeedsAttention)}
	for len(nodes) < 40 {
		n, named := g.Node(3), false
		// A part of a name is looked for in all of them, as FindContacts does.
		n.Tests(func(t filter.Node) { named = named || t.Field == filter.From })
		if !named {
			nodes = append(nodes, n)
		}
	}
	for _, n := range nodes {
		c := filter.Resolve(n, filtertest.Env())
		for _, sort := range store.Sorts {
			f := store.Find{Cond: c, Sort: sort, VIP: filtertest.Env().VIP, Now: filtertest.Now, Limit: 1, Waits: []store.Wait{{Inboxes: []desk.InboxID{r.inbox.ID}, Waited: func(since, now time.Time) time.Duration { return now.Sub(since) }}}}
			for range 3 {
				_, end, err := tx.Found(f)
				if err != nil {
					return err
				}
				if f.After = end; end == nil {
					break
				}
			}
		}
		if _, err := tx.CountFound(c, filter.StatesAll, store.CountCap); err != nil {
			return err
		}
		if _, err := tx.EndedByInbox(c); err != nil {
			return err
		}
	}
	return nil
}

// everyList is every combination that a screen can ask for.
func everyList(inbox desk.InboxID) (all []store.List) {
	for _, view := range append([]store.View{""}, store.Views...) {
		for _, tab := range append([]store.Tab{""}, store.Tabs...) {
			for _, in := range []desk.InboxID{0, inbox} {
				for _, unread := range []bool{false, true} {
					all = append(all, store.List{View: view, Tab: tab, Inbox: in, Unread: unread})
				}
			}
		}
	}
	return all
}

// The rows of a tab stand together in an index: one that has few, or none, costs
// little, however many others there are.
func TestTabsHaveAnIndexOfTheirOwn(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	if d.DB.Name() != "sqlite" {
		t.Skip("PostgreSQL plans by what is in the tables")
	}
	for tab, index := range map[store.Tab]string{
		store.TabOpen: "conversation_active", store.TabNeedsAttention: "conversation_queue", store.TabResponded: "conversation_responded",
		store.TabOverdue: "conversation_overdue", store.TabAtRisk: "conversation_at_risk",
		store.TabResolved: "conversation_status", store.TabClosed: "conversation_status", store.TabArchived: "conversation_archived",
	} {
		r := d.DB.Record()
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) error {
			_, err := tx.Listed(store.List{View: store.ViewAll, Tab: tab, Now: d.Clock.Now(), Limit: 50})
			return err
		}))
		found := false
		for _, s := range r.Statements() {
			lines, err := d.DB.Plan(t.Context(), s)
			d.OK(err)
			if !strings.Contains(s.Text, "page") {
				continue
			}
			found = true
			if !strings.Contains(strings.Join(lines, "\n"), " INDEX "+index+" ") {
				t.Errorf("the list %s does not walk %s:\n%s", tab, index, strings.Join(lines, "\n"))
			}
		}
		if !found {
			t.Errorf("the list %s asked nothing", tab)
		}
	}
}
