package desk_test

import (
	"strings"
	"testing"
	"time"

	"parley/desk"
)

func atMoment(t testing.TB, zone, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What people write for a moment, on Wednesday 3 June 2026 at 10:20 in Stockholm.
func TestMoments(t *testing.T) {
	now := atMoment(t, "Europe/Stockholm", "2026-06-03 10:20")
	for text, want := range map[string]string{
		"tue 9am": "2026-06-09 09:00", "tuesday": "2026-06-09 09:00", "Tue, 14:30": "2026-06-09 14:30", "wed 9am": "2026-06-10 09:00", "wed 11am": "2026-06-03 11:00",
		"next wed": "2026-06-10 09:00", "next friday 5pm": "2026-06-05 17:00", "fri at noon": "2026-06-05 12:00",
		"in 3 hours": "2026-06-03 13:20", "3h": "2026-06-03 13:20", "in an hour": "2026-06-03 11:20", "30 min": "2026-06-03 10:50", "in 90 minutes": "2026-06-03 11:50",
		"2 days": "2026-06-05 10:20", "in 2 days at 8": "2026-06-05 08:00", "in a week": "2026-06-10 10:20", "2w": "2026-06-17 10:20", "in three months": "2026-09-03 10:20",
		"tomorrow": "2026-06-04 09:00", "tomorrow 3pm": "2026-06-04 15:00", "3pm tomorrow": "2026-06-04 15:00", "tomorrow morning": "2026-06-04 09:00",
		"tomorrow evening": "2026-06-04 18:00", "today 17:00": "2026-06-03 17:00", "tonight": "2026-06-03 18:00", "tonight 8": "2026-06-03 20:00", "later": "2026-06-03 13:20",
		"later today": "2026-06-03 13:20", "this afternoon": "2026-06-03 14:00", "eod": "2026-06-03 17:00", "end of day": "2026-06-03 17:00", "end of week": "2026-06-05 17:00",
		"next week": "2026-06-08 09:00", "next month": "2026-07-01 09:00", "next year": "2027-01-01 09:00", "this weekend": "2026-06-06 09:00",
		"9am": "2026-06-04 09:00", "11": "2026-06-03 11:00", "14:30": "2026-06-03 14:30", "noon": "2026-06-03 12:00", "12am": "2026-06-04 00:00", "12 pm": "2026-06-03 12:00",
		"12 june": "2026-06-12 09:00", "june 12 14:30": "2026-06-12 14:30", "12th of june at 2pm": "2026-06-12 14:00", "1 jan": "2027-01-01 09:00", "12 june 2027": "2027-06-12 09:00",
		"2026-06-12": "2026-06-12 09:00", "2026-06-12 7:05": "2026-06-12 07:05", "12.6.": "2026-06-12 09:00", "12.6.2026 8:00": "2026-06-12 08:00", "on the 5th of july": "2026-07-05 09:00",
	} {
		got, err := desk.ParseMoment(text, now)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if s := got.Format("2006-01-02 15:04"); s != want {
			t.Errorf("%q is %s, want %s", text, s, want)
		}
	}
}

// What is no moment, or has passed, is refused with a sentence.
func TestNoMoments(t *testing.T) {
	now := atMoment(t, "Europe/Stockholm", "2026-06-03 10:20")
	for _, text := range []string{
		"", "  ", "soon", "the", "in", "in hours", "in 0 hours", "in -3 hours", "25:00", "9:75", "13pm", "0am", "31 june", "30.2.", "2026-13-01", "2026-06-02", "1 june 2025",
		"tomorrow tuesday", "9am 10am", "in 3 hours tomorrow", "99999 days", "in 9 years", "12/6", "today 9am", "eod eod", "next", "next 3", "june", strings.Repeat("9", 101), "\x00", "ÅÄÖ", "3 hours 3 hours",
	} {
		if got, err := desk.ParseMoment(text, now); err == nil {
			t.Errorf("%q is %s", text, got)
		} else if desk.KindOf(err) != desk.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Days keep their hour over a change of the clocks; hours are as long as they are.
func TestMomentsOverClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, now, text, want string }{
		{"Europe/Stockholm", "2026-03-28 09:00", "tomorrow", "2026-03-29T09:00:00+02:00"},
		{"Europe/Stockholm", "2026-03-28 12:00", "in 24 hours", "2026-03-29T13:00:00+02:00"},
		{"Europe/Stockholm", "2026-03-28 12:00", "tomorrow 2:30", "2026-03-29T03:30:00+02:00"},
		{"Europe/Stockholm", "2026-10-24 12:00", "tomorrow", "2026-10-25T09:00:00+01:00"},
		{"America/New_York", "2026-10-31 12:00", "in 1 day", "2026-11-01T12:00:00-05:00"},
		{"Asia/Kolkata", "2026-01-31 12:00", "in 1 month", "2026-02-28T12:00:00+05:30"},
		{"Pacific/Apia", "2026-06-05 23:00", "next week", "2026-06-08T09:00:00+13:00"},
	} {
		got, err := desk.ParseMoment(c.text, atMoment(t, c.zone, c.now))
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s %q: %s, %v; want %s", c.zone, c.text, got.Format(time.RFC3339), err, c.want)
		}
	}
}

// What is suggested lies ahead, in order, on every day of a year and every hour.
func TestSuggestions(t *testing.T) {
	now := atMoment(t, "Europe/Stockholm", "2026-01-01 00:05")
	for range 366 * 24 {
		now = now.Add(time.Hour)
		last := now
		for _, s := range desk.Suggestions(now) {
			if !s.At.After(last) {
				t.Fatalf("at %s: %s is %s", now, s.Name, s.At)
			}
			last = s.At
		}
	}
	var names []string
	for _, s := range desk.Suggestions(atMoment(t, "Europe/Stockholm", "2026-06-03 10:20")) {
		names = append(names, s.Name+" "+s.At.Format("Mon 2 15:04"))
	}
	if got, want := strings.Join(names, ", "), "later Wed 3 13:15, evening Wed 3 18:00, tomorrow Thu 4 09:00, weekend Sat 6 09:00, next_week Mon 8 09:00, next_month Wed 1 09:00"; got != want {
		t.Errorf("%s", got)
	}
}

// No text breaks the reader; what it returns lies ahead and is a whole second.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"tue 9am", "in 3 hours", "12 june 2027 14:30", "31.12.", "next month", "tonight 8", "\xff"} {
		f.Add(s, int64(1780000000))
	}
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%(1<<33), 0).In(loc)
		got, err := desk.ParseMoment(text, now)
		if err != nil {
			if desk.KindOf(err) != desk.Invalid {
				t.Fatal(err)
			}
			return
		}
		if !got.After(now) || got.Nanosecond() != 0 || got.Year() > now.Year()+5 {
			t.Fatalf("%q at %s is %s", text, now, got)
		}
	})
}
