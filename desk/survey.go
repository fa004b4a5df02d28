package desk

import "time"

// When customers are asked how satisfied they are (setting csat of 1.4).
const (
	CSATOff       = "off"
	CSATOnClose   = "on_close"
	CSATOnResolve = "on_resolve"
)

// AutoSurvey is the value of Message.Auto of the message that asks.
const AutoSurvey = "csat"

const (
	// surveyAgain is how soon after one question another one is asked (chapter 6, CSAT).
	surveyAgain = 7 * 24 * time.Hour
	// surveyChange is for how long an answer can be replaced (chapter 6, CSAT).
	surveyChange = 24 * time.Hour
	// SurveyFor is for how long a question can be answered.
	SurveyFor = 30 * 24 * time.Hour
)

// surveyQuestion is what the customer is asked. Where it can be answered is said by
// whoever delivers it: that is a secret of the customer's, which the team does not see.
const surveyQuestion = "How satisfied are you with our help? Your answer goes to the team."

// MaxComment is how much a customer may say beside the number, in characters.
const MaxComment = 2000

// Survey is the question how satisfied the customer is, and their latest answer.
type Survey struct {
	Asking
	SurveyAt time.Time // when the customer was asked last
	SurveyID MessageID // the message that asks; answers name it
	Rating   int       // the latest answer, 1 to 5; 0 is none. A reopened conversation keeps it
	RatedAt  time.Time // when the latest question was first answered
}

// Asking is a question that is about to leave; zero once it has left, and when the
// conversation goes on.
type Asking struct {
	SurveyDue  time.Time `json:"survey_due,omitzero"`      // when it leaves
	SurveyUser UserID    `json:"survey_user_id,omitempty"` // who was responsible when it was decided to ask: whose rating it will be
}

// Asked is a question that a customer was asked.
type Asked struct {
	User    UserID // who was responsible
	Comment string // what the customer wrote beside their answer
}

// SurveyAsked says that the customer is going to be asked how satisfied they are.
// It follows from the end of the conversation and goes with it: what is reopened
// before the question leaves asks nobody.
type SurveyAsked struct {
	User UserID    `json:"user_id,omitempty"` // who is responsible now
	Due  microTime `json:"due"`               // when it leaves: not before the end can no longer be taken back in passing
}

// AskSurvey is the effect's: it asks, where that was decided and still holds.
type AskSurvey struct {
	Due time.Time `json:"due"`
}

// asked returns the question that the end of c brings, if its inbox wants one:
// resolves says that it was resolved, closes that it is closed by it. Nobody is asked
// who never wrote, or whom nobody answered; nor twice within a week; nor where no
// answer can come from.
func (c Conversation) asked(w World, inbox Inbox, resolves, closes bool) ([]Fact, error) {
	switch inbox.Settings.CSAT {
	case CSATOnResolve:
		if !resolves {
			return nil, nil
		}
	case CSATOnClose:
		if !closes {
			return nil, nil
		}
	default:
		return nil, nil
	}
	again := !c.SurveyAt.IsZero() && w.Now().Before(c.SurveyAt.Add(surveyAgain))
	if again || c.SurveyDue.After(w.Now()) || c.Archived() || c.ResolutionSince.IsZero() || c.FirstReplyAt.IsZero() {
		return nil, nil
	}
	if may, err := c.askable(w); err != nil || !may {
		return nil, err
	}
	kind, err := w.ChannelKind(c.LastChannel)
	if err != nil {
		return nil, err
	}
	return []Fact{SurveyAsked{User: c.Assignee, Due: microTime{w.Now().Add(inbox.Settings.window(kind))}}}, nil
}

// askable reports whether a question would reach the customer where they wrote last.
func (c Conversation) askable(w World) (bool, error) {
	blocked, err := w.Blocked(c.Contact, true)
	if err != nil || blocked || c.LastChannel == 0 {
		return false, err
	}
	return w.Askable(c.Contact, c.LastChannel)
}

// Decide does nothing when the conversation goes on, was put away, or was asked
// about already.
func (a AskSurvey) Decide(c Conversation, w World) ([]Fact, error) {
	if c.SurveyDue.IsZero() || !c.SurveyDue.Equal(a.Due) || c.Active() || c.Archived() {
		return nil, nil
	}
	if may, err := c.askable(w); err != nil || !may {
		return nil, err
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	m := Message{
		ID: w.NewMessage(), Conversation: c.ID, Channel: c.LastChannel, Kind: KindMessage, Side: SideTeam, AuthorKind: AuthorAutomation,
		AuthorName: inbox.Name, Text: surveyQuestion, Markdown: true, At: w.Now(), CreatedAt: w.Now(), Auto: AutoSurvey, Delivery: DeliveryQueued, DeliveryAt: w.Now(),
	}
	if err := m.dress(inbox, w, ""); err != nil {
		return nil, err
	}
	return []Fact{MessagePosted{Message: m.ID, Side: SideTeam, Author: AuthorAutomation, User: c.SurveyUser, Channel: m.Channel, Sent: microTime{m.At}, Auto: m.Auto, Body: &m}}, nil
}

func (f SurveyAsked) apply(c *Conversation, _ Event) {
	c.Asking = Asking{f.Due.Time, f.User}
}

// surveyed is c once the customer was asked.
func (c *Conversation) surveyed(m MessageID, at time.Time) {
	c.Asking, c.SurveyAt, c.SurveyID, c.RatedAt = Asking{}, at, m, time.Time{}
}

// Quiet reports whether an automatic message is no line for lists: it says nothing of
// the matter.
func Quiet(auto string) bool { return auto == "welcome" || auto == AutoSurvey }
