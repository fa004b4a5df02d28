package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxWords is how many words of one thing are indexed: PostgreSQL keeps no place
// beyond 16383.
const maxWords = 16_000

// Message is what of a message, or a note, can be found.
type Message struct {
	Workspace, Inbox, Conversation int64

	Text    string
	Subject string   // its own; of the first message, else the conversation's
	Who     string   // the customer's name
	Files   []string // names of its files
}

// Words returns the words that the index keeps, with their places.
func (m Message) Words() []string {
	words := append(m.marks(), Words(m.Text)...)
	for _, s := range append([]string{m.Subject, m.Who}, m.Files...) {
		words = append(words, "_")
		words = append(words, Words(s)...)
	}
	words = words[:min(len(words), maxWords)]
	for _, digits := range phones(m.Text) {
		words = append(words, "_", phoneWord(digits))
	}
	return words[:min(len(words), maxWords+200)]
}

func (m Message) marks() []string {
	return []string{OfWorkspace(m.Workspace), OfInbox(m.Inbox), OfConversation(m.Conversation)}
}

// OfWorkspace is the word that everything of a workspace has.
func OfWorkspace(id int64) string { return "_w" + strconv.FormatInt(id, 10) }

// OfInbox is the word that every message of an inbox has.
func OfInbox(id int64) string { return "_i" + strconv.FormatInt(id, 10) }

// OfConversation is the word that every message of a conversation has.
func OfConversation(id int64) string { return "_c" + strconv.FormatInt(id, 10) }

// Contact is what of a customer can be found, in part: it is indexed in pieces of
// three characters.
type Contact struct {
	Workspace          int64
	Name, Email, Phone string
}

// Words returns the pieces that the index keeps.
func (c Contact) Words() []string {
	words := []string{OfWorkspace(c.Workspace)}
	for _, s := range []string{c.Name, c.Email, Digits(c.Phone)} {
		words = append(words, "_")
		words = append(words, pieces(Fold(s))...)
	}
	for _, w := range append(Words(c.Name), Words(c.Email)...) {
		words = append(words, "_", beginning(w, 1))
		if utf8.RuneCountInString(w) > 1 {
			words = append(words, beginning(w, 2))
		}
	}
	return words[:min(len(words), maxWords)]
}

// beginning is the word for how a name begins; shorter questions than a piece are
// answered by it.
func beginning(word string, n int) string {
	runes := []rune(word)
	return "__" + string(runes[:min(n, len(runes))])
}

// pieces returns every three characters in a row. A space is written as "_".
func pieces(s string) (all []string) {
	runes := []rune(strings.ReplaceAll(s, " ", "_"))
	for i := 0; i+3 <= len(runes); i++ {
		all = append(all, "p"+string(runes[i:i+3]))
	}
	return all
}

// Part is the question for a part of a name, an address or a number.
func Part(s string) Expr {
	s = Fold(s)
	switch runes := []rune(s); {
	case len(runes) == 0:
		return Expr{}
	case len(runes) < 3:
		return Phrase(beginning(s, 2))
	}
	return Phrase(pieces(s)...)
}

// PhonePart is the question for a part of a phone number, by its digits: with its
// country or without it.
func PhonePart(digits string) Expr {
	if len(digits) <= phoneTail {
		return Part(digits)
	}
	return Or(Part(digits), Part(digits[len(digits)-phoneTail:]))
}

// PhoneInText is the question for messages that have a phone number, by its
// digits, or the zero Expr when there are too few to tell one.
func PhoneInText(digits string) Expr {
	if len(digits) < minPhone {
		return Expr{}
	}
	return Phrase(phoneWord(digits))
}

// Distinct returns the words of a text that the list of words has, each once. It is
// for what was begun or mistyped, so our own marks and endless words are not in it.
func Distinct(words []string) []string {
	var all []string
	for _, w := range words {
		if w[0] != '_' && len(w) <= 40 {
			all = append(all, w)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
