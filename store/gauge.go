package store

import "time"

// QueueState is how many jobs of a queue are in a state, and when the first of
// them is or was due.
type QueueState struct {
	Queue string
	State JobState
	Count int64
	Due   time.Time
}

// QueueStates returns the jobs of the whole install, by queue and state.
func (tx *Tx) QueueStates() ([]QueueState, error) {
	return collect(tx, func(scan func(...any) error) (q QueueState, err error) {
		err = scan(&q.Queue, &q.State, &q.Count, when{&q.Due})
		return q, err
	}, `SELECT queue, state, count(*), min(run_at) FROM job GROUP BY queue, state ORDER BY queue, state`)
}

// CountOpenRaws returns how many arrivals wait or were refused, in the whole
// install. Those that became something are not counted: they only ever grow.
func (tx *Tx) CountOpenRaws() (map[string]int64, error) {
	return counted(tx, `SELECT s.state, CAST(sum((SELECT count(*) FROM raw_event r WHERE r.workspace_id = w.id AND r.state = s.state)) AS BIGINT)
		FROM workspace w CROSS JOIN (SELECT 'received' AS state UNION ALL SELECT 'dead_letter') s GROUP BY s.state`)
}

// CountOpenDeliveries returns how many messages to customers wait, failed, or
// have an outcome that nobody knows.
func (tx *Tx) CountOpenDeliveries() (map[string]int64, error) {
	return counted(tx, `SELECT s.state, CAST(sum((SELECT count(*) FROM message m WHERE m.workspace_id = w.id AND m.delivery = s.state AND m.delivery <> '')) AS BIGINT)
		FROM workspace w CROSS JOIN (SELECT 'queued' AS state UNION ALL SELECT 'failed' UNION ALL SELECT 'unknown') s GROUP BY s.state`)
}
