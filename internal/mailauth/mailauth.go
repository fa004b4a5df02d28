// Package mailauth says what is proven of who wrote a mail: by SPF, DKIM, DMARC
// and ARC, checked here, or by a server of ours that has checked them and said so
// in Authentication-Results.
package mailauth

import (
	"context"
	"net"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Resolver is the DNS as far as it is asked; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// within is how long all questions about one mail may take.
const within = 5 * time.Second

// Verdict is what is known of the address in From.
type Verdict string

// The verdicts, as they are stored.
const (
	Proven     Verdict = "proven"     // its domain vouches for the mail (RFC 7489, alignment)
	Unproven   Verdict = "unproven"   // nothing speaks for it, nothing against it
	Failed     Verdict = "failed"     // its domain says that its mails can be proven, and this one cannot
	Suspicious Verdict = "suspicious" // the header is made to mislead
)

// Outcome is what was found out, and by which of the ways. It is stored beside
// the mail, as it was when the mail came.
type Outcome struct {
	Verdict Verdict  `json:"verdict"`
	By      string   `json:"by,omitempty"`     // what decided: dkim, spf, dmarc, arc, authentication-results or header
	Domain  string   `json:"domain,omitempty"` // of From, folded
	Server  string   `json:"server,omitempty"` // who found it out, if not we: an authserv-id or a sealer of ARC
	SPF     Result   `json:"spf,omitempty"`    // "" was not looked at
	DKIM    []Signer `json:"dkim,omitempty"`
	DMARC   Result   `json:"dmarc,omitempty"`
	Policy  string   `json:"policy,omitempty"` // what the domain asks to do with what fails: none, quarantine or reject
	ARC     Result   `json:"arc,omitempty"`
}

// Result is an outcome of one way, in the words of RFC 8601.
type Result string

// The results that this package tells apart.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	None      Result = "none"
	TempError Result = "temperror" // the DNS did not answer
)

// Signer is a domain that signed a mail, and whether its signature holds.
type Signer struct {
	Domain string `json:"domain"`
	Result Result `json:"result"`
}

// Options are what an account trusts.
type Options struct {
	Resolver Resolver // nil asks nobody: only what servers of ours found out counts
	Servers  []string // authserv-ids whose Authentication-Results are believed
	Sealers  []string // domains whose ARC seals are believed
}

// Envelope is what is known of a mail's way here.
type Envelope struct {
	Client net.IP // who handed it in from outside; nil when it came through a server of ours
	Helo   string
	From   string // of MAIL FROM
}

// Aligned reports whether two domains are of one organisation (RFC 7489, 3.1),
// or with strict, whether they are the same.
func Aligned(a, b string, strict bool) bool {
	a, b = fold(a), fold(b)
	if a == "" || b == "" {
		return false
	}
	return a == b || !strict && organisation(a) == organisation(b)
}

// organisation returns the domain that somebody registered (RFC 7489, 3.2).
func organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return org
}

func fold(domain string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimSpace(domain), "."))
}

func domainOf(address string) string {
	_, domain, _ := cutLast(address, "@")
	return fold(domain)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func among(domain string, all []string) bool {
	for _, one := range all {
		if fold(one) != "" && fold(one) == fold(domain) {
			return true
		}
	}
	return false
}
