package doctor

import (
	"context"

	"parley/internal/webpush"
	"parley/store"
)

// push: browsers subscribed to the public key that was there then. Another one,
// or one that does not open, reaches none of them.
func (d *look) push(ctx context.Context) {
	if d.Keys == nil || !d.ready(ctx) {
		return
	}
	var sealed string
	var browsers int64
	err := d.read(ctx, func(tx *store.Tx) (err error) {
		if sealed, err = tx.InstallValue(webpush.KeysName); err != nil {
			return err
		}
		browsers, err = tx.CountPushes(d.Now())
		return err
	})
	if err != nil {
		return // the database has said it
	}
	const lost = "Restore the last backup, or start Parley with the master key that belongs to this database. Until then nothing is pushed to browsers; what is under the bell still is."
	if sealed == "" && browsers > 0 {
		d.say("web push", Fail, lost, "%d browsers take pushed messages, and the keys to reach them are gone.", browsers)
		return
	}
	if sealed == "" {
		d.say("web push", Skip, "", "No browser has asked for pushed messages yet; the keys are made when one does.")
		return
	}
	keys, err := webpush.Unseal(sealed, d.Keys.Open)
	if err == nil {
		err = keys.Check()
	}
	if err != nil {
		d.say("web push", Fail, lost, "The keys for pushed messages cannot be used, which %d browsers wait for: %s.", browsers, err)
		return
	}
	d.say("web push", OK, "", "The keys for pushed messages (VAPID) open and belong together; %d browsers take them.", browsers)
}
