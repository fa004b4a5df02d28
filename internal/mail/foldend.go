package mail

import (
	"regexp"
	"strings"
)

// maxBoilerplate is how many paragraphs at the end of a mail are looked at.
const maxBoilerplate = 6

// Words that texts which lawyers put under mails are made of, by language. A
// paragraph with several of them, at the end of a mail, is one.
var legal = regexp.MustCompile(`(?i)\b(?:confidential\w*|privileged|intended (?:solely|only|recipient|for)|addressee|unauthori[sz]ed|disclos\w+|disseminat\w+|please (?:notify|delete)|notify the sender|in error|viruses|legally|` +
	`vertraulich\w*|adressat\w*|empfänger|unbefugt\w*|irrtümlich|vernichten|unzulässig|gestattet|` +
	`confidentiel\w*|destinataire\w*|par erreur|divulgation|détrui(?:re|sez)|strictement|` +
	`confidencial\w*|destinatari[oa]s?|por error|por engano|divulgação|prohibid[oa]|proibid[oa]|` +
	`riservat\w*|per errore|distruggere|vietat\w*|vertrouwelijk\w*|geadresseerde|onbevoegd\w*|ten onrechte|konfidentiell\w*|mottagaren|obehörig\w*|fortrolig\w*|modtageren|mottakeren|poufn\w+|adresat\w*)\b|конфиденциальн|адресат|по ошибке|機密|保密|秘密情報`)

// Lines that programs and mail servers put under mails.
var advert = regexp.MustCompile(`(?i)^\W*(?:virus[- ]free\b|this e?-?mail has been (?:checked|scanned)|diese e-mail wurde von .{2,40} (?:auf viren )?(?:geprüft|gesendet)|l'absence de virus|este correo .{0,40}(?:libre|ausente) de virus|(?:please |think |before |bitte |merci de |antes de |pensez ).{0,60}(?:print|drucken|imprim|environ|umwelt|medio ambiente|meio ambiente)|scanned by|www\.avast\.com|you received this message because you are subscribed|to unsubscribe from this (?:group|list)|to view this discussion|for more options, visit https?://)|^\s*-{5}BEGIN PGP SIGNATURE-{5}\s*$`)

// boilerplate returns the line at which texts begin that nobody wrote for this
// mail, at the end of lines, or their number. Something must stand above them.
func boilerplate(lines []string) int {
	cut := len(lines)
	for range maxBoilerplate {
		end := cut
		for end > 0 && (isBlank(lines[end-1]) || dashes.MatchString(clip(lines[end-1], maxRuleLine))) {
			end--
		}
		begin := end
		for begin > 0 && !isBlank(lines[begin-1]) && !dashes.MatchString(clip(lines[begin-1], maxRuleLine)) && end-begin < 40 {
			begin--
		}
		if begin == 0 || begin == end || !isBoilerplate(lines[begin:end]) {
			return cut
		}
		cut = begin
	}
	return cut
}

// isBoilerplate reports whether a paragraph is such a text.
func isBoilerplate(paragraph []string) bool {
	if advert.MatchString(clip(paragraph[0], maxRuleLine)) {
		return true
	}
	text := clip(strings.Join(paragraph, " "), 4000)
	if len(text) < 80 || strings.Contains(text, "?") || isQuoted(paragraph[0]) {
		return false
	}
	seen := map[string]bool{}
	for _, w := range legal.FindAllString(text, 40) {
		seen[strings.ToLower(w)] = true
	}
	return len(seen) >= 3
}
