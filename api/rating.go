package api

import (
	"parley/desk"
	"parley/store"
)

// ratingTold is a customer's rating as the team reads it: with what they wrote.
type ratingTold struct {
	desk.Rated
	Comment string `json:"comment,omitempty"`
}

// commented adds to ratings what the customer wrote beside them. Of one that was
// replaced by another it is kept no longer.
func commented(tx *store.Tx, events []desk.Event) error {
	var ids []desk.MessageID
	for _, e := range events {
		if f, ok := e.Fact.(desk.Rated); ok && f.Commented {
			ids = append(ids, f.Survey)
		}
	}
	found, err := tx.Surveys(ids)
	if err != nil {
		return err
	}
	for i, e := range events {
		f, ok := e.Fact.(desk.Rated)
		for _, s := range found {
			if ok && s.ID == f.Survey && s.RatedAt.Equal(e.At) {
				f.Comment = s.Comment
				events[i].Fact = f
			}
		}
	}
	return nil
}
