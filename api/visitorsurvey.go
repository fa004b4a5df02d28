package api

import (
	"context"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// VisitorSurvey is the question how satisfied the customer is, which a message asks.
type VisitorSurvey struct {
	Score   int    `json:"score,omitempty" minimum:"1" maximum:"5" doc:"The answer that was given"`
	Comment string `json:"comment,omitempty" doc:"What was written beside it"`
	Open    bool   `json:"open" doc:"It can be answered now, or its answer changed"`
}

// surveysIn returns the questions that some messages ask, by message.
func surveysIn(tx *store.Tx, messages []desk.Message, now time.Time) (map[desk.MessageID]*VisitorSurvey, error) {
	var ids []desk.MessageID
	for _, m := range messages {
		if m.Auto == desk.AutoSurvey {
			ids = append(ids, m.ID)
		}
	}
	found, err := tx.Surveys(ids)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	all := map[desk.MessageID]*VisitorSurvey{}
	everywhere := tx.As(store.Scope{Workspace: tx.Scope().Workspace}) // where it was asked may be of another inbox by now
	for _, f := range found {
		c, err := everywhere.PeekConversation(f.Conversation)
		if err != nil {
			return nil, err
		}
		all[f.ID] = &VisitorSurvey{f.Score, f.Comment, c.Rateable(f.ID, now)}
	}
	return all, nil
}

// visitorRates registers where a visitor of a chat says how satisfied they are.
func (s *server) visitorRates() {
	route(s, operation{id: "visitor-rate", method: "POST", path: visitorBase + "/rating", summary: "Say how satisfied you are", tag: "Web chat", public: true},
		func(ctx context.Context, in *struct {
			VisitorAuth
			Body struct {
				Survey  desk.MessageID `json:"survey_id" doc:"The message that asks"`
				Score   int            `json:"score" minimum:"1" maximum:"5" doc:"From 1, very dissatisfied, to 5, very satisfied"`
				Comment string         `json:"comment,omitempty" maxLength:"2000"`
			}
		}) (*body[VisitorSurvey], error) {
			v, err := s.visiting(ctx, in.VisitorAuth)
			if err != nil {
				return nil, err
			}
			if v.blocked {
				return nil, errBlocked()
			}
			asked, err := s.visitorAsked(ctx, v, in.Body.Survey)
			if err != nil {
				return nil, err
			}
			if err := s.App.Rate(ctx, v.account.Workspace, asked, desk.Rate{Survey: in.Body.Survey, Score: in.Body.Score, Comment: in.Body.Comment}); err != nil {
				return nil, err
			}
			return &body[VisitorSurvey]{VisitorSurvey{in.Body.Score, in.Body.Comment, true}}, nil
		})
}

// visitorAsked returns the conversation in which a visitor was asked a question, if it
// was this visitor.
func (s *server) visitorAsked(ctx context.Context, v visit, survey desk.MessageID) (in desk.ConversationID, err error) {
	none := desk.Errorf(desk.NotFound, "There is no such question here. Open the chat again.")
	if v.contact == 0 || survey == 0 {
		return 0, none
	}
	err = s.db.Read(ctx, store.Scope{Workspace: v.account.Workspace, Inboxes: []desk.InboxID{v.account.Inbox}}, func(tx *store.Tx) error {
		found, err := tx.Surveys([]desk.MessageID{survey})
		if err != nil {
			return err
		}
		_, ids, err := chatConversations(tx, v.contact, 20)
		if err != nil {
			return err
		}
		shown, err := tx.Messages([]desk.MessageID{survey})
		if err != nil {
			return err
		}
		if len(found) == 0 || len(shown) == 0 || !slices.Contains(ids, shown[0].Conversation) {
			return none
		}
		in = found[0].Conversation
		return nil
	})
	return in, err
}
