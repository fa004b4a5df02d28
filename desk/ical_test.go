package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/desk"
)

// ical wraps events in a calendar, with the line ends of RFC 5545.
func ical(events ...string) []byte {
	s := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Parley//Test//EN\n"
	for _, e := range events {
		s += "BEGIN:VEVENT\nUID:" + fmt.Sprint(len(s)) + "@test\n" + strings.TrimSpace(e) + "\nEND:VEVENT\n"
	}
	return []byte(strings.ReplaceAll(s+"END:VCALENDAR\n", "\n", "\r\n"))
}

// spell writes holidays shortly, to compare.
func spell(all []desk.Holiday) string {
	var lines []string
	for _, h := range all {
		line := h.Name + " " + h.First.String()
		if !h.Last.IsZero() {
			line += ".." + h.Last.String()
		}
		if h.From != 0 || h.To != 0 {
			line += " " + h.From.String() + "-" + h.To.String()
		}
		if h.Yearly {
			line += " yearly"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestHolidaysOfACalendarFile(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, zone string
		file       []byte
		want       string
	}{
		{"a day", "UTC", ical("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226\nSUMMARY:Christmas"), "Christmas 2026-12-25"},
		{"a day without end, escaped and folded", "UTC", ical("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, the\n  first day"), "Christmas, the first day 2026-12-25"},
		{"several days", "UTC", ical("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261228\nSUMMARY:C"), "C 2026-12-25..2026-12-27"},
		{"a duration", "UTC", ical("DTSTART;VALUE=DATE:20261225\nDURATION:P2D\nSUMMARY:C"), "C 2026-12-25..2026-12-26"},
		{"an afternoon in another zone", "America/New_York", ical("DTSTART;TZID=Europe/Berlin:20261224T180000\nDTEND;TZID=Europe/Berlin:20261224T230000\nSUMMARY:Eve"), "Eve 2026-12-24 12:00-17:00"},
		{"UTC in the hours' zone", "Europe/Berlin", ical("DTSTART:20261224T110000Z\nDURATION:PT2H30M\nSUMMARY:Eve"), "Eve 2026-12-24 12:00-14:30"},
		{"from an afternoon over days", "UTC", ical("DTSTART:20261224T120000\nDTEND:20261227T093000\nSUMMARY:C"), "C 2026-12-24 12:00-00:00\nC 2026-12-25..2026-12-26\nC 2026-12-27 00:00-09:30"},
		{"every year", "UTC", ical("DTSTART;VALUE=DATE:19991225\nRRULE:FREQ=YEARLY\nSUMMARY:C", "DTSTART;VALUE=DATE:20000101\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\nSUMMARY:New Year"), "C 1999-12-25 yearly\nNew Year 2000-01-01 yearly"},
		{"the fourth Thursday of November", "UTC", ical("DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=9\nSUMMARY:Thanks"), "Thanks 2026-11-26\nThanks 2027-11-25\nThanks 2028-11-23"},
		{"the last Monday of May, but for one and one moved", "UTC", []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;UNTIL=20300101\nEXDATE;VALUE=DATE:20280529\nSUMMARY:M\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID;VALUE=DATE:20270531\nDTSTART;VALUE=DATE:20270601\nSUMMARY:M moved\nEND:VEVENT\nEND:VCALENDAR"), "M 2026-05-25\nM moved 2027-06-01\nM 2029-05-28"},
		{"every second year", "UTC", ical("DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY;INTERVAL=2\nSUMMARY:D"), "D 2026-10-03\nD 2028-10-03\nD 2030-10-03"},
		{"a leap day stays a leap day", "UTC", ical("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\nSUMMARY:D"), "D 2028-02-29"},
		{"what is over or cancelled is left out, what comes twice is once", "UTC", ical("DTSTART;VALUE=DATE:20201225\nSUMMARY:Old", "DTSTART;VALUE=DATE:20271225\nSTATUS:CANCELLED\nSUMMARY:No", "DTSTART;VALUE=DATE:20271226\nSUMMARY:B", "DTSTART;VALUE=DATE:20271226\nSUMMARY:B"), "B 2027-12-26"},
		{"other parts are skipped", "UTC", []byte("\uFEFFBEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T000000\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART:20261225\nBEGIN:VALARM\nDESCRIPTION:x\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR"), "Holiday 2026-12-25"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := desk.ReadHolidays(c.file, c.zone, now)
			if err != nil {
				t.Fatal(err)
			}
			if spell(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", spell(got), c.want)
			}
			if _, err := hoursOf(t, c.zone, "daily 09:00-17:00", got...).Calendar(); err != nil {
				t.Errorf("what was read is refused: %v", err)
			}
		})
	}
}

// TestHolidaysThatCannotBeRead: a clear sentence that names the place.
func TestHolidaysThatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, file, says string }{
		{"nothing", "", "does not begin with BEGIN:VCALENDAR"},
		{"a web page", "<html>\n<body>", `line 1 is "<html>"`},
		{"another thing", "BEGIN:VCARD\nEND:VCARD", "does not begin with BEGIN:VCALENDAR"},
		{"cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225", "END:VEVENT is missing"},
		{"ends what was not begun", "BEGIN:VCALENDAR\nEND:VEVENT", `Line 2 of the calendar ends "VEVENT"`},
		{"no events", "BEGIN:VCALENDAR\nEND:VCALENDAR", "no events"},
		{"no start", string(ical("SUMMARY:C")), "it has no DTSTART"},
		{"no day", string(ical("DTSTART;VALUE=DATE:20261325\nSUMMARY:C")), `line 6, is "20261325"`},
		{"ends before", string(ical("DTSTART:20261225\nDTEND:20261224\nSUMMARY:C")), "it ends before it begins"},
		{"day and time", string(ical("DTSTART:20261225\nDTEND:20261226T100000\nSUMMARY:C")), "one of DTSTART and DTEND is a day"},
		{"no such zone", string(ical("DTSTART;TZID=Atlantis:20261225T100000\nSUMMARY:C")), "not a day or a time"},
		{"weekly", string(ical("DTSTART:20261225\nRRULE:FREQ=WEEKLY\nSUMMARY:Sunday")), `The holiday "Sunday", line 5 of the calendar, cannot be read: it repeats weekly`},
		{"a rule beyond us", string(ical("DTSTART:20261225\nRRULE:FREQ=YEARLY;BYSETPOS=1\nSUMMARY:C")), "BYSETPOS, which is not understood"},
		{"no rule", string(ical("DTSTART:20261225\nRRULE:EVERY DAY\nSUMMARY:C")), "EVERY DAY"},
		{"rdate", string(ical("DTSTART:20261225\nRDATE:20261226\nSUMMARY:C")), "RDATE"},
		{"duration", string(ical("DTSTART:20261225\nDURATION:soon\nSUMMARY:C")), `"soon" is not a duration`},
		{"longer than a year", string(ical("DTSTART:20261225\nDURATION:P400D\nSUMMARY:C")), "longer than a year"},
		{"far away", string(ical("DTSTART:99991225\nSUMMARY:C")), "in the year 9999"},
		{"too large", strings.Repeat("x", desk.MaxICal+1), "larger than 1 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := desk.ReadHolidays([]byte(c.file), "Europe/Berlin", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
			var problem *desk.Error
			if !errors.As(err, &problem) || got != nil || !strings.Contains(problem.Message, c.says) {
				t.Errorf("%v %v, want %s", got, err, c.says)
			}
		})
	}
	if _, err := desk.ReadHolidays(ical("DTSTART:20261225"), "Atlantis", time.Now()); err == nil {
		t.Error("an unknown zone is taken")
	}
}

