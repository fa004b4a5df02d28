package app

import (
	"cmp"
	"context"
	"slices"

	"parley/desk"
	"parley/store"
)

// ContactMerged is what merging two customers did, or taking that back.
type ContactMerged struct {
	Command desk.CommandID        // takes it back, with UnmergeContacts
	Closed  []desk.ConversationID // those it closed, or opened again, that the actor sees
	Moved   int                   // conversations that are with another customer now
}

// The fields of which either customer's value can be kept.
const (
	TakeName     = "name"
	TakeEmail    = "email"
	TakePhone    = "phone"
	TakeLanguage = "language"
)

// MergeContacts makes one customer of two who are the same person (E23): into stays,
// with everything that was other's. take names the fields of which other's value is
// kept; those that are empty are filled. What other had open in one conversation at a
// time is closed (T19), what goes by threads goes on.
func (a *App) MergeContacts(ctx context.Context, into, other desk.ContactID, take []string) (did ContactMerged, err error) {
	err = a.joinContacts(ctx, into, other, func(j *contactJoin) error {
		switch {
		case into == other:
			return desk.Errorf(desk.Invalid, "A customer cannot be merged with themselves. Choose another one.")
		case j.stays.MergedInto != 0 || j.goes.MergedInto != 0:
			return contactGone(cmp.Or(j.stays.MergedInto, j.goes.MergedInto))
		}
		return j.merge(take)
	}, &did)
	return did, err
}

// contactGone says where to go on with a customer who was merged.
func contactGone(into desk.ContactID) error {
	return &desk.Error{Kind: desk.Conflict, Message: "This customer was merged into another. Go on there.", Details: map[string]any{"contact_id": into}}
}

// contactJoin is a merge of two customers in its transaction, which sees the whole
// workspace: what the actor does not see is done by the system.
type contactJoin struct {
	*App
	ctx         context.Context
	tx          *store.WriteTx
	act         acting
	stays, goes desk.Contact
	did         *ContactMerged
}

