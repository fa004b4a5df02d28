package app_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/channel"
	"parley/desk"
	"parley/store"
)

// stored gives a mail what an older reader made of it.
func (p *postOffice) stored(m desk.Message) {
	p.T.Helper()
	p.OK(p.DB.Write(p.T.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.WriteTx) error { return tx.SaveReading(&m) }))
}

// Channels 2: what a mail arrived as is read again: the words, the head, and files that
// were not found come to light; whose it is, where it belongs, and files that are there
// already stay.
func TestReadAgain(t *testing.T) {
	p := newPostOffice(t, nil)
	p.Index()
	r := p.take(letter{
		from: "Ann <ann@shop.example>", id: "1@shop.example", subject: "The wheel",
		header: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
		text:   "--b\r\n\r\nIt is *bent*.\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=list.txt\r\n\r\none\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=other.txt\r\n\r\ntwo\r\n--b--\r\n",
	})
	right := p.Message(r.Message)
	if len(right.Files) != 2 || right.Text != "It is *bent*." {
		t.Fatalf("%q with %+v", right.Text, right.Files)
	}
	again := func() error {
		_, err := p.ReadAgain(p.As(p.Agent), r.Conversation, r.Message)
		return err
	}
	if err := again(); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "read as before") {
		t.Errorf("the same once more: %v", err)
	}

	wrong := right
	wrong.Text, wrong.Subject, wrong.Email, wrong.Unreadable, wrong.Files = "This mail could not be read.", "A mail that could not be read", nil, true, nil
	p.stored(wrong)
	before := p.Conversation(r.Conversation)
	p.OK(again())
	p.Index()
	got, after := p.Message(r.Message), p.Conversation(r.Conversation)
	if got.Text != right.Text || got.Subject != right.Subject || got.Unreadable || string(got.Email) != string(right.Email) || !slices.Equal(got.Files, right.Files) ||
		got.Contact != right.Contact || got.Sender != right.Sender || !got.At.Equal(right.At) || got.Origin != right.Origin {
		t.Errorf("it is\n%+v, not\n%+v", got, right)
	}
	if after.Status != before.Status || after.Subject != before.Subject || !after.WaitingSince.Equal(before.WaitingSince) || after.Messages != before.Messages || after.Version != before.Version+1 {
		t.Errorf("the conversation is\n%+v, was\n%+v", after, before)
	}
	facts := p.Facts(r.Conversation)
	if f, ok := facts[len(facts)-1].Fact.(desk.MessageReread); !ok || !slices.Equal(f.Changed, []string{"text", "subject", "header"}) || facts[len(facts)-1].By.User != p.Agent.User {
		t.Errorf("the fact is %+v", facts[len(facts)-1])
	}
	if err := again(); desk.KindOf(err) != desk.Conflict {
		t.Errorf("and once more: %v", err)
	}
	if _, err := p.Do(p.As(p.Agent), r.Conversation, desk.Undo{Command: facts[len(facts)-1].Command}); desk.KindOf(err) != desk.Conflict {
		t.Errorf("taking it back: %v", err)
	}
}

// A file that an earlier reader did not find is stored and counted, once.
func TestReadAgainFindsFiles(t *testing.T) {
	p := newPostOffice(t, nil)
	r := p.take(letter{from: "ann@shop.example", id: "1@shop.example", text: "See the list."})
	body := letter{
		from: "ann@shop.example", id: "1@shop.example", header: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
		text: "--b\r\n\r\nSee the list.\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=list.txt\r\n\r\none\r\n--b--\r\n",
	}.raw()
	p.OK(p.DB.Write(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.WriteTx) error {
		first := r
		first.ID, first.Body, first.Size, first.Hash = r.ID-1, body, int64(len(body)), "" // what it arrived as has a file
		return tx.InsertRaw(first)
	}))
	for range 2 {
		_, err := p.ReadAgain(p.As(p.Owner), r.Conversation, r.Message)
		if all := p.Message(r.Message).Files; len(all) != 1 || all[0].Name != "list.txt" || all[0].Size != 3 || p.Conversation(r.Conversation).WithFiles != 1 {
			t.Errorf("%v: it has the files %+v, %d with files", err, all, p.Conversation(r.Conversation).WithFiles)
		}
	}
}

