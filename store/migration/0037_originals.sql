-- +goose Up
-- When the bytes of what arrived were deleted; what they said stays in the message.
ALTER TABLE raw_event ADD COLUMN dropped_at BIGINT;
CREATE INDEX raw_event_kept ON raw_event (channel_id, received_at) WHERE dropped_at IS NULL;