// joinContacts locks two customers, both of whom the actor must see, and tells
// everybody what became of them.
func (a *App) joinContacts(ctx context.Context, into, other desk.ContactID, do func(*contactJoin) error, did *ContactMerged) error {
	act := from(ctx)
	if act.Kind == desk.ActorUser && !act.Role.May(desk.MayAnswer) {
		return desk.Errorf(desk.Forbidden, "Your role here is %s, which may not merge customers. Ask an admin for the role agent.", act.Role)
	}
	act.command = desk.CommandID(a.number())
	return a.write(ctx, func(tx *store.WriteTx) error {
		*did = ContactMerged{Command: act.command}
		if err := tx.LockContacts(into, other); err != nil {
			return err
		}
		// Whoever was merged has nothing left by which anybody could see them.
		all := tx.In(store.Scope{Workspace: act.Workspace})
		j := &contactJoin{App: a, ctx: ctx, tx: all, act: act, did: did}
		var err error
		if j.stays, err = tx.Contact(into); err != nil {
			return err
		}
		if j.goes, err = all.Contact(other); err != nil {
			return err
		}
		if j.goes.MergedInto == 0 {
			if _, err := tx.Contact(other); err != nil {
				return err
			}
		}
		if err := do(j); err != nil {
			return err
		}
		for _, id := range []desk.ContactID{into, other} {
			e := desk.Event{
				Workspace: act.Workspace, At: a.now(), By: act.Actor, Command: act.command, Fact: desk.SettingsChanged{Subject: "contact", ID: id.String(), Action: "merged"},
			}
			if err := all.AppendEvent(&e); err != nil {
				return err
			}
			if err := a.enqueue(all, desk.Conversation{}, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// merge gives everything that the one who goes had to the one who stays.
func (j *contactJoin) merge(take []string) error {
	m := store.ContactMerge{ID: j.act.command, Contact: j.stays.ID, Merged: j.goes.ID, At: j.now(), By: j.act.User}
	theirs, err := j.theirs()
	if err != nil {
		return err
	}
	var closed []desk.Conversation
	for i := range theirs {
		cmds := []desk.Command{desk.Adopt{Contact: j.stays.ID}}
		if j.stays.Blocked && theirs[i].Grouping == desk.PerThread { // whoever stays says whether anything is taken in
			cmds = append([]desk.Command{desk.Block{}}, cmds...)
		}
		r, err := j.give(&theirs[i], cmds...)
		if err != nil {
			return err
		}
		m.Kept.Conversations = append(m.Kept.Conversations, theirs[i].ID)
		if theirs[i].Active() && !r.Conversation.Active() {
			closed = append(closed, theirs[i])
		}
	}
	if err := j.welcome(closed); err != nil {
		return err
	}
	if err := j.move(&m); err != nil {
		return err
	}
	m.Kept.Was = store.FieldsOf(j.stays)
	j.fill(take)
	m.Kept.Is = store.FieldsOf(j.stays)
	if err := j.tx.SaveContact(j.stays); err != nil {
		return err
	}
	if err := j.tx.SetMerged(j.goes.ID, j.stays.ID); err != nil {
		return err
	}
	return j.tx.SaveContactMerge(m)
}

// theirs returns every conversation of the one who goes, locked.
func (j *contactJoin) theirs() ([]desk.Conversation, error) {
	all, err := j.tx.Strands(j.goes.ID, mostOpen+1)
	if err != nil {
		return nil, err
	}
	if len(all) > mostOpen {
		return nil, desk.Errorf(desk.TooLarge, "%s has more than %d conversations, which is the most that changes hands at once. Merge the other way round.", j.goes.Title(), mostOpen)
	}
	return j.locked(all)
}

// locked returns conversations as they are once nobody else changes them, the oldest first.
func (j *contactJoin) locked(all []desk.Conversation) ([]desk.Conversation, error) {
	ids := make([]desk.ConversationID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := j.tx.LockConversations(ids); err != nil {
		return nil, err
	}
	found, err := j.tx.Conversations(ids)
	slices.SortFunc(found, func(a, b desk.Conversation) int { return int(max(-1, min(1, a.ID-b.ID))) })
	return found, err
}

// give gives commands to a conversation, as the actor where they see it.
func (j *contactJoin) give(c *desk.Conversation, cmds ...desk.Command) (Result, error) {
	by, active := j.act, c.Active()
	if !j.act.SeesKept(c.Keeping()) {
		by.Actor = desk.Actor{Kind: desk.ActorSystem}
	}
	r, err := j.execute(context.WithValue(j.ctx, key{}, by), j.tx, c, cmds)
	if err != nil {
		return r, err
	}
	j.did.Moved++
	if active != r.Conversation.Active() && by.Kind == j.act.Kind {
		j.did.Closed = append(j.did.Closed, c.ID)
	}
	return r, nil
}

// welcome tells the conversations that go on which ones were closed for them.
func (j *contactJoin) welcome(closed []desk.Conversation) error {
	own, err := j.tx.ContactActive(j.stays.ID)
	if err != nil {
		return err
	}
	for i := range own {
		c := &own[i]
		at := slices.IndexFunc(closed, func(o desk.Conversation) bool { return o.Primary && o.OpenScope == c.OpenScope && o.ID != c.ID })
		if at < 0 || c.Grouping != desk.PerContact || !c.Primary {
			continue
		}
		if err := j.say(c, desk.Welcomed{Contact: j.goes.ID, Closed: closed[at].ID}); err != nil {
			return err
		}
	}
	return nil
}

func (j *contactJoin) say(c *desk.Conversation, w desk.Welcomed) error {
	by := j.act
	if !j.act.SeesKept(c.Keeping()) {
		by.Actor = desk.Actor{Kind: desk.ActorSystem}
	}
	_, err := j.execute(context.WithValue(j.ctx, key{}, by), j.tx, c, []desk.Command{desk.Welcome{Welcomed: w}})
	return err
}

// move gives identities, notes and tags to the one who stays.
func (j *contactJoin) move(m *store.ContactMerge) (err error) {
	if m.Kept.Identities, err = j.tx.Identities(j.goes.ID); err != nil {
		return err
	}
	for _, i := range m.Kept.Identities {
		if err := j.tx.MoveIdentity(i, j.goes.ID, j.stays.ID); err != nil {
			return err
		}
	}
	if m.Kept.Notes, err = j.tx.ContactNoteIDs(j.goes.ID); err != nil {
		return err
	}
	for _, id := range m.Kept.Notes {
		if err := j.tx.MoveContactNote(id, j.goes.ID, j.stays.ID); err != nil {
			return err
		}
	}
	has, err := j.tx.ContactTags(j.stays.ID)
	if err != nil {
		return err
	}
	had, err := j.tx.ContactTags(j.goes.ID)
	if err != nil {
		return err
	}
	m.Kept.Tags = slices.DeleteFunc(slices.Clone(had), func(t desk.TagID) bool { return slices.Contains(has, t) })
	return j.tagContact(j.ctx, j.tx, j.stays.ID, append(has, m.Kept.Tags...))
}

// fill takes what is known of the one who goes, where it was chosen or nothing is
// known. A mail address is as proven as it was.
func (j *contactJoin) fill(take []string) {
	s, g := &j.stays, j.goes
	takes := func(field, has, other string) bool {
		return other != "" && other != has && (has == "" || slices.Contains(take, field))
	}
	if takes(TakeName, s.Name, g.Name) {
		s.Name = g.Name
	}
	if takes(TakeEmail, s.Email, g.Email) {
		s.Email, s.Verified = g.Email, g.Verified
	}
	if takes(TakePhone, s.Phone, g.Phone) {
		s.Phone = g.Phone
	}
	if takes(TakeLanguage, s.Language, g.Language) {
		s.Language = g.Language
	}
	if g.Zone != "" && (s.Zone == "" || g.ZoneSaid && !s.ZoneSaid) {
		s.Zone, s.ZoneSaid = g.Zone, g.ZoneSaid
	}
	s.ShowPictures = s.ShowPictures || g.ShowPictures
	if !g.FirstContactedAt.IsZero() && (s.FirstContactedAt.IsZero() || g.FirstContactedAt.Before(s.FirstContactedAt)) {
		s.FirstContactedAt = g.FirstContactedAt
	}
	if g.LastContactedAt.After(s.LastContactedAt) {
		s.LastContactedAt = g.LastContactedAt
	}
}

// Apart says that two customers are different people: they are suggested no more.
func (a *App) Apart(ctx context.Context, one, other desk.ContactID) error {
	return a.Change(ctx, "contact", one.String(), "changed", func(tx *store.WriteTx) error {
		for _, id := range []desk.ContactID{one, other} {
			if _, err := tx.Contact(id); err != nil {
				return err
			}
		}
		return tx.SetApart(one, other)
	})
}
