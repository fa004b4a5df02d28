-- +goose Up

-- The tickets of other systems that a conversation is linked to, as a list.
ALTER TABLE conversation ADD COLUMN tickets TEXT NOT NULL DEFAULT '';
