package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Hours are business hours: when a team works. Their Calendar counts with them.
type Hours struct {
	Zone     string    `json:"zone" maxLength:"60" doc:"The time zone by its name in the tz database: Europe/Berlin"`
	Week     Week      `json:"week"`
	Holidays []Holiday `json:"holidays,omitempty" maxItems:"1000"`
}

// Week is the periods of each day of the week.
type Week struct {
	Monday    []Period `json:"monday,omitempty" maxItems:"12"`
	Tuesday   []Period `json:"tuesday,omitempty" maxItems:"12"`
	Wednesday []Period `json:"wednesday,omitempty" maxItems:"12"`
	Thursday  []Period `json:"thursday,omitempty" maxItems:"12"`
	Friday    []Period `json:"friday,omitempty" maxItems:"12"`
	Saturday  []Period `json:"saturday,omitempty" maxItems:"12"`
	Sunday    []Period `json:"sunday,omitempty" maxItems:"12"`
}

// Period is some time of a day, from its first minute to the one after its last.
type Period struct {
	From Clock `json:"from" doc:"09:00"`
	To   Clock `json:"to" doc:"17:30; the end of the day is 24:00"`
}

// Holiday is a day or several on which nobody works, or not for a part of each.
type Holiday struct {
	Name  string `json:"name" maxLength:"120"`
	First Day    `json:"first" doc:"The first day: 2026-12-24"`
	Last  Day    `json:"last,omitzero" doc:"The last day, when there are several"`
	// Yearly holidays come back on the same days of every year.
	Yearly bool  `json:"yearly,omitempty" doc:"Whether it comes back every year"`
	From   Clock `json:"from,omitempty" doc:"When it begins on each of its days, if only a part of the day is free"`
	To     Clock `json:"to,omitempty" doc:"When it ends on each of its days, if only a part of the day is free"`
}

// Clock is what a clock shows, in minutes since midnight; 1440 ends a day. As
// text it is "09:30".
type Clock int

func (c Clock) duration() time.Duration { return time.Duration(c) * time.Minute }

// String returns "09:30".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText implements encoding.TextMarshaler.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Clock) UnmarshalText(b []byte) error {
	if len(b) != 5 || b[2] != ':' {
		return clockError(b)
	}
	for _, i := range []int{0, 1, 3, 4} {
		if b[i] < '0' || b[i] > '9' {
			return clockError(b)
		}
	}
	h, m := int(b[0]-'0')*10+int(b[1]-'0'), int(b[3]-'0')*10+int(b[4]-'0')
	if m > 59 || h*60+m > 24*60 {
		return clockError(b)
	}
	*c = Clock(h*60 + m)
	return nil
}

func clockError(b []byte) error {
	return Errorf(Invalid, "%q is not a time of day. Write it like 09:30.", Line(string(b), 20))
}

// Day is a day of the calendar, in no zone. As text it is "2026-12-24".
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf returns the day that t has in its zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// IsZero reports whether there is no day.
func (d Day) IsZero() bool { return d == Day{} }

// Compare returns -1, 0 or 1 as d is before, on or after o.
func (d Day) Compare(o Day) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// AddDays returns the day n days later.
func (d Day) AddDays(n int) Day {
	return DayOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC))
}

// String returns "2026-12-24".
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText implements encoding.TextMarshaler.
func (d Day) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Day{}
		return nil
	}
	t, err := time.Parse("2006-01-02", string(b))
	if err != nil {
		return Errorf(Invalid, "%q is not a day. Write it like 2026-12-24.", Line(string(b), 20))
	}
	*d = DayOf(t)
	return nil
}

// until is when h ends on each of its days.
func (h Holiday) until() time.Duration {
	if h.To == 0 {
		return dayLength
	}
	return h.To.duration()
}

// last is the last day of h.
func (h Holiday) last() Day {
	if h.Last.IsZero() {
		return h.First
	}
	return h.Last
}

// on reports whether h has the day d.
func (h Holiday) on(d Day) bool {
	first, last := h.First, h.last()
	if !h.Yearly {
		return first.Compare(d) <= 0 && d.Compare(last) <= 0
	}
	across := last.Year - first.Year // 1 when it goes over New Year
	for _, year := range []int{d.Year, d.Year - across} {
		first.Year, last.Year = year, year+across
		if first.Compare(d) <= 0 && d.Compare(last) <= 0 {
			return true
		}
	}
	return false
}

