package app_test

import (
	"strings"
	"testing"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/internal/mail"
	"parley/store"
)

// sent gives the outcome of a mail of the team, as its delivery does, and returns the id
// that answers to it name.
func (p *postOffice) sent(m desk.MessageID) string {
	p.T.Helper()
	id := mail.MessageID(p.key, strings.TrimPrefix(p.Message(m).Conversation.String(), "cnv_"), strings.TrimPrefix(m.String(), "msg_"), "desk.example")
	_, err := p.Do(app.System(p.T.Context(), p.Workspace), p.Message(m).Conversation, desk.Settle{Message: m, State: desk.DeliverySent, ExternalID: id, Keys: []string{"mid:" + id}})
	p.OK(err)
	return id
}

func (p *postOffice) outgoing(m desk.MessageID) channel.Outbound {
	p.T.Helper()
	out, err := p.Outgoing(p.As(p.Owner), m)
	p.OK(err)
	return out.Message
}

// F2-37, peers 3.1: what is forwarded, and what is answered to it, stays between the
// team and whoever got it: no answer to the customer names it, goes to them or answers
// their mail, and the customer waits as before.
func TestWhatIsForwardedStaysAside(t *testing.T) {
	p := newPostOffice(t, nil)
	first := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", subject: "Wheel", text: "It is *broken*.", proof: desk.ProofProven})
	id := first.Conversation
	file, err := p.Upload(p.As(p.Owner), channel.File{Name: "wheel.txt", ContentType: "text/plain", Data: []byte("a wheel")}, app.Uploader(p.Owner))
	p.OK(err)
	reply := p.do(id, desk.Reply{Text: "Which one?", Files: []desk.AttachmentID{file.ID}})
	replied := p.sent(reply.Message)
	p.do(id, desk.Note{Text: "between us"})

	carried := p.Message(reply.Message).Files[0].ID
	fwd := p.do(id, desk.Forward{Message: reply.Message, Whole: true, Text: "Can you **help**?", Header: desk.Header{To: []string{"Sam <sam@supplier.example>"}}, Carry: []desk.AttachmentID{carried}})
	out := p.outgoing(fwd.Message)
	if out.To.Email != "sam@supplier.example" || out.Subject != "Fwd: Wheel" || !out.Exact || len(out.Parents) != 0 || out.Answers != "" || out.Text != "Can you help?" {
		t.Errorf("it goes to %s as %q, parents %v, answers %q: %q", out.To.Email, out.Subject, out.Parents, out.Answers, out.Text)
	}
	if len(out.Forwarded) != 2 || out.Forwarded[0].Text != "It is *broken*." || out.Forwarded[0].From.Email != "ann@shop.example" || out.Forwarded[1].Text != "Which one?" || out.Forwarded[1].From.Email != ours {
		t.Errorf("it carries %+v", out.Forwarded)
	}
	if len(out.Files) != 1 || string(out.Files[0].Data) != "a wheel" || len(p.Message(reply.Message).Files) != 1 {
		t.Errorf("it has the files %+v, the mail it carries %+v", out.Files, p.Message(reply.Message).Files)
	}
	forwarded := p.sent(fwd.Message)

	p.do(id, desk.Snooze{UntilReply: true})
	answer := p.take(letter{from: "sam@supplier.example", id: "1@supplier.example", answers: forwarded, text: "Yes, for 20."})
	aside := p.Message(answer.Message)
	if answer.Conversation != id || aside.Kind != desk.KindAside || aside.Auto != "" {
		t.Fatalf("the answer is in %s as %s %q", answer.Conversation, aside.Kind, aside.Auto)
	}
	c := p.Conversation(id)
	if c.SnoozeUntilReply || c.WaitingOn != desk.WaitingOnCustomer || c.LastFromCustomer != answer.Message || c.Preview != "Which one?" {
		t.Errorf("after it the conversation waits on %s, snoozed %v, unread until %s, says %q", c.WaitingOn, c.SnoozeUntilReply, c.LastFromCustomer, c.Preview)
	}
	// Without the header that says what is answered, it is known by whom it is from.
	if m := p.Message(p.take(letter{from: "sam@supplier.example", id: "2@supplier.example", answers: replied, text: "Or 25."}).Message); m.Kind != desk.KindAside {
		t.Errorf("what they write besides is a %s", m.Kind)
	}
	// A colleague of theirs is part of that, and not of what the customer sees.
	if m := p.Message(p.take(letter{from: "pat@supplier.example", id: "3@supplier.example", answers: forwarded}).Message); m.Kind != desk.KindAside {
		t.Errorf("what their colleague writes is a %s", m.Kind)
	}
	// Who pretends to be them waits to be let in.
	if m := p.Message(p.take(letter{from: "sam@supplier.example", id: "4@evil.example", answers: forwarded, proof: desk.ProofFailed}).Message); m.Kind != desk.KindMessage || !m.Strange() {
		t.Errorf("what somebody writes in their name is a %s %q", m.Kind, m.Auto)
	}
	// The customer answers in public, whatever mail they found.
	if m := p.Message(p.take(letter{from: "ann@shop.example", id: "2@shop.example", answers: forwarded}).Message); m.Kind != desk.KindMessage || m.Auto != "" {
		t.Errorf("what the customer writes is a %s %q", m.Kind, m.Auto)
	}

	back := p.outgoing(p.do(id, desk.Forward{Answers: answer.Message, Text: "Do it."}).Message)
	if back.To.Email != "sam@supplier.example" || back.Answers != "mid:1@supplier.example" || len(back.Forwarded) != 0 || contains(back.Parents, "mid:1@shop.example", "mid:"+replied) {
		t.Errorf("the answer aside goes to %s, answers %s, after %v", back.To.Email, back.Answers, back.Parents)
	}
	public := p.outgoing(p.do(id, desk.Reply{Text: "It costs 20."}).Message)
	if public.To.Email != "ann@shop.example" || len(public.Cc) != 0 || public.Answers != "mid:2@shop.example" || contains(public.Parents, "mid:"+forwarded, "mid:1@supplier.example", "mid:2@supplier.example") {
		t.Errorf("the reply goes to %s and %v, answers %s, after %v", public.To.Email, public.Cc, public.Answers, public.Parents)
	}
	p.OK(p.DB.Read(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		said, err := tx.MessagesOf([]desk.ConversationID{id}, 0, 100)
		for _, m := range said {
			if m.Kind != desk.KindMessage || strings.Contains(m.Text, "20") && m.Side == desk.SideCustomer {
				t.Errorf("the customer's side of it has %q", m.Text)
			}
		}
		return err
	}))
	_, err = p.Do(p.As(p.Owner), id, desk.Forward{Message: first.Message, Header: desk.Header{To: []string{"ann@shop.example"}}})
	if err == nil || !strings.Contains(err.Error(), "is the customer of this conversation") {
		t.Errorf("forwarding to the customer: %v", err)
	}
}

