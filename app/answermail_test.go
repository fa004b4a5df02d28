package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/desk"
	"parley/internal/mail"
	"parley/store"
)

// notice returns the signed address of a notification that was mailed to somebody now.
func (p *postOffice) notice(to desk.UserID, about desk.ConversationID) (address string) {
	p.T.Helper()
	p.Clock.Add(time.Second)
	n := store.Notification{ID: p.DB.IDs.Next(p.Clock.Now()), User: to, Kind: desk.NewsAssigned, Conversation: about, At: p.Clock.Now(), Forms: []desk.Form{desk.FormMail}}
	n.Cause = -n.ID // of no event
	p.OK(p.DB.Write(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.WriteTx) error {
		_, err := tx.InsertNotification(n)
		return err
	}))
	return mail.SignNotice(p.key, ours, n.ID, p.Clock.Now())
}

// spoken returns what was written in a conversation, oldest first: who and what.
func (p *postOffice) spoken(id desk.ConversationID) (all []string) {
	p.T.Helper()
	p.OK(p.DB.Read(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) error {
		found, err := tx.Transcript(id, true, 0, 100)
		for _, m := range found {
			all = append(all, string(m.Kind)+" "+string(m.Side)+" "+m.AuthorName+": "+m.Text)
		}
		return err
	}))
	return all
}

// draft returns what an actor has begun to write.
func (p *postOffice) draft(by desk.Actor, id desk.ConversationID, mode string) (d store.Draft) {
	p.T.Helper()
	p.OK(p.DB.Read(p.T.Context(), store.Scope{Workspace: p.Workspace, User: by.User}, func(tx *store.Tx) (err error) { d, err = tx.Draft(id, mode); return err }))
	return d
}

// told returns why an actor's answers by mail were not sent, newest first, and in which forms.
func (p *postOffice) told(by desk.Actor) (all []store.Notification) {
	p.T.Helper()
	p.OK(p.DB.Read(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.Tx) (err error) {
		all, err = tx.Decided(by.User, desk.NewsAnswerHeld, 100)
		return err
	}))
	return all
}

const below = "\r\n\r\nOn Mon, 1 Jun 2026 at 09:10, Parley <support@desk.example> wrote:\r\n> — Reply above this line to answer the customer —\r\n> A conversation was assigned to you\r\n\r\n-- \r\nDaniel Berg\r\n"

// Channels 2.6: what a member answers to a notification from their proven address is
// their reply, once however often the mail comes, and the customer gets nothing of what
// it quotes; #note makes it a note.
func TestNotificationIsAnsweredByMail(t *testing.T) {
	p := newPostOffice(t, nil)
	id := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", proof: desk.ProofProven, text: "My wheel broke"}).Conversation
	to := p.notice(p.Agent.User, id)
	answer := letter{from: "Daniel Berg <Daniel@example.com>", to: to, id: "1@example.com", proof: desk.ProofProven, subject: "Re: [Shop] A question", text: "Which one?\r\n\r\nThe *front* one?" + below}
	for range 2 {
		got := p.take(answer)
		if got.Conversation != id {
			t.Fatalf("the ledger says %s in %s: %s", got.State, got.Conversation, got.Reason)
		}
	}
	m := p.Message(p.take(answer).Message)
	if m.User != p.Agent.User || m.Text != "Which one?\n\nThe *front* one?" || m.Kind != desk.KindMessage || m.Side != desk.SideTeam || m.Leaves.IsZero() && m.Delivery != desk.DeliveryQueued {
		t.Errorf("the reply is %+v", m)
	}
	note := answer
	note.id, note.text = "2@example.com", "#Note: she called, too"+below
	p.take(note)
	file := answer
	file.id, file.header, file.text = "3@example.com", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n", "--x\r\n\r\nThe manual"+below+"\r\n--x\r\nContent-Type: application/pdf; name=manual.pdf\r\nContent-Disposition: attachment; filename=manual.pdf\r\n\r\n%PDF-1.4\r\n--x--"
	if m := p.Message(p.take(file).Message); m.Text != "The manual" || len(m.Files) != 1 || m.Files[0].Name != "manual.pdf" {
		t.Errorf("with a file the reply is %q with %v", m.Text, m.Files)
	}
	want := []string{"message customer Ann: My wheel broke", "message team Daniel Berg: Which one?\n\nThe *front* one?", "note team Daniel Berg: she called, too", "message team Daniel Berg: The manual"}
	if got := p.spoken(id); !slices.Equal(got, want) {
		t.Errorf("in the conversation is\n%q\nwant\n%q", got, want)
	}
	if told := p.told(p.Agent); len(told) != 0 {
		t.Errorf("it was told that they were not sent: %+v", told)
	}
}

