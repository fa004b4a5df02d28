package desk

import (
	"slices"
	"time"
	_ "time/tzdata" // so that every machine knows the same zones
)

// Calendar counts time in business hours. It is made from Hours, is read only
// and safe for use by many at once. A moment is in business hours when the
// clock on the wall in the zone of the hours shows a time within one of the
// day's periods and no holiday covers it; so an hour that the wall clock shows
// twice counts twice, and one that it skips does not count.
type Calendar struct {
	hours Hours
	zone  *time.Location
}

// Stretch is some time that counts, or does not for one reason.
type Stretch struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Counted bool      `json:"counted"`
	// Why is what the time was: a WhyX, or the name of a holiday after WhyHoliday.
	Why     StretchReason `json:"why"`
	Holiday string        `json:"holiday,omitempty"`
}

// StretchReason is why a stretch counts or does not.
type StretchReason string

// The reasons.
const (
	WhyOpen    StretchReason = "open"    // business hours
	WhyClosed  StretchReason = "closed"  // outside the periods of the day
	WhyHoliday StretchReason = "holiday" // within the periods, but a holiday
	WhyPaused  StretchReason = "paused"  // the clock was paused
	WhyRunning StretchReason = "running" // around the clock
)

// Length returns how long it is.
func (s Stretch) Length() time.Duration { return s.To.Sub(s.From) }

// horizon is how far Add and NextOpen look for an open moment: hours that have
// none for so long have none.
const horizon = 5 * 366 * 24 * time.Hour

// Add returns the first moment by which d of business hours have passed since
// start; for d of zero or less that is start itself when open, else the next
// opening. It reports false when there are not so many within five years more
// than d.
func (c *Calendar) Add(start time.Time, d time.Duration) (time.Time, bool) {
	if d <= 0 {
		return c.NextOpen(start)
	}
	var end time.Time
	c.walk(start, start.Add(horizon+d), func(s Stretch) bool {
		if !s.Counted {
			return true
		}
		if n := s.Length(); n < d {
			d -= n
			return true
		}
		end = s.From.Add(d)
		return false
	})
	return end, !end.IsZero()
}

// Between returns how much of the time from a to b is business hours: zero when
// b is not after a.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	var sum time.Duration
	c.walk(a, b, func(s Stretch) bool {
		if s.Counted {
			sum += s.Length()
		}
		return true
	})
	return sum
}

// NextOpen returns t when t is in business hours, else when they next begin;
// false when that is not within five years.
func (c *Calendar) NextOpen(t time.Time) (time.Time, bool) {
	var at time.Time
	c.walk(t, t.Add(horizon), func(s Stretch) bool {
		if s.Counted {
			at = s.From
		}
		return !s.Counted
	})
	return at, !at.IsZero()
}

// EndOfDay returns when the business day of t ends: the last closing of the
// local day in which the business hours at t, or the next after t, lie. False
// as in NextOpen.
func (c *Calendar) EndOfDay(t time.Time) (time.Time, bool) {
	open, ok := c.NextOpen(t)
	if !ok {
		return time.Time{}, false
	}
	day := DayOf(open.In(c.zone))
	end := open
	c.walk(open, open.Add(50*time.Hour), func(s Stretch) bool {
		if DayOf(s.From.In(c.zone)) != day {
			return false
		}
		if s.Counted {
			end = s.To
		}
		return true
	})
	return end, true
}

// Open reports whether t is in business hours.
func (c *Calendar) Open(t time.Time) bool {
	return c.Between(t, t.Add(time.Nanosecond)) > 0
}

// Stretches returns the time from a to b as stretches without gaps, in order;
// neighbours differ in their reason.
func (c *Calendar) Stretches(a, b time.Time) []Stretch {
	var all []Stretch
	c.walk(a, b, func(s Stretch) bool {
		all = joinStretch(all, s)
		return true
	})
	return all
}

// joinStretch appends s, or lengthens the last one by it when it is of one kind.
func joinStretch(all []Stretch, s Stretch) []Stretch {
	if n := len(all) - 1; n >= 0 {
		last := &all[n]
		if last.Counted == s.Counted && last.Why == s.Why && last.Holiday == s.Holiday && last.To.Equal(s.From) {
			last.To = s.To
			return all
		}
	}
	return append(all, s)
}

// walk tells yield the stretches from a to b, until it says false. It goes by
// the pieces of a local day in which the zone has one offset: within one the
// wall clock runs evenly.
func (c *Calendar) walk(a, b time.Time, yield func(Stretch) bool) {
	for t := a.In(c.zone); t.Before(b); {
		wall := sinceMidnight(t)
		end := t.Add(dayLength - wall) // local midnight, if the offset stays
		if _, change := t.ZoneBounds(); !change.IsZero() && change.Before(end) {
			end = change
		}
		if b.Before(end) {
			end = b
		}
		if !c.walkPiece(t, end, wall, yield) {
			return
		}
		t = end.In(c.zone)
	}
}

// walkPiece is walk for a piece of a day: at from, the wall shows wall.
func (c *Calendar) walkPiece(from, to time.Time, wall time.Duration, yield func(Stretch) bool) bool {
	day := DayOf(from)
	periods := c.hours.Week.day(from.Weekday())
	closings := c.hours.closings(day)
	at, end := wall, wall+to.Sub(from)
	for at < end {
		next, s := end, Stretch{Why: WhyClosed}
		if p, ok := within(periods, at); ok {
			s.Counted, s.Why = true, WhyOpen
			next = min(next, p.To.duration())
		} else {
			next = min(next, nextFrom(periods, at))
		}
		if s.Counted {
			next = min(next, nextClosing(closings, at))
			if h, ok := closedBy(closings, at); ok {
				s.Counted, s.Why, s.Holiday = false, WhyHoliday, h.Name
				next = min(next, h.until())
			}
		}
		s.From, s.To = from.Add(at-wall).UTC(), from.Add(next-wall).UTC()
		if !yield(s) {
			return false
		}
		at = next
	}
	return true
}

const dayLength = 24 * time.Hour

// sinceMidnight is what the wall clock shows at t.
func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

func within(periods []Period, at time.Duration) (Period, bool) {
	i := slices.IndexFunc(periods, func(p Period) bool { return p.From.duration() <= at && at < p.To.duration() })
	if i < 0 {
		return Period{}, false
	}
	return periods[i], true
}

func nextFrom(periods []Period, at time.Duration) time.Duration {
	next := dayLength
	for _, p := range periods {
		if from := p.From.duration(); from > at {
			next = min(next, from)
		}
	}
	return next
}

func closedBy(closings []Holiday, at time.Duration) (Holiday, bool) {
	i := slices.IndexFunc(closings, func(h Holiday) bool { return h.From.duration() <= at && at < h.until() })
	if i < 0 {
		return Holiday{}, false
	}
	return closings[i], true
}

func nextClosing(closings []Holiday, at time.Duration) time.Duration {
	next := dayLength
	for _, h := range closings {
		if from := h.From.duration(); from > at {
			next = min(next, from)
		}
	}
	return next
}
