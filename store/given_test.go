package store_test

import (
	"parley/app"
	"parley/desk"
)

// inboxOf is an inbox with members.
func inboxOf(members ...desk.Actor) app.InboxChange {
	users := []desk.UserID{}
	for _, m := range members {
		users = append(users, m.User)
	}
	return app.InboxChange{Members: &users}
}

func settingsOf(s desk.InboxSettings) app.InboxChange { return app.InboxChange{Settings: &s} }
