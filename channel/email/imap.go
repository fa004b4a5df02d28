package email

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"parley/channel"
	"parley/desk"
)

// Watch implements channel.Watcher: it fetches what is new in each folder, and then
// listens (RFC 2177) or, where a server does not tell, asks from time to time.
func (ch *Channel) Watch(ctx context.Context, a channel.Account, box channel.Mailbox) error {
	c, err := read(a.Config)
	if err != nil {
		return &channel.WatchError{Class: channel.Unauth, Reason: err.Error()}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	client, err := ch.signIn(ctx, a, c)
	if err != nil {
		return err
	}
	defer client.end()
	w := &watch{Channel: ch, client: client, config: c, box: box, lag: -1, since: a.Since}
	if w.since.IsZero() {
		w.since = ch.Now()
	}
	w.since = w.since.Truncate(time.Second) // as exactly as a server knows when a mail came (RFC 3501, 9: date-time)
	for {
		for _, folder := range c.IMAPFolders {
			if err := w.fetchFolder(ctx, folder); err != nil {
				return asWatchError(err)
			}
		}
		if err := box.Looked(ctx, 0, w.lag); err != nil {
			return err
		}
		if err := w.listen(ctx); err != nil {
			return asWatchError(err)
		}
	}
}

// asWatchError keeps what has a reason, or is ours, as it is.
func asWatchError(err error) error {
	if _, ok := errors.AsType[*channel.WatchError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*storing](err); ok {
		return err
	}
	return noMailbox(err)
}

// storing marks an error of our side.
type storing struct{ error }

func (s *storing) Unwrap() error { return s.error }

func ours(err error) error {
	if err == nil {
		return nil
	}
	return &storing{err}
}

// watch is one session at one account's mailbox.
type watch struct {
	*Channel
	client *imapClient
	config Config
	box    channel.Mailbox
	lag    time.Duration // of the last mail; negative when there was none
	since  time.Time     // what came into the mailbox later is new, also before the first look
}

// listen returns when there may be something new. One folder can be listened to:
// the others are asked every minute.
func (w *watch) listen(ctx context.Context) error {
	wait := w.Renew - w.Renew/4 + rand.N(w.Renew/2+1)
	if len(w.config.IMAPFolders) > 1 {
		wait = min(wait, w.Poll)
		if _, err := w.open(w.config.IMAPFolders[0]); err != nil {
			return err
		}
	}
	if !w.client.Caps().Has(imap.CapIdle) {
		return w.wait(ctx, w.Poll)
	}
	idle, err := w.client.Idle()
	if err != nil {
		return err
	}
	w.client.conn.patience(0)
	waited := w.wait(ctx, wait)
	w.client.conn.patience(doneWithin)
	if err := idle.Close(); err != nil {
		return err
	}
	if err := idle.Wait(); err != nil {
		return err
	}
	w.client.conn.patience(answerWithin)
	return waited
}

// wait waits until the server tells of something, the connection is lost, or the time is over.
func (w *watch) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.client.Closed():
		return errors.New("the mail server ended the connection")
	case <-w.client.arrived:
	case <-timer.C:
	}
	return nil
}

// open selects a folder, so that nothing in it changes but what the admin wants.
func (w *watch) open(folder string) (*imap.SelectData, error) {
	data, err := w.client.Select(folder, &imap.SelectOptions{ReadOnly: !w.config.IMAPSeen}).Wait()
	said, ok := errors.AsType[*imap.Error](err)
	if !ok || said.Type != imap.StatusResponseTypeNo {
		return data, err
	}
	reason := "The mailbox has no folder " + folder + ", or it cannot be opened: " + said.Text
	if names := w.folders(); len(names) > 0 {
		reason = "The mailbox has no folder " + folder + ". It has: " + strings.Join(names, ", ")
	}
	return nil, &channel.WatchError{Class: channel.Unauth, Reason: desk.Line(reason, 300), Err: err}
}

// folders returns the names of the mailbox's folders that mails can be in.
func (w *watch) folders() (names []string) {
	all, err := w.client.List("", "*", nil).Collect()
	if err != nil {
		return nil
	}
	for _, f := range all {
		selectable := true
		for _, attr := range f.Attrs {
			selectable = selectable && attr != imap.MailboxAttrNoSelect && attr != imap.MailboxAttrNonExistent
		}
		if selectable {
			names = append(names, f.Mailbox)
		}
	}
	return names
}
