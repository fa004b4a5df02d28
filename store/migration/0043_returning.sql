-- +goose Up
-- Whether there is an earlier conversation with the customer, which is not part of
-- another one: lists by kind of customer walk to those of whom there is.
ALTER TABLE conversation ADD COLUMN is_returning BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE conversation SET is_returning = TRUE
WHERE EXISTS (SELECT 1 FROM conversation e WHERE e.workspace_id = conversation.workspace_id AND e.contact_id = conversation.contact_id AND e.id < conversation.id AND e.merged_into_id IS NULL);
CREATE INDEX conversation_returning ON conversation (workspace_id, is_returning, status, last_activity_at DESC, id DESC);

-- +goose Down
DROP INDEX conversation_returning;
ALTER TABLE conversation DROP COLUMN is_returning;
