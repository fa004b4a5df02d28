-- +goose Up

-- Times are UTC microseconds, ids 64 bit numbers made in Go, JSON is text.
-- {{id}} is the type of a primary key: on SQLite it must be INTEGER to be the rowid.

CREATE TABLE install (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE workspace (
    id         {{id}} PRIMARY KEY,
    name       TEXT NOT NULL,
    slug       TEXT NOT NULL UNIQUE,
    open_scope BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE person (
    id            {{id}} PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);

CREATE TABLE member (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    role         TEXT NOT NULL,
    active       BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX member_user ON member (user_id);

CREATE TABLE session (
    id           {{id}} PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES person (id),
    token_hash   TEXT NOT NULL UNIQUE,
    user_agent   TEXT NOT NULL,
    remote       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX session_person ON session (user_id);

CREATE TABLE token (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    user_id      BIGINT NOT NULL REFERENCES person (id),
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX token_user ON token (workspace_id, user_id);

CREATE TABLE invitation (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    email        TEXT NOT NULL,
    role         TEXT NOT NULL,
    inboxes      TEXT NOT NULL,
    secret_hash  TEXT NOT NULL UNIQUE,
    invited_by   BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    accepted_at  BIGINT
);
CREATE INDEX invitation_workspace ON invitation (workspace_id, id);

CREATE TABLE inbox (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    grouping     TEXT NOT NULL,
    open_scope   BIGINT NOT NULL,
    settings     TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX inbox_workspace ON inbox (workspace_id, id);

CREATE TABLE inbox_member (
    workspace_id BIGINT NOT NULL,
    inbox_id     BIGINT NOT NULL REFERENCES inbox (id),
    user_id      BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (workspace_id, user_id, inbox_id)
);
CREATE INDEX inbox_member_inbox ON inbox_member (workspace_id, inbox_id);

CREATE TABLE channel (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    inbox_id     BIGINT NOT NULL REFERENCES inbox (id),
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    address      TEXT NOT NULL,
    config       TEXT NOT NULL,
    sealed       TEXT NOT NULL,
    disabled     BOOLEAN NOT NULL,
    removed      BOOLEAN NOT NULL,
    last_error   TEXT NOT NULL,
    error_at     BIGINT,
    inbound_at   BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE INDEX channel_inbox ON channel (workspace_id, inbox_id);
CREATE UNIQUE INDEX channel_address ON channel (kind, address) WHERE NOT removed;

CREATE TABLE contact (
    workspace_id       BIGINT NOT NULL REFERENCES workspace (id),
    id                 {{id}} PRIMARY KEY,
    name               TEXT NOT NULL,
    email              TEXT NOT NULL,
    phone              TEXT NOT NULL,
    folded             TEXT NOT NULL,
    verified           BOOLEAN NOT NULL,
    blocked            BOOLEAN NOT NULL,
    created_source     TEXT NOT NULL,
    first_contacted_at BIGINT,
    last_contacted_at  BIGINT,
    created_at         BIGINT NOT NULL
);
CREATE INDEX contact_recent ON contact (workspace_id, id);
CREATE INDEX contact_email ON contact (workspace_id, email);

CREATE TABLE identity (
    workspace_id BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    scope        TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind, scope, external_id)
);
CREATE INDEX identity_contact ON identity (workspace_id, contact_id);

CREATE TABLE conversation (
    workspace_id            BIGINT NOT NULL REFERENCES workspace (id),
    id                      {{id}} PRIMARY KEY,
    inbox_id                BIGINT NOT NULL REFERENCES inbox (id),
    contact_id              BIGINT NOT NULL REFERENCES contact (id),
    version                 BIGINT NOT NULL,
    subject                 TEXT NOT NULL,
    preview                 TEXT NOT NULL,
    status                  TEXT NOT NULL CHECK (status IN ('open', 'pending', 'resolved', 'closed')),
    waiting_on              TEXT NOT NULL CHECK (waiting_on IN ('agent', 'customer', 'none')),
    waiting_since           BIGINT,
    follow_ups              BIGINT NOT NULL,
    assignee_id             BIGINT,
    team_id                 BIGINT,
    assigned_at             BIGINT,
    assignee_replied_at     BIGINT,
    ai_state                TEXT NOT NULL CHECK (ai_state IN ('none', 'active', 'paused')),
    ai_epoch                BIGINT NOT NULL,
    snoozed_until           BIGINT,
    snooze_until_reply      BOOLEAN NOT NULL,
    archived_at             BIGINT,
    priority                TEXT NOT NULL CHECK (priority IN ('urgent', 'high', 'normal', 'low')),
    priority_reason         TEXT NOT NULL,
    response_due_target     BIGINT,
    response_due_deadline   BIGINT,
    target_notified_at      BIGINT,
    overdue_at              BIGINT,
    escalated_at            BIGINT,
    first_reply_at          BIGINT,
    first_response_at       BIGINT,
    first_response_by       BIGINT,
    pending_reason          TEXT NOT NULL,
    pending_note_id         BIGINT,
    resolved_at             BIGINT,
    closed_at               BIGINT,
    closed_source           TEXT NOT NULL,
    closed_by               BIGINT,
    closing_summary         TEXT NOT NULL,
    merged_into_id          BIGINT,
    opened_at               BIGINT NOT NULL,
    opened_source           TEXT NOT NULL,
    opened_by               BIGINT,
    opened_channel_id       BIGINT,
    previous_id             BIGINT,
    grouping                TEXT NOT NULL CHECK (grouping IN ('per_thread', 'per_contact')),
    open_scope              BIGINT NOT NULL,
    is_primary              BOOLEAN NOT NULL,
    tags                    TEXT NOT NULL,
    last_message_at         BIGINT,
    last_activity_at        BIGINT NOT NULL,
    last_channel_id         BIGINT,
    last_from_customer      BIGINT,
    messages                BIGINT NOT NULL,
    with_files              BIGINT NOT NULL,
    delivery_problems       BIGINT NOT NULL,
    -- INV-3, INV-4: only the closed are archived or merged away.
    CHECK (archived_at IS NULL OR status = 'closed'),
    CHECK (merged_into_id IS NULL OR status = 'closed')
);
-- INV-1: one open primary conversation per contact and scope.
CREATE UNIQUE INDEX conversation_one_open ON conversation (workspace_id, open_scope, contact_id)
    WHERE grouping = 'per_contact' AND is_primary AND status IN ('open', 'pending') AND archived_at IS NULL;
-- Lists: newest activity first, by key. The active set has a covering index of its own.
CREATE INDEX conversation_active ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id, waiting_on, status, snoozed_until, snooze_until_reply, last_from_customer)
    WHERE status IN ('open', 'pending');
CREATE INDEX conversation_waiting ON conversation (workspace_id, waiting_on, last_activity_at DESC, id DESC, inbox_id, assignee_id, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending');
CREATE INDEX conversation_status ON conversation (workspace_id, status, last_activity_at DESC, id DESC, inbox_id, archived_at);
CREATE INDEX conversation_assignee ON conversation (workspace_id, assignee_id, status, last_activity_at DESC, id DESC, inbox_id, waiting_on, archived_at, snoozed_until, snooze_until_reply);
CREATE INDEX conversation_archived ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id) WHERE archived_at IS NOT NULL;
CREATE INDEX conversation_contact ON conversation (workspace_id, contact_id, id);

CREATE TABLE conversation_tag (
    workspace_id     BIGINT NOT NULL,
    tag_id           BIGINT NOT NULL,
    conversation_id  BIGINT NOT NULL REFERENCES conversation (id),
    active           BOOLEAN NOT NULL,
    last_activity_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, conversation_id, tag_id)
);
CREATE INDEX conversation_tag_recent ON conversation_tag (workspace_id, tag_id, active, last_activity_at DESC, conversation_id DESC);

-- INV-2: one conversation per inbox and thread key.
CREATE TABLE thread_alias (
    workspace_id    BIGINT NOT NULL,
    inbox_id        BIGINT NOT NULL,
    thread_key      TEXT NOT NULL,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    message_id      BIGINT,
    PRIMARY KEY (workspace_id, inbox_id, thread_key)
);
CREATE INDEX thread_alias_conversation ON thread_alias (workspace_id, conversation_id);

CREATE TABLE message (
    workspace_id    BIGINT NOT NULL,
    id              {{id}} PRIMARY KEY,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id),
    channel_id      BIGINT,
    kind            TEXT NOT NULL,
    side            TEXT NOT NULL,
    author_kind     TEXT NOT NULL,
    user_id         BIGINT,
    contact_id      BIGINT,
    author_name     TEXT NOT NULL,
    body            TEXT NOT NULL,
    visible_end     BIGINT NOT NULL,
    html            TEXT NOT NULL,
    subject         TEXT NOT NULL,
    email           TEXT NOT NULL,
    cc              TEXT NOT NULL,
    sent_at         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    client_id       TEXT,
    external_id     TEXT NOT NULL,
    auto            TEXT NOT NULL,
    unreadable      BOOLEAN NOT NULL,
    delivery        TEXT NOT NULL,
    delivery_reason TEXT NOT NULL,
    delivery_at     BIGINT,
    deleted_at      BIGINT
);
CREATE INDEX message_conversation ON message (workspace_id, conversation_id, id);
CREATE UNIQUE INDEX message_client ON message (workspace_id, conversation_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX message_outbound ON message (workspace_id, delivery, id DESC) WHERE delivery <> '';

CREATE TABLE attachment (
    workspace_id BIGINT NOT NULL,
    id           {{id}} PRIMARY KEY,
    message_id   BIGINT,
    name         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content_id   TEXT NOT NULL,
    size         BIGINT NOT NULL,
    inline       BOOLEAN NOT NULL,
    width        BIGINT NOT NULL,
    height       BIGINT NOT NULL,
    hash         TEXT NOT NULL,
    uploader     TEXT NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX attachment_message ON attachment (workspace_id, message_id);

-- The timeline, the audit log and the feed of everybody who listens.
CREATE TABLE event (
    seq             {{seq}},
    workspace_id    BIGINT NOT NULL,
    conversation_id BIGINT,
    version         BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        BIGINT,
    command_id      BIGINT NOT NULL,
    cause           BIGINT,
    depth           BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    reader_id       BIGINT,
    fact            TEXT NOT NULL{{xid}}
);
CREATE UNIQUE INDEX event_version ON event (workspace_id, conversation_id, version) WHERE version > 0;
CREATE INDEX event_personal ON event (workspace_id, command_id) WHERE version = 0;
{{xid_index}}

CREATE TABLE read_mark (
    workspace_id    BIGINT NOT NULL,
    user_id         BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    message_id      BIGINT,
    PRIMARY KEY (workspace_id, conversation_id, user_id)
);

CREATE INDEX read_mark_user ON read_mark (workspace_id, user_id, conversation_id, message_id);

CREATE TABLE draft (
    workspace_id    BIGINT NOT NULL,
    user_id         BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    mode            TEXT NOT NULL,
    body            TEXT NOT NULL,
    attachments     TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, conversation_id, mode)
);

CREATE TABLE tag (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,
    color        TEXT NOT NULL
);
CREATE UNIQUE INDEX tag_name ON tag (workspace_id, folded);

CREATE TABLE notification (
    workspace_id    BIGINT NOT NULL,
    id              {{id}} PRIMARY KEY,
    user_id         BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    conversation_id BIGINT,
    actor_id        BIGINT,
    note_id         BIGINT,
    at              BIGINT NOT NULL,
    read_at         BIGINT,
    cause           BIGINT NOT NULL
);
CREATE UNIQUE INDEX notification_once ON notification (workspace_id, user_id, cause);
CREATE INDEX notification_user ON notification (workspace_id, user_id, id DESC);

-- The ingest ledger: what arrived, stored before it was acknowledged.
CREATE TABLE raw_event (
    workspace_id    BIGINT NOT NULL,
    id              {{id}} PRIMARY KEY,
    channel_id      BIGINT NOT NULL,
    dedupe          TEXT NOT NULL,
    content_type    TEXT NOT NULL,
    envelope        TEXT NOT NULL,
    body            {{bytes}}, -- small ones; of larger ones the hash says where they are
    hash            TEXT NOT NULL,
    size            BIGINT NOT NULL,
    summary         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('received', 'message', 'duplicate', 'dead_letter')),
    reason          TEXT NOT NULL,
    conversation_id BIGINT,
    message_id      BIGINT,
    received_at     BIGINT NOT NULL,
    finished_at     BIGINT
);
CREATE INDEX raw_event_state ON raw_event (workspace_id, state, id DESC);

-- What each account has taken in: a second copy of it is a duplicate, by index.
CREATE TABLE inbound_key (
    workspace_id BIGINT NOT NULL,
    channel_id   BIGINT NOT NULL,
    dedupe       TEXT NOT NULL,
    message_id   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, dedupe)
);

CREATE TABLE job (
    id              {{id}} PRIMARY KEY,
    workspace_id    BIGINT NOT NULL,
    queue           TEXT NOT NULL,
    lane            BIGINT NOT NULL,
    conversation_id BIGINT,
    payload         TEXT NOT NULL,
    state           SMALLINT NOT NULL,
    run_at          BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    lease           BIGINT,
    lease_until     BIGINT,
    last_error      TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX job_ready ON job (queue, run_at, id) WHERE state = 0;
CREATE INDEX job_lane ON job (queue, lane, id) WHERE state IN (0, 1);
CREATE INDEX job_lease ON job (lease_until) WHERE state = 1;
CREATE INDEX job_failed ON job (workspace_id, id DESC) WHERE state = 2;

CREATE TABLE idempotency (
    workspace_id BIGINT NOT NULL,
    actor        TEXT NOT NULL,
    idem_key     TEXT NOT NULL,
    request      TEXT NOT NULL,
    status       BIGINT NOT NULL,
    response     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, actor, idem_key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
