package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestVisible: what is folded, and what must never be. A line of three bars says
// where the visible part ends; without one everything is shown.
func TestVisible(t *testing.T) {
	for name, s := range map[string]string{
		"gmail":                     "Thanks!\n|||\nOn Mon, May 4, 2026 at 9:00 AM Maja <support@example.com> wrote:\n\n> Hello\n> Anna\n",
		"gmail, broken line":        "Thanks!\n|||\nOn Mon, May 4, 2026 at 9:00 AM Maja at Lindqvist Cycles <\nsupport@example.com> wrote:\n\n> Hello\n",
		"german":                    "Danke!\n|||\nAm 04.05.2026 um 09:00 schrieb Maja:\n> Hallo\n",
		"swedish":                   "Tack!\n|||\nDen mån 4 maj 2026 kl 09:00 skrev Maja <support@example.com>:\n> Hej\n",
		"any language":              "Dėkui\n|||\n2026-05-04, pr, 09:00 Maja <support@example.com> rašė:\n> Labas\n",
		"outlook":                   "Thanks!\n|||\n________________________________\nFrom: Maja <support@example.com>\nSent: Monday\nTo: Anna\nSubject: Wheel\n\nHello Anna\n",
		"outlook, bold":             "Danke\n|||\n*Von:* Maja [mailto:support@example.com]\n*Gesendet:* Montag\n*An:* Anna\n*Betreff:* Rad\n\nHallo\n",
		"original message":          "Thanks!\n|||\n-----Original Message-----\nHello\n",
		"marker":                    "Thanks!\n|||\n## Reply above this line ##\nHello\n",
		"quote alone":               "Thanks!\n|||\n> Hello\n> Anna\n",
		"signature":                 "Thanks!\n|||\n-- \nAnna\nExample Ltd\n",
		"phone":                     "Thanks!\n|||\nSent from my iPhone\n",
		"phone, german":             "Danke\n|||\nVon meinem iPhone gesendet\n",
		"signature and quote":       "Thanks!\n|||\n-- \nAnna\n\nOn Mon, May 4, 2026, Maja wrote:\n> Hello\n",
		"signature below the quote": "Thanks!\n|||\nOn Mon, May 4, 2026, Maja wrote:\n> Hello\n\n-- \nAnna\n",
		"foot of a list":            "Thanks!\n|||\n_______________________________________________\nriders mailing list\nriders@example.com\n",

		"portuguese":                 "Obrigada!\n|||\nEm seg., 4 de mai. de 2026 às 09:00, Maja <support@example.com>\nescreveu:\n\n> Olá\n",
		"polish":                     "Dziękuję\n|||\npon., 4 maj 2026 o 09:00 Maja <support@example.com> napisał(a):\n\n> Witaj\n",
		"russian":                    "Спасибо\n|||\nпн, 4 мая 2026 г. в 09:00, Maja <support@example.com>:\n\n> Привет\n",
		"turkish":                    "Teşekkürler\n|||\nMaja <support@example.com>, 4 May 2026 Pzt, 09:00 tarihinde şunu yazdı:\n\n> Merhaba\n",
		"chinese":                    "谢谢\n|||\nMaja <support@example.com> 于2026年5月4日周一 09:00写道：\n\n> 您好\n",
		"japanese":                   "ありがとうございます\n|||\n2026年5月4日(月) 9:00 Maja <support@example.com>:\n\n> こんにちは\n",
		"korean":                     "감사합니다\n|||\n2026년 5월 4일 (월) 오전 9:00, Maja <support@example.com>님이 작성:\n\n> 안녕하세요\n",
		"hungarian":                  "Köszönöm\n|||\nMaja <support@example.com> ezt írta (időpont: 2026. máj. 4., H, 9:00):\n\n> Szia\n",
		"finnish, not marked":        "Kiitos\n|||\nMaja <support@example.com> kirjoitti 4.5.2026 kello 9.00:\n\nHei Anna\n",
		"dutch":                      "Dank!\n|||\nOp ma 4 mei 2026 om 09:00 schreef Maja <support@example.com>:\n\n> Hallo\n",
		"apple, french":              "Merci\n|||\nLe 4 mai 2026 à 09:00, Maja <support@example.com> a écrit :\n\nBonjour Anna\n",
		"no word for it":             "Thanks\n|||\n2026/5/4 Maja <support@example.com>\n\n> Hello\n",
		"a name and its address":     "Thanks\n|||\nMaja Ek <support@example.com> wrote:\n\n> Hello\n",
		"the day, not marked":        "Thanks\n|||\nOn Mon, 4 May 2026, 09:00 Maja, <support@example.com> wrote:\n\nHello Anna\n",
		"just above it":              "It is from 2019.\n|||\nOn Mon, May 4, 2026 at 9:00 AM Maja wrote:\n> Hello\n",
		"with bars and bold":         "Thanks\n|||\n*On Mon, May 4, 2026 at 9:00 AM, Maja <support@example.com> wrote:*\n\n> Hello\n",
		"a link for an address":      "Thanks\n|||\nOn 4 May 2026, at 09:00, Maja <support@example.com <mailto:support@example.com>> wrote:\n\nHello\n",
		"outlook, french":            "Merci\n|||\nDe : Maja <support@example.com>\nEnvoyé : lundi 4 mai 2026 09:00\nÀ : Anna\nObjet : Roue\n\nBonjour\n",
		"outlook, polish":            "Dzięki\n|||\nOd: Maja <support@example.com>\nWysłano: poniedziałek\nDo: Anna\nTemat: Koło\n\nWitaj\n",
		"outlook, russian":           "Спасибо\n|||\nОт: Maja <support@example.com>\nОтправлено: 4 мая\nКому: Anna\nТема: Колесо\n\nПривет\n",
		"outlook, chinese":           "谢谢\n|||\n发件人: Maja <support@example.com>\n发送时间: 2026年5月4日\n收件人: Anna\n主题: 轮子\n\n您好\n",
		"the subject first":          "Thanks\n|||\nSubject: Re: Wheel\nFrom: support@example.com\nTo: anna@example.com\nDate: Mon, 4 May 2026 09:00:00 +0200\n\nHello\n",
		"a value on two lines":       "Thanks\n|||\nFrom: Maja <support@example.com>\nSent: Monday\nTo: Anna;\n Bo; Cleo\nSubject: Wheel\n\nHello\n",
		"blank lines in a header":    "Thanks\n|||\nFrom: Maja <support@example.com>\n\nSent: Monday\n\nTo: Anna\n\nSubject: Wheel\n\nHello\n",
		"an original, spanish":       "Gracias\n|||\n-----Mensaje original-----\nHola\n",
		"an original, no such word":  "Merci\n|||\n-------- Muu sõnum --------\nSaatja: Maja <support@example.com>\nKuupäev: 4. mai\nTeema: Ratas\nTo: Anna\n\nTere\n",
		"android":                    "Thanks\n|||\n-------- Original message --------\nFrom: Maja\n",
		"phone, japanese":            "ありがとう\n|||\niPhoneから送信\n",
		"phone, french":              "Merci\n|||\nEnvoyé de mon iPhone\n\nLe 4 mai 2026 à 09:00, Maja <support@example.com> a écrit :\n\n> Bonjour\n",
		"phone, no blank line":       "Thanks\n|||\nSent from my Galaxy\n",
		"outlook for phones":         "Thanks\n|||\nGet Outlook for iOS<https://aka.ms/o0ukef>\n",
		"lawyers":                    "Thanks\n|||\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please notify the sender and delete it.\n",
		"lawyers, german, and trees": "Danke\n|||\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, ist das unbefugte Kopieren nicht gestattet; bitte vernichten Sie sie.\n\nBitte denken Sie an die Umwelt, bevor Sie drucken.\n",
		"lawyers below the quote":    "Thanks\n|||\nOn Mon, May 4, 2026, Maja wrote:\n> Hello\n\nThis message is confidential and intended for the addressee only. Disclosure is prohibited; please notify the sender.\n",
		"a scanner":                  "Thanks\n|||\nVirus-free. www.avast.com\n",
		"a broken quote":             "Thanks\n|||\nOn Mon, May 4, 2026, Maja wrote:\n> Hello Anna, your wheel is on its way to you and will be there by the\nend of this week.\n> Maja\n",
		"pgp":                        "Thanks\n|||\n-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n",

		"signed below an answer":            "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n|||\n-- \nAnna\nExample Ltd\n",
		"signed below, without a space":     "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n> -- \n> Maja\n\n28, please\n|||\n--\nAnna\n",
		"signed below answers":              "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n28\n> Which colour?\nred\n|||\n-- \nAnna\n",
		"signed below the last quote":       "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n28\n> Maja\n|||\n-- \nAnna\n",
		"a phone below an answer":           "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n|||\nSent from my iPhone\n",
		"a list below an answer":            "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n|||\n-- \nAnna\n_______________________________________________\nriders mailing list\nriders@example.com\n",
		"lawyers below an answer":           "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n|||\n-- \nAnna\n\nThis message is confidential and intended for the addressee only. Disclosure is prohibited; please notify the sender.\n",
		"text, quote, text and a signature": "Hi,\n\nOn Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n|||\n-- \nAnna\n",

		"answers on both sides of a signature": "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n28\n-- \nAnna\n> Which colour?\nred\n",
		"a forward below a signature":          "On Mon, May 4, 2026, Maja wrote:\n> Which one?\nthis one\n-- \nAnna\n\n---------- Forwarded message ---------\nFrom: Tom <tom@example.com>\nSubject: x\nTo: me\n\nthe wheel\n",
		"history again below a signature":      "On Mon, May 4, 2026, Maja wrote:\n> Which one?\nthis one\n-- \nAnna\n\nOn Sun, May 3, 2026 at 9:00 AM Tom <tom@example.com> wrote:\n\nthe wheel\n",
		"an answer with a rule in it":          "On Mon, May 4, 2026, Maja wrote:\n> What is it?\n\nFirst matter\n--\nSecond matter is longer, and has\nmany\nlines\nthat\nare\nnot\na signature\n",

		"answers, one line each":       "On Mon, May 4, 2026, Maja wrote:\n> Which size do you want, and shall we send it to the shop or to your home?\n28, to the shop\n> Maja\n",
		"a form":                       "New question\n\nFrom: Anna <anna@example.com>\nDate: Monday\nSubject: Wheel\nMessage: it is broken\n",
		"another journey":              "Please book\n\nFrom: Berlin\nTo: Rome\nDate: 4 May 2026\n\nand back on Monday\n",
		"who wrote, with a year":       "My neighbour wrote in 2019:\nthe wheel is fine. Now it is not.\n",
		"on a day, without a quote":    "On 4 May my neighbour said:\nit is fine.\n",
		"a time and a colon":           "At 10:30 I called:\nnobody was there.\n",
		"a list with bars":             "--- What is broken ---\nthe wheel\n--- What is not ---\nthe bell\n",
		"sent from, without a device":  "The parcel was\nsent from the depot\n",
		"confidential, in a question":  "Is my data confidential, who is the intended recipient of it, and can you delete it and notify me if somebody disclosed it in error? Thanks.\n",
		"forward, german":              "Siehe unten\n\n---------- Weitergeleitete Nachricht ---------\nVon: Tom <tom@example.com>\nDatum: Mo\nBetreff: x\nAn: mir\n\ndas Rad\n",
		"forward, japanese":            "下記をご覧ください\n\n---------- 転送メッセージ ---------\nFrom: Tom <tom@example.com>\nDate: x\nSubject: x\nTo: me\n\nwheel\n",
		"prices":                       "I paid:\n2026-05-04: 39.00\n2026-05-05: 12.00\nWhich is right?\n",
		"a letter with an address":     "Please write to:\nAnna Ek <anna@example.com>\n12:00 to 13:00:\nI am out.\n",
		"answers between quotes":       "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n28\n> Which colour?\nred\n",
		"answer below the quote":       "On Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n",
		"text, quote, text":            "Hi,\n\nOn Mon, May 4, 2026, Maja wrote:\n> Which size?\n\n28, please\n",
		"forward":                      "See below\n\n---------- Forwarded message ---------\nFrom: Tom <tom@example.com>\nSubject: x\nTo: me\n\nthe wheel\n",
		"forward by apple":             "See below\n\nBegin forwarded message:\n\n> From: Tom\n> the wheel\n",
		"nothing but a quote":          "> Hello\n> Anna\n",
		"nothing but a signature":      "-- \nAnna\n",
		"a journey":                    "Please book\nFrom: Berlin\nTo: Rome\nand back on Monday\n",
		"a rule of dashes":             "First matter\n--\nSecond matter is longer, and has\nmany\nlines\nthat\nare\nnot\na signature\n",
		"somebody wrote, said in text": "Yesterday Maja wrote:\nwe will send it. It never came.\n",
		"sent from, in a sentence":     "The parcel was\nsent from my brother's house, not from mine.\nPlease check.\n",
		"no history":                   "Just a question",
		"empty":                        "",
	} {
		t.Run(name, func(t *testing.T) {
			want, rest, folded := strings.Cut(s, "\n|||\n")
			text := s
			if folded {
				text = want + "\n\n" + rest
			}
			n := Visible("", text)
			switch {
			case !folded && n != 0:
				t.Errorf("hides %q", string([]rune(text)[n:]))
			case folded && n != utf8.RuneCountInString(want):
				t.Errorf("shows %d: %q", n, string([]rune(text)[:n]))
			}
		})
	}
	if n := Visible("Fwd: wheel", "See below\n\nFrom: Tom <tom@example.com>\nSent: x\nSubject: y\n\nthe wheel\n"); n != 0 {
		t.Errorf("a forwarded mail is cut at %d", n)
	}
}

