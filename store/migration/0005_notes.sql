-- +goose Up

-- Notes: whom they call, which of their texts counts, whether they are on top.
ALTER TABLE message ADD COLUMN mentions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE message ADD COLUMN edition BIGINT NOT NULL DEFAULT 1;
ALTER TABLE message ADD COLUMN editions BIGINT NOT NULL DEFAULT 1;
ALTER TABLE message ADD COLUMN edited_at BIGINT;
ALTER TABLE message ADD COLUMN pinned_at BIGINT;
CREATE INDEX message_pinned ON message (workspace_id, conversation_id, id) WHERE pinned_at IS NOT NULL;

-- Every text of a note that was edited, the first one too.
CREATE TABLE note_edition (
    workspace_id BIGINT NOT NULL,
    message_id   BIGINT NOT NULL REFERENCES message (id),
    edition      BIGINT NOT NULL,
    body         TEXT NOT NULL,
    mentions     TEXT NOT NULL,
    user_id      BIGINT REFERENCES person (id),
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id, edition)
);

-- Who may read a conversation because they were mentioned in it (F1-43).
CREATE TABLE mention_reader (
    workspace_id    BIGINT NOT NULL,
    user_id         BIGINT NOT NULL REFERENCES person (id),
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    PRIMARY KEY (workspace_id, user_id, conversation_id)
);

CREATE TABLE note_template (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    body         TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX note_template_name ON note_template (workspace_id, folded);

CREATE TABLE contact_note (
    workspace_id BIGINT NOT NULL,
    id           {{id}} PRIMARY KEY,
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    author_name  TEXT NOT NULL,
    body         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    edited_at    BIGINT,
    removed_at   BIGINT
);
CREATE INDEX contact_note_contact ON contact_note (workspace_id, contact_id, id);

-- A row is a decision about one person and one thing, also when they were not told.
ALTER TABLE notification ADD COLUMN state TEXT NOT NULL DEFAULT 'told';
ALTER TABLE notification ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE notification ADD COLUMN due_at BIGINT;
ALTER TABLE notification ADD COLUMN forms TEXT NOT NULL DEFAULT '["app"]';
CREATE INDEX notification_told ON notification (workspace_id, user_id, id DESC) WHERE state = 'told';
CREATE INDEX notification_unread ON notification (workspace_id, user_id) WHERE state = 'told' AND read_at IS NULL;
CREATE INDEX notification_conversation ON notification (workspace_id, conversation_id, id DESC);

CREATE TABLE notification_settings (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    settings     TEXT NOT NULL,
    digest_at    BIGINT,
    PRIMARY KEY (workspace_id, user_id)
);

-- Where a browser takes pushed messages: gone with its session.
CREATE TABLE push_subscription (
    id            {{id}} PRIMARY KEY,
    user_id       BIGINT NOT NULL REFERENCES person (id),
    session_id    BIGINT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    endpoint_hash TEXT NOT NULL UNIQUE,
    sealed        TEXT NOT NULL,
    user_agent    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    told_at       BIGINT
);
CREATE INDEX push_subscription_user ON push_subscription (user_id);
CREATE INDEX push_subscription_session ON push_subscription (session_id);
