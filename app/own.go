package app

import (
	"context"

	"parley/desk"
	"parley/store"
)

// ChangeOwnSettings changes how Parley looks and answers keys for somebody, and
// returns what is so then.
func (a *App) ChangeOwnSettings(ctx context.Context, user desk.UserID, ch desk.OwnSettingsChange) (s desk.OwnSettings, err error) {
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		if s, err = tx.OwnSettings(user); err != nil {
			return err
		}
		if s, err = s.Change(ch); err != nil {
			return err
		}
		return tx.SaveOwnSettings(user, s)
	})
	return s, err
}
