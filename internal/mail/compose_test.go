package mail

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"
)

// python is Debian's, for which its packages are.
const python = "/usr/bin/python3"

// shape is a script that prints what Python's mail parser finds: the parts within
// each other, with their texts and the faults it sees.
const shape = `
import email, email.policy, json, sys
def walk(p):
    out = {"type": p.get_content_type(), "defects": [str(d) for d in p.defects]}
    if p.is_multipart():
        out["parts"] = [walk(c) for c in p.iter_parts()]
    else:
        out["encoding"] = p["Content-Transfer-Encoding"] or ""
        out["disposition"] = p.get_content_disposition() or ""
        out["id"] = p["Content-ID"] or ""
        if p.get_content_maintype() == "text":
            out["text"] = p.get_content().replace("\r\n", "\n")
    return out
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
json.dump({"headers": {k: str(v) for k, v in m.items()}, "body": walk(m)}, sys.stdout)
`

type pythonPart struct {
	Type, Encoding, Disposition, ID, Text string
	Defects                               []string
	Parts                                 []pythonPart
}

// asPython reads a mail with a parser that is not ours.
func asPython(t *testing.T, raw []byte) (m struct {
	Headers map[string]string
	Body    pythonPart
}) {
	t.Helper()
	if _, err := exec.LookPath(python); err != nil {
		t.Skip(python + " is not there (apt-get install python3)")
	}
	c := exec.Command(python, "-c", shape)
	c.Stdin = bytes.NewReader(raw)
	out, err := c.Output()
	if err == nil {
		err = json.Unmarshal(out, &m)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m
}

// A mail with text, HTML, a picture in it and a file is built as RFC 2046 and RFC 2387
// say, for another parser than ours: the picture is beside the HTML that shows it.
func TestWriteForOthers(t *testing.T) {
	long := "See https://lindqvist.example/" + strings.Repeat("a-long-path/", 20) + " for all of it. " + strings.Repeat("Räder und Ketten. ", 30)
	raw, err := Write(Outgoing{
		From: Address{"Maja, at \"Lindqvist\"", "support@lindqvist.example"}, To: []Address{{"Anna Öberg", "anna@example.com"}}, Cc: []Address{{"", "boss@example.com"}},
		ReplyTo: "support+cx.y@lindqvist.example", Subject: "Re: Kedjan hoppar 🚲 " + strings.Repeat("lång ", 30), Date: time.Unix(1.78e9, 0).UTC(), MessageID: "m@lindqvist.example",
		References: []string{"root@example.com", "last@example.com"}, InReplyTo: "root@example.com", Text: "Hej,\n\n" + long + "\n\n-- \nMaja\nFrom here on\n.\n",
		HTML: `<p>Hej, <img src="cid:wheel@x" alt="wheel"></p><p>` + long + `</p>`, FeedbackID: "answer:chn_1:wsp_1:parley",
		Files: []File{
			{Name: "wheel.png", ContentType: "image/png", ContentID: "wheel@x", Inline: true, Data: []byte("\x89PNG\r\n\x1a\n")},
			{Name: "räkning.pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.4")},
			{Name: "unused.png", ContentType: "image/png", ContentID: "elsewhere@x", Inline: true, Data: []byte("\x89PNG\r\n\x1a\n")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := asPython(t, raw)
	var check func(p pythonPart) string
	check = func(p pythonPart) string {
		if len(p.Defects) > 0 {
			t.Errorf("%s: %q", p.Type, p.Defects)
		}
		if len(p.Parts) == 0 {
			return p.Type + " " + p.Disposition
		}
		var in []string
		for _, c := range p.Parts {
			in = append(in, check(c))
		}
		return p.Type + "(" + strings.Join(in, ", ") + ")"
	}
	if got, want := check(m.Body), "multipart/mixed(multipart/related(multipart/alternative(text/plain , text/html ), image/png inline), application/pdf attachment, image/png attachment)"; got != want {
		t.Errorf("it is %s\nwant  %s", got, want)
	}
	related := m.Body.Parts[0]
	if text := related.Parts[0].Parts[0]; text.Encoding != "quoted-printable" || !strings.Contains(text.Text, long) || !strings.Contains(text.Text, "\n-- \nMaja\nFrom here on\n.\n") {
		t.Errorf("the text is not what was written: %s %q", text.Encoding, text.Text)
	}
	if html := related.Parts[0].Parts[1]; html.Encoding != "quoted-printable" || !strings.Contains(html.Text, long) || related.Parts[1].ID != "<wheel@x>" {
		t.Errorf("the HTML is not what was written: %s %q, picture %q", html.Encoding, html.Text, related.Parts[1].ID)
	}
	want := map[string]string{
		"From": `"Maja, at \"Lindqvist\"" <support@lindqvist.example>`, "To": "Anna Öberg <anna@example.com>", "Cc": "boss@example.com", "Message-ID": "<m@lindqvist.example>",
		"In-Reply-To": "<root@example.com>", "References": "<root@example.com> <last@example.com>", "Feedback-ID": "answer:chn_1:wsp_1:parley",
		"Subject": "Re: Kedjan hoppar 🚲 " + strings.TrimSpace(strings.Repeat("lång ", 30)),
	}
	got := map[string]string{}
	for k := range want {
		got[k] = strings.TrimSpace(m.Headers[k])
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the headers are\n%q\nwant\n%q", got, want)
	}
	for line := range bytes.Lines(raw) {
		if len(line) > 80 { // RFC 5322, 2.1.1: 78 and the line break
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
}
