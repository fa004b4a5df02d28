package demo

import (
	"fmt"
	"time"

	"parley/app"
	"parley/desk"
	"parley/store"
)

// oddities are what every inbox has seen: an automatic answer, a mail that is no
// mail, a thread that nobody knows, a draft begun and left.
func (w *Workspace) oddities(end time.Time) error {
	odd := []letter{
		{id: "away.1@mail.example", name: "Callum Reid", from: "callum.reid71@mail.example", subject: "Automatic reply: Your order", headers: "Auto-Submitted: auto-replied\r\n",
			text: "I am away until Monday and answer when I am back."},
		{id: "away.2@post.example", name: "Birgit Vogt", from: "birgit.vogt22@post.example", subject: "Abwesenheitsnotiz", headers: "Auto-Submitted: auto-replied\r\n",
			text: "Ich bin bis zum 30. nicht im Büro."},
	}
	for i, l := range odd {
		l.to, l.at = "hello@halden.example", w.clock.Now()
		if err := w.take1("mail", l.from, l.to, l.id, l.bytes(w.rng)); err != nil {
			return fmt.Errorf("automatic mail %d: %w", i, err)
		}
	}
	for i := range 3 { // replies to threads from before: the inbox ignores them, the ledger keeps them
		l := letter{
			id: fmt.Sprintf("old.%d@inbox.example", i), name: "Declan Moss", from: "declan.moss40@inbox.example", to: "wholesale@halden.example", at: w.clock.Now(),
			subject: "Re: Delivery in 2024", text: "Any news on this?", parents: []string{fmt.Sprintf("before-%d@old-desk.example", i)},
		}
		if err := w.take1("wholesale", l.from, l.to, l.id, l.bytes(w.rng)); err != nil {
			return err
		}
	}
	broken := []byte("From: scanner@mail.example\r\nTo: hello@halden.example\r\nSubject: Scan 0041\r\nMessage-ID: <scan.41@mail.example>\r\n" +
		"Content-Type: multipart/mixed\r\n\r\n--\x00\x01 this never was a mail \xff\xfe\r\n")
	if err := w.take1("mail", "scanner@mail.example", "hello@halden.example", "scan.41@mail.example", broken); err != nil {
		return err
	}
	return w.beginnings()
}

// beginnings are drafts of the owner, and what the owner has read.
func (w *Workspace) beginnings() error {
	var open []desk.Conversation
	scope := app.ScopeFrom(w.ctx)
	err := w.app.DB.Read(w.ctx, scope, func(tx *store.Tx) (err error) {
		open, err = tx.Listed(store.List{View: store.ViewAll, Tab: store.TabOpen, Now: w.clock.Now(), Limit: 60})
		return err
	})
	if err != nil {
		return err
	}
	for i, c := range open {
		if i%3 != 0 {
			if _, err := w.app.Do(w.ctx, c.ID, desk.MarkRead{}); err != nil {
				return err
			}
		}
		if i%4 == 1 && i < 30 && c.Assignee == 0 { // the owner has some, too
			if _, err := w.app.Do(w.ctx, c.ID, desk.Assign{Assignee: w.team[0].actor.User}); err != nil {
				return err
			}
		}
		if i == 5 || i == 9 {
			if _, err := w.app.SaveDraft(w.ctx, store.Draft{Conversation: c.ID, Mode: "reply", Text: "Hello, thank you for your patience. I've just"}); err != nil {
				return err
			}
		}
	}
	return w.work()
}
