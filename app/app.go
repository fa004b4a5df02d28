// Package app is the one way to change anything. A command becomes facts; the
// facts, the state they change and the jobs they cause are committed together;
// only then is anyone told.
package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/internal/oauth"
	"parley/internal/secret"
	"parley/store"
)

// App executes commands. Its fields are set once, before it is used.
type App struct {
	DB *store.DB
	// PublicURL is where people reach Parley, without a slash at the end: for links in
	// what is sent to customers. "" is unknown, and sends no links.
	PublicURL string
	Now       func() time.Time
	Log       *slog.Logger
	Blobs     *blob.Store
	Keys      *secret.Keys
	DNS       Resolver       // is asked whether keys are published; nil asks nobody
	OAuth     oauth.Provider // asks providers that let us into mailboxes
	Channels  []channel.Channel
	Effects   []Effect // run from the job queue, at least once
	Feed      Bell     // rung after every commit that has events: realtime listens
	Written   Bell     // rung after every commit that has events: the search index listens
	// Arrived, if set, is told what became of every arrival, by kind of channel.
	Arrived func(kind string, state store.RawState)
	bells   atomic.Pointer[map[string]Bell] // of the queues that this process works on
	staff   staff
	touched sync.Map // channel → the minute it took something in last
	leaving leaving
	// Alone says that nobody else uses the database: the search index is built in large steps.
	Alone   bool
	index   sync.Mutex // one at a time builds the search index
	indexed indexed
	large   large
	hours   sync.Map // desk.HoursID → compiled: calendars, so that a zone is not read for every message
}

// Effect is something that follows from committed events.
type Effect interface {
	// Name is the queue its jobs are in. It is stored: never renamed.
	Name() string
	Wants(desk.Event) bool
	// Lane says which jobs of the effect must not overtake each other; 0 says
	// that this one may run at any time.
	Lane(desk.Event) int64
	// Run does it. It may run again for the same event, after a crash. An error
	// made with Later asks for another try.
	Run(ctx context.Context, e desk.Event, try Try) error
}

// Patient is an effect that follows what time does to many conversations at once:
// few of its jobs run together, so that what people do goes before.
type Patient interface {
	Effect
	// Patient says so and does nothing.
	Patient()
}

// Timer is an effect that runs later: its job waits until the moment that At
// says. When the row no longer says that moment, Run does nothing.
type Timer interface {
	Effect
	// At returns when e's job is due, the conversation being c after e's command;
	// zero makes no job.
	At(e desk.Event, c desk.Conversation, inbox desk.Inbox) time.Time
}

// Later is an effect whose job waits for a moment that the fact says itself.
type Later interface {
	Effect
	When(e desk.Event) time.Time
}

// Selective is an effect that leaves some facts of bulk actions out: of those the
// bulk action itself tells, of all conversations at once.
type Selective interface {
	Effect
	// InBulk reports whether the effect wants e, which it wants otherwise, when it
	// was done to many conversations together, c being this one after it.
	InBulk(e desk.Event, c desk.Conversation) bool
}

// maxDepth stops effects that cause each other.
const maxDepth = 8

// Result is what a command did.
type Result struct {
	Conversation desk.Conversation
	Command      desk.CommandID
	Events       []desk.Event
	Message      desk.MessageID      // what it wrote, if anything
	Other        desk.ConversationID // the other conversation that it was about, if there is one
	Undoable     bool
}

// Do executes commands on one conversation, all or none. The actor of ctx must
// be allowed to give them.
func (a *App) Do(ctx context.Context, id desk.ConversationID, cmds ...desk.Command) (Result, error) {
	peek := !slices.ContainsFunc(cmds, func(c desk.Command) bool {
		switch c.(type) {
		case desk.MarkRead, desk.MarkUnread:
			return false
		}
		return true
	})
	var r Result
	var epoch int64
	err := a.write(ctx, func(tx *store.WriteTx) (err error) {
		load := tx.Conversation
		if peek {
			load = tx.PeekConversation
		}
		tx.WillAppend(2)
		if len(cmds) == 1 {
			parts, err := desk.Parts(id, cmds[0], tx.Facts)
			if err != nil {
				return err
			}
			if len(parts) > 0 {
				r, err = a.together(ctx, tx, id, parts)
				epoch = r.Conversation.AIEpoch
				return err
			}
		}
		old, err := load(id)
		if err != nil {
			return err
		}
		epoch = old.AIEpoch
		r, err = a.execute(ctx, tx, &old, cmds)
		return err
	})
	if err == nil && r.Conversation.AIEpoch != epoch {
		a.leaving.settled(ctx, id)
	}
	return r, err
}

// write runs fn in a transaction as the actor of ctx and tells everybody after
// the commit. A transaction that lost a race against a unique index runs again:
// what the other one committed is then there to be found.
func (a *App) write(ctx context.Context, fn func(*store.WriteTx) error) error {
	return a.writeAs(ctx, ScopeFrom(ctx), fn)
}

