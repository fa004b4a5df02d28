package main

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/internal/dkim"
	parleymail "parley/internal/mail"
	"parley/internal/secret"
)

// member joins as an agent and returns how they call.
func (p *program) member(email, name, inbox string) *http.Client {
	p.t.Helper()
	var invited struct{ URL string }
	p.must("POST", p.ws+"/invitations", map[string]any{"email": email, "role": "agent", "inbox_ids": []string{inbox}}, &invited)
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	code := invited.URL[strings.LastIndex(invited.URL, "/")+1:]
	if !p.callAs(client, "POST", "/api/v1/invitations/"+code+"/accept", map[string]string{"name": name, "password": "correct horse battery"}, nil) {
		p.t.Fatalf("%s cannot join", email)
	}
	return client
}

// TestMailAnswersNotification: what a member answers by mail, signed by their domain and
// through a real server, goes to the customer once; forged, too late, another's or a
// program's it does not, and the member is told by a mail of ours.
func TestMailAnswersNotification(t *testing.T) {
	m := newMailSystem(t)
	dns := newNameServer(t)
	private, public, err := dkim.New(dkim.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := dkim.Parse(private)
	if err != nil {
		t.Fatal(err)
	}
	dns.set("s1._domainkey.customer.test", dkim.Record(dkim.Ed25519, public))
	dns.set("_dmarc.customer.test", "v=DMARC1; p=reject")
	p := m.program("--mail-dns", dns.addr)
	const desk = "answers@desk.test"
	inbox, _ := p.connect(map[string]any{"address": desk})
	lena := p.member("lena@customer.test", "Lena Ek", inbox)
	m.swaks("kim@customer.test", desk, "Where is my parcel?", "Subject", "A parcel")
	c := p.arrived("A parcel")
	var me struct {
		User struct{ ID string }
	}
	if !p.callAs(lena, "GET", "/api/v1/session", nil, &me) {
		t.Fatal("nobody is signed in")
	}
	p.must("POST", p.ws+"/conversations/"+c.ID+"/assign", map[string]any{"assignee_id": me.User.ID}, nil)
	var told struct {
		Items []struct{ ID, Kind, Reason string }
	}
	news := func() int {
		if !p.callAs(lena, "GET", p.ws+"/notifications", nil, &told) {
			t.Fatal("no notifications")
		}
		return len(told.Items)
	}
	eventually(t, "Lena is told that it is hers", func() bool { return news() == 1 })
	id, err := strconv.ParseInt(told.Items[0].ID, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(p.args[slices.Index(p.args, "--data")+1], "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	mailed := time.Now()
	to := func(at time.Time) string { return parleymail.SignNotice(keys.Derive("mail"), desk, id, at) }
	number := 0
	write := func(from, to, text, more string, sign bool) {
		t.Helper()
		number++
		raw := []byte(strings.ReplaceAll(fmt.Sprintf("From: %s\nTo: %s\nSubject: Re: [Lindqvist] A parcel\nDate: %s\nMessage-ID: <%d.%s>\n%s\n%s\n\nOn Mon, 1 Jun 2026 at 09:10, Lindqvist (Parley) <%s> wrote:\n> secret of ours\n",
			from, to, time.Now().Format(time.RFC1123Z), number, from, more, text, to), "\n", "\r\n"))
		if sign {
			var err error
			if raw, err = dkim.Sign(raw, []dkim.Key{{Domain: "customer.test", Selector: "s1", Signer: signer}}); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(t.TempDir(), "mail")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // servers deliver twice, too
			if out, err := exec.Command("swaks", "--server", m.mx, "-tls", "--from", from, "--to", to, "--data", "@"+file).CombinedOutput(); err != nil {
				t.Fatalf("swaks: %v\n%s", err, out)
			}
		}
	}
	write("lena@customer.test", to(mailed), "It is on its way.", "", true)
	p.has(c.ID, 2)
	raw := m.arrive("kim@customer.test", "A parcel", 1)[0]
	if text := decoded(raw); !strings.Contains(text, "It is on its way.") || strings.Contains(text, "secret of ours") {
		t.Errorf("the customer got\n%s", raw)
	}
	for _, bad := range []struct {
		from, to, more string
		sign           bool
	}{
		{"lena@customer.test", to(mailed), "", false},
		{"kim@customer.test", to(mailed), "", true},
		{"lena@customer.test", to(mailed.Add(-15 * 24 * time.Hour)), "", true},
		{"lena@customer.test", to(mailed), "Auto-Submitted: auto-replied\n", true},
	} {
		write(bad.from, bad.to, "Never to be sent.", bad.more, bad.sign)
	}
	m.swaks("kim@customer.test", to(mailed), "I wrote to the wrong address", "Subject", "Meanwhile")
	var ledger struct {
		Items []struct{ State, Reason string }
	}
	state := func(s string) (n int) {
		for _, e := range ledger.Items {
			if e.State == s {
				n++
			}
		}
		return n
	}
	eventually(t, "all are looked at", func() bool {
		p.must("GET", p.ws+"/ledger/inbound?limit=100", nil, &ledger)
		return len(ledger.Items) == 12 && state("received") == 0
	})
	if state("message") != 2 || state("duplicate") != 1 || state("dead_letter") != 9 {
		t.Errorf("the ledger has %+v", ledger.Items)
	}
	if all := p.messages(c.ID); len(all) != 2 || all[1].Text != "It is on its way." || all[1].Author.Name != "Lena Ek" {
		t.Errorf("in the conversation is %+v", all)
	}
	// She is told by mail, at her own address, at most five times an hour, in two forms that
	// no program answers; its own answers lead nowhere either.
	var held []string
	eventually(t, "mails that say what was not sent", func() bool { held = m.inbox("lena@customer.test"); return len(held) >= 5 })
	h, err := mail.ReadMessage(strings.NewReader(held[0]))
	if err != nil {
		t.Fatal(err)
	}
	if got := decoded(held[0]); !strings.Contains(got, "Nothing proves that the answer is from you") || !strings.Contains(got, "multipart/alternative") || !strings.Contains(got, "prefers-color-scheme") || !strings.Contains(got, "text/plain") {
		t.Errorf("the mail is\n%s", held[0])
	}
	if h.Header.Get("Auto-Submitted") == "" || !strings.Contains(h.Header.Get("Reply-To"), "answers+n") || !strings.Contains(decoded(h.Header.Get("From")), "Lindqvist (Parley)") || h.Header.Get("Return-Path") != "<>" {
		t.Errorf("its head is %v", h.Header)
	}
	if m.arrive("kim@customer.test", "A parcel", 1); news() < 6 {
		t.Errorf("she is told of %d", news())
	}
}
