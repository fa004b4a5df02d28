package store

import (
	"slices"
	"strings"
	"time"

	"parley/desk"
)

// LockConversations locks several conversations until commit, the newest first, as
// Candidates does: who locks more than one never waits for who waits for them.
func (tx *WriteTx) LockConversations(ids []desk.ConversationID) error {
	list, args := in(ids)
	_, err := collect(tx.Tx, scanInt, `SELECT id FROM conversation WHERE workspace_id = ? AND id IN `+list+` ORDER BY id DESC`+tx.lock,
		append([]any{tx.scope.Workspace}, args...)...)
	return err
}

// headColumns is messageColumns with the beginning of the text and without its HTML
// and header.
var headColumns = strings.NewReplacer(" body,", " substr(body, 1, 400),", " html,", " '' AS html,", " email,", " '' AS email,").Replace(messageColumns)

// Heads returns every message and note of a conversation, also those that were
// taken back, oldest first, with the beginning of their text.
func (tx *Tx) Heads(conversation desk.ConversationID) ([]desk.Message, error) {
	all, err := collect(tx, scanMessage, `SELECT `+headColumns+` FROM message WHERE workspace_id = ? AND conversation_id = ? ORDER BY id`,
		tx.scope.Workspace, conversation)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// Readers returns who may read a conversation because they were mentioned in it.
func (tx *Tx) Readers(conversation desk.ConversationID) ([]desk.UserID, error) {
	return collect(tx, func(scan func(...any) error) (u desk.UserID, err error) { err = scan(&u); return u, err },
		`SELECT user_id FROM mention_reader WHERE workspace_id = ? AND conversation_id = ? ORDER BY user_id`, tx.scope.Workspace, conversation)
}

// RemoveReader takes back what AddReader gave.
func (tx *WriteTx) RemoveReader(conversation desk.ConversationID, user desk.UserID) error {
	return tx.exec(`DELETE FROM mention_reader WHERE workspace_id = ? AND user_id = ? AND conversation_id = ?`, tx.scope.Workspace, user, conversation)
}

// moveBatch is how many messages one statement moves.
const moveBatch = 500

// MoveMessages gives messages and notes to another conversation, with the thread
// keys of theirs, so that answers to them follow (INV-2). A sender's own id that
// the other conversation knows already stays with the message there.
func (tx *WriteTx) MoveMessages(from, to desk.ConversationID, ids []desk.MessageID) error {
	for part := range slices.Chunk(ids, moveBatch) {
		list, args := in(part)
		ws := tx.scope.Workspace
		err := tx.exec(`UPDATE message SET client_id = NULL WHERE workspace_id = ? AND conversation_id = ? AND id IN `+list+`
			AND client_id IN (SELECT client_id FROM message WHERE workspace_id = ? AND conversation_id = ? AND client_id IS NOT NULL)`,
			append(append([]any{ws, from}, args...), ws, to)...)
		if err != nil {
			return err
		}
		if err := tx.exec(`UPDATE message SET arrived_conversation_id = coalesce(arrived_conversation_id, conversation_id), conversation_id = ?
			WHERE workspace_id = ? AND conversation_id = ? AND id IN `+list, append([]any{to, ws, from}, args...)...); err != nil {
			return err
		}
		if err := tx.exec(`UPDATE thread_alias SET conversation_id = ? WHERE workspace_id = ? AND conversation_id = ? AND message_id IN `+list, append([]any{to, ws, from}, args...)...); err != nil {
			return err
		}
	}
	if err := tx.sortRecipients(from); err != nil {
		return err
	}
	return tx.sortRecipients(to)
}

// MoveThreads makes every answer to a conversation join another one (INV-4).
func (tx *WriteTx) MoveThreads(from, to desk.ConversationID) error {
	return tx.exec(`UPDATE thread_alias SET conversation_id = ? WHERE workspace_id = ? AND conversation_id = ?`, to, tx.scope.Workspace, from)
}

// ownedDraft is a draft of anybody.
type ownedDraft struct {
	Draft
	user desk.UserID
}

func (tx *Tx) everyDraft(conversation desk.ConversationID) ([]ownedDraft, error) {
	return collect(tx, func(scan func(...any) error) (d ownedDraft, err error) {
		d.Draft, err = scanDraft(func(dest ...any) error { return scan(append(dest, &d.user)...) })
		return d, err
	}, `SELECT conversation_id, mode, body, attachments, revision, updated_at, header, user_id FROM draft
		WHERE workspace_id = ? AND conversation_id = ? ORDER BY user_id, mode`+tx.lock, tx.scope.Workspace, conversation)
}

const betweenDrafts = "\n\n"

// JoinDrafts adds what everybody has begun to write in a conversation to what they
// have begun in another one. The drafts stay where they were as well, for when the
// conversation comes back.
func (tx *WriteTx) JoinDrafts(from, to desk.ConversationID, now time.Time) error {
	given, err := tx.everyDraft(from)
	if err != nil || len(given) == 0 {
		return err
	}
	have, err := tx.everyDraft(to)
	if err != nil {
		return err
	}
	for _, d := range given {
		d.Conversation, d.UpdatedAt = to, now
		if i := sameDraft(have, d); i >= 0 {
			h := have[i]
			if strings.TrimSpace(h.Text) != "" {
				d.Text = h.Text + betweenDrafts + d.Text
			}
			if !h.Header.Empty() {
				d.Header = h.Header
			}
			d.Files, d.Revision = slices.Concat(h.Files, d.Files), h.Revision
		}
		d.Revision++
		if err := tx.saveDraft(d); err != nil {
			return err
		}
	}
	return nil
}

// PartDrafts takes out again what JoinDrafts added, where it still stands there.
func (tx *WriteTx) PartDrafts(from, to desk.ConversationID, now time.Time) error {
	given, err := tx.everyDraft(to)
	if err != nil || len(given) == 0 {
		return err
	}
	have, err := tx.everyDraft(from)
	if err != nil {
		return err
	}
	for _, d := range given {
		i := sameDraft(have, d)
		if i < 0 {
			continue
		}
		h := have[i]
		text, ok := strings.CutSuffix(h.Text, betweenDrafts+d.Text)
		if !ok && h.Text == d.Text {
			text, ok = "", true
		}
		n := len(h.Files) - len(d.Files)
		if !ok || n < 0 || !slices.Equal(h.Files[n:], d.Files) {
			continue // it was written on since: it stays
		}
		h.Text, h.Files, h.Revision, h.UpdatedAt = text, h.Files[:n], h.Revision+1, now
		if err := tx.saveDraft(h); err != nil {
			return err
		}
	}
	return nil
}

func sameDraft(all []ownedDraft, d ownedDraft) int {
	return slices.IndexFunc(all, func(o ownedDraft) bool { return o.user == d.user && o.Mode == d.Mode })
}

func (tx *WriteTx) saveDraft(d ownedDraft) error {
	scope := tx.scope
	scope.User = d.user
	_, err := tx.In(scope).SaveDraft(d.Draft)
	return err
}

// Heir returns the active conversation that takes the place of one that leaves it: of
// those that were split off since a command the one in which something happened last,
// or 0, also where another open one has the place (INV-1, 2.3).
func (tx *Tx) Heir(leaves desk.Conversation, since desk.CommandID) (desk.ConversationID, error) {
	open, err := tx.OpenPrimary(leaves.OpenScope, leaves.Contact)
	if err != nil || open != 0 && open != leaves.ID {
		return 0, err
	}
	ids, err := collect(tx, scanInt, `SELECT id FROM conversation WHERE workspace_id = ? AND contact_id = ? AND NOT is_primary AND id > ?
			AND open_scope = ? AND grouping = 'per_contact' AND `+activeSQL+` ORDER BY last_activity_at DESC, id DESC LIMIT 1`, tx.scope.Workspace, leaves.Contact, int64(since), leaves.OpenScope)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return desk.ConversationID(ids[0]), nil
}

// MergedInto returns the conversations that have become part of these.
func (tx *Tx) MergedInto(ids []desk.ConversationID) (map[desk.ConversationID]desk.ConversationID, error) {
	list, args := in(ids)
	type pair struct{ from, into desk.ConversationID }
	all, err := collect(tx, func(scan func(...any) error) (p pair, err error) { err = scan(&p.from, &p.into); return p, err },
		`SELECT id, merged_into_id FROM conversation WHERE workspace_id = ? AND merged_into_id IN `+list+` AND merged_into_id IS NOT NULL`,
		append([]any{tx.scope.Workspace}, args...)...)
	found := make(map[desk.ConversationID]desk.ConversationID, len(all))
	for _, p := range all {
		found[p.from] = p.into
	}
	return found, err
}

// Family returns every conversation that has become part of one, directly or
// through another, without itself.
func (tx *Tx) Family(id desk.ConversationID) (all []desk.ConversationID, err error) {
	for next := []desk.ConversationID{id}; len(next) > 0; {
		found, err := tx.MergedInto(next)
		if err != nil {
			return nil, err
		}
		next = next[:0:0]
		for from := range found {
			if from != id && !slices.Contains(all, from) {
				next = append(next, from)
			}
		}
		all = append(all, next...)
	}
	slices.Sort(all)
	return all, nil
}

// Survivor returns the conversation that one is part of now: itself, when it was
// not merged.
func (tx *Tx) Survivor(c desk.Conversation) (desk.Conversation, error) {
	for seen := map[desk.ConversationID]bool{}; c.MergedInto != 0 && !seen[c.ID]; {
		seen[c.ID] = true
		next, err := tx.conversation(c.MergedInto, tx.lock)
		if err != nil {
			return desk.Conversation{}, err
		}
		c = next
	}
	return c, nil
}

// Strands returns the newest conversations of a contact, also those that are part of
// another one now.
func (tx *Tx) Strands(contact desk.ContactID, limit int) ([]desk.Conversation, error) {
	seen, more := tx.seen("conversation")
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE workspace_id = ? AND contact_id = ?`+seen+` ORDER BY id DESC LIMIT ?`,
		append(append([]any{tx.scope.Workspace, contact}, more...), limit)...)
}

// itselfSQL says of a conversation c that it is not part of another one.
const itselfSQL = "c.merged_into_id IS NULL"

// Spoken returns the newest facts of conversations that brought messages and notes,
// each before its version (0 for the newest of all), newest first.
func (tx *Tx) Spoken(conversation desk.ConversationID, before int64, limit int) ([]desk.Event, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(tx, scanEvent, `SELECT `+eventColumns+` FROM event WHERE workspace_id = ? AND conversation_id = ? AND version > 0 AND version < ?
			AND kind IN ('message_posted', 'aside_posted', 'note_added', 'message_moved') ORDER BY version DESC LIMIT ?`,
		tx.scope.Workspace, conversation, before, limit)
}

// Mergeable returns the newest conversations with a customer that could become part
// of another one, whose subject or last line has all of some words in it.
func (tx *Tx) Mergeable(contact desk.ContactID, except desk.ConversationID, words []string, limit int) ([]desk.Conversation, error) {
	seen, more := tx.seen("conversation")
	args := append([]any{tx.scope.Workspace, contact, except}, more...)
	found := ""
	for _, w := range words {
		found += ` AND (lower(subject) LIKE ? ESCAPE '!' OR lower(preview) LIKE ? ESCAPE '!')`
		like := "%" + likeEscaper.Replace(strings.ToLower(w)) + "%"
		args = append(args, like, like)
	}
	return collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE workspace_id = ? AND contact_id = ? AND id <> ?
			AND merged_into_id IS NULL AND archived_at IS NULL`+seen+found+` ORDER BY id DESC LIMIT ?`, append(args, limit)...)
}

// Namesakes returns other contacts with the same mail address or phone number.
func (tx *Tx) Namesakes(c desk.Contact, limit int) ([]desk.ContactID, error) {
	var all []desk.ContactID
	for _, by := range []struct{ where, value string }{{"email = ?", c.Email}, {"phone = ? AND phone <> ''", c.Phone}} {
		if by.value == "" {
			continue
		}
		found, err := collect(tx, scanInt, `SELECT id FROM contact WHERE workspace_id = ? AND `+by.where+` AND id <> ? AND merged_into_id IS NULL ORDER BY id DESC LIMIT ?`,
			tx.scope.Workspace, by.value, c.ID, limit)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if !slices.Contains(all, desk.ContactID(id)) {
				all = append(all, desk.ContactID(id))
			}
		}
	}
	return all, nil
}
