package mailauth

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

const plain = "From: Ann <ann@shop.example>\r\nTo: help@desk.example\r\nSubject: Hello\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n\r\nHello there\r\n"

// signed returns a mail with a DKIM signature of a domain, whose key is put into z.
func signed(t *testing.T, z zone, domain, raw string) string {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	z["s1._domainkey."+domain] = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	var out bytes.Buffer
	if err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: key, HeaderCanonicalization: "relaxed", BodyCanonicalization: "relaxed"}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestVerdicts(t *testing.T) {
	z := zone{
		"shop.example": "v=spf1 ip4:192.0.2.1 -all", "_dmarc.shop.example": "v=DMARC1; p=reject; sp=none",
		"open.example": "v=spf1 ip4:192.0.2.1 -all", "_dmarc.open.example": "v=DMARC1; p=none",
		"strict.example": "v=spf1 ip4:192.0.2.1 -all", "_dmarc.strict.example": "v=DMARC1; p=reject; adkim=s; aspf=s",
	}
	direct := func(ip, from string) Envelope { return Envelope{net.ParseIP(ip), "mx.shop.example", from} }
	of := func(domain string) string { return strings.ReplaceAll(plain, "shop.example", domain) }
	relayed := Envelope{From: "ann@shop.example"}
	results := func(v string) string { return "Authentication-Results: " + v + "\r\n" }
	for name, c := range map[string]struct {
		raw  string
		e    Envelope
		want Verdict
		by   string
	}{
		"an aligned signature proves":                           {signed(t, z, "shop.example", plain), relayed, Proven, "dkim"},
		"that of a subdomain is of the organisation":            {signed(t, z, "mail.shop.example", plain), relayed, Proven, "dkim"},
		"but not where the domain is strict":                    {signed(t, z, "mail.strict.example", of("strict.example")), direct("203.0.113.9", "x@other.example"), Failed, "dmarc"},
		"a signature of somebody else proves nothing":           {signed(t, z, "other.example", plain), relayed, Unproven, ""},
		"nor does one that is broken":                           {signed(t, z, "shop.example", plain) + "and more\r\n", relayed, Unproven, ""},
		"a server that the domain names proves":                 {plain, direct("192.0.2.1", "bounce@shop.example"), Proven, "spf"},
		"a server that it does not name fails":                  {plain, direct("203.0.113.9", "bounce@shop.example"), Failed, "dmarc"},
		"a proven envelope of somebody else fails":              {plain, direct("192.0.2.1", "bounce@open.example"), Failed, "dmarc"},
		"a policy that asks for nothing fails nobody":           {of("open.example"), direct("203.0.113.9", "bounce@open.example"), Unproven, ""},
		"that of subdomains is their own":                       {of("mail.shop.example"), direct("203.0.113.9", "bounce@x.example"), Unproven, ""},
		"a domain without a policy is not known":                {of("plain.example"), direct("203.0.113.9", "bounce@plain.example"), Unproven, ""},
		"two authors mislead":                                   {"From: bob@other.example\r\n" + signed(t, z, "shop.example", plain), relayed, Suspicious, "header"},
		"two addresses in one From mislead":                     {strings.Replace(plain, "Ann <ann@shop.example>", "ann@shop.example, bob@other.example", 1), relayed, Suspicious, "header"},
		"our own server is believed":                            {results("mx.desk.example; dmarc=pass (p=REJECT) header.from=shop.example") + plain, relayed, Proven, "authentication-results"},
		"and where it says that it failed":                      {results("mx.desk.example; dmarc=fail (p=REJECT) header.from=shop.example") + plain, relayed, Failed, "authentication-results"},
		"unless the domain asks for nothing":                    {results("mx.desk.example; dmarc=fail (p=NONE) header.from=shop.example") + plain, relayed, Unproven, "authentication-results"},
		"only the topmost of its name":                          {results("mx.desk.example; dmarc=fail (p=REJECT) header.from=shop.example") + results("mx.desk.example; dmarc=pass header.from=shop.example") + plain, relayed, Failed, "authentication-results"},
		"others are not":                                        {results("mx.evil.example; dmarc=pass header.from=shop.example") + plain, relayed, Unproven, ""},
		"one without a name is believed only on top":            {results("mx.evil.example; none") + results("dmarc=pass action=none header.from=shop.example") + plain, relayed, Unproven, ""},
		"Microsoft's has no name":                               {results("spf=pass smtp.mailfrom=shop.example; dmarc=pass action=none header.from=shop.example") + plain, relayed, Proven, "authentication-results"},
		"a result about another domain is not about this mail":  {results("mx.desk.example; dmarc=pass header.from=evil.example") + plain, relayed, Unproven, "authentication-results"},
		"an aligned proof will do where nobody looked at DMARC": {results("mx.desk.example; dkim=pass header.i=@shop.example") + plain, relayed, Proven, "authentication-results"},
	} {
		got := Check(t.Context(), Options{Resolver: z, Servers: []string{"MX.desk.example", NoName}}, []byte(c.raw), c.e)
		if got.Verdict != c.want || got.By != c.by {
			t.Errorf("%s: the verdict is %s by %q, want %s by %q: %+v", name, got.Verdict, got.By, c.want, c.by, got)
		}
	}
}

// What a trusted forwarder found out before it changed the mail counts; what
// others say does not.
func TestOnlyTrustedSealersAreBelieved(t *testing.T) {
	type example struct {
		ID, Input string
		DNS       zone
	}
	for _, c := range cases[example](t, "arc_test_suite/cases.jsonl") {
		if c.ID != "auth/arc_test_suite/cv_pass_i1_1" {
			continue
		}
		// The results in this chain are about d1.example; the mail is from d1.example.org.
		header, body := split([]byte(c.Input))
		result, all := chain(t.Context(), c.DNS, header, body)
		if result != Pass {
			t.Fatalf("the chain is %s", result)
		}
		if sealer, methods := sealed(all, Options{Sealers: []string{"Example.org"}}); sealer != "example.org" || len(methods) != 3 {
			t.Errorf("a trusted sealer is %q and reports %v", sealer, methods)
		}
		if sealer, methods := sealed(all, Options{Sealers: []string{"other.example"}}); sealer != "" || methods != nil {
			t.Errorf("a sealer nobody trusts is %q and reports %v", sealer, methods)
		}
		return
	}
	t.Fatal("the suite has no chain that holds")
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nARC-Seal: i=1; a=rsa-sha256; cv=none; d=b.example; s=s; b=AA==\r\nDKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h=from; bh=AA==; b=AA==\r\n\r\nx"))
	f.Add([]byte(plain))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := Check(t.Context(), Options{Resolver: zone{}, Servers: []string{"mx.example"}, Sealers: []string{"b.example"}}, raw, Envelope{})
		if got.Verdict == Proven && got.By != "authentication-results" {
			t.Errorf("%q is proven by %s without a key in the DNS", raw, got.By)
		}
	})
}
