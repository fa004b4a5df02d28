package mailauth

import (
	"regexp"
	"slices"
	"strings"
)

// NoName is how a list of servers names those that report without a name, as
// Microsoft 365 does. Of theirs only the topmost header of all counts.
const NoName = "none"

// reported returns what a server that is trusted found out: the topmost header
// of its name, as what stands below may have come with the mail (RFC 8601, 7.1).
func reported(header []field, o Options) (server string, all []Method) {
	for i, v := range values(header, "authentication-results") {
		server, all := Results(v)
		if server == "" && i == 0 && slices.Contains(o.Servers, NoName) {
			return NoName, all
		}
		if server != "" && among(server, o.Servers) {
			return fold(server), all
		}
	}
	return "", nil
}

// sealed returns what the first server of a chain of trusted ones found out.
func sealed(all []set, o Options) (sealer string, methods []Method) {
	for _, s := range slices.Backward(all) {
		if !among(s.sealed["d"], o.Sealers) {
			break
		}
		_, v, _ := strings.Cut(s.results.value(), ";")
		sealer = fold(s.sealed["d"])
		_, methods = Results(v)
	}
	return sealer, methods
}

var policyComment = regexp.MustCompile(`(?i)\bp=(none|quarantine|reject)\b`)

// read notes in o what a server reports about a domain in From.
func (o *Outcome) read(methods []Method, domain string) {
	for _, m := range methods {
		switch m.Name {
		case "spf":
			if o.SPF == "" {
				o.SPF = Result(m.Value)
			}
		case "dkim":
			signer := fold(m.Properties["header.d"])
			if signer == "" {
				signer = domainOf(m.Properties["header.i"])
			}
			if signer != "" {
				o.DKIM = append(o.DKIM, Signer{signer, Result(m.Value)})
			}
		case "dmarc":
			if about := fold(m.Properties["header.from"]); o.DMARC == "" && (about == "" || about == domain || domainOf(about) == domain) {
				o.DMARC, o.Policy = Result(m.Value), policyOf(m)
			}
		}
	}
}

func policyOf(m Method) string {
	if found := policyComment.FindStringSubmatch(m.Comment); found != nil {
		return strings.ToLower(found[1])
	}
	switch action := strings.ToLower(m.Properties["action"]); action { // of Microsoft 365
	case "quarantine", "reject":
		return action
	case "oreject":
		return "reject"
	case "none":
		return "none"
	}
	return strings.ToLower(m.Properties["policy.published-domain-policy"])
}

// decides reports whether what a server reports says something of the domain: it
// looked at DMARC, or at a proof that is aligned with it.
func decides(methods []Method, domain string) (proof bool, ok bool) {
	for _, m := range methods {
		about := fold(m.Properties["header.from"])
		if m.Name == "dmarc" && (about == "" || about == domain || domainOf(about) == domain) {
			return m.Value == string(Pass), true
		}
	}
	for _, m := range methods {
		if m.Value != string(Pass) {
			continue
		}
		signer := m.Properties["header.d"]
		if signer == "" {
			signer = domainOf(m.Properties["header.i"])
		}
		envelope := m.Properties["smtp.mailfrom"]
		if strings.Contains(envelope, "@") {
			envelope = domainOf(envelope)
		}
		if m.Name == "dkim" && Aligned(signer, domain, false) || m.Name == "spf" && Aligned(envelope, domain, false) {
			return true, true
		}
	}
	return false, false
}
