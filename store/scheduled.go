package store

import (
	"encoding/json"
	"slices"
	"time"

	"parley/desk"
)

const scheduledColumns = `s.id, s.conversation_id, s.user_id, s.state, s.reason, s.edition, s.at, s.editions, s.client_id, s.message_id, s.created_at,
	e.channel_id, e.body, e.files, e.cc, e.zone, e.unless_reply, e.next, e.user_id, e.at, e.recipients, e.bcc, e.subject, e.quoting`

const scheduledTables = ` FROM scheduled s JOIN scheduled_edition e ON e.workspace_id = s.workspace_id AND e.scheduled_id = s.id AND e.edition = s.edition`

// openScheduled is written exactly as in the partial indexes, else they are not used.
const openScheduled = ` AND s.state IN ('waiting', 'held')`

// planned is a scheduled message whose files are still to be loaded.
type planned struct {
	desk.Scheduled
	files []desk.AttachmentID
}

func scanScheduled(scan func(...any) error) (p planned, err error) {
	var client *string
	s := &p.Scheduled
	err = scan(&s.ID, &s.Conversation, &s.User, &s.State, &s.Reason, &s.Edition, when{&s.At}, &s.Editions, &client, &s.Message, when{&s.CreatedAt},
		&s.Channel, &s.Text, asJSON(&p.files), asJSON(&s.Cc), &s.Zone, &s.UnlessReply, &s.Then, &s.ChangedBy, when{&s.ChangedAt},
		asJSON(&s.To), asJSON(&s.Bcc), &s.Subject, &s.Quoting)
	if client != nil {
		s.ClientID = *client
	}
	return p, err
}

// scheduled returns some of them with their files, in their order.
func (tx *Tx) scheduled(all []planned, err error) ([]desk.Scheduled, error) {
	out := make([]desk.Scheduled, len(all))
	var ids []desk.AttachmentID
	for i, p := range all {
		out[i] = p.Scheduled
		ids = append(ids, p.files...)
	}
	if err != nil || len(ids) == 0 {
		return out, err
	}
	list, args := in(ids)
	files, err := collect(tx, scanAttachment, `SELECT `+attachmentColumns+` FROM attachment WHERE workspace_id = ? AND id IN `+list, append([]any{tx.scope.Workspace}, args...)...)
	byID := map[desk.AttachmentID]desk.Attachment{}
	for _, f := range files {
		byID[f.ID] = f
	}
	for i, p := range all {
		for _, id := range p.files {
			out[i].Files = append(out[i].Files, byID[id])
		}
	}
	return out, err
}

// Scheduled returns one scheduled message of a conversation that the scope may
// read, in any state.
func (tx *Tx) Scheduled(id desk.ScheduledID) (desk.Scheduled, error) {
	seen, args := tx.readable("c")
	p, err := one(tx, "scheduled message", scanScheduled, `SELECT `+scheduledColumns+scheduledTables+` WHERE s.workspace_id = ? AND s.id = ?
		AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = s.conversation_id`+seen+`)`, append([]any{tx.scope.Workspace, id}, args...)...)
	if err != nil {
		return p.Scheduled, err
	}
	all, err := tx.scheduled([]planned{p}, nil)
	return all[0], err
}

// ScheduledIn returns the messages of a conversation that wait or are held, the
// next one first.
func (tx *Tx) ScheduledIn(conversation desk.ConversationID) ([]desk.Scheduled, error) {
	return tx.scheduled(collect(tx, scanScheduled, `SELECT `+scheduledColumns+scheduledTables+`
		WHERE s.workspace_id = ? AND s.conversation_id = ?`+openScheduled+` ORDER BY s.at, s.id`, tx.scope.Workspace, conversation))
}

// ClientScheduled returns the scheduled message that a sender knows by its own id,
// or an error of kind NotFound.
func (tx *Tx) ClientScheduled(conversation desk.ConversationID, clientID string) (desk.Scheduled, error) {
	p, err := one(tx, "scheduled message", scanScheduled, `SELECT `+scheduledColumns+scheduledTables+`
		WHERE s.workspace_id = ? AND s.conversation_id = ? AND s.client_id = ?`, tx.scope.Workspace, conversation, clientID)
	return p.Scheduled, err
}

// ScheduledPage is where a page of scheduled messages begins: after a moment and
// an id; the zero value is the first page.
type ScheduledPage struct {
	Author desk.UserID // 0 is everybody
	At     time.Time
	After  desk.ScheduledID
	Limit  int
}

