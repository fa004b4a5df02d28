-- +goose Up

-- The first of the notifications that one mail told of, and when that mail was written.
ALTER TABLE notification ADD COLUMN letter_id BIGINT;
ALTER TABLE notification ADD COLUMN mailed_at BIGINT;
CREATE INDEX notification_letter ON notification (workspace_id, letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX notification_mailed ON notification (workspace_id, user_id, mailed_at) WHERE mailed_at IS NOT NULL;
CREATE INDEX notification_due ON notification (workspace_id, user_id, due_at) WHERE due_at IS NOT NULL;
