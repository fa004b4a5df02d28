package mail

import (
	"slices"
	"strings"
)

// maxRecipients is how many addresses of a kind Recipients returns.
const maxRecipients = 100

// delivered are the headers in which mail servers write for whom they took a mail in.
var delivered = []string{"X-Original-To", "Envelope-To", "X-Envelope-To", "Delivered-To"}

// Recipients returns the addresses that a mail is for, from its header alone: those it
// was written to (To and Cc), and those that mail servers noted, which know of blind
// copies and name the mailbox itself, too. Each is folded and without what stands after
// a plus (see Bare), once. head is the beginning of the mail.
func Recipients(head []byte) (written, noted []string) {
	root, err := split(trimStart(head))
	if err != nil {
		return nil, nil
	}
	for _, name := range []string{"To", "Cc"} {
		for _, a := range addresses(root.header, name) {
			written = addRecipient(written, a.Email)
		}
	}
	for _, name := range delivered {
		for _, v := range root.header.Values(name) {
			noted = addRecipient(noted, strings.Trim(v, "<> \t\r\n"))
		}
	}
	return written, noted
}

func addRecipient(all []string, address string) []string {
	address = Bare(address)
	if !strings.Contains(address, "@") || len(all) == maxRecipients || slices.Contains(all, address) {
		return all
	}
	return append(all, address)
}
