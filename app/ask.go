package app

import (
	"context"

	"parley/desk"
	"parley/store"
)

// Asked is what an AI agent may look at when it answers: the conversation as it
// is, its inbox, its customer and the newest messages, oldest first, without notes.
type Asked struct {
	Conversation desk.Conversation
	Inbox        desk.Inbox
	Contact      desk.Contact
	Messages     []desk.Message
}

// askedMessages is how many messages an AI agent is shown.
const askedMessages = 50

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
		q.Messages, err = tx.MessagesOf([]desk.ConversationID{id}, 0, askedMessages)
		return err
	})
	return q, err
}

// ByAI returns a context in which the AI agent acts, for an effect of an event.
func ByAI(ctx context.Context) context.Context {
	act := from(ctx)
	act.Actor = desk.Actor{Kind: desk.ActorAI}
	return context.WithValue(ctx, key{}, act)
}
