package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/channel"
	"parley/channel/email"
	"parley/desk"
	"parley/filter"
	"parley/internal/mail"
	"parley/internal/mailauth"
	"parley/internal/mailtest"
	"parley/store"
)

// postOffice is a desk with a mail address, whose own server says who is proven.
type postOffice struct {
	*apptest.Desk
	key     []byte
	account channel.Account
}

const ours = "support@desk.example"

func newPostOffice(t *testing.T, dns map[string]string) *postOffice {
	t.Helper()
	p := &postOffice{apptest.New(t, desk.PerThread), []byte("0123456789abcdef0123456789abcdef"), channel.Account{}}
	p.Channels = append(p.Channels, email.New(email.Options{Key: p.key, Now: p.Clock.Now, DNS: mailauth.NewResolver(mailtest.DNS(t, dns))}))
	_, err := p.SaveChannel(p.As(p.Owner), p.Inbox.ID, 0, email.Name, "Mail", json.RawMessage(`{"address":"`+ours+`","auth_servers":"mx.desk.example"}`), nil)
	p.OK(err)
	p.account, err = p.Lookup(t.Context(), email.Name, ours)
	p.OK(err)
	return p
}

// letter is a mail. A proven one is one that our own server says is.
type letter struct {
	from, to, id, answers, subject, text string
	proof                                desk.Proof
	header                               string // more of it
}

func (l letter) raw() []byte {
	var b strings.Builder
	_, domain, _ := strings.Cut(strings.Trim(l.from[strings.LastIndexByte(l.from, ' ')+1:], "<>"), "@")
	switch l.proof {
	case desk.ProofProven:
		fmt.Fprintf(&b, "Authentication-Results: mx.desk.example; dmarc=pass header.from=%s\r\n", domain)
	case desk.ProofFailed:
		fmt.Fprintf(&b, "Authentication-Results: mx.desk.example; dmarc=fail (p=REJECT) header.from=%s\r\n", domain)
	}
	if l.to == "" {
		l.to = ours
	}
	if l.text == "" {
		l.text = "Hello"
	}
	if l.subject == "" {
		l.subject = "A question"
	}
	b.WriteString(l.header)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: Mon, 1 Jun 2026 09:00:00 +0000\r\nMessage-ID: <%s>\r\n", l.from, l.to, l.subject, l.id)
	if l.answers != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", l.answers, l.answers)
	}
	b.WriteString("\r\n" + l.text + "\r\n")
	return []byte(b.String())
}

// found returns the conversations of a filter.
func (p *postOffice) found(text string) (all []desk.Conversation) {
	p.T.Helper()
	n, err := filter.Parse(text, nil)
	p.OK(err)
	p.OK(p.DB.Read(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		all, _, err = tx.Found(store.Find{Cond: filter.Resolve(n, filter.Env{Now: p.Clock.Now()}), Sort: store.SortNewest, Now: p.Clock.Now(), Limit: 100})
		return err
	}))
	return all
}

// take takes a letter in and returns what the ledger says of it.
func (p *postOffice) take(l letter) store.RawEvent {
	p.T.Helper()
	body := l.raw()
	from := l.from[strings.LastIndexByte(l.from, ' ')+1:]
	p.OK(p.Accept(p.T.Context(), p.account, channel.Raw{
		Dedupe: mail.Dedupe(body), ContentType: "message/rfc822", Body: body, At: p.Clock.Now(),
		Envelope: map[string]string{"mail_from": strings.Trim(from, "<>"), "rcpt_to": ours},
	}))
	p.Work()
	var entry store.RawEvent
	p.OK(p.DB.Read(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		all, _, err := tx.Raws("", store.LedgerPage{Limit: 1})
		if err == nil {
			entry = all[0]
		}
		return err
	}))
	return entry
}

// What was found out is kept beside the raw mail, with the message and with the
// conversation, and can be asked for.
func TestWhatIsProvenOfASenderIsKept(t *testing.T) {
	p := newPostOffice(t, nil)
	proven := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", proof: desk.ProofProven})
	failed := p.take(letter{from: "bob@bank.example", id: "1@bank.example", proof: desk.ProofFailed})
	unknown := p.take(letter{from: "cleo@home.example", id: "1@home.example"})
	for entry, want := range map[*store.RawEvent]desk.Proof{&proven: desk.ProofProven, &failed: desk.ProofFailed, &unknown: desk.ProofUnproven} {
		var auth mailauth.Outcome
		p.OK(json.Unmarshal(entry.Auth, &auth))
		if m := p.Message(entry.Message); string(auth.Verdict) != string(want) || m.Origin.Proof != want || p.Conversation(m.Conversation).SenderProof != want {
			t.Errorf("the sender %s is %s in the ledger, %s at the message, %s at the conversation, want %s", m.Sender, auth.Verdict, m.Origin.Proof, p.Conversation(m.Conversation).SenderProof, want)
		}
		if got := p.found("sender:" + string(want)); len(got) != 1 || got[0].ID != entry.Conversation {
			t.Errorf("sender:%s finds %d conversations, want the one", want, len(got))
		}
	}
	next := p.take(letter{from: "Ann <ann@shop.example>", id: "2@shop.example", answers: "1@shop.example"})
	if next.Conversation != proven.Conversation || p.Conversation(next.Conversation).SenderProof != desk.ProofUnproven {
		t.Errorf("what she writes next is %s in conversation %s, want unproven in %s", p.Conversation(next.Conversation).SenderProof, next.Conversation, proven.Conversation)
	}
}
