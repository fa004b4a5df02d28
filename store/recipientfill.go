package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/pressly/goose/v3"

	"parley/desk"
)

// recipientsSince is the version of the schema from which on conversations are found
// by the recipients of their mails.
const recipientsSince = 41

// recipientsBelow names the install value that says below which message recipients
// are not read yet; it is gone when all are.
const recipientsBelow = "recipients_below"

// recipientMails is how many mails are read in one transaction.
const recipientMails = 500

// fillRecipients reads the recipients of mails that were there before, from the newest
// down. What a crash interrupts goes on at the next start.
func (m migrator) fillRecipients(ctx context.Context) error {
	for {
		more, err := m.fillSome(ctx)
		if err != nil {
			return fmt.Errorf("read recipients: %w", err)
		}
		if !more {
			return nil
		}
	}
}

// bind writes the places of values as the dialect does.
func (m migrator) bind(q string) string {
	if m.dialect == goose.DialectPostgres {
		return rebind(q)
	}
	return q
}

func (m migrator) fillSome(ctx context.Context) (more bool, err error) {
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	exec := func(q string, args ...any) error {
		_, err := tx.ExecContext(ctx, m.bind(q), args...)
		return err
	}
	var below string
	err = tx.QueryRowContext(ctx, m.bind(`SELECT value FROM install WHERE name = ?`), recipientsBelow).Scan(&below)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	mails, err := m.mailsBelow(ctx, tx, below)
	if err != nil {
		return false, err
	}
	for _, mail := range mails {
		if err := insertRecipients(exec, mail.workspace, mail.Conversation, recipientsOf(mail.Message)); err != nil {
			return false, err
		}
	}
	if len(mails) < recipientMails {
		err = exec(`DELETE FROM install WHERE name = ?`, recipientsBelow)
	} else {
		err = exec(`UPDATE install SET value = ? WHERE name = ?`, strconv.FormatInt(int64(mails[len(mails)-1].ID), 10), recipientsBelow)
	}
	if err != nil {
		return false, err
	}
	return len(mails) == recipientMails, tx.Commit()
}

// oldMail is what is known of the recipients of a mail.
type oldMail struct {
	desk.Message
	workspace desk.WorkspaceID
}

func (m migrator) mailsBelow(ctx context.Context, tx *sql.Tx, below string) (all []oldMail, err error) {
	id, err := strconv.ParseInt(below, 10, 64)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, m.bind(`SELECT workspace_id, id, conversation_id, recipients, cc, email FROM message
		WHERE id < ? AND deleted_at IS NULL AND (email <> '' OR recipients <> 'null') ORDER BY id DESC LIMIT ?`), id, recipientMails)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err says what was wrong
	for rows.Next() {
		var mail oldMail
		var to, cc, email string
		if err := rows.Scan(&mail.workspace, &mail.ID, &mail.Conversation, &to, &cc, &email); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(to), &mail.To), json.Unmarshal([]byte(cc), &mail.Cc)); err != nil {
			return nil, err
		}
		mail.Email = json.RawMessage(email)
		all = append(all, mail)
	}
	return all, rows.Err()
}
