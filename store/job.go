package store

import (
	"time"

	"parley/desk"
)

// JobState is where a job stands. A finished job is deleted.
type JobState int

// The states of a job.
const (
	JobReady   JobState = 0
	JobRunning JobState = 1
	JobFailed  JobState = 2 // it gave up; a person may start it again
)

// Job is work that follows a change. It is enqueued in the transaction of the
// change, and jobs of one lane of a queue run one after the other.
type Job struct {
	ID           desk.JobID
	Workspace    desk.WorkspaceID
	Queue        string
	Lane         int64 // 0 is no lane
	Conversation desk.ConversationID
	Payload      int64 // the event or raw event it is about
	State        JobState
	RunAt        time.Time
	Attempt      int
	Lease        int64 // which run this is; a run that lost its lease cannot finish the job
	LastError    string
	CreatedAt    time.Time
}

const jobColumns = `id, workspace_id, queue, lane, conversation_id, payload, state, run_at, attempt, coalesce(lease, 0), last_error, created_at`

func scanJob(scan func(...any) error) (j Job, err error) {
	err = scan(&j.ID, &j.Workspace, &j.Queue, &j.Lane, &j.Conversation, asJSON(&j.Payload), &j.State, when{&j.RunAt}, &j.Attempt, &j.Lease, &j.LastError, when{&j.CreatedAt})
	return j, err
}

// Enqueue adds a job.
func (tx *WriteTx) Enqueue(j Job) error {
	if !j.RunAt.After(j.CreatedAt) {
		tx.news.queues = append(tx.news.queues, j.Queue)
	}
	return tx.exec(`INSERT INTO job (id, workspace_id, queue, lane, conversation_id, payload, state, run_at, attempt, last_error, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		j.ID, j.Workspace, j.Queue, j.Lane, j.Conversation, asJSON(&j.Payload), JobReady, micros(j.RunAt), j.Attempt, "", micros(j.CreatedAt))
}

// Claim leases up to limit jobs of a queue that are due, at most one per lane
// and none behind an unfinished one of its lane.
func (tx *WriteTx) Claim(queue string, lease int64, now, until time.Time, limit int) ([]Job, error) {
	return collect(tx.Tx, scanJob, `UPDATE job SET state = 1, attempt = attempt + 1, lease = ?, lease_until = ? WHERE id IN (
			SELECT j.id FROM job j WHERE j.queue = ? AND j.state = 0 AND j.run_at <= ?
				AND (j.lane = 0 OR NOT EXISTS (SELECT 1 FROM job e WHERE e.queue = j.queue AND e.lane = j.lane AND e.state IN (0, 1) AND e.id < j.id))
			ORDER BY j.run_at, j.id LIMIT ?`+tx.db.skipLocked()+`)
		RETURNING `+jobColumns, lease, micros(until), queue, micros(now), limit)
}

// Finish drops a job and reports whether the lease was still held: if not,
// somebody else runs it, and this transaction must not commit.
func (tx *WriteTx) Finish(j Job) error {
	return tx.held(tx.changed(`DELETE FROM job WHERE id = ? AND state = 1 AND lease = ?`, j.ID, j.Lease))
}

// PutBack makes a job ready again at a time, or failed for good.
func (tx *WriteTx) PutBack(j Job, at time.Time, state JobState, reason string) error {
	return tx.held(tx.changed(`UPDATE job SET state = ?, run_at = ?, last_error = ?, lease_until = NULL WHERE id = ? AND state = 1 AND lease = ?`,
		state, micros(at), reason, j.ID, j.Lease))
}

func (*WriteTx) held(n int64, err error) error {
	if err == nil && n == 0 {
		return desk.Errorf(desk.Conflict, "Another worker has taken this job over.")
	}
	return err
}

// ExtendLeases keeps the jobs of a lease from being rescued.
func (tx *WriteTx) ExtendLeases(lease int64, until time.Time) error {
	return tx.exec(`UPDATE job SET lease_until = ? WHERE state = 1 AND lease = ?`, micros(until), lease)
}

// Leases reports whether jobs of a lease run, and whether a lease of any process
// has ended.
func (tx *Tx) Leases(lease int64, now time.Time) (held, expired bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM job WHERE state = 1 AND lease = ?), EXISTS (SELECT 1 FROM job WHERE state = 1 AND lease_until < ?)`,
		lease, micros(now)).Scan(&held, &expired)
	return held, expired, err
}

