package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// follow is an effect of every note, made for a test.
type follow struct {
	run  func(context.Context, desk.Event, app.Try) error
	lane bool
	mu   sync.Mutex
	runs []app.Try
}

func (*follow) Name() string { return "follow" }
func (f *follow) Lane(e desk.Event) int64 {
	if f.lane {
		return int64(e.Conversation)
	}
	return 0
}

func (*follow) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.NoteAdded); return ok && e.Depth == 0 }

func (f *follow) Run(ctx context.Context, e desk.Event, try app.Try) error {
	f.mu.Lock()
	f.runs = append(f.runs, try)
	f.mu.Unlock()
	return f.run(ctx, e, try)
}

func (f *follow) tries() []app.Try {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.runs)
}

// following returns a desk with an effect of its own and a conversation to write notes in.
func following(t *testing.T, f *follow) (*apptest.Desk, desk.ConversationID) {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	d.Effects = []app.Effect{f}
	return d, d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
}

func jobs(d *apptest.Desk, state store.JobState) (all []store.Job) {
	d.T.Helper()
	d.OK(d.DB.Read(d.T.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) (err error) { all, err = tx.Jobs(state, 0, 100); return err }))
	return all
}

func workNow(d *apptest.Desk) int {
	d.T.Helper()
	n, err := d.WorkNow(d.T.Context())
	d.OK(err)
	return n
}

// A job that fails waits twice as long each time, ten minutes at most, and is
// not begun before it is due.
func TestRetriedWithBackoff(t *testing.T) {
	f := &follow{run: func(_ context.Context, _ desk.Event, try app.Try) error {
		if try.Number < 11 {
			return errors.New("not yet")
		}
		return nil
	}}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "n"})
	want := []int{2, 4, 8, 16, 32, 64, 128, 256, 512, 600}
	for i, seconds := range want {
		wait := time.Duration(seconds) * time.Second
		if workNow(d) != 1 {
			t.Fatalf("try %d did not run", i+1)
		}
		j := jobs(d, store.JobReady)[0]
		if got := j.RunAt.Sub(d.Clock.Now()); got != wait || j.Attempt != i+1 || j.LastError != "not yet" {
			t.Fatalf("after try %d: waits %v, attempt %d, error %q", i+1, got, j.Attempt, j.LastError)
		}
		d.Clock.Add(wait - time.Microsecond)
		if workNow(d) != 0 {
			t.Fatalf("try %d ran before its time", i+2)
		}
		d.Clock.Add(time.Microsecond)
	}
	if workNow(d) != 1 || len(jobs(d, store.JobReady)) != 0 || workNow(d) != 0 {
		t.Error("a job that is done is still there")
	}
}

// An effect says itself when it wants to be tried again.
func TestRetriedWhenAsked(t *testing.T) {
	var at time.Time
	f := &follow{}
	d, c := following(t, f)
	at = d.Clock.Now().Add(3 * time.Hour)
	f.run = func(_ context.Context, _ desk.Event, try app.Try) error {
		if try.Number > 1 {
			return nil
		}
		return &app.RetryError{At: at, Err: errors.New("later")}
	}
	do(t, d, c, desk.Note{Text: "n"})
	workNow(d)
	if j := jobs(d, store.JobReady)[0]; !j.RunAt.Equal(at) {
		t.Errorf("waits until %v, want %v", j.RunAt, at)
	}
}

// A job that fails every time, by an error or a panic, gives up, is shown with
// its reason, holds up nobody, and can be started again by a person.
func TestPoisonJob(t *testing.T) {
	for name, poison := range map[string]func(){"error": func() {}, "panic": func() { panic("poison") }} {
		t.Run(name, func(t *testing.T) {
			healed := false
			f := &follow{lane: true, run: func(context.Context, desk.Event, app.Try) error {
				if healed {
					return nil
				}
				poison()
				return errors.New("poison")
			}}
			d, c := following(t, f)
			do(t, d, c, desk.Note{Text: "n"})
			for range app.GiveUpAfter {
				workNow(d)
				d.Clock.Add(time.Hour)
			}
			failed := jobs(d, store.JobFailed)
			if len(failed) != 1 || len(f.tries()) != app.GiveUpAfter || failed[0].Conversation != c {
				t.Fatalf("%d failed jobs after %d tries", len(failed), len(f.tries()))
			}
			if name == "error" && failed[0].LastError != "poison" {
				t.Errorf("the reason is %q", failed[0].LastError)
			}
			if last := f.tries()[app.GiveUpAfter-1]; !last.Last || f.tries()[0].Last {
				t.Error("the last try was not told that it is")
			}
			healed = true
			do(t, d, c, desk.Note{Text: "behind it in the lane"})
			if workNow(d) != 1 || len(jobs(d, store.JobReady)) != 0 {
				t.Error("a job that gave up holds up its lane")
			}
			d.OK(d.RestartJob(d.As(d.Owner), failed[0].ID))
			if workNow(d) != 1 || len(jobs(d, store.JobFailed)) != 0 {
				t.Error("a job that was started again did not run")
			}
			if err := d.RestartJob(d.As(d.Owner), failed[0].ID); desk.KindOf(err) != desk.NotFound {
				t.Errorf("starting what is done: %v", err)
			}
		})
	}
}

