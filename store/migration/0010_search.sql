-- +goose Up

-- What is searched. These tables hold nothing that could not be made again from
-- the others, so a backup leaves them out; see search_state for how far they are.
{{search}}

-- The words that were ever indexed, and in about how many messages: for a word
-- that is still being typed, and for one with a slip in it.
CREATE TABLE search_word (
    workspace_id BIGINT NOT NULL,
    word         TEXT {{binary}} NOT NULL,
    docs         BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, word)
){{by_key}};

-- One row. The feed was indexed up to cursor; of what was there before, everything
-- from messages_below and contacts_below on: those are 0 when nothing is left.
-- What comes new is numbered upwards from top, what was there before downwards.
CREATE TABLE search_state (
    id             BIGINT PRIMARY KEY,
    version        BIGINT NOT NULL,
    cursor         TEXT NOT NULL,
    top            BIGINT NOT NULL,
    bottom         BIGINT NOT NULL,
    messages_below BIGINT NOT NULL,
    contacts_below BIGINT NOT NULL
);
INSERT INTO search_state (id, version, cursor, top, bottom, messages_below, contacts_below) VALUES (1, 0, '', 0, 0, 0, 0);
