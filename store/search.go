package store

import (
	"math"
	"slices"
	"time"

	"parley/desk"
	"parley/filter"
	"parley/search"
)

const (
	// mostHits is how many messages with the words are looked at for one answer: of
	// a word that everybody uses, in an inbox where nobody does, not more.
	mostHits = 6_000
	// mostMatching is how many messages count for the words of a view.
	mostMatching = 5_000
)

// Search is a question for conversations with a message in which something is
// found.
type Search struct {
	Text   search.Expr
	Begun  string         // the word of Text that is still being typed, or ""
	Also   filter.Cond    // what else must hold of the conversation
	Before desk.MessageID // where an earlier page ended; 0 for the first
	Limit  int            // conversations
	Now    time.Time
}

// SearchHit is a conversation with its newest message in which the question was found.
type SearchHit struct {
	Conversation desk.Conversation
	Contact      string // the name of its customer
	Message      desk.Message
	More         int // further messages of it that were found
	words        []string
	score        float64
}

// SearchAnswer is an answer.
type SearchAnswer struct {
	All []SearchHit
	// Text is what was looked for, with what of it was found: for marks.
	Text search.Expr
	// Instead is what was found for a word that nobody ever wrote.
	Instead map[string][]string
	Next    desk.MessageID // Before of the next page; 0 after the last
	// Cut says that there are more messages with these words than are looked at.
	Cut bool
}

// hit is a message in which something was found, of a conversation that the scope
// may read.
type hit struct {
	message      desk.MessageID
	conversation desk.ConversationID
}

// Search returns conversations of the scope with a message in which something is
// found, from the newest messages, the best of them first.
func (tx *Tx) Search(s Search) (f SearchAnswer, err error) {
	if s.Text.IsZero() {
		return f, nil
	}
	text, instead, err := tx.meant(s.Text, s.Begun)
	if err != nil {
		return f, err
	}
	before := int64(s.Before)
	if before == 0 {
		before = math.MaxInt64
	}
	hits, next, cut, err := tx.readableHits(text, before, s)
	if err != nil || len(hits) == 0 {
		return SearchAnswer{Next: next, Cut: cut}, err
	}
	first, more := map[desk.ConversationID]desk.MessageID{}, map[desk.ConversationID]int{}
	var conversations []desk.ConversationID
	var messages []desk.MessageID
	for _, h := range hits {
		if first[h.conversation] != 0 {
			more[h.conversation]++
			continue
		}
		first[h.conversation] = h.message
		conversations, messages = append(conversations, h.conversation), append(messages, h.message)
	}
	f.Next, f.Cut = next, cut
	if f.All, err = tx.found(conversations, messages); err != nil {
		return f, err
	}
	for i := range f.All {
		f.All[i].More = more[f.All[i].Conversation.ID]
	}
	f.check(text, s)
	f.only(text, instead)
	return f, nil
}

// readableHits returns the newest messages in which text is found, as many as make
// a page of conversations, and where the next page begins.
func (tx *Tx) readableHits(text search.Expr, before int64, s Search) (hits []hit, next desk.MessageID, cut bool, err error) {
	scope, err := tx.searchScope()
	if err != nil {
		return nil, 0, false, err
	}
	inIndex := search.And(scope, text)
	seen, seenArgs := tx.readable("c")
	also, alsoArgs, err := tx.condition(s.Also, false)
	if err != nil {
		return nil, 0, false, err
	}
	where, seenArgs := seen+" AND ("+also+")", append(seenArgs, alsoArgs...)
	conversations := map[desk.ConversationID]bool{}
	want := s.Limit
	var ids []int64 // found and not looked at
	var until int64 // where the index stopped looking
	last := false
	for looked, chunk := 0, 128; looked < mostHits; chunk = min(4*chunk, 2048) {
		if len(ids) == 0 {
			ask := max(chunk, tx.db.search().batch(inIndex))
			if ids, until, err = tx.db.search().hits(tx, searchMessages, inIndex, before, ask); err != nil {
				return nil, 0, false, err
			}
			last = len(ids) < ask
		}
		part := ids[:min(len(ids), chunk)]
		ids = ids[len(part):]
		looked += len(part)
		if len(part) > 0 {
			before = part[len(part)-1]
		}
		found, err := tx.hitsIn(part, where, seenArgs)
		if err != nil {
			return nil, 0, false, err
		}
		for _, h := range found {
			if !conversations[h.conversation] && len(conversations) == want {
				return hits, next, false, nil
			}
			conversations[h.conversation] = true
			hits, next = append(hits, h), h.message
		}
		if last && len(ids) == 0 {
			return hits, desk.MessageID(until), until > 0, nil
		}
		next = desk.MessageID(before)
	}
	return hits, next, true, nil
}

