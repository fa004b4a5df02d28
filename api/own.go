package api

import (
	"context"

	"parley/desk"
)

// ownSettings registers how Parley looks and answers keys for whoever is signed in.
func (s *server) ownSettings() {
	route(s, operation{id: "change-own", method: "PATCH", path: "/me/settings", summary: "Change how Parley looks and answers keys for you", tag: "Account", inPerson: true},
		func(ctx context.Context, in *struct{ Body desk.OwnSettingsChange }) (*body[desk.OwnSettings], error) {
			out, err := s.App.ChangeOwnSettings(ctx, callerFrom(ctx).user, in.Body)
			return &body[desk.OwnSettings]{out}, err
		})
}
