package filter

import "slices"

// Limits of a tree and of a text. They keep what a request can cost small.
const (
	MaxDepth  = 10    // groups within groups
	MaxTests  = 100   // tests in a tree
	MaxValues = 100   // values of a test
	MaxValue  = 200   // characters of a value
	MaxText   = 4_000 // characters of a text that is parsed
)

// Node is a condition on a conversation: exactly one of All, Any, Not and a test
// (Field, Op and Values). The zero Node is every conversation.
type Node struct {
	All    []Node   `json:"all,omitempty" maxItems:"100" doc:"All of these hold"`
	Any    []Node   `json:"any,omitempty" maxItems:"100" doc:"At least one of these holds"`
	Not    *Node    `json:"not,omitempty" doc:"This does not hold"`
	Field  Field    `json:"field,omitempty" maxLength:"40" doc:"What is tested"`
	Op     Op       `json:"op,omitempty" maxLength:"20" doc:"How it is tested: is, all, contains, begins, words, phrase, before, after, between, at_least or at_most"`
	Values []string `json:"values,omitempty" maxItems:"100" doc:"What it is compared with: ids, words, moments (2026-05-01, today, 7d, 2026-05-01T10:00:00Z) or numbers"`
}

// Op is how a field is tested. What a test denies is written with Not.
type Op string

// The operators.
const (
	Is       Op = "is"       // one of the values
	HasAll   Op = "all"      // every one of the values
	Contains Op = "contains" // the value is a part of it, whatever the case
	Begins   Op = "begins"   // a word of it begins with the value, whatever the case
	Words    Op = "words"    // every word of the value is in it
	Phrase   Op = "phrase"   // the words of the value are in it one after the other
	Before   Op = "before"   // earlier than the value
	After    Op = "after"    // at the value or later
	Between  Op = "between"  // from the first value to the second, whole days and both included
	AtLeast  Op = "at_least" // the number or more
	AtMost   Op = "at_most"  // the number or less
)

// Test returns the node that tests a field.
func Test(f Field, op Op, values ...string) Node { return Node{Field: f, Op: op, Values: values} }

// Not returns the node that holds when n does not.
func Not(n Node) Node { return Node{Not: &n} }

// All returns the node that holds when all of these do.
func All(nodes ...Node) Node { return Node{All: nodes} }

// Any returns the node that holds when one of these does.
func Any(nodes ...Node) Node { return Node{Any: nodes} }

// IsZero reports whether n is every conversation.
func (n Node) IsZero() bool {
	return n.All == nil && n.Any == nil && n.Not == nil && n.Field == "" && n.Op == "" && n.Values == nil
}

// Tests calls fn with every test of n.
func (n Node) Tests(fn func(Node)) {
	for _, c := range n.All {
		c.Tests(fn)
	}
	for _, c := range n.Any {
		c.Tests(fn)
	}
	if n.Not != nil {
		n.Not.Tests(fn)
	}
	if n.Field != "" {
		fn(n)
	}
}

// Personal reports whether n means something else for another reader.
func (n Node) Personal() (yes bool) {
	n.Tests(func(t Node) {
		yes = yes || t.Field == Status && slices.Contains(t.Values, Unread) ||
			slices.Contains(t.Values, Me) && (t.Field == Assignee || t.Field == Follower) || slices.Contains(t.Values, Others) && t.Field == Assignee ||
			slices.Contains(t.Values, Mine) && t.Field == Team
	})
	return yes
}

// Simplify returns n without groups of one, without groups of a kind within each
// other and without double denials: what Parse returns and Print writes.
func (n Node) Simplify() Node {
	switch {
	case n.Not != nil:
		inner := n.Not.Simplify()
		if inner.Not != nil {
			return *inner.Not
		}
		return Not(inner)
	case len(n.All) > 0:
		return joined(n.All, func(c Node) []Node { return c.All }, All)
	case len(n.Any) > 0:
		return joined(n.Any, func(c Node) []Node { return c.Any }, Any)
	case n.Op == HasAll && len(n.Values) == 1:
		n.Op = Is
	}
	return n
}

func joined(nodes []Node, inner func(Node) []Node, group func(...Node) Node) Node {
	flat := make([]Node, 0, len(nodes))
	for _, c := range nodes {
		c = c.Simplify()
		if same := inner(c); len(same) > 0 {
			flat = append(flat, same...)
			continue
		}
		flat = append(flat, c)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return group(flat...)
}

func (n Node) depth() int {
	most := 0
	for _, c := range n.All {
		most = max(most, c.depth())
	}
	for _, c := range n.Any {
		most = max(most, c.depth())
	}
	if n.Not != nil {
		most = max(most, n.Not.depth())
	}
	return most + 1
}

// NeedsIndex reports whether a test of n asks for more than rows say of a conversation.
func (n Node) NeedsIndex() (yes bool) {
	n.Tests(func(t Node) { yes = yes || t.Field.needsIndex() })
	return yes
}

func (f Field) needsIndex() bool { return f == Text || f == To || f == Cc }
