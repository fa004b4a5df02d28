// Package dkim makes the keys with which a domain signs its mail, says what its DNS
// shall hold of them, and signs (RFC 6376, RFC 8463).
package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	msgauth "github.com/emersion/go-msgauth/dkim"
)

// Algorithm is how a key signs.
type Algorithm string

// The algorithms. Every mail has a signature of each: some receivers do not know the
// second.
const (
	RSA     Algorithm = "rsa" // of 2048 bits
	Ed25519 Algorithm = "ed25519"
)

// Algorithms are all of them.
var Algorithms = []Algorithm{RSA, Ed25519}

// bits is the length of an RSA key: a longer one does not fit into every DNS.
const bits = 2048

// New makes a key: the private one as PKCS #8, the public one as it stands in DNS.
func New(a Algorithm) (private []byte, public string, err error) {
	var signer crypto.Signer
	var shown []byte
	switch a {
	case RSA:
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, "", err
		}
		if shown, err = x509.MarshalPKIXPublicKey(&k.PublicKey); err != nil {
			return nil, "", err
		}
		signer = k
	case Ed25519:
		pub, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, "", err
		}
		signer, shown = k, pub
	default:
		return nil, "", fmt.Errorf("there are no keys of kind %q", a)
	}
	private, err = x509.MarshalPKCS8PrivateKey(signer)
	return private, base64.StdEncoding.EncodeToString(shown), err
}

// Parse reads a private key that New made.
func Parse(private []byte) (crypto.Signer, error) {
	k, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("it is no key that signs")
	}
	return signer, nil
}

// Name is where the record of a key stands in DNS.
func Name(selector, domain string) string { return selector + "._domainkey." + domain }

// Record is what DNS shall say of a key.
func Record(a Algorithm, public string) string {
	return "v=DKIM1; k=" + string(a) + "; p=" + public
}

// Published reports what TXT records say of a key: it is there, or another one is,
// or none.
func Published(records []string, a Algorithm, public string) (found, other bool) {
	keys := 0
	for _, r := range records {
		tags := map[string]string{}
		for part := range strings.SplitSeq(r, ";") {
			name, value, _ := strings.Cut(part, "=")
			tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
		}
		p, isKey := tags["p"]
		if v, given := tags["v"]; !isKey || given && v != "DKIM1" {
			continue
		}
		keys++
		kind := tags["k"]
		if kind == "" {
			kind = string(RSA)
		}
		found = p == public && kind == string(a)
	}
	// Of several records a receiver takes any one (RFC 6376, 3.6.2.2).
	return found && keys == 1, keys > 0 && (!found || keys > 1)
}

// Key signs for a domain.
type Key struct {
	Domain, Selector string
	Signer           crypto.Signer
}

// signed are the headers that a signature covers, where they are there. From stands
// twice: nobody can add another one.
var signed = []string{
	"From", "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Feedback-ID",
}

// Sign returns a mail with a signature of each key before it.
func Sign(mail []byte, keys []Key) ([]byte, error) {
	var b bytes.Buffer
	for _, k := range keys {
		s, err := msgauth.NewSigner(&msgauth.SignOptions{
			Domain: k.Domain, Selector: k.Selector, Signer: k.Signer, HeaderKeys: present(mail),
			HeaderCanonicalization: msgauth.CanonicalizationRelaxed, BodyCanonicalization: msgauth.CanonicalizationRelaxed,
		})
		if err != nil {
			return nil, err
		}
		_, err = s.Write(mail)
		if closed := s.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return nil, fmt.Errorf("sign with %s: %w", Name(k.Selector, k.Domain), err)
		}
		b.WriteString(s.Signature())
	}
	b.Write(mail)
	return b.Bytes(), nil
}

// present returns which of the headers that are signed a mail has.
func present(mail []byte) (all []string) {
	head, _, _ := bytes.Cut(mail, []byte("\r\n\r\n"))
	head = append([]byte("\r\n"), bytes.ToLower(head)...)
	for _, name := range signed {
		if bytes.Contains(head, []byte("\r\n"+strings.ToLower(name)+":")) {
			all = append(all, name)
		}
	}
	return all
}
