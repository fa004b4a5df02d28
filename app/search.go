package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

const (
	// togetherLite and togetherPostgres are how many messages one transaction puts into
	// the search index. On SQLite everybody else who writes waits for it; on PostgreSQL
	// the feed does, which tells nothing that began after what still goes on.
	togetherLite     = 100
	togetherPostgres = 10
	// togetherAlone is how many where nobody waits.
	togetherAlone = 2_000
	// indexEvents is how many facts are looked at in one step.
	indexEvents = 500
	// indexSkip is how many facts without text may pass before it is written down
	// that they did; after a restart they are looked at again.
	indexSkip = 2_000
	// indexGather is how long what was just written waits for more, so that under
	// load many messages are indexed in one transaction.
	indexGather = 150 * time.Millisecond
	indexShare  = 3               // rests so many times as long as it has worked,
	indexCrowd  = 15              // and so many times while others queue to write,
	indexLate   = time.Minute     // unless it is this far behind
	indexLook   = time.Second     // how often it is looked without a bell
	indexAgain  = 5 * time.Second // after a failure
)

// indexed is how far this process has looked, beyond what is written down.
type indexed struct {
	version int64
	cursor  store.Cursor
	skipped int
	behind  time.Duration // how old the first fact of the last look was
}

// Index keeps the search index current until ctx ends. It follows the feed of
// facts a moment behind: what is written must not wait for it (ADR 19). Of several
// processes on one database one is ahead, and the others find nothing to do.
func (a *App) Index(ctx context.Context) error {
	if err := a.indexAtOnce(ctx, false); err != nil && ctx.Err() == nil { // a reindex that was interrupted left it so
		return err
	}
	for ctx.Err() == nil {
		start := a.Now()
		more, err := a.IndexSome(ctx)
		rest, bell := a.indexRest(a.Now().Sub(start)), a.Written.Heard()
		switch {
		case err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrSearchTaken):
			a.Log.Error("keep the search index current", "err", err)
			rest, bell = indexAgain, nil
		case more:
			bell = nil
		}
		pause(ctx, rest)
		if bell == nil {
			continue
		}
		timer := time.NewTimer(indexLook)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-bell:
			pause(ctx, indexGather)
		}
		timer.Stop()
	}
	return nil
}

// indexRest is how long to leave the writer to others after so much work. What
// people wait for goes before: indexing takes a quarter of the time, and less
// while they queue.
func (a *App) indexRest(worked time.Duration) time.Duration {
	a.index.Lock()
	late := a.indexed.behind > indexLate
	a.index.Unlock()
	if a.DB.Crowded() && !late {
		return min(indexCrowd*worked, indexLook)
	}
	return min(indexShare*worked, indexLook)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// IndexSome indexes what happened since the last time, and some of what was there
// before the index was begun. It reports whether there is more to do.
func (a *App) IndexSome(ctx context.Context) (more bool, err error) {
	a.index.Lock()
	defer a.index.Unlock()
	s, fresh, err := a.searchState(ctx)
	if err != nil || fresh {
		return fresh, err
	}
	after, events, err := a.factsAfter(ctx, s)
	if err != nil {
		return false, err
	}
	messages, contacts, err := a.textsOf(ctx, events)
	if err != nil {
		return false, err
	}
	more = len(events) == indexEvents
	if len(messages)+len(contacts) == 0 {
		a.indexed.cursor, a.indexed.skipped = after, a.indexed.skipped+len(events)
		if a.indexed.skipped >= indexSkip {
			s.Cursor = after.String()
			s, err = a.saveIndexed(ctx, s, nil)
		}
	} else if s, err = a.indexThese(ctx, s, messages, contacts, after); err != nil {
		return false, err
	}
	if err != nil || s.Built() {
		return more, err
	}
	s.Cursor = a.indexed.cursor.String()
	return true, a.indexOlder(ctx, s)
}

// indexAtOnce says whether the database may gather what is indexed and sort it in
// later, at once: whoever comes at that moment waits for all of it.
func (a *App) indexAtOnce(ctx context.Context, yes bool) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.IndexAtOnce(yes) })
}

