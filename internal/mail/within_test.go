package mail

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// tnefOf writes a winmail.dat with a text and files.
func tnefOf(text string, files ...tnefAttachment) []byte {
	var b bytes.Buffer
	number := func(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
	b.Write(number(tnefSignature))
	b.Write([]byte{1, 0})
	attribute := func(level byte, id uint32, data []byte) {
		b.WriteByte(level)
		b.Write(number(id))
		b.Write(number(uint32(len(data))))
		b.Write(data)
		b.Write([]byte{0, 0})
	}
	padded := func(s []byte) []byte { return append(s, make([]byte, (4-len(s)%4)%4)...) }
	attribute(1, tnefBody, []byte(text+"\x00"))
	for _, f := range files {
		attribute(2, tnefFile, make([]byte, 14))
		attribute(2, tnefTitle, []byte("SHORT~1.PDF\x00"))
		attribute(2, tnefData, f.data)
		var wide []byte
		for _, r := range f.name + "\x00" {
			wide = binary.LittleEndian.AppendUint16(wide, uint16(r))
		}
		var p []byte
		p = append(p, number(3)...)
		p = append(p, number(0x80000000|0x0003)...) // a named number, which is passed over
		p = append(append(append(p, make([]byte, 16)...), number(0)...), number(7)...)
		p = append(p, number(42)...)
		p = append(append(p, number(propMIME<<16|propString)...), number(1)...)
		p = append(append(p, number(uint32(len(f.mtype)+1))...), padded([]byte(f.mtype+"\x00"))...)
		p = append(append(p, number(propLongName<<16|propUnicode)...), number(1)...)
		p = append(append(p, number(uint32(len(wide)))...), padded(wide)...)
		attribute(2, tnefProperties, p)
	}
	return b.Bytes()
}

// TestWinmail: what Outlook packs into a winmail.dat is there as if it had not.
func TestWinmail(t *testing.T) {
	pdf := []byte("%PDF-1.4 an offer")
	packed := base64.StdEncoding.EncodeToString(tnefOf("the text\r\nof it", tnefAttachment{name: "räkning.pdf", mtype: "application/pdf", data: pdf}, tnefAttachment{name: "x.bin", mtype: "application/octet-stream", data: []byte{0, 1}}))
	head := "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n"
	part := "--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + packed + "\n--b--\n"
	m := parsed(t, head+"--b\nContent-Type: text/plain\n\nshown\n"+part)
	if m.Text != "shown" || len(m.Files) != 2 || m.Files[0].Name != "räkning.pdf" || m.Files[0].ContentType != "application/pdf" || !bytes.Equal(m.Files[0].Data, pdf) || m.Files[1].Name != "x.bin" {
		t.Errorf("%q, %s", m.Text, fileList(m.Files))
	}
	if m = parsed(t, head+part); m.Text != "the text\nof it" {
		t.Errorf("the only text of the mail is lost: %q", m.Text)
	}
	m = parsed(t, head+strings.Replace(part, packed, base64.StdEncoding.EncodeToString([]byte("no such thing")), 1))
	if len(m.Files) != 1 || m.Files[0].Name != "winmail.dat" {
		t.Errorf("what cannot be opened is not kept: %s", fileList(m.Files))
	}
}

// TestInvitation: an invitation says what, when, where and who, and stays a file.
func TestInvitation(t *testing.T) {
	invitation := func(method, lines string) string {
		return "From: a@example.com\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nPlease come\n--b\nContent-Type: text/calendar; charset=utf-8; method=" + method +
			"\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:" + method + "\n" + lines + "END:VCALENDAR\n--b--\n"
	}
	event := "BEGIN:VEVENT\nUID:1\nSUMMARY:Test ride\\, at last\nDTSTART;TZID=\"W. Europe Standard Time\":20260504T090000\nDTEND:20260504T080000Z\nLOCATION:The shop\nRRULE:FREQ=WEEKLY\n" +
		"ORGANIZER;CN=Maja Ek:mailto:maja@example.com\nATTENDEE;CN=Anna;PARTSTAT=ACCEPTED:MAILTO:anna@example.com\nATTENDEE:mailto:bo@example.com\nEND:VEVENT\n"
	m := parsed(t, invitation("REQUEST", event))
	e := m.Event
	if e == nil || e.Method != "REQUEST" || e.Title != "Test ride, at last" || e.Place != "The shop" || !e.Repeats || e.Cancelled || e.Organiser.String() != "Maja Ek <maja@example.com>" {
		t.Fatalf("%+v", e)
	}
	if !e.Start.Time.Equal(time.Date(2026, 5, 4, 7, 0, 0, 0, time.UTC)) || !e.End.Time.Equal(time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)) || e.Start.Local || e.Start.Day {
		t.Errorf("%+v %+v", e.Start, e.End)
	}
	if len(e.Guests) != 2 || e.Guests[0].String() != "Anna <anna@example.com>" || e.Guests[0].Answer != "ACCEPTED" || e.Guests[1].Email != "bo@example.com" {
		t.Errorf("%+v", e.Guests)
	}
	if m.Auto != "" || m.Text != "Please come" || len(m.Files) != 1 || m.Files[0].Name != "invite.ics" {
		t.Errorf("%q %q %s", m.Auto, m.Text, fileList(m.Files))
	}
	day := strings.Replace(strings.Replace(event, "DTSTART;TZID=\"W. Europe Standard Time\":20260504T090000", "DTSTART;VALUE=DATE:20260504", 1), "DTEND:20260504T080000Z", "DTEND;TZID=Nowhere:20260504T090000", 1)
	if m := parsed(t, invitation("CANCEL", day)); !m.Event.Start.Day || !m.Event.End.Local || !m.Event.Cancelled {
		t.Errorf("%+v", m.Event)
	}
	// An answer to an invitation is a program's, also one without an event.
	if m := parsed(t, invitation("REPLY", event)); m.Auto != "reply" || m.Event.Method != "REPLY" {
		t.Errorf("%q %+v", m.Auto, m.Event)
	}
	if m := parsed(t, invitation("REPLY", "")); m.Auto != "reply" || m.Event != nil {
		t.Errorf("%q %+v", m.Auto, m.Event)
	}
}

