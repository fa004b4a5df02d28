package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/app"
	"parley/desk"
	"parley/internal/dkim"
	"parley/store"
)

// MailDomain is a domain that mail is sent from, with the keys that sign it (DKIM).
type MailDomain struct {
	Name      string    `json:"name"`
	Addresses []string  `json:"addresses" doc:"Mail addresses at this domain; none when they were all removed"`
	Signed    bool      `json:"signed" doc:"Whether its mail is signed"`
	Unseen    bool      `json:"unseen" doc:"Whether the newest keys sign also where their records were not seen in the DNS"`
	Keys      []DKIMKey `json:"keys" doc:"The newest first"`
}

// DKIMKey is one key, as its record in the DNS shall be.
type DKIMKey struct {
	Selector  string          `json:"selector"`
	Algorithm string          `json:"algorithm" enum:"rsa,ed25519"`
	Record    string          `json:"record" doc:"The name of the TXT record"`
	Value     string          `json:"value" doc:"What the TXT record holds"`
	State     store.DKIMState `json:"state" enum:"missing,found,other" doc:"What the DNS said at the last look"`
	Signs     bool            `json:"signs" doc:"Whether mail is signed with it now"`
	CheckedAt time.Time       `json:"checked_at,omitzero"`
	CreatedAt time.Time       `json:"created_at"`
}

func mailDomainOf(d app.MailDomain) MailDomain {
	v := MailDomain{Name: d.Name, Addresses: append([]string{}, d.Addresses...), Keys: []DKIMKey{}}
	signing := app.Signing(d.Keys)
	v.Signed = len(signing) > 0 && len(d.Addresses) > 0
	for _, k := range d.Keys {
		v.Unseen = v.Unseen || k.Unseen
		signs := slices.ContainsFunc(signing, func(o store.DKIMKey) bool { return o.Selector == k.Selector })
		v.Keys = append(v.Keys, DKIMKey{
			Selector: k.Selector, Algorithm: k.Algorithm, Record: dkim.Name(k.Selector, k.Domain), Value: dkim.Record(dkim.Algorithm(k.Algorithm), k.Public),
			State: k.State, Signs: signs, CheckedAt: k.CheckedAt, CreatedAt: k.CreatedAt,
		})
	}
	return v
}

// mailDomains registers the domains that mail is sent from.
func (s *server) mailDomains(path string) {
	type DomainPath struct {
		InWorkspace
		Domain string `path:"domain" maxLength:"255" doc:"Its name"`
	}
	show := func(ctx context.Context, name string) (*body[MailDomain], error) {
		all, err := s.App.MailDomains(ctx)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(d app.MailDomain) bool { return d.Name == name })
		if at < 0 { // its last key was removed, and it has no address any more
			return &body[MailDomain]{mailDomainOf(app.MailDomain{Name: name})}, nil
		}
		return &body[MailDomain]{mailDomainOf(all[at])}, nil
	}
	route(s, operation{id: "list-mail-domains", method: "GET", path: path + "/mail-domains", summary: "The domains that mail is sent from, and what signs it", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, _ *InWorkspace) (*body[page[MailDomain]], error) {
			all, err := s.App.MailDomains(ctx)
			out := page[MailDomain]{Items: []MailDomain{}}
			for _, d := range all {
				out.Items = append(out.Items, mailDomainOf(d))
			}
			return &body[page[MailDomain]]{out}, err
		})
	route(s, operation{id: "make-mail-keys", method: "POST", path: path + "/mail-domains/{domain}/keys", summary: "Make new keys that sign mail; those before sign until the new ones are in the DNS", tag: "Mail", need: desk.MayManage, status: 201},
		func(ctx context.Context, in *DomainPath) (*body[MailDomain], error) {
			name := strings.ToLower(in.Domain)
			if err := s.App.MakeDKIM(ctx, name); err != nil {
				return nil, err
			}
			return show(ctx, name)
		})
	route(s, operation{id: "remove-mail-key", method: "DELETE", path: path + "/mail-domains/{domain}/keys/{selector}", summary: "Forget a key that signs nothing", tag: "Mail", need: desk.MayManage, status: 204},
		func(ctx context.Context, in *struct {
			DomainPath
			Selector string `path:"selector" maxLength:"63"`
		}) (*struct{}, error) {
			return nil, s.App.RemoveDKIM(ctx, strings.ToLower(in.Domain), in.Selector)
		})
	route(s, operation{id: "check-mail-domain", method: "POST", path: path + "/mail-domains/{domain}/check", summary: "Look for its keys in the DNS", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, in *DomainPath) (*body[MailDomain], error) {
			name := strings.ToLower(in.Domain)
			if err := s.App.CheckDKIM(ctx, name); err != nil {
				return nil, err
			}
			return show(ctx, name)
		})
	route(s, operation{id: "change-mail-domain", method: "PATCH", path: path + "/mail-domains/{domain}", summary: "Say whether its mail is signed in any case", tag: "Mail", need: desk.MayManage},
		func(ctx context.Context, in *struct {
			DomainPath
			Body struct {
				Unseen bool `json:"unseen" doc:"Whether the newest keys sign also where their records were not seen in the DNS"`
			}
		}) (*body[MailDomain], error) {
			name := strings.ToLower(in.Domain)
			if err := s.App.SignUnseen(ctx, name, in.Body.Unseen); err != nil {
				return nil, err
			}
			return show(ctx, name)
		})
}
