-- +goose Up

-- Addresses that mail to came back from.
CREATE TABLE bounced_address (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    address      TEXT NOT NULL, -- folded
    hard         BOOLEAN NOT NULL, -- it takes no mail, as far as we know
    times        BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    message_id   BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, address)
);

-- Customers who want no mail that they did not ask for.
CREATE TABLE unsubscribed (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    at           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
);

-- How much has left through a channel in the minute and the hour that began, and
-- until when what people wrote goes first.
CREATE TABLE channel_pace (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    channel_id   BIGINT NOT NULL REFERENCES channel (id),
    minute       BIGINT NOT NULL,
    in_minute    BIGINT NOT NULL,
    hour         BIGINT NOT NULL,
    in_hour      BIGINT NOT NULL,
    people_until BIGINT,
    PRIMARY KEY (workspace_id, channel_id)
);
