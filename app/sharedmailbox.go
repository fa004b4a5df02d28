package app

import (
	"context"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// addressed are the accounts whose mail may come into one mailbox, by their addresses:
// whole ones, and all of a domain as @example.com. They are its own account, and those
// of its workspace that have no mailbox.
type addressed map[string]channel.Account

// addressed returns them.
func (m *mailbox) addressed(ctx context.Context) (addressed, error) {
	ch, err := m.Channel(m.acc.Kind)
	if err != nil {
		return nil, err
	}
	watcher, _ := channel.As[channel.Watcher](ch)
	aliased, several := channel.As[channel.Aliased](ch)
	all := addressed{}
	err = m.DB.Look(ctx, store.Scope{Workspace: m.acc.Workspace}, func(tx *store.Tx) error {
		channels, err := tx.Channels()
		if err != nil {
			return err
		}
		for _, c := range channels {
			if c.Kind != m.acc.Kind || c.Disabled || c.ID != m.acc.ID && watcher != nil && watcher.Watches(c.Config) {
				continue
			}
			acc := m.acc
			if c.ID != m.acc.ID {
				if acc, err = m.account(m.acc.Workspace, c); err != nil {
					return err
				}
			}
			all[strings.ToLower(c.Address)] = acc
			if !several {
				continue
			}
			for _, address := range aliased.Aliases(c.Config) {
				all[address] = acc
			}
		}
		return nil
	})
	return all, err
}

// of returns the accounts that something which came into the mailbox of own is for:
// each that it is written to, or else what servers noted, or else own. So a mail to two
// of them is in both inboxes, as it is when a mail server hands it over for each.
func (all addressed) of(own channel.Account, raw channel.Raw) []channel.Account {
	if found := all.named(raw.Written); len(found) > 0 {
		return found
	}
	if found := all.named(raw.Noted); len(found) > 0 {
		return found[:1] // the address before the mailbox itself
	}
	return []channel.Account{own}
}

func (all addressed) named(addresses []string) (found []channel.Account) {
	had := map[desk.ChannelID]bool{}
	for _, address := range addresses {
		acc, ok := all[address]
		if _, domain, cut := strings.Cut(address, "@"); !ok && cut {
			acc, ok = all["@"+domain]
		}
		if ok && !had[acc.ID] {
			had[acc.ID] = true
			found = append(found, acc)
		}
	}
	return found
}
