package dkim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// verify is a script that asks Debian's python3-dkim about each signature of a mail,
// with a DNS that is given to it.
const verify = `
import dkim, json, sys
zone = json.loads(sys.argv[1])
def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    found = zone.get(name.rstrip("."))
    return found.encode() if found is not None else None
raw = sys.stdin.buffer.read()
d = dkim.DKIM(raw)
n = sum(1 for h, _ in d.headers if h.lower() == b"dkim-signature")
def right(i):
    try:
        return dkim.DKIM(raw).verify(idx=i, dnsfunc=txt)
    except dkim.DKIMException:
        return False
print(json.dumps([right(i) for i in range(n)]))
`

// verified reports for each signature of a mail whether it is right, by a verifier that
// is not ours.
func verified(t *testing.T, zone map[string]string, mail []byte) (all []bool) {
	t.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import dkim, nacl").Run() != nil {
		t.Skip("python3-dkim is not there (apt-get install python3-dkim python3-nacl)")
	}
	names, err := json.Marshal(zone)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python, "-c", verify, string(names))
	c.Stdin = bytes.NewReader(mail)
	out, err := c.CombinedOutput()
	if err == nil {
		err = json.Unmarshal(out, &all)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return all
}

const letter = "Date: Sun, 22 Nov 2026 05:00:00 +0000\r\nFrom: Maja <support@lindqvist.example>\r\nTo: anna@example.com\r\nSubject: Your\r\n wheel\r\nMessage-ID: <m@lindqvist.example>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,  \r\n\r\nwe send a new one.\r\n\r\n\r\n"

// Each mail has a signature of both kinds that another verifier finds right, and that
// does not hold once somebody changes, or adds, what was signed.
func TestSign(t *testing.T) {
	zone := map[string]string{}
	var keys []Key
	for _, a := range Algorithms {
		private, public, err := New(a)
		if err != nil {
			t.Fatal(err)
		}
		k, err := Parse(private)
		if err != nil {
			t.Fatal(err)
		}
		selector := "s-" + string(a)
		zone[Name(selector, "lindqvist.example")] = Record(a, public)
		keys = append(keys, Key{"lindqvist.example", selector, k})
	}
	mail, err := Sign([]byte(letter), keys)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(mail) {
		if len(line) > 100 {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	for name, c := range map[string]struct {
		mail string
		want bool
	}{
		"as it is":             {string(mail), true},
		"as servers rewrap it": {strings.Replace(string(mail), "Subject: Your\r\n wheel", "Subject:   Your wheel", 1), true},
		"with a Received":      {"Received: from x by y; Sun, 22 Nov 2026 05:00:01 +0000\r\n" + string(mail), true},
		"another subject":      {strings.Replace(string(mail), " wheel", " money", 1), false},
		"another text":         {strings.Replace(string(mail), "a new one", "nothing", 1), false},
		"a second sender":      {"From: Eve <eve@evil.example>\r\n" + string(mail), false},
	} {
		got := verified(t, zone, []byte(c.mail))
		if len(got) != 2 || got[0] != c.want || got[1] != c.want {
			t.Errorf("%s: %v, want twice %v", name, got, c.want)
		}
	}
}

// What DNS says of a key, as people and their providers write it.
func TestPublished(t *testing.T) {
	p := base64.StdEncoding.EncodeToString([]byte("some key"))
	for _, c := range []struct {
		records      []string
		found, other bool
	}{
		{nil, false, false},
		{[]string{"v=spf1 -all"}, false, false},
		{[]string{"v=DKIM1; k=ed25519; p=" + p}, true, false},
		{[]string{"v=DKIM1;k=ed25519;p=" + p[:5] + " " + p[5:] + ";"}, true, false},
		{[]string{"k=ed25519; p=" + p}, true, false},
		{[]string{"v=DKIM1; p=" + p}, false, true}, // of RSA
		{[]string{"v=DKIM1; k=ed25519; p="}, false, true},
		{[]string{"v=DKIM1; k=ed25519; p=b3RoZXI="}, false, true},
		{[]string{"v=DKIM1; k=ed25519; p=" + p, "v=DKIM1; k=ed25519; p=b3RoZXI="}, false, true},
		{[]string{"something", "v=DKIM1; k=ed25519; p=" + p}, true, false},
	} {
		if found, other := Published(c.records, Ed25519, p); found != c.found || other != c.other {
			t.Errorf("%q: found %v, another %v", c.records, found, other)
		}
	}
}
