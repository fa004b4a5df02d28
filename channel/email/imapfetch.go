package email

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parley/channel"
	"parley/internal/mail"
)

// How mails are fetched.
const (
	batchMails = 50               // in one transaction
	batchBytes = 4 << 20          // a mail of more is fetched for itself
	fetchTries = 4                // of a mail that cannot be fetched, before it is set aside
	clockSkew  = 10 * time.Minute // by which the clock of a mail server may be behind ours
)

// listed is a mail in a folder that was not fetched yet.
type listed struct {
	uid  imap.UID
	size int64
	at   time.Time // when it came into the mailbox
}

// fetchFolder takes in what is new in a folder.
func (w *watch) fetchFolder(ctx context.Context, folder string) error {
	data, err := w.open(folder)
	if err != nil {
		return err
	}
	cur, err := w.box.Cursor(ctx, folder)
	if err != nil {
		return ours(err)
	}
	if cur, err = w.settle(ctx, cur, data); err != nil {
		return err
	}
	mails, err := w.list(cur)
	if err != nil {
		return err
	}
	for len(mails) > 0 {
		n := batch(mails, cur.Stuck)
		if cur, err = w.take(ctx, cur, mails[:n]); err != nil {
			return err
		}
		if mails = mails[n:]; len(mails) > 0 {
			if err := w.box.Looked(ctx, len(mails), w.lag); err != nil {
				return ours(err)
			}
		}
	}
	return nil
}

// settle begins at the right place: at the first look where the admin wants it, and
// when the folder's mails have new numbers (RFC 3501, 2.3.1.1) with the first of
// them. What was taken in before is then known by its content.
func (w *watch) settle(ctx context.Context, cur channel.Cursor, data *imap.SelectData) (channel.Cursor, error) {
	source := w.config.source()
	if cur.Validity == data.UIDValidity && cur.Source == source {
		return cur, nil
	}
	next := channel.Cursor{Folder: cur.Folder, Source: source, Validity: data.UIDValidity, Since: cur.Since, Below: uint32(data.UIDNext)}
	if cur.Validity == 0 {
		next.Since = w.Now().AddDate(0, 0, -w.config.IMAPDays)
		if w.config.IMAPDays == 0 && data.UIDNext > 0 {
			next.Since = w.since.Add(clockSkew) // without what a late clock would be allowed
			var err error
			if next.Last, err = w.before(w.since, uint32(data.UIDNext)); err != nil {
				return cur, err
			}
		}
	}
	return next, ours(w.box.Take(ctx, cur, next))
}

// before returns the number of the last mail in the open folder that came long before
// t: what came on its day or the one before is looked at one by one. A mailbox that
// does not let us in at once, or not yet, loses nothing that came meanwhile.
func (w *watch) before(t time.Time, next uint32) (last uint32, err error) {
	data, err := w.client.UIDSearch(&imap.SearchCriteria{Since: t.AddDate(0, 0, -1)}, nil).Wait()
	if err != nil {
		return 0, err
	}
	for _, uid := range data.AllUIDs() {
		next = min(next, uint32(uid))
	}
	return next - 1, nil
}

// list returns what is in the folder after the cursor. What was moved into it since
// has a new number, whatever its date. A server answers n:* with the
// last mail of all even if its number is below n.
func (w *watch) list(cur channel.Cursor) (mails []listed, err error) {
	from := imap.UIDSet{imap.UIDRange{Start: imap.UID(cur.Last) + 1}}
	cmd := w.client.Fetch(from, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true})
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		b, err := m.Collect()
		if err != nil {
			_ = cmd.Close()
			return nil, err
		}
		if n := uint32(b.UID); n > cur.Last && (n >= cur.Below || !b.InternalDate.Before(cur.Since.Add(-clockSkew))) {
			mails = append(mails, listed{b.UID, b.RFC822Size, b.InternalDate})
		}
	}
	slices.SortFunc(mails, func(a, b listed) int { return cmp.Compare(a.uid, b.uid) })
	return mails, cmd.Close()
}

// batch returns how many mails are fetched together. One at which fetching failed is
// fetched for itself.
func batch(mails []listed, stuck uint32) (n int) {
	var size int64
	for _, m := range mails {
		size += m.size
		if n > 0 && (n == batchMails || size > batchBytes || stuck != 0) {
			return n
		}
		n++
	}
	return n
}

// take fetches mails and stores them together with how far that is.
func (w *watch) take(ctx context.Context, cur channel.Cursor, mails []listed) (channel.Cursor, error) {
	next := channel.Cursor{Folder: cur.Folder, Source: cur.Source, Validity: cur.Validity, Since: cur.Since, Below: cur.Below, Last: uint32(mails[len(mails)-1].uid)}
	raws, err := w.fetch(ctx, cur, mails)
	if err != nil {
		if ctx.Err() != nil {
			return cur, ctx.Err()
		}
		failed := cur
		failed.Tries++
		if first := uint32(mails[0].uid); failed.Stuck != first {
			failed.Stuck, failed.Tries = first, 1
		}
		if err := w.box.Take(ctx, cur, failed); err != nil {
			return cur, ours(err)
		}
		return cur, err
	}
	if err := w.box.Take(ctx, cur, next, raws...); err != nil {
		return cur, ours(err)
	}
	w.lag = max(0, w.Now().Sub(mails[len(mails)-1].at))
	if w.config.IMAPSeen {
		return next, w.markSeen(mails)
	}
	return next, nil
}