// Word that a forwarded mail came back stays aside as well.
func TestABounceOfWhatWasForwarded(t *testing.T) {
	p := newPostOffice(t, nil)
	id := p.take(letter{from: "ann@shop.example", id: "1@shop.example", proof: desk.ProofProven}).Conversation
	fwd := p.do(id, desk.Forward{Message: p.Conversation(id).LastFromCustomer, Header: desk.Header{To: []string{"sam@supplier.example"}}})
	forwarded := p.sent(fwd.Message)
	report := p.take(letter{
		from: "mailer-daemon@supplier.example", id: "1@supplier.example", subject: "Undelivered Mail Returned to Sender",
		header: "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
		text: "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; supplier.example\r\n\r\n" +
			"Final-Recipient: rfc822; sam@supplier.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" +
			"Message-ID: <" + forwarded + ">\r\n\r\n--b--\r\n",
	})
	if m := p.Message(report.Message); report.Conversation != id || m.Kind != desk.KindAside || m.Auto == "" {
		t.Errorf("the report is in %s as %s %q", report.Conversation, m.Kind, m.Auto)
	}
	if m := p.Message(fwd.Message); m.Delivery != desk.DeliveryFailed {
		t.Errorf("the mail is %s", m.Delivery)
	}
}

func contains(all []string, wanted ...string) bool {
	for _, s := range all {
		for _, a := range wanted {
			if s == a {
				return true
			}
		}
	}
	return false
}
