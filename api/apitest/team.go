package apitest

import (
	"crypto/rand"
	"strings"

	"parley/desk"
)

// Password is everybody's.
const Password = "correct horse battery"

// Team is a workspace and the people in it.
type Team struct {
	S     *Server
	ID    desk.WorkspaceID
	Mark  string // part of every name and address of the team
	Owner *Client
	n     int
}

// Box is an inbox with one channel of each kind.
type Box struct {
	Mark                     string
	ID                       string
	Chat, System, Mail       string // ids of the channels
	Key, Address, MailSecret string // how the outside knows chat and system; the system's secret
}

// Team makes a workspace, owned by somebody who is in no other.
func (s *Server) Team(mark string) *Team {
	s.T.Helper()
	user, err := s.Setup(s.T.Context(), mark+" Cycles", mark+" Ek", mark+".owner@example.com", Password)
	if err != nil {
		s.T.Fatal(err)
	}
	t := &Team{S: s, Mark: mark, Owner: s.signedIn(mark+" owner", user)}
	t.find()
	return t
}

// Another makes a second workspace, whose owner is a person of their own. They
// come through a workspace that a test should not look at.
func (t *Team) Another(mark string) *Team {
	t.S.T.Helper()
	nursery := &Team{S: t.S, Mark: mark, Owner: t.Owner}
	var w struct{ ID desk.WorkspaceID }
	t.Owner.Do("POST", "/api/v1/workspaces", map[string]string{"name": "Nursery"}).Want(201).Read(&w)
	nursery.ID = w.ID
	other := &Team{S: t.S, Mark: mark, Owner: nursery.Join(mark+" owner", desk.RoleViewer)}
	other.Owner.Do("POST", "/api/v1/workspaces", map[string]string{"name": mark + " Works"}).Want(201).Read(&w)
	other.ID = w.ID
	return other
}

func (t *Team) find() {
	t.S.T.Helper()
	var me struct {
		Workspaces []struct{ ID desk.WorkspaceID }
	}
	t.Owner.Do("GET", "/api/v1/session", nil).Want(200).Read(&me)
	t.ID = me.Workspaces[0].ID
}

// signedIn returns somebody's client with a session.
func (s *Server) signedIn(name string, user desk.UserID) *Client {
	s.T.Helper()
	c := &Client{S: s, Name: name, User: user}
	c.SignInAgain()
	return c
}

// Nobody is a client without anything.
func (s *Server) Nobody() *Client { return &Client{S: s, Name: "nobody"} }

// SignInAgain gives a client a new session.
func (c *Client) SignInAgain() {
	c.S.T.Helper()
	cookie, err := c.S.NewSession(c.S.T.Context(), c.User, "apitest", "127.0.0.1")
	if err != nil {
		c.S.T.Fatal(err)
	}
	c.Cookie = cookie
}

// Path returns an address in the team's workspace.
func (t *Team) Path(rest string) string { return "/api/v1/workspaces/" + t.ID.String() + rest }

// Join makes somebody a member through an invitation.
func (t *Team) Join(name string, role desk.Role, inboxes ...string) *Client {
	t.S.T.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.com"
	var i struct{ URL string }
	t.Owner.Do("POST", t.Path("/invitations"), map[string]any{"email": email, "role": role, "inbox_ids": inboxes}).Want(201).Read(&i)
	_, secret, _ := strings.Cut(i.URL, "/invitation/")
	var me struct{ User struct{ ID desk.UserID } }
	t.S.Nobody().Do("POST", "/api/v1/invitations/"+secret+"/accept", map[string]string{"name": name, "password": Password}).Want(200).Read(&me)
	return t.S.signedIn(name, me.User.ID)
}

// Token makes an API token of somebody and returns a client that has only it.
func (t *Team) Token(of *Client, scopes ...string) (c *Client, id string) {
	t.S.T.Helper()
	var token struct{ ID, Secret string }
	of.Do("POST", t.Path("/tokens"), map[string]any{"name": "a token", "scopes": scopes}).Want(201).Read(&token)
	return &Client{S: t.S, Name: of.Name + "'s token for " + strings.Join(scopes, " and "), Bearer: token.Secret, User: of.User}, token.ID
}

// Box makes an inbox that groups by contact, with its channels.
func (t *Team) Box(name string) Box {
	t.S.T.Helper()
	mark := t.Mark + strings.ToUpper(name)
	b := Box{Mark: mark, MailSecret: "the secret of the system " + mark}
	b.ID = t.Owner.Do("POST", t.Path("/inboxes"), map[string]any{"name": mark + " desk", "grouping": "per_contact"}).Want(201).ID()
	b.Chat, b.Key = t.Connect(b.ID, "webchat", mark+" chat", map[string]any{})
	b.System, b.Address = t.Connect(b.ID, "api", mark+" system", map[string]any{
		"webhook_url": "http://127.0.0.1:9/" + mark, "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "inbound_secret": b.MailSecret,
	})
	b.Mail, _ = t.Connect(b.ID, "email", mark+" mail", map[string]any{"address": strings.ToLower(mark) + "@example.com"})
	return b
}

