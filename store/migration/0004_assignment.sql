-- +goose Up

-- Teams, what is known of members, and who gets conversations by rules.

ALTER TABLE member ADD COLUMN skills TEXT NOT NULL DEFAULT '[]';
ALTER TABLE member ADD COLUMN languages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE member ADD COLUMN capacity BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN availability TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN visibility TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN hours TEXT NOT NULL DEFAULT 'null';

ALTER TABLE contact ADD COLUMN language TEXT NOT NULL DEFAULT '';

CREATE TABLE contact_tag (
    workspace_id BIGINT NOT NULL,
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    tag_id       BIGINT NOT NULL REFERENCES tag (id),
    PRIMARY KEY (workspace_id, contact_id, tag_id)
);
CREATE INDEX contact_tag_tag ON contact_tag (workspace_id, tag_id);

CREATE TABLE team (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    lead_id      BIGINT REFERENCES person (id),
    fallback_id  BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_name ON team (workspace_id, folded);

CREATE TABLE team_member (
    workspace_id BIGINT NOT NULL,
    team_id      BIGINT NOT NULL REFERENCES team (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (workspace_id, team_id, user_id)
);
CREATE INDEX team_member_user ON team_member (workspace_id, user_id, team_id);

-- The inboxes that the members of a team see.
CREATE TABLE team_inbox (
    workspace_id BIGINT NOT NULL,
    team_id      BIGINT NOT NULL REFERENCES team (id),
    inbox_id     BIGINT NOT NULL REFERENCES inbox (id),
    PRIMARY KEY (workspace_id, team_id, inbox_id)
);

ALTER TABLE conversation ADD COLUMN followers TEXT NOT NULL DEFAULT '[]';
CREATE INDEX conversation_team ON conversation (workspace_id, team_id, status, last_activity_at DESC, id DESC) WHERE team_id IS NOT NULL;

CREATE TABLE conversation_follower (
    workspace_id    BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    user_id         BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (workspace_id, conversation_id, user_id)
);

-- Whose turn it was by the rules of an inbox, and the counter they are numbered by.
CREATE TABLE turn (
    workspace_id BIGINT NOT NULL,
    inbox_id     BIGINT NOT NULL REFERENCES inbox (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    turn         BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, inbox_id, user_id)
);
CREATE TABLE turn_counter (
    workspace_id BIGINT PRIMARY KEY,
    turn         BIGINT NOT NULL
);

-- Who is notified for an inbox; inbox 0 is every inbox that has nobody.
CREATE TABLE responder (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    for_inbox    BIGINT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('first', 'escalation')),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (workspace_id, for_inbox, kind, user_id)
);
