// Package search is the text side of search: how words are cut out of what people
// wrote, what of a message or a customer is indexed, what a question looks for, and
// where in a text it was found.
//
// Words are made here and not by a database: both then index the same words, and
// answer alike. A [Token] of a text is a word without its accents and capitals. A
// [Message] and a [Contact] become lists of words that the index keeps with their
// places; an [Expr] is written for either index and can be asked of such a list in
// memory, which is how tests and the last look before an answer do it.
//
// Words that begin with an underscore are not from a text: "_w…", "_i…" and "_c…"
// say of which workspace, inbox and conversation something is, "_" parts two texts so that no phrase
// goes from one into the other.
package search
