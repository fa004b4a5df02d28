-- +goose Up

-- What a conversation knows of the question how satisfied its customer is.
ALTER TABLE conversation ADD COLUMN survey_due BIGINT;
ALTER TABLE conversation ADD COLUMN survey_user_id BIGINT;
ALTER TABLE conversation ADD COLUMN survey_at BIGINT;
ALTER TABLE conversation ADD COLUMN survey_id BIGINT;
ALTER TABLE conversation ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN rated_at BIGINT;

-- Every question that was asked, and its answer. The id is that of the message that
-- asks. The conversation is the one in which it was asked, also when the message has
-- gone to another one since.
CREATE TABLE survey (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              {{id}} PRIMARY KEY REFERENCES message (id),
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    user_id         BIGINT,
    asked_at        BIGINT NOT NULL,
    score           BIGINT NOT NULL DEFAULT 0,
    comment         TEXT NOT NULL DEFAULT '',
    rated_at        BIGINT
);
CREATE INDEX survey_conversation ON survey (conversation_id);
