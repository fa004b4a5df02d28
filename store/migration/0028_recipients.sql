-- +goose Up

-- To whom a mail of the team went, and who got a copy that the others do not hear of.
-- An empty list of a message that was written before is its customer.
ALTER TABLE message ADD COLUMN recipients TEXT NOT NULL DEFAULT 'null';
ALTER TABLE message ADD COLUMN bcc TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN recipients TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN bcc TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN subject TEXT NOT NULL DEFAULT '';

-- To whom a draft is to go, when that was chosen.
ALTER TABLE draft ADD COLUMN header TEXT NOT NULL DEFAULT '{}';

-- Mails to somebody new that were begun and not sent: each of one person, who alone
-- sees it. name is chosen by whoever keeps it.
CREATE TABLE new_mail (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    name         TEXT NOT NULL,
    inbox_id     BIGINT REFERENCES inbox (id),
    channel_id   BIGINT REFERENCES channel (id),
    contact_id   BIGINT REFERENCES contact (id),
    header       TEXT NOT NULL,
    body         TEXT NOT NULL,
    attachments  TEXT NOT NULL,
    revision     BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, name)
);
