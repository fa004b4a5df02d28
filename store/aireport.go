package store

import (
	"time"

	"parley/desk"
)

// aiSaid is what AI agents wrote within a time and what left: twice bound, by the
// index message_ai.
const aiSaid = `m.workspace_id = ? AND m.author_kind = 'ai' AND m.sent_at >= ? AND m.sent_at < ?
	AND m.delivery NOT IN ('queued', 'withheld', 'failed', 'recalled') AND m.deleted_at IS NULL`

// AITalks gives each the conversations of the scope in which AI agents answered from a
// moment until before another one, as they stand now, by their ids. Customers who are
// blocked do not count (chapter 6).
func (tx *Tx) AITalks(from, until time.Time, each func(desk.AITalk)) error {
	said := []any{tx.scope.Workspace, micros(from), micros(until)}
	handed, err := tx.aiHandovers(said)
	if err != nil {
		return err
	}
	ratings, err := tx.aiRatings(said)
	if err != nil {
		return err
	}
	var now desk.AITalk
	tell := func() {
		if now.Conversation != 0 {
			each(now)
		}
	}
	seen, args := tx.seen("c")
	// Rows are folded as they come: there may be many.
	_, err = collect(tx, func(scan func(...any) error) (nothing struct{}, err error) {
		var id desk.ConversationID
		var a desk.AIAnswers
		var sum int64
		var status desk.Status
		var answered bool
		if err := scan(&id, &a.Agent, &status, &answered, when{&a.First}, when{&a.Last}, &a.Count, &a.Sure, &sum); err != nil {
			return nothing, err
		}
		a.Confidence = float64(sum) / wholeConfidence
		if id != now.Conversation {
			tell()
			now = desk.AITalk{
				Conversation: id, Ended: status == desk.StatusResolved || status == desk.StatusClosed, Answered: answered, Ratings: ratings[id],
			}
			if l := handed[id]; l != nil {
				now.Handovers = l.Standing()
			}
		}
		now.By = append(now.By, a)
		return nothing, nil
	}, `SELECT m.conversation_id, m.author_name, c.status, c.first_response_at IS NOT NULL, min(m.sent_at), max(m.sent_at), count(*), count(m.confidence), CAST(coalesce(sum(m.confidence), 0) AS BIGINT)
		FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id
		WHERE `+aiSaid+` AND NOT p.blocked`+seen+`
		GROUP BY m.conversation_id, m.author_name, c.status, c.first_response_at ORDER BY m.conversation_id, m.author_name`, append(said, args...)...)
	tell()
	return err
}

// aiHandovers returns the handovers of the conversations in which AI agents answered.
func (tx *Tx) aiHandovers(said []any) (map[desk.ConversationID]*desk.HandoverLine, error) {
	all := map[desk.ConversationID]*desk.HandoverLine{}
	_, err := collect(tx, func(scan func(...any) error) (nothing struct{}, err error) {
		e, err := scanEvent(scan)
		if err != nil {
			return nothing, err
		}
		if all[e.Conversation] == nil {
			all[e.Conversation] = &desk.HandoverLine{}
		}
		all[e.Conversation].Add(e)
		return nothing, nil
	}, `SELECT `+eventColumns+` FROM event WHERE workspace_id = ? AND kind IN ('ai_takeover', 'ai_handback')
		AND conversation_id IN (SELECT m.conversation_id FROM message m WHERE `+aiSaid+`) ORDER BY conversation_id, version`, append([]any{tx.scope.Workspace}, said...)...)
	return all, err
}

// aiRatings returns the ratings of the conversations in which AI agents answered.
func (tx *Tx) aiRatings(said []any) (map[desk.ConversationID][]desk.AIRating, error) {
	all := map[desk.ConversationID][]desk.AIRating{}
	_, err := collect(tx, func(scan func(...any) error) (nothing struct{}, err error) {
		var id desk.ConversationID
		var r desk.AIRating
		if err := scan(&id, when{&r.Asked}, &r.Score); err != nil {
			return nothing, err
		}
		all[id] = append(all[id], r)
		return nothing, nil
	}, `SELECT conversation_id, asked_at, score FROM survey WHERE workspace_id = ? AND score > 0
		AND conversation_id IN (SELECT m.conversation_id FROM message m WHERE `+aiSaid+`)`, append([]any{tx.scope.Workspace}, said...)...)
	return all, err
}
