package effect

import (
	"context"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// Leave does what follows when somebody can answer no more. Whoever was
// deactivated gives back what was theirs, and the admins are told (2.3); what
// waits with somebody who became unavailable is given to others, where the inbox
// says so (4.5).
type Leave struct {
	App *app.App
}

// Name implements app.Effect.
func (Leave) Name() string { return "leave" }

// Lane implements app.Effect.
func (Leave) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Leave) Wants(e desk.Event) bool {
	f, ok := e.Fact.(desk.SettingsChanged)
	return ok && f.Subject == "member" && (f.Action == app.MemberLeft || f.Action == app.MemberUnavailable)
}

// Run implements app.Effect.
func (l Leave) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	f := e.Fact.(desk.SettingsChanged)
	ctx = app.Meanwhile(ctx) // there are many commands; none of them ends the job
	var user desk.UserID
	if err := user.Parse(f.ID); err != nil {
		return err
	}
	if f.Action == app.MemberUnavailable {
		return l.handOn(ctx, user)
	}
	if _, err := l.App.GiveBack(ctx, user); err != nil {
		return err
	}
	admins, err := l.App.Admins(ctx)
	if err != nil {
		return err
	}
	return l.App.Tell(ctx, app.News{Kind: desk.NewsMemberLeft, Event: e, About: user, To: admins})
}

// handOn asks the rules about every conversation of somebody who is not there.
func (l Leave) handOn(ctx context.Context, user desk.UserID) error {
	var before *store.Place
	for {
		page, err := l.App.KeptBy(ctx, user, before)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			if _, err := l.App.Do(ctx, c.ID, desk.AutoAssign{Trigger: desk.TriggerUnavailable, From: user}); err != nil {
				return err
			}
		}
		place := store.List{}.PlaceOf(page[len(page)-1])
		before = &place
	}
}

// Handover tells a team that a conversation came to them, to nobody of them; and
// who follows it how it went on (F2-31).
type Handover struct {
	App *app.App
}

// Name implements app.Effect.
func (Handover) Name() string { return "handover" }

// Lane implements app.Effect.
func (Handover) Lane(desk.Event) int64 { return 0 }

// Wants implements app.Effect.
func (Handover) Wants(e desk.Event) bool {
	switch f := e.Fact.(type) {
	case desk.Transferred:
		return f.Team != 0 && f.Alone
	case desk.StatusChanged:
		return f.New == desk.StatusResolved || f.New == desk.StatusClosed
	}
	return false
}

// InBulk implements app.Selective: a team is told once of all that came to it.
func (Handover) InBulk(e desk.Event, c desk.Conversation) bool {
	_, moved := e.Fact.(desk.Transferred)
	return !moved && len(c.Followers) > 0
}

// Run implements app.Effect.
func (h Handover) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	n := app.News{Event: e}
	var err error
	switch f := e.Fact.(type) {
	case desk.Transferred:
		n.Kind, n.Note = desk.NewsTeam, f.Note
		n.To, err = h.App.TeamMembers(ctx, f.Team)
	case desk.StatusChanged:
		n.Kind = desk.NewsEnded
		n.To, err = h.App.Followers(ctx, e.Conversation)
		if f.Source == desk.SourceContactMerge && err == nil { // nobody of the team ended it (T19)
			var c desk.Conversation
			c, _, err = h.App.Standing(ctx, e.Conversation)
			n.To = append(n.To, c.Assignee)
		}
	}
	if err != nil {
		return err
	}
	return h.App.Tell(ctx, n)
}
