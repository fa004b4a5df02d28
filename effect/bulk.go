package effect

import (
	"context"

	"parley/app"
	"parley/desk"
)

// Bulk does what somebody has confirmed to be done to many conversations, a few at
// a time.
type Bulk struct {
	App *app.App
}

// Name implements app.Effect.
func (Bulk) Name() string { return "bulk" }

// Lane implements app.Effect: what one person has confirmed is done in that order.
func (Bulk) Lane(e desk.Event) int64 { return int64(e.By.User) }

// Wants implements app.Effect.
func (Bulk) Wants(e desk.Event) bool { _, ok := e.Fact.(desk.BulkBegun); return ok }

// Run implements app.Effect.
func (b Bulk) Run(ctx context.Context, e desk.Event, _ app.Try) error { return b.App.RunBulk(ctx, e) }
