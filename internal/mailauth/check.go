package mailauth

import (
	"bytes"
	"context"
	"net/mail"
	"regexp"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
)

// maxSignatures is how many DKIM signatures of a mail are looked at.
const maxSignatures = 5

// Check finds out what is proven of who wrote a mail. It takes at most five
// seconds; what the DNS does not answer in that time is not proven.
func Check(ctx context.Context, o Options, raw []byte, e Envelope) Outcome {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	header, body := split(raw)
	domain, ok := author(header)
	out := Outcome{Verdict: Unproven, Domain: domain}
	if !ok {
		out.Verdict, out.By = Suspicious, "header"
		return out
	}
	if domain == "" {
		return out
	}
	if server, methods := reported(header, o); server != "" {
		out.Server, out.By = server, "authentication-results"
		out.read(methods, domain)
		out.believe(decides(methods, domain))
		return out
	}
	if o.Resolver != nil {
		out.check(ctx, o, raw, header, body, e)
	}
	return out
}

// author returns the domain of From; false says that a reader could be shown
// another author than the one that is proven.
func author(header []field) (domain string, ok bool) {
	all := values(header, "from")
	if len(all) == 0 {
		return "", true
	}
	if len(all) > 1 {
		return "", false
	}
	value := strings.Join(strings.FieldsFunc(all[0], func(r rune) bool { return r == '\r' || r == '\n' }), "")
	if list, err := mail.ParseAddressList(value); err == nil {
		if len(list) != 1 {
			return "", false
		}
		return domainOf(list[0].Address), true
	}
	found := inBrackets.FindAllStringSubmatch(value, -1)
	if len(found) == 0 {
		found = bareAddress.FindAllStringSubmatch(value, -1)
	}
	switch len(found) {
	case 0:
		return "", true
	case 1:
		return domainOf(found[0][1]), true
	}
	return "", false
}

var (
	inBrackets  = regexp.MustCompile(`<([^<>\s]*@[^<>\s]+)>`)
	bareAddress = regexp.MustCompile(`([^\s<>,;"']+@[^\s<>,;"']+)`)
)

// believe draws the verdict from what a server reports.
func (o *Outcome) believe(proof, decided bool) {
	switch {
	case proof:
		o.Verdict = Proven
	case decided && o.DMARC == Fail && o.Policy != "none":
		o.Verdict = Failed
	}
}

// check asks the DNS.
func (o *Outcome) check(ctx context.Context, by Options, raw []byte, header []field, body []byte, e Envelope) {
	signed := len(values(header, "dkim-signature")) > 0
	if !signed && e.Client == nil && len(values(header, "arc-seal")) == 0 {
		return // there is nothing that could be proven
	}
	if signed {
		o.DKIM = signatures(ctx, by.Resolver, wire(raw))
	}
	envelope := domainOf(e.From)
	if envelope == "" {
		envelope = fold(e.Helo)
	}
	if e.Client != nil {
		o.SPF = sender(ctx, by.Resolver, e)
	}
	record, policy, err := policyFor(ctx, by.Resolver, o.Domain)
	o.Policy = policy
	strictDKIM, strictSPF := false, false
	if record != nil {
		strictDKIM, strictSPF = record.DKIMAlignment == dmarc.AlignmentStrict, record.SPFAlignment == dmarc.AlignmentStrict
	}
	unsure := err != nil || o.SPF == TempError
	for _, s := range o.DKIM {
		if s.Result == Pass && Aligned(s.Domain, o.Domain, strictDKIM) {
			o.Verdict, o.By = Proven, "dkim"
		}
		unsure = unsure || s.Result == TempError
	}
	if o.Verdict != Proven && o.SPF == Pass && Aligned(envelope, o.Domain, strictSPF) {
		o.Verdict, o.By = Proven, "spf"
	}
	switch {
	case record == nil && err == nil:
		o.DMARC = None
	case o.Verdict == Proven && record != nil:
		o.DMARC = Pass
	case unsure:
		o.DMARC = TempError
	case record != nil && e.Client != nil: // else SPF may have passed where nobody of ours looked
		o.DMARC = Fail
	}
	if o.Verdict != Proven && len(by.Sealers) > 0 {
		o.follow(ctx, by, header, body)
	}
	if o.Verdict == Unproven && o.DMARC == Fail && (policy == "quarantine" || policy == "reject") {
		o.Verdict, o.By = Failed, "dmarc"
	}
}

// follow looks whether servers that are trusted have handed the mail on, and what
// they found out before they changed it.
func (o *Outcome) follow(ctx context.Context, by Options, header []field, body []byte) {
	var sets []set
	if o.ARC, sets = chain(ctx, by.Resolver, header, body); o.ARC != Pass {
		return
	}
	sealer, methods := sealed(sets, by)
	if proof, _ := decides(methods, o.Domain); proof {
		o.Verdict, o.By, o.Server = Proven, "arc", sealer
	}
}

func signatures(ctx context.Context, r Resolver, raw []byte) (all []Signer) {
	lookup := func(name string) ([]string, error) { return r.LookupTXT(ctx, name) }
	found, _ := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup, MaxVerifications: maxSignatures})
	for _, v := range found {
		s := Signer{fold(v.Domain), Pass}
		if v.Err != nil {
			s.Result = Fail
			if dkim.IsTempFail(v.Err) {
				s.Result = TempError
			}
		}
		all = append(all, s)
	}
	return all
}

func sender(ctx context.Context, r Resolver, e Envelope) Result {
	result, _ := spf.CheckHostWithSender(e.Client, e.Helo, e.From, spf.WithContext(ctx), spf.WithResolver(r))
	return Result(result)
}

// policyFor returns what a domain, or its organisation, says about mails that
// fail (RFC 7489, 6.6.3); nil if it says nothing.
func policyFor(ctx context.Context, r Resolver, domain string) (*dmarc.Record, string, error) {
	options := &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) { return r.LookupTXT(ctx, name) }}
	record, err := lookup(domain, options)
	if err != nil || record != nil {
		return record, policyWord(record, false), err
	}
	org := organisation(domain)
	if org == domain {
		return nil, "", nil
	}
	record, err = lookup(org, options)
	return record, policyWord(record, true), err
}

// lookup returns nil for a domain without a policy and for one nobody can read.
func lookup(domain string, options *dmarc.LookupOptions) (*dmarc.Record, error) {
	var temp error
	asked := *options
	asked.LookupTXT = func(name string) ([]string, error) {
		txt, err := options.LookupTXT(name)
		if err != nil && temporary(err) {
			temp = err
		}
		return txt, err
	}
	record, err := dmarc.LookupWithOptions(domain, &asked)
	if err != nil {
		return nil, temp
	}
	return record, nil
}

func policyWord(r *dmarc.Record, sub bool) string {
	if r == nil {
		return ""
	}
	if sub && r.SubdomainPolicy != "" {
		return string(r.SubdomainPolicy)
	}
	return string(r.Policy)
}