// Issue 6, trust: nothing is sent on an unproven From, nor for anybody but the member
// that the notification went to; and nothing of it is ever a customer's message.
func TestNotificationIsAnsweredByNobodyElse(t *testing.T) {
	p := newPostOffice(t, nil)
	vera := p.Join("Vera", "vera@example.com", desk.RoleViewer, p.Inbox.ID)
	gone := p.Join("Gone", "gone@example.com", desk.RoleAgent, p.Inbox.ID)
	id := p.take(letter{from: "Ann <ann@shop.example>", id: "1@shop.example", proof: desk.ProofProven}).Conversation
	off := false
	p.OK(p.ChangeMember(p.As(p.Owner), gone.User, app.MemberChange{Active: &off}))
	before := p.spoken(id)
	tampered := []byte(p.notice(p.Agent.User, id))
	tampered[len("support+n")+3] ^= 1
	own := "Daniel Berg <daniel@example.com>"
	for name, c := range map[string]struct {
		letter
		tells desk.UserID // who is told of it
		why   string
	}{
		"unproven":          {letter{from: own, to: p.notice(p.Agent.User, id)}, p.Agent.User, "Nothing proves"},
		"forged":            {letter{from: own, to: p.notice(p.Agent.User, id), proof: desk.ProofFailed}, p.Agent.User, "Nothing proves"},
		"answers elsewhere": {letter{from: own, to: p.notice(p.Agent.User, id), proof: desk.ProofProven, header: "Reply-To: eve@evil.example\r\n"}, p.Agent.User, "Nothing proves"},
		"another member":    {letter{from: "Maja Ek <maja@example.com>", to: p.notice(p.Agent.User, id), proof: desk.ProofProven}, p.Agent.User, "Nothing proves"},
		"the customer":      {letter{from: "Ann <ann@shop.example>", to: p.notice(p.Agent.User, id), proof: desk.ProofProven}, p.Agent.User, "Nothing proves"},
		"out of office":     {letter{from: own, to: p.notice(p.Agent.User, id), proof: desk.ProofProven, header: "Auto-Submitted: auto-replied\r\n"}, 0, "A program"},
		"who left":          {letter{from: "gone@example.com", to: p.notice(gone.User, id), proof: desk.ProofProven}, 0, "not in the team"},
		"a viewer":          {letter{from: "vera@example.com", to: p.notice(vera.User, id), proof: desk.ProofProven}, vera.User, "may not answer"},
		"nothing new":       {letter{from: own, to: p.notice(p.Agent.User, id), proof: desk.ProofProven, text: strings.TrimLeft(below, "\r\n")}, p.Agent.User, "no new words"},
		"of nothing":        {letter{from: own, to: p.notice(p.Agent.User, 0), proof: desk.ProofProven}, p.Agent.User, "not of one conversation"},
		"not known":         {letter{from: own, to: mail.SignNotice(p.key, ours, 42, p.Clock.Now()), proof: desk.ProofProven}, 0, "not known"},
	} {
		p.Clock.Add(time.Hour) // each of them is told by mail
		was := map[desk.UserID]int{p.Agent.User: len(p.told(p.Agent)), vera.User: len(p.told(vera))}
		c.letter.id = strings.ReplaceAll(name, " ", "") + "@a.example"
		got := p.take(c.letter)
		if got.State != store.RawDeadLetter || got.Message != 0 || !strings.Contains(got.Reason, c.why) {
			t.Errorf("%s: the ledger says %s %s: %q, want %q", name, got.State, got.Message, got.Reason, c.why)
		}
		for _, by := range []desk.Actor{p.Agent, vera} {
			told := p.told(by)
			if n := len(told) - was[by.User]; n != 0 && by.User != c.tells || n != 1 && by.User == c.tells {
				t.Errorf("%s: user %s is told %d times", name, by.User, n)
			} else if n == 1 && (!slices.Contains(told[0].Forms, desk.FormMail) || !strings.Contains(told[0].Reason, c.why)) {
				t.Errorf("%s: told %+v", name, told[0])
			}
		}
	}
	if got := p.spoken(id); !slices.Equal(got, before) || p.draft(p.Agent, id, "reply").Revision != 0 {
		t.Errorf("in the conversation is %q, and a draft %+v", got, p.draft(p.Agent, id, "reply"))
	}
	// An address that nobody signed is that of the inbox, where everybody may write.
	if got := p.take(letter{from: own, to: string(tampered), id: "t@a.example", proof: desk.ProofProven}); got.Conversation == id || got.State != store.RawMessage {
		t.Errorf("with a wrong signature: %+v", got)
	}
	// A mail at every try would be a way to flood somebody.
	for range 9 {
		l := letter{from: own, to: p.notice(p.Agent.User, id)}
		l.id = l.to
		p.take(l)
	}
	mailed := 0
	for _, n := range p.told(p.Agent)[:9] {
		if slices.Contains(n.Forms, desk.FormMail) {
			mailed++
		}
	}
	if mailed > 5 || mailed == 0 {
		t.Errorf("%d of nine were told by mail", mailed)
	}
}

