-- +goose Up

-- Where a customer stands in the list from A to Z; see store/directory.go, which also
-- says it of those who were there before: '' is not said yet.
ALTER TABLE contact ADD COLUMN sorted TEXT {{binary}} NOT NULL DEFAULT '';
CREATE INDEX contact_sorted ON contact (workspace_id, sorted, id) WHERE merged_into_id IS NULL;
CREATE INDEX contact_unsorted ON contact (id) WHERE sorted = '';
