package api

import (
	"time"

	"parley/desk"
)

// leaveTime is how long a chat waits for an automatic message that is about to
// leave before it shows what came after it.
const leaveTime = 10 * time.Second

// shown leaves out what an AI agent wrote and what has not left, so that nothing
// of it is seen after somebody took over. What comes after one that is about to
// leave waits for it: a chat shows messages in their order.
func shown(messages []desk.Message, now time.Time) (left []desk.Message, waits bool) {
	for _, m := range messages {
		if now.Before(m.Leaves) { // it can still be taken back
			return left, true
		}
		if m.AuthorKind != desk.AuthorAI {
			left = append(left, m)
			continue
		}
		switch m.Delivery {
		case desk.DeliverySent, desk.DeliveryDelivered, desk.DeliveryRead:
			left = append(left, m)
		case desk.DeliveryQueued:
			if now.Sub(m.CreatedAt) < leaveTime {
				return left, true
			}
		}
	}
	return left, false
}
