-- +goose Up
ALTER TABLE conversation ADD COLUMN ai_since BIGINT;
ALTER TABLE conversation ADD COLUMN needs_human TEXT NOT NULL DEFAULT '';
