package desk_test

import (
	"testing"
	"time"

	"parley/desk"
)

// What is more than an account sends waits for the next minute or hour, and what
// people wrote goes before what machines did.
func TestPace(t *testing.T) {
	start := time.Date(2026, 6, 1, 9, 0, 30, 0, time.UTC)
	now, limits := start, desk.PaceLimits{Minute: 10, Hour: 25}
	var p desk.Pace
	leave := func(machine bool) (wait time.Duration) {
		p, wait = p.Leaves(limits, machine, 0, now)
		return wait
	}
	for i := range 8 {
		if wait := leave(true); wait != 0 {
			t.Fatalf("machine %d waits %s", i, wait)
		}
	}
	if leave(true) == 0 {
		t.Error("machines leave nothing for people")
	}
	if leave(false) != 0 || leave(false) != 0 {
		t.Error("people do not get what machines left")
	}
	if wait := leave(false); wait != 30*time.Second {
		t.Errorf("the eleventh of a minute waits %s", wait)
	}
	now = start.Add(30 * time.Second)
	if wait := leave(true); wait <= 0 || wait > 20*time.Second {
		t.Errorf("a machine waits %s behind what people wrote", wait)
	}
	if leave(false) != 0 {
		t.Error("people wait in a new minute")
	}
	now = now.Add(time.Minute)
	for leave(false) == 0 {
	}
	now = now.Add(time.Minute)
	for range 4 {
		leave(false)
	}
	if wait := leave(false); p.InHour != 25 || wait != time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC).Sub(now) {
		t.Errorf("after %d of an hour one waits %s", p.InHour, wait)
	}
	if p, wait := (desk.Pace{}).Leaves(desk.PaceLimits{}, true, 1000, now); wait != 0 || p != (desk.Pace{}) {
		t.Errorf("without limits one waits %s", wait)
	}
	if _, wait := (desk.Pace{}).Leaves(desk.PaceLimits{Minute: 1}, true, 0, now); wait != 0 {
		t.Errorf("a limit of one keeps machines for ever: %s", wait)
	}
}
