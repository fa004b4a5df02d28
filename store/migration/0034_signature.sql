-- +goose Up

-- What somebody is, and what they put under their mails.
ALTER TABLE member ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN signature TEXT NOT NULL DEFAULT '';

-- What stands under a mail of the team, as it was when it was written, and the mail
-- that it quotes.
ALTER TABLE message ADD COLUMN signature TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN quotes_id BIGINT;
ALTER TABLE scheduled_edition ADD COLUMN quoting TEXT NOT NULL DEFAULT '';

-- A signature was of a channel, and is of its inbox.
UPDATE inbox SET {{signed}} WHERE {{signature}} <> '') s WHERE s.inbox_id = inbox.id;
