package mail

import (
	"regexp"
	"strings"
	"unicode"
)

// maxAttribution is over how many lines an attribution may be broken.
const maxAttribution = 4

// A date as attributions have it: a year, a time or a date in numbers.
var dated = regexp.MustCompile(`(?:19|20)\d\d|\d{1,2}[:.h]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d\s?[年月]|[٠-٩]{1,2}`)

// wrote are the words for it at the end of, or in, the line above a quoted mail.
var wrote = wordSet(`wrote writes said schrieb schreibt geschrieben écrit ecrit écrivait escribió escribio escribía escriu escriure scritto scrive skrev skriver skrifaði schreef geschreven
	escreveu escrito pisze napisał napisał(a) napisała napisał/a napisal napsal napsal(a) napsala napísal napísal(a) napísala napisao napisala napisao/la kirjoitti kirjutas rašė rakstīja írta viết
	пишет написал написала написал(а) пише написав написала написа написао писал yazdı yazdi yazmış έγραψε scris menulis idatzi scríobh ysgrifennodd كتب كتبت כתב כתבה نوشت लिखा เขียนว่า 작성 写道 寫道 写到`)

// glued are words of scripts without spaces between words.
var glued = []string{"写道", "寫道", "书写", "書きました", "書き込み", "のメール", "님이 작성", "เขียน"}

// begins are the words with which the line above a quoted mail begins, besides a
// day, a month or a number.
var begins = wordSet(`on am le el il la den op em på at w dne dňa vào в у il in id la a às kl kl. ons tir man tor fre lør søn mån tis lör sön datum date at los els à dana dne pe na στις ngày pada tarihinde tarihində בתאריך ב- في 在 于 於
	mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so lun mar mer jeu ven sam dim lun. mar. mer. jeu. ven. sam. dim.
	lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lun mié jue vie sáb dom seg ter qua qui sex segunda terça quarta quinta sexta lunedì martedì mercoledì giovedì venerdì sabato domenica gio
	maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag pon wt śr czw pt sob ndz niedz poniedziałek wtorek środa czwartek piątek sobota niedziela
	пн вт ср чт пт сб вс понедельник вторник среда четверг пятница суббота воскресенье ma ti ke to pe la su jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november december`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// isAttribution reports whether the line above a quoted mail begins at line i. It
// may be broken into several. If the quote is not marked, the line must say when
// and who: customers write "my neighbour wrote:" as well.
func (f *folding) isAttribution(i int) bool {
	starts := opens(f.lines[i])
	length := 0
	for n := i; n < len(f.lines) && n < i+maxAttribution; n++ {
		length += len(f.lines[n])
		if n > i && (!starts || isQuoted(f.lines[n]) || f.after[n] != n) || length > maxRuleLine {
			return false
		}
		quoted := f.after[n+1] < len(f.lines) && isQuoted(f.lines[f.after[n+1]])
		if !quoted && !endsWithColon(f.lines[n]) || !attributes(strings.Join(f.lines[i:n+1], " "), starts, quoted) {
			continue
		}
		for k := i + 1; k <= n; k++ { // the lines above it may be the customer's
			if opens(f.lines[k]) && attributes(strings.Join(f.lines[k:n+1], " "), true, quoted) {
				return false
			}
		}
		return true
	}
	return false
}

// endsWithColon reports whether a line does, but for marks around it.
func endsWithColon(line string) bool {
	line = strings.TrimRight(line, " \t*_\u00a0\u200e\u200f")
	return strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")
}

// attributes reports whether a line attributes what follows; quoted says whether
// that is marked as a quote.
func attributes(text string, starts, quoted bool) bool {
	colon, address := endsWithColon(text), hasAddress(text)
	if !colon && !(address && quoted) && !(starts && quoted) {
		return false
	}
	verb := says(text)
	if !verb && !address && !quoted {
		return false
	}
	date := dated.MatchString(text)
	switch {
	case colon && date && address, colon && date && verb && starts:
		return true
	case !quoted:
		return false
	case colon:
		return verb || address || date && starts
	}
	return date && address || verb && starts && date
}

// hasAddress reports whether a text has an address in brackets, as clients put it
// beside a name.
func hasAddress(text string) bool {
	for range 4 {
		i := strings.IndexByte(text, '@')
		if i < 1 {
			return false
		}
		left, right := text[:i], text[i:]
		if open := strings.LastIndexAny(left, "<([ "); open >= 0 && open < i-1 {
			if left[open] == ' ' {
				left = strings.TrimRight(left[:open], " ")
				open = len(left) - 1
			}
			end := strings.IndexAny(right, ">)] ")
			if end > 0 && right[end] == ' ' {
				end = len(right) - len(strings.TrimLeft(right[end:], " "))
			}
			if open >= 0 && strings.IndexByte("<([", left[open]) >= 0 && end > 1 && end < len(right) && strings.IndexByte(">)]", right[end]) >= 0 {
				return true
			}
		}
		text = right[1:]
	}
	return false
}

// says reports whether a text has a word for writing in it.
func says(text string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if wrote[strings.Trim(w, ":：,.*_\"'<>\u00a0\u200e\u200f")] || wrote[strings.TrimRight(w, ":：")] {
			return true
		}
	}
	for _, g := range glued {
		if strings.Contains(text, g) {
			return true
		}
	}
	return false
}

// opens reports whether a line begins as an attribution does: with a day, a date
// or the word before it.
func opens(line string) bool {
	line = strings.TrimLeft(line, " \t*_-\u00a0\u200e\u200f")
	word, _, _ := strings.Cut(clip(line, 60), " ")
	word = strings.ToLower(strings.TrimRight(word, ","))
	if word == "" {
		return false
	}
	first := []rune(word)[0]
	return unicode.IsDigit(first) || begins[word] || begins[string(first)] && first > 0x2e80
}
