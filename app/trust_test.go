package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
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

// do gives a command as the owner.
func (p *postOffice) do(id desk.ConversationID, cmd desk.Command) app.Result {
	p.T.Helper()
	r, err := p.Do(p.As(p.Owner), id, cmd)
	p.OK(err)
	return r
}

// Peers 24, 1.3: knowing the id of a mail is not being part of its conversation. What a
// stranger writes waits there, wakes nobody, and counts once somebody lets them in.
func TestStrangersWaitToBeLetIn(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", proof: desk.ProofProven})
	id := first.Conversation
	p.do(id, desk.Reply{Text: "Which wheel?"})
	p.do(id, desk.Resolve{})
	p.Work()
	strange := []letter{
		{from: "eve@evil.example", id: "1@evil.example"},                                                                       // somebody who saw the id
		{from: "n@shop.example", id: "2@evil.example"},                                                                         // the end of a known address, of the same domain, not proven
		{from: "ann@shop.example", id: "3@evil.example", proof: desk.ProofFailed},                                              // a known address, shown to be false
		{from: "\"ann@shop.example\" <eve@evil.example>", id: "4@evil.example"},                                                // a known name
		{from: "eve@evil.example", id: "5@evil.example", header: "To: ann@shop.example\r\nCc: eve@evil.example\r\n"},           // who puts themselves in copy
		{from: "eve@evil.example", id: "6@evil.example", proof: desk.ProofProven, header: "Reply-To: ann@evil.example\r\n"},    // proven, but of nobody here
		{from: "eve@evil.example", id: "7@evil.example", subject: "Out of office", header: "Auto-Submitted: auto-replied\r\n"}, // a program of theirs
		{from: "eve@evil.example", id: "8@evil.example"},                                                                       // whose program did not make them part of it
	}
	var waiting []store.RawEvent
	for _, l := range strange {
		l.answers = "1@shop.example"
		got := p.take(l)
		if m := p.Message(got.Message); got.Conversation != id || m.Auto == "" {
			t.Errorf("%s is in %s as %q, want waiting in %s", l.id, got.Conversation, m.Auto, id)
		}
		waiting = append(waiting, got)
	}
	if c := p.Conversation(id); c.Status != desk.StatusResolved || c.WaitingOn != desk.WaitingOnCustomer {
		t.Errorf("strangers made the conversation %s, waiting on %s", c.Status, c.WaitingOn)
	}
	part := []letter{
		{from: "bea@shop.example", id: "4@shop.example", proof: desk.ProofProven}, // of the same organisation, proven
		{from: "ann@shop.example", id: "5@shop.example"},                          // herself
	}
	for _, l := range part {
		l.answers = "1@shop.example"
		if got := p.take(l); got.Conversation != id || p.Message(got.Message).Auto != "" {
			t.Errorf("%s is not taken for part of the conversation: %q", l.from, p.Message(got.Message).Auto)
		}
	}
	p.do(id, desk.Resolve{})
	p.do(id, desk.LetIn{Message: waiting[0].Message})
	if c := p.Conversation(id); c.Status != desk.StatusOpen || c.WaitingOn != desk.WaitingOnAgent || p.Message(waiting[0].Message).Auto != "" || p.Message(waiting[7].Message).Auto != "" {
		t.Errorf("after they were let in the conversation is %s, waiting on %s, their messages are %q and %q", c.Status, c.WaitingOn, p.Message(waiting[0].Message).Auto, p.Message(waiting[7].Message).Auto)
	}
	p.do(id, desk.TurnAway{Message: waiting[1].Message})
	if m := p.Message(waiting[1].Message); m.Auto != desk.AutoTurnedAway {
		t.Errorf("who was turned away is %q", m.Auto)
	}
	next := p.take(letter{from: "eve@evil.example", id: "9@evil.example", answers: "1@shop.example"})
	if m := p.Message(next.Message); m.Auto != "" {
		t.Errorf("who was let in waits again: %q", m.Auto)
	}
}

