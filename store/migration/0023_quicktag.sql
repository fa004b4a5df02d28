-- +goose Up

-- What a quick reply is the solution for: it is offered first where a conversation
-- has this tag.
ALTER TABLE quick_reply ADD COLUMN tag_id BIGINT REFERENCES tag (id) ON DELETE SET NULL;

-- Whether a message is Markdown, which the team writes: what customers wrote, and what
-- was written before this, is shown sign by sign.
ALTER TABLE message ADD COLUMN markdown BOOLEAN NOT NULL DEFAULT FALSE;
