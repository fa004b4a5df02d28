package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRudeMail: bytes that are no text, in the commands and in the mail, go through
// the program and its database and come out of the API as text; nothing is lost.
func TestRudeMail(t *testing.T) {
	smtp := free(t)
	p := newProgram(t, "--smtp", smtp)
	p.run()
	p.begin()
	p.connect(map[string]any{"address": "support@desk.test"})
	c := dialSMTP(t, smtp)
	c.say(250, "EHLO \xff\x00")
	c.say(250, "MAIL FROM:<\xfc\x00@example.com>")
	c.say(550, "RCPT TO:<\xff\x00@desk.test>")
	raws := []string{
		"From: \xff\xfe\x00 <anna@example.com>\nSubject: a\x00b \xc3\x28 \xe4\nMessage-ID: <\xff\x00@example.com>\nReferences: <\x00\xff@x>\nIn-Reply-To: \x00\n\nbefore\x00after \xfc \xed\xa0\x80 \x1b[31m\n",
		"Subject: " + strings.Repeat("\xf0\x9f\x9a\xb2", 2000) + "\n\nno sender\n",
		"From: a@example.com\nContent-Type: application/pdf; name=\"\xff\x00\x1b../../x\xe2\x80\xaefdp.exe\"\nContent-ID: <\x00\xff>\n\n%PDF\n",
		"From: a@example.com\nContent-Type: text/plain; charset=\"\x00nonsense\xff\"\nContent-Transfer-Encoding: \x00\n\nbody\n",
		"\x00\x01\x02\xff\xfe",
		"From: a@example.com\nTo: " + strings.Repeat("x@example.com, ", 3000) + "y@example.com\nReferences: " + strings.Repeat("<id@example.com> ", 3000) + "\n\nmany\n",
	}
	for _, raw := range raws {
		c.mail("\xfc\x00@example.com", "support+\xff@desk.test", []byte(raw))
	}
	c.mail("", "support@desk.test", []byte("From: a@example.com\n\nlast\n"))
	c.quit()
	for i, e := range p.ledger(t, len(raws)+1) {
		if e.State != "message" {
			t.Errorf("mail %d became %s: %s", i, e.State, e.Reason)
			continue
		}
		for _, m := range p.messages(e.Conversation) {
			if m.ID == e.Message && (strings.ContainsAny(m.Text+m.Subject+m.Email.From+m.Author.Name, "\x00\x1b") || m.Text == "" && len(m.Attachments) == 0) {
				t.Errorf("%+v", m)
			}
			for _, f := range m.Attachments {
				if data := p.download(t, f.URL); len(data) != f.Size || strings.ContainsAny(f.Name, "/\x00\x1b\u202e") {
					t.Errorf("%+v", f)
				}
			}
		}
	}
}

// TestMailSettings: settings that cannot work are refused at the start, in words.
func TestMailSettings(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "first.test")
	for problem, c := range map[string]mailing{
		"":                              {SMTPCert: cert, SMTPKey: key, MailCA: cert, Relay: "smtp.example.com:587", RelaySecurity: "starttls", RelayUser: "desk", RelayPassword: "secret"},
		"both --smtp-cert and":          {SMTPCert: cert},
		"certificate for mail cannot":   {SMTPCert: cert, SMTPKey: cert},
		"cannot be read":                {MailCA: filepath.Join(dir, "none.pem")},
		"no certificate (PEM)":          {MailCA: key},
		"without encryption":            {Relay: "smtp.example.com:25", RelaySecurity: "none", RelayUser: "desk", RelayPassword: "secret"},
		"a name and a port":             {Relay: "smtp.example.com", RelaySecurity: "none"},
		"a name or a password but no r": {RelayUser: "desk", RelaySecurity: "none"},
	} {
		if _, err := c.options(); problem == "" && err != nil || problem != "" && (err == nil || !strings.Contains(err.Error(), problem)) {
			t.Errorf("want %q, got %v", problem, err)
		}
	}
}

// TestRenewedCertificate: a new certificate is used without a restart, and while
// its files do not fit each other the old one is.
func TestRenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "first.test")
	o, err := mailing{SMTPCert: cert, SMTPKey: key}.options()
	if err != nil {
		t.Fatal(err)
	}
	name := func() string {
		pair, err := o.TLS.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.Subject.CommonName
	}
	if name() != "first.test" {
		t.Error(name())
	}
	writePair(t, cert, filepath.Join(dir, "later.pem"), "second.test")
	changed(t, cert, time.Hour)
	if name() != "first.test" {
		t.Error("a certificate without its key is used")
	}
	if err := os.Rename(filepath.Join(dir, "later.pem"), key); err != nil {
		t.Fatal(err)
	}
	changed(t, key, time.Hour)
	if name() != "second.test" {
		t.Error("the new certificate is not used")
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	if name() != "second.test" {
		t.Error("the certificate is gone with its file")
	}
}

func changed(t *testing.T, name string, later time.Duration) {
	t.Helper()
	at := time.Now().Add(later)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

func writePair(t *testing.T, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
