package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// How mailboxes are watched.
const (
	lookForMailboxes = 2 * time.Second // how often new and changed ones are looked for
	firstPause       = time.Second     // after a watch that failed; it doubles
	longestPause     = 5 * time.Minute
	refusedPause     = time.Minute // after a refused password: servers lock accounts that are tried too often
)

// Watch watches the mailboxes of all accounts until ctx ends, each in a goroutine of
// its own. Of several processes on one database only one watches a mailbox; alone
// says that there are no others.
func (a *App) Watch(ctx context.Context, alone bool) error {
	w := &watching{App: a, alone: alone, lease: a.number(), running: map[desk.ChannelID]*watch{}, seen: map[desk.ChannelID]time.Time{}}
	defer w.end(context.WithoutCancel(ctx))
	tick := time.NewTicker(lookForMailboxes)
	defer tick.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("look for mailboxes", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// watching is what this process watches.
type watching struct {
	*App
	alone   bool
	lease   int64
	running map[desk.ChannelID]*watch
	seen    map[desk.ChannelID]time.Time // when a mailbox was wanted first
}

// watch is one mailbox that is watched.
type watch struct {
	account   channel.Account
	connected time.Time // when a provider was asked to let us in last; zero is never
	stop      context.CancelFunc
	done      chan struct{}
}

func (w *watch) end() {
	w.stop()
	<-w.done
}

// look ends what is watched no more and begins what is new.
func (w *watching) look(ctx context.Context) error {
	wanted, err := w.mailboxes(ctx)
	if err != nil {
		return err
	}
	maps.DeleteFunc(w.seen, func(id desk.ChannelID, _ time.Time) bool { _, ok := wanted[id]; return !ok })
	for id := range wanted {
		if _, ok := w.seen[id]; !ok {
			w.seen[id] = w.now()
		}
	}
	var connected map[desk.ChannelID]time.Time
	if err := w.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { connected, err = tx.Granted(); return err }); err != nil {
		return err
	}
	held, err := w.keep(ctx, wanted)
	if err != nil {
		return err
	}
	for id, r := range w.running {
		now, ok := wanted[id]
		if ok && slices.Contains(held, id) && bytes.Equal(now.Config, r.account.Config) && connected[id].Equal(r.connected) {
			continue
		}
		r.end()
		delete(w.running, id)
		if !ok {
			if err := w.letGo(ctx, r.account); err != nil {
				return err
			}
		}
	}
	for id, acc := range wanted {
		if _, ok := w.running[id]; !ok && slices.Contains(held, id) {
			w.begin(ctx, acc, connected[id])
		}
	}
	return nil
}

// mailboxes returns the accounts that have one.
func (w *watching) mailboxes(ctx context.Context) (map[desk.ChannelID]channel.Account, error) {
	wanted := map[desk.ChannelID]channel.Account{}
	for _, ch := range w.Channels {
		watcher, ok := channel.As[channel.Watcher](ch)
		if !ok {
			continue
		}
		var all []store.Installed
		err := w.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { all, err = tx.InstalledChannels(ch.Kind().Name); return err })
		if err != nil {
			return nil, err
		}
		for _, i := range all {
			acc, err := w.account(i.Workspace, i.Channel)
			if err != nil {
				w.Log.Error("a mailbox cannot be watched", "channel", i.Channel.ID.String(), "err", err)
				continue
			}
			if watcher.Watches(acc.Config) {
				wanted[acc.ID] = acc
			}
		}
	}
	return wanted, nil
}

// keep prolongs what this process has and takes what nobody has. It returns what it
// has then. A process that is alone asks for each mailbox once, and writes nothing else.
func (w *watching) keep(ctx context.Context, wanted map[desk.ChannelID]channel.Account) (held []desk.ChannelID, err error) {
	now := w.now()
	until := now.Add(leaseFor)
	if w.alone {
		for id := range w.running {
			held = append(held, id)
		}
	} else if len(w.running) > 0 {
		err = w.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) { held, err = tx.KeepMailboxes(w.lease, until); return err })
		if err != nil {
			return nil, err
		}
	}
	var others []desk.ChannelID
	if !w.alone && len(held) < len(wanted) { // looked at before it is written
		err = w.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { others, err = tx.HeldMailboxes(w.lease, now); return err })
		if err != nil {
			return nil, err
		}
	}
	for id, acc := range wanted {
		if slices.Contains(held, id) || slices.Contains(others, id) {
			continue
		}
		mine := false
		err := w.DB.Write(ctx, store.Scope{Workspace: acc.Workspace}, func(tx *store.WriteTx) (err error) {
			mine, err = tx.HoldMailbox(id, w.lease, now, until, w.alone)
			return err
		})
		if err != nil {
			return nil, err
		}
		if mine {
			held = append(held, id)
		}
	}
	return held, nil
}

func (w *watching) letGo(ctx context.Context, acc channel.Account) error {
	return w.DB.Write(ctx, store.Scope{Workspace: acc.Workspace}, func(tx *store.WriteTx) error { return tx.LetMailboxGo(acc.ID, w.lease) })
}

