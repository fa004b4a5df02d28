package api

import (
	"context"
	"slices"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// QuickReply is a text that is written again and again.
type QuickReply struct {
	ID        desk.QuickReplyID `json:"id"`
	Edition   int               `json:"edition" doc:"Which of its texts this is; 1 is the first"`
	Uses      int64             `json:"uses" doc:"How often it was inserted"`
	UsedAt    time.Time         `json:"used_at,omitzero"`
	ChangedBy desk.UserID       `json:"changed_by,omitempty"`
	ChangedAt time.Time         `json:"changed_at"`
	QuickContent
}

// QuickContent is what people say about a quick reply.
type QuickContent struct {
	Kind     desk.QuickKind `json:"kind" enum:"reply,note" doc:"A reply goes to customers; a note is a template for notes"`
	Name     string         `json:"name" minLength:"1" maxLength:"60"`
	Shortcut string         `json:"shortcut,omitempty" maxLength:"60" doc:"Begins with a slash and has no spaces, like /hello; note templates may go without"`
	Category string         `json:"category,omitempty" maxLength:"60"`
	Language string         `json:"language,omitempty" maxLength:"20" doc:"Of customers it is meant for, like de; they are offered it first"`
	Text     string         `json:"text" minLength:"1" maxLength:"20000" doc:"Markdown with variables, like {{contact.first_name|there}}"`
	AudienceOf
	Inboxes []desk.InboxID `json:"inbox_ids,omitempty" maxItems:"200" doc:"Where it is offered; none is everywhere"`
	Tag     desk.TagID     `json:"tag_id,omitempty" doc:"What it is the solution for: it is offered first where a conversation has this tag"`
}

// AudienceOf says whose something is.
type AudienceOf struct {
	Private bool        `json:"private,omitempty" doc:"Only yours; what is for others only owners and admins make"`
	Team    desk.TeamID `json:"team_id,omitempty" doc:"Only this team's"`
}

func (a AudienceOf) of(ctx context.Context) desk.Sharing {
	if a.Private {
		return desk.Sharing{User: app.ActorFrom(ctx).User}
	}
	return desk.Sharing{Team: a.Team}
}

// OfferedReply is a quick reply filled in for one conversation.
type OfferedReply struct {
	ID       desk.QuickReplyID `json:"id"`
	Name     string            `json:"name"`
	Shortcut string            `json:"shortcut,omitempty"`
	Category string            `json:"category,omitempty"`
	Text     string            `json:"text" doc:"What is known is filled in"`
	Tag      desk.TagID        `json:"tag_id,omitempty" doc:"The tag of this conversation that it is linked to: why it comes first"`
	Missing  []string          `json:"missing" doc:"What somebody has to fill in, still in double braces in the text"`
}

// QuickEdition is one text that a quick reply had.
type QuickEdition struct {
	Edition  int         `json:"edition"`
	Name     string      `json:"name"`
	Shortcut string      `json:"shortcut,omitempty"`
	Category string      `json:"category,omitempty"`
	Text     string      `json:"text"`
	Author   desk.UserID `json:"author_id,omitempty"`
	At       time.Time   `json:"at"`
}

// quickOf renders a quick reply for somebody, without inboxes that they do not see.
func quickOf(q desk.QuickReply, who desk.Actor) QuickReply {
	q.Inboxes = slices.DeleteFunc(slices.Clone(q.Inboxes), func(i desk.InboxID) bool { return !who.Sees(i) })
	return QuickReply{
		ID: q.ID, Edition: q.Edition, Uses: q.Uses, UsedAt: q.UsedAt, ChangedBy: q.ChangedBy, ChangedAt: q.ChangedAt,
		QuickContent: QuickContent{q.Kind, q.Name, q.Shortcut, q.Category, q.Language, q.Text, AudienceOf{q.User != 0, q.Team}, q.Inboxes, q.Tag},
	}
}

// quick registers quick replies, note templates and macros.
func (s *server) quick() {
	const path = "/workspaces/{workspace}/quick-replies"
	type QuickPath struct {
		InWorkspace
		ID Ref[desk.QuickReplyID] `path:"id"`
	}
	save := func(ctx context.Context, id desk.QuickReplyID, b QuickContent) (*body[QuickReply], error) {
		q, err := s.App.SaveQuickReply(ctx, desk.QuickReply{
			ID: id, Kind: b.Kind, Name: b.Name, Shortcut: b.Shortcut, Category: b.Category, Language: b.Language, Text: b.Text, Sharing: b.of(ctx), Inboxes: b.Inboxes, Tag: b.Tag,
		})
		if err != nil {
			return nil, err
		}
		return &body[QuickReply]{quickOf(q, app.ActorFrom(ctx))}, nil
	}
	route(s, operation{id: "list-quick-replies", method: "GET", path: path, summary: "The quick replies and note templates that you can use, the most used first", tag: "Quick replies", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[QuickReply]], error) {
			out := &body[page[QuickReply]]{page[QuickReply]{Items: []QuickReply{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.QuickReplies()
				for _, q := range all {
					if q.Reaches(app.ActorFrom(ctx)) {
						out.Body.Items = append(out.Body.Items, quickOf(q, app.ActorFrom(ctx)))
					}
				}
				return err
			})
			return out, err
		})
	route(s, operation{id: "create-quick-reply", method: "POST", path: path, summary: "Make a quick reply or a note template", tag: "Quick replies", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body QuickContent
		}) (*body[QuickReply], error) {
			return save(ctx, 0, in.Body)
		})
	route(s, operation{id: "change-quick-reply", method: "PUT", path: path + "/{id}", summary: "Change a quick reply, or bring a removed one back; its earlier texts can still be read", tag: "Quick replies", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			QuickPath
			Body QuickContent
		}) (*body[QuickReply], error) {
			return save(ctx, in.ID.V, in.Body)
		})
	route(s, operation{id: "delete-quick-reply", method: "DELETE", path: path + "/{id}", summary: "Remove a quick reply", tag: "Quick replies", need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *QuickPath) (*struct{}, error) {
			return nil, s.App.DeleteQuickReply(ctx, in.ID.V)
		})
	route(s, operation{id: "use-quick-reply", method: "POST", path: path + "/{id}/use", summary: "Say that you inserted a quick reply", tag: "Quick replies", need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *QuickPath) (*struct{}, error) {
			return nil, s.App.UseQuickReply(ctx, in.ID.V)
		})
	route(s, operation{id: "list-quick-reply-editions", method: "GET", path: path + "/{id}/editions", summary: "Every text that a quick reply had, newest first", tag: "Quick replies", need: desk.MayRead},
		func(ctx context.Context, in *QuickPath) (*body[page[QuickEdition]], error) {
			out := &body[page[QuickEdition]]{page[QuickEdition]{Items: []QuickEdition{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				q, err := tx.QuickReply(in.ID.V)
				if err != nil {
					return err
				}
				if !q.Reaches(app.ActorFrom(ctx)) {
					return desk.Errorf(desk.NotFound, "There is no such quick reply here.")
				}
				all, err := tx.QuickEditions(q.ID)
				for _, e := range all {
					out.Body.Items = append(out.Body.Items, QuickEdition{e.Edition, e.Name, e.Shortcut, e.Category, e.Text, e.User, e.At})
				}
				return err
			})
			return out, err
		})
	route(s, operation{id: "offer-quick-replies", method: "GET", path: "/workspaces/{workspace}/conversations/{id}/quick-replies", summary: "What you can insert here, filled in with what is known of the customer", tag: "Quick replies", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			ConversationPath
			Kind desk.QuickKind `query:"kind" enum:"reply,note" default:"reply"`
		}) (*body[page[OfferedReply]], error) {
			all, err := s.App.Offered(ctx, in.ID.V, in.Kind)
			out := &body[page[OfferedReply]]{page[OfferedReply]{Items: []OfferedReply{}}}
			for _, o := range all {
				r := OfferedReply{ID: o.ID, Name: o.Name, Shortcut: o.Shortcut, Category: o.Category, Text: o.Text, Missing: append([]string{}, o.Missing...)}
				if o.Solves {
					r.Tag = o.Tag
				}
				out.Body.Items = append(out.Body.Items, r)
			}
			return out, err
		})
	s.macros()
}

