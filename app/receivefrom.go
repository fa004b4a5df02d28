package app

import (
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// contactOf finds whose an identity is, or makes a contact for it. A proven mail
// address joins the contact that has it; an unproven one never does.
func (a *App) contactOf(tx *store.WriteTx, in inbound) (desk.Contact, error) {
	from := in.From
	c, err := tx.LockIdentity(from.Kind, from.Scope, from.ID)
	now := a.now()
	if err == nil && c.MergedInto != 0 {
		return c, errLost // they were merged while this waited: the identity is another customer's now
	}
	if err == nil && c.Blocked {
		return c, nil
	}
	if err == nil {
		return c, a.refresh(tx, &c, from, now)
	}
	if desk.KindOf(err) != desk.NotFound {
		return c, err
	}
	if from.Verified && from.Email != "" {
		c, err = tx.VerifiedContactByEmail(from.Email)
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return c, err
		}
	}
	if c.Blocked {
		return c, nil
	}
	if c.ID == 0 {
		c = desk.Contact{
			ID: desk.ContactID(a.number()), Name: desk.Line(from.Name, 120), Email: store.FoldEmail(from.Email), Phone: from.Phone, Verified: from.Verified,
			CreatedSource: "incoming_message", FirstContactedAt: now, LastContactedAt: now, CreatedAt: now,
		}
		learnZone(&c, from.Zone)
		if err := tx.SaveContact(c); err != nil {
			return c, err
		}
	}
	owner, err := tx.ClaimIdentity(store.Identity{Kind: from.Kind, Scope: from.Scope, ID: from.ID, Name: desk.Line(from.Name, 120), Contact: c.ID}, now)
	if err != nil {
		return c, err
	}
	if owner != c.ID {
		return c, errLost
	}
	return c, nil
}

// refresh fills what we did not know of a contact, and when they wrote last.
func (a *App) refresh(tx *store.WriteTx, c *desk.Contact, from channel.Identity, now time.Time) error {
	changed, told := now.Sub(c.LastContactedAt) > time.Minute, false
	if c.Name == "" && from.Name != "" {
		c.Name, changed, told = desk.Line(from.Name, 120), true, true
	}
	if c.Email == "" && from.Email != "" {
		c.Email, changed, told = store.FoldEmail(from.Email), true, true
	}
	if from.Verified && !c.Verified {
		c.Verified, changed = true, true
	}
	if learnZone(c, from.Zone) {
		changed, told = true, true
	}
	if c.FirstContactedAt.IsZero() {
		c.FirstContactedAt = now
	}
	if !changed {
		return nil
	}
	c.LastContactedAt = now
	if err := tx.SaveContact(*c); err != nil || !told {
		return err
	}
	return a.contactChanged(tx, c.ID, desk.ActorContact)
}

// contactChanged records that something is known of a customer now that nobody said.
func (a *App) contactChanged(tx *store.WriteTx, id desk.ContactID, by desk.ActorKind) error {
	return tx.AppendEvent(&desk.Event{
		Workspace: tx.Scope().Workspace, At: a.now(), By: desk.Actor{Kind: by}, Command: desk.CommandID(a.number()), Fact: desk.ContactChanged{Contact: id},
	})
}

// learnZone keeps where a customer's device says that they are, unless somebody of the
// team said where they are, or there is no such zone; it reports whether that is news.
func learnZone(c *desk.Contact, zone string) bool {
	if c.ZoneSaid || zone == c.Zone {
		return false
	}
	if _, err := desk.LoadZone(zone); err != nil {
		return false
	}
	c.Zone = zone
	return true
}
