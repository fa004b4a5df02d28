-- +goose Up
-- Whether somebody of the team said where a customer is. Else it is what their own
-- browser says, and follows them when they travel.
ALTER TABLE contact ADD COLUMN zone_said BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE contact SET zone_said = TRUE WHERE zone <> '';
