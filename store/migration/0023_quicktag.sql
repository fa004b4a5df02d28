-- +goose Up

-- What a quick reply is the solution for: it is offered first where a conversation
-- has this tag.
ALTER TABLE quick_reply ADD COLUMN tag_id BIGINT REFERENCES tag (id) ON DELETE SET NULL;
