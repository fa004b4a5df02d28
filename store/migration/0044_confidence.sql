-- +goose Up

-- How sure the AI agent that wrote a message said it was, in ten-thousandths.
ALTER TABLE message ADD COLUMN confidence BIGINT;

-- What the AI report counts: the answers of a time, and when people came instead.
CREATE INDEX message_ai ON message (workspace_id, sent_at, conversation_id) WHERE author_kind = 'ai';
CREATE INDEX event_handler ON event (workspace_id, conversation_id, version) WHERE kind IN ('ai_takeover', 'ai_handback');

-- +goose Down
DROP INDEX event_handler;
DROP INDEX message_ai;
ALTER TABLE message DROP COLUMN confidence;