// cms packs content as SignedData does, in pieces of no length, as OpenSSL streams it.
func cms(content string) []byte {
	b := "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80"
	for len(content) > 0 {
		n := min(len(content), 100)
		b += "\x04" + string(rune(n)) + content[:n]
		content = content[n:]
	}
	return []byte(b + strings.Repeat("\x00\x00", 6))
}

// TestSecured: a signed mail is shown, an encrypted one is kept, and both are called so.
func TestSecured(t *testing.T) {
	inner := "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat("The chain jumps. ", 20)
	opaque := base64.StdEncoding.EncodeToString(cms(inner))
	const multipart = "From: a@example.com\nContent-Type: multipart/"
	for _, tt := range []struct {
		name, raw, text, files string
		want                   Security
	}{
		{"S/MIME, beside", multipart + "signed; protocol=\"application/pkcs7-signature\"; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--b--\n", "Hello", "smime.p7s", SignedSMIME},
		{"S/MIME, around", "From: a@example.com\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" + opaque + "\n", strings.TrimSpace(strings.Repeat("The chain jumps. ", 20)), "", SignedSMIME},
		{"S/MIME, around, no word of it", "From: a@example.com\nContent-Type: application/x-pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" + opaque + "\n", strings.TrimSpace(strings.Repeat("The chain jumps. ", 20)), "", SignedSMIME},
		{"S/MIME, encrypted", "From: a@example.com\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CA\n", "", "smime.p7m", EncryptedSMIME},
		{"PGP, signed", multipart + "signed; protocol=\"application/pgp-signature\"; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: application/pgp-signature; name=signature.asc\n\nx\n--b--\n", "Hello", "signature.asc", SignedPGP},
		{"PGP, encrypted", multipart + "encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\nx\n--b--\n", "", "file encrypted.asc", EncryptedPGP},
		{"PGP, in the text", "From: a@example.com\n\n-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\n", "-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----", "", EncryptedPGP},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := parsed(t, tt.raw)
			var names []string
			for _, f := range m.Files {
				names = append(names, f.Name)
			}
			if m.Security != tt.want || strings.TrimSpace(m.Text) != tt.text || strings.Join(names, " ") != tt.files {
				t.Errorf("%q, %q, %q", m.Security, m.Text, names)
			}
		})
	}
}

