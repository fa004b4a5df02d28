package desk_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// hoursOf writes hours shortly: "mon 09:00-12:00 13:00-17:00; tue 09:00-17:00".
func hoursOf(t *testing.T, zone, week string, holidays ...desk.Holiday) desk.Hours {
	t.Helper()
	h := desk.Hours{Zone: zone, Holidays: holidays}
	days := map[string][]*[]desk.Period{
		"mon": {&h.Week.Monday}, "tue": {&h.Week.Tuesday}, "wed": {&h.Week.Wednesday}, "thu": {&h.Week.Thursday}, "fri": {&h.Week.Friday},
		"sat": {&h.Week.Saturday}, "sun": {&h.Week.Sunday},
		"weekdays": {&h.Week.Monday, &h.Week.Tuesday, &h.Week.Wednesday, &h.Week.Thursday, &h.Week.Friday},
		"daily":    {&h.Week.Monday, &h.Week.Tuesday, &h.Week.Wednesday, &h.Week.Thursday, &h.Week.Friday, &h.Week.Saturday, &h.Week.Sunday},
	}
	for part := range strings.SplitSeq(week, ";") {
		words := strings.Fields(part)
		for _, span := range words[1:] {
			from, to, _ := strings.Cut(span, "-")
			var p desk.Period
			if err := errors.Join(p.From.UnmarshalText([]byte(from)), p.To.UnmarshalText([]byte(to))); err != nil {
				t.Fatal(err)
			}
			for _, day := range days[words[0]] {
				*day = append(*day, p)
			}
		}
	}
	return h
}

