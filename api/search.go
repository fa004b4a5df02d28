package api

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/app"
	"parley/desk"
	"parley/filter"
	"parley/search"
	"parley/store"
)

// SearchResult is what a search has found.
type SearchResult struct {
	Conversations []ConversationHit `json:"conversations" doc:"The best first, of the newest messages that were found"`
	Contacts      []ContactHit      `json:"contacts" doc:"Customers whose name, mail address or phone number has the words in it; only on the first page"`
	Corrections   []Correction      `json:"corrections" doc:"Words that nobody ever wrote, and what was found instead"`
	NextCursor    string            `json:"next_cursor,omitempty" doc:"Send it as cursor for older messages; a conversation can come again with one of them"`
	Cut           bool              `json:"cut" doc:"There are more messages with these words than were looked at: say more of what you look for"`
	Building      bool              `json:"building" doc:"The index is being built: what is older cannot be found yet"`
}

// ConversationHit is a conversation in which something was found.
type ConversationHit struct {
	Conversation Conversation     `json:"conversation"`
	Subject      search.Excerpt   `json:"subject"`
	Contact      search.Excerpt   `json:"contact" doc:"The customer's name"`
	Message      *MessageHit      `json:"message,omitempty" doc:"The newest message in which it was found; absent where nothing but fields was asked for"`
	Files        []search.Excerpt `json:"files" doc:"Names of its files in which it was found"`
	More         int              `json:"more" doc:"Further messages of it that were found, at least"`
}

// MessageHit is the message in which something was found.
type MessageHit struct {
	ID     desk.MessageID   `json:"id"`
	Kind   desk.MessageKind `json:"kind" enum:"message,note"`
	Author Author           `json:"author"`
	At     time.Time        `json:"at"`
	Text   search.Excerpt   `json:"text" doc:"A part of it, on one line"`
}

// ContactHit is a customer who was found.
type ContactHit struct {
	Contact       ContactBrief          `json:"contact"`
	Name          search.Excerpt        `json:"name"`
	Email         search.Excerpt        `json:"email"`
	Phone         search.Excerpt        `json:"phone"`
	Conversations []desk.ConversationID `json:"conversation_ids" doc:"Their newest ones"`
}

// Correction is a word that nobody ever wrote, with those that were looked for.
type Correction struct {
	Word    string   `json:"word"`
	Instead []string `json:"instead"`
}

const (
	// searchContacts is how many customers an answer has.
	searchContacts = 5
	// excerpt is how many characters of a message an answer has.
	excerpt = 180
)

// search registers finding things by what was written.
func (s *server) search() {
	route(s, operation{id: "search", method: "GET", path: "/workspaces/{workspace}/search", tag: "Find", need: desk.MayRead,
		summary: "Find conversations and customers by what was written"},
		func(ctx context.Context, in *struct {
			InWorkspace
			Query  string `query:"q" required:"true" minLength:"1" maxLength:"500" doc:"Words, all of which are looked for, \"phrases\", -words, and conditions like from:ada tag:billing before:2026-05-01. The last word may be the beginning of one."`
			Zone   string `query:"zone" maxLength:"64" default:"UTC" doc:"Your time zone, like Europe/Stockholm: where today begins"`
			Cursor string `query:"cursor" maxLength:"30"`
			Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
		}) (*body[SearchResult], error) {
			before, err := number(in.Cursor)
			if err != nil {
				return nil, err
			}
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			if err := s.slow(s.Searches, app.ScopeFrom(ctx).User.String()); err != nil {
				return nil, err
			}
			out := &body[SearchResult]{}
			err = s.read(ctx, func(tx *store.Tx) (err error) {
				out.Body, err = s.searched(tx, in.Query, zone, desk.MessageID(before), in.Limit)
				return err
			})
			return out, err
		})
}

// asked is a question taken apart: what is looked for in messages, what must hold
// of the conversation, and what may be a part of a customer's name.
type asked struct {
	text  search.Expr
	begun string
	also  filter.Node
	name  string
}

// ask reads a question. What it cannot read it refuses with the place.
func ask(q string, names filter.Names) (a asked, err error) {
	if digits := search.AskedPhone(q); digits != "" {
		a.text, a.name = search.Ask(q, true), q
		if phone := search.PhoneInText(digits); !phone.IsZero() {
			a.text = search.Or(a.text, phone)
		}
		return a, nil
	}
	n, err := filter.Parse(q, names)
	if err != nil {
		return a, err
	}
	parts := []filter.Node{n}
	if len(n.All) > 0 {
		parts = n.All
	}
	var texts []search.Expr
	var rest []filter.Node
	for _, p := range parts {
		switch {
		case p.IsZero():
		case onlyText(p):
			texts = append(texts, textOf(p))
			if p.Op == filter.Words {
				a.name = strings.TrimSpace(a.name + " " + p.Values[0])
			}
		default:
			rest = append(rest, p)
		}
	}
	a.text = search.And(texts...)
	if len(rest) > 0 {
		a.also, a.name = filter.All(rest...), ""
	}
	if begun := search.Begun(q); slices.Contains(a.text.Singles(), begun) {
		a.begun = begun
	}
	return a, nil
}

// onlyText reports whether n is about nothing but words, and denies none.
func onlyText(n filter.Node) bool {
	not := func(c filter.Node) bool { return !onlyText(c) }
	switch {
	case len(n.All) > 0:
		return !slices.ContainsFunc(n.All, not)
	case len(n.Any) > 0:
		return !slices.ContainsFunc(n.Any, not)
	}
	return n.Field == filter.Text
}

