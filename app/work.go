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
}

// RetryError asks for another try.
type RetryError struct {
	At  time.Time // zero: with the usual backoff
	Err error
}

func (e *RetryError) Error() string { return e.Err.Error() }
func (e *RetryError) Unwrap() error { return e.Err }

const (
	leaseFor    = time.Minute
	workers     = 16 // jobs at once, per queue
	giveUpAfter = 12 // tries of a job whose effect fails without saying what to do
	interrupted = "interrupted"
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
	bells := map[string]Bell{}
	for _, q := range queues {
		bells[q] = NewBell()
	}
	var wg sync.WaitGroup
	for _, q := range queues {
		wg.Go(func() { a.serveQueue(ctx, q, lease, bells[q]) })
	}
	wg.Go(func() { a.keepLeases(ctx, lease, alone) })
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-a.Jobs.Heard():
			for _, b := range bells {
				b.Ring()
			}
		}
	}
	wg.Wait()
	return nil
}

func (a *App) rescue(ctx context.Context, all bool) error {
	return a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
		_, err := tx.Rescue(a.now(), all)
		return err
	})
}

// keepLeases renews this process's leases and takes over those that ran out.
func (a *App) keepLeases(ctx context.Context, lease int64, alone bool) {
	tick := time.NewTicker(leaseFor / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := a.DB.Write(ctx, store.Scope{}, func(tx *store.WriteTx) error {
			if err := tx.ExtendLeases(lease, a.now().Add(leaseFor)); err != nil {
				return err
			}
			if alone {
				return nil
			}
			_, err := tx.Rescue(a.now(), false)
			return err
		})
		if err != nil && ctx.Err() == nil {
			a.Log.Error("renew leases", "err", err)
		}
	}
}

// serveQueue claims jobs of one queue as long as there is room for them.
func (a *App) serveQueue(ctx context.Context, queue string, lease int64, bell Bell) {
	slots := make(chan struct{}, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
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
				<-slots
				bell.Ring()
			})
		}
		if err == nil && len(jobs) > 0 && len(slots) < cap(slots) {
			continue
		}
		select {
		case <-ctx.Done():
		case <-bell.Heard():
		case <-tick.C:
		}
	}
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
	ctx = context.WithoutCancel(ctx)
	finished := false
	err := a.try(ctx, j, &finished)
	if finished {
		if err != nil {
			a.Log.Error("after a job was finished", "queue", j.Queue, "job", j.ID.String(), "err", err)
		}
		return
	}
	err = a.DB.Write(ctx, store.Scope{Workspace: j.Workspace}, func(tx *store.WriteTx) error {
		if err == nil {
			return tx.Finish(j)
		}
		state, at := a.afterFailure(j, err)
		if state == store.JobFailed {
			a.Log.Error("a job gave up", "queue", j.Queue, "job", j.ID.String(), "tries", j.Attempt, "err", err)
		}
		return tx.PutBack(j, at, state, desk.Line(err.Error(), 500))
	})
	if err != nil && desk.KindOf(err) != desk.Conflict {
		a.Log.Error("put a job back", "queue", j.Queue, "job", j.ID.String(), "err", err)
	}
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
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			a.Log.Error("a job panicked", "queue", j.Queue, "job", j.ID.String(), "err", err)
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
		return f.Run(caused(ctx, e, &j, finished), e, Try{Number: j.Attempt, Interrupted: j.LastError == interrupted, Since: j.CreatedAt})
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