// closings returns the holidays of a day.
func (h Hours) closings(d Day) []Holiday {
	var all []Holiday
	for _, holiday := range h.Holidays {
		if holiday.on(d) {
			all = append(all, holiday)
		}
	}
	return all
}

func (w *Week) day(d time.Weekday) []Period {
	return [...][]Period{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[d]
}

// limits of Hours: nobody has more, and more would only cost time.
const (
	maxPeriods  = 12
	maxHolidays = 1000
	maxHoliday  = 366 // days
)

// Calendar checks h and returns what counts with it, or one error that names
// every field at fault.
func (h Hours) Calendar() (*Calendar, error) {
	fields := h.faults()
	zone, err := LoadZone(h.Zone)
	if err != nil {
		fields = append([]FieldError{{"zone", err.Error()}}, fields...)
	}
	if len(fields) > 0 {
		return nil, &Error{Kind: Invalid, Message: fields[0].Message, Fields: fields}
	}
	return &Calendar{hours: h, zone: zone}, nil
}

// LoadZone finds a zone by the name of a place, like Europe/Stockholm, or refuses it
// (Invalid). "Local" would be another on every machine.
func LoadZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, Errorf(Invalid, "There is no time zone called %q. Choose one like Europe/Berlin or UTC.", Line(name, 60))
}

func (h Hours) faults() []FieldError {
	var fields []FieldError
	fault := func(field, message string, args ...any) {
		fields = append(fields, FieldError{field, fmt.Sprintf(message, args...)})
	}
	open := 0
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		periods, path := h.Week.day(d), "week."+strings.ToLower(d.String())
		open += len(periods)
		if len(periods) > maxPeriods {
			fault(path, "%s has %d periods; the most is %d.", d, len(periods), maxPeriods)
			continue
		}
		for n, p := range periods {
			field := fmt.Sprintf("%s[%d]", path, n)
			if p.From < 0 || p.To > 24*60 || p.From >= p.To {
				fault(field, "%s %s to %s ends before it begins. A period over midnight is two: one until 24:00, one from 00:00 on the next day.", d, p.From, p.To)
				continue
			}
			for _, q := range periods[:n] {
				if p.From < q.To && q.From < p.To {
					fault(field, "%s has two periods at once: %s to %s and %s to %s.", d, q.From, q.To, p.From, p.To)
					break
				}
			}
		}
	}
	if open == 0 {
		fault("week", "These hours are never open. Give at least one day a period.")
	}
	if len(h.Holidays) > maxHolidays {
		fault("holidays", "There are %d holidays; the most is %d. Leave out the years that are over.", len(h.Holidays), maxHolidays)
		return fields
	}
	for n, holiday := range h.Holidays {
		if message := holiday.fault(); message != "" {
			fault(fmt.Sprintf("holidays[%d]", n), "%s", message)
		}
	}
	return fields
}

// fault returns what is wrong with h, "" if nothing.
func (h Holiday) fault() string {
	name := "A holiday"
	if h.Name != "" {
		name = "The holiday " + strconv.Quote(h.Name)
	}
	switch {
	case utf8.RuneCountInString(h.Name) > 120:
		return "The name of a holiday has 120 characters at most."
	case h.First.IsZero():
		return name + " has no day. Give its first day."
	case h.last().Compare(h.First) < 0:
		return fmt.Sprintf("%s ends on %s, before it begins on %s.", name, h.Last, h.First)
	case h.First.AddDays(maxHoliday).Compare(h.last()) < 0:
		return fmt.Sprintf("%s is longer than a year.", name)
	case h.From < 0 || h.To > 24*60 || h.From.duration() >= h.until():
		return fmt.Sprintf("%s ends at %s, before it begins at %s.", name, h.To, h.From)
	}
	return ""
}

// Sorted returns h with periods and holidays in order and names on one line,
// as they are stored and shown.
func (h Hours) Sorted() Hours {
	for _, day := range []*[]Period{&h.Week.Monday, &h.Week.Tuesday, &h.Week.Wednesday, &h.Week.Thursday, &h.Week.Friday, &h.Week.Saturday, &h.Week.Sunday} {
		*day = slices.SortedFunc(slices.Values(*day), func(a, b Period) int { return cmp.Compare(a.From, b.From) })
	}
	h.Holidays = slices.SortedStableFunc(slices.Values(h.Holidays), func(a, b Holiday) int { return a.First.Compare(b.First) })
	for i := range h.Holidays {
		h.Holidays[i].Name = Line(h.Holidays[i].Name, 120)
	}
	return h
}