// Rescue makes jobs ready again whose worker has gone: those whose lease is
// over, or on a database of one process every running one (all).
func (tx *WriteTx) Rescue(now time.Time, all bool) (int64, error) {
	if all {
		return tx.changed(`UPDATE job SET state = 0, lease_until = NULL, last_error = 'interrupted' WHERE state = 1`)
	}
	return tx.changed(`UPDATE job SET state = 0, lease_until = NULL, last_error = 'interrupted' WHERE state = 1 AND lease_until < ?`, micros(now))
}

// Interrupt marks every job that waits or runs as begun and never finished: the
// database is an older one, and they may have been done since. It returns how many.
func (tx *WriteTx) Interrupt() (int64, error) {
	return tx.changed(`UPDATE job SET state = 0, lease_until = NULL, last_error = 'interrupted' WHERE state IN (0, 1)`)
}

// NextRun returns when the next waiting job of a queue is due, or the zero time.
func (tx *Tx) NextRun(queue string) (at time.Time, err error) {
	err = tx.row(`SELECT min(run_at) FROM job WHERE queue = ? AND state = 0`, queue).Scan(when{&at})
	return at, err
}

// Jobs returns jobs of the workspace in one state, newest first, before one of an earlier page.
func (tx *Tx) Jobs(state JobState, before desk.JobID, limit int) ([]Job, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return collect(tx, scanJob, `SELECT `+jobColumns+` FROM job WHERE workspace_id = ? AND state = ? AND id < ? ORDER BY id DESC LIMIT ?`,
		tx.scope.Workspace, state, int64(before), limit)
}

// RestartJob makes a failed job ready again.
func (tx *WriteTx) RestartJob(id desk.JobID, now time.Time) error {
	queues, err := collect(tx.Tx, func(scan func(...any) error) (q string, err error) { err = scan(&q); return q, err },
		`UPDATE job SET state = 0, attempt = 0, run_at = ? WHERE workspace_id = ? AND id = ? AND state = 2 RETURNING queue`, micros(now), tx.scope.Workspace, id)
	if err == nil && len(queues) == 0 {
		return desk.Errorf(desk.NotFound, "There is no such failed job here.")
	}
	tx.news.queues = append(tx.news.queues, queues...)
	return err
}

// CountJobs returns how many jobs are in a state, in the whole install.
func (tx *Tx) CountJobs(state JobState) (int64, error) {
	return scanInt(tx.row(`SELECT count(*) FROM job WHERE state = ?`, state).Scan)
}

// Answer is what an idempotent request was answered with.
type Answer struct {
	Request  string // a digest of method, path and body
	Status   int
	Response string
}

// Answered returns the answer to a key, or an error of kind NotFound.
func (tx *Tx) Answered(actor, key string) (Answer, error) {
	return one(tx, "request", func(scan func(...any) error) (a Answer, err error) {
		err = scan(&a.Request, &a.Status, &a.Response)
		return a, err
	}, `SELECT request, status, response FROM idempotency WHERE workspace_id = ? AND actor = ? AND idem_key = ?`, tx.scope.Workspace, actor, key)
}

// SaveAnswer keeps the answer to a key; the first one stays.
func (tx *WriteTx) SaveAnswer(actor, key string, a Answer, now time.Time) error {
	return tx.exec(`INSERT INTO idempotency (workspace_id, actor, idem_key, request, status, response, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, actor, idem_key) DO NOTHING`, tx.scope.Workspace, actor, key, a.Request, a.Status, a.Response, micros(now))
}

// InstallValue returns a value of the install, or "".
func (tx *Tx) InstallValue(name string) (string, error) {
	all, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err }, `SELECT value FROM install WHERE name = ?`, name)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// SetInstallValue stores a value of the install.
func (tx *WriteTx) SetInstallValue(name, value string) error {
	return tx.exec(`INSERT INTO install (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}
