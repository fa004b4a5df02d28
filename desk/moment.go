package desk

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Moments as people write them, for snoozing: "tue 9am", "in 3 hours", "tomorrow",
// "next month", "12 june 14:30". They are understood in the zone of the moment
// they are written in, and always lie ahead.

// The hours that words without a time stand for.
const (
	morning   = 9
	afternoon = 14
	evening   = 18
	dayEnd    = 17
)

// maxMoment is how long a moment may be written, in bytes.
const maxMoment = 100

// Suggestion is a moment that people snooze until often.
type Suggestion struct {
	Name string
	At   time.Time
}

// Suggestions are the moments to choose from at now, in its zone, earliest first.
func Suggestions(now time.Time) []Suggestion {
	var all []Suggestion
	add := func(name string, at time.Time) {
		if at.After(now) && (len(all) == 0 || at.After(all[len(all)-1].At)) {
			all = append(all, Suggestion{name, at})
		}
	}
	later := now.Add(3 * time.Hour).Truncate(15 * time.Minute)
	if later.YearDay() == now.YearDay() && later.Hour() < 21 {
		add("later", later)
	}
	if now.Hour() < evening-1 {
		add("evening", clockOn(now, 0, evening, 0))
	}
	add("tomorrow", clockOn(now, 1, morning, 0))
	if d := now.Weekday(); d >= time.Monday && d <= time.Thursday {
		add("weekend", clockOn(now, until(d, time.Saturday), morning, 0))
	}
	add("next_week", clockOn(now, until(now.Weekday(), time.Monday), morning, 0))
	add("next_month", time.Date(now.Year(), now.Month()+1, 1, morning, 0, 0, 0, now.Location()))
	return all
}

// ParseMoment returns the moment that text means at now, in now's zone. What it
// does not understand, and what has passed, it refuses.
func ParseMoment(text string, now time.Time) (time.Time, error) {
	if len(text) > maxMoment {
		return time.Time{}, errMoment
	}
	p := moment{words: wordsOf(text), now: now, hour: -1}
	if len(p.words) == 0 || !p.read() {
		return time.Time{}, errMoment
	}
	at := p.at()
	switch {
	case p.wrong || at.Year() > now.Year()+5:
		return time.Time{}, errMoment
	case !at.After(now):
		return time.Time{}, invalidField("text", "This moment has passed. Choose a later one.")
	}
	return at.Truncate(time.Second), nil
}

var errMoment = invalidField("text", "This is no moment that Parley understands. Write it like “tue 9am”, “in 3 hours”, “tomorrow” or “12 june 14:30”.")

// moment reads words one after the other into a day and a time of day.
type moment struct {
	words []string
	now   time.Time

	day      time.Time // midnight of the day that was said
	hasDay   bool
	rolls    bool // the day was said without a year or by its weekday: the next one is meant
	step     func(time.Time) time.Time
	hour     int // -1 when none was said
	minute   int
	shift    time.Duration // "in 3 hours"
	exact    time.Time     // a moment that needs no time of day
	wrong    bool
	standard int // the hour of the word that was said
}

