package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/app"
	"parley/channel"
	"parley/channel/webchat"
	"parley/desk"
	"parley/internal/richtext"
	"parley/store"
)

const (
	visitorBase = "/api/widget/v1/{key}"
	ticketFor   = 5 * time.Minute
	visitorFor  = 180 * 24 * time.Hour // an anonymous chat is known again, since it was opened last
	customerFor = 24 * time.Hour       // a signed customer, since their identity was verified last
	newest      = 100                  // messages a visitor is shown at once
	maxSeq      = 1<<53 - 1            // JavaScript's largest number
)

// VisitorMessage is a message as its customer sees it.
type VisitorMessage struct {
	Seq         int64          `json:"seq" doc:"Rises with time; send the last one as after"`
	ID          desk.MessageID `json:"id"`
	ClientID    string         `json:"client_id,omitempty"`
	Side        desk.Side      `json:"side" enum:"customer,team,system"`
	Author      Author         `json:"author"`
	Text        string         `json:"text" doc:"Without marks"`
	HTML        string         `json:"html,omitempty" doc:"The same, formatted and safe to show; absent when there is nothing to format"`
	Attachments []Attachment   `json:"attachments"`
	At          time.Time      `json:"at"`
	State       desk.Delivery  `json:"state,omitempty" doc:"Of the visitor's own: sent, or read when somebody of the team has seen it"`
	Survey      *VisitorSurvey `json:"survey,omitempty" doc:"It asks how satisfied the customer is"`
}

// VisitorConversation is what a customer may know of their conversation.
type VisitorConversation struct {
	ID     desk.ConversationID `json:"id"`
	Status desk.Status         `json:"status" enum:"open,pending,resolved,closed"`
	Open   bool                `json:"open"`
}

// VisitorState is what a chat shows when it opens.
type VisitorState struct {
	Conversation *VisitorConversation `json:"conversation"`
	Messages     []VisitorMessage     `json:"messages"`
	LastSeq      int64                `json:"last_seq"`
	Unread       int                  `json:"unread"`
	waits        bool                 // for an automatic message that is about to leave
}

// VisitorSession is an opened chat.
type VisitorSession struct {
	VisitorState
	Token         string `json:"token"`
	Ticket        string `json:"stream_ticket" doc:"Opens the stream within five minutes"`
	IdentityError string `json:"identity_error,omitempty" doc:"Why the signed identity was not believed; the chat is anonymous then"`
	Visitor       struct {
		Name     string `json:"name,omitempty"`
		Email    string `json:"email,omitempty"`
		Verified bool   `json:"verified"`
	} `json:"visitor"`
}

type VisitorPath struct {
	Key string `path:"key" maxLength:"40"`
}

type VisitorAuth struct {
	VisitorPath
	Authorization string `header:"Authorization" doc:"Bearer and the token of the session"`
}

// visit is one request of a visitor.
type visit struct {
	account channel.Account
	config  webchat.Config
	visitor webchat.Visitor
	contact desk.ContactID // 0 before the first message
	blocked bool           // nothing of theirs is taken in
}

// seqOf makes a number that JavaScript can hold of an id: its node is left out.
func seqOf(id desk.MessageID) int64 { return int64(id)>>22<<12 | int64(id)&4095 }

// idAfter is an id at or before the first one with this number.
func idAfter(seq int64) desk.MessageID { return desk.MessageID(max(seq>>12<<22-1, 0)) }

// account finds the chat with a key and slows down who asks too often.
func (s *server) chat(ctx context.Context, key string) (v visit, err error) {
	if err := s.slow(s.Widget, network(remoteFrom(ctx))); err != nil {
		return v, err
	}
	if v.account, err = s.App.Lookup(ctx, webchat.Name, key); err != nil {
		return v, err
	}
	v.config, err = webchat.Read(v.account.Config)
	return v, err
}

// visiting finds out who a visitor is from their token.
func (s *server) visiting(ctx context.Context, in VisitorAuth) (v visit, err error) {
	if v, err = s.chat(ctx, in.Key); err != nil {
		return v, err
	}
	token, _ := strings.CutPrefix(in.Authorization, "Bearer ")
	if v.visitor, err = webchat.Verify(s.App.Keys.Derive("visitor"), token, s.now()); err != nil || v.visitor.Channel != v.account.ID {
		return v, desk.Errorf(desk.Unauthenticated, "This chat's session is over. Open the chat again.")
	}
	if err := s.slow(s.Widget, uploaderOf(v.visitor)); err != nil {
		return v, err
	}
	return v, s.findContact(ctx, &v)
}

