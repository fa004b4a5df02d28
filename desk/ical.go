package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxICal is the most of a calendar file that is read, in bytes.
const MaxICal = 1 << 20

// ReadHolidays reads the events of an iCalendar file (RFC 5545) as holidays of a
// zone. What comes back every year on the same day stays one yearly holiday;
// other yearly rules (the fourth Thursday of November) are worked out from the
// year of now to five years on, and single days that were over by then are left
// out. A file that is not a calendar, or says something that cannot be
// understood, is refused with its line: half a list of holidays would be a
// promise kept wrongly.
func ReadHolidays(file []byte, zone string, now time.Time) ([]Holiday, error) {
	if len(file) > MaxICal {
		return nil, Errorf(TooLarge, "The calendar is larger than 1 MB. Export only the holidays.")
	}
	loc, err := LoadZone(zone)
	if err != nil {
		return nil, err
	}
	events, err := icalEvents(file, loc)
	if err != nil {
		return nil, err
	}
	window := [2]int{now.In(loc).Year(), now.In(loc).Year() + 5}
	moved := map[string]map[Day]bool{} // by UID: days of a rule that another event replaces
	for _, e := range events {
		if e.instead.IsZero() {
			continue
		}
		if moved[e.uid] == nil {
			moved[e.uid] = map[Day]bool{}
		}
		moved[e.uid][e.instead] = true
	}
	var all []Holiday
	for _, e := range events {
		if e.cancelled {
			continue
		}
		if e.instead.IsZero() {
			e.moved = moved[e.uid]
		}
		holidays, err := e.holidays(window)
		if err != nil {
			return nil, err
		}
		for _, h := range holidays {
			if (h.Yearly || h.last().Year >= window[0]) && !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
		if len(all) > maxHolidays {
			return nil, Errorf(TooLarge, "The calendar has more than %d holidays. Export fewer years.", maxHolidays)
		}
	}
	if len(events) == 0 {
		return nil, Errorf(Invalid, "The calendar has no events, so there are no holidays in it. Choose another file.")
	}
	return Hours{Holidays: all}.Sorted().Holidays, nil
}

// icalEvent is a VEVENT.
type icalEvent struct {
	line       int
	uid, name  string
	start, end time.Time // wall clock of the hours' zone, written as UTC
	days       bool      // whole days; end is the day after the last
	rule       string
	except     []Day
	instead    Day          // the day of the rule that this event replaces
	moved      map[Day]bool // the days of the rule that other events replace
	cancelled  bool
}

func (e icalEvent) fault(format string, args ...any) error {
	name := e.name
	if name == "" {
		name = "an event without a name"
	}
	return Errorf(Invalid, "The holiday %q, line %d of the calendar, cannot be read: %s. Correct it, or leave it out.", name, e.line, fmt.Sprintf(format, args...))
}

// holidays returns e as it falls in the years of window.
func (e icalEvent) holidays(window [2]int) ([]Holiday, error) {
	if !e.end.After(e.start) {
		if e.end.Before(e.start) {
			return nil, e.fault("it ends before it begins")
		}
		return nil, nil // a moment, not a time
	}
	if e.end.Sub(e.start) > maxHoliday*dayLength {
		return nil, e.fault("it is longer than a year")
	}
	if e.rule == "" {
		return e.at(e.start), nil
	}
	rule, err := e.parseRule()
	if err != nil {
		return nil, err
	}
	if rule.plain(e) && len(e.except)+len(e.moved) == 0 && DayOf(e.start).Day <= 28 {
		all := e.at(e.start)
		for i := range all {
			all[i].Yearly = true
		}
		return all, nil
	}
	var all []Holiday
	for _, day := range rule.days(DayOf(e.start), window[0]-1, window[1]) {
		if !slices.Contains(e.except, day) && !e.moved[day] {
			all = append(all, e.at(time.Date(day.Year, day.Month, day.Day, e.start.Hour(), e.start.Minute(), 0, 0, time.UTC))...)
		}
	}
	return all, nil
}

// at returns e as if it began at start: one holiday of whole days, with one for
// the rest of its first and one for the beginning of its last day if need be.
func (e icalEvent) at(start time.Time) []Holiday {
	end := start.Add(e.end.Sub(e.start))
	name := Line(e.name, 110)
	if name == "" {
		name = "Holiday"
	}
	first, last := DayOf(start), DayOf(end)
	from, to := Clock(sinceMidnight(start)/time.Minute), Clock((sinceMidnight(end)+time.Minute-1)/time.Minute)
	if first == last {
		return []Holiday{{Name: name, First: first, From: from, To: to}}
	}
	var all []Holiday
	if from != 0 {
		all = append(all, Holiday{Name: name, First: first, From: from})
		first = first.AddDays(1)
	}
	if until := last.AddDays(-1); first.Compare(until) <= 0 {
		h := Holiday{Name: name, First: first}
		if first != until {
			h.Last = until
		}
		all = append(all, h)
	}
	if to != 0 {
		all = append(all, Holiday{Name: name, First: last, To: to})
	}
	return all
}

// icalLine is one property: NAME;PARAM=x:value.
type icalLine struct {
	number      int
	name, value string
	params      map[string]string
}

// icalLines unfolds a file into its properties.
func icalLines(file []byte) ([]icalLine, error) {
	text := strings.TrimPrefix(string(file), "\uFEFF")
	raw := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	var lines []icalLine
	for i := 0; i < len(raw); {
		number := i + 1
		var b strings.Builder
		b.WriteString(raw[i])
		for i++; i < len(raw) && raw[i] != "" && (raw[i][0] == ' ' || raw[i][0] == '\t'); i++ {
			b.WriteString(raw[i][1:])
		}
		content := b.String()
		if strings.TrimSpace(content) == "" {
			continue
		}
		line, ok := parseICalLine(content)
		if !ok {
			return nil, Errorf(Invalid, "This is not a calendar that can be read: line %d is %q. Export it as iCal (.ics) again.", number, Line(content, 40))
		}
		line.number = number
		lines = append(lines, line)
	}
	return lines, nil
}

func parseICalLine(s string) (icalLine, bool) {
	quoted := false
	colon := strings.IndexFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ':' && !quoted
	})
	if colon <= 0 {
		return icalLine{}, false
	}
	head := strings.Split(s[:colon], ";")
	line := icalLine{name: strings.ToUpper(head[0]), value: s[colon+1:], params: map[string]string{}}
	for _, p := range head[1:] {
		name, value, _ := strings.Cut(p, "=")
		line.params[strings.ToUpper(name)] = strings.Trim(value, `"`)
	}
	return line, line.name != ""
}

