-- +goose Up

-- What was found out about who wrote, when it came: a replay says the same.
ALTER TABLE raw_event ADD COLUMN auth TEXT NOT NULL DEFAULT '';

-- What is known of a message's sender, and why it is in its conversation; '' for
-- what came before that was asked, and for what the team wrote.
ALTER TABLE message ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- What is proven of who wrote last from the customer's side, for filters.
ALTER TABLE conversation ADD COLUMN sender_proof TEXT NOT NULL DEFAULT '';

-- How much mail has come from and gone to an address, for the brake on programs
-- that answer each other.
CREATE TABLE mail_rate (
    workspace_id   BIGINT NOT NULL REFERENCES workspace (id),
    inbox_id       BIGINT NOT NULL REFERENCES inbox (id),
    address        TEXT NOT NULL,
    received       BIGINT NOT NULL,
    received_since BIGINT,
    sent           BIGINT NOT NULL,
    sent_since     BIGINT,
    paused_until   BIGINT,
    PRIMARY KEY (workspace_id, inbox_id, address)
);
