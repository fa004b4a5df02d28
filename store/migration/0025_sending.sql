-- +goose Up

-- A message to a customer as it leaves: every try sends the same bytes. Kept until
-- its outcome is known.
CREATE TABLE outgoing_raw (
    workspace_id BIGINT NOT NULL,
    message_id   BIGINT NOT NULL,
    body         {{bytes}}, -- small ones; of larger ones the hash says where they are
    hash         TEXT NOT NULL,
    size         BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, message_id)
);
CREATE INDEX outgoing_raw_hash ON outgoing_raw (hash) WHERE hash <> '';

-- The keys with which a workspace signs mail of its domains (DKIM).
CREATE TABLE dkim_key (
    workspace_id BIGINT NOT NULL,
    domain       TEXT NOT NULL,
    selector     TEXT NOT NULL,
    algorithm    TEXT NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
    public       TEXT NOT NULL, -- as it stands in DNS
    sealed       TEXT NOT NULL, -- the private key, encrypted
    state        TEXT NOT NULL CHECK (state IN ('missing', 'found', 'other')), -- what DNS said at the last look
    unseen       BOOLEAN NOT NULL, -- it signs also where its record was not seen: an admin says so
    checked_at   BIGINT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, domain, selector)
);
