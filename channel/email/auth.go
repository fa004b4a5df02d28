package email

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"regexp"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/internal/mailauth"
)

// Authenticate implements channel.Authenticator.
func (ch *Channel) Authenticate(ctx context.Context, a channel.Account, raw channel.Raw) json.RawMessage {
	c, err := read(a.Config)
	if err != nil {
		c = Config{} // nobody is trusted then
	}
	found := mailauth.Check(ctx, mailauth.Options{Resolver: ch.DNS, Servers: names(c.AuthServers), Sealers: names(c.ARCSealers)}, raw.Body,
		mailauth.Envelope{Client: net.ParseIP(raw.Envelope["client"]), Helo: raw.Envelope["helo"], From: raw.Envelope["mail_from"]})
	b, err := json.Marshal(found)
	if err != nil {
		return nil
	}
	return b
}

// names reads a setting that is a list, with commas or spaces between its parts.
func names(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\n' })
}

// origin is what is proven of who wrote a mail. who is whom answers go to.
func origin(m *mail.Mail, who mail.Address, auth json.RawMessage) desk.Origin {
	found := mailauth.Outcome{Verdict: mailauth.Unproven}
	if len(auth) > 0 && json.Unmarshal(auth, &found) != nil {
		found = mailauth.Outcome{Verdict: mailauth.Unproven}
	}
	_, domain, _ := strings.Cut(strings.ToLower(m.From.Email), "@")
	o := desk.Origin{Proof: desk.Proof(found.Verdict), By: found.By, Domain: domain, Server: found.Server, Policy: found.Policy}
	switch {
	case found.Verdict == mailauth.Suspicious:
	case found.Domain != "" && found.Domain != strings.TrimSuffix(domain, "."): // it can be read in two ways
		o.Proof, o.By = desk.ProofSuspicious, "header"
	case found.Verdict != mailauth.Proven && misleads(m.From):
		o.Proof, o.By = desk.ProofSuspicious, "name"
	case found.Verdict == mailauth.Proven && onList(m, who):
		o.Proof, o.By, o.Server = desk.ProofUnproven, "list", domain // the list is proven, not who wrote to it
	case found.Verdict == mailauth.Proven && !strings.EqualFold(who.Email, m.From.Email):
		o.Proof, o.By = desk.ProofUnproven, "reply_to" // the proof is not about whom the answer goes to
	}
	return o
}

// onList reports whether a list handed on what somebody wrote, in its own name.
func onList(m *mail.Mail, who mail.Address) bool {
	author, ok := m.List()
	return ok && strings.EqualFold(author.Email, who.Email)
}

var addressInName = regexp.MustCompile(`[^\s<>"'(),;:]+@([\w-]+(?:\.[\w-]+)+)`)

// misleads reports whether the name beside an address is an address of another
// organisation, which is what a reader would see. Lists write it so, too: "via".
func misleads(from mail.Address) bool {
	_, domain, _ := strings.Cut(from.Email, "@")
	found := addressInName.FindStringSubmatch(from.Name)
	return found != nil && !strings.Contains(from.Name, " via ") && !mailauth.Aligned(found[1], domain, false)
}

// clientOf returns who handed a mail in from outside, or "" for a mail server of
// our own: its clients are not known here.
func clientOf(remote net.Addr, lmtp bool, c *clients) string {
	from, err := netip.ParseAddrPort(remote.String())
	if err != nil || lmtp || c.neighbour(from.Addr().Unmap()) {
		return ""
	}
	return from.Addr().Unmap().WithZone("").String()
}
