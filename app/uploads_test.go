package app_test

import (
	"errors"
	"io/fs"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// long is more than any age of a file on the disk of whoever runs this.
const long = 200 * 365 * 24 * time.Hour

// uploads is what a test uploads, and looks whether it is still there.
type uploads struct {
	*apptest.Desk
	t    *testing.T
	talk desk.ConversationID
}

func newUploads(t *testing.T) uploads {
	d := apptest.New(t, desk.PerContact)
	return uploads{d, t, d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation}
}

func (u uploads) upload(text string) desk.Attachment {
	u.t.Helper()
	a, err := u.Upload(u.As(u.Agent), channel.File{Name: "a.txt", ContentType: "text/plain", Data: []byte(text)}, app.Uploader(u.Agent))
	u.OK(err)
	return a
}

// row reports whether somebody can still send an upload, or has.
func (u uploads) row(a desk.Attachment) bool {
	u.t.Helper()
	err := u.DB.Read(u.t.Context(), store.Scope{Workspace: u.Workspace}, func(tx *store.Tx) error {
		_, err := tx.Attachment(a.ID, app.Uploader(u.Agent))
		return err
	})
	if err != nil && desk.KindOf(err) != desk.NotFound {
		u.t.Fatal(err)
	}
	return err == nil
}

func (u uploads) bytes(a desk.Attachment) bool {
	u.t.Helper()
	f, err := u.Blobs.Reader(a.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	u.OK(err)
	u.OK(f.Close())
	return true
}

func (u uploads) draft(revision int64, text string, files ...desk.AttachmentID) app.DraftState {
	u.t.Helper()
	d, err := u.SaveDraft(u.As(u.Agent), store.Draft{Conversation: u.talk, Mode: "reply", Text: text, Files: files, Revision: revision})
	u.OK(err)
	return d
}

// An upload that nobody sends goes after a day; what a message, a note or a draft
// has stays, and bytes stay as long as anything has the same.
func TestUploadsThatWereNeverSent(t *testing.T) {
	u := newUploads(t)
	ctx := u.As(u.Agent)
	left, sent, noted, kept, same, later := u.upload("left"), u.upload("sent"), u.upload("noted"), u.upload("kept"), u.upload("sent"), u.upload("later")
	u.OK(err2(u.Do(ctx, u.talk, desk.Reply{Text: "see", Files: []desk.AttachmentID{sent.ID}})))
	u.OK(err2(u.Do(ctx, u.talk, desk.Note{Text: "see", Files: []desk.AttachmentID{noted.ID}})))
	u.OK(err2(u.Do(ctx, u.talk, desk.Schedule{Text: "see", At: u.Clock.Now().Add(300 * 24 * time.Hour), Files: []desk.AttachmentID{later.ID}})))
	d := u.draft(0, "", kept.ID)
	if same.Hash != sent.Hash {
		t.Fatal("the same bytes are two files")
	}

	u.Clock.Add(23 * time.Hour)
	u.OK(u.CleanUploads(t.Context()))
	if !u.row(left) || !u.row(same) {
		t.Error("an upload of today is gone")
	}
	u.Clock.Add(2 * time.Hour)
	u.OK(u.CleanUploads(t.Context()))
	if u.row(left) || u.row(same) {
		t.Error("an upload of yesterday is still there")
	}
	for what, a := range map[string]desk.Attachment{"reply": sent, "note": noted, "draft": kept, "scheduled reply": later} {
		if !u.row(a) {
			t.Errorf("the file of a %s is gone", what)
		}
	}
	if !u.bytes(left) {
		t.Error("the bytes went with the upload: a backup that was begun before is not whole")
	}

	u.Clock.Add(long)
	u.OK(u.CleanUploads(t.Context()))
	if u.bytes(left) {
		t.Error("the bytes of an upload that went are still there")
	}
	for what, a := range map[string]desk.Attachment{"reply": sent, "note": noted, "draft": kept, "scheduled reply": later} {
		if !u.row(a) || !u.bytes(a) {
			t.Errorf("what a %s has is gone", what)
		}
	}

	// The draft ends, and with it what its file was kept for.
	if _, err := u.DeleteDraft(ctx, u.talk, d.Mode, 0); err != nil {
		t.Fatal(err)
	}
	u.OK(u.CleanUploads(t.Context()))
	u.Clock.Add(long)
	u.OK(u.CleanUploads(t.Context()))
	if u.row(kept) || u.bytes(kept) {
		t.Error("the file of a draft that was thrown away is still there")
	}
}

// Bytes that were uploaded again before they went are there for the second upload.
func TestUploadAgainBeforeTheBytesGo(t *testing.T) {
	u := newUploads(t)
	first := u.upload("twice")
	u.Clock.Add(25 * time.Hour)
	u.OK(u.CleanUploads(t.Context()))
	again := u.upload("twice")
	u.Clock.Add(23 * time.Hour)
	u.OK(u.CleanUploads(t.Context()))
	if u.row(first) || !u.row(again) || !u.bytes(again) {
		t.Errorf("first %v, second %v, bytes %v", u.row(first), u.row(again), u.bytes(again))
	}
	u.Clock.Add(long)
	u.OK(u.CleanUploads(t.Context()))
	u.Clock.Add(long)
	u.OK(u.CleanUploads(t.Context()))
	if u.bytes(again) {
		t.Error("the bytes are there for ever")
	}
}

// However keeping, sending and removing an upload meet: whoever was told that their
// draft or message has the file, has it.
func TestUploadKeptWhileItGoes(t *testing.T) {
	u := newUploads(t)
	for i := range 20 {
		a, b := u.upload("kept"), u.upload("sent")
		u.Clock.Add(25 * time.Hour)
		var kept app.DraftState
		var sent error
		var all sync.WaitGroup
		all.Go(func() { u.OK(u.CleanUploads(t.Context())) })
		all.Go(func() {
			mode := string(rune('a' + i)) // the API knows two; the store any
			var err error
			kept, err = u.SaveDraft(u.As(u.Agent), store.Draft{Conversation: u.talk, Mode: mode, Files: []desk.AttachmentID{a.ID}})
			if err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			_, sent = u.Do(u.As(u.Agent), u.talk, desk.Reply{Text: "see", Files: []desk.AttachmentID{b.ID}})
		})
		all.Wait()
		if has := len(kept.Files) == 1; has != u.row(a) {
			t.Errorf("%d: the draft has it: %v, it is there: %v", i, has, u.row(a))
		}
		if (sent == nil) != u.row(b) {
			t.Errorf("%d: it was sent: %v, it is there: %v", i, sent, u.row(b))
		}
	}
}
