package desk

import "fmt"

// Greet sends the inbox's greeting to whoever began the conversation (E4). It is
// automation: it answers nobody and moves no turn (1.5).
type Greet struct {
	Cause int64 // the event it follows, so that a second try is the same greeting
}

// Key returns the greeting's own id: one greeting however often it is tried.
func (g Greet) Key() string { return fmt.Sprintf("greet-%d", g.Cause) }

// Decide does nothing where the inbox has no greeting, and when somebody has
// answered or ended the conversation before the greeting went out.
func (g Greet) Decide(c Conversation, w World) ([]Fact, error) {
	if !c.Active() || !c.FirstReplyAt.IsZero() || c.AIState == AIPaused {
		return nil, nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil || inbox.Settings.Welcome == "" {
		return nil, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: c.OpenedChannel, Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorAutomation,
		AuthorName: inbox.Name, Text: Clean(inbox.Settings.Welcome), Markdown: true, At: w.Now(), CreatedAt: w.Now(), ClientID: g.Key(), Auto: "welcome",
		Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.dress(inbox, w, ""); err != nil {
		return nil, err
	}
	return []Fact{MessagePosted{Message: m.ID, Side: SideTeam, Author: AuthorAutomation, Channel: m.Channel, Sent: microTime{m.At}, Auto: m.Auto, Body: &m}}, nil
}
