package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"parley/desk"
	"parley/store"
)

// Try tells an effect which try this is.
type Try struct {
	Number int // 1 for the first
	// Interrupted says that an earlier try began and nobody knows how it ended:
	// the process stopped in the middle.
	Interrupted bool
	Since       time.Time // when the job was made
	Last        bool      // the job gives up if this try fails
}

// RetryError asks for another try.
type RetryError struct {
	At  time.Time // zero: with the usual backoff
	Err error
}

func (e *RetryError) Error() string { return e.Err.Error() }
func (e *RetryError) Unwrap() error { return e.Err }

// InterruptedError is an error after which nobody knows what the effect did
// outside: the next try is told that it was interrupted.
type InterruptedError struct{ Err error }

func (e *InterruptedError) Error() string { return e.Err.Error() }
func (e *InterruptedError) Unwrap() error { return e.Err }

const (
	// leaseFor is how long other processes wait for one that is gone. It is
	// renewed long before it ends: clocks may differ by the rest.
	leaseFor    = 12 * time.Second
	renewEvery  = 3 * time.Second
	workers     = 16 // jobs at once, per queue
	few         = 4  // jobs at once of what is patient
	giveUpAfter = 12 // tries of a job whose effect fails without saying what to do
	interrupted = "interrupted"
	// gather is how long a job that was just made waits for others: under load many
	// are claimed, and end, in one transaction, and what people wait for goes before.
	gather = 20 * time.Millisecond
)

// Queues returns the names of the queues that this program works on.
func (a *App) Queues() []string {
	queues := []string{QueueIntake}
	for _, f := range a.Effects {
		queues = append(queues, f.Name())
	}
	return queues
}

// Work runs jobs until ctx ends, then waits for those that run. alone says that
// no other process works on this database: what was left running by one that is
// gone is then started again at once.
func (a *App) Work(ctx context.Context, alone bool) error {
	lease := a.number()
	if err := a.rescue(ctx, alone); err != nil {
		return err
	}
	queues := a.Queues()
	bells := make(map[string]Bell, len(queues))
	for _, q := range queues {
		bells[q] = NewBell()
	}
	a.bells.Store(&bells)
	var wg sync.WaitGroup
	for _, q := range queues {
		wg.Go(func() { a.serveQueue(ctx, q, lease, bells[q]) })
	}
	// Jobs that run while Parley stops keep their leases to their end.
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	var keeper sync.WaitGroup
	defer func() { stop(); keeper.Wait() }()
	if !alone {
		keeper.Go(func() { a.keepLeases(keeping, lease) })
	}
	wg.Wait()
	return nil
}

// wake tells the workers of these queues that there are jobs. Those of other
// processes find them at their next look.
func (a *App) wake(queues []string) {
	bells := a.bells.Load()
	if bells == nil {
		return
	}
	for _, q := range queues {
		if b, ok := (*bells)[q]; ok {
			b.Ring()
		}
	}
}

func (a *App) rescue(ctx context.Context, all bool) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		_, err := tx.Rescue(a.now(), all)
		return err
	})
}

// keepLeases renews this process's leases and takes over those that ran out. It
// looks before it writes.
func (a *App) keepLeases(ctx context.Context, lease int64) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.renew(ctx, lease); err != nil && ctx.Err() == nil {
			a.Log.Error("renew leases", "err", err)
		}
	}
}

func (a *App) renew(ctx context.Context, lease int64) error {
	now := a.now()
	var held, expired bool
	err := a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { held, expired, err = tx.Leases(lease, now); return err })
	if err != nil || !held && !expired {
		return err
	}
	var rescued int64
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) {
		if held {
			if err := tx.ExtendLeases(lease, now.Add(leaseFor)); err != nil {
				return err
			}
		}
		if expired {
			rescued, err = tx.Rescue(now, false)
		}
		return err
	})
	if err == nil && rescued > 0 {
		a.wake(a.Queues())
	}
	return err
}

// serveQueue claims jobs of one queue as long as there is room for them.
func (a *App) serveQueue(ctx context.Context, queue string, lease int64, bell Bell) {
	slots := make(chan struct{}, a.places(queue))
	freed := NewBell()
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	behind := false // there were more jobs than places
	for ctx.Err() == nil {
		free := cap(slots) - len(slots)
		jobs, err := a.claim(ctx, queue, lease, free)
		if err != nil && ctx.Err() == nil {
			a.Log.Error("claim jobs", "queue", queue, "err", err)
		}
		for _, j := range jobs {
			slots <- struct{}{}
			wg.Go(func() {
				a.runJob(ctx, j)
				full := len(slots) == cap(slots)
				<-slots
				if full || j.Lane != 0 { // another may have waited for this place, or for this job
					freed.Ring()
				}
			})
		}
		if free > 0 {
			behind = len(jobs) == free
		}
		if err == nil && free > 0 && behind {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-bell.Heard():
			if !behind {
				pause(ctx, gather)
			}
		case <-freed.Heard():
		case <-tick.C:
		}
	}
}

// places returns how many jobs of a queue run at once.
func (a *App) places(queue string) int {
	for _, f := range a.Effects {
		if _, patient := f.(Patient); patient && f.Name() == queue {
			return few
		}
	}
	return workers
}

