// Package desk is the product: its nouns, its verbs and its facts, in plain Go
// that knows no database and no network.
//
// A customer is a contact. A contact writes through a channel into an inbox; the
// messages that belong together are a conversation. A command (Reply, Assign,
// Close) is decided against a conversation and yields facts; facts are the only
// thing that changes a conversation, and together they are its timeline.
//
// Words to use: conversation, message, reply, note, contact, inbox, channel,
// assignee, team, tag, resolve, close, archive, snooze, undo. Words to avoid:
// ticket, thread (but for a mail's own), customer record, canned, macro, bot.
package desk
