package store

import (
	"time"

	"parley/desk"
)

// NewMail is a mail to somebody that was begun and not sent.
type NewMail struct {
	Name    string         // chosen by whoever keeps it
	Inbox   desk.InboxID   // 0 is not chosen yet
	Channel desk.ChannelID // from which address; 0 is the inbox's first
	Contact desk.ContactID // the customer that the first address was chosen of; 0 is whoever has it
	desk.Header
	Text      string
	Files     []desk.AttachmentID
	Revision  int64
	UpdatedAt time.Time
}

const newMailColumns = `name, inbox_id, channel_id, contact_id, header, body, attachments, revision, updated_at`

func scanNewMail(scan func(...any) error) (m NewMail, err error) {
	err = scan(&m.Name, &m.Inbox, &m.Channel, &m.Contact, asJSON(&m.Header), &m.Text, asJSON(&m.Files), &m.Revision, when{&m.UpdatedAt})
	return m, err
}

// NewMails returns the user's mails that were begun, the newest first.
func (tx *Tx) NewMails() ([]NewMail, error) {
	return collect(tx, scanNewMail, `SELECT `+newMailColumns+` FROM new_mail WHERE workspace_id = ? AND user_id = ? ORDER BY updated_at DESC, name`, tx.scope.Workspace, tx.scope.User)
}

// NewMail returns one of the user's mails that were begun, or one with revision 0.
func (tx *Tx) NewMail(name string) (NewMail, error) {
	m, err := one(tx, "mail", scanNewMail, `SELECT `+newMailColumns+` FROM new_mail WHERE workspace_id = ? AND user_id = ? AND name = ?`+tx.lock, tx.scope.Workspace, tx.scope.User, name)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return NewMail{Name: name}, nil
	}
	return m, err
}

// SaveNewMail stores one of the user's unless there is another one of its revision
// already, and reports whether it did.
func (tx *WriteTx) SaveNewMail(m NewMail) (bool, error) {
	n, err := tx.changed(`INSERT INTO new_mail (workspace_id, user_id, `+newMailColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, user_id, name) DO UPDATE SET inbox_id = excluded.inbox_id, channel_id = excluded.channel_id, contact_id = excluded.contact_id,
			header = excluded.header, body = excluded.body, attachments = excluded.attachments, revision = excluded.revision, updated_at = excluded.updated_at
		WHERE new_mail.revision < excluded.revision`,
		tx.scope.Workspace, tx.scope.User, m.Name, m.Inbox, m.Channel, m.Contact, asJSON(&m.Header), m.Text, asJSON(&m.Files), m.Revision, micros(m.UpdatedAt))
	return n > 0, err
}

// DeleteNewMail drops one of the user's.
func (tx *WriteTx) DeleteNewMail(name string) error {
	return tx.exec(`DELETE FROM new_mail WHERE workspace_id = ? AND user_id = ? AND name = ?`, tx.scope.Workspace, tx.scope.User, name)
}
