package desk

import "time"

// BouncedAddress is an address that mail to came back from.
type BouncedAddress struct {
	Address string // folded
	Hard    bool   // it takes no mail, as far as we know; else it may be a full mailbox
	Times   int
	Reason  string    // of the newest, one sentence
	Message MessageID // the newest that came back
	At      time.Time
}

// maxSoftBounces is how often mail comes back with a reason that may pass, before the
// address counts as one that takes none.
const maxSoftBounces = 3

// Returned is b after another mail came back; hard says that the address is no good,
// whatever the mail was.
func (b BouncedAddress) Returned(hard bool, reason string, m MessageID, at time.Time) BouncedAddress {
	if b.Message == m {
		b.Times-- // one mail is told of more than once: while it is tried, and at its end
	}
	b.Times++
	b.Hard = b.Hard || hard || b.Times >= maxSoftBounces
	b.Reason, b.Message, b.At = reason, m, at
	return b
}