// mostCalled is how many conversations that a reader was called to, in inboxes that
// are not theirs, are searched: the newest.
const mostCalled = 200

// searchScope is what of the index is the reader's: their workspace, and of that
// their inboxes and what they were called to elsewhere. It keeps the question
// small; who may read what is found is asked of the conversation.
func (tx *Tx) searchScope() (search.Expr, error) {
	workspace := search.Phrase(search.OfWorkspace(int64(tx.scope.Workspace)))
	if tx.scope.Inboxes == nil {
		return workspace, nil
	}
	called, err := collect(tx, scanInt, `SELECT conversation_id FROM mention_reader WHERE workspace_id = ? AND user_id = ? ORDER BY conversation_id DESC LIMIT ?`,
		tx.scope.Workspace, tx.scope.User, mostCalled)
	if err != nil {
		return workspace, err
	}
	theirs := []search.Expr{search.Phrase("_nothing")}
	for _, inbox := range tx.scope.Inboxes {
		theirs = append(theirs, search.Phrase(search.OfInbox(int64(inbox))))
	}
	for _, id := range called {
		theirs = append(theirs, search.Phrase(search.OfConversation(id)))
	}
	return search.And(workspace, search.Or(theirs...)), nil
}

// allHits returns the newest ids that e is found in, however far the index has to look.
func (tx *Tx) allHits(table string, e search.Expr, limit int) (ids []int64, err error) {
	for before := int64(math.MaxInt64); before > 0 && len(ids) < limit; {
		var some []int64
		if some, before, err = tx.db.search().hits(tx, table, e, before, limit-len(ids)); err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

func (tx *Tx) hitsIn(ids []int64, where string, args []any) ([]hit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	one, list := tx.db.search().oneOf("m.id", ids)
	return collect(tx, func(scan func(...any) error) (h hit, err error) {
		err = scan(&h.message, &h.conversation)
		return h, err
	}, `SELECT m.id, m.conversation_id FROM message m JOIN conversation c ON c.id = m.conversation_id
		WHERE m.workspace_id = ? AND c.workspace_id = ? AND m.deleted_at IS NULL AND `+one+where+` ORDER BY m.id DESC`,
		append(append([]any{tx.scope.Workspace, tx.scope.Workspace}, list...), args...)...)
}

// found loads conversations that may be read, each with the message of its place.
func (tx *Tx) found(conversations []desk.ConversationID, messages []desk.MessageID) ([]SearchHit, error) {
	list, args := in(conversations)
	seen, more := tx.readable("conversation")
	rows, err := collect(tx, scanConversation, `SELECT `+conversationColumns+` FROM conversation WHERE workspace_id = ? AND id IN `+list+seen,
		append(append([]any{tx.scope.Workspace}, args...), more...)...)
	if err != nil {
		return nil, err
	}
	texts, err := tx.Messages(messages)
	if err != nil {
		return nil, err
	}
	people := make([]desk.ContactID, len(rows))
	for i, c := range rows {
		people[i] = c.Contact
	}
	contacts, err := tx.Contacts(people)
	if err != nil {
		return nil, err
	}
	all := make([]SearchHit, 0, len(rows))
	for i, id := range conversations {
		at := slices.IndexFunc(rows, func(c desk.Conversation) bool { return c.ID == id })
		text := slices.IndexFunc(texts, func(m desk.Message) bool { return m.ID == messages[i] })
		if at >= 0 && text >= 0 {
			all = append(all, SearchHit{Conversation: rows[at], Contact: contacts[rows[at].Contact].Name, Message: texts[text]})
		}
	}
	return all, nil
}

// Document is what the index takes of what was found.
func (f SearchHit) Document() search.Message {
	d := search.Message{Text: f.Message.Text, Subject: f.Message.Subject, Who: f.Contact}
	if d.Subject == "" {
		d.Subject = f.Conversation.Subject
	}
	for _, a := range f.Message.Files {
		if !a.Inline {
			d.Files = append(d.Files, a.Name)
		}
	}
	return d
}

// Shown is the text of what was found without the history that it quotes.
func (f SearchHit) Shown() string { return visibleText(f.Message.Text, f.Message.VisibleEnd) }

// check drops what was found by words that have been changed since they were
// indexed, and puts the best first.
func (f *SearchAnswer) check(text search.Expr, s Search) {
	for i := range f.All {
		f.All[i].words = f.All[i].Document().Words()
	}
	f.All = slices.DeleteFunc(f.All, func(one SearchHit) bool { return !text.Match(one.words) })
	for i := range f.All {
		f.All[i].score = score(f.All[i], s)
	}
	slices.SortStableFunc(f.All, func(a, b SearchHit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
}

// score is how well something answers a question: the words as they were typed and
// in their order, in the subject or the name, in what is still open and not old.
func score(f SearchHit, s Search) (n float64) {
	d := f.Document()
	subject, who := search.Words(d.Subject), search.Words(d.Who)
	for _, w := range s.Text.Singles() {
		one := search.Phrase(w)
		if one.Match(f.words) {
			n++
		}
		if one.Match(subject) {
			n += 2
		}
		if one.Match(who) {
			n += 2
		}
	}
	if all := s.Text.Singles(); len(all) > 1 && s.Text.InOrder().Match(f.words) {
		n += 3
	}
	if f.Conversation.Active() {
		n++
	}
	age := s.Now.Sub(f.Message.CreatedAt).Hours() / 24
	return n + 3/(1+max(age, 0)/14)
}

// only keeps of what was tried what was found in what the reader may read.
func (f *SearchAnswer) only(text search.Expr, instead map[string][]string) {
	words := map[string]bool{}
	for _, one := range f.All {
		for _, w := range one.words {
			words[w] = true
		}
	}
	f.Text = text.Only(words)
	for typed, all := range instead {
		all = slices.DeleteFunc(slices.Clone(all), func(w string) bool { return !words[w] })
		if len(all) == 0 {
			continue
		}
		if f.Instead == nil {
			f.Instead = map[string][]string{}
		}
		f.Instead[typed] = all
	}
}

// matching returns the condition that a conversation, called by its column of ids,
// has a message in which text is found, of the newest that have it.
func (tx *Tx) matching(column string, text search.Expr) (string, []any, error) {
	scope, err := tx.searchScope()
	if err != nil {
		return "", nil, err
	}
	ids, err := tx.allHits(searchMessages, search.And(scope, text), mostMatching)
	if err != nil {
		return "", nil, err
	}
	one, list := tx.db.search().oneOf("m.id", ids)
	conversations, err := collect(tx, scanInt, `SELECT DISTINCT m.conversation_id FROM message m WHERE m.workspace_id = ? AND m.deleted_at IS NULL AND `+one,
		append([]any{tx.scope.Workspace}, list...)...)
	if err != nil {
		return "", nil, err
	}
	slices.Sort(conversations)
	where, args := tx.db.search().oneOf(column, conversations)
	return where, args, nil
}
