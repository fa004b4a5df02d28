package mail

import "strings"

// List returns who wrote a mail that a group address handed on in its own name, as
// Google Groups does where the author's domain would have it refused; false when none
// did. The group says so: what is proven is proven of the group.
func (m *Mail) List() (author Address, ok bool) {
	for _, name := range []string{"X-Original-From", "X-Original-Sender"} {
		named := parseAddresses(m.Get(name))
		if len(named) != 1 || named[0].Email == "" || Bare(named[0].Email) == Bare(m.From.Email) {
			continue
		}
		if author.Email == "" {
			author = named[0]
		}
	}
	if author.Email == "" {
		return author, false
	}
	if name, _, via := strings.Cut(m.From.Name, " via "); via && author.Name == "" {
		author.Name = strings.Trim(name, `'" `)
	}
	return author, true
}

// ofList reports whether an address is that of a list, which handed a mail on: an
// answer to it would go to everybody.
func (m *Mail) ofList(address string) bool {
	if _, ok := m.List(); ok && Bare(address) == Bare(m.From.Email) {
		return true
	}
	for _, name := range []string{"List-Post", "X-BeenThere"} {
		for part := range strings.SplitSeq(m.Get(name), ",") {
			list, _, _ := strings.Cut(strings.TrimPrefix(strings.Trim(strings.TrimSpace(part), "<>"), "mailto:"), "?")
			if list != "" && Bare(list) == Bare(address) {
				return true
			}
		}
	}
	return false
}
