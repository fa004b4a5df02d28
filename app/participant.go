package app

import (
	"encoding/json"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/mailauth"
	"parley/store"
)

// participates reports whether the author of a message is part of a conversation: its
// contact, somebody who wrote in it and was let in, somebody a mail of it was addressed
// to, or, if that is proven, somebody of the same organisation or of the team. Who
// claims to be one of them and is found not to be, is not.
func participates(tx *store.WriteTx, c desk.Conversation, contact desk.Contact, in inbound) (bool, error) {
	if p := in.Origin.Proof; p == desk.ProofFailed || p == desk.ProofSuspicious {
		return false, nil
	}
	if c.Contact == contact.ID {
		return true, nil
	}
	same, err := tx.MergedContacts(contact.ID)
	if err != nil {
		return false, err
	}
	same = append(same, contact.ID)
	messages, err := tx.MessagesOf([]desk.ConversationID{c.ID}, 0, 100)
	if err != nil {
		return false, err
	}
	known := map[string]bool{}
	for _, m := range messages {
		if m.Side == desk.SideCustomer && m.Auto != "" && m.Auto != desk.AutoImported { // a program, or somebody who waits
			continue
		}
		if slices.Contains(same, m.Contact) {
			return true, nil
		}
		addressesOf(m, known)
	}
	address := strings.ToLower(in.From.ID)
	if known[address] {
		return true, nil
	}
	if in.Origin.Proof != desk.ProofProven {
		return false, nil
	}
	owner, err := tx.Contact(c.Contact)
	if err != nil {
		return false, err
	}
	known[strings.ToLower(owner.Email)] = true
	for other := range known {
		if colleagues(address, other) {
			return true, nil
		}
	}
	return isMember(tx, address)
}

// addressesOf notes who wrote a message and whom it was for.
func addressesOf(m desk.Message, known map[string]bool) {
	var header channel.Email
	if len(m.Email) > 0 && json.Unmarshal(m.Email, &header) != nil {
		header = channel.Email{}
	}
	known[strings.ToLower(m.Sender)] = true
	for _, list := range [][]string{header.To, header.Cc} {
		for _, one := range list {
			known[bareAddress(one)] = true
		}
	}
	for _, to := range slices.Concat(m.To, m.Cc) {
		known[strings.ToLower(to.Email)] = true
	}
}

// bareAddress returns the address of a line like Ann <ann@example.com>, folded.
func bareAddress(s string) string {
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		s, _, _ = strings.Cut(s[i+1:], ">")
	}
	return strings.ToLower(strings.TrimSpace(s))
}

// colleagues reports whether two addresses are of one organisation. At a provider
// where anybody gets an address nobody is.
func colleagues(a, b string) bool {
	_, x, ok := strings.Cut(a, "@")
	_, y, also := strings.Cut(b, "@")
	return ok && also && mailauth.Aligned(x, y, false) && !mail.PublicProvider(x)
}

// isMember reports whether an address is of somebody of the team.
func isMember(tx *store.WriteTx, address string) (bool, error) {
	m, err := memberOf(tx.Tx, address)
	return m.User != 0, err
}

// memberOf returns who of the team has an address, or nobody.
func memberOf(tx *store.Tx, address string) (desk.Member, error) {
	all, err := tx.Members()
	if err != nil {
		return desk.Member{}, err
	}
	for _, m := range all {
		if !m.Active {
			continue
		}
		p, err := tx.Person(m.User)
		if err != nil {
			return desk.Member{}, err
		}
		if store.FoldEmail(p.Email) == store.FoldEmail(address) {
			return m, nil
		}
	}
	return desk.Member{}, nil
}