func textOf(n filter.Node) search.Expr {
	parts := func(all []filter.Node) (out []search.Expr) {
		for _, c := range all {
			out = append(out, textOf(c))
		}
		return out
	}
	switch {
	case len(n.All) > 0:
		return search.And(parts(n.All)...)
	case len(n.Any) > 0:
		return search.Or(parts(n.Any)...)
	}
	return search.Ask(n.Values[0], n.Op == filter.Phrase)
}

// searched answers a question for the reader of tx.
func (s *server) searched(tx *store.Tx, q string, zone *time.Location, before desk.MessageID, limit int) (SearchResult, error) {
	out := SearchResult{Conversations: []ConversationHit{}, Contacts: []ContactHit{}, Corrections: []Correction{}}
	names, err := s.App.FilterNames(tx)
	if err != nil {
		return out, err
	}
	a, err := ask(q, names)
	if err != nil {
		return out, app.FilterError("query.q", err)
	}
	env, err := s.App.FilterEnv(tx, zone, a.also)
	if err != nil {
		return out, err
	}
	state, err := tx.SearchState()
	if err != nil {
		return out, err
	}
	out.Building = !state.Built()
	also := filter.Resolve(a.also, env)
	if a.text.IsZero() {
		if a.also.IsZero() || before != 0 {
			return out, nil
		}
		return out, s.listedHits(tx, also, limit, &out)
	}
	answer, err := tx.Search(store.Search{Text: a.text, Begun: a.begun, Also: also, Before: before, Limit: limit, Now: s.now()})
	if err != nil {
		return out, err
	}
	if err := s.textHits(tx, answer, &out); err != nil {
		return out, err
	}
	if answer.Next != 0 {
		out.NextCursor = strconv.FormatInt(int64(answer.Next), 10)
	}
	out.Cut = answer.Cut
	for word, instead := range answer.Instead {
		out.Corrections = append(out.Corrections, Correction{word, instead})
	}
	slices.SortFunc(out.Corrections, func(a, b Correction) int { return strings.Compare(a.Word, b.Word) })
	if a.name == "" || before != 0 {
		return out, nil
	}
	return out, contactHits(tx, a.name, &out)
}

// textHits adds the conversations of an answer, with what was found marked.
func (s *server) textHits(tx *store.Tx, answer store.SearchAnswer, out *SearchResult) error {
	rows := make([]desk.Conversation, len(answer.All))
	for i, h := range answer.All {
		rows[i] = h.Conversation
	}
	shown, err := conversations(tx, rows, s.now())
	if err != nil {
		return err
	}
	for i, h := range answer.All {
		text := found(answer.Text, h)
		m := message(tx.Scope().Workspace, &h.Message, nil)
		hit := ConversationHit{
			Conversation: shown[i], Subject: answer.Text.Mark(h.Document().Subject, 500), Contact: answer.Text.Mark(shown[i].Contact.Name, 200), More: h.More,
			Message: &MessageHit{ID: m.ID, Kind: m.Kind, Author: m.Author, At: m.At, Text: text}, Files: []search.Excerpt{},
		}
		for _, name := range h.Document().Files {
			if marked := answer.Text.Mark(name, 200); len(marked.Marks) > 0 {
				hit.Files = append(hit.Files, marked)
			}
		}
		out.Conversations = append(out.Conversations, hit)
	}
	return nil
}

// found marks what was looked for in a message, as it is shown; where it is nowhere
// there, in the history that the message quotes, or in what its formatting hides.
func found(text search.Expr, h store.SearchHit) (out search.Excerpt) {
	shown := h.Shown()
	if h.Message.Markdown || h.Message.Kind == desk.KindNote {
		shown = desk.WithoutMarks(shown)
	}
	out = text.Mark(shown, excerpt)
	if whole := text.Mark(h.Message.Text, excerpt); len(out.Marks) == 0 && len(whole.Marks) > 0 {
		return whole
	}
	return out
}

// listedHits adds the newest conversations of which something holds, where no word
// was asked for.
func (s *server) listedHits(tx *store.Tx, also filter.Cond, limit int, out *SearchResult) error {
	all, _, err := tx.Found(store.Find{Cond: also, Sort: store.SortNewest, Now: s.now(), Limit: limit})
	if err != nil {
		return err
	}
	shown, err := conversations(tx, all, s.now())
	for _, c := range shown {
		out.Conversations = append(out.Conversations, ConversationHit{
			Conversation: c, Subject: plain(c.Subject), Contact: plain(c.Contact.Name), Files: []search.Excerpt{},
		})
	}
	return err
}

func plain(text string) search.Excerpt { return search.Excerpt{Text: text, Marks: [][2]int{}} }

// contactHits adds customers who are called so.
func contactHits(tx *store.Tx, name string, out *SearchResult) error {
	all, err := tx.SearchContacts(name, searchContacts)
	if err != nil {
		return err
	}
	for _, h := range all {
		theirs, err := tx.ContactConversations(h.Contact.ID, 3)
		if err != nil {
			return err
		}
		b := brief(h.Contact)
		hit := ContactHit{
			Contact: b, Name: search.MarkParts(b.Name, h.Parts...), Email: search.MarkParts(b.Email, h.Parts...), Phone: search.MarkPhone(b.Phone, h.Parts...),
			Conversations: []desk.ConversationID{},
		}
		for _, c := range theirs {
			hit.Conversations = append(hit.Conversations, c.ID)
		}
		out.Contacts = append(out.Contacts, hit)
	}
	return nil
}