// findContact says whose contact a visitor is, none before the first message.
func (s *server) findContact(ctx context.Context, v *visit) error {
	i := v.visitor.Identity()
	err := s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace}, func(tx *store.Tx) error {
		c, err := tx.IdentityContact(i.Kind, i.Scope, i.ID)
		v.contact, v.blocked = c.ID, c.Blocked
		return err
	})
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return nil
	}
	return err
}

// errBlocked is what a blocked customer is told; not why.
func errBlocked() error {
	return desk.Errorf(desk.Forbidden, "This chat does not take messages from you.")
}

// visitors registers what the chat on a web page uses.
func (s *server) visitors(mux *http.ServeMux) {
	route(s, operation{id: "visitor-config", method: "GET", path: visitorBase + "/config", summary: "How the chat looks", tag: "Web chat", public: true},
		func(ctx context.Context, in *VisitorPath) (*body[VisitorConfig], error) {
			v, err := s.chat(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			out, err := s.visitorConfig(ctx, v)
			return &body[VisitorConfig]{out}, err
		})
	route(s, operation{id: "visitor-session", method: "POST", path: visitorBase + "/session", summary: "Open the chat", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorPath
			Body struct {
				Token    string `json:"token,omitempty" maxLength:"2000"`
				Identity string `json:"identity,omitempty" maxLength:"4000" doc:"A JWT of the site's server"`
			}
		}) (*body[VisitorSession], error) {
			v, err := s.chat(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			out, err := s.openChat(ctx, v, in.Body.Token, in.Body.Identity)
			return &body[VisitorSession]{out}, err
		})
	route(s, operation{id: "visitor-messages", method: "GET", path: visitorBase + "/messages", summary: "Messages after one", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorAuth
			After int64 `query:"after" minimum:"0" maximum:"9007199254740991"`
		}) (*body[VisitorState], error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil {
				return nil, err
			}
			out, err := s.visitorState(ctx, v, in.After)
			return &body[VisitorState]{out}, err
		})
	route(s, operation{id: "visitor-post", method: "POST", path: visitorBase + "/messages", summary: "Write to the team", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorAuth
			Body struct {
				ClientID string              `json:"client_id" minLength:"8" maxLength:"64" pattern:"^[!-~]*$" patternDescription:"letters, digits and signs of ASCII without spaces" doc:"Your own id of the message: sent again with it, it is one message"`
				Text     string              `json:"text" maxLength:"20000"`
				Files    []desk.AttachmentID `json:"attachment_ids,omitempty" maxItems:"10"`
				Page     string              `json:"page,omitempty" maxLength:"2000"`
				Zone     string              `json:"time_zone,omitempty" maxLength:"64" doc:"Where the visitor is, like Europe/Stockholm: the team sees what time it is there. What is none is not kept"`
			}
		}) (*body[VisitorMessage], error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil {
				return nil, err
			}
			if strings.TrimSpace(desk.Clean(in.Body.Text)) == "" && len(in.Body.Files) == 0 {
				return nil, desk.Errorf(desk.Invalid, "Write something first.")
			}
			posted := webchat.Posted{Visitor: v.visitor, ClientID: in.Body.ClientID, Text: in.Body.Text, Page: withoutQuery(in.Body.Page), Zone: in.Body.Zone}
			m, err := s.visitorPost(ctx, v, posted, in.Body.Files)
			return &body[VisitorMessage]{m}, err
		})
	s.visitorRest()
	mux.HandleFunc("GET "+visitorBase+"/stream", s.serveVisitor)
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "visitor-stream", Method: "GET", Path: visitorBase + "/stream", Summary: "What happens in the chat, as server-sent events", Tags: []string{"Web chat"},
		Parameters: []*huma.Param{
			{Name: "key", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}},
			{Name: "ticket", In: "query", Required: true, Description: "The stream_ticket of the session, or a newer one", Schema: &huma.Schema{Type: "string"}},
			{Name: "after", In: "query", Description: "The number of the last message seen; the header Last-Event-ID goes before it", Schema: &huma.Schema{Type: "integer"}},
		},
		Responses: map[string]*huma.Response{"200": {Description: "Events with JSON: message, receipt, typing, state, presence"}},
	})
}

