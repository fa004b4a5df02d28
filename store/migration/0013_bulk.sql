-- +goose Up

-- What somebody does to many conversations with one decision: it is reviewed first and
-- done by a job when it was confirmed. One that takes back another names it.
CREATE TABLE bulk (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES person (id),
    action       TEXT NOT NULL,
    undoes       BIGINT REFERENCES bulk (id),
    state        TEXT NOT NULL,
    token        TEXT NOT NULL DEFAULT '',
    total        BIGINT NOT NULL DEFAULT 0,
    sends        BIGINT NOT NULL DEFAULT 0,
    reached      BIGINT NOT NULL DEFAULT 0,
    stopped      TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    ended_at     BIGINT
);
CREATE INDEX bulk_user ON bulk (workspace_id, user_id, id DESC);
CREATE INDEX bulk_undoes ON bulk (undoes) WHERE undoes IS NOT NULL;

-- The conversations as they were when it was reviewed, and what became of each.
CREATE TABLE bulk_item (
    workspace_id    BIGINT NOT NULL,
    bulk_id         BIGINT NOT NULL REFERENCES bulk (id),
    position        BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    state           TEXT NOT NULL,
    reason          TEXT NOT NULL DEFAULT '',
    command_id      BIGINT,
    assignee_id     BIGINT,
    was_id          BIGINT,
    team_id         BIGINT,
    PRIMARY KEY (workspace_id, bulk_id, position)
);

-- One notification may be of many conversations.
ALTER TABLE notification ADD COLUMN amount BIGINT NOT NULL DEFAULT 1;