// What a member may not send any more is theirs still: a draft, or a note where they
// have one.
func TestAnswerByMailThatWaits(t *testing.T) {
	p := newPostOffice(t, nil)
	for name, c := range map[string]struct {
		meanwhile func(desk.ConversationID)
		text      string
		why, kept string
	}{
		"the customer wrote": {func(id desk.ConversationID) {
			p.take(letter{from: "Ann <ann@shop.example>", id: "x@shop.example", answers: "1x@shop.example", proof: desk.ProofProven, text: "Never mind"})
		}, "", "since the notification", ""},
		"a teammate answered": {func(id desk.ConversationID) { p.do(id, desk.Reply{Text: "On it"}) }, "", "since the notification", ""},
		"taken over":          {func(id desk.ConversationID) { p.do(id, desk.Assign{Assignee: p.Owner.User}) }, "", "Somebody else has been given", ""},
		"archived":            {func(id desk.ConversationID) { p.do(id, desk.Close{}); p.do(id, desk.Archive{}) }, "", "archived", ""},
		"too late":            {func(desk.ConversationID) { p.Clock.Add(14*24*time.Hour + time.Minute) }, "", "14 days", ""},
		"below the quote":     {nil, strings.TrimPrefix(strings.ReplaceAll(below, "\r\n\r\n-- \r\nDaniel Berg\r\n", ""), "\r\n\r\n") + "\r\n\r\nThe front one?", "between or below", ""},
		"a command":           {nil, "#close\r\n\r\nDone", "can do nothing else", "#close\n\nDone"},
	} {
		t.Run(name, func(t *testing.T) {
			p.Clock.Add(2 * time.Hour)
			first := letter{from: "Ann <ann@shop.example>", id: "1x@shop.example", proof: desk.ProofProven, text: name}
			if name != "the customer wrote" {
				first.id = strings.ReplaceAll(name, " ", "") + "@shop.example"
			}
			id := p.take(first).Conversation
			to := p.notice(p.Agent.User, id)
			p.Clock.Add(time.Second)
			if c.meanwhile != nil {
				c.meanwhile(id)
			}
			before := len(p.spoken(id))
			l := letter{from: "daniel@example.com", to: to, id: strings.ReplaceAll(name, " ", "") + "@a.example", proof: desk.ProofProven, text: c.text}
			want := c.kept
			if l.text == "" {
				l.text = "The front one?" + below
			}
			if want == "" {
				want = "The front one?"
			}
			got := p.take(l)
			if d := p.draft(p.Agent, id, "reply"); d.Text != want || got.State != store.RawDeadLetter || !strings.Contains(got.Reason, c.why) || len(p.spoken(id)) != before {
				t.Errorf("%s: %q; the draft is %q, and %d were written", got.State, got.Reason, d.Text, len(p.spoken(id))-before)
			}
			if told := p.told(p.Agent); len(told) == 0 || told[0].Conversation != id || !strings.Contains(told[0].Reason, "your draft") {
				t.Errorf("told %+v", told)
			}
			l.id, l.text = "2"+l.id, "#nothing\r\n\r\nAnd the rear one"
			if p.take(l); !strings.Contains(strings.Join(p.spoken(id), "\n"), "note team Daniel Berg: *Answered by mail, and not sent:*\n\n#nothing") || p.draft(p.Agent, id, "reply").Text != want {
				t.Errorf("with a draft there is %q", p.spoken(id))
			}
		})
	}
}