func (s *server) visitorRest() {
	route(s, operation{id: "visitor-ticket", method: "POST", path: visitorBase + "/ticket", summary: "A ticket for the stream", tag: "Web chat", public: true},
		func(ctx context.Context, in *VisitorAuth) (*body[struct {
			Ticket string `json:"stream_ticket"`
		}], error) {
			v, err := s.visiting(ctx, *in)
			if err != nil {
				return nil, err
			}
			out := &body[struct {
				Ticket string `json:"stream_ticket"`
			}]{}
			out.Body.Ticket, err = s.ticket(v.visitor)
			return out, err
		})
	route(s, operation{id: "visitor-typing", method: "POST", path: visitorBase + "/typing", summary: "Say that you type", tag: "Web chat", public: true, status: 204},
		func(ctx context.Context, in *struct {
			VisitorAuth
			Body struct {
				On bool `json:"on"`
			}
		}) (*struct{}, error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil || v.contact == 0 || v.blocked {
				return nil, err
			}
			return nil, s.visitorTypes(ctx, v, in.Body.On)
		})
	route(s, operation{id: "visitor-seen", method: "POST", path: visitorBase + "/seen", summary: "Say how far you have read", tag: "Web chat", public: true, status: 204},
		func(ctx context.Context, in *struct {
			VisitorAuth
			Body struct {
				Seq int64 `json:"seq" minimum:"0" maximum:"9007199254740991"`
			}
		}) (*struct{}, error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil || v.contact == 0 {
				return nil, err
			}
			return nil, s.settleUpTo(ctx, v, in.Body.Seq, desk.DeliveryRead)
		})
	route(s, operation{id: "visitor-profile", method: "POST", path: visitorBase + "/profile", summary: "Leave a name or a mail address", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorAuth
			Body struct {
				Name  string `json:"name,omitempty" maxLength:"120"`
				Email string `json:"email,omitempty" maxLength:"254"`
			}
		}) (*body[struct {
			Token string `json:"token"`
		}], error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil {
				return nil, err
			}
			out := &body[struct {
				Token string `json:"token"`
			}]{}
			out.Body.Token, err = s.visitorProfile(ctx, v, in.Body.Name, in.Body.Email)
			return out, err
		})
	s.visitorRates()
	s.visitorFiles()
}

func (s *server) visitorFiles() {
	route(s, operation{id: "visitor-upload", method: "POST", path: visitorBase + "/attachments", summary: "Upload a file to send", tag: "Web chat", public: true, status: 201, maxBody: MaxUpload + 1<<20, readWithin: uploadWithin, before: s.visitorFirst},
		func(ctx context.Context, in *struct {
			VisitorAuth
			RawBody huma.MultipartFormFiles[struct {
				File huma.FormFile `form:"file" required:"true"`
			}]
		}) (*body[Attachment], error) {
			v, _ := ctx.Value(visitKey{}).(visit)
			f, err := uploaded(in.RawBody.Data().File)
			if err != nil {
				return nil, err
			}
			a, err := s.App.Upload(app.System(ctx, v.account.Workspace), f, uploaderOf(v.visitor))
			if err != nil {
				return nil, err
			}
			out, err := s.visitorFile(v, a)
			return &body[Attachment]{out}, err
		})
	route(s, operation{id: "visitor-download", method: "GET", path: visitorBase + "/attachments/{id}", summary: "Download a file", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorPath
			ID     Ref[desk.AttachmentID] `path:"id"`
			Ticket string                 `query:"t" maxLength:"2000"`
		}) (*huma.StreamResponse, error) {
			v, err := s.chat(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			if v.visitor, err = webchat.Verify(s.App.Keys.Derive("visitor file"), in.Ticket, s.now()); err != nil || v.visitor.Channel != v.account.ID {
				return nil, desk.Errorf(desk.Unauthenticated, "This link is too old. Open the chat again.")
			}
			if err := s.findContact(ctx, &v); err != nil {
				return nil, err
			}
			var a desk.Attachment
			err = s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace}, func(tx *store.Tx) (err error) {
				a, err = tx.ContactAttachment(in.ID.V, v.contact, uploaderOf(v.visitor), s.now())
				return err
			})
			if err != nil {
				return nil, err
			}
			return s.stream(a)
		})
}

