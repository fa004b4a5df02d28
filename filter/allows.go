package filter

import "slices"

// Allows reports whether c can hold for a conversation of which a field that always
// has one word, like priority, has this one: a stretch of a list of which it says no
// need not be walked.
func (c Cond) Allows(field Field, word string) bool {
	can, _ := c.outcomes(field, word)
	return can
}

// outcomes reports whether c can hold and whether it can fail where field is word; of
// every other field anything may be.
func (c Cond) outcomes(field Field, word string) (holds, fails bool) {
	switch {
	case c.Not != nil:
		fails, holds = c.Not.outcomes(field, word)
		return holds, fails
	case c.All != nil:
		holds = true
		for _, i := range c.All {
			h, f := i.outcomes(field, word)
			holds, fails = holds && h, fails || f
		}
		return holds, fails
	case c.Any != nil:
		fails = true
		for _, i := range c.Any {
			h, f := i.outcomes(field, word)
			holds, fails = holds || h, fails && f
		}
		return holds, fails
	case c.Test == nil:
		return true, false
	case c.Test.Field != field:
		return true, true
	}
	in := slices.Contains(c.Test.Words, word)
	return in, !in
}
