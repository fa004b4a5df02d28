package effect

import (
	"context"
	"time"

	"parley/app"
	"parley/desk"
)

// Survey asks customers how satisfied they are, where the end of their conversation
// said so (setting csat of 1.4). It answers nobody and moves no turn (D-09).
type Survey struct {
	App *app.App
}

// Name implements app.Effect.
func (Survey) Name() string { return "survey" }

// Lane implements app.Effect.
func (Survey) Lane(e desk.Event) int64 { return int64(e.Conversation) }

// Wants implements app.Effect.
func (Survey) Wants(e desk.Event) bool {
	_, ok := e.Fact.(desk.SurveyAsked)
	return ok
}

// When implements app.Later: the end can be taken back before, as a reply can.
func (Survey) When(e desk.Event) time.Time {
	f, _ := e.Fact.(desk.SurveyAsked)
	return f.Due.Time
}

// Run implements app.Effect.
func (s Survey) Run(ctx context.Context, e desk.Event, _ app.Try) error {
	f, _ := e.Fact.(desk.SurveyAsked)
	_, err := s.App.Do(app.Timely(ctx), e.Conversation, desk.AskSurvey{Due: f.Due.Time})
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}
