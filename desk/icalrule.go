package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// yearlyRule is an RRULE of RFC 5545 as holidays use it: every year, or every
// few, on days of the month or on the nth weekday of it.
type yearlyRule struct {
	interval, count int
	until           Day
	months          []time.Month
	monthDays       []int
	weekdays        []nthDay
}

// nthDay is a weekday of a month: the nth, counted from its end when negative,
// each when 0.
type nthDay struct {
	n   int
	day time.Weekday
}

var icalWeekdays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (e icalEvent) parseRule() (yearlyRule, error) {
	rule, yearly := yearlyRule{interval: 1}, false
	for _, part := range strings.Split(e.rule, ";") {
		name, value, _ := strings.Cut(part, "=")
		ok := true
		switch name {
		case "FREQ":
			if value != "YEARLY" {
				return rule, e.fault("it repeats %s, and holidays repeat yearly; opening times are set in the week", strings.ToLower(Line(value, 20)))
			}
			yearly = true
		case "INTERVAL":
			rule.interval, ok = ruleNumber(value, 1, 100)
		case "COUNT":
			rule.count, ok = ruleNumber(value, 1, 1000)
		case "UNTIL":
			var t time.Time
			var err error
			if len(value) >= 8 {
				t, err = time.Parse("20060102", value[:8])
			}
			rule.until, ok = DayOf(t), err == nil && len(value) >= 8
		case "BYMONTH":
			for _, v := range strings.Split(value, ",") {
				n, fine := ruleNumber(v, 1, 12)
				ok = ok && fine
				rule.months = append(rule.months, time.Month(n))
			}
		case "BYMONTHDAY":
			for _, v := range strings.Split(value, ",") {
				n, fine := ruleNumber(v, -31, 31)
				ok = ok && fine && n != 0
				rule.monthDays = append(rule.monthDays, n)
			}
		case "BYDAY":
			for _, v := range strings.Split(value, ",") {
				d, fine := parseNth(v)
				ok = ok && fine
				rule.weekdays = append(rule.weekdays, d)
			}
		case "WKST", "":
		default:
			return rule, e.fault("its rule has %s, which is not understood; make each day an event of its own", Line(name, 20))
		}
		if !ok {
			return rule, e.fault("its rule has %s", Line(part, 60))
		}
	}
	if !yearly {
		return rule, e.fault("its rule does not say FREQ=YEARLY")
	}
	if len(rule.weekdays) > 0 && len(rule.months) == 0 {
		return rule, e.fault("its rule has BYDAY without BYMONTH; make each day an event of its own")
	}
	return rule, nil
}

func ruleNumber(s string, low, high int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimPrefix(s, "+"))
	return n, err == nil && n >= low && n <= high
}

func parseNth(s string) (nthDay, bool) {
	if len(s) < 2 {
		return nthDay{}, false
	}
	i := slices.Index(icalWeekdays[:], s[len(s)-2:])
	d, ok := nthDay{day: time.Weekday(max(i, 0))}, true
	if n := s[:len(s)-2]; n != "" {
		d.n, ok = ruleNumber(n, -5, 5)
		ok = ok && d.n != 0
	}
	return d, ok && i >= 0
}

// plain reports whether the rule says no more than: every year on that day.
func (r yearlyRule) plain(e icalEvent) bool {
	day := DayOf(e.start)
	return r.interval == 1 && r.count == 0 && r.until.IsZero() && len(r.weekdays) == 0 &&
		(len(r.months) == 0 || slices.Equal(r.months, []time.Month{day.Month})) &&
		(len(r.monthDays) == 0 || slices.Equal(r.monthDays, []int{day.Day}) && len(r.months) > 0)
}

// days returns the days of the rule in some years, in order, none before start.
func (r yearlyRule) days(start Day, from, until int) []Day {
	var all []Day
	year, seen := start.Year, 0
	if r.count == 0 && from > year { // nobody counts what is over
		year += (from - year) / r.interval * r.interval
	}
	for ; year <= until; year += r.interval {
		for _, d := range r.inYear(start, year) {
			if d.Compare(start) < 0 {
				continue
			}
			if !r.until.IsZero() && d.Compare(r.until) > 0 || r.count > 0 && seen == r.count {
				return all
			}
			if seen++; d.Year >= from {
				all = append(all, d)
			}
		}
	}
	return all
}

func (r yearlyRule) inYear(start Day, year int) []Day {
	months := slices.Sorted(slices.Values(r.months))
	if len(months) == 0 && len(r.monthDays) > 0 {
		for m := time.January; m <= time.December; m++ {
			months = append(months, m)
		}
	} else if len(months) == 0 {
		months = []time.Month{start.Month}
	}
	var all []Day
	for _, month := range slices.Compact(months) {
		length := Day{year, month + 1, 0}.AddDays(0).Day
		for n := 1; n <= length; n++ {
			d := Day{year, month, n}
			if r.matches(d, length, start.Day) {
				all = append(all, d)
			}
		}
	}
	return all
}

// matches reports whether d, in a month of so many days, is one of the rule's.
func (r yearlyRule) matches(d Day, length, startDay int) bool {
	if len(r.monthDays) == 0 && len(r.weekdays) == 0 {
		return d.Day == startDay
	}
	if len(r.monthDays) > 0 && !slices.Contains(r.monthDays, d.Day) && !slices.Contains(r.monthDays, d.Day-length-1) {
		return false
	}
	if len(r.weekdays) == 0 {
		return true
	}
	weekday := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
	return slices.ContainsFunc(r.weekdays, func(w nthDay) bool {
		if w.day != weekday {
			return false
		}
		switch {
		case w.n > 0:
			return (d.Day-1)/7+1 == w.n
		case w.n < 0:
			return (length-d.Day)/7+1 == -w.n
		}
		return true
	})
}
