package store

import (
	"encoding/json"
	"time"

	"parley/desk"
)

const messageColumns = `id, conversation_id, channel_id, kind, side, author_kind, user_id, contact_id, author_name, body, visible_end, html, subject, email, cc,
	sent_at, created_at, client_id, external_id, auto, unreadable, delivery, delivery_reason, delivery_at, deleted_at,
	mentions, edition, editions, edited_at, pinned_at, sender, leaves_at, markdown, recipients, bcc, origin, forwarded, answers, signature, quotes_id, confidence`

func scanMessage(scan func(...any) error) (m desk.Message, err error) {
	var client *string
	var email string
	err = scan(&m.ID, &m.Conversation, &m.Channel, &m.Kind, &m.Side, &m.AuthorKind, &m.User, &m.Contact, &m.AuthorName, &m.Text, &m.VisibleEnd, &m.HTML, &m.Subject,
		&email, asJSON(&m.Cc), when{&m.At}, when{&m.CreatedAt}, &client, &m.ExternalID, &m.Auto, &m.Unreadable, &m.Delivery, &m.DeliveryReason,
		when{&m.DeliveryAt}, when{&m.DeletedAt}, asJSON(&m.Mentions), &m.Edition, &m.Editions, when{&m.EditedAt}, when{&m.PinnedAt}, &m.Sender, when{&m.Leaves}, &m.Markdown,
		asJSON(&m.To), asJSON(&m.Bcc), asJSON(&m.Origin), asJSON(&m.Forwarded), &m.Answers, &m.Signature, &m.Quotes, confidence{&m.Confidence})
	if client != nil {
		m.ClientID = *client
	}
	if email != "" {
		m.Email = json.RawMessage(email)
	}
	return m, err
}

// InsertMessage stores a message and takes its files.
func (tx *WriteTx) InsertMessage(m *desk.Message) error {
	var client any
	if m.ClientID != "" {
		client = m.ClientID
	}
	origin, err := originText(m.Origin)
	if err != nil {
		return err
	}
	err = tx.exec(`INSERT INTO message (workspace_id, `+messageColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.scope.Workspace, m.ID, m.Conversation, m.Channel, m.Kind, m.Side, m.AuthorKind, m.User, m.Contact, m.AuthorName, m.Text, m.VisibleEnd, m.HTML, m.Subject,
		string(m.Email), asJSON(&m.Cc), micros(m.At), micros(m.CreatedAt), client, m.ExternalID, m.Auto, m.Unreadable, m.Delivery, m.DeliveryReason,
		micros(m.DeliveryAt), micros(m.DeletedAt), asJSON(&m.Mentions), max(m.Edition, 1), max(m.Editions, 1), micros(m.EditedAt), micros(m.PinnedAt), m.Sender, micros(m.Leaves), m.Markdown,
		asJSON(&m.To), asJSON(&m.Bcc), origin, asJSON(&m.Forwarded), m.Answers, m.Signature, m.Quotes, tenThousandths(m.Confidence))
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		n, err := tx.changed(`UPDATE attachment SET message_id = ?, inline = ?, content_id = ? WHERE workspace_id = ? AND id = ? AND message_id IS NULL`,
			m.ID, f.Inline, f.ContentID, tx.scope.Workspace, f.ID)
		if err != nil {
			return err
		}
		if n != 1 {
			return desk.Errorf(desk.Conflict, "The file %s already belongs to another message. Upload it again.", f.Name)
		}
	}
	return tx.addRecipients(*m)
}

