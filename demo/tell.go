package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/app"
	"parley/channel"
	apichannel "parley/channel/api"
	"parley/channel/webchat"
	"parley/desk"
	"parley/store"
)

// telling is a story on its way.
type telling struct {
	*story
	line  int
	agent member
	conv  desk.ConversationID
	said  string // the team's last answer
}

// tell does the next thing of a story and returns when the one after it comes;
// the zero time says that it is over.
func (w *Workspace) tell(t *telling) (time.Time, error) {
	now := w.clock.Now()
	if t.line == len(t.lines) {
		return time.Time{}, w.finish(t)
	}
	l := t.lines[t.line]
	t.line++
	if l.by != 'C' && t.agent.name == "" {
		if err := w.take(t); err != nil {
			return time.Time{}, err
		}
	}
	var err error
	switch l.by {
	case 'C':
		err = w.customer(t, say(t.rng, l.text, t.slots))
	case 'A':
		err = w.answer(t, l.text)
	case 'N':
		err = w.as(t, desk.Note{Text: w.words(t, l.text)})
	}
	if err != nil {
		return time.Time{}, err
	}
	return t.next(now), nil
}

// next is when the next line is said: the team works by day and on weekdays, a
// chat goes faster than mail.
func (t *telling) next(now time.Time) time.Time {
	minutes := func(from, to int) time.Duration {
		return time.Duration(from*60+t.rng.IntN((to-from)*60)) * time.Second
	}
	if t.line == len(t.lines) {
		if t.end == endClosed || t.end == endResolved {
			return now.Add(minutes(3, 300))
		}
		return now.Add(time.Second)
	}
	team := t.lines[t.line].by != 'C'
	switch {
	case team && t.channel == "chat":
		return working(now.Add(minutes(1, 12)))
	case team:
		return working(now.Add(minutes(15, 420)))
	case t.channel == "chat":
		return now.Add(minutes(1, 8))
	}
	return now.Add(minutes(20, 900))
}

// working moves a time to when somebody of the team is there.
func working(at time.Time) time.Time {
	for {
		switch weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday; {
		case weekend, at.Hour() >= 18:
			at = time.Date(at.Year(), at.Month(), at.Day()+1, 8, 30+at.Minute()/2, at.Second(), 0, at.Location())
		case at.Hour() < 8:
			at = time.Date(at.Year(), at.Month(), at.Day(), 8, 30+at.Minute()/2, at.Second(), 0, at.Location())
		default:
			return at
		}
	}
}

// words fills in who answers.
func (w *Workspace) words(t *telling, text string) string {
	other := w.team[3+(t.n+5)%20].name
	t.slots["agent"], t.slots["agent2"] = strings.Fields(t.agent.name)[0], strings.Fields(other)[0]
	return say(t.rng, text, t.slots)
}

// as gives commands as the story's agent, who is found when they are needed.
func (w *Workspace) as(t *telling, cmds ...desk.Command) error {
	if t.conv == 0 {
		return fmt.Errorf("the story has no conversation yet")
	}
	if t.agent.name == "" {
		if err := w.take(t); err != nil {
			return err
		}
	}
	_, err := w.app.Do(app.As(w.ctx, w.id, t.agent.actor), t.conv, cmds...)
	return err
}

// take finds an agent of the inbox, who takes the conversation, says what it is
// about and reads it. Some are first given to somebody else by mistake.
func (w *Workspace) take(t *telling) error {
	var fit []member
	for _, m := range w.team {
		if m.role == string(desk.RoleAgent) && slices.Contains(m.inboxes, t.inbox) {
			fit = append(fit, m)
		}
	}
	t.agent = pick(t.rng, fit)
	ctx := app.As(w.ctx, w.id, t.agent.actor)
	if t.n%23 == 0 {
		r, err := w.app.Do(ctx, t.conv, desk.Assign{Assignee: pick(t.rng, fit).actor.User})
		if err != nil {
			return err
		}
		if r.Undoable {
			if _, err := w.app.Do(ctx, t.conv, desk.Undo{Command: r.Command}); err != nil {
				return err
			}
		}
	}
	cmds := []desk.Command{desk.MarkRead{}}
	if t.n%9 != 4 { // now and then somebody answers without taking it
		cmds = append(cmds, desk.Assign{Assignee: t.agent.actor.User})
	}
	if len(t.theme.tags) > 0 {
		cmds = append(cmds, desk.Label{Add: t.theme.tags})
	}
	if p := t.priority(); p != desk.PriorityNormal {
		cmds = append(cmds, desk.Prioritize{Priority: p})
	}
	_, err := w.app.Do(ctx, t.conv, cmds...)
	return err
}

