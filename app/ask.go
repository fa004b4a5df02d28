package app

import (
	"context"
	"slices"

	"parley/desk"
	"parley/store"
)

// Asked is what an AI agent may look at when it answers: the conversation as it
// is, its inbox, its customer and the newest messages, oldest first, without notes; and
// the customer's conversations of this inbox that have ended, newest first.
type Asked struct {
	Conversation desk.Conversation
	Inbox        desk.Inbox
	Contact      desk.Contact
	Messages     []desk.Message
	Earlier      []desk.Conversation
}

// How many messages, and conversations that have ended, an AI agent is shown.
const (
	askedMessages = 50
	askedEarlier  = 5
)

// Ask loads a conversation for an AI agent.
func (a *App) Ask(ctx context.Context, id desk.ConversationID) (q Asked, err error) {
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) (err error) {
		if q.Conversation, err = tx.PeekConversation(id); err != nil {
			return err
		}
		if q.Inbox, err = tx.Inbox(q.Conversation.Inbox); err != nil {
			return err
		}
		if q.Contact, err = tx.Contact(q.Conversation.Contact); err != nil {
			return err
		}
		if q.Messages, err = tx.MessagesOf([]desk.ConversationID{id}, 0, askedMessages); err != nil {
			return err
		}
		q.Earlier, err = earlier(tx, q.Conversation)
		return err
	})
	return q, err
}

// earlier returns what is over of what a customer had in an inbox before c.
func earlier(tx *store.Tx, c desk.Conversation) ([]desk.Conversation, error) {
	all, err := tx.ContactConversations(c.Contact, 4*askedEarlier)
	all = slices.DeleteFunc(all, func(other desk.Conversation) bool {
		return other.ID == c.ID || other.Inbox != c.Inbox || other.Active() || other.ClosedSource == desk.SourceAutomatic
	})
	return all[:min(len(all), askedEarlier)], err
}

// ByAI returns a context in which the AI agent acts, for an effect of an event.
func ByAI(ctx context.Context) context.Context {
	act := from(ctx)
	act.Actor = desk.Actor{Kind: desk.ActorAI}
	return context.WithValue(ctx, key{}, act)
}
