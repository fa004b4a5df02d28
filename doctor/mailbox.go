package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"parley/internal/oauth"
	"parley/store"
)

// unused is how long a provider's permission may lie unused before it is said: Microsoft
// ends one after 90 days, Google after half a year.
const unused = 60 * 24 * time.Hour

// mailboxes: those that a provider lets Parley into (OAuth) open only while it does. It
// is not asked: what it gives in answer would be lost to the program that runs.
func (d *look) mailboxes(ctx context.Context) {
	if !d.ready(ctx) {
		return
	}
	var all []store.Mailbox
	if err := d.read(ctx, func(tx *store.Tx) (err error) { all, err = tx.EveryMailbox(); return err }); err != nil {
		return // the database has said it
	}
	for _, m := range all {
		var c struct {
			SignIn string `json:"sign_in"`
		}
		if json.Unmarshal(m.Channel.Config, &c) == nil && c.SignIn != "" && c.SignIn != "password" {
			d.mailbox(m, oauth.Client{Provider: c.SignIn}.Name())
		}
	}
}

func (d *look) mailbox(m store.Mailbox, provider string) {
	name, address := m.Channel.Address+" sign-in", m.Channel.Address
	where := "Open Settings, Inboxes and channels (" + d.PublicURL + "/" + m.Slug + "/settings/inboxes), and press %s at " + address + "; who owns the mailbox signs in."
	press := func(button string) string { return fmt.Sprintf(where, button) }
	g := m.Grant
	switch {
	case g.Channel == 0:
		d.say(name, Fail, press("Connect with "+provider), "%s was never asked to let Parley into %s, or somebody disconnected it.", provider, address)
		return
	case g.Problem != "":
		d.say(name, Fail, press("Reconnect"), "%s lets Parley into %s no more: %s", provider, address, g.Problem)
		return
	case d.Keys == nil:
		return // said of the key
	}
	var t oauth.Token
	plain, err := d.Keys.Open(g.Sealed, g.SealedFor())
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	switch idle := d.Now().Sub(g.RenewAt); {
	case err != nil:
		d.say(name, Fail, "Start Parley with the master key that belongs to this database, or: "+press("Reconnect"), "What %s allows for %s does not open: %s.", provider, address, err)
	case idle > unused:
		d.say(name, Warn, "Start Parley, and press Test now at this address. "+press("Reconnect")+" Reconnecting is needed only when the test fails.", "What %s allows for %s was not used for %d days; providers end that.", provider, address, int(idle.Hours()/24))
	case idle > 0:
		d.say(name, OK, "", "%s lets Parley into %s; its token has ended and is renewed when it is used.", provider, address)
	default:
		d.say(name, OK, "", "%s lets Parley into %s; its token is renewed after %s.", provider, address, g.RenewAt.Format("2 January 2006 15:04 MST"))
	}
}