func uploaderOf(v webchat.Visitor) string { return v.Kind + " " + v.Channel.String() + " " + v.ID }

// visitorFile renders a file with an address that works for a day: an image tag
// cannot send a token.
func (s *server) visitorFile(v visit, f desk.Attachment) (Attachment, error) {
	ticket := v.visitor
	ticket.Name, ticket.Email, ticket.Expires = "", "", s.now().Add(24*time.Hour).Unix()
	signed, err := webchat.Sign(s.App.Keys.Derive("visitor file"), ticket)
	a := attachment("", f)
	a.URL = strings.Replace(visitorBase, "{key}", v.account.Address, 1) + "/attachments/" + f.ID.String() + "?t=" + url.QueryEscape(signed)
	return a, err
}

func (s *server) ticket(v webchat.Visitor) (string, error) {
	v.Expires = s.now().Add(ticketFor).Unix()
	return webchat.Sign(s.App.Keys.Derive("visitor ticket"), v)
}

// openChat knows a visitor again by their token or their signed identity, or
// gives them a token. A wrong identity makes an anonymous chat and says why.
func (s *server) openChat(ctx context.Context, v visit, token, identity string) (VisitorSession, error) {
	out := VisitorSession{}
	known, err := webchat.Verify(s.App.Keys.Derive("visitor"), token, s.now())
	if err == nil && known.Channel == v.account.ID {
		v.visitor = known
	} else {
		v.visitor = webchat.Visitor{Channel: v.account.ID, Kind: "visitor", ID: rand.Text()}
	}
	if identity != "" {
		k, err := webchat.VerifyIdentity(v.config.IdentitySecret, v.account.Address, identity, s.now())
		if err != nil {
			out.IdentityError = err.Error()
			s.Log.WarnContext(ctx, "an identity was not believed", "channel", v.account.ID.String(), "why", err)
			// A page may be open for longer than a proof is good: the token shows that
			// it was. With any other proof somebody else may sit at this browser.
			later := errors.Is(err, webchat.ErrExpired) && k.Subject == v.visitor.ID
			if v.visitor.Kind == "external" && !later {
				v.visitor = webchat.Visitor{Channel: v.account.ID, Kind: "visitor", ID: rand.Text()}
			}
		} else {
			v.visitor = webchat.Visitor{
				Channel: v.account.ID, Kind: "external", ID: k.Subject, Name: desk.Line(k.Name, 120), Email: store.FoldEmail(k.Email), Verified: true,
				Expires: s.now().Add(customerFor).Unix(),
			}
		}
	} else if v.visitor.Kind == "external" {
		// A signed customer who signs no more has signed out: the next one at
		// this browser is somebody else.
		v.visitor = webchat.Visitor{Channel: v.account.ID, Kind: "visitor", ID: rand.Text()}
	}
	if v.visitor.Kind == "visitor" {
		v.visitor.Expires = s.now().Add(visitorFor).Unix()
	}
	if out.Token, err = webchat.Sign(s.App.Keys.Derive("visitor"), v.visitor); err != nil {
		return out, err
	}
	if out.Ticket, err = s.ticket(v.visitor); err != nil {
		return out, err
	}
	out.Visitor.Name, out.Visitor.Email, out.Visitor.Verified = v.visitor.Name, v.visitor.Email, v.visitor.Verified
	if err := s.findContact(ctx, &v); err != nil {
		return out, err
	}
	out.VisitorState, err = s.visitorState(ctx, v, 0)
	return out, err
}

