package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/desk"
	"parley/store"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// bulkFile registers the file of an export (F1-34).
func (s *server) bulkFile(path string) {
	route(s, operation{id: "export-bulk", method: "GET", path: path + "/{id}/file", summary: "The conversations of an export of yours, as a table or with their messages", tag: "Bulk", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			BulkPath
			Format string `query:"format" enum:"csv,json" default:"csv" doc:"csv is a table of conversations; json has their public messages, too"`
		}) (*huma.StreamResponse, error) {
			b, err := s.App.Exported(ctx, in.ID.V)
			if err != nil {
				return nil, err
			}
			names, err := s.exportNames(ctx)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				kind := "text/csv; charset=utf-8"
				if in.Format == "json" {
					kind = "application/json"
				}
				hc.SetHeader("Content-Type", kind)
				hc.SetHeader("Content-Disposition", `attachment; filename="conversations-`+b.StartedAt.UTC().Format("2006-01-02")+`.`+in.Format+`"`)
				hc.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
				hc.SetStatus(http.StatusOK)
				write := s.exportCSV
				if in.Format == "json" {
					write = s.exportJSON
				}
				if err := write(ctx, hc, b.ID, names); err != nil {
					s.Log.WarnContext(ctx, "an export broke off", "err", err)
				}
			}}, nil
		})
}

// exportNames is what things are called in an export.
type exportNames struct {
	users    map[desk.UserID]string
	teams    map[desk.TeamID]string
	inboxes  map[desk.InboxID]string
	tags     map[desk.TagID]string
	channels kinds
}

func (s *server) exportNames(ctx context.Context) (n exportNames, err error) {
	n = exportNames{map[desk.UserID]string{}, map[desk.TeamID]string{}, map[desk.InboxID]string{}, map[desk.TagID]string{}, nil}
	err = s.read(ctx, func(tx *store.Tx) error {
		members, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range members {
			n.users[m.User] = m.Name
		}
		teams, err := tx.Teams()
		if err != nil {
			return err
		}
		for _, t := range teams {
			n.teams[t.ID] = t.Name
		}
		inboxes, err := tx.Inboxes()
		if err != nil {
			return err
		}
		for _, i := range inboxes {
			n.inboxes[i.ID] = i.Name
		}
		tags, err := tx.Tags()
		if err != nil {
			return err
		}
		for _, t := range tags {
			n.tags[t.ID] = t.Name
		}
		n.channels, err = channelKinds(tx)
		return err
	})
	return n, err
}

// ExportedConversation is a conversation in a file, with names in place of ids.
type ExportedConversation struct {
	ID             desk.ConversationID `json:"id"`
	Subject        string              `json:"subject"`
	Status         desk.Status         `json:"status"`
	Label          string              `json:"label"`
	Customer       string              `json:"customer"`
	Email          string              `json:"email,omitempty"`
	Phone          string              `json:"phone,omitempty"`
	Inbox          string              `json:"inbox"`
	Channel        string              `json:"channel"`
	Assignee       string              `json:"assignee,omitempty"`
	Team           string              `json:"team,omitempty"`
	Priority       desk.Priority       `json:"priority"`
	Tags           []string            `json:"tags"`
	Messages       int                 `json:"message_count"`
	OpenedAt       time.Time           `json:"opened_at"`
	LastActivityAt time.Time           `json:"last_activity_at"`
	FirstResponse  time.Time           `json:"first_response_at,omitzero"`
	ResolvedAt     time.Time           `json:"resolved_at,omitzero"`
	ClosedAt       time.Time           `json:"closed_at,omitzero"`
	Summary        string              `json:"closing_summary,omitempty"`
	Preview        string              `json:"preview,omitempty"`
}

func (n exportNames) exported(c desk.Conversation, contact desk.Contact, now time.Time) ExportedConversation {
	out := ExportedConversation{
		ID: c.ID, Subject: c.Subject, Status: c.Status, Label: c.Label(now), Customer: contact.Title(), Email: contact.Email, Phone: contact.Phone,
		Inbox: n.inboxes[c.Inbox], Channel: n.channels[c.LastChannel], Assignee: n.users[c.Assignee], Team: n.teams[c.Team], Priority: c.Priority, Tags: []string{},
		Messages: c.Messages, OpenedAt: c.OpenedAt, LastActivityAt: c.LastActivityAt, FirstResponse: c.FirstResponseAt, ResolvedAt: c.ResolvedAt, ClosedAt: c.ClosedAt,
		Summary: c.ClosingSummary, Preview: c.Preview,
	}
	for _, t := range c.Tags {
		out.Tags = append(out.Tags, n.tags[t])
	}
	return out
}

var exportHead = []string{
	"id", "subject", "status", "label", "customer", "email", "phone", "inbox", "channel", "assignee", "team", "priority", "tags", "messages",
	"opened_at", "last_activity_at", "first_response_at", "resolved_at", "closed_at", "closing_summary", "preview",
}

func (e ExportedConversation) row() []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	row := []string{
		e.ID.String(), e.Subject, string(e.Status), e.Label, e.Customer, e.Email, e.Phone, e.Inbox, e.Channel, e.Assignee, e.Team, string(e.Priority),
		strings.Join(e.Tags, ", "), strconv.Itoa(e.Messages), at(e.OpenedAt), at(e.LastActivityAt), at(e.FirstResponse), at(e.ResolvedAt), at(e.ClosedAt), e.Summary, e.Preview,
	}
	for i := range row {
		row[i] = cell(row[i])
	}
	return row
}

// cell returns text as a cell that no program for tables reads as a formula,
// whoever wrote it.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func (s *server) exportCSV(ctx context.Context, hc huma.Context, id desk.BulkID, names exportNames) error {
	w := csv.NewWriter(hc.BodyWriter())
	if err := w.Write(exportHead); err != nil {
		return err
	}
	err := s.App.ExportBulk(ctx, id, func(tx *store.Tx, all []desk.Conversation) error {
		contacts, err := contactsOf(tx, all)
		if err != nil {
			return err
		}
		for _, c := range all {
			if err := w.Write(names.exported(c, contacts[c.Contact], s.now()).row()); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	})
	w.Flush()
	return err
}

func contactsOf(tx *store.Tx, all []desk.Conversation) (map[desk.ContactID]desk.Contact, error) {
	people := make([]desk.ContactID, len(all))
	for i, c := range all {
		people[i] = c.Contact
	}
	return tx.Contacts(people)
}

// exportedMessages is how many messages of a conversation are read together.
const exportedMessages = 200

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
	type exportedMessage struct {
		Side   desk.Side `json:"side"`
		Author string    `json:"author"`
		At     time.Time `json:"at"`
		Text   string    `json:"text"`
		Files  []string  `json:"files,omitempty"`
	}
	err := s.App.ExportBulk(ctx, id, func(tx *store.Tx, all []desk.Conversation) error {
		contacts, err := contactsOf(tx, all)
		if err != nil {
			return err
		}
		for _, c := range all {
			messages := []exportedMessage{}
			for after := desk.MessageID(1); ; {
				some, err := tx.MessagesOf([]desk.ConversationID{c.ID}, after, exportedMessages)
				if err != nil {
					return err
				}
				for _, m := range some {
					out := exportedMessage{Side: m.Side, Author: m.AuthorName, At: m.At, Text: m.Text}
					for _, f := range m.Files {
						out.Files = append(out.Files, f.Name)
					}
					messages, after = append(messages, out), m.ID
				}
				if len(some) < exportedMessages {
					break
				}
			}
			err := put(struct {
				ExportedConversation
				Messages []exportedMessage `json:"messages"`
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
