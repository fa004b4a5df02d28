package desk

import "time"

// Pace is how much has left through a channel in the minute and in the hour that
// began, as its provider counts.
type Pace struct {
	Minute      time.Time // the beginning of the minute that InMinute is of
	InMinute    int
	Hour        time.Time
	InHour      int
	PeopleUntil time.Time // what a person wrote waits until then, and goes before what a machine wrote
}

// PaceLimits are how many messages may leave in a minute and in an hour; 0 is no limit.
type PaceLimits struct{ Minute, Hour int }

// afterPeople is how long a machine waits behind what people wrote.
const afterPeople = 5 * time.Second

// Leaves counts a message that wants to leave now, and returns how long it waits
// instead; 0 lets it go. A machine leaves people a fifth of each limit, and goes
// behind what they wrote. queued is how many wait beside it: machines come back
// one after the other.
func (p Pace) Leaves(l PaceLimits, machine bool, queued int, now time.Time) (next Pace, wait time.Duration) {
	if l.Minute <= 0 && l.Hour <= 0 {
		return p, 0
	}
	if m := now.Truncate(time.Minute); !p.Minute.Equal(m) {
		p.Minute, p.InMinute = m, 0
	}
	if h := now.Truncate(time.Hour); !p.Hour.Equal(h) {
		p.Hour, p.InHour = h, 0
	}
	room := func(limit int) int {
		if machine {
			limit -= limit / 5
		}
		return limit
	}
	var until time.Time
	switch {
	case l.Hour > 0 && p.InHour >= room(l.Hour):
		until = p.Hour.Add(time.Hour)
	case l.Minute > 0 && p.InMinute >= room(l.Minute):
		until = p.Minute.Add(time.Minute)
	case machine && now.Before(p.PeopleUntil):
		until = p.PeopleUntil
	default:
		p.InMinute++
		p.InHour++
		return p, 0
	}
	if !machine {
		if t := until.Add(afterPeople); t.After(p.PeopleUntil) {
			p.PeopleUntil = t
		}
		return p, until.Sub(now)
	}
	if l.Minute > 1 {
		until = until.Add(time.Duration(min(queued/l.Minute, 60)) * time.Minute)
	}
	return p, until.Sub(now) + afterPeople
}
