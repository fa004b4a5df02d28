package main

import (
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
