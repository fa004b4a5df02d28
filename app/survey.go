package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"parley/desk"
	"parley/store"
)

// chatKind is the kind of channel that shows the question itself; everywhere else it
// is a link to a page.
const chatKind = "webchat"

// SurveyPath begins the address of the page on which a customer says how satisfied
// they are. The secret of their question follows.
const SurveyPath = "/r/"

// surveyText takes each secret in one way only.
var surveyText = base64.RawURLEncoding.Strict()

// Askable reports whether a contact can be asked through a channel how satisfied they
// are: they are reached there, and an answer can come, in the chat or by a link.
func (w *world) Askable(contact desk.ContactID, id desk.ChannelID) (bool, error) {
	if err := w.Reachable(contact, id); err != nil {
		if desk.KindOf(err) == desk.Internal {
			return false, err
		}
		return false, nil
	}
	kind, err := w.ChannelKind(id)
	if err != nil || kind == chatKind {
		return kind == chatKind, err
	}
	declined, err := w.Unsubscribed(contact)
	return w.app.PublicURL != "" && declined.IsZero(), err
}

// Asked returns the question that a message asked.
func (w *world) Asked(survey desk.MessageID) (desk.Asked, error) {
	found, err := w.Surveys([]desk.MessageID{survey})
	if err == nil && len(found) == 0 {
		err = errNoSurvey
	}
	if err != nil {
		return desk.Asked{}, err
	}
	return desk.Asked{User: found[0].User, Comment: found[0].Comment}, nil
}

// surveyLink returns the address of the page for one question. Only who receives it
// can answer: the team never sees it.
func (a *App) surveyLink(ws desk.WorkspaceID, survey desk.MessageID) (string, error) {
	if a.PublicURL == "" {
		return "", desk.Errorf(desk.Invalid, "Parley does not know its public address, so the customer could not answer. Ask whoever runs it to set it.")
	}
	return a.PublicURL + SurveyPath + a.SurveySecret(ws, survey), nil
}

// SurveySecret returns what lets its holder answer one question: the workspace's and
// the question's number under a key of this install.
func (a *App) SurveySecret(ws desk.WorkspaceID, survey desk.MessageID) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(ws))
	b = binary.BigEndian.AppendUint64(b, uint64(survey))
	return surveyText.EncodeToString(append(b, a.surveyMAC(b)...))
}

func (a *App) surveyMAC(b []byte) []byte {
	h := hmac.New(sha256.New, a.Keys.Derive("survey"))
	h.Write(b)
	return h.Sum(nil)
}

// errNoSurvey is said of every secret that is none, whatever is wrong with it.
var errNoSurvey = desk.Errorf(desk.NotFound, "This link is not one of ours, or it is not whole. Open it again from the message.")

// Survey is a question as its customer sees it.
type Survey struct {
	store.Survey
	Workspace desk.WorkspaceID
	Inbox     string // whose help it is about
	Open      bool   // it can be answered now, or its answer changed
}

// OpenSurvey returns the question that a secret is for.
func (a *App) OpenSurvey(ctx context.Context, secret string) (s Survey, err error) {
	b, err := surveyText.DecodeString(secret)
	if err != nil || len(b) != 16+sha256.Size || !hmac.Equal(b[16:], a.surveyMAC(b[:16])) {
		return s, errNoSurvey
	}
	s.Workspace = desk.WorkspaceID(binary.BigEndian.Uint64(b))
	id := desk.MessageID(binary.BigEndian.Uint64(b[8:16]))
	err = a.DB.Read(ctx, store.Scope{Workspace: s.Workspace}, func(tx *store.Tx) error {
		found, err := tx.Surveys([]desk.MessageID{id})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoSurvey
		}
		s.Survey = found[0]
		c, err := tx.PeekConversation(s.Conversation)
		if err != nil {
			return err
		}
		s.Open = c.Rateable(s.ID, a.now())
		inbox, err := tx.Inbox(c.Inbox)
		s.Inbox = inbox.Name
		return err
	})
	return s, err
}

// Rate takes a customer's answer to a question.
func (a *App) Rate(ctx context.Context, ws desk.WorkspaceID, in desk.ConversationID, r desk.Rate) error {
	_, err := a.Do(As(ctx, ws, desk.Actor{Kind: desk.ActorContact}), in, r)
	return err
}