func (a *App) indexTogether() int {
	if a.Alone {
		return togetherAlone
	}
	if a.DB.Name() == "postgres" {
		return togetherPostgres
	}
	return togetherLite
}

// searchState returns how far the index is; fresh says that it was only begun.
func (a *App) searchState(ctx context.Context) (s store.SearchState, fresh bool, err error) {
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { s, err = tx.SearchState(); return err })
	if err != nil || s.Cursor != "" {
		return s, false, err
	}
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.BeginSearch(s) })
	return s, true, err
}

// factsAfter returns what happened since the last look and where the feed is then.
func (a *App) factsAfter(ctx context.Context, s store.SearchState) (after store.Cursor, events []store.Tailed, err error) {
	if a.indexed.version != s.Version || a.indexed.cursor == (store.Cursor{}) {
		a.indexed = indexed{version: s.Version}
		if a.indexed.cursor, err = store.ParseCursor(s.Cursor); err != nil {
			return after, nil, err
		}
	}
	after = a.indexed.cursor
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { events, err = tx.Tail(after, indexEvents); return err })
	a.indexed.behind = 0
	if len(events) > 0 {
		after, a.indexed.behind = events[len(events)-1].Cursor, a.Now().Sub(events[0].At)
	}
	return after, events, err
}

// textsOf returns the messages and customers whose text, or place, facts have
// changed, each once.
func (a *App) textsOf(ctx context.Context, events []store.Tailed) (messages []desk.MessageID, contacts []desk.ContactID, err error) {
	renamed := func(e store.Tailed, id desk.ContactID) error {
		contacts = append(contacts, id)
		return a.DB.Look(ctx, store.Scope{Workspace: e.Workspace}, func(tx *store.Tx) error {
			theirs, err := tx.ContactMessageIDs(id)
			messages = append(messages, theirs...)
			return err
		})
	}
	for _, e := range events {
		if desk.HandsOver(e.Fact) {
			if messages, err = a.everyMessage(ctx, e, messages); err != nil {
				return nil, nil, err
			}
		}
		switch f := e.Fact.(type) {
		case desk.Opened:
			contacts = append(contacts, f.Contact)
		case desk.MessagePosted:
			messages = append(messages, f.Message)
		case desk.AsidePosted:
			messages = append(messages, f.Message)
		case desk.AsideRecalled:
			messages = append(messages, f.Message)
		case desk.NoteAdded:
			messages = append(messages, f.Message)
		case desk.NoteEdited:
			messages = append(messages, f.Message)
		case desk.MessageReread:
			messages = append(messages, f.Message)
		case desk.NoteRemoved:
			messages = append(messages, f.Message)
		case desk.NoteRestored:
			messages = append(messages, f.Message)
		case desk.MessageRecalled:
			messages = append(messages, f.Message)
		case desk.SettingsChanged:
			var id desk.ContactID
			if f.Subject == "contact" && id.Parse(f.ID) == nil {
				err = renamed(e, id)
			}
		case desk.ContactChanged:
			err = renamed(e, f.Contact)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	slices.Sort(messages)
	slices.Sort(contacts)
	return slices.Compact(messages), slices.Compact(contacts), nil
}

// everyMessage adds the messages of a conversation that got some or gave some away:
// where a message is, and which one is the first, is part of what is indexed.
func (a *App) everyMessage(ctx context.Context, e store.Tailed, messages []desk.MessageID) ([]desk.MessageID, error) {
	err := a.DB.Look(ctx, store.Scope{Workspace: e.Workspace}, func(tx *store.Tx) error {
		theirs, err := tx.MessageIDs(e.Conversation)
		messages = append(messages, theirs...)
		return err
	})
	return messages, err
}

// indexThese indexes messages and customers, and says with the last of them that
// the feed was read up to after: what is interrupted is done again.
func (a *App) indexThese(ctx context.Context, s store.SearchState, messages []desk.MessageID, contacts []desk.ContactID, after store.Cursor) (store.SearchState, error) {
	for len(messages)+len(contacts) > 0 {
		m, c := messages[:min(len(messages), a.indexTogether())], contacts[:min(len(contacts), a.indexTogether())]
		messages, contacts = messages[len(m):], contacts[len(c):]
		docs, err := a.docsOf(ctx, m, c)
		if err != nil {
			return s, err
		}
		if len(messages)+len(contacts) == 0 {
			s.Cursor = after.String()
		}
		if s, err = a.saveIndexed(ctx, s, docs); err != nil {
			return s, err
		}
	}
	a.indexed.cursor = after
	return s, nil
}

// indexOlder indexes some of what was there before the index was begun, the newest
// first.
func (a *App) indexOlder(ctx context.Context, s store.SearchState) error {
	var messages []desk.MessageID
	var contacts []desk.ContactID
	err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) {
		if s.MessagesBelow != 0 {
			if messages, err = tx.MessagesBefore(s.MessagesBelow, a.indexTogether()); err != nil {
				return err
			}
		}
		if s.ContactsBelow != 0 {
			contacts, err = tx.ContactsBefore(s.ContactsBelow, a.indexTogether())
		}
		return err
	})
	if err != nil {
		return err
	}
	docs, err := a.docsOf(ctx, messages, contacts)
	if err != nil {
		return err
	}
	// From the newest down, so that their places in the index follow their age.
	slices.SortStableFunc(docs, func(x, y store.SearchDoc) int {
		return int(max(-1, min(1, max(y.Message, desk.MessageID(y.Contact))-max(x.Message, desk.MessageID(x.Contact)))))
	})
	for i := range docs {
		docs[i].Older = true
	}
	s.MessagesBelow, s.ContactsBelow = lowest(messages, a.indexTogether()), lowest(contacts, a.indexTogether())
	_, err = a.saveIndexed(ctx, s, docs)
	return err
}