// errLost says that another transaction was first, where no unique index says it.
var errLost = errors.New("another transaction was first")

func (a *App) writeAs(ctx context.Context, scope store.Scope, fn func(*store.WriteTx) error) error {
	var err error
	for range 12 { // of eight that want one thing at once, each is first in the end
		var events, settings bool
		var queues []string
		err = a.DB.Write(ctx, scope, func(tx *store.WriteTx) error {
			err := fn(tx)
			events, settings, queues = tx.HasEvents(), tx.HasSettings(), tx.Queues()
			return err
		})
		if err == nil {
			if done := from(ctx).finished; done != nil {
				*done = true
			}
			if settings {
				a.staff.changes.Add(1)
			}
			if events {
				a.Feed.Ring()
				a.Written.Ring()
			}
			a.wake(queues)
			return nil
		}
		if a.DB.Violates(err) == "" && !errors.Is(err, errLost) {
			return err
		}
	}
	return err
}

// execute decides commands against a conversation (nil for one that is to be
// opened) and stores what follows.
func (a *App) execute(ctx context.Context, tx *store.WriteTx, old *desk.Conversation, cmds []desk.Command) (Result, error) {
	act := from(ctx)
	w := &world{WriteTx: tx, app: a, now: a.now(), by: act.Actor, along: act.along}
	if !act.past.IsZero() {
		w.now = act.past
	}
	r := Result{Command: act.command}
	if r.Command == 0 {
		r.Command = desk.CommandID(a.number())
	}
	if old != nil {
		r.Conversation, w.conversation = *old, old.ID
	} else {
		r.Conversation = desk.Conversation{Workspace: act.Workspace, ID: desk.ConversationID(a.number())}
		w.conversation = r.Conversation.ID
	}
	if done, again, err := a.before(tx, act, old, cmds, r); again || err != nil {
		return done, err
	}
	for _, cmd := range cmds {
		if err := desk.CheckCommand(act.Actor, cmd); err != nil {
			return r, err
		}
		if err := mayChange(act.Actor, old, cmd); err != nil {
			return r, err
		}
		if err := desk.CheckMerged(act.Actor, r.Conversation, cmd); err != nil {
			return r, unnamed(tx, err)
		}
		if err := checkChannel(tx, cmd); err != nil {
			return r, err
		}
		if err := checkSeen(tx, act.Actor, old, cmd); err != nil {
			return r, err
		}
		facts, err := cmd.Decide(r.Conversation, w)
		if err != nil {
			return r, unnamed(tx, err)
		}
		for _, f := range facts {
			e := desk.Event{
				Workspace: act.Workspace, Conversation: r.Conversation.ID, Version: r.Conversation.Version + 1, At: w.now, By: act.Actor,
				Command: r.Command, Cause: act.cause, Depth: act.depth, Fact: f,
			}
			turn := r.Conversation.WaitingOn
			r.Conversation.Apply(e)
			e.Fact = desk.WithTurn(e.Fact, turn, r.Conversation.WaitingOn)
			r.Events = append(r.Events, e)
		}
	}
	if err := a.hold(tx, act, &r, w.now); err != nil {
		return r, err
	}
	if err := a.follow(ctx, tx, old, cmds, &r, w.now); err != nil {
		return r, err
	}
	heir, err := a.heir(tx, old, &r, w.now)
	if err != nil {
		return r, err
	}
	if err := a.save(tx, act, old, &r); err != nil {
		return r, err
	}
	if heir != 0 {
		if err := a.promote(ctx, tx, heir, r); err != nil {
			return r, err
		}
	}
	r.Undoable = desk.CanUndo(r.Events) && !slices.ContainsFunc(r.Events, func(e desk.Event) bool { _, undo := e.Fact.(desk.Undone); return undo }) && desk.CheckCommand(act.Actor, desk.Undo{}) == nil
	return r, a.after(tx, act, r)
}

// save stores the new state, what was written, the facts and the jobs they cause.
func (a *App) save(tx *store.WriteTx, act acting, old *desk.Conversation, r *Result) error {
	if len(r.Events) == 0 {
		return nil
	}
	var err error
	switch {
	case old == nil:
		err = tx.InsertConversation(&r.Conversation)
	case r.Conversation.Version != old.Version:
		err = tx.UpdateConversation(old, &r.Conversation)
	}
	if err != nil {
		return err
	}
	bulk := desk.DoneInBulk(r.Events)
	for i := range r.Events {
		if err := a.saveFact(tx, r, &r.Events[i]); err != nil {
			return err
		}
		if err := tx.AppendEvent(&r.Events[i]); err != nil {
			return err
		}
		if !act.past.IsZero() {
			continue // what is of the past causes nothing
		}
		if err := a.enqueueSome(tx, r.Conversation, r.Events[i], bulk); err != nil {
			return err
		}
	}
	return nil
}