// breaking is a channel whose parser panics.
type breaking struct{ *apptest.Channel }

func (breaking) Parse(context.Context, channel.Account, channel.Raw) ([]channel.Inbound, error) {
	panic("a parser at its end")
}

// A raw event that cannot be taken in at all ends as a dead letter, and is taken
// in when somebody replays it later: no raw event waits for ever.
func TestPoisonArrival(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	whole := d.Channels
	d.Channels = []channel.Channel{breaking{d.Channel}}
	d.OK(d.Accept(t.Context(), d.Account, apptest.Raw(apptest.Post{From: "kim", Key: "1", Text: "hello"}, d.Clock.Now())))
	for range app.GiveUpAfter {
		workNow(d)
		d.Clock.Add(time.Hour)
	}
	entry := func() (r store.RawEvent) {
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			all, _, err := tx.Raws("", store.LedgerPage{Limit: 10})
			r = all[0]
			return err
		}))
		return r
	}
	if r := entry(); r.State != store.RawDeadLetter || !strings.Contains(r.Reason, "Replay") {
		t.Fatalf("state %s, reason %q", r.State, r.Reason)
	}
	d.Channels = whole
	d.OK(d.Replay(d.As(d.Owner), entry().ID))
	d.Work()
	if r := entry(); r.State != store.RawMessage {
		t.Errorf("state %s after the replay", r.State)
	}
}

// work runs a worker until stop is called, which waits for it.
func work(d *apptest.Desk, alone bool) (stop func()) {
	d.T.Helper()
	ctx, cancel := context.WithCancel(d.T.Context())
	done := make(chan error, 1)
	go func() { done <- d.App.Work(ctx, alone) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			d.T.Error(err)
		}
	})
}

// Jobs of one lane run one after the other, in order; lanes do not wait for each other.
func TestLanes(t *testing.T) {
	started := make(chan string, 10)
	goOn := make(chan struct{})
	f := &follow{lane: true}
	d := apptest.New(t, desk.PerContact)
	d.Effects = []app.Effect{f}
	a := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"}).Conversation
	b := d.Get(apptest.Post{From: "eve", Key: "2", Text: "hello"}).Conversation
	f.run = func(_ context.Context, e desk.Event, _ app.Try) error {
		m := e.Fact.(desk.NoteAdded).Message
		var text string
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.Tx) error {
			m, err := tx.MessageByID(m)
			text = m.Text
			return err
		}))
		started <- text
		if e.Conversation == a {
			<-goOn
		}
		return nil
	}
	for i := range 3 {
		do(t, d, a, desk.Note{Text: fmt.Sprintf("a%d", i)})
		do(t, d, b, desk.Note{Text: fmt.Sprintf("b%d", i)})
	}
	stop := work(d, true)
	defer stop()
	var got []string
	for range 4 { // the first of a, which waits, and all of b
		got = append(got, <-started)
	}
	slices.Sort(got)
	if want := []string{"a0", "b0", "b1", "b2"}; !slices.Equal(got, want) {
		t.Fatalf("began %v, want %v", got, want)
	}
	for _, want := range []string{"a1", "a2"} {
		goOn <- struct{}{}
		if got := <-started; got != want {
			t.Errorf("began %s, want %s", got, want)
		}
	}
	goOn <- struct{}{}
}

// What has begun is finished while Parley stops; what has not begun waits for
// the next start.
func TestStopInTheMiddleOfAJob(t *testing.T) {
	started, goOn := make(chan struct{}), make(chan struct{})
	var cut error
	f := &follow{lane: true, run: func(ctx context.Context, _ desk.Event, _ app.Try) error {
		started <- struct{}{}
		<-goOn
		cut = ctx.Err()
		return nil
	}}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "one"})
	do(t, d, c, desk.Note{Text: "two"})
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- d.App.Work(ctx, true) }()
	<-started
	stop() // before the first may end: the second would begin
	select {
	case <-stopped:
		t.Fatal("stopped while a job runs")
	case goOn <- struct{}{}:
	}
	d.OK(<-stopped)
	if cut != nil {
		t.Errorf("the job was cut off: %v", cut)
	}
	if ready := jobs(d, store.JobReady); len(ready) != 1 || len(jobs(d, store.JobRunning)) != 0 || len(f.tries()) != 1 {
		t.Errorf("%d jobs wait, %d run, %d ran", len(ready), len(jobs(d, store.JobRunning)), len(f.tries()))
	}
}

