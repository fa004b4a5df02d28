-- +goose Up

-- How conversations rest and end, and settings in three layers.
ALTER TABLE conversation ADD COLUMN inactive_since BIGINT;
ALTER TABLE conversation ADD COLUMN closing_category_id BIGINT;

-- The workspace's own settings of inboxes: what an inbox inherits.
ALTER TABLE workspace ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

CREATE TABLE closing_category (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    disabled     BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX closing_category_name ON closing_category (workspace_id, folded);
