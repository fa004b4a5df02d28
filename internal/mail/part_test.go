package mail

import (
	"encoding/base64"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/internal/mailtest"
)

// TestSplit: parts are found as their senders meant them, also where the rules are broken.
func TestSplit(t *testing.T) {
	const head = "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n"
	for _, tt := range []struct{ name, raw, text, files string }{
		{"an inner multipart that does not end", head + "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n", "one\n\ntwo", ""},
		{"another boundary than the one it names", "From: a@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--y\n\none\n--y\n\ntwo\n--y--\n", "one\n\ntwo", ""},
		{"one boundary for two levels", head + "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n\n--b\n\ntwo\n--b--\n", "one\n\ntwo", ""},
		{"a part behind the end", head + "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", "one\n\ntwo", ""},
		{"words behind the end", head + "--b\n\none\n--b-->\nbad\n", "one", ""},
		{"a header that the part's end cuts", head + "--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n", "two", ""},
		{"a longer line that begins as the boundary", head + "--b\n\n--bc\none\n--b--\n", "--bc\none", ""},
		{"mails in a digest", "From: a@example.com\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: x@y\nSubject: z\n\nold\n--b--\n", "", "mail.eml"},
		{"base64 in pieces", head + "--b\nContent-Transfer-Encoding: BASE64 (x)\n\nb25l\nIA==dHdv\n--b--\n", "one two", ""},
		{"base64 with other signs in it", head + "--b\nContent-Transfer-Encoding: base64\n\n b 2*5\x00l\n--b--\n", "one", ""},
		{"quoted-printable that is none", head + "--b\nContent-Transfer-Encoding: quoted-printable\n\n1=2 =C3=A9 =zz=\n =3D=\n--b--\n", "1=2 é =zz =", ""},
		{"an encoding that nobody knows", head + "--b\nContent-Transfer-Encoding: x-none\n\none\n--b--\n", "one", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := parsed(t, tt.raw)
			var names []string
			for _, f := range m.Files {
				names = append(names, f.Name)
			}
			if strings.TrimSpace(m.Text) != tt.text || strings.Join(names, " ") != tt.files {
				t.Errorf("text %q, files %q", m.Text, names)
			}
		})
	}
}

// TestLargeFile: a file of a mail is not in memory until it is stored, and then in pieces.
func TestLargeFile(t *testing.T) {
	const size = 37 << 20
	raw := []byte("From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the film\r\n--b\r\nContent-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		strings.Repeat(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 57)))+"\r\n", size/57) + "--b--\r\n")
	if len(raw) < 50<<20 {
		t.Fatalf("the mail has %d bytes", len(raw))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Parse(t.Context(), raw)
	if err != nil || m.Text != "see the film" || len(m.Files) != 1 || m.Files[0].Open == nil {
		t.Fatalf("%v %+v", err, m)
	}
	read, piece := 0, make([]byte, 32<<10)
	for f := m.Files[0].Open(); ; {
		n, err := f.Read(piece)
		if read += n; err != nil {
			break
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("reading a mail of %d MB took %.1f MB of memory", len(raw)>>20, float64(used)/1e6)
	}
	if read != size/57*57 {
		t.Errorf("the file has %d bytes, not %d", read, size/57*57)
	}
}

// TestLongText: a text that nobody reads to its end is a file as well.
func TestLongText(t *testing.T) {
	m := parsed(t, "From: a@example.com\n\n"+strings.Repeat("long \n", 1<<20))
	if len(m.Text) > maxText || len(m.Files) != 1 || len(m.Files[0].Bytes()) != 7<<20 {
		t.Errorf("%d, %s", len(m.Text), fileList(m.Files))
	}
}

// TestParseIsQuick: mails made to be slow are read in about the time that others of
// their size take. A quadratic reader would take minutes for any of them.
func TestParseIsQuick(t *testing.T) {
	for _, c := range mailtest.CostlyMails() {
		t.Run(c.Name, func(t *testing.T) {
			start := time.Now()
			m, err := Parse(t.Context(), []byte(c.Raw))
			if err == nil {
				_ = Visible(m.Subject, m.Text)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("%d MB took %v", len(c.Raw)>>20, took)
			} else {
				t.Logf("%d MB: %v", len(c.Raw)>>20, took)
			}
		})
	}
}