// end ends everything and lets other processes begin at once.
func (w *watching) end(ctx context.Context) {
	var wg sync.WaitGroup
	for _, r := range w.running {
		wg.Go(r.end)
	}
	wg.Wait()
	if w.alone {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for _, r := range w.running {
		if err := w.letGo(ctx, r.account); err != nil {
			w.Log.Warn("let a mailbox go", "err", err)
			return
		}
	}
}

func (w *watching) begin(ctx context.Context, acc channel.Account, connected time.Time) {
	acc.Since = w.seen[acc.ID]
	ctx, stop := context.WithCancel(ctx)
	r := &watch{account: acc, connected: connected, stop: stop, done: make(chan struct{})}
	w.running[acc.ID] = r
	go func() {
		defer close(r.done)
		defer stop()
		w.attend(ctx, acc)
	}()
}

// attend watches a mailbox, again and again, until ctx ends.
func (a *App) attend(ctx context.Context, acc channel.Account) {
	box := &mailbox{App: a, acc: acc}
	wait := firstPause
	for ctx.Err() == nil {
		box.looked = false
		err := a.watchOnce(ctx, acc, box)
		if ctx.Err() != nil {
			return
		}
		if err == nil || desk.KindOf(err) == desk.Conflict {
			err = &channel.WatchError{Class: channel.Retry, Reason: "The mailbox was let go and is looked at again."}
		} else {
			a.failing(ctx, acc, err)
		}
		if box.looked {
			wait = firstPause
		}
		we, ok := errors.AsType[*channel.WatchError](err)
		if ok && we.Class == channel.Unauth {
			wait = max(wait, refusedPause)
		}
		pause(ctx, wait/2+rand.N(wait))
		wait = min(2*wait, longestPause)
	}
}

// watchOnce watches a mailbox until something fails, and turns a panic into an error.
func (a *App) watchOnce(ctx context.Context, acc channel.Account, box *mailbox) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
			a.Log.Error("watching a mailbox panicked", "channel", acc.ID.String(), "err", err, "stack", string(debug.Stack()))
		}
	}()
	ch, err := a.Channel(acc.Kind)
	if err != nil {
		return err
	}
	watcher, ok := channel.As[channel.Watcher](ch)
	if !ok {
		return fmt.Errorf("the channel %s watches nothing", acc.Kind)
	}
	return watcher.Watch(ctx, acc, box)
}

// failing records that a mailbox cannot be read.
func (a *App) failing(ctx context.Context, acc channel.Account, err error) {
	reason, stays := "Parley cannot take the mail in just now; the log says why. It goes on by itself.", false
	if we, ok := errors.AsType[*channel.WatchError](err); ok {
		reason, stays = we.Reason, we.Class == channel.Unauth
	}
	a.Log.Warn("a mailbox cannot be read", "channel", acc.ID.String(), "err", err)
	if err := a.fails(System(ctx, acc.Workspace), acc.ID, store.WayIn, reason, stays); err != nil && ctx.Err() == nil {
		a.Log.Error("record that a mailbox fails", "channel", acc.ID.String(), "err", err)
	}
}

// mailbox implements channel.Mailbox.
type mailbox struct {
	*App
	acc    channel.Account
	looked bool // or something was fetched, without a fault since the watch began
}

// Cursor implements channel.Mailbox.
func (m *mailbox) Cursor(ctx context.Context, folder string) (channel.Cursor, error) {
	var c store.FolderCursor
	err := m.DB.Look(ctx, store.Scope{Workspace: m.acc.Workspace}, func(tx *store.Tx) (err error) { c, err = tx.FolderCursor(m.acc.ID, folder); return err })
	return channel.Cursor(c), err
}

var errMoved = desk.Errorf(desk.Conflict, "Another process reads this mailbox.")

// Take implements channel.Mailbox.
func (m *mailbox) Take(ctx context.Context, from, to channel.Cursor, raws ...channel.Raw) error {
	ctx = System(ctx, m.acc.Workspace)
	entries, err := m.entries(ctx, raws)
	if err != nil {
		return err
	}
	err = m.write(ctx, func(tx *store.WriteTx) error {
		at, err := tx.FolderCursor(m.acc.ID, from.Folder)
		if err != nil {
			return err
		}
		if at.Source != from.Source || at.Validity != from.Validity || at.Last != from.Last {
			return errMoved
		}
		for _, entry := range entries {
			if err := tx.InsertRaw(entry); err != nil {
				return err
			}
			err := tx.Enqueue(store.Job{
				ID: desk.JobID(m.number()), Workspace: m.acc.Workspace, Queue: QueueIntake, Lane: laneOf(entry.Envelope["mail_from"]),
				Payload: int64(entry.ID), RunAt: entry.ReceivedAt, CreatedAt: entry.ReceivedAt,
			})
			if err != nil {
				return err
			}
		}
		return tx.SaveFolderCursor(m.acc.ID, store.FolderCursor(to))
	})
	m.looked = m.looked || err == nil && len(raws) > 0
	return err
}

// entries describes what was fetched, once for each account that it is for, without
// what somebody blocked wrote.
func (m *mailbox) entries(ctx context.Context, raws []channel.Raw) (entries []store.RawEvent, err error) {
	if len(raws) == 0 {
		return nil, nil
	}
	all, err := m.addressed(ctx)
	if err != nil {
		return nil, err
	}
	for _, raw := range raws {
		if len(raw.Body) > inRow {
			if by, err := m.blockedLetter(ctx, m.acc, raw); by != 0 || err != nil {
				if _, err = m.turnAway(ctx, m.acc, by, err); err != nil {
					return nil, err
				}
				continue
			}
		}
		for _, acc := range all.of(m.acc, raw) {
			entry, err := m.rawEntry(ctx, acc, raw)
			if err != nil {
				return nil, err
			}
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// Looked implements channel.Mailbox.
func (m *mailbox) Looked(ctx context.Context, waiting int, lag time.Duration) error {
	m.looked = true
	return m.works(System(ctx, m.acc.Workspace), m.acc.ID, store.WayIn, waiting, lag)
}
