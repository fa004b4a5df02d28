package filter

import "slices"

// maxWalks is how many tags may be walked side by side, and among how many sets of
// them is chosen.
const maxWalks = 4

// Tagged returns sets of tags: of each, every conversation for which c holds has at
// least one. A list may be walked by the indexes of the tags of one set. None when
// c holds for conversations without a tag.
func (c Cond) Tagged() [][]int64 {
	switch {
	case c.Test != nil:
		return c.Test.tagged()
	case c.All != nil:
		var all [][]int64
		for _, i := range c.All {
			all = append(all, i.Tagged()...)
		}
		return all[:min(len(all), maxWalks)]
	case c.Any != nil:
		all := [][]int64{nil}
		for _, i := range c.Any {
			all = together(all, i.Tagged())
		}
		return all
	}
	return nil
}

func (r *Ready) tagged() (all [][]int64) {
	switch {
	case r.Field != Tag || r.None || len(r.IDs) == 0:
	case r.Op == HasAll:
		for _, id := range r.IDs[:min(len(r.IDs), maxWalks)] {
			all = append(all, []int64{id})
		}
	case len(r.IDs) <= maxWalks:
		all = append(all, r.IDs)
	}
	return all
}

// together returns the sets that have one of each, those that are small enough.
func together(some, others [][]int64) (all [][]int64) {
	for _, a := range some {
		for _, b := range others {
			set := slices.Concat(a, b)
			slices.Sort(set)
			if set = slices.Compact(set); len(set) <= maxWalks && len(all) < maxWalks {
				all = append(all, set)
			}
		}
	}
	return all
}
