-- +goose Up

-- Orders of lists: what is active by when it was opened, who waits for us by how
-- long, alone and within a priority; and what has ended by opening and priority.
CREATE INDEX conversation_created ON conversation (workspace_id, opened_at DESC, id DESC);
CREATE INDEX conversation_active_created ON conversation (workspace_id, opened_at, id) WHERE status IN ('open', 'pending');
CREATE INDEX conversation_waits ON conversation (workspace_id, waiting_since, id, inbox_id)
    WHERE status IN ('open', 'pending') AND waiting_on = 'agent' AND waiting_since IS NOT NULL;
CREATE INDEX conversation_priority_waits ON conversation (workspace_id, priority, waiting_since, id)
    WHERE status IN ('open', 'pending') AND waiting_on = 'agent' AND waiting_since IS NOT NULL;
CREATE INDEX conversation_priority ON conversation (workspace_id, priority, status, last_activity_at DESC, id DESC) WHERE priority <> 'normal';
CREATE INDEX conversation_follower_user ON conversation_follower (workspace_id, user_id, conversation_id);

-- Filters with a name.
CREATE TABLE saved_view (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    owner_id     BIGINT NOT NULL REFERENCES person (id),
    name         TEXT NOT NULL,
    conditions   TEXT NOT NULL,
    sort         TEXT NOT NULL,
    shown        TEXT NOT NULL,
    audience     TEXT NOT NULL CHECK (audience IN ('private', 'shared', 'everyone')),
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX saved_view_owner ON saved_view (workspace_id, owner_id);
CREATE INDEX saved_view_everyone ON saved_view (workspace_id, audience);

-- With whom a view is shared.
CREATE TABLE view_user (
    workspace_id BIGINT NOT NULL,
    view_id      BIGINT NOT NULL REFERENCES saved_view (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (workspace_id, user_id, view_id)
);
CREATE INDEX view_user_view ON view_user (view_id);
CREATE TABLE view_team (
    workspace_id BIGINT NOT NULL,
    view_id      BIGINT NOT NULL REFERENCES saved_view (id),
    team_id      BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, team_id, view_id)
);
CREATE INDEX view_team_view ON view_team (view_id);

-- Which views a person has in the sidebar, and in which order.
CREATE TABLE view_pin (
    workspace_id BIGINT NOT NULL,
    user_id      BIGINT NOT NULL REFERENCES person (id),
    view_id      BIGINT NOT NULL REFERENCES saved_view (id),
    position     BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, view_id)
);
CREATE INDEX view_pin_view ON view_pin (view_id);