// icalEvents reads the VEVENTs of a file; other parts are skipped.
func icalEvents(file []byte, loc *time.Location) ([]icalEvent, error) {
	lines, err := icalLines(file)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 || lines[0].name != "BEGIN" || !strings.EqualFold(lines[0].value, "VCALENDAR") {
		return nil, Errorf(Invalid, "This is not a calendar: it does not begin with BEGIN:VCALENDAR. Export it as iCal (.ics).")
	}
	var events []icalEvent
	var open []string
	var part []icalLine
	for _, l := range lines {
		switch l.name {
		case "BEGIN":
			open = append(open, strings.ToUpper(l.value))
			if len(open) == 2 {
				part = nil
			}
			if len(open) > 8 {
				return nil, Errorf(Invalid, "Line %d of the calendar begins a part within too many others. Export it again.", l.number)
			}
		case "END":
			if len(open) == 0 || open[len(open)-1] != strings.ToUpper(l.value) {
				return nil, Errorf(Invalid, "Line %d of the calendar ends %q, which was not begun there. Export it again.", l.number, Line(l.value, 40))
			}
			if len(open) == 2 && open[1] == "VEVENT" {
				e, err := icalEventOf(part, l.number, loc)
				if err != nil {
					return nil, err
				}
				events = append(events, e)
			}
			open = open[:len(open)-1]
		default:
			if len(open) == 2 {
				part = append(part, l)
			}
		}
	}
	if len(open) != 0 {
		return nil, Errorf(Invalid, "The calendar is cut off: END:%s is missing. Export it again.", Line(open[len(open)-1], 40))
	}
	return events, nil
}

