// Package filter is the one language of conditions on conversations: lists,
// saved views, bulk selection, rules and macros ask with it.
//
// # The tree
//
// A [Node] is a test of a field, or a group of nodes: all, any, not. The zero
// Node is every conversation. It travels as JSON:
//
//	{"all": [
//	  {"field": "status", "op": "is", "values": ["active"]},
//	  {"any": [
//	    {"field": "assignee", "op": "is", "values": ["me", "none"]},
//	    {"not": {"field": "tag", "op": "is", "values": ["tag_01h2x3y4z5678"]}}
//	  ]}
//	]}
//
// Values are text: ids in their public form, words, moments, numbers. [Node.Check]
// says what is wrong with a tree that came from outside, and where. What each
// field takes is in one table, [Fields].
//
// # The text
//
// The same tree is written as text, see [Parse] and [Print]:
//
//	from:ada tag:billing,refunds is:unread before:2026-05-01 has:attachment "not delivered" -invoice
//	(priority:urgent OR customer_type:vip) assignee:none activity:7d
//
// Conditions beside each other must all hold; OR, parentheses and - (or NOT)
// do what they say. Values with commas are any of them; tag:billing+refunds are
// all of them. Plain words are searched for, words in quotes as a phrase.
// Things are called by their names, which [Names] knows. Every refusal is an
// [Error] with its place and what to write instead.
//
// # Asking
//
// [Resolve] makes a tree ready for one reader at one moment, a [Cond]: who "me"
// is, when "today" began. Package store compiles a Cond to SQL with nothing but
// bound values; [Cond.Match] says the same of a conversation in memory. Both are
// two-valued: what a conversation does not have fails a test, and its negation
// holds.
//
// Words and phrases ([Text]) are tested by an index, which Match does not have, and
// recipients by one that rows in memory leave out: see [Cond.NeedsIndex].
package filter
