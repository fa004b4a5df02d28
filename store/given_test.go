package store_test

import (
	"parley/app"
	"parley/desk"
	"parley/store"
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

// scheduledPages asks for what is scheduled: everybody's, and a later page of one's own.
func scheduledPages(tx *store.WriteTx, r realm) (any, error) {
	all, err := tx.ScheduledOpen(store.ScheduledPage{Limit: 50})
	if err != nil {
		return all, err
	}
	mine, err := tx.ScheduledOpen(store.ScheduledPage{Author: r.user, At: r.event.At, After: 1, Limit: 50})
	return append(all, mine...), err
}

// insertPlanned stores another scheduled message of a realm, with its upload.
func insertPlanned(tx *store.WriteTx, r realm) error {
	s := r.scheduled
	s.ID, s.ClientID = s.ID+1, ""
	s.Files = []desk.Attachment{r.upload}
	return tx.InsertScheduled(&s)
}