func calendarOf(t *testing.T, zone, week string, holidays ...desk.Holiday) *desk.Calendar {
	t.Helper()
	c, err := hoursOf(t, zone, week, holidays...).Calendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func dayOf(t *testing.T, s string) desk.Day {
	t.Helper()
	var d desk.Day
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

// at reads "2026-03-27 16:30 Europe/Berlin", or a time of RFC 3339.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	if m, err := time.Parse(time.RFC3339, s); err == nil {
		return m
	}
	date, zone, ok := strings.Cut(s, " in ")
	if !ok {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	m, err := time.ParseInLocation("2006-01-02 15:04", date, loc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestCalendarAdds is 5.3: a message outside business hours starts at the next
// opening, and days on which the clock changes have their real length.
func TestCalendarAdds(t *testing.T) {
	office := "weekdays 09:00-12:00 13:00-17:00"
	christmas := desk.Holiday{Name: "Christmas", First: dayOf(t, "2020-12-25"), Last: dayOf(t, "2020-12-26"), Yearly: true}
	halfDay := desk.Holiday{Name: "Christmas Eve", First: dayOf(t, "2026-12-24"), From: 12 * 60}
	newYear := desk.Holiday{Name: "Between the years", First: dayOf(t, "2019-12-29"), Last: dayOf(t, "2020-01-02"), Yearly: true}
	for _, c := range []struct {
		name, zone, week string
		holidays         []desk.Holiday
		start            string
		add              time.Duration
		want             string
	}{
		{"within a period", "UTC", office, nil, "2026-03-25 09:00", time.Hour, "2026-03-25 10:00"},
		{"to its very end", "UTC", office, nil, "2026-03-25 09:00", 3 * time.Hour, "2026-03-25 12:00"},
		{"over lunch", "UTC", office, nil, "2026-03-25 11:30", time.Hour, "2026-03-25 13:30"},
		{"over the weekend", "UTC", office, nil, "2026-03-27 16:30", time.Hour, "2026-03-30 09:30"},
		{"off hours: from the next opening", "UTC", office, nil, "2026-03-28 03:00", 15 * time.Minute, "2026-03-30 09:15"},
		{"nothing to add: the next opening", "UTC", office, nil, "2026-03-28 03:00", 0, "2026-03-30 09:00"},
		{"another zone", "America/New_York", office, nil, "2026-03-25 20:30", time.Hour, "2026-03-26 13:30"},
		{"a day as long as a day", "UTC", "daily 00:00-24:00", nil, "2026-03-25 20:30", 24 * time.Hour, "2026-03-26 20:30"},
		{"midnight is no gap", "UTC", "daily 00:00-06:00 18:00-24:00", nil, "2026-03-25 23:00", 2 * time.Hour, "2026-03-26 01:00"},
		{"a yearly holiday of two days", "UTC", office, []desk.Holiday{christmas}, "2026-12-24 16:00", 2 * time.Hour, "2026-12-28 10:00"},
		{"the afternoon off", "UTC", office, []desk.Holiday{halfDay, christmas}, "2026-12-24 11:00", 2 * time.Hour, "2026-12-28 10:00"},
		{"a yearly holiday over New Year", "UTC", office, []desk.Holiday{newYear}, "2026-12-28 16:00", 2 * time.Hour, "2027-01-04 10:00"},
		{"spring: the hour that is skipped is not worked", "Europe/Berlin", "sun 00:00-06:00", nil, "2026-03-29 00:00 in Europe/Berlin", 4 * time.Hour, "2026-03-29 05:00 in Europe/Berlin"},
		{"autumn: the hour that comes twice is worked twice", "Europe/Berlin", "sun 00:00-06:00", nil, "2026-10-25 00:00 in Europe/Berlin", 4 * time.Hour, "2026-10-25 03:00 in Europe/Berlin"},
		{"spring: office hours stay where the wall says", "Europe/Berlin", office, nil, "2026-03-27 16:00 in Europe/Berlin", 2 * time.Hour, "2026-03-30 10:00 in Europe/Berlin"},
		{"a period within the skipped hour", "Europe/Berlin", "sun 02:15-02:45", nil, "2026-03-28 12:00", 10 * time.Minute, "2026-04-05 02:25 in Europe/Berlin"},
		{"a zone that skips midnight", "America/Santiago", "sun 00:00-03:00", nil, "2026-09-05 12:00", 90 * time.Minute, "2026-09-06 02:30 in America/Santiago"},
		{"half an hour of summer time", "Australia/Lord_Howe", "sun 00:00-04:00", nil, "2026-10-03 12:00", 2 * time.Hour, "2026-10-04 02:30 in Australia/Lord_Howe"},
		{"a day that never was", "Pacific/Apia", "daily 09:00-17:00", nil, "2011-12-29 16:00 in Pacific/Apia", 2 * time.Hour, "2011-12-31 10:00 in Pacific/Apia"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cal := calendarOf(t, c.zone, c.week, c.holidays...)
			got, ok := cal.Add(at(t, c.start), c.add)
			if want := at(t, c.want); !ok || !got.Equal(want) {
				t.Errorf("%s + %s = %s, want %s", c.start, c.add, got.In(want.Location()), want)
			}
			if c.add > 0 {
				if back := cal.Between(at(t, c.start), got); back != c.add {
					t.Errorf("between them are %s, want %s", back, c.add)
				}
			}
		})
	}
}

// someHours makes hours at random, in zones with every kind of clock change.
func someHours(r *rand.Rand) desk.Hours {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"}
	h := desk.Hours{Zone: zones[r.IntN(len(zones))]}
	for _, day := range []*[]desk.Period{&h.Week.Monday, &h.Week.Tuesday, &h.Week.Wednesday, &h.Week.Thursday, &h.Week.Friday, &h.Week.Saturday, &h.Week.Sunday} {
		at := r.IntN(12 * 60)
		for range r.IntN(4) {
			from := at + r.IntN(120)
			to := from + 1 + r.IntN(300)
			if to > 24*60 {
				break
			}
			*day = append(*day, desk.Period{From: desk.Clock(from), To: desk.Clock(to)})
			at = to
		}
	}
	h.Week.Tuesday = []desk.Period{{From: 9 * 60, To: 17 * 60}}
	for range r.IntN(4) {
		first := desk.Day{Year: 2026, Month: time.Month(1 + r.IntN(12)), Day: 1 + r.IntN(28)}
		holiday := desk.Holiday{Name: fmt.Sprint("holiday ", r.IntN(100)), First: first, Yearly: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			holiday.Last = first.AddDays(r.IntN(20))
		}
		if r.IntN(3) == 0 {
			holiday.From, holiday.To = desk.Clock(r.IntN(700)), desk.Clock(800+r.IntN(600))
		}
		h.Holidays = append(h.Holidays, holiday)
	}
	return h
}

// openAt says by the definition whether a moment is in business hours: looks at
// the wall clock, the week and the holidays, and computes nothing.
func openAt(h desk.Hours, zone *time.Location, m time.Time) bool {
	wall := m.In(zone)
	minute := desk.Clock(wall.Hour()*60 + wall.Minute())
	w := h.Week
	in := false
	for _, p := range [][]desk.Period{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[wall.Weekday()] {
		in = in || p.From <= minute && minute < p.To
	}
	for _, holiday := range h.Holidays {
		to := holiday.To
		if to == 0 {
			to = 24 * 60
		}
		if minute < holiday.From || minute >= to {
			continue
		}
		years := []int{holiday.First.Year}
		if holiday.Yearly {
			years = []int{wall.Year(), wall.Year() - 1}
		}
		for _, year := range years {
			length := 0
			if !holiday.Last.IsZero() {
				for d := holiday.First; d != holiday.Last; d = d.AddDays(1) {
					length++
				}
			}
			for d := range length + 1 {
				if (desk.Day{Year: year, Month: holiday.First.Month, Day: holiday.First.Day}).AddDays(d) == desk.DayOf(wall) {
					in = false
				}
			}
		}
	}
	return in
}

// TestCalendarIsItsDefinition compares the calendar with the definition, minute
// by minute, around the changes of clocks.
func TestCalendarIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	starts := []string{"2026-03-07T05:00:00Z", "2026-03-28T18:00:00Z", "2026-04-04T00:00:00Z", "2026-09-05T12:00:00Z", "2026-10-03T06:00:00Z", "2026-10-24T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-30T10:00:00Z"}
	for n := range 120 {
		h := someHours(r)
		cal, err := h.Calendar()
		if err != nil {
			t.Fatal(err)
		}
		zone, _ := time.LoadLocation(h.Zone)
		start := at(t, starts[n%len(starts)])
		count, minutes := 0, 60*60
		for m := range minutes {
			moment := start.Add(time.Duration(m) * time.Minute)
			open := openAt(h, zone, moment)
			if cal.Open(moment) != open {
				t.Fatalf("%+v: open at %s is %v", h, moment.In(zone), !open)
			}
			if open {
				count++
			}
		}
		end := start.Add(time.Duration(minutes) * time.Minute)
		if got := cal.Between(start, end); got != time.Duration(count)*time.Minute {
			t.Fatalf("%+v: %s business hours from %s, want %d minutes", h, got, start.In(zone), count)
		}
	}
}

// TestCalendarProperties: Add and Between agree; more is never earlier; what is
// between adds up; stretches are without gaps and say what Between says.
func TestCalendarProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		h := someHours(r)
		cal, err := h.Calendar()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(365 * 24 * time.Hour))))
		d := time.Duration(1 + r.Int64N(int64(60*time.Hour)))
		more := d + time.Duration(r.Int64N(int64(time.Hour)))
		end, ok := cal.Add(start, d)
		if !ok {
			t.Fatalf("%+v: nothing %s after %s", h, d, start)
		}
		if got := cal.Between(start, end); got != d {
			t.Fatalf("%+v: %s + %s = %s, but between them are %s", h, start, d, end, got)
		}
		if before := cal.Between(start, end.Add(-time.Nanosecond)); before >= d {
			t.Fatalf("%+v: %s + %s came earlier than %s", h, start, d, end)
		}
		if later, _ := cal.Add(start, more); later.Before(end) {
			t.Fatalf("%+v: adding more to %s came earlier", h, start)
		}
		if later, _ := cal.Add(start.Add(time.Hour), d); later.Before(end) {
			t.Fatalf("%+v: starting later than %s ended earlier", h, start)
		}
		next, ok := cal.NextOpen(start)
		if !ok || !cal.Open(next) || cal.Between(start, next) != 0 {
			t.Fatalf("%+v: the next opening after %s is not %s", h, start, next)
		}
		if closing, ok := cal.EndOfDay(start); !ok || !closing.After(next) || cal.Open(closing) && !atMidnight(closing, h.Zone) {
			t.Fatalf("%+v: the business day of %s does not end at %s", h, start, closing)
		}
		middle := start.Add(end.Sub(start) / 3)
		if cal.Between(start, middle)+cal.Between(middle, end) != d {
			t.Fatalf("%+v: two parts are not the whole from %s to %s", h, start, end)
		}
		checkStretches(t, cal, start, end, d)
	}
}

