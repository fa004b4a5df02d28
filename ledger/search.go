package ledger

import (
	"context"
	"time"

	"parley/desk"
	"parley/store"
)

// searched is how many messages are looked for by their own words.
const searched = 300

// search looks whether the search index has everything. It follows the feed, so
// that what it has not come to yet is not missed, nor what is not built yet.
func (v *verifier) search(ctx context.Context) (looked int64, err error) {
	err = v.read(ctx, func(tx *store.Tx) error {
		s, err := tx.SearchState()
		if err != nil || s.Cursor == "" {
			return err
		}
		until, err := SearchedUntil(tx, s, v.Now())
		if err != nil {
			return err
		}
		found, err := tx.Unsearchable(s, until, Limit)
		if err != nil {
			return err
		}
		if s.Built() && until.After(v.Now().Add(-time.Minute)) {
			var wrong []store.Lapse
			if looked, wrong, err = tx.Misindexed(searched, until); err != nil {
				return err
			}
			found = append(found, wrong...)
		}
		for _, l := range found {
			v.find(l.Subject, l.What)
		}
		return nil
	})
	return looked, err
}

// SearchedUntil returns the moment before which everything that changed a text is
// indexed: that of the first such fact the index has not come to.
func SearchedUntil(tx *store.Tx, s store.SearchState, now time.Time) (time.Time, error) {
	until := now.Add(-10 * time.Second) // what is being written is not in the feed yet
	cursor, err := store.ParseCursor(s.Cursor)
	for err == nil {
		var events []store.Tailed
		if events, err = tx.Tail(cursor, batch); err != nil || len(events) == 0 {
			break
		}
		for _, e := range events {
			cursor = e.Cursor
			if tells(e.Fact) {
				if e.At.Before(until) {
					until = e.At
				}
				return until, nil
			}
		}
	}
	return until, err
}

// tells reports whether a fact changes what is searched.
func tells(f desk.Fact) bool {
	switch f.(type) {
	case desk.MessagePosted, desk.AsidePosted, desk.AsideRecalled, desk.NoteAdded, desk.NoteEdited, desk.MessageReread, desk.NoteRemoved, desk.NoteRestored, desk.MessageRecalled, desk.Opened, desk.SettingsChanged, desk.ContactChanged:
		return true
	}
	return desk.HandsOver(f)
}