// saveFact stores what a fact changes beside the conversation.
func (a *App) saveFact(tx *store.WriteTx, r *Result, e *desk.Event) error {
	switch f := e.Fact.(type) {
	case desk.MessagePosted:
		r.Message = f.Message
		if err := a.saveMessage(tx, r.Conversation.ID, f.Body); err != nil || f.Auto != desk.AutoSurvey {
			return err
		}
		return tx.InsertSurvey(store.Survey{ID: f.Message, Conversation: r.Conversation.ID, User: f.User, AskedAt: e.At})
	case desk.AsidePosted:
		r.Message = f.Message
		return a.saveMessage(tx, r.Conversation.ID, f.Body)
	case desk.AsideRecalled:
		return tx.Recall(f.Message, e.At)
	case desk.Rated:
		return tx.SaveRating(f, e.At)
	case desk.NoteAdded:
		r.Message = f.Message
		if err := a.saveMessage(tx, r.Conversation.ID, f.Body); err != nil {
			return err
		}
		return letRead(tx, r.Conversation, f.Mentions)
	case desk.NoteEdited:
		r.Message = f.Message
		if err := tx.SaveEdition(f); err != nil {
			return err
		}
		return letRead(tx, r.Conversation, f.Mentions)
	case desk.MessageReread:
		r.Message = f.Message
		return a.saveReading(tx, f.Body)
	case desk.ParticipantLetIn:
		return tx.SetAuto(f.Message, "")
	case desk.ParticipantTurnedAway:
		return tx.SetAuto(f.Message, desk.AutoTurnedAway)
	case desk.KeptTogether:
		m, err := tx.MessageByID(f.Message)
		if err != nil {
			return err
		}
		m.Origin.NewSubject = false
		return tx.SetOrigin(f.Message, m.Origin)
	case desk.ForwardTaken:
		return takeForward(tx, f)
	case desk.NotePinned:
		return tx.SetPinned(f.Message, e.At)
	case desk.NoteUnpinned:
		return tx.SetPinned(f.Message, time.Time{})
	case desk.NoteRemoved:
		return tx.SetDeleted(f.Message, e.At)
	case desk.NoteRestored:
		return tx.SetDeleted(f.Message, time.Time{})
	case desk.MessageRecalled:
		return tx.Recall(f.Message, e.At)
	case desk.DeliveryChanged:
		if err := tx.SaveThread(r.Conversation.Inbox, r.Conversation.ID, f.Message, f.Keys); err != nil {
			return err
		}
		return tx.SaveDelivery(f, e.At)
	case desk.Assigned:
		if f.Why != nil {
			return tx.SaveTurn(r.Conversation.Inbox, f.Assignee)
		}
	case desk.Read:
		return tx.SaveReadMark(r.Conversation.ID, f.User, f.To)
	}
	if _, _, ok := desk.StandingOf(e.Fact); ok {
		return saveScheduled(tx, e.Fact)
	}
	return a.saveJoint(tx, r.Conversation.ID, e)
}

func (a *App) saveMessage(tx *store.WriteTx, id desk.ConversationID, m *desk.Message) error {
	m.Conversation = id
	if m.AuthorName == "" && m.User != 0 {
		p, err := tx.Person(m.User)
		if err != nil {
			return err
		}
		m.AuthorName = p.Name
	}
	return tx.InsertMessage(m)
}

// enqueue adds a job for every effect that an event has.
func (a *App) enqueue(tx *store.WriteTx, c desk.Conversation, e desk.Event) error {
	return a.enqueueSome(tx, c, e, false)
}

// enqueueSome is enqueue for an event that may be of a bulk action.
func (a *App) enqueueSome(tx *store.WriteTx, c desk.Conversation, e desk.Event, bulk bool) error {
	if e.Depth >= maxDepth {
		return nil
	}
	for _, f := range a.Effects {
		if !f.Wants(e) {
			continue
		}
		if s, ok := f.(Selective); ok && bulk && !s.InBulk(e, c) {
			continue
		}
		at := e.At
		if later, ok := f.(Later); ok {
			at = later.When(e)
		}
		if timer, ok := f.(Timer); ok {
			inbox, err := inboxOf(tx, c)
			if err != nil {
				return err
			}
			if at = timer.At(e, c, inbox); at.IsZero() {
				continue
			}
		}
		err := tx.Enqueue(store.Job{
			ID: desk.JobID(a.number()), Workspace: e.Workspace, Queue: f.Name(), Lane: f.Lane(e),
			Conversation: e.Conversation, Payload: e.Seq, RunAt: at, CreatedAt: e.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inboxOf returns the inbox of a conversation; personal facts are of none.
func inboxOf(tx *store.WriteTx, c desk.Conversation) (desk.Inbox, error) {
	if c.Inbox == 0 {
		return desk.Inbox{}, nil
	}
	return tx.Inbox(c.Inbox)
}

// now is the time as the database keeps it.
func (a *App) now() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }

// number returns a fresh number for an id.
func (a *App) number() int64 { return a.DB.IDs.Next(a.Now()) }
