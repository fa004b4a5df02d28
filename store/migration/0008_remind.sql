-- +goose Up

-- Since when a pending conversation had no word, and when somebody is reminded of it.
ALTER TABLE conversation ADD COLUMN quiet_since BIGINT;
ALTER TABLE conversation ADD COLUMN follow_up_due BIGINT;

-- Who blocked a contact, and how many messages of theirs were not taken in since:
-- nothing else is kept of those.
ALTER TABLE contact ADD COLUMN blocked_at BIGINT;
ALTER TABLE contact ADD COLUMN blocked_by BIGINT;
ALTER TABLE contact ADD COLUMN turned_away BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN turned_away_at BIGINT;
CREATE INDEX contact_blocked ON contact (workspace_id) WHERE blocked;
