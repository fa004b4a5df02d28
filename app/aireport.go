package app

import (
	"context"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// aiReportFor is the longest time of a report.
const aiReportFor = 366 * 24 * time.Hour

// AIQuestion is which conversations of an AI report are meant.
type AIQuestion struct {
	From, Until time.Time // Until is not in it
	Agent       string    // "" is all
	Which       AIWhich
	Why         desk.HandoverWhy // "" is all; of those handed over
}

// AIWhich is a figure of an AI report that counts conversations.
type AIWhich string

// The figures.
const (
	AIHandled    AIWhich = "handled"
	AIAlone      AIWhich = "handled_alone"
	AIHandedOver AIWhich = "handed_over"
	AIUnanswered AIWhich = "unanswered"
)

// has reports whether a conversation is meant.
func (q AIQuestion) has(t desk.AITalk) bool {
	e, answered := t.End(q.Agent)
	switch {
	case !answered, q.Why != "" && q.Why != e.Why:
		return false
	case q.Which == AIAlone:
		return e.Alone
	case q.Which == AIHandedOver:
		return e.HandedOver
	case q.Which == AIUnanswered:
		return e.Unanswered()
	}
	return true
}

// AIReport counts how the AI agents did in the conversations that the actor sees, for
// who manages the workspace or leads a team (F3-88).
func (a *App) AIReport(ctx context.Context, from, until time.Time) (r desk.AIReport, err error) {
	err = a.aiTalks(ctx, from, until, r.Add, nil)
	return r, err
}

// AIReported returns the conversations behind a figure, those first in which an AI agent
// wrote last; limit is how many at most.
func (a *App) AIReported(ctx context.Context, q AIQuestion, limit int) (all []desk.Conversation, err error) {
	var found []desk.AITalk
	later := func(x, y desk.AITalk) int { return y.Last().Compare(x.Last()) }
	keep := func(n int) {
		slices.SortFunc(found, later)
		found = found[:min(len(found), n)]
	}
	err = a.aiTalks(ctx, q.From, q.Until, func(t desk.AITalk) {
		if q.has(t) {
			found = append(found, t)
		}
		if len(found) >= 4*limit {
			keep(limit)
		}
	}, func(tx *store.Tx) (err error) {
		keep(limit)
		at := map[desk.ConversationID]int{}
		ids := make([]desk.ConversationID, len(found))
		for i, t := range found {
			ids[i], at[t.Conversation] = t.Conversation, i
		}
		if len(ids) == 0 {
			return nil
		}
		all, err = tx.Conversations(ids)
		slices.SortFunc(all, func(x, y desk.Conversation) int { return at[x.ID] - at[y.ID] })
		return err
	})
	return all, err
}

func (a *App) aiTalks(ctx context.Context, from, until time.Time, each func(desk.AITalk), then func(*store.Tx) error) error {
	switch {
	case !from.Before(until):
		return field("to", "The last day is before the first one.")
	case until.Sub(from) > aiReportFor+24*time.Hour: // a day may have 25 hours
		return field("from", "A report is about a year at most. Choose a later first day.")
	}
	return a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		if err := mayReport(ctx, tx); err != nil {
			return err
		}
		if err := tx.AITalks(from, until, each); err != nil || then == nil {
			return err
		}
		return then(tx)
	})
}

// mayReport refuses who neither manages the workspace nor leads a team.
func mayReport(ctx context.Context, tx *store.Tx) error {
	act := ActorFrom(ctx)
	if act.Role.May(desk.MayManage) {
		return nil
	}
	leads, err := tx.LeadsTeam(act.User)
	if err == nil && !leads {
		err = desk.Errorf(desk.Forbidden, "Reports are for admins and for who leads a team. Ask an admin.")
	}
	return err
}
