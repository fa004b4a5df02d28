-- +goose Up

-- Conversations that were merged into others, and those that were split off.
ALTER TABLE conversation ADD COLUMN split_from_id BIGINT;
CREATE INDEX conversation_merged ON conversation (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX conversation_child ON conversation (workspace_id, contact_id, last_activity_at DESC) WHERE NOT is_primary;
CREATE INDEX contact_phone ON contact (workspace_id, phone) WHERE phone <> '';

-- Where a message came in, once it has gone to another conversation: what the
-- ledger of arrivals says.
ALTER TABLE message ADD COLUMN arrived_conversation_id BIGINT;
