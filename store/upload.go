package store

import (
	"errors"
	"time"

	"parley/desk"
)

// HoldUploads returns which of these uploads are there and belong to no message,
// in the order asked for. Until the transaction ends none of them goes.
func (tx *WriteTx) HoldUploads(ids []desk.AttachmentID, uploader string) ([]desk.AttachmentID, error) {
	var held []desk.AttachmentID
	for _, id := range ids {
		_, err := one(tx.Tx, "upload", scanInt, `SELECT id FROM attachment WHERE workspace_id = ? AND id = ? AND uploader = ? AND message_id IS NULL AND scheduled_id IS NULL`+tx.lock,
			tx.scope.Workspace, id, uploader)
		switch {
		case err == nil:
			held = append(held, id)
		case desk.KindOf(err) != desk.NotFound:
			return nil, err
		}
	}
	return held, nil
}

// HandUploads makes uploads of one person those of another.
func (tx *WriteTx) HandUploads(ids []desk.AttachmentID, from, to string) error {
	var failed error
	for _, id := range ids {
		failed = errors.Join(failed, tx.exec(`UPDATE attachment SET uploader = ? WHERE workspace_id = ? AND id = ? AND uploader = ? AND message_id IS NULL AND scheduled_id IS NULL`, to, tx.scope.Workspace, id, from))
	}
	return failed
}

// FreePlace is a place in the order of uploads that belong to no message.
type FreePlace struct {
	At time.Time
	ID desk.AttachmentID
}

// HasFree reports whether an upload made before a moment belongs to no message.
func (tx *Tx) HasFree(before time.Time) (found bool, err error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM attachment WHERE message_id IS NULL AND scheduled_id IS NULL AND created_at < ? LIMIT 1) free`, micros(before)).Scan)
	return n > 0, err
}

type freeUpload struct {
	FreePlace
	workspace desk.WorkspaceID
	uploader  string
	hash      string
}

// DropUploads removes uploads of the whole install that were made before a moment,
// belong to no message, also to none that waits, and are in no draft; it remembers whose bytes may be of no
// use any more. It looks at so many after a place, and returns where it got to and
// whether there may be more.
//
// Whoever sends or keeps an upload locks its row first. So one that is locked here
// is in a draft that can be seen, or in none.
func (tx *WriteTx) DropUploads(after FreePlace, before, now time.Time, limit int) (FreePlace, bool, error) {
	at := micros(after.At)
	if after.At.IsZero() {
		at = int64(-1)
	}
	all, err := collect(tx.Tx, func(scan func(...any) error) (f freeUpload, err error) {
		err = scan(&f.ID, when{&f.At}, &f.workspace, &f.uploader, &f.hash)
		return f, err
	}, `SELECT id, created_at, workspace_id, uploader, hash FROM attachment WHERE message_id IS NULL AND scheduled_id IS NULL AND created_at < ? AND (created_at, id) > (?, ?)
		ORDER BY created_at, id LIMIT ?`+tx.db.skipLocked(), micros(before), at, int64(after.ID), limit)
	if err != nil {
		return after, false, err
	}
	kept := map[string]map[desk.AttachmentID]bool{}
	for _, f := range all {
		after = f.FreePlace
		whose := f.workspace.String() + f.uploader
		if kept[whose] == nil {
			if kept[whose], err = tx.inDrafts(f.workspace, f.uploader); err != nil {
				return after, false, err
			}
		}
		if kept[whose][f.ID] {
			continue
		}
		if err := tx.exec(`DELETE FROM attachment WHERE workspace_id = ? AND id = ?`, f.workspace, f.ID); err != nil {
			return after, false, err
		}
		if err := tx.exec(`INSERT INTO unused_file (hash, since) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET since = excluded.since`, f.hash, micros(now)); err != nil {
			return after, false, err
		}
	}
	return after, len(all) == limit, nil
}

// inDrafts returns the uploads that are in somebody's drafts: only their own are.
func (tx *Tx) inDrafts(workspace desk.WorkspaceID, uploader string) (map[desk.AttachmentID]bool, error) {
	named := map[desk.AttachmentID]bool{}
	var user desk.UserID
	if user.Parse(uploader) != nil {
		return named, nil // of a visitor, who has no drafts
	}
	lists, err := collect(tx, func(scan func(...any) error) (ids []desk.AttachmentID, err error) {
		err = scan(asJSON(&ids))
		return ids, err
	}, `SELECT attachments FROM draft WHERE workspace_id = ? AND user_id = ?
		UNION ALL SELECT attachments FROM new_mail WHERE workspace_id = ? AND user_id = ?`, workspace, user, workspace, user)
	for _, ids := range lists {
		for _, id := range ids {
			named[id] = true
		}
	}
	return named, err
}

// UnusedFiles returns the hashes of files that lost an upload before a moment, in
// their order after one.
func (tx *Tx) UnusedFiles(after string, before time.Time, limit int) ([]string, error) {
	return collect(tx, func(scan func(...any) error) (hash string, err error) { err = scan(&hash); return hash, err },
		`SELECT hash FROM unused_file WHERE hash > ? AND since < ? ORDER BY hash LIMIT ?`, after, micros(before), limit)
}

// Names reports whether an arrival, a mail that leaves or an attachment of any workspace names a file.
func (tx *Tx) Names(hash string) (bool, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM (SELECT 1 AS one FROM attachment WHERE hash = ?
		UNION ALL SELECT 1 FROM outgoing_raw WHERE hash = ? AND hash <> ''
		UNION ALL SELECT 1 FROM raw_event WHERE hash = ? AND hash <> '' LIMIT 1) named`, hash, hash, hash).Scan)
	return n > 0, err
}

// ForgetUnused says that a file is gone, or is of use again.
func (tx *WriteTx) ForgetUnused(hash string) error {
	return tx.exec(`DELETE FROM unused_file WHERE hash = ?`, hash)
}
