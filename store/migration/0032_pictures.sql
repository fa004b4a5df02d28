-- +goose Up
-- Whether the remote pictures in a customer's mails are shown without being asked for.
ALTER TABLE contact ADD COLUMN show_pictures BOOLEAN NOT NULL DEFAULT FALSE;
