-- +goose Up
-- What a message arrived as is found by the message.
CREATE INDEX raw_event_message ON raw_event (message_id) WHERE message_id IS NOT NULL;

-- +goose Down
DROP INDEX raw_event_message;
