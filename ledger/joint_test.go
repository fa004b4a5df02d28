package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/desk"
	"parley/filter"
	"parley/ledger"
	"parley/store"
)

// joiner merges, splits, answers and undoes at random.
type joiner struct {
	*apptest.Desk
	t    *testing.T
	r    *rand.Rand
	keys []string
	did  []struct {
		in      desk.ConversationID
		command desk.CommandID
	}
}

func (j *joiner) all() (all []desk.Conversation) {
	j.t.Helper()
	j.OK(j.DB.Read(j.t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { all, err = tx.ConversationsAfter(0, 1000); return err }))
	return all
}

func (j *joiner) step(i int) {
	j.t.Helper()
	j.Clock.Add(time.Duration(1+j.r.IntN(90)) * time.Minute)
	all := j.all()
	c := all[j.r.IntN(len(all))]
	var cmd desk.Command
	switch j.r.IntN(10) {
	case 0, 1, 2:
		own := fmt.Sprint("mid:", i)
		p := apptest.Post{From: []string{"kim", "eve"}[j.r.IntN(2)], Key: fmt.Sprint("k", i), Text: fmt.Sprint("message ", i), Own: own}
		if len(j.keys) > 0 && j.r.IntN(2) == 0 {
			p.Thread = []string{j.keys[j.r.IntN(len(j.keys))]}
		}
		j.Get(p)
		j.keys = append(j.keys, own)
		return
	case 3, 4:
		cmd = desk.Merge{Other: all[j.r.IntN(len(all))].ID}
	case 5, 6:
		var chosen []desk.MessageID
		j.OK(j.DB.Read(j.t.Context(), store.Scope{Workspace: j.Workspace}, func(tx *store.Tx) error {
			heads, err := tx.Heads(c.ID)
			for _, m := range heads {
				if j.r.IntN(2) == 0 {
					chosen = append(chosen, m.ID)
				}
			}
			return err
		}))
		cmd = desk.Split{Messages: chosen}
	case 7:
		cmd = []desk.Command{desk.Reply{Text: "answer"}, desk.Note{Text: "note"}, desk.Label{Add: []string{"a"}}}[j.r.IntN(3)]
	case 8:
		cmd = []desk.Command{desk.Close{}, desk.Reopen{}, desk.Resolve{}}[j.r.IntN(3)]
	case 9:
		if len(j.did) == 0 {
			return
		}
		d := j.did[j.r.IntN(len(j.did))]
		c.ID, cmd = d.in, desk.Undo{Command: d.command}
	}
	r, err := j.Do(j.As(j.Owner), c.ID, cmd)
	if err != nil && desk.KindOf(err) == desk.Internal {
		j.t.Fatalf("%T%+v: %v", cmd, cmd, err)
	}
	if err == nil && len(r.Events) > 0 {
		j.did = append(j.did, struct {
			in      desk.ConversationID
			command desk.CommandID
		}{c.ID, r.Command})
	}
	if j.r.IntN(3) > 0 {
		j.Work()
	}
}

// Random merges, splits, answers, arrivals and undos: the ledger adds up. No message
// is lost or in two places, every conversation is what its facts made of it, and
// every row that names one names one that is there (INV-1 to INV-4 are indexes and
// checks of the database, and these).
func TestMergesAndSplitsAddUp(t *testing.T) {
	for _, grouping := range []desk.Grouping{desk.PerThread, desk.PerContact} {
		for seed := range uint64(3) {
			d := apptest.New(t, grouping)
			j := &joiner{Desk: d, t: t, r: rand.New(rand.NewPCG(seed, 7))}
			d.Get(apptest.Post{From: "kim", Key: "first", Text: "hello", Own: "mid:first"})
			d.Get(apptest.Post{From: "eve", Key: "second", Text: "hello", Own: "mid:second"})
			for i := range 120 {
				j.step(i)
			}
			d.Work()
			merged, split := 0, 0
			for _, c := range j.all() {
				if c.MergedInto != 0 {
					merged++
					if c.Status != desk.StatusClosed || c.Messages != 0 {
						t.Errorf("INV-4: %+v", c)
					}
				}
				if c.SplitFrom != 0 {
					split++
				}
			}
			if merged < 2 || split < 2 {
				t.Errorf("%s, seed %d: %d were merged and %d split off; this proves little", grouping, seed, merged, split)
			}
			r, err := ledger.Verify(t.Context(), ledger.Options{DB: d.DB, Blobs: d.Blobs, Now: d.Clock.Now})
			d.OK(err)
			for _, f := range r.Findings {
				t.Errorf("%s, seed %d: %s %s: %s", grouping, seed, f.Check, f.Subject, f.What)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// Who was here before is known of every conversation after customers became one, and
// after that was taken back (F2-08).
func TestCustomersWhoBecomeOneWereHereBefore(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	of := map[string]desk.ContactID{}
	for i, from := range []string{"kim", "eve", "kim", "eve", "eve"} {
		r := d.Get(apptest.Post{From: from, Key: fmt.Sprint(i), Text: "hello"})
		of[from] = d.Conversation(r.Conversation).Contact
	}
	d.Work()
	returning := func() (n int) {
		d.OK(d.DB.Read(t.Context(), store.Scope{Workspace: d.Workspace, User: d.Owner.User}, func(tx *store.Tx) (err error) {
			n, err = tx.CountFound(filter.Resolve(filter.Test(filter.CustomerType, filter.Is, "returning"), filter.Env{}), filter.StatesAll, 0)
			return err
		}))
		r, err := ledger.Verify(t.Context(), ledger.Options{DB: d.DB, Blobs: d.Blobs, Now: d.Clock.Now})
		d.OK(err)
		for _, f := range r.Findings {
			t.Errorf("%s %s: %s", f.Check, f.Subject, f.What)
		}
		return n
	}
	if n := returning(); n != 3 {
		t.Errorf("%d conversations are of customers who were here before, not 3", n)
	}
	did, err := d.MergeContacts(d.As(d.Owner), of["kim"], of["eve"], nil)
	d.OK(err)
	if n := returning(); n != 4 {
		t.Errorf("%d after they became one, not 4", n)
	}
	_, err = d.UnmergeContacts(d.As(d.Owner), of["kim"], did.Command)
	d.OK(err)
	if n := returning(); n != 3 {
		t.Errorf("%d after that was taken back, not 3", n)
	}
}

// The ledger finds a message that is not where its facts say that it went.
func TestMovedMessagesAreFound(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	one := d.Get(apptest.Post{From: "kim", Key: "1", Text: "one", Own: "mid:1"})
	two := d.Get(apptest.Post{From: "kim", Key: "2", Text: "two", Own: "mid:2"})
	_, err := d.Do(d.As(d.Owner), one.Conversation, desk.Merge{Other: two.Conversation})
	d.OK(err)
	verify := func() string {
		r, err := ledger.Verify(t.Context(), ledger.Options{DB: d.DB, Blobs: d.Blobs, Now: d.Clock.Now})
		d.OK(err)
		var found []string
		for _, f := range r.Findings {
			found = append(found, f.What)
		}
		return strings.Join(found, "\n")
	}
	if found := verify(); found != "" {
		t.Errorf("after a merge: %s", found)
	}
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		return tx.MoveMessages(one.Conversation, two.Conversation, []desk.MessageID{two.Message})
	}))
	if found := verify(); !strings.Contains(found, "and is not there") || !strings.Contains(found, "no fact of its conversation posted") {
		t.Errorf("a message was moved behind the ledger's back, and it says %q", found)
	}
}