// ScheduledOpen returns a page of what waits or is held in the conversations that
// the scope sees, the next one first.
func (tx *Tx) ScheduledOpen(p ScheduledPage) ([]desk.Scheduled, error) {
	where, args := "", []any{tx.scope.Workspace}
	if p.Author != 0 {
		where, args = " AND s.user_id = ?", append(args, p.Author)
	}
	if p.After != 0 {
		where, args = where+" AND (s.at, s.id) > (?, ?)", append(args, micros(p.At), p.After)
	}
	seen, more := tx.seen("c")
	args = append(append(args, more...), p.Limit)
	return tx.scheduled(collect(tx, scanScheduled, `SELECT `+scheduledColumns+scheduledTables+`
		JOIN conversation c ON c.id = s.conversation_id
		WHERE s.workspace_id = ?`+openScheduled+where+seen+` ORDER BY s.at, s.id LIMIT ?`, args...))
}

// InsertScheduled stores a new one and takes its files.
func (tx *WriteTx) InsertScheduled(s *desk.Scheduled) error {
	var client any
	if s.ClientID != "" {
		client = s.ClientID
	}
	err := tx.exec(`INSERT INTO scheduled (workspace_id, id, conversation_id, user_id, state, reason, at, edition, editions, client_id, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, tx.scope.Workspace, s.ID, s.Conversation, s.User, s.State, s.Reason, micros(s.At), s.Edition, s.Editions, client, micros(s.CreatedAt))
	if err != nil {
		return err
	}
	return tx.insertDraft(s)
}

// MoveScheduled gives scheduled messages to another conversation. A sender's own id
// that the other one knows already stays with the message there.
func (tx *WriteTx) MoveScheduled(from, to desk.ConversationID, ids []desk.ScheduledID) error {
	for part := range slices.Chunk(ids, moveBatch) {
		list, args := in(part)
		ws := tx.scope.Workspace
		err := tx.exec(`UPDATE scheduled SET client_id = NULL WHERE workspace_id = ? AND conversation_id = ? AND id IN `+list+`
			AND client_id IN (SELECT client_id FROM scheduled WHERE workspace_id = ? AND conversation_id = ? AND client_id IS NOT NULL)`,
			append(append([]any{ws, from}, args...), ws, to)...)
		if err != nil {
			return err
		}
		if err := tx.exec(`UPDATE scheduled SET conversation_id = ? WHERE workspace_id = ? AND conversation_id = ? AND id IN `+list, append([]any{to, ws, from}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// FreeScheduled lets go of the files of a scheduled message that was cancelled.
func (tx *WriteTx) FreeScheduled(id desk.ScheduledID) error {
	return tx.exec(`UPDATE attachment SET scheduled_id = NULL WHERE workspace_id = ? AND scheduled_id = ? AND message_id IS NULL`, tx.scope.Workspace, id)
}

// TakeScheduled takes the files of a scheduled message: none may be another's.
func (tx *WriteTx) TakeScheduled(s *desk.Scheduled) error {
	for _, f := range s.Files {
		n, err := tx.changed(`UPDATE attachment SET scheduled_id = ? WHERE workspace_id = ? AND id = ? AND message_id IS NULL AND (scheduled_id IS NULL OR scheduled_id = ?)`,
			s.ID, tx.scope.Workspace, f.ID, s.ID)
		if err != nil {
			return err
		}
		if n != 1 {
			return desk.Errorf(desk.Conflict, "The file %s already belongs to another message. Upload it again.", f.Name)
		}
	}
	return nil
}

// insertDraft keeps a new edition and takes its files.
func (tx *WriteTx) insertDraft(s *desk.Scheduled) error {
	if err := tx.TakeScheduled(s); err != nil {
		return err
	}
	files := make([]desk.AttachmentID, 0, len(s.Files))
	for _, f := range s.Files {
		files = append(files, f.ID)
	}
	list, err := json.Marshal(files)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO scheduled_edition (workspace_id, scheduled_id, edition, channel_id, body, files, cc, zone, unless_reply, next, user_id, at, recipients, bcc, subject, quoting)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, tx.scope.Workspace, s.ID, s.Edition, s.Channel, s.Text, string(list), asJSON(&s.Cc), s.Zone, s.UnlessReply, s.Then,
		s.ChangedBy, micros(s.ChangedAt), asJSON(&s.To), asJSON(&s.Bcc), s.Subject, s.Quoting)
}

// SaveScheduled stores where one stands, with its text when that is a new one, and
// the message it became.
func (tx *WriteTx) SaveScheduled(id desk.ScheduledID, is desk.Standing, body *desk.Scheduled, message desk.MessageID) error {
	if body != nil {
		if err := tx.insertDraft(body); err != nil {
			return err
		}
	}
	return tx.exec(`UPDATE scheduled SET state = ?, reason = ?, edition = ?, at = ?, message_id = ?, editions = CASE WHEN editions < ? THEN ? ELSE editions END
		WHERE workspace_id = ? AND id = ?`, is.State, is.Reason, is.Edition, micros(is.At), message, is.Edition, is.Edition, tx.scope.Workspace, id)
}
