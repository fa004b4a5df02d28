package mailtest

import (
	"net"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// DNS runs a DNS server on loopback that knows some text records, by name, and
// returns its address. Every other name does not exist.
func DNS(t testing.TB, records map[string]string) string {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		question := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			if answer := answerDNS(question[:n], records); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return conn.LocalAddr().String()
}

func answerDNS(question []byte, records map[string]string) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	text, ok := records[strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	switch {
	case !ok:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeTXT:
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: pieces(text)}}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// pieces cuts a text into strings of at most 255 bytes (RFC 1035, 3.3).
func pieces(s string) (all []string) {
	for len(s) > 255 {
		all, s = append(all, s[:255]), s[255:]
	}
	return append(all, s)
}