// TestVisibleIsLinear: mails made to be slow are not. A backtracking expression
// would not come to an end within the time that tests have.
func TestVisibleIsLinear(t *testing.T) {
	for name, s := range map[string]string{
		"quotes": strings.Repeat(">", 500_000), "quoted lines": strings.Repeat("> \n", 200_000), "attributions": strings.Repeat("On 1 1 1 1 1 1 1 1\n", 4_000),
		"headers": strings.Repeat("From: a@b\n", 8_000), "wrote": strings.Repeat("a wrote:\n", 20_000), "blank": strings.Repeat("\n", 500_000), "dashes": "x\n" + strings.Repeat("--\n", 200_000),
		"dates": strings.Repeat("1 2020\n", 70_000), "dates and colons": strings.Repeat("1 2020:\n", 60_000), "addresses": strings.Repeat("1 <a@b>\n", 60_000), "begins of headers": strings.Repeat("From: a\nTo: b\n", 40_000),
		"brackets": strings.Repeat("1 <<<<<<<<<<<<<<<<<<<<@b:\n", 20_000), "legal": strings.Repeat("confidential recipient\n", 20_000), "titles": strings.Repeat("-- a --\n", 60_000),
		"weak, then blank": strings.Repeat("Somebody wrote:\n\n\n\n\n\n\n\n\n\n\n", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			if n := Visible("", s); n < 0 || n > utf8.RuneCountInString(s) {
				t.Error(n)
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a\n\nOn 1 b wrote:\n> c\n", "> a\nb", "-- \nx", "\r\n\r", "ä\nFrom: a@b\nTo: c\n", "Sent from my x\n", "a\n___\nx mailing list"} {
		f.Add("Re: x", s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		n := Visible(subject, text)
		runes := []rune(text)
		if n < 0 || n > len(runes) {
			t.Fatalf("%d of %d", n, len(runes))
		}
		if n > 0 && strings.TrimSpace(string(runes[:n])) == "" {
			t.Errorf("nothing is left of %q", text)
		}
	})
}
