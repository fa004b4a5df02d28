-- +goose Up

-- Of a mail to somebody who is not the customer: the messages that it carries, and
-- which mail of theirs it answers.
ALTER TABLE message ADD COLUMN forwarded TEXT NOT NULL DEFAULT 'null';
ALTER TABLE message ADD COLUMN answers BIGINT;
