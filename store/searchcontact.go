package store

import (
	"cmp"
	"slices"
	"strings"

	"parley/desk"
	"parley/search"
)

const (
	// mostContacts is how many customers are looked at for the best of them.
	mostContacts = 400
	// directoryContacts is how many are looked at where all of them are listed.
	directoryContacts = 2000
)

// ContactHit is a customer whose name, address or number a question is in.
type ContactHit struct {
	Contact desk.Contact
	// Parts are what was found of the question: for marks.
	Parts []string
	score float64
}

// SearchContacts returns customers of the scope whose name, mail address or phone
// number has every word of a question in it, wherever in a word; a question written
// like a phone number is found in any spelling. When there is none, a word that
// nobody ever wrote is taken for one that is a slip away.
func (tx *Tx) SearchContacts(question string, limit int) ([]ContactHit, error) {
	found, _, err := tx.searchContacts(question, mostContacts)
	return found[:min(len(found), limit)], err
}

// searchContacts is SearchContacts among the newest of those who have the words; cut
// says that there are more of them.
func (tx *Tx) searchContacts(question string, most int) (found []ContactHit, cut bool, err error) {
	words := strings.Fields(question)
	digits := search.AskedPhone(question)
	if digits != "" {
		words = []string{digits}
	}
	found, cut, err = tx.contactsWith(words, digits, most)
	if err != nil || len(found) > 0 || digits != "" {
		return found, cut, err
	}
	mended, changed := slices.Clone(words), 0
	for i, w := range words {
		w = search.Fold(w)
		if changed == nearTimes || len(search.Near(w)) == 0 {
			continue
		}
		near, err := tx.near(w)
		if err != nil {
			return nil, false, err
		}
		if len(near) > 0 {
			mended[i] = near[0]
			changed++
		}
	}
	if changed == 0 {
		return nil, false, nil
	}
	return tx.contactsWith(mended, "", most)
}

func (tx *Tx) contactsWith(words []string, digits string, most int) ([]ContactHit, bool, error) {
	parts := []search.Expr{search.Phrase(search.OfWorkspace(int64(tx.scope.Workspace)))}
	for _, w := range words {
		part := search.Part(w)
		if digits != "" {
			part = search.Or(search.PhonePart(digits), search.Part(digits))
		}
		if part.IsZero() {
			continue
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return nil, false, nil
	}
	ids, err := tx.allHits(searchContacts, search.And(parts...), most)
	if err != nil || len(ids) == 0 {
		return nil, false, err
	}
	seen, args := tx.seenContact()
	one, list := tx.db.search().oneOf("id", ids)
	all, err := collect(tx, scanContact, `SELECT `+contactColumns+` FROM contact WHERE workspace_id = ? AND `+one+seen, append(append([]any{tx.scope.Workspace}, list...), args...)...)
	if err != nil {
		return nil, false, err
	}
	found := make([]ContactHit, 0, len(all))
	for _, c := range all {
		if score, ok := fits(c, words, digits); ok {
			found = append(found, ContactHit{c, words, score})
		}
	}
	slices.SortFunc(found, func(a, b ContactHit) int {
		switch {
		case a.score != b.score:
			if a.score > b.score {
				return -1
			}
			return 1
		case !a.Contact.LastContactedAt.Equal(b.Contact.LastContactedAt):
			return b.Contact.LastContactedAt.Compare(a.Contact.LastContactedAt)
		}
		return cmp.Compare(b.Contact.ID, a.Contact.ID)
	})
	return found, len(ids) == most, nil
}

// fits looks whether a customer has what was asked for, as they are now, and how
// well: a name that begins so is better than one that has it within.
func fits(c desk.Contact, words []string, digits string) (score float64, ok bool) {
	if digits != "" {
		have := search.Digits(c.Phone)
		tail := digits[max(0, len(digits)-8):]
		switch {
		case strings.HasSuffix(have, digits):
			return 3, true
		case strings.Contains(have, digits), len(digits) > 8 && strings.HasSuffix(have, tail):
			return 2, true
		}
		// Digits can also be part of a name or an address.
		return 1, strings.Contains(search.Fold(c.Name), digits) || strings.Contains(search.Fold(c.Email), digits)
	}
	name, email, phone := search.Fold(c.Name), search.Fold(c.Email), search.Digits(c.Phone)
	for _, w := range words {
		w = search.Fold(w)
		short := len([]rune(w)) < 3
		switch {
		case w == "":
			continue
		case strings.HasPrefix(name, w):
			score += 4
		case strings.Contains(" "+name, " "+w):
			score += 3
		case strings.Contains(" "+email, " "+w):
			score += 2
		case !short && (strings.Contains(name, w) || strings.Contains(email, w)):
			score++
		case !short && strings.Contains(phone, w):
			score++
		default:
			return 0, false
		}
	}
	return score, score > 0
}
