-- +goose Up

-- What was found out about who wrote, when it came: a replay says the same.
ALTER TABLE raw_event ADD COLUMN auth TEXT NOT NULL DEFAULT '';

-- What is known of a message's sender, and why it is in its conversation; '' for
-- what came before that was asked, and for what the team wrote.
ALTER TABLE message ADD COLUMN origin TEXT NOT NULL DEFAULT '';

-- What is proven of who wrote last from the customer's side, for filters.
ALTER TABLE conversation ADD COLUMN sender_proof TEXT NOT NULL DEFAULT '';
