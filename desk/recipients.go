package desk

import (
	"fmt"
	"slices"
	"strings"
)

// Recipients is to whom a mail goes.
type Recipients struct {
	To  []Address
	Cc  []Address
	Bcc []Address // only the team knows
}

// Header is to whom a mail goes, and under which subject, as commands carry it.
type Header struct {
	To      []string `json:"to,omitempty" maxItems:"50" doc:"To whom a mail goes, like jane@example.com or Jane Doe <jane@example.com>; by default the customer"`
	Cc      []string `json:"cc,omitempty" maxItems:"50" doc:"Who gets a copy of a mail"`
	Bcc     []string `json:"bcc,omitempty" maxItems:"50" doc:"Who gets a copy that the others do not hear of; only the team sees it"`
	Subject string   `json:"subject,omitempty" maxLength:"500" doc:"The subject of this mail; by default that of the conversation, as an answer"`
	Quoting Quoting  `json:"quoting,omitempty" enum:"leave_out,include" doc:"Whether the mail that is answered is quoted below; by default as the inbox says, and not to somebody who has not had it"`
}

// maxRecipients is how many addresses one mail goes to: more is a circular, which
// mail servers refuse and which is not a conversation.
const maxRecipients = 50

// Empty reports whether nothing was chosen.
func (h Header) Empty() bool {
	return len(h.To) == 0 && len(h.Cc) == 0 && len(h.Bcc) == 0 && h.Subject == "" && h.Quoting == ""
}

// All returns every recipient, those in To first.
func (r Recipients) All() []Address { return slices.Concat(r.To, r.Cc, r.Bcc) }

// Has reports whether a mail went to an address.
func (r Recipients) Has(email string) bool {
	return slices.ContainsFunc(r.All(), func(a Address) bool { return a.Same(Address{Email: email}) })
}

func (r Recipients) same(o Recipients) bool {
	return slices.Equal(r.To, o.To) && slices.Equal(r.Cc, o.Cc) && slices.Equal(r.Bcc, o.Bcc)
}

// recipients checks whom a mail goes to. Nobody gets it twice: who stands in To is
// left out of Cc, and both out of Bcc. Our own addresses are left out, since the
// mail would come back as one from a customer.
func (h Header) recipients(w World) (r Recipients, err error) {
	own, err := w.OwnAddresses()
	if err != nil {
		return r, err
	}
	var seen []Address
	for _, list := range []struct {
		field string
		from  []string
		to    *[]Address
	}{{"to", h.To, &r.To}, {"cc", h.Cc, &r.Cc}, {"bcc", h.Bcc, &r.Bcc}} {
		for _, s := range list.from {
			a, ok := ParseAddress(s)
			if !ok {
				return r, invalidField(list.field, fmt.Sprintf("“%s” is not a mail address. Write it like jane@example.com.", Line(s, 80)))
			}
			if isOwn(own, a) || slices.ContainsFunc(seen, a.Same) {
				continue
			}
			seen = append(seen, a)
			*list.to = append(*list.to, a)
		}
	}
	switch {
	case len(seen) > maxRecipients:
		return r, invalidField("to", fmt.Sprintf("A mail goes to %d addresses at most. Send it in several parts, or use a mailing list.", maxRecipients))
	case len(h.To) > 0 && len(r.To) == 0 && slices.ContainsFunc(h.To, func(s string) bool { a, _ := ParseAddress(s); return isOwn(own, a) }):
		return r, invalidField("to", "This is an address of your own team: the mail would come back as a new message. Write to somebody else, or leave a note.")
	}
	return r, nil
}

// isOwn reports whether an address is one of ours, with or without what stands
// behind a plus.
func isOwn(own []string, a Address) bool {
	email := strings.ToLower(a.Email)
	local, domain, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	return slices.Contains(own, email) || slices.Contains(own, local+"@"+domain)
}

// addressed checks whom an answer of c through a channel goes to, and returns its
// subject on one line.
func (h Header) addressed(c Conversation, chosen ChannelID, w World) (r Recipients, subject string, err error) {
	if h.Empty() {
		return r, "", nil
	}
	mail, err := byMail(c.through(chosen), w)
	if err != nil {
		return r, "", err
	}
	if !mail {
		return r, "", invalidField("to", "Only a mail has recipients and a subject. Choose a mail address of yours to send from, or leave them out.")
	}
	r, err = h.recipients(w)
	return r, Line(h.Subject, MaxSubject), err
}

// byMail reports whether what goes through a channel is mail.
func byMail(channel ChannelID, w World) (bool, error) {
	if channel == 0 {
		return false, nil
	}
	kind, err := w.ChannelKind(channel)
	return kind == KindMail, err
}

// settled is to whom a mail of c goes from now on, whatever becomes of the
// customer's addresses: who was chosen, else the customer. Other channels have no
// recipients.
func (r Recipients) settled(c Conversation, channel ChannelID, w World) (Recipients, error) {
	mail, err := byMail(channel, w)
	if err != nil || !mail {
		return Recipients{}, err
	}
	if len(r.To) > 0 {
		return r, nil
	}
	a, err := w.Addressee(c.Contact, channel)
	if err != nil && KindOf(err) == Internal {
		return r, err
	}
	if err != nil { // the delivery says why they cannot be reached
		return r, nil
	}
	r.To = []Address{a}
	same := func(o Address) bool { return o.Same(a) }
	r.Cc, r.Bcc = slices.DeleteFunc(slices.Clone(r.Cc), same), slices.DeleteFunc(slices.Clone(r.Bcc), same)
	return r, nil
}
