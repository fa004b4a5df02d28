package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"parley/desk"
	"parley/internal/dkim"
	"parley/store"
)

// mailKind is the kind of channel that sends mail.
const mailKind = "email"

// Resolver answers questions to the DNS; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// askWithin is how long the DNS may take to say something of one key.
const askWithin = 10 * time.Second

// MailDomain is a domain that a workspace sends mail from, and what signs for it.
type MailDomain struct {
	Name      string
	Addresses []string // of channels; none when they were all removed
	Keys      []store.DKIMKey
}

// MailDomains returns the domains of the mail channels of the workspace, and those
// that have keys still.
func (a *App) MailDomains(ctx context.Context) (all []MailDomain, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { all, err = mailDomains(tx); return err })
	return all, err
}

func mailDomains(tx *store.Tx) (all []MailDomain, err error) {
	channels, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	keys, err := tx.DKIMKeys("")
	if err != nil {
		return nil, err
	}
	of := func(name string) *MailDomain {
		at := slices.IndexFunc(all, func(d MailDomain) bool { return d.Name == name })
		if at < 0 {
			at, all = len(all), append(all, MailDomain{Name: name})
		}
		return &all[at]
	}
	for _, c := range channels {
		if _, domain, ok := strings.Cut(c.Address, "@"); ok && c.Kind == mailKind {
			d := of(domain)
			d.Addresses = append(d.Addresses, c.Address)
		}
	}
	for _, k := range keys {
		d := of(k.Domain)
		d.Keys = append(d.Keys, k)
	}
	slices.SortFunc(all, func(x, y MailDomain) int { return cmp.Compare(x.Name, y.Name) })
	return all, nil
}

// mailDomain returns one of the domains.
func mailDomain(tx *store.Tx, name string) (MailDomain, error) {
	all, err := mailDomains(tx)
	at := slices.IndexFunc(all, func(d MailDomain) bool { return d.Name == name })
	if err == nil && at < 0 {
		err = desk.Errorf(desk.NotFound, "No mail address here is at %s. Connect one first.", desk.Line(name, 100))
	}
	if err != nil {
		return MailDomain{}, err
	}
	return all[at], nil
}

// MakeDKIM makes a key of each kind for a domain. Those before sign until the new
// ones are seen in the DNS.
func (a *App) MakeDKIM(ctx context.Context, domain string) error {
	now := a.now()
	name := "parley" + strings.ToLower(rand.Text()[:6]) // nobody else's, in whatever install
	var made []store.DKIMKey
	for _, algorithm := range dkim.Algorithms {
		k, err := a.newDKIM(ctx, domain, name, algorithm, now)
		if err != nil {
			return fmt.Errorf("make a key that signs mail: %w", err)
		}
		made = append(made, k)
	}
	return a.Change(ctx, "mail_domain", domain, "created", func(tx *store.WriteTx) error {
		d, err := mailDomain(tx.Tx, domain)
		if err != nil {
			return err
		}
		if len(d.Addresses) == 0 {
			return desk.Errorf(desk.Invalid, "No mail address here is at %s any more. Connect one first.", domain)
		}
		if slices.ContainsFunc(d.Keys, func(k store.DKIMKey) bool { return !k.Signs() }) {
			return desk.Errorf(desk.Conflict, "Some keys of %s are not in its DNS yet. Publish them, or remove them first.", domain)
		}
		for _, k := range made {
			if err := tx.SaveDKIMKey(k); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) newDKIM(ctx context.Context, domain, name string, algorithm dkim.Algorithm, now time.Time) (store.DKIMKey, error) {
	k := store.DKIMKey{
		Workspace: WorkspaceFrom(ctx), Domain: domain, Selector: name + string(algorithm)[:1], Algorithm: string(algorithm), State: store.DKIMMissing, CreatedAt: now,
	}
	private, public, err := dkim.New(algorithm)
	if err != nil {
		return k, err
	}
	k.Public = public
	k.Sealed, err = a.Keys.Seal(private, k.SealedFor())
	return k, err
}

// CheckDKIM asks the DNS about every key of a domain, and notes what it says.
func (a *App) CheckDKIM(ctx context.Context, domain string) error {
	var d MailDomain
	if err := a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) { d, err = mailDomain(tx, domain); return err }); err != nil {
		return err
	}
	if a.DNS == nil && len(d.Keys) > 0 {
		return desk.Errorf(desk.Invalid, "Parley was told to ask no DNS. Say that mail is signed in any case, or ask whoever runs it.")
	}
	for i, k := range d.Keys {
		state, err := a.published(ctx, k)
		if err != nil {
			return desk.Errorf(desk.Unavailable, "The DNS of %s gives no answer now. Try again in a minute.", domain)
		}
		d.Keys[i].State, d.Keys[i].CheckedAt = state, a.now()
	}
	return a.Change(ctx, "mail_domain", domain, "checked", func(tx *store.WriteTx) error { return saveDKIM(tx, d.Keys) })
}

// saveDKIM notes what is known of keys that are there still.
func saveDKIM(tx *store.WriteTx, keys []store.DKIMKey) error {
	for _, k := range keys {
		now, err := tx.DKIMKeys(k.Domain)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(now, func(n store.DKIMKey) bool { return n.Selector == k.Selector }) {
			continue
		}
		if err := tx.SaveDKIMKey(k); err != nil {
			return err
		}
	}
	return nil
}

// published asks the DNS for a key. An error means that it gave no answer.
func (a *App) published(ctx context.Context, k store.DKIMKey) (store.DKIMState, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	records, err := a.DNS.LookupTXT(ctx, dkim.Name(k.Selector, k.Domain))
	if unknown, ok := errors.AsType[*net.DNSError](err); err != nil && (!ok || !unknown.IsNotFound) {
		return k.State, err
	}
	switch found, other := dkim.Published(records, dkim.Algorithm(k.Algorithm), k.Public); {
	case found:
		return store.DKIMFound, nil
	case other:
		return store.DKIMOther, nil
	}
	return store.DKIMMissing, nil
}

// RecheckDKIM looks whether the records of all keys are as they were: one that was
// taken down signs no more, one that came signs from now on.
func (a *App) RecheckDKIM(ctx context.Context) error {
	if a.DNS == nil {
		return nil
	}
	var all []store.DKIMKey
	if err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { all, err = tx.EveryDKIMKey(); return err }); err != nil {
		return err
	}
	for _, k := range all {
		state, err := a.published(ctx, k)
		if err != nil || state == k.State {
			continue // no answer says nothing
		}
		k.State, k.CheckedAt = state, a.now()
		in := System(ctx, k.Workspace)
		if err := a.Change(in, "mail_domain", k.Domain, "checked", func(tx *store.WriteTx) error { return saveDKIM(tx, []store.DKIMKey{k}) }); err != nil {
			return err
		}
	}
	return nil
}

