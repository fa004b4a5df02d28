package mail

import (
	"bytes"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// What is read of a calendar.
const (
	maxCalendar  = 1 << 20 // bytes
	maxAttendees = 50
)

// Event is what an invitation is about.
type Event struct {
	Method    string // REQUEST, REPLY, CANCEL, PUBLISH, COUNTER…; "" if it says none
	Title     string
	Start     When
	End       When // zero if it says none
	Place     string
	Organiser Address
	Guests    []Guest
	Repeats   bool
	Cancelled bool
}

// When is a moment; or, if nothing says in which zone, what a clock shows there; or a day.
type When struct {
	Time  time.Time // in UTC; of a clock or a day, as if they were
	Local bool      // a clock of an unknown zone
	Day   bool      // the whole day
}

// Guest is somebody who was invited, and what they answered: ACCEPTED, DECLINED,
// TENTATIVE, NEEDS-ACTION or "".
type Guest struct {
	Address
	Answer string
}

// calendar reads a calendar (RFC 5545). ok is false if no event is in it; an
// answer may have none, so the method is returned in any case.
func calendar(b []byte) (e Event, ok bool) {
	cal, err := ics.ParseCalendar(bytes.NewReader(b))
	if err != nil || cal == nil {
		return e, false
	}
	for _, p := range cal.CalendarProperties {
		if strings.EqualFold(p.IANAToken, "METHOD") {
			e.Method = strings.ToUpper(headerClean(p.Value))
		}
	}
	events := cal.Events()
	if len(events) == 0 {
		return e, false
	}
	ev := events[0]
	text := func(name ics.ComponentProperty) string {
		if p := ev.GetProperty(name); p != nil {
			return headerClean(clip(p.Value, 1000))
		}
		return ""
	}
	e.Title, e.Place = text(ics.ComponentPropertySummary), text(ics.ComponentPropertyLocation)
	e.Start, e.End = when(ev.GetProperty(ics.ComponentPropertyDtStart)), when(ev.GetProperty(ics.ComponentPropertyDtEnd))
	if p := ev.GetProperty(ics.ComponentPropertyOrganizer); p != nil {
		e.Organiser = person(p.Value, p.ICalParameters)
	}
	e.Repeats = ev.GetProperty(ics.ComponentPropertyRrule) != nil
	e.Cancelled = e.Method == "CANCEL" || strings.EqualFold(text(ics.ComponentPropertyStatus), "CANCELLED")
	for _, p := range ev.Properties {
		if strings.EqualFold(p.IANAToken, "ATTENDEE") && len(e.Guests) < maxAttendees {
			e.Guests = append(e.Guests, Guest{person(p.Value, p.ICalParameters), strings.ToUpper(headerClean(first(p.ICalParameters["PARTSTAT"])))})
		}
	}
	return e, !e.Start.Time.IsZero() || e.Title != ""
}

// person reads an organiser or an attendee.
func person(value string, params map[string][]string) Address {
	email := value
	if i := strings.IndexByte(value, ':'); i >= 0 && strings.EqualFold(value[:i], "mailto") {
		email = value[i+1:]
	}
	a := Address{Name: headerClean(clip(first(params["CN"]), 200))}
	if email = headerClean(email); isAddress(email) {
		a.Email = email
	}
	return a
}

// when reads a moment of a calendar.
func when(p *ics.IANAProperty) (w When) {
	if p == nil {
		return w
	}
	value := strings.TrimSpace(p.Value)
	if t, err := time.Parse("20060102T150405Z", value); err == nil {
		return When{Time: t}
	}
	if t, err := time.Parse("20060102", value); err == nil {
		return When{Time: t, Day: true}
	}
	t, err := time.Parse("20060102T150405", value)
	if err != nil {
		return w
	}
	name := strings.Trim(first(p.ICalParameters["TZID"]), `"`)
	if known := windowsZones[strings.ToLower(name)]; known != "" {
		name = known
	}
	if zone, err := time.LoadLocation(strings.TrimPrefix(name, "/")); err == nil && name != "" && name != "Local" {
		return When{Time: time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone).UTC()}
	}
	return When{Time: t, Local: true}
}

// windowsZones are the names that Outlook gives to zones (Unicode CLDR, windowsZones).
var windowsZones = map[string]string{
	"w. europe standard time": "Europe/Berlin", "central europe standard time": "Europe/Budapest", "romance standard time": "Europe/Paris", "central european standard time": "Europe/Warsaw",
	"gmt standard time": "Europe/London", "greenwich standard time": "Atlantic/Reykjavik", "e. europe standard time": "Europe/Chisinau", "fle standard time": "Europe/Kyiv", "gtb standard time": "Europe/Bucharest",
	"russian standard time": "Europe/Moscow", "turkey standard time": "Europe/Istanbul", "israel standard time": "Asia/Jerusalem", "egypt standard time": "Africa/Cairo", "south africa standard time": "Africa/Johannesburg",
	"arab standard time": "Asia/Riyadh", "arabian standard time": "Asia/Dubai", "iran standard time": "Asia/Tehran", "pakistan standard time": "Asia/Karachi", "india standard time": "Asia/Kolkata",
	"bangladesh standard time": "Asia/Dhaka", "se asia standard time": "Asia/Bangkok", "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore", "taipei standard time": "Asia/Taipei",
	"w. australia standard time": "Australia/Perth", "tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul", "cen. australia standard time": "Australia/Adelaide", "aus eastern standard time": "Australia/Sydney",
	"e. australia standard time": "Australia/Brisbane", "new zealand standard time": "Pacific/Auckland", "hawaiian standard time": "Pacific/Honolulu", "alaskan standard time": "America/Anchorage",
	"pacific standard time": "America/Los_Angeles", "us mountain standard time": "America/Phoenix", "mountain standard time": "America/Denver", "central standard time": "America/Chicago",
	"central standard time (mexico)": "America/Mexico_City", "sa pacific standard time": "America/Bogota", "eastern standard time": "America/New_York", "us eastern standard time": "America/Indianapolis",
	"atlantic standard time": "America/Halifax", "newfoundland standard time": "America/St_Johns", "e. south america standard time": "America/Sao_Paulo", "argentina standard time": "America/Buenos_Aires",
	"pacific sa standard time": "America/Santiago", "utc": "UTC", "coordinated universal time": "UTC",
}