// FuzzHolidays: whatever a file holds, it is read within bounds into holidays
// that hours take, or refused in a sentence.
func FuzzHolidays(f *testing.F) {
	f.Add([]byte(""))
	f.Add(ical("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261228\nSUMMARY:C"))
	f.Add(ical("DTSTART;TZID=Europe/Berlin:20261224T180000\nDURATION:P1DT2H\nSUMMARY:Eve"))
	f.Add(ical("DTSTART:19991225\nRRULE:FREQ=YEARLY;BYMONTH=11,12;BYDAY=4TH,-1MO;UNTIL=20400101T000000Z\nEXDATE:20271225,20281225\nSUMMARY:C"))
	f.Add(ical("DTSTART:20240229\nRRULE:FREQ=YEARLY;BYMONTHDAY=-1,29;COUNT=9\nRECURRENCE-ID:20280229"))
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := desk.ReadHolidays(file, "America/Santiago", now)
		if err != nil {
			var problem *desk.Error
			if !errors.As(err, &problem) || got != nil {
				t.Fatalf("%v %v", got, err)
			}
			return
		}
		h := desk.Hours{Zone: "America/Santiago", Week: desk.Week{Monday: []desk.Period{{From: 60, To: 1440}}}, Holidays: got}
		cal, err := h.Calendar()
		if err != nil {
			t.Fatalf("what was read is refused: %v", err)
		}
		cal.Between(now, now.Add(1000*time.Hour))
	})
}
