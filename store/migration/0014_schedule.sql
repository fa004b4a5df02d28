-- +goose Up

-- Replies that wait for their moment (F1-57). Until one is sent it is no message.
CREATE TABLE scheduled (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              {{id}} PRIMARY KEY,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    user_id         BIGINT NOT NULL REFERENCES person (id),
    state           TEXT NOT NULL,
    reason          TEXT NOT NULL DEFAULT '',
    at              BIGINT NOT NULL,
    edition         BIGINT NOT NULL,
    editions        BIGINT NOT NULL,
    client_id       TEXT,
    message_id      BIGINT,
    created_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX scheduled_client ON scheduled (workspace_id, conversation_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX scheduled_conversation ON scheduled (workspace_id, conversation_id) WHERE state IN ('waiting', 'held');
CREATE INDEX scheduled_open ON scheduled (workspace_id, at, id) WHERE state IN ('waiting', 'held');
CREATE INDEX scheduled_author ON scheduled (workspace_id, user_id, at, id) WHERE state IN ('waiting', 'held');

-- Every text that one had, the first and the present one too.
CREATE TABLE scheduled_edition (
    workspace_id BIGINT NOT NULL,
    scheduled_id BIGINT NOT NULL REFERENCES scheduled (id),
    edition      BIGINT NOT NULL,
    channel_id   BIGINT,
    body         TEXT NOT NULL,
    files        TEXT NOT NULL,
    cc           TEXT NOT NULL,
    zone         TEXT NOT NULL,
    unless_reply BOOLEAN NOT NULL,
    next         TEXT NOT NULL,
    user_id      BIGINT REFERENCES person (id),
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, scheduled_id, edition)
);

-- A file that a scheduled message has had in any of its texts is no free upload.
ALTER TABLE attachment ADD COLUMN scheduled_id BIGINT REFERENCES scheduled (id);
CREATE INDEX attachment_scheduled ON attachment (workspace_id, scheduled_id) WHERE scheduled_id IS NOT NULL;

ALTER TABLE conversation ADD COLUMN scheduled BIGINT NOT NULL DEFAULT 0;

-- Until when a reply waits and can be taken back; nothing once it leaves.
ALTER TABLE message ADD COLUMN leaves_at BIGINT;

-- Where a customer is, for the hour at which they are written to.
ALTER TABLE contact ADD COLUMN zone TEXT NOT NULL DEFAULT '';
