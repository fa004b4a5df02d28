package mail

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// months are the names of months as they begin, by language; where one begins like
// another, the longer goes before.
var months = func() map[string]time.Month {
	m := map[string]time.Month{}
	for i, names := range []string{
		`jan january januar janvier enero ene gennaio gen januari janeiro styczeń stycznia sty leden ledna led január január января янв январь січня ocak oca tammikuuta tammikuu ιανουαρίου`,
		`feb february februar février févr fevr febrero febbraio februari fevereiro fev luty lutego lut únor února února február февраля фев февраль лютого şubat şub helmikuuta helmikuu φεβρουαρίου`,
		`mar march märz maerz mrz mars marzo maart mrt março marzec marca března brezen március марта мар март березня mart maaliskuuta maaliskuu μαρτίου`,
		`apr april avril avr abril abr aprile kwiecień kwietnia kwi dubna duben április апреля апр апрель квітня nisan nis huhtikuuta huhtikuu απριλίου`,
		`may mai mayo maggio mag mei maj maja maio května květen május мая май травня mayıs toukokuuta toukokuu μαΐου`,
		`jun june juni juin junio giugno giu junho czerwiec czerwca cze června červen június июня июн июнь червня haziran haz kesäkuuta kesäkuu ιουνίου`,
		`jul july juli juillet juil julio luglio lug julho lipiec lipca lip července červenec július июля июл июль липня temmuz tem heinäkuuta heinäkuu ιουλίου`,
		`aug august août aout agosto ago augustus augusti sierpień sierpnia sie srpna srpen augusztus августа авг август серпня ağustos ağu elokuuta elokuu αυγούστου`,
		`sep sept september septembre septiembre settembre set setembro wrzesień września wrz září szeptember сентября сен сентябрь вересня eylül eyl syyskuuta syyskuu σεπτεμβρίου`,
		`oct october oktober okt octobre octubre ottobre ott outubro out październik października paź října říjen október октября окт октябрь жовтня ekim eki lokakuuta lokakuu οκτωβρίου`,
		`nov november novembre noviembre novembro listopad listopada lis listopadu ноября ноя ноябрь листопада kasım kas marraskuuta marraskuu νοεμβρίου`,
		`dec december dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia gru prosince prosinec декабря дек декабрь грудня aralık ara joulukuuta joulukuu δεκεμβρίου`,
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = time.Month(i + 1)
		}
	}
	return m
}()

var (
	clock    = regexp.MustCompile(`(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?`)
	eastern  = regexp.MustCompile(`(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|(\d{4})\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일`)
	numbers  = regexp.MustCompile(`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b|\b(\d{1,2})([-/.])\s?(\d{1,2})[-/.]\s?(\d{4})\b`)
	offset   = regexp.MustCompile(`([+-])(\d{2}):?(\d{2})\b`)
	universe = regexp.MustCompile(`\b(?:UTC|GMT|Z)\b`)
)

// zone returns in which zone who wrote m was: what they hand on shows times in it.
func (m *Mail) zone() *time.Location {
	t, err := mail.ParseDate(strings.Join(strings.Fields(headerClean(m.Header.Get("Date"))), " "))
	if err != nil {
		return time.UTC
	}
	return t.Location()
}

// readDate reads a date as mail programs show it to people, in UTC. It is zero where
// a date could be two days.
func readDate(s string, zone *time.Location) time.Time {
	if s = clip(s, maxRuleLine); s == "" {
		return time.Time{}
	}
	if t := parseDate(s); !t.IsZero() {
		if offset.MatchString(s) || universe.MatchString(s) {
			return t
		}
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone).UTC()
	}
	year, month, day, rest, ok := dayOf(s)
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 || year < 1970 || year > 2200 {
		return time.Time{}
	}
	if o := offset.FindStringSubmatch(rest); o != nil {
		h, _ := strconv.Atoi(o[2])
		m, _ := strconv.Atoi(o[3])
		seconds := h*3600 + m*60
		if o[1] == "-" {
			seconds = -seconds
		}
		zone = time.FixedZone("", seconds)
	} else if universe.MatchString(rest) {
		zone = time.UTC
	}
	hour, minute, second := clockOf(rest)
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, zone).UTC()
}

// dayOf finds a day in a date, and returns what is left of it.
func dayOf(s string) (year, month, day int, rest string, ok bool) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := eastern.FindStringSubmatch(s); m != nil {
		if m[1] == "" {
			m = m[3:]
		}
		return number(m[1]), number(m[2]), number(m[3]), eastern.ReplaceAllString(s, " "), true
	}
	if m := numbers.FindStringSubmatch(s); m != nil {
		rest = numbers.ReplaceAllString(s, " ")
		if m[1] != "" {
			return number(m[1]), number(m[2]), number(m[3]), rest, true
		}
		a, b := number(m[4]), number(m[6])
		switch {
		case m[5] == "." || a > 12:
			return number(m[7]), b, a, rest, true
		case b > 12 || a == b:
			return number(m[7]), a, b, rest, true
		}
		return 0, 0, 0, "", false // the day and the month could be each other
	}
	var left []string
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '(' || r == ')' }) {
		bare := strings.ToLower(strings.TrimRight(word, ".,"))
		n, err := strconv.Atoi(strings.TrimRight(strings.TrimRight(bare, "ºª"), "stndrh"))
		switch {
		case months[bare] != 0 && month == 0:
			month = int(months[bare])
		case err == nil && n >= 1970 && n < 2200 && year == 0:
			year = n
		case err == nil && n >= 1 && n <= 31 && day == 0:
			day = n
		default:
			left = append(left, word)
		}
	}
	return year, month, day, strings.Join(left, " "), year != 0 && month != 0 && day != 0
}

// clockOf finds a time of day; midnight if there is none.
func clockOf(s string) (hour, minute, second int) {
	m := clock.FindStringSubmatch(offset.ReplaceAllString(s, " "))
	if m == nil {
		return 0, 0, 0
	}
	hour, _ = strconv.Atoi(m[1])
	minute, _ = strconv.Atoi(m[2])
	second, _ = strconv.Atoi(m[3])
	later := strings.EqualFold(m[4], "p") || strings.Contains(s, "下午") || strings.Contains(s, "午後") || strings.Contains(s, "오후")
	switch {
	case later && hour < 12:
		hour += 12
	case strings.EqualFold(m[4], "a") && hour == 12:
		hour = 0
	}
	if hour > 23 || minute > 59 || second > 59 {
		return 0, 0, 0
	}
	return hour, minute, second
}
