package app_test

import (
	"slices"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// Every screen is told when a channel's health turns, and not while it stays: the
// panel in the settings follows.
func TestHealthIsToldWhenItTurns(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	ctx := app.System(t.Context(), d.Workspace)
	for _, problem := range []string{"", "", "Refused.", "Refused.", "", "", "Refused."} {
		d.OK(d.SetHealth(ctx, d.Account.ID, problem))
		d.Clock.Add(time.Minute)
	}
	var said []string
	d.OK(d.DB.Read(ctx, store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
		events, err := tx.Visible(store.Cursor{}, 1000)
		for _, e := range events {
			if f, ok := e.Fact.(desk.SettingsChanged); ok && f.Subject == "channel" && f.ID == d.Account.ID.String() {
				said = append(said, f.Action)
			}
		}
		return err
	}))
	said = slices.DeleteFunc(said, func(s string) bool { return s != app.ChannelWorks && s != app.ChannelFailed && s != app.ChannelFailing })
	if want := []string{"works", "failing", "works", "failing"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
}
