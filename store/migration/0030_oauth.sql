-- +goose Up

-- What a workspace is known by at a provider that lets Parley into mailboxes (OAuth).
CREATE TABLE oauth_client (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    provider     TEXT NOT NULL CHECK (provider IN ('google', 'microsoft', 'custom')),
    settings     TEXT NOT NULL, -- JSON, without the secret
    sealed       TEXT NOT NULL, -- the client's secret, encrypted
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, provider)
);

-- What a provider gave for a mailbox. Tokens change by themselves: the version says
-- of which ones something is said.
CREATE TABLE oauth_grant (
    workspace_id   BIGINT NOT NULL REFERENCES workspace (id),
    channel_id     BIGINT NOT NULL REFERENCES channel (id),
    provider       TEXT NOT NULL,
    mailbox        TEXT NOT NULL, -- whom the provider lets in
    sealed         TEXT NOT NULL, -- the tokens, encrypted
    version        BIGINT NOT NULL,
    renew_at       BIGINT NOT NULL, -- from when on the access token is renewed before it is used
    renewing_until BIGINT NOT NULL, -- until when nobody else renews it
    problem        TEXT NOT NULL, -- why it is over; "" while it is not
    connected_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id)
);

-- Somebody who was sent to a provider and is awaited back.
CREATE TABLE oauth_flow (
    state_hash   TEXT PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    channel_id   BIGINT NOT NULL REFERENCES channel (id),
    session_id   BIGINT NOT NULL,
    provider     TEXT NOT NULL,
    redirect_url TEXT NOT NULL,
    sealed       TEXT NOT NULL, -- the verifier (PKCE), encrypted
    expires_at   BIGINT NOT NULL
);
CREATE INDEX oauth_flow_expires ON oauth_flow (expires_at);
