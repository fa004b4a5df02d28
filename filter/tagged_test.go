package filter_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parley/desk"
	"parley/filter"
	"parley/filter/filtertest"
)

func TestTagged(t *testing.T) {
	tag := func(op filter.Op, names ...string) filter.Node {
		for i, n := range names {
			if n != filter.None {
				names[i] = filtertest.ID(filter.NounTag, n)
			}
		}
		return filter.Test(filter.Tag, op, names...)
	}
	id := func(name string) int64 { return filter.Resolve(tag(filter.Is, name), filtertest.Env()).Test.IDs[0] }
	a, b, c := id("billing"), id("refunds"), id("vip")
	urgent := filter.Test(filter.Priority, filter.Is, "urgent")
	for i, c := range []struct {
		n    filter.Node
		want [][]int64
	}{
		{filter.Node{}, nil},
		{urgent, nil},
		{tag(filter.Is, "billing"), [][]int64{{a}}},
		{tag(filter.Is, "billing", filter.None), nil},
		{filter.Not(tag(filter.Is, "billing")), nil},
		{tag(filter.HasAll, "billing", "refunds"), [][]int64{{a}, {b}}},
		{filter.Any(tag(filter.Is, "billing"), urgent), nil},
		{filter.All(urgent, filter.Any(tag(filter.Is, "billing"), filter.All(tag(filter.Is, "refunds"), urgent))), [][]int64{{a, b}}},
		{filter.Any(tag(filter.Is, "billing"), filter.All(tag(filter.Is, "refunds"), tag(filter.Is, "vip"))), [][]int64{{a, b}, {a, c}}},
	} {
		got := filter.Resolve(c.n, filtertest.Env()).Tagged()
		for _, set := range c.want {
			slices.Sort(set)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("filter %d is walked by %v, not %v", i, got, c.want)
		}
	}
}

// Whatever a filter finds has a tag of each set it can be walked by.
func TestTaggedMissesNothing(t *testing.T) {
	g := filtertest.Gen{Rand: rand.New(rand.NewPCG(3, 4)), Plain: true}
	walks, found := 0, 0
	for range 60_000 {
		c := filter.Resolve(g.Node(3), filtertest.Env())
		sets := c.Tagged()
		if len(sets) == 0 {
			continue
		}
		walks++
		for range 20 {
			r := g.Row()
			if !c.Match(&r, 0) {
				continue
			}
			found++
			for _, set := range sets {
				if !slices.ContainsFunc(r.Tags, func(id desk.TagID) bool { return slices.Contains(set, int64(id)) }) {
					t.Fatalf("%+v is found without one of %v", r, set)
				}
			}
		}
	}
	if walks < 500 || found < 500 {
		t.Errorf("%d filters are walked by tags and find %d: this proves little", walks, found)
	}
}
