-- +goose Up

-- The line of those who need attention (F0-20): one number that says who is next. See
-- desk.Conversation.QueueKey, which says the same.
ALTER TABLE conversation ADD COLUMN queue_key BIGINT NOT NULL DEFAULT 0;
UPDATE conversation SET queue_key = CASE
    WHEN overdue_at IS NOT NULL AND response_due_deadline <= overdue_at THEN response_due_deadline
    WHEN overdue_at IS NOT NULL THEN overdue_at
    WHEN target_notified_at IS NOT NULL AND priority = 'urgent' THEN 9007199254740992 + coalesce(waiting_since, opened_at)
    WHEN target_notified_at IS NOT NULL THEN 18014398509481984 + coalesce(waiting_since, opened_at)
    WHEN priority = 'urgent' THEN 27021597764222976 + coalesce(waiting_since, opened_at)
    ELSE 36028797018963968 + coalesce(waiting_since, opened_at) END
    WHERE status IN ('open', 'pending') AND waiting_on = 'agent';

-- The line is walked by its own index, and that of one assignee, or of nobody, by the
-- other. What waits for customers stays in order of activity.
DROP INDEX conversation_waiting;
CREATE INDEX conversation_queue ON conversation (workspace_id, queue_key, id, inbox_id, assignee_id, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending') AND waiting_on = 'agent';
CREATE INDEX conversation_queue_assignee ON conversation (workspace_id, assignee_id, queue_key, id, inbox_id, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending') AND waiting_on = 'agent';
CREATE INDEX conversation_responded ON conversation (workspace_id, last_activity_at DESC, id DESC, inbox_id, assignee_id, snoozed_until, snooze_until_reply)
    WHERE status IN ('open', 'pending') AND waiting_on = 'customer';

-- Who reads a conversation because they were mentioned in it, asked by conversation
-- whenever it changes.
CREATE INDEX mention_reader_conversation ON mention_reader (workspace_id, conversation_id, user_id);
