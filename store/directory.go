package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/desk"
	"parley/search"
)

// What the place of a customer begins with: names first, then numbers of those who
// have no name, then mail addresses of those who have neither, then everybody else.
const (
	sortedByName    = "1"
	sortedByPhone   = "2"
	sortedByAddress = "3"
	sortedByNothing = "4"
)

// sortedRunes is how many characters of a name count in the order; an index takes no
// text of any length.
const sortedRunes = 60

// sortedAs returns where a customer stands in the list from A to Z (F3-18): by name
// without accents and capitals, digits before letters and other scripts after them;
// who has no name is last, by phone, then by address. It is never empty.
func sortedAs(name, phone, email string) string {
	if name = strings.TrimSpace(name); name != "" {
		return sortedByName + sortedName(name)
	}
	if digits := search.Digits(phone); digits != "" {
		return sortedByPhone + shortened(digits)
	}
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" {
		return sortedByAddress + shortened(email)
	}
	return sortedByNothing
}

// sortedName is the part of a place that is made of a name. One of signs only stands
// behind the letters.
func sortedName(name string) string {
	if folded := search.Fold(name); folded != "" {
		return shortened(folded)
	}
	return shortened("~" + name)
}

func shortened(s string) string {
	n := 0
	for i := range s {
		if n == sortedRunes {
			return s[:i]
		}
		n++
	}
	return s
}

// Directory is a question for customers in the order of sortedAs. Those who were
// merged into another one are not in it.
type Directory struct {
	// Words are looked for as by SearchContacts; "" is everybody.
	Words string
	Tag   desk.TagID // 0 is everybody
	// From begins with names from there on, and Unnamed with those who have none; of
	// no use with After or Before.
	From    string
	Unnamed bool
	After   *DirectorySpot // the end of the page before
	Before  *DirectorySpot // the beginning of the page behind
	Limit   int
}

// DirectorySpot is a place in the directory.
type DirectorySpot struct {
	Sorted string         `json:"s"`
	ID     desk.ContactID `json:"i,omitempty"`
}

// Valid reports whether there can be such a place.
func (s DirectorySpot) Valid() bool {
	return s.Sorted != "" && s.Sorted >= sortedByName && !strings.ContainsRune(s.Sorted, 0) && s.ID >= 0 && utf8.RuneCountInString(s.Sorted) <= sortedRunes+1
}

// beginning returns where a directory that asks for no page begins, or nil.
func (d Directory) beginning() *DirectorySpot {
	switch {
	case d.Unnamed:
		return &DirectorySpot{Sorted: sortedByPhone}
	case strings.TrimSpace(d.From) != "":
		return &DirectorySpot{Sorted: sortedByName + sortedName(strings.TrimSpace(d.From))}
	}
	return nil
}

// DirectoryRow is a customer in the directory.
type DirectoryRow struct {
	Contact desk.Contact
	Tags    []desk.TagID
	Spot    DirectorySpot
}

// Letter is under which letter a row stands: a capital without accent, # for
// digits and signs, "" for who has no name.
func (r DirectoryRow) Letter() string {
	name, ok := strings.CutPrefix(r.Spot.Sorted, sortedByName)
	if !ok {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(name); unicode.IsLetter(first) {
		return string(unicode.ToUpper(first))
	}
	return "#"
}

// DirectoryPage is a part of the directory.
type DirectoryPage struct {
	Rows       []DirectoryRow
	Prev, Next *DirectorySpot // where there may be more; nil where there is none
	// Cut says that the words are those of more customers than were looked at.
	Cut bool
}

// Directory returns a page of the customers of the scope from A to Z.
func (tx *Tx) Directory(d Directory) (page DirectoryPage, err error) {
	where, args := "workspace_id = ? AND merged_into_id IS NULL", []any{tx.scope.Workspace}
	and := func(sql string, more ...any) { where, args = where+" AND "+sql, append(args, more...) }
	if strings.TrimSpace(d.Words) != "" {
		hits, cut, err := tx.searchContacts(d.Words, directoryContacts)
		if err != nil {
			return page, err
		}
		if page.Cut = cut; len(hits) == 0 {
			return page, nil
		}
		ids := make([]int64, len(hits))
		for i, h := range hits {
			ids[i] = int64(h.Contact.ID)
		}
		sql, list := tx.db.search().oneOf("id", ids)
		and(sql, list...)
	}
	if d.Tag != 0 {
		and("id IN (SELECT g.contact_id FROM contact_tag g WHERE g.workspace_id = ? AND g.tag_id = ?)", tx.scope.Workspace, d.Tag)
	}
	order, begins := "sorted, id", d.beginning()
	switch {
	case d.Before != nil:
		order = "sorted DESC, id DESC"
		and("(sorted, id) < (?, ?)", d.Before.Sorted, int64(d.Before.ID))
	case d.After != nil:
		and("(sorted, id) > (?, ?)", d.After.Sorted, int64(d.After.ID))
	case begins != nil:
		and("sorted >= ?", begins.Sorted)
	}
	seen, more := tx.seenContact()
	args = append(append(args, more...), d.Limit+1)
	page.Rows, err = collect(tx, scanDirectory, `SELECT sorted, `+contactColumns+` FROM contact WHERE `+where+seen+` ORDER BY `+order+` LIMIT ?`, args...)
	if err != nil {
		return page, err
	}
	full := len(page.Rows) > d.Limit
	page.Rows = page.Rows[:min(len(page.Rows), d.Limit)]
	if d.Before != nil {
		slices.Reverse(page.Rows)
	}
	page.edges(d, full, begins)
	return page, tx.directoryTags(page.Rows)
}

// edges says where a page goes on on either side; full is that there are more rows in
// the direction it was read in.
func (p *DirectoryPage) edges(d Directory, full bool, begins *DirectorySpot) {
	if len(p.Rows) == 0 {
		if d.After == nil && d.Before == nil {
			p.Prev = begins
		}
		return
	}
	first, last := p.Rows[0].Spot, p.Rows[len(p.Rows)-1].Spot
	if d.Before != nil && full || d.Before == nil && (d.After != nil || begins != nil) {
		p.Prev = &first
	}
	if d.Before != nil || full {
		p.Next = &last
	}
}

func scanDirectory(scan func(...any) error) (r DirectoryRow, err error) {
	r.Contact, err = scanContact(func(into ...any) error { return scan(append([]any{&r.Spot.Sorted}, into...)...) })
	r.Spot.ID = r.Contact.ID
	return r, err
}

// directoryTags adds the tags of rows.
func (tx *Tx) directoryTags(rows []DirectoryRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids, at := make([]desk.ContactID, len(rows)), map[desk.ContactID]int{}
	for i, r := range rows {
		ids[i], at[r.Contact.ID] = r.Contact.ID, i
	}
	list, args := in(ids)
	tags, err := tx.pairs(`SELECT contact_id, tag_id FROM contact_tag WHERE workspace_id = ? AND contact_id IN `+list+` ORDER BY contact_id, tag_id`, append([]any{tx.scope.Workspace}, args...)...)
	for _, p := range tags {
		r := &rows[at[desk.ContactID(p[0])]]
		r.Tags = append(r.Tags, desk.TagID(p[1]))
	}
	return err
}
