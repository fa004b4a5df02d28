package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestAliases: mail to other addresses of a channel, to any of a domain, and with
// something after a plus reaches its inbox; an address of its own goes before, and
// nothing leads to two channels. Specification 7 (e-mail).
func TestAliases(t *testing.T) {
	smtp := free(t)
	p := newProgram(t, "--smtp", smtp)
	p.run()
	p.begin()
	_, support := p.connect(map[string]any{"address": "support@desk.test", "aliases": []string{"Help@desk.test", "@other.test"}})
	sales, _ := p.connect(map[string]any{"address": "sales@other.test"})
	c := dialSMTP(t, smtp)
	c.say(250, "EHLO customer.test")
	for to, subject := range map[string]string{"help@desk.test": "Alias", "HELP+parts@desk.test": "Plus", "whoever@other.test": "Domain", "support+x@desk.test": "Own plus", "sales@other.test": "Sales"} {
		c.mail("kim@customer.test", to, []byte("From: kim@customer.test\nSubject: "+subject+"\nMessage-ID: <"+strings.ReplaceAll(subject, " ", "-")+"@customer.test>\n\nHello\n"))
	}
	c.say(250, "MAIL FROM:<kim@customer.test>")
	c.say(550, "RCPT TO:<nobody@desk.test>")
	p.holds(t, "Alias", "Domain", "Own plus", "Plus", "Sales")
	i := slices.IndexFunc(p.conversations(), func(c apiConversation) bool { return c.Subject == "Sales" })
	if i < 0 || p.conversations()[i].Inbox != sales {
		t.Errorf("the mail to sales is in %+v", p.conversations())
	}
	taken := map[string]any{"kind": "email", "config": map[string]any{"address": "new@desk.test", "aliases": []string{"help@desk.test"}}}
	if problem := p.ask(p.client, "POST", p.ws+"/inboxes/"+sales+"/channels", taken, nil); !strings.Contains(problem, "help@desk.test leads to another channel already") {
		t.Error(problem)
	}
	p.must("DELETE", p.ws+"/channels/"+support, nil, nil)
	p.must("POST", p.ws+"/inboxes/"+sales+"/channels", taken, nil)
}

// Several addresses may have one mailbox: each has an inbox of its own then, its threads
// are looked for there, and a mail to two of them is in both.
func TestMailOfSeveralInboxes(t *testing.T) {
	m := newMailSystem(t)
	b := m.box()
	p := m.program()
	own := p.fetching(b.config(m.imap))
	sales, _ := p.connect(map[string]any{"address": "sales@several.test", "aliases": []string{"@offers.test"}})
	to := func(to, subject, more string) []byte {
		return []byte("From: Kim Ek <kim@customer.test>\r\nTo: " + to + "\r\n" + more + "Subject: " + subject + "\r\nMessage-ID: <" + strings.ReplaceAll(subject, " ", ".") + "@several.customer.test>\r\n\r\nHello\r\n")
	}
	b.deliver("kim@customer.test",
		to("Sales <Sales+x@several.test>", "To sales", ""),
		to("whoever@offers.test", "By domain", ""),
		to("list@lists.test", "To nobody here", ""),
		to("undisclosed-recipients:;", "Blind to sales", "X-Original-To: sales@several.test\r\n"),
		to(b.user+", sales@several.test", "To both", ""),
	)
	p.holds(t, "Blind to sales", "By domain", "To both", "To both", "To nobody here", "To sales")
	in := map[string]int{}
	for _, c := range p.conversations() {
		if c.Inbox == sales {
			in[c.Subject]++
		}
	}
	if want := map[string]int{"To sales": 1, "By domain": 1, "Blind to sales": 1, "To both": 1}; !maps.Equal(in, want) {
		t.Errorf("in the inbox of sales are %v, want %v", in, want)
	}
	b.deliver("kim@customer.test", to("sales@several.test", "Re: To sales", "In-Reply-To: <To.sales@several.customer.test>\r\n"))
	p.has(p.arrived("To sales").ID, 2)
	if s := p.health(own, "in").Problem; s != "" {
		t.Error(s)
	}
}
