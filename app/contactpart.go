package app

import (
	"context"
	"slices"
	"time"

	"parley/desk"
	"parley/store"
)

// UnmergeContacts takes back a merge of two customers, all or nothing: the other one
// gets back what was theirs, as far as nobody changed it since.
func (a *App) UnmergeContacts(ctx context.Context, into desk.ContactID, command desk.CommandID) (did ContactMerged, err error) {
	var m store.ContactMerge
	err = a.DB.Read(ctx, ScopeFrom(ctx), func(tx *store.Tx) error {
		all, err := tx.ContactMerges(into, mostOpen)
		if i := slices.IndexFunc(all, func(m store.ContactMerge) bool { return m.ID == command }); i >= 0 {
			m = all[i]
		}
		return err
	})
	if err != nil {
		return did, err
	}
	if m.ID == 0 {
		return did, desk.Errorf(desk.NotFound, "There is no such merge to take back. Look at the customer again.")
	}
	err = a.joinContacts(ctx, into, m.Merged, func(j *contactJoin) error {
		switch {
		case j.goes.MergedInto != into:
			return desk.Errorf(desk.Conflict, "This was taken back already.")
		case j.stays.MergedInto != 0:
			return desk.Errorf(desk.Conflict, "This cannot be taken back: the customer was merged into another one since. Take that back first.")
		case a.now().Sub(m.At) > desk.UndoFor:
			return desk.Errorf(desk.Conflict, "This was done more than 30 days ago and cannot be taken back any more.")
		}
		return j.part(m)
	}, &did)
	return did, err
}

// part gives back what a merge gave.
func (j *contactJoin) part(m store.ContactMerge) error {
	all, err := j.tx.Conversations(m.Kept.Conversations)
	if err != nil {
		return err
	}
	along, err := j.along(m.Kept.Conversations)
	if err != nil {
		return err
	}
	if all, err = j.locked(append(all, along...)); err != nil {
		return err
	}
	if err := j.apart(all); err != nil {
		return err
	}
	for i := range all {
		cmd := desk.Command(desk.Undo{Command: m.ID, Customers: true})
		if !slices.Contains(m.Kept.Conversations, all[i].ID) {
			cmd = desk.Adopt{Contact: j.goes.ID, Along: true}
		}
		if _, err := j.give(&all[i], cmd); err != nil {
			return err
		}
	}
	for _, i := range m.Kept.Identities {
		if err := j.tx.MoveIdentity(i, j.stays.ID, j.goes.ID); err != nil {
			return err
		}
	}
	for _, id := range m.Kept.Notes {
		if err := j.tx.MoveContactNote(id, j.stays.ID, j.goes.ID); err != nil {
			return err
		}
	}
	tags, err := j.tx.ContactTags(j.stays.ID)
	if err != nil {
		return err
	}
	tags = slices.DeleteFunc(tags, func(t desk.TagID) bool { return slices.Contains(m.Kept.Tags, t) })
	if err := j.tagContact(j.ctx, j.tx, j.stays.ID, tags); err != nil {
		return err
	}
	if err := j.farewell(m.ID); err != nil {
		return err
	}
	j.empty(m.Kept)
	if err := j.tx.SaveContact(j.stays); err != nil {
		return err
	}
	if err := j.tx.SetMerged(j.goes.ID, 0); err != nil {
		return err
	}
	m.UndoneAt = j.now()
	return j.tx.SaveContactMerge(m)
}

// along returns what was split off since from conversations that go back: it goes
// with them.
func (j *contactJoin) along(ids []desk.ConversationID) (all []desk.Conversation, err error) {
	theirs := slices.Clone(ids)
	now, err := j.tx.Strands(j.stays.ID, mostOpen)
	for _, c := range slices.Backward(now) { // the oldest first: what was split off may have been split again
		if c.SplitFrom != 0 && slices.Contains(theirs, c.SplitFrom) && !slices.Contains(theirs, c.ID) {
			theirs, all = append(theirs, c.ID), append(all, c)
		}
	}
	return all, err
}

// apart refuses to part conversations that have become one since.
func (j *contactJoin) apart(all []desk.Conversation) error {
	theirs := func(id desk.ConversationID) bool {
		return slices.ContainsFunc(all, func(c desk.Conversation) bool { return c.ID == id })
	}
	for _, c := range all {
		family, err := j.tx.Family(c.ID)
		if err != nil {
			return err
		}
		if c.MergedInto != 0 && !theirs(c.MergedInto) || slices.ContainsFunc(family, func(id desk.ConversationID) bool { return !theirs(id) }) {
			return desk.Errorf(desk.Conflict, "This cannot be taken back: conversations of the two were merged since. Take that back first.")
		}
	}
	return nil
}

// empty puts back what was known of the one who stays, where nobody changed it since.
func (j *contactJoin) empty(k store.MergedContact) {
	s := &j.stays
	back(&s.Name, k.Is.Name, k.Was.Name)
	back(&s.Phone, k.Is.Phone, k.Was.Phone)
	back(&s.Language, k.Is.Language, k.Was.Language)
	if s.Email == k.Is.Email && s.Verified == k.Is.Verified {
		s.Email, s.Verified = k.Was.Email, k.Was.Verified
	}
	if s.Zone == k.Is.Zone && s.ZoneSaid == k.Is.ZoneSaid {
		s.Zone, s.ZoneSaid = k.Was.Zone, k.Was.ZoneSaid
	}
	if s.ShowPictures == k.Is.ShowPictures {
		s.ShowPictures = k.Was.ShowPictures
	}
	same := func(at *time.Time, is, was time.Time) {
		if at.Equal(is) {
			*at = was
		}
	}
	same(&s.FirstContactedAt, k.Is.First, k.Was.First)
	same(&s.LastContactedAt, k.Is.Last, k.Was.Last)
}

func back(field *string, is, was string) {
	if *field == is {
		*field = was
	}
}

// farewell tells the conversations that were told of a merge that it was taken back.
func (j *contactJoin) farewell(command desk.CommandID) error {
	own, err := j.tx.ContactActive(j.stays.ID)
	if err != nil {
		return err
	}
	for i := range own {
		told, err := j.tx.Facts(own[i].ID, command)
		if err != nil {
			return err
		}
		for _, e := range told {
			if f, ok := e.Fact.(desk.Welcomed); ok {
				f.Back = true
				if err := j.say(&own[i], f); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