func atMidnight(m time.Time, zone string) bool {
	loc, _ := time.LoadLocation(zone)
	return desk.DayOf(m.In(loc)) != desk.DayOf(m.Add(-time.Second).In(loc))
}

func checkStretches(t *testing.T, cal *desk.Calendar, start, end time.Time, counted time.Duration) {
	t.Helper()
	from, sum := start, time.Duration(0)
	stretches := cal.Stretches(start, end)
	for i, s := range stretches {
		if !s.From.Equal(from) || !s.To.After(s.From) {
			t.Fatalf("stretch %+v does not follow at %s", s, from)
		}
		if i > 0 && stretches[i-1].Why == s.Why && stretches[i-1].Holiday == s.Holiday {
			t.Fatalf("two stretches of one kind: %+v %+v", stretches[i-1], s)
		}
		if s.Counted != (s.Why == desk.WhyOpen) || (s.Holiday != "") != (s.Why == desk.WhyHoliday) {
			t.Fatalf("stretch %+v contradicts itself", s)
		}
		if s.Counted {
			sum += s.Length()
		}
		from = s.To
	}
	if !from.Equal(end) || sum != counted {
		t.Fatalf("the stretches end at %s and count %s, want %s and %s", from, sum, end, counted)
	}
}

func TestEndOfTheBusinessDay(t *testing.T) {
	cal := calendarOf(t, "Europe/Berlin", "weekdays 09:00-12:00 13:00-17:00; sat 10:00-12:00", desk.Holiday{Name: "Half", First: dayOf(t, "2026-12-24"), From: 12 * 60})
	for start, want := range map[string]string{
		"2026-03-25 08:00": "2026-03-25 17:00", "2026-03-25 11:00": "2026-03-25 17:00", "2026-03-25 12:30": "2026-03-25 17:00",
		"2026-03-25 17:00": "2026-03-26 17:00", "2026-03-27 22:00": "2026-03-28 12:00", "2026-03-28 12:00": "2026-03-30 17:00", "2026-12-24 09:00": "2026-12-24 12:00",
	} {
		got, ok := cal.EndOfDay(at(t, start+" in Europe/Berlin"))
		if want := at(t, want+" in Europe/Berlin"); !ok || !got.Equal(want) {
			t.Errorf("the business day of %s ends at %s, want %s", start, got.In(want.Location()), want)
		}
	}
}