// wordsOf splits text into lower case words, and "9am" into "9" and "am".
func wordsOf(text string) []string {
	var b strings.Builder
	var last rune
	for _, r := range strings.ToLower(text) {
		if r == ',' {
			r = ' '
		}
		if unicode.IsDigit(last) && unicode.IsLetter(r) || unicode.IsLetter(last) && unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.Fields(b.String())
}

// next returns the word in front and drops it.
func (p *moment) next() string {
	if len(p.words) == 0 {
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *moment) peek(n int) string {
	if len(p.words) <= n {
		return ""
	}
	return p.words[n]
}

// read reads all words and reports whether each had a meaning.
func (p *moment) read() bool {
	for len(p.words) > 0 {
		if !p.one() {
			return false
		}
	}
	return true
}

func (p *moment) one() bool {
	w := p.next()
	switch w {
	case "at", "on", "the", "until", "till", "this", "@", "of":
		return len(p.words) > 0
	case "in":
		return p.distance(p.next())
	case "next":
		return p.following(p.next())
	case "later":
		p.exact = p.now.Add(3 * time.Hour)
		if p.peek(0) == "today" {
			p.next()
		}
		return true
	}
	if p.dayWord(w) || p.hourWord(w) {
		return true
	}
	if n := amount(w); n >= 0 && unit(p.peek(0)) != "" && !p.hasDay {
		return p.distance(w)
	}
	return p.number(w)
}

// dayWord reads today, tomorrow, a weekday, the weekend, or a date by its month.
func (p *moment) dayWord(w string) bool {
	switch w {
	case "today":
		return p.setDay(0, false)
	case "tomorrow", "tmr", "tomorow", "tmrw":
		return p.setDay(1, false)
	case "tonight":
		p.standard = evening
		return p.setDay(0, false)
	case "weekend":
		return p.setDay(until(p.now.Weekday(), time.Saturday), false)
	case "eow":
		p.standard = dayEnd
		return p.setDay((int(time.Friday)-int(p.now.Weekday())+7)%7, true)
	case "eod":
		p.standard = dayEnd
		return p.setDay(0, false)
	case "end":
		return p.end()
	}
	if d, ok := weekday(w); ok {
		return p.setDay((int(d)-int(p.now.Weekday())+7)%7, true)
	}
	if m := month(w); m > 0 {
		n, err := strconv.Atoi(strings.TrimRight(p.peek(0), "."))
		if err != nil {
			return false
		}
		p.next()
		return p.date(0, m, n)
	}
	return false
}

// end reads "end of day" and "end of week".
func (p *moment) end() bool {
	if p.peek(0) == "of" {
		p.next()
	}
	if p.peek(0) == "the" {
		p.next()
	}
	switch p.next() {
	case "day":
		return p.dayWord("eod")
	case "week":
		return p.dayWord("eow")
	}
	return false
}

// hourWord reads a time of day that has a name.
func (p *moment) hourWord(w string) bool {
	hours := map[string]int{"morning": morning, "noon": 12, "lunch": 12, "afternoon": afternoon, "evening": evening, "night": evening}
	h, ok := hours[w]
	if !ok || p.hour >= 0 {
		return false
	}
	p.hour = h
	return true
}

// distance reads what follows "in": an amount and a unit.
func (p *moment) distance(w string) bool {
	n, u := amount(w), unit(p.next())
	if n < 0 || n > 10_000 || u == "" || p.hasDay || p.step != nil || p.shift != 0 {
		return false
	}
	switch u {
	case "minute":
		p.shift = time.Duration(n) * time.Minute
	case "hour":
		p.shift = time.Duration(n) * time.Hour
	case "day":
		p.step = func(t time.Time) time.Time { return t.AddDate(0, 0, n) }
	case "week":
		p.step = func(t time.Time) time.Time { return t.AddDate(0, 0, 7*n) }
	case "month":
		p.step = func(t time.Time) time.Time { return addMonths(t, n) }
	case "year":
		p.step = func(t time.Time) time.Time { return addMonths(t, 12*n) }
	}
	return n > 0
}

// following reads what comes after "next".
func (p *moment) following(w string) bool {
	switch w {
	case "week":
		return p.setDay(until(p.now.Weekday(), time.Monday), false)
	case "month":
		return p.set(time.Date(p.now.Year(), p.now.Month()+1, 1, 0, 0, 0, 0, p.now.Location()), false)
	case "year":
		return p.set(time.Date(p.now.Year()+1, 1, 1, 0, 0, 0, 0, p.now.Location()), false)
	}
	if d, ok := weekday(w); ok { // never today
		return p.setDay(until(p.now.Weekday(), d), false)
	}
	return false
}

// number reads what begins with a digit: a time, or a date.
func (p *moment) number(w string) bool {
	switch {
	case strings.Count(w, "-") == 2:
		d, err := time.Parse("2006-1-2", w)
		return err == nil && p.date(d.Year(), d.Month(), d.Day())
	case strings.Contains(w, ":"):
		h, m, _ := strings.Cut(w, ":")
		return p.clock(h, m)
	case strings.Count(w, ".") >= 1 && p.peek(0) != "am" && p.peek(0) != "pm":
		return p.dotted(w)
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < 0 {
		return false
	}
	if s := p.peek(0); s == "st" || s == "nd" || s == "rd" || s == "th" {
		p.next()
	}
	if p.peek(0) == "of" {
		p.next()
	}
	if m := month(p.peek(0)); m > 0 {
		p.next()
		return p.date(0, m, n)
	}
	if n >= 2000 && p.hasDay && p.rolls { // the year after "12 june"
		return p.set(time.Date(n, p.day.Month(), p.day.Day(), 0, 0, 0, 0, p.now.Location()), false)
	}
	return p.clock(w, "0")
}

// dotted reads 12.6. and 12.6.2026.
func (p *moment) dotted(w string) bool {
	parts := strings.Split(strings.TrimRight(w, "."), ".")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	var n [3]int
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v <= 0 {
			return false
		}
		n[i] = v
	}
	if n[1] > 12 {
		return false
	}
	return p.date(n[2], time.Month(n[1]), n[0])
}

// clock reads a time of day, with am or pm after it.
func (p *moment) clock(hour, minute string) bool {
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if err != nil || err2 != nil || m < 0 || m > 59 || h < 0 || p.hour >= 0 {
		return false
	}
	switch p.peek(0) {
	case "am", "a.m.":
		p.next()
		if h < 1 || h > 12 {
			return false
		}
		h %= 12
	case "pm", "p.m.":
		p.next()
		if h < 1 || h > 12 {
			return false
		}
		h = h%12 + 12
	case "h", "uhr":
		p.next()
	}
	p.hour, p.minute = h, m
	return h < 24
}

// setDay says a day by its distance from today.
func (p *moment) setDay(days int, rolls bool) bool {
	return p.set(clockOn(p.now, days, 0, 0), rolls)
}

func (p *moment) set(day time.Time, rolls bool) bool {
	if p.hasDay && !p.rolls || p.step != nil {
		return false
	}
	p.day, p.hasDay, p.rolls = day, true, rolls
	return true
}

// date says a day of the calendar; year 0 is the next one.
func (p *moment) date(year int, m time.Month, day int) bool {
	if p.hasDay {
		return false
	}
	y := year
	if y == 0 {
		y = p.now.Year()
	}
	if y < 2000 || y > 2200 {
		return false
	}
	d := time.Date(y, m, day, 0, 0, 0, 0, p.now.Location())
	if year == 0 && d.Before(clockOn(p.now, 0, 0, 0)) {
		d = time.Date(y+1, m, day, 0, 0, 0, 0, p.now.Location())
	}
	if d.Day() != day || d.Month() != m { // the 31st of June
		p.wrong = true
	}
	return p.set(d, year == 0)
}

// at puts together what was read.
func (p *moment) at() time.Time {
	switch {
	case p.shift != 0:
		p.wrong = p.wrong || p.hasDay || p.hour >= 0
		return p.now.Add(p.shift)
	case !p.exact.IsZero():
		p.wrong = p.wrong || p.hasDay || p.hour >= 0
		return p.exact
	case p.step != nil && p.hour < 0:
		return p.step(p.now)
	case p.step != nil:
		return clockOn(p.step(p.now), 0, p.hour, p.minute)
	}
	h, m := p.hour, p.minute
	if h < 0 {
		h = morning
		if p.standard != 0 {
			h = p.standard
		}
	}
	if p.standard == evening && p.hour > 0 && p.hour < 12 { // tonight at 8
		h = p.hour + 12
	}
	if !p.hasDay {
		at := clockOn(p.now, 0, h, m)
		if !at.After(p.now) {
			at = clockOn(p.now, 1, h, m)
		}
		return at
	}
	at := clockOn(p.day, 0, h, m)
	if p.rolls && !at.After(p.now) && p.day.Sub(p.now) < 24*time.Hour && p.day.Year() == p.now.Year() && p.day.YearDay() == p.now.YearDay() {
		at = clockOn(p.day, 7, h, m) // its weekday is today and the time has passed
	}
	return at
}

// clockOn is a time of day, some days after t's day. A time that a change of the
// clocks leaves out is the one after it.
func clockOn(t time.Time, days, hour, minute int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, hour, minute, 0, 0, t.Location())
}

// until is how many days lie before the next weekday of a kind: 1 to 7.
func until(from, to time.Weekday) int { return (int(to)-int(from)+6)%7 + 1 }

// addMonths stays within the month it reaches: a month after 31 January is 28 February.
func addMonths(t time.Time, n int) time.Time {
	last := time.Date(t.Year(), t.Month()+time.Month(n)+1, 0, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	return last.AddDate(0, 0, min(0, t.Day()-last.Day()))
}

// amount reads how many; -1 is none.
func amount(w string) int {
	switch w {
	case "a", "an", "one":
		return 1
	case "two":
		return 2
	case "three":
		return 3
	}
	n, err := strconv.Atoi(w)
	if err != nil {
		return -1
	}
	return n
}

// unit returns the unit that a word stands for, or "".
func unit(w string) string {
	switch w {
	case "m", "min", "mins", "minute", "minutes":
		return "minute"
	case "h", "hr", "hrs", "hour", "hours":
		return "hour"
	case "d", "day", "days":
		return "day"
	case "w", "wk", "week", "weeks":
		return "week"
	case "mo", "month", "months":
		return "month"
	case "y", "year", "years":
		return "year"
	}
	return ""
}

// weekday reads a weekday by its name or at least three letters of it.
func weekday(w string) (time.Weekday, bool) {
	w = strings.TrimRight(w, ".")
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(w) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), w) {
			return d, true
		}
	}
	return 0, false
}

// month reads a month by its name or at least three letters of it; 0 is none.
func month(w string) time.Month {
	w = strings.TrimRight(w, ".")
	for m := time.January; m <= time.December; m++ {
		if len(w) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), w) {
			return m
		}
	}
	return 0
}
