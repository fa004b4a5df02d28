-- +goose Up

-- To whom a mail of the team went, and who got a copy that the others do not hear of.
-- An empty list of a message that was written before is its customer.
ALTER TABLE message ADD COLUMN recipients TEXT NOT NULL DEFAULT 'null';
ALTER TABLE message ADD COLUMN bcc TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN recipients TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN bcc TEXT NOT NULL DEFAULT 'null';
ALTER TABLE scheduled_edition ADD COLUMN subject TEXT NOT NULL DEFAULT '';
