package store

import (
	"time"

	"parley/desk"
)

// Survey is one question how satisfied a customer is, and its answer.
type Survey struct {
	ID           desk.MessageID // of the message that asks
	Conversation desk.ConversationID
	User         desk.UserID // who was responsible
	AskedAt      time.Time
	Score        int // 1 to 5; 0 is no answer
	Comment      string
	RatedAt      time.Time // when the answer that stands was given
}

func scanSurvey(scan func(...any) error) (s Survey, err error) {
	err = scan(&s.ID, &s.Conversation, &s.User, when{&s.AskedAt}, &s.Score, &s.Comment, when{&s.RatedAt})
	return s, err
}

// Surveys returns the questions that some messages ask, in no order.
func (tx *Tx) Surveys(ids []desk.MessageID) ([]Survey, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := in(ids)
	return collect(tx, scanSurvey, `SELECT id, conversation_id, user_id, asked_at, score, comment, rated_at FROM survey WHERE workspace_id = ? AND id IN `+list,
		append([]any{tx.scope.Workspace}, args...)...)
}

// InsertSurvey stores that a customer was asked.
func (tx *WriteTx) InsertSurvey(s Survey) error {
	return tx.exec(`INSERT INTO survey (workspace_id, id, conversation_id, user_id, asked_at) VALUES (?, ?, ?, ?, ?)`,
		tx.scope.Workspace, s.ID, s.Conversation, s.User, micros(s.AskedAt))
}

// SaveRating stores an answer, in place of the one before it.
func (tx *WriteTx) SaveRating(f desk.Rated, at time.Time) error {
	return tx.exec(`UPDATE survey SET score = ?, comment = ?, rated_at = ? WHERE workspace_id = ? AND id = ?`, f.Score, f.Comment, micros(at), tx.scope.Workspace, f.Survey)
}
