package desk_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// TestTimerExplainsItself: every stretch that counted or did not, with why; the
// parts add up to the whole.
func TestTimerExplainsItself(t *testing.T) {
	hours := hoursOf(t, "Europe/Berlin", "weekdays 09:00-12:00 13:00-17:00", desk.Holiday{Name: "Whit Monday", First: dayOf(t, "2026-05-25")})
	cal, err := hours.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	p := desk.Promise{Policy: desk.StandardPolicy(), Hours: cal, Day: cal, Name: "Office"}
	berlin := func(s string) time.Time { return at(t, s+" in Europe/Berlin") }
	c := desk.Conversation{
		Status: desk.StatusOpen, WaitingOn: desk.WaitingOnAgent, WaitingSince: berlin("2026-05-22 16:30"), Priority: desk.PriorityHigh,
		Episode: desk.Episode{Pauses: []desk.Pause{{From: berlin("2026-05-26 09:30"), To: berlin("2026-05-26 10:00")}}},
	}
	for _, f := range p.Follow(&c, c, nil, berlin("2026-05-26 10:15")) {
		c.Apply(desk.Event{Fact: f})
	}
	now := berlin("2026-05-26 10:45")
	timers := p.Explain(c, now)
	if len(timers) != 1 {
		t.Fatalf("%d timers", len(timers))
	}
	timer := timers[0]
	var got []string
	for _, s := range timer.Stretches {
		in := s.From.In(now.Location())
		got = append(got, fmt.Sprintf("%s %s %v %s%s", in.Format("02 15:04"), s.Length(), s.Counted, s.Why, s.Holiday))
	}
	want := []string{
		"22 16:30 30m0s true open", "22 17:00 64h0m0s false closed", "25 09:00 3h0m0s false holidayWhit Monday", "25 12:00 1h0m0s false closed",
		"25 13:00 4h0m0s false holidayWhit Monday", "25 17:00 16h0m0s false closed", "26 09:00 30m0s true open", "26 09:30 30m0s false paused", "26 10:00 45m0s true open",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if timer.State != "passed" || timer.Counted != 105*60 || timer.Goal.Deadline != 4*3600 || timer.Clock != desk.ClockBusiness || timer.HoursName != "Office" || timer.Zone != "Europe/Berlin" {
		t.Errorf("the timer says %+v", timer)
	}
	if want := berlin("2026-05-26 09:30"); !timer.Target.Equal(want) {
		t.Errorf("the target is at %s, want %s", timer.Target, want)
	}
	if want := berlin("2026-05-26 14:00"); !timer.Deadline.Equal(want) {
		t.Errorf("the deadline is at %s, want %s", timer.Deadline, want)
	}
}

// TestTimerSaysAtWhichPriority: a missed deadline raises the priority and leaves
// what was due; the timer says what was promised then (5.5).
func TestTimerSaysAtWhichPriority(t *testing.T) {
	p := desk.Promise{Policy: desk.StandardPolicy()}
	since := at(t, "2026-05-22 16:30 in Europe/Berlin")
	c := desk.Conversation{Status: desk.StatusOpen, WaitingOn: desk.WaitingOnAgent, WaitingSince: since, Priority: desk.PriorityNormal}
	follow := func(now time.Time) {
		for _, f := range p.Follow(&c, c, nil, now) {
			c.Apply(desk.Event{Fact: f})
		}
	}
	follow(since)
	late := since.Add(25 * time.Hour)
	c.EscalatedAt, c.Priority = late, desk.PriorityHigh
	follow(late)
	timers := p.Explain(c, late)
	if len(timers) != 1 || timers[0].Priority != desk.PriorityNormal || timers[0].Goal.Deadline != 24*3600 {
		t.Fatalf("after an escalation it says %+v", timers)
	}
	if want := since.Add(timers[0].Goal.Deadline.Duration()); !timers[0].Deadline.Equal(want) {
		t.Errorf("the deadline is at %s, what is promised ends at %s", timers[0].Deadline, want)
	}
	c.EscalatedAt = time.Time{}
	follow(late)
	if timers := p.Explain(c, late); len(timers) != 1 || timers[0].Priority != desk.PriorityHigh || timers[0].Goal.Deadline != 4*3600 {
		t.Errorf("with a priority that people set it says %+v", timers)
	}
}

// TestClockProperties: what was counted when a deadline comes is what was
// promised, whatever calendar, pauses and changes there were on the way; a pause
// never brings it forward.
func TestClockProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for range 1500 {
		h := someHours(r)
		cal, err := h.Calendar()
		if err != nil {
			t.Fatal(err)
		}
		p := desk.Promise{Settings: desk.PromiseSettings{SLATarget: desk.Seconds(60 + r.IntN(3600)), SLADeadline: desk.Seconds(4000 + r.IntN(100_000))}}
		if r.IntN(3) > 0 {
			p.Hours, p.Day = cal, cal
		}
		since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(365 * 24 * time.Hour)))).Truncate(time.Second)
		c := desk.Conversation{Status: desk.StatusOpen, WaitingOn: desk.WaitingOnAgent, WaitingSince: since, Priority: desk.PriorityNormal}
		follow := func(now time.Time) {
			for _, f := range p.Follow(&c, c, nil, now) {
				c.Apply(desk.Event{Fact: f, At: now})
			}
		}
		follow(since)
		plain := c.ResponseDueDeadline
		now := since
		for range r.IntN(4) {
			now = now.Add(time.Duration(r.Int64N(int64(20 * time.Hour)))).Truncate(time.Second)
			if !now.Before(c.ResponseDueDeadline) && !c.ResponseDueDeadline.IsZero() {
				break
			}
			c.Status, c.PendingReason = desk.StatusPending, "external"
			follow(now)
			if !c.ResponseDueDeadline.IsZero() {
				t.Fatal("a clock that stands still has a deadline")
			}
			now = now.Add(time.Duration(r.Int64N(int64(50 * time.Hour)))).Truncate(time.Second)
			c.Status, c.PendingReason = desk.StatusOpen, ""
			follow(now)
			c.Priority = desk.PriorityHigh // own values count for every priority
			follow(now)
		}
		due := c.ResponseDueDeadline
		timers := p.Explain(c, due)
		if len(timers) != 1 || timers[0].Counted != p.Settings.SLADeadline || timers[0].State != "overdue" {
			t.Fatalf("%+v since %s, pauses %v: at the deadline %s it says %+v", h, since, c.Pauses, due, timers)
		}
		if due.Before(plain) {
			t.Fatalf("a pause brought the deadline from %s to %s", plain, due)
		}
		if n := timers[0].Counted + timers[0].Excluded; n != desk.Seconds(due.Sub(since)/time.Second) && n != desk.Seconds(due.Sub(since)/time.Second)-1 {
			t.Fatalf("%d seconds are explained of %s", n, due.Sub(since))
		}
	}
}

// TestStandardPolicy is 5.2: F1-19 to F1-22, F3-91, F3-92 in minutes.
func TestStandardPolicy(t *testing.T) {
	p := desk.StandardPolicy()
	p.Name = "x"
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	for priority, want := range map[desk.Priority][2]desk.Seconds{
		desk.PriorityUrgent: {15, 60}, desk.PriorityHigh: {60, 240}, desk.PriorityNormal: {120, 1440}, desk.PriorityLow: {1440, 2880},
	} {
		if g := p.First.For(priority); g.Target != want[0]*60 || g.Deadline != want[1]*60 {
			t.Errorf("%s: %+v", priority, g)
		}
	}
}