// TestEnclosed: a mail that is a file is shown with its head and how it begins.
func TestEnclosed(t *testing.T) {
	m := parsed(t, "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nFrom: =?utf-8?q?K=C3=A4the?= <k@example.com>\nTo: Bo <bo@example.com>\nSubject: Wheel\nDate: Mon, 4 May 2026 09:00:00 +0200\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nThe wheel is round.\n--c\nContent-Type: text/html\n\n<p>x\n--c--\n\n--b--\n")
	if len(m.Enclosed) != 1 || len(m.Files) != 1 || m.Text != "see below" {
		t.Fatalf("%+v %s %q", m.Enclosed, fileList(m.Files), m.Text)
	}
	e := m.Enclosed[0]
	if e.File != "mail.eml" || e.From.String() != "Käthe <k@example.com>" || len(e.To) != 1 || e.Subject != "Wheel" || e.Text != "The wheel is round." || !e.Date.Equal(time.Date(2026, 5, 4, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", e)
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(tnefOf("text", tnefAttachment{name: "a", mtype: "b/c", data: []byte("d")}))
	f.Add([]byte("\x78\x9f\x3e\x22\x01\x00\x02"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := openTNEF(b)
		if err == nil && (!utf8.ValidString(got.text) || len(got.files) > maxParts) {
			t.Errorf("%+v", got)
		}
		for _, file := range got.files {
			if !utf8.ValidString(file.name) {
				t.Errorf("%q", file.name)
			}
		}
	})
}

func FuzzCalendar(f *testing.F) {
	f.Add([]byte("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nDTSTART;TZID=Europe/Berlin:20260504T090000\nATTENDEE;CN=x:mailto:a@b\nEND:VEVENT\nEND:VCALENDAR\n"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:\\n\\,\nEND:VCALENDAR"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, _ := calendar(b)
		if !utf8.ValidString(e.Title+e.Place+e.Method) || strings.ContainsAny(e.Title+e.Place, "\r\n\x00") || len(e.Guests) > maxAttendees {
			t.Errorf("%+v", e)
		}
	})
}

func FuzzSigned(f *testing.F) {
	f.Add(cms("Content-Type: text/plain\r\n\r\nx"))
	f.Add([]byte("\x30\x80\x06\x00\xa0\x84\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := signedContent(b); len(got) > len(b) {
			t.Errorf("%d bytes of %d", len(got), len(b))
		}
	})
}

func FuzzHTMLText(f *testing.F) {
	for _, s := range []string{"<p>a<br>b</p><blockquote>c</blockquote>", "<title>x", "<pre>a\nb</pre><img alt=x>", "<script>x</script><td>y", "&lt;\x00<style>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := htmlText(s); !utf8.ValidString(got) || strings.Contains(got, "\n\n\n") {
			t.Errorf("%q", got)
		}
	})
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"a@b, \"c, d\" <e@f>", "=?utf-8?q?=C3=A4?= <a@b>; c", "((((a@b", "<a@b", "a b c@d e", "undisclosed-recipients:;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range parseAddresses(s) {
			if !utf8.ValidString(a.Name+a.Email) || !isAddress(a.Email) || strings.ContainsAny(a.Name+a.Email, "\r\n\x00") {
				t.Errorf("%+v of %q", a, s)
			}
		}
	})
}
