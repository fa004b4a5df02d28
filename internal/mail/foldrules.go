package mail

import (
	"regexp"
	"strings"
)

// maxRuleLine is the longest line, in bytes, that can begin quoted history. All
// expressions here are RE2: a mail made of quotes takes no longer than another.
const maxRuleLine = 500

var (
	// What clients write above the mail that they quote: on/am/le … wrote:, with
	// a date in it.
	attribution = regexp.MustCompile(`(?i)^\s*(?:on|am|le|el|il|den|op|em|på|at|w dniu|dne|vào|в|il giorno)\s.*\d.*\s(?:wrote|schrieb|a écrit|escribió|ha scritto|skrev|schreef|het volgende geschreven|escreveu|pisze|napisał|napisał\(a\)|napsal|napsal\(a\)|kirjoitti|írta|đã viết|пишет|написал|написала|пише)(?:\s.{0,80})?\s?:\s*$`)
	attributed  = regexp.MustCompile(`(?i)^\s*(?:on|am|le|el|il|den|op|em|på|at|w dniu|dne|vào|в|il giorno)\s.*\d`)
	// In any language: a date, an address in brackets, a colon at the end.
	byAddress = regexp.MustCompile(`^[^>]*\d.*<[^<>\s]+@[^<>\s]+>[^<>]{0,60}[:：]\s*$|^[^>]*<[^<>\s]+@[^<>\s]+>.*\d{4}.*[:：]\s*$|^在.*\d.*写道\s?[:：]\s*$`)
	// The same without a date: words of the customer's too, unless a quote follows.
	weak      = regexp.MustCompile(`(?i)^.{2,160}\s(?:wrote|writes|said|schrieb|skrev|schreef|a écrit|escribió|ha scritto|escreveu|пишет|написал)\s?:\s*$`)
	original  = regexp.MustCompile(`(?i)^\s*-{2,}\s?(?:original[ -]?(?:message|nachricht|meddelande|meddelelse|mail|e-mail)|ursprüngliche (?:nachricht|e-mail)|message d'origine|message original|mensaje original|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|messaggio originale|original appointment|wiadomość oryginalna|исходное сообщение|原始邮件|原始郵件)\s?-{2,}\s*$`)
	forward   = regexp.MustCompile(`(?i)^\s*(?:-{2,}\s?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:melding|meddelelse)|przekazana wiadomość|пересылаемое сообщение)\s?-{2,}|begin forwarded message\s?:|anfang der weitergeleiteten nachricht\s?:|début du message (?:réexpédié|transféré)\s?:|inicio del mensaje reenviado\s?:|inizio messaggio inoltrato\s?:)\s*$`)
	forwarded = regexp.MustCompile(`(?i)^\s*(?:\[[^\[\]]{1,40}\]\s*)*(?:fwd?|wg|tr|rv|enc|doorst|ilt|vb|vs|转发|轉寄)\s?[:：]`)
	// The header of a quoted mail, as Outlook and others show it.
	headFrom    = regexp.MustCompile(`(?i)^[\s*_]*(?:from|von|de|från|fra|da|van|od|от|lähettäjä|发件人|寄件者)[\s*_]*[:：][\s*_]*\S`)
	headSubject = regexp.MustCompile(`(?i)^[\s*_]*(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|aihe|主题|主旨)[\s*_]*[:：]`)
	headOther   = regexp.MustCompile(`(?i)^[\s*_]*(?:sent|to|date|cc|reply-to|gesendet|an|datum|kopie|envoyé|à|enviado(?: el)?|para|fecha|data|inviato|a|verzonden|aan|skickat|till|sendt|til|dato|wysłano|do|отправлено|кому|дата|发送时间|收件人)[\s*_]*[:：]`)
	// Below this line is what we sent.
	marker = regexp.MustCompile(`(?i)^\W*(?:please )?(?:reply|type your reply|write your reply) above this line`)
	dashes = regexp.MustCompile(`^\s*[-_=*]{2,}\s*$`)
	rule   = regexp.MustCompile(`^\s*_{2,}\s*$|^\s*-{5,}\s*$`)
	// The foot of a mailing list.
	listFoot = regexp.MustCompile(`(?i)\bmailing list\b`)
	listRule = regexp.MustCompile(`^_{2,}\s*$`)
	// What phones and programs put under a mail.
	mobile = regexp.MustCompile(`(?i)^\s*[\[(<*_]*(?:(?:sent|gesendet|envoyé|enviado|inviato|verzonden|skickat|sendt|wysłane|lähetetty) (?:from|via|with|using|mit|von|depuis|de|à partir de|desde|da|vanaf|met|från|fra|z|ze) [^,.;:!?]{2,60}\.?|von meinem [^,.;:!?]{2,40} gesendet\.?|get outlook for (?:ios|android)\S*|(?:outlook|mail) (?:für|for|pour|para|per|voor) (?:ios|android|windows)\S*.{0,60}|diese nachricht wurde von meinem .{2,40} gesendet\.?)[\])>*_]*\s*(?:<https?://\S+>)?\s*$`)
)

// isQuoted reports whether a line is marked as quoted.
func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

// isHeaderBlock reports whether the header of a quoted mail begins at line i:
// who, and besides a subject or, if there is an address, anything else. A
// customer who travels "From: Berlin To: Rome" quotes nobody.
func isHeaderBlock(lines []string, i int) bool {
	if !headFrom.MatchString(lines[i]) {
		return false
	}
	subject, other := false, 0
	for n := i + 1; n < len(lines) && n <= i+8; n++ {
		switch {
		case len(lines[n]) > maxRuleLine:
		case headSubject.MatchString(lines[n]):
			subject = true
		case headOther.MatchString(lines[n]):
			other++
		}
	}
	return subject && other > 0 || strings.Contains(lines[i], "@") && (subject || other > 0)
}

// isAttribution reports whether the line above a quoted mail begins at line i. It
// may be broken into three.
func isAttribution(lines []string, i int) bool {
	line := lines[i]
	if attribution.MatchString(line) || byAddress.MatchString(line) {
		return true
	}
	if weak.MatchString(line) && isQuoted(next(lines, i+1)) {
		return true
	}
	if !attributed.MatchString(line) {
		return false
	}
	for n := i + 1; n < len(lines) && n <= i+2; n++ {
		if isQuoted(lines[n]) || len(line) > maxRuleLine || strings.TrimSpace(lines[n]) == "" {
			return false
		}
		line = strings.TrimRight(line, " ") + " " + strings.TrimSpace(lines[n])
		if attribution.MatchString(line) || byAddress.MatchString(line) {
			return true
		}
	}
	return false
}

// next returns the first line from i on that is not blank.
func next(lines []string, i int) string {
	for ; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) != "" {
			return lines[i]
		}
	}
	return ""
}
