package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment is a time as a value says it.
type moment struct {
	day       time.Time     // a day, in UTC
	daysAgo   int           // today is 0, yesterday is 1
	isNear    bool          // daysAgo counts
	exact     time.Time     // an instant
	distance  time.Duration // 7d, 24h: from now, back or ahead as the field goes
	wholeDays bool          // day or near
	lastClose bool          // when business hours ended last
}

// LastClose is the moment when business hours ended last: in the evening before,
// or on Friday (F3-86).
const LastClose = "last_close"

const dayLayout = "2006-01-02"

// maxDistance is as far as a distance reaches.
const maxDistance = 10 * 366 * 24 * time.Hour

func parseMoment(v string) (moment, bool) {
	switch v {
	case "today":
		return moment{isNear: true, wholeDays: true}, true
	case "yesterday":
		return moment{isNear: true, daysAgo: 1, wholeDays: true}, true
	case LastClose:
		return moment{lastClose: true}, true
	}
	if t, err := time.Parse(dayLayout, v); err == nil {
		return moment{day: t, wholeDays: true}, t.Year() > 1970 && t.Year() < 2200
	}
	if t, err := time.Parse(time.RFC3339, v); err == nil {
		return moment{exact: t.UTC()}, t.Year() > 1970 && t.Year() < 2200 && strings.HasSuffix(v, "Z")
	}
	if d := parseDistance(v); d != 0 {
		return moment{distance: d}, true
	}
	return moment{}, false
}

func parseDistance(v string) time.Duration {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if len(v) < 2 || len(v) > 8 {
		return 0
	}
	unit := units[v[len(v)-1]]
	n, err := strconv.Atoi(v[:len(v)-1])
	if unit == 0 || err != nil || n <= 0 || strconv.Itoa(n) != v[:len(v)-1] || time.Duration(n) > maxDistance/unit {
		return 0
	}
	return time.Duration(n) * unit
}

func whyMoment(v string, op Op) string {
	if op == Between {
		return fmt.Sprintf("%q is no day. Write it like 2026-05-01, today or yesterday.", clip(v))
	}
	return fmt.Sprintf("%q is no moment. Write it like 2026-05-01, today, yesterday, 7d, 24h or 2026-05-01T10:00:00Z.", clip(v))
}

// later reports whether one value certainly lies after another.
func later(a, b string) bool {
	x, _ := parseMoment(a)
	y, _ := parseMoment(b)
	switch {
	case x.isNear && y.isNear:
		return x.daysAgo < y.daysAgo
	case !x.isNear && !y.isNear && x.wholeDays && y.wholeDays:
		return x.day.After(y.day)
	case !x.wholeDays && !y.wholeDays && !x.lastClose && !y.lastClose:
		return x.exact.After(y.exact)
	}
	return false
}

// start returns when a moment begins for a reader in zone at now, and how often
// that changes: with every midnight of theirs, or not at all.
func (m moment) start(now time.Time, zone *time.Location) (at time.Time, nightly bool) {
	switch {
	case m.isNear:
		y, mo, d := now.In(zone).Date()
		return time.Date(y, mo, d-m.daysAgo, 0, 0, 0, 0, zone), true
	case m.wholeDays:
		return time.Date(m.day.Year(), m.day.Month(), m.day.Day(), 0, 0, 0, 0, zone), false
	}
	return m.exact, false
}

// end returns when it is over: a day at the next midnight, an instant at once.
func (m moment) end(now time.Time, zone *time.Location) (at time.Time, nightly bool) {
	switch {
	case m.isNear:
		y, mo, d := now.In(zone).Date()
		return time.Date(y, mo, d-m.daysAgo+1, 0, 0, 0, 0, zone), true
	case m.wholeDays:
		return time.Date(m.day.Year(), m.day.Month(), m.day.Day()+1, 0, 0, 0, 0, zone), false
	}
	return m.exact.Add(time.Microsecond), false
}

// splitRange returns the ends of a..b.
func splitRange(v string) (from, to string, ok bool) { return strings.Cut(v, "..") }