// claim takes the jobs of a queue as a process that is then never seen again.
func claim(d *apptest.Desk, queue string, lease int64) (claimed []store.Job) {
	d.T.Helper()
	now := d.Clock.Now()
	d.OK(d.DB.Write(d.T.Context(), store.Scope{}, func(tx *store.WriteTx) (err error) {
		claimed, err = tx.Claim(queue, lease, now, now.Add(app.LeaseFor), 10)
		return err
	}))
	return claimed
}

// The jobs of a process that is gone are taken over when its lease ends, not
// before, and the next try is told that nobody knows how the last one ended.
func TestLeaseOfTheDead(t *testing.T) {
	f := &follow{run: func(context.Context, desk.Event, app.Try) error { return nil }}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "n"})
	dead := claim(d, "follow", 666)
	if len(dead) != 1 || app.LeaseFor > 15*time.Second {
		t.Fatalf("claimed %d, lease %v", len(dead), app.LeaseFor)
	}
	d.Clock.Add(app.LeaseFor)
	d.OK(d.Renew(t.Context(), 2))
	if n := workNow(d); n != 0 {
		t.Fatalf("%d jobs were taken over before their lease ended", n)
	}
	d.Clock.Add(time.Microsecond)
	d.OK(d.Renew(t.Context(), 2))
	if workNow(d) != 1 || !f.tries()[0].Interrupted || f.tries()[0].Number != 2 {
		t.Errorf("tries %+v", f.tries())
	}
	// Whoever comes back from the dead cannot finish it any more.
	do(t, d, c, desk.Note{Text: "n"})
	late := claim(d, "follow", 667)[0]
	d.Clock.Add(app.LeaseFor + time.Second)
	d.OK(d.Renew(t.Context(), 2))
	for what, end := range map[string]func(*store.WriteTx) error{
		"finish":   func(tx *store.WriteTx) error { return tx.Finish(late) },
		"put back": func(tx *store.WriteTx) error { return tx.PutBack(late, d.Clock.Now(), store.JobFailed, "late") },
	} {
		if err := d.DB.Write(t.Context(), store.Scope{}, end); desk.KindOf(err) != desk.Conflict {
			t.Errorf("%s without a lease: %v", what, err)
		}
	}
}

// The lease of the living is renewed as long as its job runs, also while the
// process stops.
func TestLeaseOfTheLiving(t *testing.T) {
	f := &follow{run: func(context.Context, desk.Event, app.Try) error { return nil }}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "n"})
	claim(d, "follow", 5)
	for range 20 {
		d.Clock.Add(app.RenewEvery)
		d.OK(d.Renew(t.Context(), 5))
		d.OK(d.Renew(t.Context(), 6)) // another process looks for the dead
	}
	if running := jobs(d, store.JobRunning); len(running) != 1 || workNow(d) != 0 {
		t.Error("a job that runs was taken over")
	}
	if 3*app.RenewEvery > app.LeaseFor {
		t.Errorf("a lease of %v that is renewed every %v ends when two renewals come late", app.LeaseFor, app.RenewEvery)
	}
}

// A process that is alone on its database, as on SQLite, takes up what was left
// running at once: nobody else can be running it.
func TestLeasesAreReleasedAtTheStart(t *testing.T) {
	ran := make(chan app.Try, 1)
	f := &follow{run: func(_ context.Context, _ desk.Event, try app.Try) error { ran <- try; return nil }}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "n"})
	claim(d, "follow", 666)
	stop := work(d, true) // the clock stands still: no lease ends
	defer stop()
	if try := <-ran; !try.Interrupted {
		t.Error("the try was not told that it was interrupted")
	}
}