// Macro is a named list of commands that are run as one.
type Macro struct {
	ID      desk.MacroID `json:"id"`
	Sends   bool         `json:"sends" doc:"Customers receive something by it, which cannot be taken back"`
	Removed bool         `json:"removed,omitempty" doc:"It is listed for its name only"`
	MacroContent
}

// MacroContent is what people say about a macro.
type MacroContent struct {
	Name  string      `json:"name" minLength:"1" maxLength:"60"`
	Steps []desk.Step `json:"steps" minItems:"1" maxItems:"20"`
	AudienceOf
}

func macroOf(m desk.Macro) Macro {
	return Macro{m.ID, m.Sends(), !m.RemovedAt.IsZero(), MacroContent{m.Name, m.Steps, AudienceOf{m.User != 0, m.Team}}}
}

func (s *server) macros() {
	const path = "/workspaces/{workspace}/macros"
	type MacroPath struct {
		InWorkspace
		ID Ref[desk.MacroID] `path:"id"`
	}
	save := func(ctx context.Context, id desk.MacroID, b MacroContent) (*body[Macro], error) {
		m, err := s.App.SaveMacro(ctx, desk.Macro{ID: id, Name: b.Name, Steps: b.Steps, Sharing: b.of(ctx)})
		if err != nil {
			return nil, err
		}
		return &body[Macro]{macroOf(m)}, nil
	}
	route(s, operation{id: "list-macros", method: "GET", path: path, summary: "The macros that you can run, by name; removed ones too, for the timeline", tag: "Macros", need: desk.MayRead},
		func(ctx context.Context, _ *InWorkspace) (*body[page[Macro]], error) {
			out := &body[page[Macro]]{page[Macro]{Items: []Macro{}}}
			err := s.read(ctx, func(tx *store.Tx) error {
				all, err := tx.Macros()
				for _, m := range all {
					if m.Reaches(app.ActorFrom(ctx)) {
						out.Body.Items = append(out.Body.Items, macroOf(m))
					}
				}
				return err
			})
			return out, err
		})
	route(s, operation{id: "create-macro", method: "POST", path: path, summary: "Make a macro", tag: "Macros", need: desk.MayAnswer, status: 201},
		func(ctx context.Context, in *struct {
			InWorkspace
			Body MacroContent
		}) (*body[Macro], error) {
			return save(ctx, 0, in.Body)
		})
	route(s, operation{id: "change-macro", method: "PUT", path: path + "/{id}", summary: "Change a macro, or bring a removed one back", tag: "Macros", need: desk.MayAnswer},
		func(ctx context.Context, in *struct {
			MacroPath
			Body MacroContent
		}) (*body[Macro], error) {
			return save(ctx, in.ID.V, in.Body)
		})
	route(s, operation{id: "delete-macro", method: "DELETE", path: path + "/{id}", summary: "Remove a macro", tag: "Macros", need: desk.MayAnswer, status: 204},
		func(ctx context.Context, in *MacroPath) (*struct{}, error) {
			return nil, s.App.DeleteMacro(ctx, in.ID.V)
		})
}