// At a provider where anybody gets an address, the domain proves no fellowship.
func TestAProviderIsNoOrganisation(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "ann@gmail.com", id: "1@gmail.com", proof: desk.ProofProven})
	got := p.take(letter{from: "eve@gmail.com", id: "2@gmail.com", proof: desk.ProofProven, answers: "1@gmail.com"})
	if m := p.Message(got.Message); got.Conversation != first.Conversation || m.Auto != desk.AutoStranger {
		t.Errorf("somebody of the same provider is %q", m.Auto)
	}
}

// A conversation of their own is the stranger's, and only what they wrote is in it.
func TestAStrangerGetsAConversationOfTheirOwn(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "ann@shop.example", id: "1@shop.example"})
	got := p.take(letter{from: "eve@evil.example", id: "1@evil.example", answers: "1@shop.example", text: "Where is mine?"})
	child := p.do(first.Conversation, desk.Split{Messages: []desk.MessageID{got.Message}}).Other
	c, m := p.Conversation(child), p.Message(got.Message)
	if c.Contact != m.Contact || c.Contact == p.Conversation(first.Conversation).Contact || m.Conversation != child || m.Auto != "" || c.WaitingOn != desk.WaitingOnAgent {
		t.Errorf("the new conversation is of %s and waits on %s; its message is of %s, %q", c.Contact, c.WaitingOn, m.Contact, m.Auto)
	}
	next := p.take(letter{from: "eve@evil.example", id: "2@evil.example", answers: "1@evil.example"})
	if next.Conversation != child {
		t.Errorf("what they write next is in %s, want %s", next.Conversation, child)
	}
}

// Peers 21, 25: every message says why it is where it is.
func TestWhyAMessageIsHere(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "ann@shop.example", id: "1@shop.example", subject: "The wheel is broken", proof: desk.ProofProven})
	bare := strings.TrimPrefix(first.Conversation.String(), "cnv_")
	signed := mail.Sign(p.key, ours, bare)
	answers := p.take(letter{from: "ann@shop.example", id: "2@shop.example", answers: "1@shop.example", subject: "Re: The wheel is broken"})
	token := p.take(letter{from: "ann@shop.example", id: "3@shop.example", to: signed, subject: "Re: The wheel is broken"})
	fresh := p.take(letter{from: "ann@shop.example", id: "4@shop.example", subject: "Re: The wheel is broken", proof: desk.ProofProven})
	for i, c := range []struct {
		got     store.RawEvent
		here    desk.Placement
		answers desk.MessageID
		in      bool
	}{{first, desk.PlacedNew, 0, true}, {answers, desk.PlacedAnswer, first.Message, true}, {token, desk.PlacedToken, 0, true}, {fresh, desk.PlacedNew, 0, false}} {
		o := p.Message(c.got.Message).Origin
		if o.Here != c.here || o.Answers != c.answers || (c.got.Conversation == first.Conversation) != c.in || o.NewSubject {
			t.Errorf("message %d is in %s because of %q, answering %s; want %q, answering %s", i, c.got.Conversation, o.Here, o.Answers, c.here, c.answers)
		}
	}
}