// TestHoursAreRefused: bad input names the field, in a sentence.
func TestHoursAreRefused(t *testing.T) {
	good := func() desk.Hours { return hoursOf(t, "Europe/Berlin", "weekdays 09:00-17:00") }
	for _, c := range []struct {
		name   string
		change func(*desk.Hours)
		field  string
		says   string
	}{
		{"unknown zone", func(h *desk.Hours) { h.Zone = "Europe/Atlantis" }, "zone", "There is no time zone called"},
		{"no zone", func(h *desk.Hours) { h.Zone = "" }, "zone", "There is no time zone called"},
		{"the machine's zone", func(h *desk.Hours) { h.Zone = "Local" }, "zone", "There is no time zone called"},
		{"a path as zone", func(h *desk.Hours) { h.Zone = "../etc/passwd" }, "zone", "There is no time zone called"},
		{"overlap", func(h *desk.Hours) {
			h.Week.Tuesday = []desk.Period{{From: 9 * 60, To: 12 * 60}, {From: 11 * 60, To: 13 * 60}}
		}, "week.tuesday[1]", "Tuesday has two periods at once: 09:00 to 12:00 and 11:00 to 13:00."},
		{"end before start", func(h *desk.Hours) { h.Week.Sunday = []desk.Period{{From: 22 * 60, To: 6 * 60}} }, "week.sunday[0]", "ends before it begins"},
		{"empty period", func(h *desk.Hours) { h.Week.Sunday = []desk.Period{{From: 60, To: 60}} }, "week.sunday[0]", "ends before it begins"},
		{"after the day", func(h *desk.Hours) { h.Week.Sunday = []desk.Period{{From: 60, To: 1500}} }, "week.sunday[0]", "ends before it begins"},
		{"never open", func(h *desk.Hours) { h.Week = desk.Week{} }, "week", "never open"},
		{"holiday without day", func(h *desk.Hours) { h.Holidays = []desk.Holiday{{Name: "Easter"}} }, "holidays[0]", `"Easter" has no day`},
		{"holiday backwards", func(h *desk.Hours) {
			h.Holidays = []desk.Holiday{{Name: "Easter", First: desk.Day{Year: 2026, Month: 4, Day: 6}, Last: desk.Day{Year: 2026, Month: 4, Day: 5}}}
		}, "holidays[0]", "ends on 2026-04-05, before it begins on 2026-04-06"},
		{"holiday of hours backwards", func(h *desk.Hours) {
			h.Holidays = []desk.Holiday{{First: desk.Day{Year: 2026, Month: 4, Day: 6}, From: 900, To: 800}}
		}, "holidays[0]", "before it begins at 15:00"},
		{"endless holiday", func(h *desk.Hours) {
			h.Holidays = []desk.Holiday{{First: desk.Day{Year: 2026, Month: 4, Day: 6}, Last: desk.Day{Year: 2030, Month: 4, Day: 5}}}
		}, "holidays[0]", "longer than a year"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := good()
			c.change(&h)
			_, err := h.Calendar()
			var problem *desk.Error
			if !errors.As(err, &problem) || problem.Kind != desk.Invalid || len(problem.Fields) != 1 || problem.Fields[0].Field != c.field || !strings.Contains(problem.Message, c.says) {
				t.Errorf("%v %+v, want %s of %s", err, problem, c.says, c.field)
			}
		})
	}
	if _, err := good().Calendar(); err != nil {
		t.Errorf("good hours are refused: %v", err)
	}
	var h desk.Hours
	for _, text := range []string{`{"week":{"monday":[{"from":"9:00","to":"17:00"}]}}`, `{"week":{"monday":[{"from":"09:60","to":"17:00"}]}}`, `{"week":{"monday":[{"from":"09:00","to":"24:01"}]}}`, `{"holidays":[{"first":"2026-02-30"}]}`, `{"holidays":[{"first":"tomorrow"}]}`} {
		if err := json.Unmarshal([]byte(text), &h); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestHoursThatNeverOpenAgain(t *testing.T) {
	cal := calendarOf(t, "UTC", "mon 09:00-10:00", desk.Holiday{Name: "Sabbatical", First: dayOf(t, "2026-01-01"), Last: dayOf(t, "2026-12-31"), Yearly: true})
	if got, ok := cal.NextOpen(at(t, "2026-03-25 08:00")); ok {
		t.Errorf("open at %s", got)
	}
	if got, ok := cal.Add(at(t, "2026-03-25 08:00"), time.Hour); ok {
		t.Errorf("an hour after is %s", got)
	}
}

var ordinal = regexp.MustCompile(`(\d)(st|nd|rd|th)\b`)

// TestPublishedSums computes the published sums of other libraries that Parley
// has a use for: forward, in seconds to hours, and what is between two moments.
func TestPublishedSums(t *testing.T) {
	files, err := filepath.Glob("../../shared/examples/hours/*/cases.jsonl")
	if err != nil || len(files) == 0 {
		t.Skip("../shared/examples/hours is not here")
	}
	done := 0
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if publishedSum(t, lines.Bytes()) {
				done++
			}
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d sums agree", done)
	if done < 29 {
		t.Errorf("only %d sums were computed", done)
	}
}

func publishedSum(t *testing.T, line []byte) bool {
	t.Helper()
	var c struct {
		ID, Kind, Unit, Start, End string
		Amount                     int
		Ruby                       []string
		Expect                     struct {
			End     string
			Seconds *float64
		}
		Schedule struct {
			Timezone string
			Hours    map[string][][2]string
			Holidays []string
			Raw      []string `json:"holidays_raw"`
			Ruby     []string
		}
	}
	if err := json.Unmarshal(line, &c); err != nil {
		t.Fatal(err)
	}
	unit := map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "business_hour": time.Hour, "business_hours": time.Hour}[c.Unit]
	if c.Kind == "hours-add" && (unit == 0 || c.Amount < 0) || c.Kind == "hours-diff" && c.Expect.Seconds == nil || len(c.Schedule.Ruby) > 0 {
		return false
	}
	if strings.Contains(string(line), "describe '#before'") || strings.Contains(string(line), "subtracting") || strings.Contains(string(line), "passed as an option") || strings.Contains(string(line), "passed as option") {
		return false // counting backwards, or from something that is not in the example
	}
	var week []string
	for day, spans := range c.Schedule.Hours {
		for _, s := range spans {
			if s[1] == "00:00" {
				s[1] = "24:00"
			}
			week = append(week, day+" "+s[0]+"-"+s[1])
		}
	}
	var holidays []desk.Holiday
	for _, h := range c.Schedule.Holidays {
		holidays = append(holidays, desk.Holiday{First: dayOf(t, h)})
	}
	if c.Schedule.Timezone == "Eastern Time (US & Canada)" {
		c.Schedule.Timezone = "America/New_York"
	}
	zone, err := time.LoadLocation(c.Schedule.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range c.Schedule.Raw {
		holidays = append(holidays, desk.Holiday{First: desk.DayOf(published(t, h, zone))})
	}
	cal := calendarOf(t, c.Schedule.Timezone, strings.Join(week, ";"), holidays...)
	start := published(t, c.Start, zone)
	if c.Kind == "hours-diff" {
		a, b := start, published(t, c.End, zone)
		if got := cal.Between(a, b); got != time.Duration(*c.Expect.Seconds*float64(time.Second)) {
			t.Errorf("%s: %s, want %v s", c.ID, got, *c.Expect.Seconds)
		}
		return true
	}
	got, ok := cal.Add(start, time.Duration(c.Amount)*unit)
	if want := published(t, c.Expect.End, zone); !ok || !got.Equal(want) {
		t.Errorf("%s: %s + %d %s = %s, want %s\n%s", c.ID, start, c.Amount, c.Unit, got, want, line)
	}
	return true
}

func published(t *testing.T, s string, zone *time.Location) time.Time {
	t.Helper()
	s = ordinal.ReplaceAllString(s, "$1")
	s = strings.NewReplacer(",", "", " am", "am", " pm", "pm").Replace(s)
	for _, layout := range []string{time.RFC3339, "January 2 2006 3:04pm", "January 2 2006 15:04pm", "Jan 2 2006 3:04pm", "January 2 2006 15:04", "Jan 2 15:04:05 -0700 2006", "Mon Jan 2 15:04:05 -0700 2006", "January 2 2006", "Jan 2 2006", "2006-01-02 15:04:05", "2006-01-02 15:04", "Mon Jan 2 2006 3:04pm", "Mon Jan 2 15:04:05 MST 2006"} {
		if m, err := time.ParseInLocation(layout, s, zone); err == nil {
			return m
		}
	}
	t.Fatalf("no time: %s", s)
	return time.Time{}
}
