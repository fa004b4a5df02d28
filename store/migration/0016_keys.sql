-- +goose Up

-- How Parley looks and answers keys for one person: in every workspace, on every device.
ALTER TABLE person ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
