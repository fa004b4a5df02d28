package mail

import "strings"

// field is what a line of the header of a quoted mail is about.
type field int

const (
	fieldNone field = iota
	fieldFrom
	fieldDate
	fieldTo
	fieldSubject
	fieldText // a form's, not a mail's
)

// fields are the names that mail programs give to them, in lower case.
var fields = func() map[string]field {
	m := map[string]field{}
	for f, names := range map[field]string{
		fieldFrom:    `from|von|de|från|fra|da|van|od|от|від|lähettäjä|feladó|kimden|gönderen|από|מאת|من|从|寄件者|寄件人|发件人|發件人|差出人|送信者|보낸 사람|보낸사람|từ|dari|expéditeur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|expeditor|absender|saatja|nuo|no|šalje|отправитель|người gửi|จาก`,
		fieldDate:    `sent|date|gesendet|datum|envoyé|envoyée|date d'envoi|enviado|enviado el|enviada|enviada em|fecha|data|inviato|data invio|verzonden|verzonden op|skickat|sendt|dato|wysłano|odesláno|odoslané|elküldve|dátum|dátuma|отправлено|дата|надіслано|дата отправки|lähetetty|päivämäärä|gönderilen|gönderildi|tarih|ημερομηνία|estάλη|στάλθηκε|נשלח|تاريخ الإرسال|التاريخ|تم الإرسال|发送时间|发送日期|日期|傳送時間|寄件日期|日時|送信日時|送信日|보낸 날짜|날짜|trimis|data trimiterii|ngày|đã gửi|dikirim|tanggal|received|empfangen|poslano|วันที่`,
		fieldTo:      `to|an|à|pour|para|a|aan|till|til|do|komu|címzett|кому|до|vastaanottaja|kime|alıcı|προς|אל|إلى|收件人|收件者|宛先|받는 사람|받는사람|către|đến|tới|kepada|cc|kopie|copie|kopia|kopi|kopio|копия|копія|bilgi|κοιν.|עותק|نسخة|抄送|副本|参照|reply-to|antwort an|répondre à|responder a|destinataire|destinatario|empfänger|ถึง|bcc|mottagare|za`,
		fieldSubject: `subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|predmet|tárgy|тема|aihe|otsikko|konu|θέμα|נושא|الموضوع|主题|主旨|主題|件名|제목|subiect|subiectul|chủ đề|tiêu đề|perihal|subjek|re|betr|betr.|teema|tema|vec|หัวข้อ|เรื่อง`,
		fieldText:    `message|nachricht|comment|comments|kommentar|question|frage|mensaje|mensagem|messaggio|bericht|meddelande|besked|melding|body|text|phone|telefon|telephone|téléphone|teléfono|name|nom|nombre|vorname|nachname|order|bestellnummer|сообщение|имя|телефон|wiadomość`,
	} {
		for name := range strings.SplitSeq(names, "|") {
			m[name] = f
		}
	}
	return m
}()

// fieldOf returns what a line of a header is about, and its value.
func fieldOf(line string) (field, string) {
	if len(line) > maxRuleLine {
		return fieldNone, ""
	}
	line = strings.TrimLeft(line, " \t*_|>\u00a0\u200e\u200f")
	i := strings.IndexAny(line, ":：")
	if i < 1 || i > 60 {
		return fieldNone, ""
	}
	name := strings.ToLower(strings.Trim(line[:i], " \t*_\u00a0\u200e\u200f"))
	return fields[name], strings.Trim(strings.TrimLeft(line[i:], ":："), " \t*_\u00a0")
}

// isHeaderBlock reports whether the header of a quoted mail begins at line i, as
// Outlook and others show it: who, and besides when or to whom, and a subject or
// an address. A customer who travels "From: Berlin To: Rome" quotes nobody, nor
// does a form whose fields are called like those of a mail.
func (f *folding) isHeaderBlock(i int) bool {
	begin := f.field[i]
	if begin == fieldNone || begin == fieldText {
		return false
	}
	var has [fieldText + 1]int
	address, strange := false, 0
	for n := i; n < len(f.lines) && n <= i+12 && strange <= 2; n++ {
		switch is := f.field[n]; {
		case f.after[n] != n: // the header may have blank lines, and one is its end
			if next := f.after[n]; next > n+1 || next == len(f.lines) || f.field[next] == fieldNone || f.field[next] == fieldText {
				strange = 3
			}
		case is == fieldNone:
			strange++ // a value that goes on
		case is == fieldText:
			return false
		default:
			has[is]++
			address = address || f.at[n]
		}
	}
	who, besides := has[fieldFrom] > 0, has[fieldDate]+has[fieldTo] > 0
	if begin != fieldFrom && (has[fieldSubject] == 0 || !besides) {
		return false
	}
	return who && besides && has[fieldSubject] > 0 || who && begin == fieldFrom && address && (besides || has[fieldSubject] > 0)
}
