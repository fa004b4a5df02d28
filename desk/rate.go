package desk

import "time"

// Rate is the customer's answer to how satisfied they are (chapter 6, CSAT). Only
// the customer gives it.
type Rate struct {
	Survey  MessageID `json:"survey_id"`
	Score   int       `json:"score"` // 1, very dissatisfied, to 5, very satisfied
	Comment string    `json:"comment,omitempty"`
}

// Rated says how satisfied the customer is. What they wrote beside it is kept with
// the question, not with the fact.
type Rated struct {
	Survey    MessageID `json:"survey_id"`
	Score     int       `json:"score"`
	Previous  int       `json:"previous,omitempty"` // what this answer replaces
	User      UserID    `json:"user_id,omitempty"`  // who was responsible when the customer was asked
	Commented bool      `json:"commented,omitempty"`
	// Alerts says that the escalation responders are told, because it is low and nobody
	// works on the conversation any more; in one that goes on, a low rating escalates.
	Alerts  bool   `json:"alerts,omitempty"`
	Comment string `json:"-"`
}

// Decide takes one answer to the newest question; for a day another one replaces it.
func (r Rate) Decide(c Conversation, w World) ([]Fact, error) {
	switch now := w.Now(); {
	case r.Score < 1 || r.Score > 5:
		return nil, invalidField("score", "Choose one of the five answers.")
	case r.Survey == 0 || r.Survey != c.SurveyID:
		return nil, Errorf(Conflict, "There is a newer question, or none any more. Write to us if you want to tell us something.")
	case !c.RatedAt.IsZero() && now.After(c.RatedAt.Add(surveyChange)):
		return nil, Errorf(Conflict, "You answered this more than a day ago, so it stays as it is. Write to us if you want to add something.")
	case c.RatedAt.IsZero() && now.After(c.SurveyAt.Add(SurveyFor)):
		return nil, Errorf(Conflict, "This question is too old to be answered. Write to us if you want to tell us something.")
	}
	comment, err := checkComment(r.Comment)
	if err != nil {
		return nil, err
	}
	asked, err := w.Asked(r.Survey)
	if err != nil {
		return nil, err
	}
	f := Rated{Survey: r.Survey, Score: r.Score, User: asked.User, Commented: comment != "", Comment: comment}
	if !c.RatedAt.IsZero() {
		f.Previous = c.Rating
	}
	if f.Previous == f.Score && asked.Comment == comment {
		return nil, nil
	}
	inbox, err := w.Inbox(c.Inbox)
	if err != nil {
		return nil, err
	}
	f.Alerts = !c.Active() && inbox.Settings.escalation().becameLow(f)
	return []Fact{f}, nil
}

// checkComment returns what a customer wrote beside the number, as it is kept.
func checkComment(text string) (string, error) {
	text = Clean(text)
	if len([]rune(text)) > MaxComment {
		return "", invalidField("comment", "Make this shorter: 2000 characters at most.")
	}
	return text, nil
}

// lowRating is which ratings ask for help: this one and those below it; 0 for none
// (F2-18).
func (s EscalationSettings) lowRating() int {
	switch {
	case s.NotOnLowRating:
		return 0
	case s.LowRating == 0:
		return 2
	}
	return s.LowRating
}

// becameLow reports whether an answer asks for help, and the one before it did not.
func (s EscalationSettings) becameLow(f Rated) bool {
	low := s.lowRating()
	return f.Score <= low && (f.Previous == 0 || f.Previous > low)
}

func (f Rated) apply(c *Conversation, e Event) {
	c.Rating = f.Score
	if c.RatedAt.IsZero() {
		c.RatedAt = e.At
	}
}

// Rateable reports whether the question that m asks can be answered now, or its
// answer replaced.
func (c *Conversation) Rateable(m MessageID, now time.Time) bool {
	if m == 0 || m != c.SurveyID {
		return false
	}
	if c.RatedAt.IsZero() {
		return !now.After(c.SurveyAt.Add(SurveyFor))
	}
	return !now.After(c.RatedAt.Add(surveyChange))
}
