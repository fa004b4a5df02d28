-- +goose Up
-- Who watches a mailbox, and until when nobody else begins to.
CREATE TABLE mailbox_lease (
    channel_id   BIGINT PRIMARY KEY REFERENCES channel (id),
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    lease        BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL
);

-- How far each folder of a mailbox was read. It moves in the transaction that
-- stores what was fetched.
CREATE TABLE mailbox_folder (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    channel_id   BIGINT NOT NULL REFERENCES channel (id),
    folder       TEXT NOT NULL,
    source       TEXT NOT NULL,
    validity     BIGINT NOT NULL,
    last         BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    below        BIGINT NOT NULL,
    stuck        BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, folder)
);

-- Whether the ways in and out of a channel work.
CREATE TABLE channel_health (
    workspace_id  BIGINT NOT NULL REFERENCES workspace (id),
    channel_id    BIGINT NOT NULL REFERENCES channel (id),
    way           TEXT NOT NULL,
    ok_at         BIGINT,
    failing_since BIGINT,
    problem       TEXT NOT NULL,
    told          BOOLEAN NOT NULL,
    waiting       BIGINT NOT NULL,
    lag           BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, way)
);

-- Other addresses that lead to a channel: whole ones, or all of a domain, as @example.com.
CREATE TABLE channel_alias (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    channel_id   BIGINT NOT NULL REFERENCES channel (id),
    kind         TEXT NOT NULL,
    address      TEXT NOT NULL,
    PRIMARY KEY (kind, address)
);
CREATE INDEX channel_alias_channel ON channel_alias (channel_id);
