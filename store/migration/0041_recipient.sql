-- +goose Up

-- To whom the mails of a conversation went, for filters. who is made of the address
-- with its name, see store/recipient.go.
CREATE TABLE recipient (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    kind            TEXT NOT NULL, -- to or cc
    who             BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, kind, who)
){{by_key}};
CREATE INDEX recipient_who ON recipient (workspace_id, who, kind, conversation_id);

-- How each of them may be called: the rest of the text from every word on.
CREATE TABLE recipient_word (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    who          BIGINT NOT NULL,
    word         TEXT {{binary}} NOT NULL,
    PRIMARY KEY (workspace_id, who, word)
){{by_key}};
CREATE INDEX recipient_word_word ON recipient_word (workspace_id, word, who);

-- Messages that were there before are read at the next start, from the newest down.
INSERT INTO install (name, value) VALUES ('recipients_below', '9223372036854775807');
