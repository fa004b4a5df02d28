package api

import (
	"slices"
	"testing"
	"time"

	"parley/desk"
)

// A chat shows an AI agent's answer once it has left. What came after one that is
// about to leave waits for it, but not for long; what was withheld is never seen.
func TestShown(t *testing.T) {
	now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	said := func(by desk.AuthorKind, d desk.Delivery, old time.Duration) desk.Message {
		return desk.Message{AuthorKind: by, Delivery: d, CreatedAt: now.Add(-old)}
	}
	customer, person := said(desk.AuthorContact, "", time.Minute), said(desk.AuthorUser, desk.DeliveryQueued, 0)
	for name, c := range map[string]struct {
		in    []desk.Message
		want  int
		waits bool
	}{
		"people's are shown at once": {[]desk.Message{customer, person}, 2, false},
		"an AI's that left":          {[]desk.Message{customer, said(desk.AuthorAI, desk.DeliverySent, 0), person}, 3, false},
		"one about to leave":         {[]desk.Message{customer, said(desk.AuthorAI, desk.DeliveryQueued, time.Second), person}, 1, true},
		"one that hangs":             {[]desk.Message{customer, said(desk.AuthorAI, desk.DeliveryQueued, time.Minute), person}, 2, false},
		"one that was withheld":      {[]desk.Message{customer, said(desk.AuthorAI, desk.DeliveryWithheld, time.Second), person}, 2, false},
		"one that failed":            {[]desk.Message{said(desk.AuthorAI, desk.DeliveryFailed, 0)}, 0, false},
	} {
		got, waits := shown(slices.Clone(c.in), now)
		if len(got) != c.want || waits != c.waits {
			t.Errorf("%s: %d are shown, waits %v", name, len(got), waits)
		}
	}
}