// fetch returns the mails as they are, without marking them as read.
func (w *watch) fetch(ctx context.Context, cur channel.Cursor, mails []listed) (raws []channel.Raw, err error) {
	var whole []imap.UID
	for _, m := range mails {
		switch {
		case cur.Stuck == uint32(m.uid) && cur.Tries >= fetchTries:
			raws = append(raws, w.setAside(cur, m))
		case m.size > w.MaxSize:
			stub, err := w.headerOf(ctx, cur, m)
			if err != nil {
				return nil, err
			}
			raws = append(raws, stub)
		default:
			whole = append(whole, m.uid)
		}
	}
	if len(whole) == 0 {
		return raws, nil
	}
	bodies, err := w.bodies(ctx, whole, &imap.FetchItemBodySection{Peek: true}, w.MaxSize)
	if err != nil {
		return nil, err
	}
	for _, uid := range whole {
		if raw, ok := bodies[uid]; ok { // else it was deleted meanwhile
			raws = append(raws, raw)
		}
	}
	return raws, ctx.Err()
}

// bodies fetches a part of each of some mails, of which none is larger than limit.
// An empty one is left out.
func (w *watch) bodies(ctx context.Context, uids []imap.UID, part *imap.FetchItemBodySection, limit int64) (map[imap.UID]channel.Raw, error) {
	all := map[imap.UID]channel.Raw{}
	cmd := w.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part}})
	defer func() { _ = cmd.Close() }()
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		var uid imap.UID
		var raw channel.Raw
		for item := m.Next(); item != nil; item = m.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = item.UID
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				if item.Literal.Size() > limit {
					return nil, errors.New("the mail server sends more than it said")
				}
				var err error
				if raw, err = w.arrives(ctx, item.Literal, limit); err != nil {
					return nil, err
				}
			}
		}
		if len(raw.Body) > 0 || raw.Kept.Hash != "" {
			all[uid] = raw
		}
	}
	return all, cmd.Close()
}

// arrives reads a mail, or its header, with what its envelope was.
func (w *watch) arrives(ctx context.Context, r io.Reader, limit int64) (channel.Raw, error) {
	raw, head, err := arrive(ctx, w.box, r, limit)
	raw.At, raw.Envelope = w.Now(), map[string]string{}
	raw.Written, raw.Noted = mail.Recipients(head)
	if from, ok := mail.ReturnPath(head); ok {
		raw.Envelope["mail_from"] = said(from)
	}
	return raw, err
}

// maxHeader is how much of the header of a mail is kept that is too large.
const maxHeader = mail.HeadSize - 1 // so that it is not kept as a large mail is

// headerOf returns the header of a mail that is larger than what Parley takes in.
func (w *watch) headerOf(ctx context.Context, cur channel.Cursor, m listed) (channel.Raw, error) {
	heads, err := w.bodies(ctx, []imap.UID{m.uid}, &imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierHeader, Partial: &imap.SectionPartial{Size: maxHeader}}, maxHeader)
	if err != nil {
		return channel.Raw{}, err
	}
	raw, ok := heads[m.uid]
	if !ok {
		raw = w.raw("")
	}
	raw.Envelope["omitted"] = fmt.Sprintf("This mail is %s, more than the %s that Parley takes in. It is in the folder %s of the mailbox %s.", megabytes(m.size), megabytes(w.MaxSize), cur.Folder, w.config.IMAPUser)
	return w.stub(raw, cur, m), nil
}

// setAside returns what stands for a mail that cannot be fetched.
func (w *watch) setAside(cur channel.Cursor, m listed) channel.Raw {
	raw := w.raw("Subject: A mail that could not be fetched\r\n\r\n")
	raw.Envelope["omitted"] = fmt.Sprintf("This mail could not be fetched in %d tries. It came on %s, is %s, and is in the folder %s of the mailbox %s.",
		cur.Tries, m.at.UTC().Format("2 January 2006 at 15:04 MST"), megabytes(m.size), cur.Folder, w.config.IMAPUser)
	return w.stub(raw, cur, m)
}

// raw is a mail that is written here.
func (w *watch) raw(body string) channel.Raw {
	return channel.Raw{ContentType: "message/rfc822", Body: []byte(body), At: w.Now(), Envelope: map[string]string{}}
}

// stub names what is not a whole mail by its place.
func (w *watch) stub(raw channel.Raw, cur channel.Cursor, m listed) channel.Raw {
	raw.Dedupe = fmt.Sprintf("imap %d %d %s", cur.Validity, m.uid, said(cur.Folder))
	if len(raw.Body) == 0 {
		raw.Body = []byte("\r\n")
	}
	return raw
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

func (w *watch) markSeen(mails []listed) error {
	var uids imap.UIDSet
	for _, m := range mails {
		uids.AddNum(m.uid)
	}
	return w.client.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
}
