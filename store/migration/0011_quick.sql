-- +goose Up

-- Quick replies and note templates: one thing of two kinds (F1-37 to F1-39, F1-45).
-- Private ones have a user, those of a team a team, all others are for everyone;
-- what was a team's is everyone's when the team is no more.
CREATE TABLE quick_reply (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    shortcut     TEXT NOT NULL DEFAULT '',
    category     TEXT NOT NULL DEFAULT '',
    language     TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL,
    team_id      BIGINT REFERENCES team (id) ON DELETE SET NULL,
    user_id      BIGINT REFERENCES person (id),
    inbox_ids    TEXT NOT NULL DEFAULT '[]',
    uses         BIGINT NOT NULL DEFAULT 0,
    used_at      BIGINT,
    edition      BIGINT NOT NULL DEFAULT 1,
    changed_by   BIGINT REFERENCES person (id),
    changed_at   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    removed_at   BIGINT
);
CREATE UNIQUE INDEX quick_reply_shortcut ON quick_reply (workspace_id, shortcut) WHERE shortcut <> '' AND removed_at IS NULL;

-- Every text that one had, the first and the present one too.
CREATE TABLE quick_reply_edition (
    workspace_id BIGINT NOT NULL,
    reply_id     BIGINT NOT NULL REFERENCES quick_reply (id),
    edition      BIGINT NOT NULL,
    name         TEXT NOT NULL,
    shortcut     TEXT NOT NULL,
    category     TEXT NOT NULL,
    body         TEXT NOT NULL,
    user_id      BIGINT REFERENCES person (id),
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, reply_id, edition)
);

INSERT INTO quick_reply (workspace_id, id, kind, name, folded, body, changed_at, created_at)
SELECT workspace_id, id, 'note', name, folded, body, created_at, created_at FROM note_template;
INSERT INTO quick_reply_edition (workspace_id, reply_id, edition, name, shortcut, category, body, at)
SELECT workspace_id, id, 1, name, '', '', body, created_at FROM note_template;
DROP TABLE note_template;

-- Named lists of commands that are run as one.
CREATE TABLE macro (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    steps        TEXT NOT NULL,
    team_id      BIGINT REFERENCES team (id) ON DELETE SET NULL,
    user_id      BIGINT REFERENCES person (id),
    created_at   BIGINT NOT NULL,
    removed_at   BIGINT
);
CREATE INDEX macro_workspace ON macro (workspace_id, folded) WHERE removed_at IS NULL;