// icalEventOf reads the properties of one event.
func icalEventOf(part []icalLine, end int, loc *time.Location) (icalEvent, error) {
	e := icalEvent{line: end}
	if len(part) > 0 {
		e.line = part[0].number
	}
	find := func(name string) (icalLine, bool) {
		i := slices.IndexFunc(part, func(l icalLine) bool { return l.name == name })
		if i < 0 {
			return icalLine{}, false
		}
		return part[i], true
	}
	if l, ok := find("SUMMARY"); ok {
		e.name = Line(icalText(l.value), 110)
	}
	if l, ok := find("UID"); ok {
		e.uid = l.value
	}
	if l, ok := find("STATUS"); ok {
		e.cancelled = strings.EqualFold(l.value, "CANCELLED")
	}
	start, ok := find("DTSTART")
	if !ok {
		return e, e.fault("it has no DTSTART")
	}
	var err error
	if e.start, e.days, err = e.moment(start, start.value, loc); err != nil {
		return e, err
	}
	if e.end, err = e.until(find, loc); err != nil {
		return e, err
	}
	if l, ok := find("RRULE"); ok {
		if e.rule = strings.ToUpper(l.value); len(e.rule) > 500 {
			return e, e.fault("its rule is too long")
		}
	}
	if l, ok := find("RDATE"); ok {
		return e, e.fault("it has further days in RDATE, line %d; make each an event of its own", l.number)
	}
	if l, ok := find("RECURRENCE-ID"); ok {
		at, _, err := e.moment(l, l.value, loc)
		if err != nil {
			return e, err
		}
		e.instead = DayOf(at)
	}
	for _, l := range part {
		if l.name != "EXDATE" || e.rule == "" {
			continue
		}
		for _, value := range strings.Split(l.value, ",") {
			at, _, err := e.moment(l, value, loc)
			if err != nil {
				return e, err
			}
			if e.except = append(e.except, DayOf(at)); len(e.except) > maxHolidays {
				return e, e.fault("its rule leaves out too many days")
			}
		}
	}
	return e, nil
}

// until is when e ends: DTEND, or DTSTART and DURATION, or the day of DTSTART.
func (e icalEvent) until(find func(string) (icalLine, bool), loc *time.Location) (time.Time, error) {
	if l, ok := find("DTEND"); ok {
		end, days, err := e.moment(l, l.value, loc)
		if err == nil && days != e.days {
			err = e.fault("one of DTSTART and DTEND is a day and the other a time")
		}
		if e.days && end.Equal(e.start) {
			end = end.Add(dayLength) // written by some for one day
		}
		return end, err
	}
	if l, ok := find("DURATION"); ok {
		d, ok := icalDuration(l.value)
		if !ok {
			return time.Time{}, e.fault("%q is not a duration", Line(l.value, 40))
		}
		return e.start.Add(d), nil
	}
	if e.days {
		return e.start.Add(dayLength), nil
	}
	return e.start, nil
}

// moment reads a DATE or DATE-TIME as what the wall clock in loc shows then.
func (e icalEvent) moment(l icalLine, value string, loc *time.Location) (at time.Time, day bool, err error) {
	value = strings.TrimSpace(value)
	if l.params["VALUE"] == "DATE" || len(value) == 8 {
		at, err = time.Parse("20060102", value)
		day = true
	} else {
		at, err = e.wall(l, value, loc)
	}
	if err != nil {
		return at, day, e.fault("%s, line %d, is %q, which is not a day or a time", l.name, l.number, Line(value, 40))
	}
	if at.Year() < 1900 || at.Year() > 2200 {
		return at, day, e.fault("%s, line %d, is in the year %d", l.name, l.number, at.Year())
	}
	return at, day, nil
}

func (e icalEvent) wall(l icalLine, value string, loc *time.Location) (time.Time, error) {
	in := loc // a time without zone means wherever one is
	if name := l.params["TZID"]; name != "" {
		zone, err := LoadZone(strings.TrimPrefix(name, "/"))
		if err != nil {
			return time.Time{}, err
		}
		in = zone
	}
	if strings.HasSuffix(value, "Z") {
		value, in = strings.TrimSuffix(value, "Z"), time.UTC
	}
	t, err := time.ParseInLocation("20060102T150405", value, in)
	if err != nil {
		return t, err
	}
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC), nil
}

// icalDuration reads P1W, P2D, P1DT12H.
func icalDuration(s string) (time.Duration, bool) {
	s, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || s == "" {
		return 0, false
	}
	var sum time.Duration
	n, digits, inTime := 0, 0, false
	for _, r := range s {
		unit := time.Duration(0)
		switch {
		case r >= '0' && r <= '9' && digits < 5:
			n, digits = n*10+int(r-'0'), digits+1
			continue
		case r == 'T' && digits == 0 && !inTime:
			inTime = true
			continue
		case r == 'W' && !inTime:
			unit = 7 * dayLength
		case r == 'D' && !inTime:
			unit = dayLength
		case r == 'H' && inTime:
			unit = time.Hour
		case r == 'M' && inTime:
			unit = time.Minute
		case r == 'S' && inTime:
			unit = time.Second
		}
		if unit == 0 || digits == 0 {
			return 0, false
		}
		sum, n, digits = sum+time.Duration(n)*unit, 0, 0
	}
	return sum, digits == 0
}

// icalText takes the escapes from a TEXT.
func icalText(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, " ", `\N`, " ", `\,`, ",", `\;`, ";").Replace(s)
}
