package desk_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/desk"
)

// Whatever is given as the address of a ticket: it is refused in a sentence, or it
// is a page of the web without a password, which is found again by its own address.
func FuzzTicket(f *testing.F) {
	for _, s := range []string{
		"https://bikes.zendesk.com/agent/tickets/4711", "HTTP://Jira.example/browse/SHOP-12?a=b#c", "javascript:alert(1)", "https://ann:secret@shop.example/1",
		"https://b\u00fccher.example/\u00e4 b", "//shop.example/1", "https://[::1]:8080/1", "https://shop.example/%zz", "https://shop.example/\xff", "https://" + strings.Repeat("\u00fc", 900) + "/",
	} {
		f.Add(s, "", "")
		f.Add(s, " A title\n", "Help Desk")
	}
	f.Fuzz(func(t *testing.T, address, title, integration string) {
		facts, err := desk.LinkTicket{URL: address, Title: title, Integration: integration}.Decide(desk.Conversation{}, nil)
		if err != nil {
			if why := noWayOut(err.Error()); desk.KindOf(err) != desk.Invalid || why != "" {
				t.Fatalf("%q: %v: %s", address, err, why)
			}
			return
		}
		linked := facts[0].(desk.TicketLinked)
		u, err := url.Parse(linked.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(linked.URL) > 2000 || !utf8.ValidString(linked.URL) {
			t.Errorf("%q is linked to %q: %v", address, linked.URL, err)
		}
		if linked.Title == "" || linked.Integration == "" || utf8.RuneCountInString(linked.Title) > 123 || utf8.RuneCountInString(linked.Integration) > 63 {
			t.Errorf("%q is called %q, of %q", address, linked.Title, linked.Integration)
		}
		c := desk.Conversation{Tickets: []desk.Ticket{linked.Ticket}}
		if facts, err := (desk.UnlinkTicket{URL: linked.URL}).Decide(c, nil); err != nil || len(facts) != 1 {
			t.Errorf("%q is not found again: %v, %v", linked.URL, facts, err)
		}
	})
}