// SaveReading stores what a message says by another reading of what it arrived as, and
// takes its files.
func (tx *WriteTx) SaveReading(m *desk.Message) error {
	err := tx.exec(`UPDATE message SET body = ?, visible_end = ?, html = ?, subject = ?, email = ?, unreadable = ? WHERE workspace_id = ? AND id = ?`,
		m.Text, m.VisibleEnd, m.HTML, m.Subject, string(m.Email), m.Unreadable, tx.scope.Workspace, m.ID)
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		err := tx.exec(`UPDATE attachment SET message_id = ?, name = ?, content_type = ?, inline = ?, content_id = ? WHERE workspace_id = ? AND id = ? AND (message_id IS NULL OR message_id = ?)`,
			m.ID, f.Name, f.ContentType, f.Inline, f.ContentID, tx.scope.Workspace, f.ID, m.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// originText is an origin as it is stored: "" where nothing is known.
func originText(o desk.Origin) (string, error) {
	if o == (desk.Origin{}) {
		return "", nil
	}
	b, err := json.Marshal(o)
	return string(b), err
}

// SetAuto says why a message counts as automatic, or with "" that it does not.
func (tx *WriteTx) SetAuto(id desk.MessageID, auto string) error {
	return tx.exec(`UPDATE message SET auto = ? WHERE workspace_id = ? AND id = ?`, auto, tx.scope.Workspace, id)
}

// SetOrigin changes what is known of a message from outside.
func (tx *WriteTx) SetOrigin(id desk.MessageID, o desk.Origin) error {
	text, err := originText(o)
	if err != nil {
		return err
	}
	return tx.exec(`UPDATE message SET origin = ? WHERE workspace_id = ? AND id = ?`, text, tx.scope.Workspace, id)
}

// SetAuthor stores which customer wrote a message, and what is known of them.
func (tx *WriteTx) SetAuthor(m desk.Message) error {
	text, err := originText(m.Origin)
	if err != nil {
		return err
	}
	err = tx.exec(`UPDATE message SET contact_id = ?, sender = ?, author_name = ?, email = ?, origin = ? WHERE workspace_id = ? AND id = ?`,
		m.Contact, m.Sender, m.AuthorName, string(m.Email), text, tx.scope.Workspace, m.ID)
	if err != nil {
		return err
	}
	return tx.sortRecipientsOf(m.ID)
}

// MessageByID returns one message, which must be of a conversation the scope sees.
func (tx *Tx) MessageByID(id desk.MessageID) (desk.Message, error) {
	seen, args := tx.readable("c")
	m, err := one(tx, "message", scanMessage, `SELECT `+messageColumns+` FROM message m WHERE m.workspace_id = ? AND m.id = ?
		AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = m.conversation_id`+seen+`)`, append([]any{tx.scope.Workspace, id}, args...)...)
	if err != nil {
		return m, err
	}
	all := []desk.Message{m}
	err = tx.fillFiles(all)
	return all[0], err
}

// Messages returns messages by id, in no order.
func (tx *Tx) Messages(ids []desk.MessageID) ([]desk.Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(ids)
	all, err := collect(tx, scanMessage, `SELECT `+messageColumns+` FROM message WHERE workspace_id = ? AND id IN `+list, append([]any{tx.scope.Workspace}, args...)...)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// MessagesOf returns the newest public messages of conversations, or with after
// the first ones after it, oldest first.
func (tx *Tx) MessagesOf(conversations []desk.ConversationID, after desk.MessageID, limit int) ([]desk.Message, error) {
	list, args := in(conversations)
	args = append([]any{tx.scope.Workspace}, args...)
	order := "DESC"
	if after != 0 {
		order = ""
	}
	all, err := collect(tx, scanMessage, `SELECT `+messageColumns+` FROM (SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id IN `+list+` AND id > ? AND kind = 'message' AND deleted_at IS NULL
		ORDER BY id `+order+` LIMIT ?) part ORDER BY id`, append(args, int64(after), limit)...)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// ChatMessages is MessagesOf with what came or went through the channels of one
// inbox: what a visitor of its chat sees, whatever else their conversation has.
func (tx *Tx) ChatMessages(conversations []desk.ConversationID, inbox desk.InboxID, after desk.MessageID, limit int) ([]desk.Message, error) {
	list, args := in(conversations)
	args = append([]any{tx.scope.Workspace}, args...)
	order := "DESC"
	if after != 0 {
		order = ""
	}
	all, err := collect(tx, scanMessage, `SELECT `+messageColumns+` FROM (SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id IN `+list+` AND id > ? AND kind = 'message' AND deleted_at IS NULL
			AND (channel_id IS NULL OR channel_id IN (SELECT id FROM channel WHERE workspace_id = ? AND inbox_id = ?))
		ORDER BY id `+order+` LIMIT ?) part ORDER BY id`, append(args, int64(after), tx.scope.Workspace, inbox, limit)...)
	if err != nil {
		return nil, err
	}
	return all, tx.fillFiles(all)
}

// ClientMessage returns the message that a sender knows by its own id, or an
// error of kind NotFound.
func (tx *Tx) ClientMessage(conversation desk.ConversationID, clientID string) (desk.Message, error) {
	m, err := one(tx, "message", scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND client_id = ?`, tx.scope.Workspace, conversation, clientID)
	if err != nil {
		return m, err
	}
	all := []desk.Message{m}
	err = tx.fillFiles(all)
	return all[0], err
}

// LastInbound returns the newest message of the customer in a conversation.
func (tx *Tx) LastInbound(conversation desk.ConversationID) (desk.Message, error) {
	return one(tx, "message", scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND side = 'customer' AND kind = 'message' AND auto NOT IN ('stranger', 'turned_away') ORDER BY id DESC LIMIT 1`, tx.scope.Workspace, conversation)
}

// LastMail returns the mail that an answer in a conversation answers, the newest
// that a person wrote to us, or an error of kind NotFound.
func (tx *Tx) LastMail(conversation desk.ConversationID) (desk.Message, error) {
	return one(tx, "message", scanMessage, `SELECT `+messageColumns+` FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND kind = 'message' AND side = 'customer' AND auto IN ('', 'imported') AND email <> '' AND NOT unreadable AND deleted_at IS NULL
		ORDER BY id DESC LIMIT 1`, tx.scope.Workspace, conversation)
}

// Sender returns as whom the customer wrote in a conversation through a channel last:
// the id that the channel knows them by, or "".
func (tx *Tx) Sender(conversation desk.ConversationID, ch desk.ChannelID) (string, error) {
	all, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err }, `SELECT sender FROM message
		WHERE workspace_id = ? AND conversation_id = ? AND side = 'customer' AND kind = 'message' AND channel_id = ? AND sender <> '' AND auto NOT IN ('stranger', 'turned_away') ORDER BY id DESC LIMIT 1`, tx.scope.Workspace, conversation, ch)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// SaveDelivery stores how far a message has come.
func (tx *WriteTx) SaveDelivery(f desk.DeliveryChanged, at time.Time) error {
	return tx.exec(`UPDATE message SET delivery = ?, delivery_reason = ?, delivery_at = ?,
			external_id = CASE WHEN ? = '' THEN external_id ELSE ? END
		WHERE workspace_id = ? AND id = ?`, f.State, f.Reason, micros(at), f.ExternalID, f.ExternalID, tx.scope.Workspace, f.Message)
}

// SetDeleted takes a message out of sight, or with the zero time puts it back.
func (tx *WriteTx) SetDeleted(id desk.MessageID, at time.Time) error {
	if err := tx.exec(`UPDATE message SET deleted_at = ? WHERE workspace_id = ? AND id = ?`, micros(at), tx.scope.Workspace, id); err != nil {
		return err
	}
	return tx.sortRecipientsOf(id)
}

// Outbound is a message to a customer as the delivery ledger shows it.
type Outbound struct {
	Message  desk.Message
	Attempts int
	NextAt   time.Time
	To       string
}

// Outbound returns a page of messages to customers, newest first, in one state
// or all, and where the next page begins: 0 after the last.
func (tx *Tx) Outbound(state desk.Delivery, p LedgerPage) ([]Outbound, int64, error) {
	p.begin()
	where, args := "m.workspace_id = ? AND m.delivery <> ''", []any{tx.scope.Workspace}
	if state != "" {
		where, args = "m.workspace_id = ? AND m.delivery = ?", append(args, state)
	}
	where, args = where+" AND m.id < ?", append(args, p.Before)
	floor := int64(0)
	if p.narrow() {
		var err error
		if floor, err = tx.edge(`SELECT m.id FROM message m WHERE `+where, args...); err != nil {
			return nil, 0, err
		}
	}
	where, args = where+" AND m.id >= ?", append(args, floor)
	seen, more := tx.seen("c")
	found, words := p.matches("m.channel_id", "p.name", "p.email", "m.delivery_reason")
	args = append(append(args, more...), words...)
	all, err := collect(tx, func(scan func(...any) error) (o Outbound, err error) {
		o.Message, err = scanMessage(func(dest ...any) error { return scan(append(dest, &o.To)...) })
		return o, err
	}, `SELECT `+aliased("m", messageColumns)+`, CASE WHEN p.email <> '' THEN p.email ELSE p.name END FROM message m
		JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id
		WHERE `+where+seen+found+` ORDER BY m.id DESC LIMIT ?`, append(args, p.Limit)...)
	if len(all) == p.Limit {
		floor = int64(all[len(all)-1].Message.ID)
	}
	return all, floor, err
}
