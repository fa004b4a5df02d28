package app

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// FilePath begins the address of the page from which a file that was too large for a
// mail is fetched. What names the file follows.
const FilePath = "/d/"

// fileLink returns the address of a file until a moment: whoever has it may fetch it.
// It ends with the message that the file is of.
func (a *App) fileLink(ws desk.WorkspaceID, id desk.AttachmentID, until time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(ws))
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	b = binary.BigEndian.AppendUint64(b, uint64(until.Unix()))
	return a.PublicURL + FilePath + base64.RawURLEncoding.EncodeToString(append(b, a.fileMAC(b)...))
}

func (a *App) fileMAC(b []byte) []byte {
	h := hmac.New(sha256.New, a.Keys.Derive("file link"))
	h.Write(b)
	return h.Sum(nil)
}

// LinkedFile is a file as whoever has a link to it may see it.
type LinkedFile struct {
	desk.Attachment
	Expires time.Time
}

// errNoFile is said of every link that leads nowhere, whatever is wrong with it.
var errNoFile = desk.Errorf(desk.NotFound, "This link does not work any more, or it is not whole. Ask whoever sent it to you for a new one.")

// OpenFile returns the file that the end of a link names.
func (a *App) OpenFile(ctx context.Context, name string) (f LinkedFile, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(b) != 24+sha256.Size || !hmac.Equal(b[24:], a.fileMAC(b[:24])) {
		return f, errNoFile
	}
	f.Expires = time.Unix(int64(binary.BigEndian.Uint64(b[16:24])), 0).UTC()
	if !a.now().Before(f.Expires) {
		return f, errNoFile
	}
	ws, id := desk.WorkspaceID(binary.BigEndian.Uint64(b)), desk.AttachmentID(binary.BigEndian.Uint64(b[8:16]))
	err = a.DB.Read(ctx, store.Scope{Workspace: ws}, func(tx *store.Tx) (err error) {
		f.Attachment, err = tx.SentFile(id)
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil {
		err = errNoFile
	}
	return f, err
}

// limits says how many bytes of files a message carries, and reports whether the others
// can go as links.
func (a *App) limits(out *Outgoing) (l channel.Limits, ok bool) {
	limiter, ok := channel.As[channel.Limiter](out.Channel)
	if !ok || a.PublicURL == "" {
		return l, false
	}
	l = limiter.Limits(out.Account.Config)
	return l, l.Attach > 0
}

// fitting says which files a message carries of so many bytes: the pictures within its
// text, then the smallest, as long as they fit. What stands in a mail that it forwards
// always stays.
func fitting(files []desk.Attachment, most int64) map[desk.AttachmentID]bool {
	rank := func(f desk.Attachment) int {
		switch {
		case f.Placed():
			return 0
		case f.Inline:
			return 1
		}
		return 2
	}
	order := slices.Clone(files)
	slices.SortStableFunc(order, func(x, y desk.Attachment) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Size, y.Size))
	})
	var total int64
	fits := map[desk.AttachmentID]bool{}
	for _, f := range order {
		if total += f.Size; rank(f) == 1 || total <= most {
			fits[f.ID] = true
		}
	}
	return fits
}

// carriedFiles says which files of a message it carries, and gives it links to the
// others.
func (a *App) carriedFiles(ctx context.Context, out *Outgoing, files []desk.Attachment) (carried []desk.Attachment) {
	l, limited := a.limits(out)
	if !limited {
		return files
	}
	fits := fitting(files, l.Attach)
	until := a.now().Add(l.LinkFor).Truncate(time.Second)
	for _, f := range files {
		if fits[f.ID] {
			carried = append(carried, f)
			continue
		}
		out.Message.Links = append(out.Message.Links, channel.Link{Name: f.Name, Size: f.Size, URL: a.fileLink(WorkspaceFrom(ctx), f.ID, until), Expires: until})
	}
	return carried
}
