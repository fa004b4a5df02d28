package desk

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ticket is a matter in another system that a conversation is linked to. Its
// address says which one it is.
type Ticket struct {
	Integration string `json:"integration" doc:"The system it is in, in lower case: zendesk, jira, or the host of its address"`
	Title       string `json:"title" doc:"What people call it: a number, a key, a few words"`
	URL         string `json:"url" doc:"Where it is: an http or https address"`
}

// LinkTicket links a conversation to a ticket of another system: one per system
// (F0-68).
type LinkTicket struct {
	URL         string `json:"url" minLength:"1" maxLength:"2000" doc:"Where the ticket is: an http or https address"`
	Title       string `json:"title,omitempty" maxLength:"120" doc:"What people call it; else the end of the address"`
	Integration string `json:"integration,omitempty" maxLength:"60" doc:"The system it is in: zendesk, jira, or any word; else it is known by the address"`
}

// UnlinkTicket ends such a link. The ticket stays as it is.
type UnlinkTicket struct {
	URL string `json:"url" minLength:"1" maxLength:"2000" doc:"The address of the ticket"`
}

// TicketLinked says which ticket it is linked to now.
type TicketLinked struct{ Ticket }

// TicketUnlinked says which ticket it is linked to no more.
type TicketUnlinked struct{ Ticket }

// Limits of a ticket, in characters, and of how many one conversation has.
const (
	maxTicketURL   = 2000
	maxTicketTitle = 120
	maxIntegration = 60
	maxTickets     = 20
)

// trackers are systems that are known by the domain of their addresses.
var trackers = map[string]string{
	"atlassian.net": "jira", "freshdesk.com": "freshdesk", "github.com": "github", "gitlab.com": "gitlab", "linear.app": "linear",
	"service-now.com": "servicenow", "zendesk.com": "zendesk",
}

// Decide refuses a second ticket of a system, and says which the first one is.
func (l LinkTicket) Decide(c Conversation, _ World) ([]Fact, error) {
	ticket, err := l.ticket()
	if err != nil || slices.Contains(c.Tickets, ticket) {
		return nil, err
	}
	if i := slices.IndexFunc(c.Tickets, func(t Ticket) bool { return t.Integration == ticket.Integration || t.URL == ticket.URL }); i >= 0 {
		first := c.Tickets[i]
		return nil, &Error{
			Kind: Conflict, Message: fmt.Sprintf("The ticket %s of %s is linked here already (%s). Open that one, or remove the link first.", first.Title, first.Integration, first.URL),
			Details: map[string]any{"ticket": first},
		}
	}
	if len(c.Tickets) >= maxTickets {
		return nil, Errorf(Invalid, "A conversation can have %d tickets. Remove one first.", maxTickets)
	}
	return []Fact{TicketLinked{ticket}}, nil
}

// Decide does nothing for a ticket that is not linked.
func (u UnlinkTicket) Decide(c Conversation, _ World) ([]Fact, error) {
	where, err := ticketURL(u.URL)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(c.Tickets, func(t Ticket) bool { return t.URL == where.String() })
	if i < 0 {
		return nil, nil
	}
	return []Fact{TicketUnlinked{c.Tickets[i]}}, nil
}

// ticket is what l links to, with what its address says where l says nothing.
func (l LinkTicket) ticket() (Ticket, error) {
	where, err := ticketURL(l.URL)
	if err != nil {
		return Ticket{}, err
	}
	host := strings.TrimPrefix(where.Hostname(), "www.")
	integration := host
	for domain, name := range trackers {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			integration = name
		}
	}
	title := path.Base(where.Path)
	switch {
	case title == "." || title == "/":
		title = host
	case strings.Trim(title, "0123456789") == "":
		title = "#" + title
	}
	return Ticket{
		Integration: strings.ToLower(Line(cmp.Or(Line(l.Integration, maxIntegration), integration), maxIntegration)),
		Title:       Line(cmp.Or(Line(l.Title, maxTicketTitle), title), maxTicketTitle),
		URL:         where.String(),
	}, nil
}

// ticketURL reads the address of a ticket. Only pages of the web are linked to, and
// no address that a password is in.
func ticketURL(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	switch {
	case err != nil || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsSpace) || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, invalidField("url", "This is no address of a ticket. Copy it from the browser: it begins with https:// or http://.")
	case u.User != nil:
		return nil, invalidField("url", "This address has a name or a password in it. Remove what stands before the @.")
	}
	u.Host = strings.ToLower(u.Host)
	if len(u.String()) > maxTicketURL {
		return nil, invalidField("url", "This address is too long. Shorten it to 2000 characters.")
	}
	return u, nil
}

func (f TicketLinked) apply(c *Conversation, _ Event) { c.link(f.Ticket) }

func (f TicketUnlinked) apply(c *Conversation, _ Event) {
	c.Tickets = without(c.Tickets, []Ticket{f.Ticket})
}

// link adds tickets that are not there; they are in order of their system.
func (c *Conversation) link(tickets ...Ticket) {
	c.Tickets = slices.Concat(c.Tickets, missing(tickets, c.Tickets))
	slices.SortFunc(c.Tickets, func(a, b Ticket) int {
		return cmp.Or(cmp.Compare(a.Integration, b.Integration), cmp.Compare(a.URL, b.URL))
	})
}

// unknown returns those of tickets that are not linked here, whatever they are called.
func (c *Conversation) unknown(tickets []Ticket) (fresh []Ticket) {
	for _, t := range tickets {
		if !slices.ContainsFunc(c.Tickets, func(here Ticket) bool { return here.URL == t.URL }) {
			fresh = append(fresh, t)
		}
	}
	return fresh
}

func (f TicketLinked) standing(c *Conversation, _ Event, _ World) (string, error) {
	if !slices.Contains(c.Tickets, f.Ticket) {
		return "the ticket was unlinked since", nil
	}
	return "", nil
}

func (f TicketUnlinked) standing(c *Conversation, _ Event, _ World) (string, error) {
	if slices.ContainsFunc(c.Tickets, func(t Ticket) bool { return t.Integration == f.Integration || t.URL == f.URL }) {
		return "another ticket was linked since", nil
	}
	return "", nil
}

func (f TicketLinked) inverse(*Conversation) Fact   { return TicketUnlinked(f) }
func (f TicketUnlinked) inverse(*Conversation) Fact { return TicketLinked(f) }
