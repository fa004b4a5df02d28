package store_test

import (
	"slices"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
	"parley/store"
)

// A page of a filter costs what the page holds: rows are walked in their order,
// and none are gathered to be sorted. What has ended grows for ever.
func TestFiltersOfWhatHasEndedSortNothing(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	if d.DB.Name() != "sqlite" {
		t.Skip("PostgreSQL plans by what is in the tables")
	}
	r := d.DB.Record()
	one := furnish(d, d.Workspace, d.Owner.User, "a")
	tag := func(op filter.Op, ids ...string) filter.Node { return filter.Test(filter.Tag, op, ids...) }
	a, b := one.tag.ID.String(), filtertest.ID(filter.NounTag, "billing")
	is := func(words ...string) filter.Node { return filter.Test(filter.Status, filter.Is, words...) }
	urgent := filter.Test(filter.Priority, filter.Is, "urgent")
	mine := filter.Test(filter.Assignee, filter.Is, filter.Me)
	week := filter.Test(filter.Created, filter.After, "2026-01-01")
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) error {
		for _, n := range []filter.Node{
			filter.All(is(filter.IsClosed), mine),
			filter.All(is(filter.IsClosed), filter.Any(filter.All(urgent, tag(filter.Is, a)), tag(filter.Is, b)), mine),
			filter.All(is(filter.IsClosed, filter.IsResolved), tag(filter.HasAll, a, b)),
			filter.Any(filter.All(is(filter.Active), week), filter.All(is(filter.IsClosed), week, tag(filter.Is, a))),
			filter.All(is(filter.IsClosed), tag(filter.Is, a), filter.Not(filter.Any(urgent, mine))),
			filter.All(filter.Not(filter.Any(is(filter.Active), tag(filter.Is, a))), filter.Any(tag(filter.Is, b), filter.All(tag(filter.Is, a), urgent))),
			filter.All(is(filter.IsClosed), filter.Test(filter.Inbox, filter.Is, one.inbox.ID.String())),
			filter.All(is(filter.IsClosed), filter.Test(filter.Channel, filter.Is, "email")),
			filter.All(is(filter.Archived), mine),
		} {
			sorts := []store.Sort{store.SortNewest, store.SortOldest}
			// What one person has is found by the index of people, which is in the order of activity.
			if c := filter.Resolve(n, filtertest.Env()); !slices.ContainsFunc(c.Required(), func(t *filter.Ready) bool { return t.Field == filter.Assignee }) {
				sorts = append(sorts, store.SortNewestCreated, store.SortOldestCreated, store.SortCustomerType)
			}
			for _, sort := range sorts {
				f := store.Find{Cond: filter.Resolve(n, filtertest.Env()), Sort: sort, Now: filtertest.Now, Limit: 1}
				if _, _, err := tx.Found(f); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	looked := 0
	for _, s := range r.Statements() {
		if !strings.Contains(s.Text, "conversation c WHERE") || !strings.Contains(s.Text, "ORDER BY") {
			continue
		}
		lines, err := d.DB.Plan(t.Context(), s)
		d.OK(err)
		looked++
		for _, line := range lines {
			if strings.Contains(line, "TEMP B-TREE FOR ORDER BY") || strings.Contains(line, "FOR LAST") {
				t.Errorf("%s\n%s", strings.Join(strings.Fields(s.Text), " "), strings.Join(lines, "\n"))
			}
		}
	}
	if looked < 20 {
		t.Errorf("only %d statements were looked at", looked)
	}
}
