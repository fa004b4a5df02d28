package app

import (
	"parley/desk"
	"parley/store"
)

// checkSeen refuses a reply whose writer says what they had seen when somebody else,
// a customer, a colleague or an AI agent, has written since: nobody answers over
// another. The conversation is locked, so of two who reply at once the second is told.
func checkSeen(tx *store.WriteTx, by desk.Actor, old *desk.Conversation, cmd desk.Command) error {
	reply, ok := cmd.(desk.Reply)
	if !ok || reply.Seen == 0 || old == nil {
		return nil
	}
	n, err := tx.WrittenSince(old.ID, reply.Seen, by.User)
	if err != nil || n == 0 {
		return err
	}
	return &desk.Error{
		Kind: desk.Conflict, Message: "Somebody wrote here while you did. Look at it, then send your reply again.", Details: map[string]any{"news": n},
	}
}
