package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers for TXT records of a zone that a test fills; what is not in it
// does not exist.
type nameServer struct {
	addr string
	mu   sync.Mutex
	txt  map[string]string
}

func newNameServer(t *testing.T) *nameServer {
	t.Helper()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	s := &nameServer{addr: c.LocalAddr().String(), txt: map[string]string{}}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := s.answer(buf[:n]); answer != nil {
				_, _ = c.WriteTo(answer, from)
			}
		}
	}()
	return s
}

func (s *nameServer) set(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.txt[name] = text
}

func (s *nameServer) answer(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	s.mu.Lock()
	text, ok := s.txt[strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))]
	s.mu.Unlock()
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	switch {
	case !ok:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		var parts []string // of at most 255 bytes each
		for ; len(text) > 255; text = text[255:] {
			parts = append(parts, text[:255])
		}
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.TXTResource{TXT: append(parts, text)},
		}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

type apiMailDomain struct {
	Name   string
	Signed bool
	Keys   []struct {
		Selector, Algorithm, Record, Value, State string
		Signs                                     bool
	}
}

// verifyDKIM is a script for Debian's python3-dkim: the domains and answers of all
// signatures of a mail.
const verifyDKIM = `
import dkim, json, sys
zone = json.loads(sys.argv[1])
raw = sys.stdin.buffer.read()
n = sum(1 for h, _ in dkim.DKIM(raw).headers if h.lower() == b"dkim-signature")
def right(i):
    try:
        return dkim.DKIM(raw).verify(idx=i, dnsfunc=lambda name, timeout=5: zone.get(name.decode().rstrip("."), "").encode() or None)
    except dkim.DKIMException:
        return False
print(json.dumps([right(i) for i in range(n)]))
`

// TestMailSigned: once its keys are seen in the DNS, mail is signed with both, as a
// verifier that is not ours finds where it was received; before, it is not signed.
func TestMailSigned(t *testing.T) {
	const python = "/usr/bin/python3"
	m := newMailSystem(t)
	if exec.Command(python, "-c", "import dkim, nacl").Run() != nil {
		t.Skip("python3-dkim is not there (apt-get install python3-dkim python3-nacl)")
	}
	dns := newNameServer(t)
	p := m.program("--mail-dns", dns.addr)
	inbox, _ := p.connect(map[string]any{"address": "signed@desk.test"})
	path := p.ws + "/mail-domains/desk.test"
	var d apiMailDomain
	p.must("POST", path+"/keys", nil, &d)
	if d.Signed || len(d.Keys) != 2 {
		t.Fatalf("%+v", d)
	}
	zone := map[string]string{}
	check := func(raw string) (all []bool) {
		t.Helper()
		names, err := json.Marshal(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command(python, "-c", verifyDKIM, string(names))
		c.Stdin = bytes.NewReader([]byte(raw))
		out, err := c.CombinedOutput()
		if err != nil || json.Unmarshal(out, &all) != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return all
	}
	p.must("POST", path+"/check", nil, &d)
	if d.Signed || d.Keys[0].State != "missing" {
		t.Errorf("before it was published: %+v", d)
	}
	p.delivered(p.write(inbox, "kim@customer.test", "Before the keys"), "sent")
	if got := check(m.arrive("kim@customer.test", "Before the keys", 1)[0]); len(got) != 0 {
		t.Errorf("a mail has signatures that nobody can check: %v", got)
	}
	for _, k := range d.Keys {
		dns.set(k.Record, k.Value)
		zone[k.Record] = k.Value
	}
	p.must("POST", path+"/check", nil, &d)
	if !d.Signed || d.Keys[0].State != "found" || d.Keys[1].State != "found" || !d.Keys[0].Signs || !d.Keys[1].Signs {
		t.Fatalf("after it was published: %+v", d)
	}
	p.delivered(p.write(inbox, "kim@customer.test", "With both keys", p.upload("räkning.pdf", bytes.Repeat([]byte("%PDF-1.4 "), 20_000))), "sent")
	raw := m.arrive("kim@customer.test", "With both keys", 1)[0]
	if got := check(raw); len(got) != 2 || !got[0] || !got[1] {
		t.Errorf("the signatures are %v\n%.3000s", got, raw)
	}
	if !strings.Contains(raw, "Received: ") {
		t.Error("it did not come through a server")
	}
	if got := check(strings.Replace(raw, "With both keys", "With other keys", 1)); len(got) != 2 || got[0] || got[1] {
		t.Errorf("with another subject the signatures are %v", got)
	}
}