func (w *Workspace) answer(t *telling, text string) error {
	last := t.line == len(t.lines)
	if last && t.fate != "" {
		w.outside.destine(t.who.email, t.fate)
	}
	t.said = w.words(t, text)
	reply := desk.Reply{Text: t.said, ClientID: fmt.Sprintf("demo-%d-%d", t.n, t.line)}
	if t.channel != "chat" && strings.Contains(t.said, "attached") {
		file, err := w.app.Upload(app.As(w.ctx, w.id, t.agent.actor), channel.File{Name: "Halden Coffee " + t.slots["order"] + ".csv", ContentType: "text/csv", Data: []byte(priceList)}, app.Uploader(t.agent.actor))
		if err != nil {
			return err
		}
		reply.Files = []desk.AttachmentID{file.ID}
	}
	return w.as(t, reply)
}

const priceList = "item,roast,price per kg\nFjord,medium,21.50\nHarbour,dark,20.90\nGuji washed,light,27.00\nMidnight decaf,medium,22.40\n"

// customer says something as the customer, through the story's channel.
func (w *Workspace) customer(t *telling, text string) error {
	if t.conv != 0 && t.channel == "chat" {
		if err := w.seen(t); err != nil {
			return err
		}
	}
	switch t.channel {
	case "chat":
		return w.chat(t, text)
	case "api":
		return w.post(t, text)
	}
	return w.mail(t, text)
}

func (w *Workspace) chat(t *telling, text string) error {
	acc := w.accounts["chat"]
	v := webchat.Visitor{Channel: acc.ID, Kind: "visitor", ID: "demo-" + t.who.email}
	if t.n%4 != 0 {
		v.Name = t.who.name
	}
	body, err := json.Marshal(webchat.Posted{Visitor: v, ClientID: fmt.Sprintf("demo-%d-%d", t.n, t.line), Text: text, Page: "https://halden.example/shop"})
	if err != nil {
		return err
	}
	got, err := w.app.Receive(w.ctx, acc, channel.Raw{Dedupe: fmt.Sprintf("%s %d-%d", v.ID, t.n, t.line), ContentType: "application/json", Body: body, At: w.clock.Now()}, app.Uploads{})
	t.conv = got.Conversation
	return err
}

func (w *Workspace) post(t *telling, text string) error {
	body, err := json.Marshal(apichannel.Post{
		Contact: apichannel.PostContact{ExternalID: "partner-" + t.who.email, Name: t.who.company, Email: t.who.email}, Text: text, Subject: t.subject, Thread: fmt.Sprintf("case-%d", t.n),
	})
	if err != nil {
		return err
	}
	got, err := w.app.Receive(w.ctx, w.accounts["api"], channel.Raw{Dedupe: fmt.Sprintf("demo-%d-%d", t.n, t.line), ContentType: "application/json", Body: body, At: w.clock.Now()}, app.Uploads{})
	t.conv = got.Conversation
	return err
}