// claim looks before it writes: an idle install writes nothing.
func (a *App) claim(ctx context.Context, queue string, lease int64, limit int) (jobs []store.Job, err error) {
	if limit == 0 {
		return nil, nil
	}
	now := a.now()
	var next time.Time
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) (err error) { next, err = tx.NextRun(queue); return err })
	if err != nil || next.IsZero() || next.After(now) {
		return nil, err
	}
	err = a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) (err error) {
		jobs, err = tx.Claim(queue, lease, now, now.Add(leaseFor), limit)
		return err
	})
	return jobs, err
}

// runJob runs one job to its end, also while Parley is stopping: what has begun
// is finished, within the time the caller gives.
func (a *App) runJob(ctx context.Context, j store.Job) {
	stopping := ctx.Done()
	ctx = context.WithoutCancel(ctx)
	finished := false
	failed := a.try(ctx, j, &finished)
	if finished {
		if failed != nil {
			a.Log.Error("after a job was finished", "queue", j.Queue, "job", j.ID.String(), "err", failed)
		}
		return
	}
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		err := a.endTry(ctx, j, failed)
		if err == nil || desk.KindOf(err) == desk.Conflict {
			return
		}
		// The job is still ours, and its lease is renewed: nobody else would ever
		// run it. What became of it must be kept, or this process end.
		a.Log.Error("put a job back", "queue", j.Queue, "job", j.ID.String(), "err", err)
		again := time.NewTimer(wait)
		select {
		case <-stopping:
			again.Stop()
			return
		case <-again.C:
		}
	}
}

// endTry keeps what became of a try: the job is done, waits for another, or gives up.
func (a *App) endTry(ctx context.Context, j store.Job, failed error) error {
	return a.DB.Write(ctx, store.Scope{Workspace: j.Workspace}, func(tx *store.WriteTx) error {
		if failed == nil {
			return tx.Finish(j)
		}
		state, at := a.afterFailure(j, failed)
		if state == store.JobFailed {
			a.Log.Error("a job gave up", "queue", j.Queue, "job", j.ID.String(), "tries", j.Attempt, "err", failed)
			if j.Queue == QueueIntake {
				return a.giveUpRaw(tx, j)
			}
		}
		reason := desk.Line(failed.Error(), 500)
		if _, ok := errors.AsType[*InterruptedError](failed); ok {
			reason = interrupted
		}
		return tx.PutBack(j, at, state, reason)
	})
}

// giveUpRaw makes a dead letter of what could not be taken in, so that every raw
// event ends and somebody can replay it.
func (a *App) giveUpRaw(tx *store.WriteTx, j store.Job) error {
	entry, err := tx.Raw(desk.RawEventID(j.Payload))
	if err != nil {
		return err
	}
	if entry.State == store.RawReceived {
		entry.State, entry.Reason, entry.FinishedAt = store.RawDeadLetter, "Parley could not take this in; the log says why. Replay it when that is mended.", a.now()
		if err := tx.FinishRaw(entry); err != nil {
			return err
		}
	}
	return tx.Finish(j)
}

// afterFailure says what becomes of a job that failed.
func (a *App) afterFailure(j store.Job, err error) (store.JobState, time.Time) {
	now := a.now()
	if retry, ok := errors.AsType[*RetryError](err); ok {
		if !retry.At.IsZero() {
			return store.JobReady, retry.At
		}
		return store.JobReady, now.Add(backoff(j.Attempt))
	}
	if j.Attempt >= giveUpAfter {
		return store.JobFailed, now
	}
	return store.JobReady, now.Add(backoff(j.Attempt))
}

// backoff doubles from two seconds to ten minutes.
func backoff(attempt int) time.Duration {
	return min(time.Second<<min(attempt, 10), 10*time.Minute)
}

// try runs a job and turns a panic into an error.
func (a *App) try(ctx context.Context, j store.Job, finished *bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &InterruptedError{fmt.Errorf("panic: %v", r)}
			a.Log.Error("a job panicked", "queue", j.Queue, "job", j.ID.String(), "err", err, "stack", string(debug.Stack()))
		}
	}()
	if j.Queue == QueueIntake {
		err := a.process(ctx, j)
		*finished = err == nil
		return err
	}
	for _, f := range a.Effects {
		if f.Name() != j.Queue {
			continue
		}
		var e desk.Event
		err := a.DB.Look(ctx, store.Scope{Workspace: j.Workspace}, func(tx *store.Tx) (err error) { e, err = tx.Event(j.Payload); return err })
		if err != nil {
			return err
		}
		return f.Run(caused(ctx, e, &j, finished), e, Try{Number: j.Attempt, Interrupted: j.LastError == interrupted, Since: j.CreatedAt, Last: j.Attempt >= giveUpAfter})
	}
	return fmt.Errorf("no effect has the queue %q", j.Queue)
}

// WorkNow runs the jobs that are due, once, and returns how many there were. It
// is Work for tests and for tools that do one thing and stop.
func (a *App) WorkNow(ctx context.Context) (n int, err error) {
	queues := a.Queues()
	for _, q := range queues {
		jobs, err := a.claim(ctx, q, a.number(), workers)
		if err != nil {
			return n, err
		}
		for _, j := range jobs {
			a.runJob(ctx, j)
		}
		n += len(jobs)
	}
	return n, nil
}