// Connect connects a channel to an inbox.
func (t *Team) Connect(inbox, kind, name string, config any) (id, address string) {
	t.S.T.Helper()
	var ch struct{ ID, Address string }
	t.Owner.Do("POST", t.Path("/inboxes/"+inbox+"/channels"), map[string]any{"kind": kind, "name": name, "config": config}).Want(201).Read(&ch)
	return ch.ID, ch.Address
}

// Talk is a conversation that a customer began.
type Talk struct{ ID, Message, Contact, Raw string }

// Talk makes a new customer write through a box's system.
func (t *Team) Talk(b Box, text string) (v Talk) {
	t.S.T.Helper()
	t.n++
	who := strings.ToLower(b.Mark) + "-" + strings.ToLower(rand.Text()[:8])
	v = t.Posted(b, who, who, text)
	var c struct{ Contact struct{ ID string } }
	t.Owner.Do("GET", t.Path("/conversations/"+v.ID), nil).Want(200).Read(&c)
	v.Contact = c.Contact.ID
	return v
}

// Posted posts a message of a customer once per key.
func (t *Team) Posted(b Box, who, key, text string) (v Talk) {
	t.S.T.Helper()
	var got struct {
		Inbound      string `json:"inbound_id"`
		Conversation string `json:"conversation_id"`
		Message      string `json:"message_id"`
	}
	t.S.System(b).Do("POST", "/api/v1/channels/"+b.Address+"/messages", map[string]any{
		"contact": map[string]string{"external_id": who, "name": b.Mark + " " + who, "email": who + "@customer.example"}, "text": b.Mark + " " + text,
	}, "Idempotency-Key", key).Want(202).Read(&got)
	return Talk{ID: got.Conversation, Message: got.Message, Raw: got.Inbound}
}

// System is the other side of a box's API channel.
func (s *Server) System(b Box) *Client {
	return &Client{S: s, Name: b.Mark + " system", Bearer: b.MailSecret}
}

// Visitor is somebody with the chat open.
type Visitor struct {
	*Client
	Key    string
	Ticket string
}

// ChatMessage is a message as a visitor sees it.
type ChatMessage struct {
	Seq         int64
	ID, Text    string
	HTML        string
	ClientID    string `json:"client_id"`
	Side, State string
	Author      struct{ Name, Kind, ID string }
	Attachments []struct{ ID, Name, URL string }
	Survey      *struct {
		Score int
		Open  bool
	}
}

// ChatState is what a chat shows.
type ChatState struct {
	Token, IdentityError string
	Ticket               string `json:"stream_ticket"`
	Visitor              struct {
		Name, Email string
		Verified    bool
	}
	Conversation *struct {
		ID, Status string
		Open       bool
	}
	Messages []ChatMessage
	LastSeq  int64 `json:"last_seq"`
	Unread   int
	Why      string `json:"identity_error"`
}

// Visitor opens a chat for the first time.
func (s *Server) Visitor(key string) *Visitor {
	s.T.Helper()
	v := &Visitor{Client: &Client{S: s, Name: "a visitor"}, Key: key}
	v.Open(map[string]string{})
	return v
}

// Path returns an address of the visitor's chat.
func (v *Visitor) Path(rest string) string { return "/api/widget/v1/" + v.Key + rest }

// Open opens the chat, again or for the first time, and keeps the token.
func (v *Visitor) Open(body any) (state ChatState) {
	v.S.T.Helper()
	v.Do("POST", v.Path("/session"), body).Want(200).Read(&state)
	v.Bearer, v.Ticket = state.Token, state.Ticket
	return state
}

// Write writes to the team, with an id of its own.
func (v *Visitor) Write(text string) (m ChatMessage) {
	v.S.T.Helper()
	v.Do("POST", v.Path("/messages"), map[string]any{"client_id": rand.Text(), "text": text}).Want(200).Read(&m)
	return m
}

// Messages returns what the chat has after one.
func (v *Visitor) Messages(after string) (state ChatState) {
	v.S.T.Helper()
	v.Do("GET", v.Path("/messages?after="+after), nil).Want(200).Read(&state)
	return state
}

// Feed opens the visitor's stream with their ticket.
func (v *Visitor) Feed(query string, header ...string) *Feed {
	v.S.T.Helper()
	return v.Stream(v.Path("/stream?ticket="+v.Ticket+query), header...)
}
