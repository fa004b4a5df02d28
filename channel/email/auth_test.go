package email

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/mailauth"
	"parley/internal/mailtest"
)

// A mail comes in over SMTP from outside, and its sender's domain is asked over
// real DNS whether it sends from there.
func TestWhoHandsAMailInIsHeldAgainstTheirDomain(t *testing.T) {
	dns := mailtest.DNS(t, map[string]string{
		"here.example": "v=spf1 ip4:127.0.0.1 -all", "_dmarc.here.example": "v=DMARC1; p=reject",
		"there.example": "v=spf1 ip4:192.0.2.1 -all", "_dmarc.there.example": "v=DMARC1; p=reject",
	})
	in := twoInboxes()
	outside := Options{Listen: "127.0.0.1:0", Neighbours: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Now: time.Now}
	at, _, _ := serve(t, in, outside)
	for _, domain := range []string{"here.example", "there.example", "nowhere.example"} {
		err := deliverTo(t, at, "ann@"+domain, "From: ann@"+domain+"\r\nTo: support@lindqvist.example\r\nSubject: Hello\r\nMessage-ID: <1@"+domain+">\r\n\r\nHello\r\n", "support@lindqvist.example")
		if err != nil {
			t.Fatal(err)
		}
	}
	ch := New(Options{DNS: mailauth.NewResolver(dns), Now: time.Now})
	want := []desk.Proof{desk.ProofProven, desk.ProofFailed, desk.ProofUnproven}
	got := in.stored()
	if len(got) != len(want) {
		t.Fatalf("%d mails were taken in, want %d", len(got), len(want))
	}
	for i, one := range got {
		a := channel.Account{Kind: Name, Address: "support@lindqvist.example", Config: []byte(`{}`)}
		one.raw.Auth = ch.Authenticate(t.Context(), a, one.raw)
		parsed, err := ch.Parse(t.Context(), a, one.raw)
		if err != nil {
			t.Fatal(err)
		}
		if o := parsed[0].Origin; o.Proof != want[i] || parsed[0].From.Verified != (want[i] == desk.ProofProven) {
			t.Errorf("a mail from %s is %s: %s", parsed[0].From.ID, o.Proof, one.raw.Auth)
		}
	}
}

// Behind a mail server of ours nobody knows who handed a mail in.
func TestAMailServerOfOursIsNotHeldAgainstTheDomain(t *testing.T) {
	clients, err := newClients(private, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for remote, want := range map[string]string{"203.0.113.7:25": "203.0.113.7", "[2001:db8::1]:25": "2001:db8::1", "127.0.0.1:4000": "", "192.168.1.9:4000": ""} {
		addr, err := net.ResolveTCPAddr("tcp", remote)
		if err != nil {
			t.Fatal(err)
		}
		if got := clientOf(addr, false, clients); got != want {
			t.Errorf("the client at %s is %q, want %q", remote, got, want)
		}
		if got := clientOf(addr, true, clients); got != "" {
			t.Errorf("over LMTP the client at %s is %q", remote, got)
		}
	}
}

func TestWhatTheProofIsAbout(t *testing.T) {
	ch := New(Options{Now: time.Now})
	a := channel.Account{Kind: Name, Address: "support@lindqvist.example", Config: []byte(`{"auth_servers":"mx.lindqvist.example, other.example"}`)}
	passed := "Authentication-Results: mx.lindqvist.example; dmarc=pass header.from=shop.example\r\n"
	for name, c := range map[string]struct {
		header string
		want   desk.Proof
		by     string
	}{
		"what our server says":                        {passed + "From: Ann <ann@shop.example>\r\n", desk.ProofProven, "authentication-results"},
		"nothing":                                     {"From: Ann <ann@shop.example>\r\n", desk.ProofUnproven, ""},
		"an answer that goes to somebody else":        {passed + "From: Ann <ann@shop.example>\r\nReply-To: eve@other.example\r\n", desk.ProofUnproven, "reply_to"},
		"an answer that goes to the same":             {passed + "From: Ann <ann@shop.example>\r\nReply-To: ANN@shop.example\r\n", desk.ProofProven, "authentication-results"},
		"a name that is an address of somebody else":  {"From: \"boss@bank.example\" <eve@shop.example>\r\n", desk.ProofSuspicious, "name"},
		"a name that is an address of the same":       {"From: \"ann@shop.example\" <ann@mail.shop.example>\r\n", desk.ProofUnproven, ""},
		"a name as lists write it":                    {"From: \"'ann@shop.example' via Sales\" <sales@lindqvist.example>\r\n", desk.ProofUnproven, ""},
		"a list that hands it on in its own name":     {passed + "From: \"'Bo' via Sales\" <sales@shop.example>\r\nX-Original-Sender: bo@home.example\r\n", desk.ProofUnproven, "list"},
		"a proof that is about another reading of it": {passed + "From: Ann <ann@shop.example>, Eve <eve@shop.example>\r\n", desk.ProofSuspicious, "header"},
	} {
		raw := channel.Raw{Body: []byte(c.header + "To: support@lindqvist.example\r\nSubject: Hello\r\n\r\nHello\r\n")}
		raw.Auth = ch.Authenticate(t.Context(), a, raw)
		got, err := ch.Parse(t.Context(), a, raw)
		if err != nil {
			t.Fatal(err)
		}
		if o := got[0].Origin; o.Proof != c.want || o.By != c.by {
			t.Errorf("%s: %s by %q, want %s by %q", name, o.Proof, o.By, c.want, c.by)
		}
	}
	if got := strings.Join(names("a.example, b.example;c.example"), " "); got != "a.example b.example c.example" {
		t.Errorf("a list of names is read as %s", got)
	}
}
