package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/channel"
	"parley/desk"
	"parley/store"
)

// exportedMessages is how many messages of a conversation are read together.
const exportedMessages = 200

// ExportedMessage is a message in a file. Of a mail it says who wrote it to whom; who
// got copies that the others do not hear of is not in files, which are passed on.
type ExportedMessage struct {
	ID     desk.MessageID `json:"id"`
	Side   desk.Side      `json:"side"`
	Author string         `json:"author"`
	At     time.Time      `json:"at"`
	From   string         `json:"from,omitempty"`
	To     []string       `json:"to,omitempty"`
	Cc     []string       `json:"cc,omitempty"`
	Text   string         `json:"text"`
	Files  []string       `json:"files,omitempty"`
}

func (n exportNames) message(m desk.Message) ExportedMessage {
	out := ExportedMessage{ID: m.ID, Side: m.Side, Author: m.AuthorName, At: m.At, To: written(m.To), Cc: written(m.Cc), Text: m.Text}
	if len(out.To) > 0 {
		out.From = n.from[m.Channel]
	}
	var head channel.Email
	if len(m.Email) > 0 && json.Unmarshal(m.Email, &head) == nil {
		out.From, out.To, out.Cc = head.From, head.To, head.Cc
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, f.Name)
	}
	return out
}

// eachMessage calls fn for the public messages of a conversation, oldest first.
func (n exportNames) eachMessage(tx *store.Tx, c desk.ConversationID, fn func(ExportedMessage) error) error {
	for after := desk.MessageID(1); ; {
		some, err := tx.MessagesOf([]desk.ConversationID{c}, after, exportedMessages)
		if err != nil {
			return err
		}
		for _, m := range some {
			if err := fn(n.message(m)); err != nil {
				return err
			}
			after = m.ID
		}
		if len(some) < exportedMessages {
			return nil
		}
	}
}

var messageHead = []string{"conversation", "subject", "customer", "message", "at", "side", "author", "from", "to", "cc", "text", "files"}

func (s *server) exportMessages(ctx context.Context, hc huma.Context, id desk.BulkID, names exportNames) error {
	w := csv.NewWriter(hc.BodyWriter())
	if err := w.Write(messageHead); err != nil {
		return err
	}
	err := s.App.ExportBulk(ctx, id, func(tx *store.Tx, all []desk.Conversation) error {
		contacts, err := contactsOf(tx, all)
		if err != nil {
			return err
		}
		for _, c := range all {
			err := names.eachMessage(tx, c.ID, func(m ExportedMessage) error {
				return w.Write(cells([]string{
					c.ID.String(), c.Subject, contacts[c.Contact].Title(), m.ID.String(), exportedTime(m.At), string(m.Side), m.Author,
					m.From, strings.Join(m.To, ", "), strings.Join(m.Cc, ", "), m.Text, strings.Join(m.Files, ", "),
				}))
			})
			if err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	})
	w.Flush()
	return err
}

func (s *server) exportJSON(ctx context.Context, hc huma.Context, id desk.BulkID, names exportNames) error {
	w := hc.BodyWriter()
	next := "["
	put := func(v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = w.Write(append([]byte(next), b...))
		next = ",\n"
		return err
	}
	err := s.App.ExportBulk(ctx, id, func(tx *store.Tx, all []desk.Conversation) error {
		contacts, err := contactsOf(tx, all)
		if err != nil {
			return err
		}
		for _, c := range all {
			messages := []ExportedMessage{}
			if err := names.eachMessage(tx, c.ID, func(m ExportedMessage) error { messages = append(messages, m); return nil }); err != nil {
				return err
			}
			err := put(struct {
				ExportedConversation
				Messages []ExportedMessage `json:"messages"`
			}{names.exported(c, contacts[c.Contact], s.now()), messages})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if next == "[" {
		_, err = w.Write([]byte("[]\n"))
	} else {
		_, err = w.Write([]byte("]\n"))
	}
	return err
}
