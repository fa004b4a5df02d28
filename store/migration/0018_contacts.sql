-- +goose Up

-- Customers who were known twice: one of the two stays, the other one points there.
ALTER TABLE contact ADD COLUMN merged_into_id BIGINT;
CREATE INDEX contact_merged ON contact (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;

-- What a merge of two customers changed, for when it is taken back. The id is the
-- command's.
CREATE TABLE contact_merge (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           {{id}} PRIMARY KEY,
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    merged_id    BIGINT NOT NULL REFERENCES contact (id),
    merged_at    BIGINT NOT NULL,
    merged_by    BIGINT,
    undone_at    BIGINT,
    kept         TEXT NOT NULL
);
CREATE INDEX contact_merge_contact ON contact_merge (workspace_id, contact_id, id DESC);

-- Pairs of customers that somebody said are different people, the lower id first.
CREATE TABLE contact_apart (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    contact_id   BIGINT NOT NULL REFERENCES contact (id),
    other_id     BIGINT NOT NULL REFERENCES contact (id),
    PRIMARY KEY (workspace_id, contact_id, other_id)
);

-- As whom its channel knows the customer who wrote a message: an answer goes there.
ALTER TABLE message ADD COLUMN sender TEXT NOT NULL DEFAULT '';