func (w *Workspace) mail(t *telling, text string) error {
	key, to := "mail", "hello@halden.example"
	if t.inbox == "Wholesale" {
		key, to = "wholesale", "wholesale@halden.example"
	}
	l := letter{
		id: fmt.Sprintf("%d.%d@%s", t.n, t.line, strings.SplitAfter(t.who.email, "@")[1]), from: t.who.email, name: t.who.name, to: to,
		subject: t.subject, text: text, rich: t.n%3 == 0, picture: strings.Contains(text, "hoto attached") || strings.Contains(text, "hoto is attached"), at: w.clock.Now(),
	}
	if t.conv != 0 {
		l.subject, l.quoted = "Re: "+t.subject, t.said
		parents, err := w.parents(t.conv)
		if err != nil {
			return err
		}
		l.parents = parents
	}
	raw := l.bytes(t.rng)
	copies := 1
	if t.n%41 == 7 { // a provider that delivers twice
		copies = 2
	}
	for range copies {
		if err := w.take1(key, l.from, to, l.id, raw); err != nil {
			return err
		}
	}
	if t.conv != 0 {
		return nil
	}
	return w.arrived(t, w.accounts[key].Inbox, l.id)
}

// arrived finds the conversation that a mail has begun, as soon as the workers
// have understood it.
func (w *Workspace) arrived(t *telling, inbox desk.InboxID, id string) error {
	deadline := w.clock.Now().Add(5 * time.Second)
	for {
		err := w.app.DB.Read(w.ctx, app.ScopeFrom(w.ctx), func(tx *store.Tx) error {
			c, err := tx.Thread(inbox, []string{"mid:" + id})
			t.conv = c.ID
			return err
		})
		if err == nil || !w.lives || desk.KindOf(err) != desk.NotFound || w.clock.Now().After(deadline) {
			return err
		}
		select {
		case <-w.ctx.Done():
			return w.ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// take1 takes one mail in, as the mail server does, and has it understood.
func (w *Workspace) take1(key, from, to, id string, raw []byte) error {
	err := w.app.Accept(w.ctx, w.accounts[key], channel.Raw{
		Dedupe: id, ContentType: "message/rfc822", Body: raw, At: w.clock.Now(),
		Envelope: map[string]string{"mail_from": from, "rcpt_to": to, "remote": "198.51.100.7", "helo": "mail.example"},
	})
	if err != nil {
		return err
	}
	return w.work()
}

// parents is the Message-IDs of a conversation, oldest first.
func (w *Workspace) parents(id desk.ConversationID) (ids []string, err error) {
	err = w.app.DB.Read(w.ctx, app.ScopeFrom(w.ctx), func(tx *store.Tx) error {
		keys, err := tx.ThreadKeys(id, desk.KindMessage, 20)
		for _, k := range keys {
			if mid, ok := strings.CutPrefix(k, "mid:"); ok {
				ids = append(ids, mid)
			}
		}
		return err
	})
	return ids, err
}

// seen says that the visitor has read the answers.
func (w *Workspace) seen(t *telling) error {
	var due []desk.Message
	err := w.app.DB.Read(w.ctx, app.ScopeFrom(w.ctx), func(tx *store.Tx) (err error) {
		due, err = tx.MessagesOf([]desk.ConversationID{t.conv}, 0, 50)
		return err
	})
	for _, m := range due {
		if err != nil {
			return err
		}
		if m.Side == desk.SideTeam && m.Delivery != desk.DeliveryRead {
			_, err = w.app.Do(app.System(w.ctx, w.id), t.conv, desk.Settle{Message: m.ID, State: desk.DeliveryRead})
		}
	}
	return err
}

// finish ends a story as it is to end.
func (w *Workspace) finish(t *telling) error {
	summary := ""
	if t.n%3 == 0 {
		summary = "Answered: " + t.subject
	}
	switch t.end {
	case endClosed:
		return w.as(t, desk.Close{Summary: summary})
	case endResolved:
		return w.as(t, desk.Resolve{Summary: summary})
	case endWaiting:
		if t.agent.name == "" && t.n%2 == 0 { // somebody has it, and has not answered
			return w.take(t)
		}
	case endResponded:
		if t.channel == "chat" && t.n%2 == 0 {
			return w.seen(t)
		}
	}
	return nil
}
