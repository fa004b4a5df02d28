package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel/email"
	"parley/desk"
	"parley/internal/dkim"
	"parley/store"
)

// zone is a DNS of texts; "" is a name whose server does not answer.
type zone map[string]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	record, ok := z[name]
	switch {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case record == "":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return []string{record}, nil
}

// Mail is signed with what the DNS says, and with nothing else unless an admin wants
// it so; new keys take over when they are seen, and no key goes that is in use.
func TestDKIMKeys(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	d.Channels = append(d.Channels, email.New(email.Options{}))
	ctx, dns := d.As(d.Owner), zone{}
	d.DNS = dns
	_, err := d.SaveChannel(ctx, d.Inbox.ID, 0, "email", "Mail", json.RawMessage(`{"address":"Support@Lindqvist.example"}`), nil)
	d.OK(err)
	const domain = "lindqvist.example"
	keys := func() []store.DKIMKey {
		t.Helper()
		all, err := d.MailDomains(ctx)
		d.OK(err)
		if len(all) != 1 || all[0].Name != domain || len(all[0].Addresses) != 1 {
			t.Fatalf("the domains are %+v", all)
		}
		return all[0].Keys
	}
	signing := func(want ...string) {
		t.Helper()
		got, err := d.SigningKeys(t.Context(), d.Workspace, "LINDQVIST.example")
		d.OK(err)
		if len(got) != len(want) {
			t.Fatalf("signed with %+v, want %q", got, want)
		}
		for i, k := range got {
			if k.Selector != want[i] || k.Domain != domain {
				t.Errorf("signed with %s, want %s", k.Selector, want[i])
			}
		}
	}
	publish := func(k store.DKIMKey) {
		dns[dkim.Name(k.Selector, domain)] = dkim.Record(dkim.Algorithm(k.Algorithm), k.Public)
	}
	refused := func(err error, kind desk.Kind) {
		t.Helper()
		if e, ok := errors.AsType[*desk.Error](err); !ok || e.Kind != kind {
			t.Errorf("it is not refused as %v: %v", kind, err)
		}
	}
	refused(d.MakeDKIM(ctx, "elsewhere.example"), desk.NotFound)
	d.OK(d.MakeDKIM(ctx, domain))
	first := keys()
	if len(first) != 2 || first[0].Algorithm != "rsa" || first[1].Algorithm != "ed25519" {
		t.Fatalf("%+v", first)
	}
	signing() // nobody has seen them
	d.OK(d.CheckDKIM(ctx, domain))
	signing()
	refused(d.MakeDKIM(ctx, domain), desk.Conflict)
	d.OK(d.SignUnseen(ctx, domain, true))
	signing(first[0].Selector, first[1].Selector)
	d.OK(d.SignUnseen(ctx, domain, false))
	signing()

	publish(first[0])
	dns[dkim.Name(first[1].Selector, domain)] = "v=DKIM1; k=ed25519; p=b3RoZXI="
	d.OK(d.CheckDKIM(ctx, domain))
	signing(first[0].Selector)
	if k := keys()[1]; k.State != store.DKIMOther || k.CheckedAt.IsZero() {
		t.Errorf("another key at its name: %+v", k)
	}
	publish(first[1])
	d.OK(d.RecheckDKIM(t.Context()))
	signing(first[0].Selector, first[1].Selector)
	dns[dkim.Name(first[0].Selector, domain)] = "" // no answer says nothing
	refused(d.CheckDKIM(ctx, domain), desk.Unavailable)
	d.OK(d.RecheckDKIM(t.Context()))
	signing(first[0].Selector, first[1].Selector)
	refused(d.RemoveDKIM(ctx, domain, first[0].Selector), desk.Conflict)

	d.Clock.Add(time.Second)
	publish(first[0])
	d.OK(d.MakeDKIM(ctx, domain))
	second := keys()[:2]
	signing(first[0].Selector, first[1].Selector)
	publish(second[0])
	publish(second[1])
	d.OK(d.CheckDKIM(ctx, domain))
	signing(second[0].Selector, second[1].Selector)
	d.OK(d.RemoveDKIM(ctx, domain, first[0].Selector))
	delete(dns, dkim.Name(first[1].Selector, domain))
	d.OK(d.RecheckDKIM(t.Context()))
	if all := keys(); len(all) != 3 || all[2].State != store.DKIMMissing {
		t.Errorf("after a record was taken down: %+v", all)
	}
	d.DNS = nil
	refused(d.CheckDKIM(ctx, domain), desk.Invalid)
	d.OK(d.RecheckDKIM(t.Context()))
}

var _ app.Resolver = zone{}
