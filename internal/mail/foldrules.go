package mail

import (
	"regexp"
	"strings"
)

// maxRuleLine is the longest line, in bytes, that can begin quoted history. All
// expressions here are RE2, and looked at only where a line can fit: a mail made
// of quotes takes no longer than another.
const maxRuleLine = 500

var (
	forwarded = regexp.MustCompile(`(?i)^\s*(?:\[[^\[\]]{1,40}\]\s*)*(?:fwd?|wg|tr|rv|enc|doorst|ilt|i|vb|vs|vl|pd|továbbítás|転送|转发|轉寄|轉發|전달)\s?[:：]`)
	// A line of its own that says what follows: "--- Original Message ---".
	titled    = regexp.MustCompile(`^\s*[-_=*]{2,}\s*([\pL][^_=*]{2,60}?)\s*[-_=*]{2,}\s*:?\s*$`)
	forwards  = regexp.MustCompile(`(?i)forward|weitergeleitet|weiterleitung|transféré|réexpédié|transmis|reenviad|encaminhad|reencaminhad|inoltrat|doorgestuurd|vidarebeford|videresend|videresent|przekazan|přeposlan|továbbított|välitetty|edirektuta|iletilen|πρoωθημένο|προωθημένο|пересыла|перенаправлен|пересланн|переслан|препратен|转发|轉寄|轉發|転送|전달|הועברה|معاد توجيه|được chuyển tiếp|diteruskan|redirecționat`)
	apple     = regexp.MustCompile(`(?i)^\s*>?\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|início da mensagem (?:reenviada|encaminhada)|inizio(?: del)? messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev|videresendt besked|start på videresendt (?:besked|melding)|początek przekazywanej wiadomości|начало переадресованного сообщения|下面是被转发的邮件|以下は転送されたメッセージです|전달된 메시지)\s?[:：]\s*$`)
	originals = regexp.MustCompile(`(?i)original|ursprüng|ursprung|oorspronkelijk|oprindelig|opprinnelig|alkuperäinen|oryginaln|původní|pôvodn|eredeti|исходн|оригинал|orijinal|özgün|αρχικό|原始|元のメッセージ|원본|هذه الرسالة الأصلية|הודעה מקורית|gốc|asli|origine|reply message|antwort|mensaje anterior`)
	// Below this line is what we sent.
	marker = regexp.MustCompile(`(?i)^\W*(?:(?:please )?(?:reply|type your reply|write your reply|add your reply|enter your reply) (?:above|over) this line|(?:bitte )?(?:antworten sie|antwort(?:en)?|schreiben sie) (?:bitte )?(?:ober|über)(?:halb)? diese[rs]? (?:zeile|linie)|(?:merci de )?répond(?:ez|re) au-dessus de cette ligne|(?:por favor,? )?(?:responda|escriba su respuesta) (?:por )?encima de esta línea|(?:typ|schrijf) uw antwoord boven deze (?:regel|lijn)|svara (?:ovanför|över) (?:denna|den här) (?:rad|linje))`)
	aLine  = regexp.MustCompile(`(?i)line|zeile|linie|ligne|línea|regel|lijn|rad`)
	dashes = regexp.MustCompile(`^\s*[-_=*]{2,}\s*$`)
	rule   = regexp.MustCompile(`^\s*_{2,}\s*$|^\s*-{5,}\s*$`)
	// The foot of a mailing list.
	listFoot = regexp.MustCompile(`(?i)\bmailing list\b|\byou received this message because you are subscribed\b`)
	listRule = regexp.MustCompile(`^_{2,}\s*$|^-{2,} ?$`)
	// What phones and programs put under a mail.
	mobile = regexp.MustCompile(`(?i)^\s*[\[(<*_]*(?:(?:sent|gesendet|envoyée?|enviado|inviato|inviata|verzonden|verstuurd|skickat|sendt|wysłan[eoy]|lähetetty|odesláno|odoslané|trimis|poslano|отправлено|надіслано|изпратено|στάλθηκε|gönderildi|đã gửi|dikirim) (?:from|via|with|using|mit|von|vom|über|depuis|de|du|par|avec|à partir de|a través de|desde|con|do|da|dal|pelo|vanaf|met|via|från|fra|z|ze|z|pe|s|sa|с|з|от|από|từ|dari) [^,;:!?]{2,80}\.?|lähetetty \S+(?:sta|stä)|von meinem [^,.;:!?]{2,40} gesendet\.?|(?:get|download|hol dir|télécharge[rz]|obtener|obtén|baixar|scarica|ontvang|hämta|hent|pobierz) outlook (?:for|für|pour|para|per|voor|för|til|dla) (?:ios|android)\S*|outlook (?:for|für) (?:ios|android) (?:beziehen|herunterladen)\S*|(?:outlook|mail) (?:für|for|pour|para|per|voor) (?:ios|android|windows)\S*.{0,60}|diese nachricht wurde von meinem .{2,40} gesendet\.?|発信|\S*(?:から送信|より送信)|(?:发自|發自|从|從|來自)我的\s?\S+.*|\S.{0,30}에서 보냄)[\])>*_]*\s*(?:<https?://\S+>)?\s*$`)
	device = regexp.MustCompile(`(?i)iphone|ipad|ipod|ios\b|android|samsung|galaxy|black ?berry|outlook|\bmail\b|yahoo|gmail|proton|windows|huawei|xiaomi|redmi|oppo|oneplus|nokia|sony|htc\b|pixel|mobil|smartphone|handy|phone|tablet|telefon|téléphone|teléfono|telefone|телефон|发自|發自|から送信|より送信|보냄|我的`)
)

// isQuoted reports whether a line is marked as quoted.
func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t\u00a0"), ">") }

type sep int

const (
	sepNone sep = iota
	sepHistory
	sepForward
)

// separator says what a line announces that stands above quoted history.
func (f *folding) separator(i int) sep {
	line := f.lines[i]
	switch {
	case endsWithColon(line) && apple.MatchString(line):
		return sepForward
	case aLine.MatchString(line) && marker.MatchString(line):
		return sepHistory
	case !strings.ContainsAny(clip(strings.TrimSpace(line), 1), "-_=*"):
		return sepNone
	}
	if f.isListFoot(i) {
		return sepHistory
	}
	below := f.after[i+1]
	m := titled.FindStringSubmatch(line)
	switch {
	case m == nil:
	case forwards.MatchString(m[1]):
		return sepForward
	case originals.MatchString(m[1]), below < len(f.lines) && f.isHeaderBlock(below):
		return sepHistory
	}
	return sepNone
}

// isListFoot reports whether the foot of a mailing list begins at a line.
func (f *folding) isListFoot(i int) bool {
	below := f.after[i+1]
	return below < len(f.lines) && listRule.MatchString(f.lines[i]) && listFoot.MatchString(clip(f.lines[below], maxRuleLine))
}

// next returns the first line from i on that is not blank.
func next(lines []string, i int) string {
	for ; i < len(lines); i++ {
		if !isBlank(lines[i]) {
			return lines[i]
		}
	}
	return ""
}
