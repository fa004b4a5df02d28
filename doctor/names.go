package doctor

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
)

// names asks DNS about every domain that mail is answered from: whether mail
// finds the way here, and whether ours is believed elsewhere.
func (d *look) names(ctx context.Context) {
	domains := slices.Clone(d.Domains)
	if d.DB != nil {
		if channels, err := d.channels(ctx); err == nil {
			for _, ch := range channels {
				if _, domain, ok := strings.Cut(ch.Address, "@"); ok && ch.Kind == "email" {
					domains = append(domains, strings.ToLower(domain))
				}
			}
		}
	}
	slices.Sort(domains)
	for _, domain := range slices.Compact(domains) {
		d.mx(ctx, domain)
		d.spf(ctx, domain)
		d.dmarc(ctx, domain)
		d.dkim(ctx, domain)
	}
}

// none reports whether DNS answered that there is nothing; any other error is
// that it did not answer.
func none(err error) bool {
	var e *net.DNSError
	return err == nil || errors.As(err, &e) && e.IsNotFound
}

func (d *look) silent(name string, err error) bool {
	if none(err) {
		return false
	}
	d.say(name, Warn, "Check the machine's DNS settings, then ask again.", "DNS does not answer: %s", err)
	return true
}

func (d *look) mx(ctx context.Context, domain string) {
	name := domain + " MX"
	found, err := d.DNS.LookupMX(ctx, domain)
	switch {
	case d.silent(name, err):
	case len(found) == 0:
		d.say(name, Fail, "Add an MX record that names the server which takes mail for "+domain+" and hands it to Parley.", "Mail to %s finds no server.", domain)
	case len(found) == 1 && found[0].Host == ".":
		d.say(name, Fail, "Replace the empty MX record by one that names your mail server.", "%s says that it takes no mail.", domain)
	default:
		d.say(name, OK, "", "Mail to %s goes to %s.", domain, strings.TrimSuffix(found[0].Host, "."))
	}
}

// texts returns the TXT records of a name that begin as a standard says.
func (d *look) texts(ctx context.Context, name, begin string) (all []string, err error) {
	found, err := d.DNS.LookupTXT(ctx, name)
	for _, t := range found {
		if rest, ok := strings.CutPrefix(strings.ToLower(t), begin); ok && (rest == "" || rest[0] == ' ' || rest[0] == ';') {
			all = append(all, t)
		}
	}
	return all, err
}

// spf: RFC 7208, 4.5: more than one record is an error.
func (d *look) spf(ctx context.Context, domain string) {
	name := domain + " SPF"
	found, err := d.texts(ctx, domain, "v=spf1")
	switch {
	case d.silent(name, err):
	case len(found) == 0:
		d.say(name, Warn, `Add a TXT record that names the servers which send for `+domain+`, for instance "v=spf1 mx include:_spf.your-relay.example -all".`, "%s does not say who may send for it, so answers may land in spam.", domain)
	case len(found) > 1:
		d.say(name, Fail, "Join them into one: receivers ignore several.", "%s has %d SPF records.", domain, len(found))
	case strings.Contains(found[0], "+all"):
		d.say(name, Fail, "Replace +all by -all or ~all.", "The SPF record of %s lets everybody send for it.", domain)
	default:
		d.say(name, OK, "", "%s says who may send for it: %s", domain, found[0])
	}
}

// dmarc: RFC 7489, 6.6.3: exactly one record counts.
func (d *look) dmarc(ctx context.Context, domain string) {
	name := domain + " DMARC"
	found, err := d.texts(ctx, "_dmarc."+domain, "v=dmarc1")
	switch {
	case d.silent(name, err):
	case len(found) != 1:
		d.say(name, Warn, `Add one TXT record at _dmarc.`+domain+`, for a start "v=DMARC1; p=none; rua=mailto:postmaster@`+domain+`".`, "%s has %d DMARC records, not one: large providers may refuse its mail.", domain, len(found))
	default:
		d.say(name, OK, "", "%s has a DMARC policy: %s", domain, found[0])
	}
}

func (d *look) dkim(ctx context.Context, domain string) {
	name := domain + " DKIM"
	if len(d.Selectors) == 0 {
		d.say(name, Skip, "", "Under which name your relay signs mail of %s is not known here: give it with --dkim-selector.", domain)
		return
	}
	for _, selector := range d.Selectors {
		at := selector + "._domainkey." + domain
		found, err := d.DNS.LookupTXT(ctx, at)
		if d.silent(name, err) {
			return
		}
		key := strings.ReplaceAll(strings.Join(found, ""), " ", "")
		_, p, ok := strings.Cut(key, "p=")
		if p, _, _ = strings.Cut(p, ";"); !ok || p == "" {
			d.say(name, Warn, "Publish the key that your relay signs with as a TXT record at "+at+".", "There is no key at %s: signatures of %s cannot be checked.", at, domain)
			return
		}
	}
	d.say(name, OK, "", "%s has its DKIM keys.", domain)
}
