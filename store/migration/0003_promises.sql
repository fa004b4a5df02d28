-- +goose Up

-- What a team has promised, and when it works.
CREATE TABLE sla_policy (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    policy       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX sla_policy_workspace ON sla_policy (workspace_id, id);

CREATE TABLE business_hours (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    hours        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX business_hours_workspace ON business_hours (workspace_id, id);

-- The clocks of a conversation: which promise its wait is about, when the clock
-- stood still, why it was escalated, and the promise to settle the matter.
ALTER TABLE conversation ADD COLUMN metric TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN escalated_for TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN pauses TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN update_due BIGINT;
ALTER TABLE conversation ADD COLUMN resolution_since BIGINT;
ALTER TABLE conversation ADD COLUMN resolution_due_target BIGINT;
ALTER TABLE conversation ADD COLUMN resolution_due_deadline BIGINT;
ALTER TABLE conversation ADD COLUMN resolution_notified_at BIGINT;
ALTER TABLE conversation ADD COLUMN resolution_overdue_at BIGINT;

CREATE INDEX conversation_overdue ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id)
    WHERE status IN ('open', 'pending') AND overdue_at IS NOT NULL;
CREATE INDEX conversation_at_risk ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id)
    WHERE status IN ('open', 'pending') AND overdue_at IS NULL AND (target_notified_at IS NOT NULL OR escalated_at IS NOT NULL);
