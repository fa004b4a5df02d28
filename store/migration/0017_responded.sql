-- +goose Up
-- SQLite walks an index of more rows rather than one that lacks a column it asks
-- for, and then meets every row that waits for the team before those that wait for
-- the customer.
DROP INDEX conversation_responded;
CREATE INDEX conversation_responded ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id, waiting_on, status, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending') AND waiting_on = 'customer';

-- +goose Down
DROP INDEX conversation_responded;
CREATE INDEX conversation_responded ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending') AND waiting_on = 'customer';