// What is no mail of this conversation that is kept and seen is refused, and why is said.
func TestReadAgainRefused(t *testing.T) {
	p := newPostOffice(t, nil)
	one, two := p.take(letter{from: "ann@shop.example", id: "1@shop.example"}), p.take(letter{from: "bob@shop.example", id: "2@shop.example"})
	reply := p.do(one.Conversation, desk.Reply{Text: "Hi"})
	refused := func(what string, by desk.Actor, in desk.ConversationID, m desk.MessageID, kind desk.Kind, says string) {
		t.Helper()
		if _, err := p.ReadAgain(p.As(by), in, m); desk.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("one of ours", p.Owner, one.Conversation, reply.Message, desk.Invalid, "Only a mail from outside")
	refused("another conversation's", p.Owner, one.Conversation, two.Message, desk.NotFound, "no such message")
	refused("what a stranger does not see", p.Join("eve", "eve@desk.example", desk.RoleAgent), one.Conversation, one.Message, desk.NotFound, "")
	p.OK(p.DB.Write(t.Context(), store.Scope{Workspace: p.Workspace}, func(tx *store.WriteTx) error {
		_, err := tx.DropOriginals(p.Inbox.ID, p.Clock.Now().Add(time.Hour), p.Clock.Now(), 10)
		return err
	}))
	refused("what is gone", p.Owner, one.Conversation, one.Message, desk.NotFound, "was deleted on")
}

// Many mails are read again, of one inbox or since a moment, each like one alone: what
// changed is counted, and what cannot be read again is said and ends nothing.
func TestReadMany(t *testing.T) {
	p := newPostOffice(t, nil)
	var all []store.RawEvent
	for _, id := range []string{"1", "2", "3", "4"} {
		all = append(all, p.take(letter{from: "Ann <ann@shop.example>", id: id + "@shop.example", subject: "Wheel " + id, text: "Number " + id}))
		p.Clock.Add(time.Hour)
	}
	wrong := func(r store.RawEvent) {
		m := p.Message(r.Message)
		m.Text = "as an older reader read it"
		p.stored(m)
	}
	run := func(of channel.Account, since time.Time) (changed, same []desk.MessageID, left int) {
		t.Helper()
		p.OK(p.ReadMany(t.Context(), of, since, func(m desk.MessageID, err error) {
			switch {
			case err == nil:
				changed = append(changed, m)
			case errors.Is(err, desk.ErrReadAsBefore):
				same = append(same, m)
			default:
				left++
			}
		}))
		return changed, same, left
	}
	wrong(all[0])
	wrong(all[2])
	p.OK(p.ChangeInbox(p.As(p.Owner), p.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"keep_forwards":false}`)}))
	forwarded := p.take(forwardBy("5@example.com", desk.ProofProven))
	changed, same, left := run(p.account, time.Time{})
	if !slices.Equal(changed, []desk.MessageID{all[0].Message, all[2].Message}) || !slices.Equal(same, []desk.MessageID{all[1].Message, all[3].Message}) || left != 1 {
		t.Errorf("%v changed, %v did not, %d stay; %s was forwarded", changed, same, left, forwarded.Message)
	}
	if m := p.Message(all[2].Message); m.Text != "Number 3" {
		t.Errorf("it is %q", m.Text)
	}
	facts := p.Facts(all[2].Conversation)
	if e := facts[len(facts)-1]; e.By.Kind != desk.ActorSystem {
		t.Errorf("it was %+v", e.By)
	}
	// Again nothing changes; what is older than a moment is not looked at.
	wrong(all[1])
	wrong(all[3])
	if changed, same, _ = run(channel.Account{}, all[2].ReceivedAt); !slices.Equal(changed, []desk.MessageID{all[3].Message}) || len(same) != 1 {
		t.Errorf("since the third: %v changed, %v did not", changed, same)
	}
	elsewhere := p.account
	elsewhere.Inbox++
	if changed, same, left = run(elsewhere, time.Time{}); len(changed)+len(same)+left != 0 {
		t.Errorf("of another inbox: %v, %v, %d", changed, same, left)
	}
}
