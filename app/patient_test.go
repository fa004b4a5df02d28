package app_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"parley/app"
	"parley/desk"
)

// patiently is an effect of every note that is patient.
type patiently struct{ *follow }

func (patiently) Patient() {}

// What follows what time does runs a few at once, everything else many: both get to
// their end.
func TestPatientEffects(t *testing.T) {
	const notes = 12
	for name, most := range map[string]int64{"patient": 4, "usual": notes} {
		t.Run(name, func(t *testing.T) {
			var now, top, ended atomic.Int64
			var once sync.Once
			reached, goOn, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
			f := &follow{run: func(context.Context, desk.Event, app.Try) error {
				n := now.Add(1)
				for was := top.Load(); n > was && !top.CompareAndSwap(was, n); was = top.Load() {
				}
				if n == most {
					once.Do(func() { close(reached) })
				}
				<-goOn
				now.Add(-1)
				if ended.Add(1) == notes {
					close(all)
				}
				return nil
			}}
			d, id := following(t, f)
			if most < notes {
				d.Effects = []app.Effect{patiently{f}}
			}
			for i := range notes {
				do(t, d, id, desk.Note{Text: fmt.Sprint("note ", i)})
			}
			stop := work(d, true)
			<-reached
			close(goOn)
			<-all
			stop()
			if got := top.Load(); got != most {
				t.Errorf("%d ran at once, want %d", got, most)
			}
		})
	}
}
