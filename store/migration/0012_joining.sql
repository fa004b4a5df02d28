-- +goose Up

-- Conversations that were merged into others, and those that were split off.
ALTER TABLE conversation ADD COLUMN split_from_id BIGINT;
CREATE INDEX conversation_merged ON conversation (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
-- What was merged is in no list: the lists of what has ended see it in their indexes.
DROP INDEX conversation_status;
CREATE INDEX conversation_status ON conversation (workspace_id, status, last_activity_at DESC, id DESC, inbox_id, archived_at, merged_into_id);
DROP INDEX conversation_assignee;
CREATE INDEX conversation_assignee ON conversation (workspace_id, assignee_id, status, last_activity_at DESC, id DESC, inbox_id, waiting_on, archived_at, snoozed_until, snooze_until_reply, merged_into_id);
CREATE INDEX conversation_child ON conversation (workspace_id, contact_id, last_activity_at DESC) WHERE NOT is_primary;
CREATE INDEX contact_phone ON contact (workspace_id, phone) WHERE phone <> '';

-- Where a message came in, once it has gone to another conversation: what the
-- ledger of arrivals says.
ALTER TABLE message ADD COLUMN arrived_conversation_id BIGINT;
