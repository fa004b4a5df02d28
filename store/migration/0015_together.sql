-- +goose Up

-- Who else sees a draft while it is written.
CREATE TABLE draft_share (
    workspace_id    BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    mode            TEXT NOT NULL,
    owner_id        BIGINT NOT NULL,
    user_id         BIGINT NOT NULL,
    shared_at       BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, mode, owner_id, user_id)
);

-- Uploads that were never sent go after a day, and their bytes a day later when
-- nothing else has the same.
CREATE TABLE unused_file (
    hash  TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX attachment_free ON attachment (created_at, id) WHERE message_id IS NULL;
CREATE INDEX attachment_hash ON attachment (hash);
CREATE INDEX raw_event_hash ON raw_event (hash) WHERE hash <> '';
