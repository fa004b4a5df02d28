package mail

import (
	"context"
	"strings"
	"testing"
	"time"
)

func forwardOf(t *testing.T, raw string) (Forwarded, bool) {
	t.Helper()
	m, err := Parse(t.Context(), []byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return m.Forward(t.Context())
}

const (
	fromBo  = "From: Bo Berg <bo@desk.example>\nTo: support@desk.example\nDate: Mon, 1 Jun 2026 12:00:00 +0200\nMessage-ID: <f1@desk.example>\n"
	hasText = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
)

// Channels 2.6: what programs write above a mail that is forwarded, in their languages.
func TestForward(t *testing.T) {
	may := time.Date(2026, 5, 28, 7, 12, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		subject, text string
		want          Forwarded
	}{
		"Gmail": {"Fwd: Broken wheel", `Please help her.

-- 
Bo Berg
Desk

---------- Forwarded message ---------
From: Ann Lind <ann@shop.example>
Date: Thu, 28 May 2026 at 09:12
Subject: Broken wheel
To: Bo Berg <bo@desk.example>


My wheel broke.

> No quote of yours`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Broken wheel", Date: may, Note: "Please help her.", Text: "My wheel broke.\n\n> No quote of yours"}},
		"Outlook, German": {"WG: Rad kaputt", `Kannst du das übernehmen?

Von: Ann Lind <ann@shop.example>
Gesendet: Donnerstag, 28. Mai 2026 09:12
An: Bo Berg <bo@desk.example>
Cc: Eva <eva@desk.example>;
 Uwe <uwe@desk.example>
Betreff: Rad kaputt
Wichtigkeit: Hoch

Mein Rad ist kaputt.
Grüße: Ann`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Rad kaputt", Date: may, Note: "Kannst du das übernehmen?", Text: "Mein Rad ist kaputt.\nGrüße: Ann"}},
		"Outlook, French, with lines between": {"TR : Roue", `________________________________

De : Ann Lind [mailto:ann@shop.example]

Envoyé : jeudi 28 mai 2026 09:12

À : Bo Berg

Objet : Roue cassée

Ma roue est cassée.`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Roue cassée", Date: may, Text: "Ma roue est cassée."}},
		"Outlook, old": {"FW: Wheel", `-----Original Message-----
From: ann@shop.example [mailto:ann@shop.example]
Sent: Thursday, May 28, 2026 9:12 AM
To: Bo Berg
Subject: Wheel

It broke.`, Forwarded{From: Address{"", "ann@shop.example"}, Subject: "Wheel", Date: may, Text: "It broke."}},
		"Apple Mail": {"Fwd: Wheel", `See below

Begin forwarded message:

> From: Ann Lind <ann@shop.example>
> Subject: Wheel
> Date: 28 May 2026 at 09:12:00 CEST
> To: Bo Berg <bo@desk.example>
> 
> It broke.
> 
> > which one?
> The front one.`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Wheel", Date: may, Note: "See below", Text: "It broke.\n\n> which one?\nThe front one."}},
		"Thunderbird, Swedish": {"Fwd: Hjul", `

-------- Vidarebefordrat meddelande --------
Ämne: 	Hjul
Datum: 	Thu, 28 May 2026 09:12:00 +0200
Från: 	Ann Lind <ann@shop.example>
Till: 	bo@desk.example

Hjulet är trasigt.`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Hjul", Date: may, Text: "Hjulet är trasigt."}},
		"Outlook, Chinese": {"转发: 车轮", `发件人: Ann Lind <ann@shop.example>
发送时间: 2026年5月28日 9:12
收件人: Bo Berg <bo@desk.example>
主题: 车轮

车轮坏了。`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "车轮", Date: may, Text: "车轮坏了。"}},
		"without a subject that says so": {"Broken wheel", `---------- Forwarded message ---------
From: Ann Lind <ann@shop.example>
Date: 2026-05-28 09:12
Subject: Broken wheel
To: <bo@desk.example>

It broke.`, Forwarded{From: Address{"Ann Lind", "ann@shop.example"}, Subject: "Broken wheel", Date: may, Text: "It broke."}},
	} {
		got, ok := forwardOf(t, fromBo+"Subject: "+c.subject+"\n"+hasText+c.text+"\n")
		w := c.want
		if !ok || !got.Sure || got.From != w.From || got.Subject != w.Subject || !got.Date.Equal(w.Date) || got.Text != w.Text || got.Note != w.Note {
			t.Errorf("%s: %v sure %v\n got %+v\nwant %+v", name, ok, got.Sure, got, w)
		}
	}
}

// What cannot be read without a doubt is said so, and what is no forward is none.
func TestForwardInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		subject, text string
		forward       bool
		address       string
	}{
		"a name without an address":       {"FW: Wheel", "From: Ann Lind\nSent: Thursday, May 28, 2026 9:12 AM\nTo: Bo Berg\nSubject: Wheel\n\nIt broke.", true, ""},
		"a name that is another address":  {"Fwd: Wheel", "---------- Forwarded message ---------\nFrom: \"boss@bank.example\" <eve@evil.example>\nDate: 2026-05-28\nSubject: Pay\n\nNow.", true, ""},
		"two senders":                     {"Fwd: Wheel", "---------- Forwarded message ---------\nFrom: a@x.example, b@y.example\nDate: 2026-05-28\nSubject: Pay\n\nNow.", true, ""},
		"only a line that attributes it":  {"Fwd: Wheel", "See.\n\nOn Thu, 28 May 2026 at 09:12, Ann Lind <ann@shop.example> wrote:\n> It broke.", true, "ann@shop.example"},
		"nothing but the subject":         {"Fwd: Wheel", "See the thing.", true, ""},
		"an answer":                       {"Re: Wheel", "Thanks.\n\nOn Thu, 28 May 2026 at 09:12, Ann Lind <ann@shop.example> wrote:\n> ---------- Forwarded message ---------\n> From: x@y.example\n> Date: 2026-05-28\n> Subject: z\n", false, ""},
		"an answer with Outlook's header": {"RE: Wheel", "Thanks.\n\nFrom: Ann Lind <ann@shop.example>\nSent: Thursday, May 28, 2026 9:12 AM\nTo: Bo\nSubject: Wheel\n\nIt broke.", false, ""},
		"a mail":                          {"Wheel", "My wheel broke.\nFrom: Berlin\nTo: Rome", false, ""},
	} {
		got, ok := forwardOf(t, fromBo+"Subject: "+c.subject+"\n"+hasText+c.text+"\n")
		if ok != c.forward || got.Sure || got.From.Email != c.address {
			t.Errorf("%s: forward %v sure %v from %v, want %v, not sure, from %q", name, ok, got.Sure, got.From, c.forward, c.address)
		}
	}
}

// The HTML below the head is the customer's, with its pictures; what stands above is not.
func TestForwardHTML(t *testing.T) {
	for name, body := range map[string]string{
		"Gmail":       `<div dir="ltr">Please <b>help</b> her.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong class="gmail_sendername">Ann Lind</strong> <span dir="auto">&lt;<a href="mailto:ann@shop.example">ann@shop.example</a>&gt;</span><br>Date: Thu, 28 May 2026 at 09:12<br>Subject: Broken wheel<br>To: Bo Berg &lt;<a href="mailto:bo@desk.example">bo@desk.example</a>&gt;<br></div><br><br><p>My <i>wheel</i> broke.</p><img src="cid:p1"></div></div>`,
		"Outlook":     `<html><body><div class=WordSection1><p>Please help her.</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Ann Lind &lt;ann@shop.example&gt;<br><b>Sent:</b> Thursday, May 28, 2026 9:12 AM<br><b>To:</b> Bo Berg &lt;bo@desk.example&gt;<br><b>Subject:</b> Broken wheel</p></div></div><p>My <i>wheel</i> broke.</p><img src="cid:p1"></div></body></html>`,
		"Thunderbird": `<p>Please help her.</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table class="moz-email-headers-table"><tbody><tr><th>Subject: </th><td>Broken wheel</td></tr><tr><th>Date: </th><td>Thu, 28 May 2026 09:12:00 +0200</td></tr><tr><th>From: </th><td>Ann Lind <a href="mailto:ann@shop.example">&lt;ann@shop.example&gt;</a></td></tr><tr><th>To: </th><td>bo@desk.example</td></tr></tbody></table><br><p>My <i>wheel</i> broke.</p><img src="cid:p1"></div>`,
	} {
		got, ok := forwardOf(t, fromBo+"Subject: Fwd: Broken wheel\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"+body+"\n")
		if !ok || !got.Sure || got.From.Email != "ann@shop.example" || got.Note != "Please help her." || !strings.Contains(got.Text, "wheel") || strings.Contains(got.Text, "Subject") {
			t.Errorf("%s: %v sure %v from %v, note %q, text %q", name, ok, got.Sure, got.From, got.Note, got.Text)
		}
		if !strings.Contains(got.HTML, "<p>My <i>wheel</i> broke.</p>") || !strings.Contains(got.HTML, "cid:p1") || strings.Contains(got.HTML, "help") || strings.Contains(got.HTML, "bo@desk") {
			t.Errorf("%s: the HTML is %s", name, got.HTML)
		}
	}
}

// A mail that is the file of a mail hands it on whole, with its files.
func TestForwardAsFile(t *testing.T) {
	raw := fromBo + `Subject: Fwd: Broken wheel
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: text/plain

For you.
--o
Content-Type: message/rfc822
Content-Disposition: attachment; filename="Broken wheel.eml"

From: Ann Lind <ann@shop.example>
To: bo@desk.example
Subject: Broken wheel
Date: Thu, 28 May 2026 09:12:00 +0200
Message-ID: <1@shop.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=i

--i
Content-Type: text/plain

My wheel broke.
--i
Content-Type: text/plain; name=list.txt
Content-Disposition: attachment; filename=list.txt

spokes
--i--
--o--
`
	got, ok := forwardOf(t, raw)
	if !ok || !got.Sure || got.From.Email != "ann@shop.example" || got.MessageID != "1@shop.example" || got.Note != "For you." || strings.TrimSpace(got.Text) != "My wheel broke." ||
		len(got.Files) != 1 || got.Files[0].Name != "list.txt" || !got.Date.Equal(time.Date(2026, 5, 28, 7, 12, 0, 0, time.UTC)) {
		t.Errorf("%v %+v", ok, got)
	}
	if _, ok := forwardOf(t, strings.Replace(raw, "Subject: Fwd: Broken wheel\n", "Subject: My collection\n", 1)); ok {
		t.Error("a mail about something else with a mail as its file hands it on")
	}
}

func FuzzForward(f *testing.F) {
	f.Add("Fwd: x", "---------- Forwarded message ---------\nFrom: A <a@x.example>\nDate: Thu, 28 May 2026 at 09:12\nSubject: y\n\ntext", "<b>From:</b> A &lt;a@x.example&gt;<br>Date: Thu")
	f.Add("WG: x", "Von: a@x.example\nGesendet: 28. Mai 2026\nAn: b\nBetreff: y\n\ntext", "")
	f.Fuzz(func(t *testing.T, subject, text, html string) {
		m := &Mail{Subject: headerClean(subject), Text: clean(text), HTML: clean(html), Date: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
		begin := time.Now()
		got, ok := m.Forward(context.Background())
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
		if got.Sure && (!ok || !isAddress(got.From.Email)) {
			t.Errorf("sure of %v", got.From)
		}
		if len(got.Text) > len(m.Text) || len(got.Note) > len(m.Text) {
			t.Error("there is more than was written")
		}
	})
}
