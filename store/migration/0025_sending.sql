-- +goose Up

-- A message to a customer as it leaves: every try sends the same bytes. Kept until
-- its outcome is known.
CREATE TABLE outgoing_raw (
    workspace_id BIGINT NOT NULL,
    message_id   BIGINT NOT NULL,
    body         {{bytes}}, -- small ones; of larger ones the hash says where they are
    hash         TEXT NOT NULL,
    size         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id)
);
CREATE INDEX outgoing_raw_hash ON outgoing_raw (hash) WHERE hash <> '';
