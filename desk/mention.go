package desk

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mention is who a note calls (F1-43): a person, everybody of a team, or everybody
// of an inbox. Each kind of group is one more field, of which exactly one is set.
type Mention struct {
	User  UserID  `json:"user_id,omitempty"`
	Team  TeamID  `json:"team_id,omitempty"`
	Inbox InboxID `json:"inbox_id,omitempty"`
}

// Calls reports whether m is called, by name or as one of a group. Owners and
// admins who only may see an inbox are none of its group.
func (to Mention) Calls(m Member) bool {
	switch {
	case !m.Active:
		return false
	case to.User != 0:
		return m.User == to.User
	case to.Team != 0:
		return slices.Contains(m.Teams, to.Team)
	}
	return m.In(to.Inbox)
}

// Addressee is a name that can stand behind an at sign, and who is meant by it.
type Addressee struct {
	Name string
	Mention
	Gone string // why nobody answers to the name any more, or ""
}

// Everyone is the name of all members of the conversation's inbox.
const Everyone = "everyone"

// maxMentions is how many different people and groups one note may call.
const maxMentions = 50

// addressees returns who can be mentioned in a conversation.
func addressees(c Conversation, w World) ([]Addressee, error) {
	members, err := w.Members()
	if err != nil {
		return nil, err
	}
	all := []Addressee{{Name: Everyone, Mention: Mention{Inbox: c.Inbox}}}
	for _, m := range members {
		a := Addressee{Name: m.Name, Mention: Mention{User: m.User}}
		if !m.Active {
			a.Gone = m.Name + " is no longer active here"
		}
		all = append(all, a)
	}
	teams, err := w.Teams()
	for _, t := range teams {
		a := Addressee{Name: t.Name, Mention: Mention{Team: t.ID}}
		if len(t.Members) == 0 {
			a.Gone = "Nobody is in the team " + t.Name
		}
		all = append(all, a)
	}
	return all, err
}

// readMentions returns who a note calls, each once, in their order. A name that
// several people have means the one of chosen. Code is not read: an at sign
// there is none.
func readMentions(text string, all []Addressee, chosen []Mention) (found []Mention, err error) {
	for _, rest := range atSigns(text) {
		a, err := addressee(rest, all, chosen)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(found, a.Mention) {
			found = append(found, a.Mention)
		}
	}
	for _, m := range chosen {
		if !slices.Contains(found, m) {
			return nil, Errorf(Invalid, "The note does not name everybody whom it says it mentions. Write their names behind an @, or leave them out.")
		}
	}
	if len(found) > maxMentions {
		return nil, Errorf(Invalid, "A note mentions at most %d people. Mention @%s instead.", maxMentions, Everyone)
	}
	return found, nil
}

// addressee returns whom the text behind an at sign names: the longest name that
// stands there, else a first name.
func addressee(rest string, all []Addressee, chosen []Mention) (Addressee, error) {
	longest := 0
	var named []Addressee
	for _, a := range all {
		n := prefixFold(rest, a.Name)
		if n == 0 || n < longest {
			continue
		}
		if n > longest {
			longest, named = n, nil
		}
		named = append(named, a)
	}
	word := strings.TrimRight(rest[:wordEnd(rest)], "._-'")
	if len(named) == 0 {
		for _, a := range all {
			first, _, ok := strings.Cut(a.Name, " ")
			if ok && strings.EqualFold(first, word) {
				named = append(named, a)
			}
		}
	}
	if one := choose(named, chosen); one != nil {
		if one.Gone != "" {
			return *one, Errorf(Invalid, "%s. Mention somebody else.", one.Gone)
		}
		return *one, nil
	}
	if len(named) > 1 {
		return Addressee{}, Errorf(Invalid, "There is more than one %s here. Choose the one you mean from the list behind the @.", clip(word, 60))
	}
	return Addressee{}, Errorf(Invalid, "Nobody here is called @%s. Choose somebody from the list behind the @, or put it between `code marks` if nobody is meant.", clip(word, 60))
}

// choose returns the only one who can be meant, or nil.
func choose(named []Addressee, chosen []Mention) *Addressee {
	if len(named) > 1 {
		if i := slices.IndexFunc(named, func(a Addressee) bool { return slices.Contains(chosen, a.Mention) }); i >= 0 {
			return &named[i]
		}
		named = slices.DeleteFunc(slices.Clone(named), func(a Addressee) bool { return a.Gone != "" })
	}
	if len(named) != 1 {
		return nil
	}
	return &named[0]
}

// prefixFold returns how many bytes of s name is, whatever the case, when no
// letter or digit follows; else 0.
func prefixFold(s, name string) int {
	if name == "" || len(s) < len(name) || !strings.EqualFold(s[:len(name)], name) {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(s[len(name):]); inWord(r) {
		return 0
	}
	return len(name)
}

// FirstName is the part of a name that people are called by.
func FirstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

func inWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func wordEnd(s string) int {
	for i, r := range s {
		if !inWord(r) && !strings.ContainsRune("._-'", r) {
			return i
		}
	}
	return len(s)
}

// atSigns returns what stands behind every at sign that begins a name: one
// before a letter and not within a word, an address or code.
func atSigns(text string) (all []string) {
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " ")
		if mark := fenceMark(trimmed); mark != "" && (fence == "" || strings.HasPrefix(mark, fence)) {
			if fence == "" {
				fence = mark
			} else {
				fence = ""
			}
			continue
		}
		if fence != "" || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
			continue
		}
		all = append(all, atSignsOf(line)...)
	}
	return all
}

// fenceMark returns the marks that begin or end a block of code, or "".
func fenceMark(line string) string {
	for _, c := range []string{"`", "~"} {
		if n := len(line) - len(strings.TrimLeft(line, c)); n >= 3 {
			return line[:n]
		}
	}
	return ""
}

func atSignsOf(line string) (all []string) {
	before := ' '
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if r == '`' {
			marks := line[i : len(line)-len(strings.TrimLeft(line[i:], "`"))]
			if end := strings.Index(line[i+len(marks):], marks); end >= 0 {
				i += 2*len(marks) + end
				before = '`'
				continue
			}
		}
		if next, _ := utf8.DecodeRuneInString(line[i+size:]); r == '@' && unicode.IsLetter(next) && !inWord(before) && !strings.ContainsRune("@._-/+\\", before) {
			all = append(all, strings.TrimRight(line[i+size:], "\n"))
		}
		before = r
		i += size
	}
	return all
}
