package search

import "strings"

// Ask returns the question for every word of a text, or for all of them as one
// phrase. A word with a sign in it, like e-mail, is a phrase of its parts. The zero
// Expr says that there is no word in it.
func Ask(text string, phrase bool) Expr {
	if phrase {
		return Phrase(Words(text)...)
	}
	var all []Expr
	for w := range strings.FieldsSeq(text) {
		all = append(all, Phrase(Words(w)...))
	}
	return And(all...)
}

// Begun returns the word at the end of a question that may still be going on, or
// "": after a space, or in quotes, it is over.
func Begun(question string) string {
	at := strings.LastIndexAny(question, " \t\n\"“”(),:")
	words := Words(question[at+1:])
	tokens := Tokens(question)
	if len(words) != 1 || len(tokens) == 0 || tokens[len(tokens)-1].To != len(question) {
		return ""
	}
	if strings.Count(question, `"`)%2 == 1 {
		return ""
	}
	return words[0]
}
