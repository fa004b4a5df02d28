package api

import (
	"context"
	"encoding/csv"
	"fmt"
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
			Format string `query:"format" enum:"csv,messages,json" default:"csv" doc:"csv is a table of conversations, messages one of their public messages; json has both"`
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
				kind, name, write := "text/csv; charset=utf-8", "conversations-%s.csv", s.exportCSV
				switch in.Format {
				case "messages":
					name, write = "messages-%s.csv", s.exportMessages
				case "json":
					kind, name, write = "application/json", "conversations-%s.json", s.exportJSON
				}
				hc.SetHeader("Content-Type", kind)
				hc.SetHeader("Content-Disposition", `attachment; filename="`+fmt.Sprintf(name, b.StartedAt.UTC().Format("2006-01-02"))+`"`)
				hc.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'")
				hc.SetStatus(http.StatusOK)
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
	from     map[desk.ChannelID]string // the addresses of mail accounts
}

func (s *server) exportNames(ctx context.Context) (n exportNames, err error) {
	n = exportNames{map[desk.UserID]string{}, map[desk.TeamID]string{}, map[desk.InboxID]string{}, map[desk.TagID]string{}, kinds{}, map[desk.ChannelID]string{}}
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
		channels, err := tx.EveryChannel()
		for _, ch := range channels {
			if n.channels[ch.ID] = ch.Kind; ch.Kind == desk.KindMail {
				n.from[ch.ID] = ch.Address
			}
		}
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
	at := exportedTime
	return cells([]string{
		e.ID.String(), e.Subject, string(e.Status), e.Label, e.Customer, e.Email, e.Phone, e.Inbox, e.Channel, e.Assignee, e.Team, string(e.Priority),
		strings.Join(e.Tags, ", "), strconv.Itoa(e.Messages), at(e.OpenedAt), at(e.LastActivityAt), at(e.FirstResponse), at(e.ResolvedAt), at(e.ClosedAt), e.Summary, e.Preview,
	})
}

func exportedTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func cells(row []string) []string {
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
