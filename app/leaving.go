package app

import (
	"context"
	"sync"
	"time"

	"parley/desk"
	"parley/store"
)

// leaving are automatic messages that this process hands to their channel right
// now, by conversation. The database orders a take-over against the permission to
// leave; whoever takes over here waits as well until what left before is gone.
type leaving struct {
	mu   sync.Mutex
	gone map[desk.ConversationID][]chan struct{}
}

// leavingWait is how long a take-over waits at most for a message that left
// before it and whose server is slow.
const leavingWait = 10 * time.Second

// Leave announces that an automatic message may leave; done is called when its
// channel has it, or when it stays.
func (a *App) Leave(id desk.ConversationID) (done func()) {
	l, gone := &a.leaving, make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone == nil {
		l.gone = map[desk.ConversationID][]chan struct{}{}
	}
	l.gone[id] = append(l.gone[id], gone)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		rest := l.gone[id][:0:0]
		for _, other := range l.gone[id] {
			if other != gone {
				rest = append(rest, other)
			}
		}
		if l.gone[id] = rest; len(rest) == 0 {
			delete(l.gone, id)
		}
		close(gone)
	}
}

// MayLeave reports whether an automatic message of an epoch may leave. It asks
// under the conversation's lock: a take-over comes before the answer or after it.
func (a *App) MayLeave(ctx context.Context, id desk.ConversationID, epoch int64) (may bool, err error) {
	err = a.DB.Write(ctx, ScopeFrom(ctx), func(tx *store.WriteTx) error {
		c, err := tx.Conversation(id)
		may = c.AIEpoch == epoch
		return err
	})
	return may, err
}

// settled waits until what left a conversation before a take-over is gone.
func (l *leaving) settled(ctx context.Context, id desk.ConversationID) {
	l.mu.Lock()
	all := l.gone[id]
	l.mu.Unlock()
	if len(all) == 0 {
		return
	}
	enough := time.NewTimer(leavingWait)
	defer enough.Stop()
	for _, gone := range all {
		select {
		case <-gone:
		case <-enough.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