// Peers 23: the subject joins only where the inbox says so, and only what is proven,
// written as an answer, recent and the only one.
func TestJoiningBySubject(t *testing.T) {
	p := newPostOffice(t, nil)
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"join_by_subject":true}`)}))
	first := p.take(letter{from: "ann@shop.example", id: "1@shop.example", subject: "The wheel is broken", proof: desk.ProofProven})
	joined := p.take(letter{from: "ann@shop.example", id: "2@shop.example", subject: "Aw: The wheel is broken", proof: desk.ProofProven})
	if o := p.Message(joined.Message).Origin; joined.Conversation != first.Conversation || o.Here != desk.PlacedSubject {
		t.Errorf("an answer of the same sender did not join: %q", o.Here)
	}
	n := 2
	for name, l := range map[string]letter{
		"what is not proven":          {subject: "Re: The wheel is broken"},
		"a subject that says nothing": {subject: "Re: Hello", proof: desk.ProofProven},
		"a new mail":                  {subject: "The wheel is broken", proof: desk.ProofProven},
	} {
		n++
		l.from, l.id = "ann@shop.example", fmt.Sprintf("%d@shop.example", n)
		if got := p.take(l); got.Conversation == first.Conversation {
			t.Errorf("%s joined", name)
		}
	}
	// There are two with this subject now.
	if got := p.take(letter{from: "ann@shop.example", id: "99@shop.example", subject: "Re: The wheel is broken", proof: desk.ProofProven}); got.Conversation == first.Conversation {
		t.Error("a mail joined one of two by its subject")
	}
}

// Peers 22: an answer with another subject stays, is answered under that subject, and
// somebody is asked whether it belongs here.
func TestAChangedSubject(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "ann@shop.example", id: "1@shop.example", subject: "The wheel is broken"})
	other := p.take(letter{from: "ann@shop.example", id: "2@shop.example", answers: "1@shop.example", subject: "Re: My invoice"})
	if m, c := p.Message(other.Message), p.Conversation(first.Conversation); other.Conversation != c.ID || !m.Origin.NewSubject || c.Subject != "Re: My invoice" {
		t.Errorf("the mail is in %s, its subject is new: %t; the conversation is about %q", other.Conversation, m.Origin.NewSubject, c.Subject)
	}
	p.do(first.Conversation, desk.KeepTogether{Message: other.Message})
	names := p.Timeline(first.Conversation)
	if m := p.Message(other.Message); m.Origin.NewSubject || names[len(names)-1] != "kept_together" {
		t.Errorf("after somebody decided the subject is new: %t, the timeline ends in %s", m.Origin.NewSubject, names[len(names)-1])
	}
}

// Channels 2.5: whatever its headers say, an address that writes faster than people do
// is answered by no program for a while, and the conversation says so once.
func TestProgramsThatAnswerEachOtherAreStopped(t *testing.T) {
	p := newPostOffice(t, nil)
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"welcome_new_conversation":"We have your mail."}`)}))
	greeted, paused := 0, 0
	for i := range 30 {
		got := p.take(letter{from: "robot@loop.example", id: fmt.Sprintf("%d@loop.example", i), subject: fmt.Sprintf("Ticket %d", i)})
		for _, name := range p.Timeline(got.Conversation) {
			paused += map[bool]int{true: 1}[name == "automation_paused"]
		}
		p.OK(p.DB.Read(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
			all, err := tx.MessagesOf([]desk.ConversationID{got.Conversation}, 0, 10)
			for _, m := range all {
				greeted += map[bool]int{true: 1}[m.Side == desk.SideTeam && m.Delivery != desk.DeliveryWithheld]
			}
			return err
		}))
		p.Clock.Add(time.Second)
	}
	if greeted > 10 || greeted == 0 || paused != 1 {
		t.Errorf("%d automatic mails went out and %d conversations say that automation pauses; want at most 10, and 1", greeted, paused)
	}
	p.Clock.Add(2 * time.Hour)
	got := p.take(letter{from: "robot@loop.example", id: "later@loop.example", subject: "Ticket later"})
	if names := p.Timeline(got.Conversation); !slices.Contains(names, "message_posted") || len(names) < 3 {
		t.Errorf("after the pause nobody is greeted: %v", names)
	}
}

// A mail of ours that comes back, and one that says it is from us, is no customer's.
func TestOurOwnMailIsNoCustomers(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "ann@shop.example", id: "1@shop.example"})
	own := mail.MessageID(p.key, strings.TrimPrefix(first.Conversation.String(), "cnv_"), "m1", "desk.example")
	for name, l := range map[string]letter{
		"our address":          {from: "Support <support@desk.example>", id: "1@evil.example"},
		"our address and plus": {from: "support+x@desk.example", id: "2@evil.example"},
		"our message id":       {from: "ann@shop.example", id: own},
	} {
		if got := p.take(l); got.State != store.RawDeadLetter || got.Reason == "" {
			t.Errorf("a mail with %s ended as %s: %q", name, got.State, got.Reason)
		}
	}
}