// lowest returns the last id of a page of so many, or 0: nothing is left.
func lowest[T ~int64](ids []T, full int) T {
	if len(ids) < full {
		return 0
	}
	return ids[len(ids)-1]
}

// docsOf reads what is indexed before the transaction that writes it.
func (a *App) docsOf(ctx context.Context, messages []desk.MessageID, contacts []desk.ContactID) (docs []store.SearchDoc, err error) {
	err = a.DB.Read(ctx, store.Scope{}, func(tx *store.Tx) error {
		if docs, err = tx.MessageDocs(messages); err != nil {
			return err
		}
		people, err := tx.ContactDocs(contacts)
		docs = append(docs, people...)
		return err
	})
	return docs, err
}

func (a *App) saveIndexed(ctx context.Context, s store.SearchState, docs []store.SearchDoc) (store.SearchState, error) {
	var next store.SearchState
	err := a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) { next, err = tx.SaveSearch(s, docs); return err })
	if err != nil {
		return s, err
	}
	a.indexed.version, a.indexed.skipped = next.Version, 0
	return next, nil
}

// IndexNow brings the search index up to date: Index for tests and for tools that
// do one thing and stop. On PostgreSQL it waits for what others have begun, in any
// database of the server: the feed gives out nothing that came after it.
func (a *App) IndexNow(ctx context.Context) (err error) {
	if a.Alone {
		if err := a.indexAtOnce(ctx, true); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.indexAtOnce(context.WithoutCancel(ctx), false)) }()
	}
	for ctx.Err() == nil {
		more, err := a.IndexSome(ctx)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		a.index.Lock()
		at := a.indexed.cursor
		a.index.Unlock()
		var behind bool
		err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { behind, err = tx.Behind(at); return err })
		if err != nil || !behind {
			return err
		}
		pause(ctx, 10*time.Millisecond)
	}
	return ctx.Err()
}

// Reindex empties the search index. Whoever runs Index builds it anew.
func (a *App) Reindex(ctx context.Context) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error { return tx.ResetSearch() })
}