// An interrupted delivery is repeated only where the far side drops a second copy.
func TestInterruptedDelivery(t *testing.T) {
	for safe, want := range map[bool]desk.Delivery{false: desk.DeliveryUnknown, true: desk.DeliverySent} {
		d := apptest.New(t, desk.PerContact)
		d.Channel.Safe = safe
		r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "hello"})
		sent := do(t, d, r.Conversation, desk.Reply{Text: "hi"})
		claim(d, "deliver", 666)
		d.Clock.Add(app.LeaseFor + time.Second)
		d.OK(d.Renew(t.Context(), 1))
		d.Work()
		if m := d.Message(sent.Message); m.Delivery != want || (len(d.Channel.Sent()) == 1) != safe {
			t.Errorf("safe %v: %s, %d sent", safe, m.Delivery, len(d.Channel.Sent()))
		}
	}
}

// A command that an effect gives finishes its job in the same transaction: what
// comes after it cannot make it happen twice, and what refuses it leaves nothing.
func TestCommandOfAJobHappensOnce(t *testing.T) {
	f := &follow{}
	d, c := following(t, f)
	f.run = func(ctx context.Context, e desk.Event, try app.Try) error {
		if try.Number == 1 {
			_, err := d.Do(ctx, e.Conversation, desk.Prioritize{Priority: desk.PriorityHigh}, desk.Note{Text: ""})
			return err
		}
		if _, err := d.Do(ctx, e.Conversation, desk.Note{Text: "followed"}); err != nil {
			return err
		}
		return errors.New("too late to fail")
	}
	do(t, d, c, desk.Note{Text: "n"})
	workNow(d)
	if got := d.Conversation(c); got.Priority != desk.PriorityNormal || len(jobs(d, store.JobReady)) != 1 {
		t.Fatalf("a command that was refused left priority %s, %d jobs", got.Priority, len(jobs(d, store.JobReady)))
	}
	d.Clock.Add(time.Hour)
	for range 3 {
		workNow(d)
		d.Clock.Add(time.Hour)
	}
	if got, want := d.Timeline(c), []string{"opened", "message_posted", "note_added", "note_added"}; !cmp.Equal(got, want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
	if len(f.tries()) != 2 {
		t.Errorf("%d tries", len(f.tries()))
	}
}

// Two processes that run one job, because the first lost its lease in the
// middle: only one of them commits.
func TestCommandOfALostLease(t *testing.T) {
	started, goOn := make(chan struct{}), make(chan struct{})
	f := &follow{}
	d, c := following(t, f)
	f.run = func(ctx context.Context, e desk.Event, try app.Try) error {
		if try.Number == 1 {
			started <- struct{}{}
			<-goOn
		}
		_, err := d.Do(ctx, e.Conversation, desk.Note{Text: fmt.Sprintf("by try %d", try.Number)})
		return err
	}
	do(t, d, c, desk.Note{Text: "n"})
	first := make(chan struct{})
	go func() { workNow(d); close(first) }()
	<-started
	d.Clock.Add(app.LeaseFor + time.Second)
	d.OK(d.Renew(t.Context(), 1))
	workNow(d)
	close(goOn)
	<-first
	if got, want := d.Timeline(c), []string{"opened", "message_posted", "note_added", "note_added"}; !cmp.Equal(got, want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
	if len(jobs(d, store.JobReady))+len(jobs(d, store.JobRunning))+len(jobs(d, store.JobFailed)) != 0 {
		t.Error("the job is still there")
	}
}

// An effect that reached outside and could not keep what became of it is told so
// the next time.
func TestWhatCouldNotBeKept(t *testing.T) {
	f := &follow{run: func(_ context.Context, _ desk.Event, try app.Try) error {
		if try.Number == 1 {
			return &app.InterruptedError{Err: errors.New("the disk is full")}
		}
		return nil
	}}
	d, c := following(t, f)
	do(t, d, c, desk.Note{Text: "n"})
	workNow(d)
	d.Clock.Add(time.Minute)
	workNow(d)
	if got := f.tries(); len(got) != 2 || got[0].Interrupted || !got[1].Interrupted {
		t.Errorf("tries %+v", got)
	}
}

// An effect that causes itself ends.
func TestEffectsThatCauseEachOtherEnd(t *testing.T) {
	f := &follow{}
	d, c := following(t, f)
	again := &everyNote{d: d}
	d.Effects = []app.Effect{again}
	do(t, d, c, desk.Note{Text: "n"})
	for range 20 {
		workNow(d)
	}
	if got := d.Conversation(c).Messages; got != 1+1+8 { // the customer's, the first note, and eight deep
		t.Errorf("%d messages", got)
	}
}

type everyNote struct{ d *apptest.Desk }

func (everyNote) Name() string            { return "again" }
func (everyNote) Lane(desk.Event) int64   { return 0 }
func (everyNote) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.NoteAdded); return ok }
func (f everyNote) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	_, err := f.d.Do(ctx, e.Conversation, desk.Note{Text: "again"})
	return err
}