// visitorState returns a customer's newest conversation of this chat's inbox and
// the newest messages of all of them, or the first ones after one.
func (s *server) visitorState(ctx context.Context, v visit, after int64) (out VisitorState, err error) {
	out = VisitorState{Messages: []VisitorMessage{}, LastSeq: after}
	if v.contact == 0 {
		return out, nil
	}
	err = s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace, Inboxes: []desk.InboxID{v.account.Inbox}}, func(tx *store.Tx) error {
		all, ids, err := chatConversations(tx, v.contact, 20)
		if err != nil || len(all) == 0 {
			return err
		}
		out.Conversation = &VisitorConversation{all[0].ID, all[0].Status, all[0].Active()}
		read, err := readByTeam(tx, ids)
		if err != nil {
			return err
		}
		messages, err := tx.ChatMessages(ids, v.account.Inbox, idAfter(after), newest)
		for err == nil && len(messages) == newest && seqOf(messages[newest-1].ID) <= after {
			messages, err = tx.ChatMessages(ids, v.account.Inbox, messages[newest-1].ID, newest) // of one moment there are more than a page
		}
		if err != nil {
			return err
		}
		messages, out.waits = shown(messages, s.now())
		surveys, err := surveysIn(tx, messages, s.now())
		if err != nil {
			return err
		}
		for i := range messages {
			m, err := s.visitorMessage(v, &messages[i], read)
			if err != nil {
				return err
			}
			if m.Seq <= after {
				continue
			}
			m.Survey = surveys[m.ID]
			if messages[i].Side != desk.SideCustomer && messages[i].Delivery != desk.DeliveryRead {
				out.Unread++
			}
			out.LastSeq = max(out.LastSeq, m.Seq)
			out.Messages = append(out.Messages, m)
		}
		return nil
	})
	return out, err
}

// chatConversations returns a customer's newest conversations of a chat's inbox, as
// what they are part of now, wherever that is, and their ids.
func chatConversations(tx *store.Tx, contact desk.ContactID, limit int) (all []desk.Conversation, ids []desk.ConversationID, err error) {
	found, err := tx.Strands(contact, limit)
	if err != nil {
		return nil, nil, err
	}
	everywhere := tx.As(store.Scope{Workspace: tx.Scope().Workspace})
	for _, c := range found {
		if c, err = everywhere.Survivor(c); err != nil {
			return nil, nil, err
		}
		if !slices.Contains(ids, c.ID) {
			all, ids = append(all, c), append(ids, c.ID)
		}
	}
	return all, ids, nil
}

// readByTeam returns the newest message of conversations that anybody of the team has read.
func readByTeam(tx *store.Tx, ids []desk.ConversationID) (desk.MessageID, error) {
	var newest desk.MessageID
	for _, id := range ids {
		marks, err := tx.ReadersMarks(id)
		if err != nil {
			return 0, err
		}
		for _, m := range marks {
			newest = max(newest, m)
		}
	}
	return newest, nil
}

func (s *server) visitorMessage(v visit, m *desk.Message, read desk.MessageID) (VisitorMessage, error) {
	out := VisitorMessage{
		Seq: seqOf(m.ID), ID: m.ID, Side: m.Side, Author: Author{Kind: m.AuthorKind, Name: m.AuthorName}, Text: m.Text, Attachments: []Attachment{}, At: m.CreatedAt,
	}
	if m.Markdown {
		html, text, err := richtext.Shown(m.Text, names(m.Files))
		if err != nil {
			return out, err
		}
		out.HTML, out.Text = html, text
	}
	if m.Side == desk.SideCustomer {
		out.ClientID, out.State = m.ClientID, desk.DeliverySent
		if m.ID <= read {
			out.State = desk.DeliveryRead
		}
	}
	for _, f := range m.Files {
		a, err := s.visitorFile(v, f)
		if err != nil {
			return out, err
		}
		out.Attachments = append(out.Attachments, a)
	}
	return out, nil
}

func (s *server) visitorPost(ctx context.Context, v visit, p webchat.Posted, files []desk.AttachmentID) (VisitorMessage, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return VisitorMessage{}, err
	}
	got, err := s.App.Receive(ctx, v.account, channel.Raw{
		Dedupe: p.Visitor.ID + " " + p.ClientID, ContentType: "application/json", Envelope: map[string]string{"page": p.Page}, Body: raw, At: s.now(),
	}, app.Uploads{IDs: files, Uploader: uploaderOf(v.visitor)})
	if err != nil {
		return VisitorMessage{}, err
	}
	if got.Message == 0 {
		return VisitorMessage{}, errBlocked()
	}
	var out VisitorMessage
	err = s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace}, func(tx *store.Tx) error {
		m, err := tx.MessageByID(got.Message)
		if err != nil {
			return err
		}
		out, err = s.visitorMessage(v, &m, 0)
		return err
	})
	return out, err
}

// withoutQuery drops what may hold secrets from a page's address.
func withoutQuery(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// lastSeq reads the number a reconnecting stream has seen last.
func lastSeq(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		n, _ = strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // absent is 0
	}
	return min(max(n, 0), maxSeq)
}