// SignUnseen says whether the newest keys of a domain sign also where their records
// were not seen.
func (a *App) SignUnseen(ctx context.Context, domain string, unseen bool) error {
	return a.Change(ctx, "mail_domain", domain, "changed", func(tx *store.WriteTx) error {
		d, err := mailDomain(tx.Tx, domain)
		if err != nil {
			return err
		}
		for _, k := range d.Keys {
			k.Unseen = unseen && k.CreatedAt.Equal(d.Keys[0].CreatedAt)
			if err := tx.SaveDKIMKey(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveDKIM forgets a key that signs nothing.
func (a *App) RemoveDKIM(ctx context.Context, domain, selector string) error {
	return a.Change(ctx, "mail_domain", domain, "removed", func(tx *store.WriteTx) error {
		d, err := mailDomain(tx.Tx, domain)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(d.Keys, func(k store.DKIMKey) bool { return k.Selector == selector }) {
			return desk.Errorf(desk.NotFound, "This key is not there any more.")
		}
		if len(d.Addresses) > 0 && slices.ContainsFunc(Signing(d.Keys), func(k store.DKIMKey) bool { return k.Selector == selector }) {
			return desk.Errorf(desk.Conflict, "Mail is signed with this key. Make new ones first, and publish them.")
		}
		return tx.RemoveDKIMKey(domain, selector)
	})
}

// Signing returns the keys of one domain that mail is signed with: of each kind the
// newest that may. They are given the newest first.
func Signing(keys []store.DKIMKey) (all []store.DKIMKey) {
	for _, k := range keys {
		if k.Signs() && !slices.ContainsFunc(all, func(o store.DKIMKey) bool { return o.Algorithm == k.Algorithm }) {
			all = append(all, k)
		}
	}
	return all
}

// SigningKeys returns what mail of a domain is signed with; none when nothing was
// made, or seen in the DNS.
func (a *App) SigningKeys(ctx context.Context, ws desk.WorkspaceID, domain string) (all []dkim.Key, err error) {
	var keys []store.DKIMKey
	err = a.DB.Read(ctx, store.Scope{Workspace: ws}, func(tx *store.Tx) (err error) {
		keys, err = tx.DKIMKeys(strings.ToLower(domain))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, k := range Signing(keys) {
		private, err := a.Keys.Open(k.Sealed, k.SealedFor())
		if err != nil {
			return nil, fmt.Errorf("open the key %s: %w", dkim.Name(k.Selector, k.Domain), err)
		}
		signer, err := dkim.Parse(private)
		if err != nil {
			return nil, fmt.Errorf("read the key %s: %w", dkim.Name(k.Selector, k.Domain), err)
		}
		all = append(all, dkim.Key{Domain: k.Domain, Selector: k.Selector, Signer: signer})
	}
	return all, nil
}
