package app

import (
	"cmp"
	"slices"

	"parley/desk"
	"parley/store"
)

// notThere is why a conversation is skipped that the actor does not see.
const notThere = "It is gone, or not yours to see."

// trial is the world of decisions that are only tried, one conversation after the
// other: what they ask of the team is asked once.
type trial struct {
	world
	members map[desk.UserID]desk.Member
	failed  error // not a refusal: the trial says nothing
}

// Member implements desk.World.
func (t *trial) Member(id desk.UserID) (desk.Member, error) {
	if m, ok := t.members[id]; ok {
		return m, nil
	}
	m, err := t.world.Member(id)
	if err == nil {
		t.members[id] = m
	}
	return m, err
}

// item tries the action of a review on one conversation.
func (t *trial) item(r *BulkReview, c desk.Conversation) store.BulkItem {
	i := store.BulkItem{Conversation: c.ID, Version: c.Version, State: store.ItemTodo}
	if t.failed != nil {
		return i
	}
	t.conversation = c.ID
	facts, err := t.decide(r.Action, c)
	switch {
	case err != nil && desk.KindOf(err) == desk.Internal:
		t.failed = err
	case err != nil:
		i.State, i.Reason = store.ItemSkipped, err.Error()
	case len(facts) == 0 && !r.Action.Export:
		i.State = store.ItemSame
	default:
		r.count(c, facts)
	}
	return i
}

// decide returns the facts that an action would make.
func (t *trial) decide(action desk.BulkAction, c desk.Conversation) ([]desk.Fact, error) {
	if action.Export {
		return nil, t.mayExport(c)
	}
	if into := action.Into(); into != 0 {
		if into == c.ID {
			return nil, nil // it stays
		}
		if err := mayChange(t.by, &c, desk.Merge{}); err != nil {
			return nil, err
		}
		return desk.Yield{Into: into}.Decide(c, t)
	}
	cmd := desk.InBulk{Action: action}
	if err := cmp.Or(mayChange(t.by, &c, cmd), desk.CheckMerged(t.by, c, cmd)); err != nil {
		return nil, err
	}
	return cmd.Decide(c, t)
}

// mayExport refuses what somebody may read and not carry away (1.8).
func (w *world) mayExport(c desk.Conversation) error {
	if w.by.Role.May(desk.MayManage) {
		return nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil || inbox.Settings.AgentsMayExport {
		return err
	}
	return desk.Errorf(desk.Forbidden, "Agents may not export from the inbox %s. Ask an admin.", inbox.Name)
}

// count keeps what the review says of a conversation that changes.
func (r *BulkReview) count(c desk.Conversation, facts []desk.Fact) {
	ends := slices.ContainsFunc(facts, func(f desk.Fact) bool {
		s, ok := f.(desk.StatusChanged)
		return ok && (s.New == desk.StatusResolved || s.New == desk.StatusClosed)
	})
	answered := false
	for _, f := range facts {
		switch f := f.(type) {
		case desk.MessagePosted:
			answered = true
			if r.Sends++; r.Text == "" {
				r.Text, r.TextOf = f.Body.Text, c.ID
			}
		case desk.SurveyAsked:
			r.Asks++
		case desk.AITakenOver:
			r.WithAI++
		}
	}
	if ends && !answered && c.NeedsAttention() {
		r.Unanswered++
	}
}
