package app

import (
	"context"
	"slices"

	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/store"
)

// countArrival counts a mail that came from an address, and reports whether automation
// towards it is paused; pause is the command that says so, once.
func (a *App) countArrival(tx *store.WriteTx, inbox desk.InboxID, address string) (paused bool, pause []desk.Command, err error) {
	now := a.now()
	rate, err := tx.MailRate(inbox, address)
	if err != nil {
		return false, nil, err
	}
	rate, begins := rate.Arrived(now)
	if begins {
		pause = append(pause, desk.PauseAutomation{Rate: rate})
	}
	return rate.Paused(now), pause, tx.SaveMailRate(inbox, address, rate)
}

// Brake counts an automatic mail that is about to leave, and returns why it may not,
// or "". Two programs that answer each other are stopped by it.
func (a *App) Brake(ctx context.Context, conversation desk.ConversationID, inbox desk.InboxID, address string) (reason string, err error) {
	ctx = Meanwhile(ctx) // the job of the message has more to do
	begins, rate := false, desk.MailRate{}
	err = a.write(ctx, func(tx *store.WriteTx) error {
		now := a.now()
		known, err := tx.BouncedAddresses([]string{address})
		if err != nil {
			return err
		}
		if len(known) == 1 && known[0].Hard {
			reason = "Mail to this address came back, so nothing automatic is sent to it. The customer has not seen it."
			return nil
		}
		if rate, err = tx.MailRate(inbox, address); err != nil {
			return err
		}
		rate, begins = rate.Leaves(now)
		reason = ""
		if rate.Paused(now) {
			reason = "Automatic mail to this address is paused: two programs may be answering each other. The customer has not seen it."
		}
		return tx.SaveMailRate(inbox, address, rate)
	})
	if err != nil || !begins {
		return reason, err
	}
	_, err = a.Do(ctx, conversation, desk.PauseAutomation{Rate: rate})
	return reason, err
}

// guard counts a mail and returns whether nothing automatic may answer it.
func (a *App) guard(tx *store.WriteTx, acc channel.Account, inbox desk.Inbox, in inbound) (hush bool, more []desk.Command, err error) {
	if acc.Kind != desk.KindMail {
		return false, nil, nil
	}
	paused, more, err := a.countArrival(tx, inbox.ID, in.From.ID)
	return paused || in.Hush, more, err
}

// isOwn reports whether a mail says that it is from an address of ours, which writes
// to customers and never as one: it came back, or somebody pretends.
func isOwn(tx *store.WriteTx, acc channel.Account, in inbound) (bool, error) {
	if acc.Kind != desk.KindMail || in.Bounce != nil {
		return false, nil
	}
	own, err := tx.OwnAddresses()
	return slices.Contains(own, mail.Bare(in.From.ID)), err
}
