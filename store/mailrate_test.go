package store_test

import (
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// Counts of mail are dropped when nothing of them is asked about any more, and not before.
func TestMailRatesEnd(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	now := d.Clock.Now()
	long := now.Add(-25 * time.Hour)
	rates := map[string]desk.MailRate{
		"over@example.com":   {Received: 3, ReceivedSince: long, Sent: 2, SentSince: long, PausedUntil: long},
		"wrote@example.com":  {Received: 3, ReceivedSince: now.Add(-time.Hour)},
		"got@example.com":    {Sent: 1, SentSince: now.Add(-time.Hour), ReceivedSince: long},
		"paused@example.com": {ReceivedSince: long, PausedUntil: now.Add(time.Hour)},
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		for address, r := range rates {
			if err := tx.SaveMailRate(d.Inbox.ID, address, r); err != nil {
				return err
			}
		}
		return tx.DeleteExpired(now)
	}))
	d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		for address := range rates {
			r, err := tx.MailRate(d.Inbox.ID, address)
			if err != nil {
				return err
			}
			if kept := r != (desk.MailRate{}); kept != (address != "over@example.com") {
				t.Errorf("%s: %+v", address, r)
			}
		}
		return nil
	}))
}
