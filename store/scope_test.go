package store_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/app"
	"parley/app/apptest"
	"parley/desk"
	"parley/store"
)

// Every method of a transaction is in one of the tables: a new one must say to
// what it is bound.
func TestEveryMethodIsBound(t *testing.T) {
	tables := map[string]map[string]bool{"asked": keys(asked), "changes": keys(changes), "unbound": keys(unbound), "own": keys(own)}
	tx := reflect.TypeFor[*store.WriteTx]()
	for i := range tx.NumMethod() {
		name, in := tx.Method(i).Name, []string{}
		for table, names := range tables {
			if names[name] {
				in = append(in, table)
			}
		}
		if len(in) == 0 {
			t.Errorf("%s: say in a table of this file to what it is bound", name)
		}
	}
	for name := range byWorkspace {
		if asked[name] == nil {
			t.Errorf("%s is not asked", name)
		}
	}
}

func keys[T any](m map[string]T) map[string]bool {
	all := map[string]bool{}
	for k := range m {
		all[k] = true
	}
	return all
}

// A transaction of one workspace never gives or changes anything of another,
// whatever ids it is given; the asker is a member of both.
func TestBoundToTheWorkspace(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	user := d.Owner.User
	foreign := furnish(d, d.Workspace, user, "a")
	other, err := d.CreateWorkspace(d.As(d.Owner), "Other", user)
	d.OK(err)
	furnish(d, other.ID, user, "b")
	scope := store.Scope{Workspace: other.ID, User: user}
	before := rowsOf(d, d.Workspace)
	ids := idsOf(before)
	delete(ids, int64(user)) // who is a person of the install
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if unbound[name] != "" {
			continue
		}
		d.OK(d.DB.Write(t.Context(), scope, func(tx *store.WriteTx) error {
			got, err := asked[name](tx, foreign)
			if err != nil && desk.KindOf(err) != desk.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			for _, leak := range leaks(got, ids, secret+"a") {
				t.Errorf("%s gives %s of another workspace", name, leak)
			}
			return nil
		}))
	}
	// Only the holder of a secret gets to these two, whose ids are then their own.
	bySecret := []string{"AcceptInvitation", "TouchToken"}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if slices.Contains(bySecret, name) {
			continue
		}
		// An error is an answer, too; what counts is what is there afterwards.
		_ = d.DB.Write(t.Context(), scope, func(tx *store.WriteTx) error { return changes[name](tx, foreign) })
		if diff := cmp.Diff(before, rowsOf(d, d.Workspace)); diff != "" {
			t.Fatalf("%s changed another workspace:\n%s", name, diff)
		}
	}
}

// Somebody who sees one inbox gets nothing of another one of their workspace.
func TestBoundToTheInboxes(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	user := d.Agent.User
	mine := furnish(d, d.Workspace, d.Owner.User, "mine")
	foreign := furnish(d, d.Workspace, d.Owner.User, "theirs")
	scope := store.Scope{Workspace: d.Workspace, User: user, Inboxes: []desk.InboxID{mine.inbox.ID}}
	ids := map[int64]string{
		int64(foreign.inbox.ID): "the inbox", int64(foreign.channel.ID): "the channel", int64(foreign.contact.ID): "the contact", int64(foreign.conversation.ID): "the conversation",
		int64(foreign.inbound): "a message", int64(foreign.reply.ID): "a message", int64(foreign.attachment.ID): "a file", int64(foreign.raw.ID): "an arrival", int64(foreign.scheduled.ID): "a scheduled message",
	}
	seen := 0
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		if unbound[name] != "" || byWorkspace[name] != "" {
			continue
		}
		d.OK(d.DB.Write(t.Context(), scope, func(tx *store.WriteTx) error {
			got, err := asked[name](tx, foreign)
			if err != nil && desk.KindOf(err) != desk.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			for _, leak := range leaks(got, ids, secret+"theirs") {
				t.Errorf("%s gives %s of another inbox", name, leak)
			}
			if got, err := asked[name](tx, mine); err == nil && len(leaks(got, map[int64]string{}, secret)) > 0 {
				seen++ // the same question is answered about one's own
			}
			return nil
		}))
	}
	if seen < 10 {
		t.Errorf("only %d questions are answered about one's own inbox", seen)
	}
}

// rowsOf returns every row of a workspace as text, by table.
func rowsOf(d *apptest.Desk, ws desk.WorkspaceID) map[string][]string {
	d.T.Helper()
	all := map[string][]string{}
	d.OK(d.DB.Read(d.T.Context(), store.Scope{}, func(tx *store.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			at := slices.IndexFunc(table.Columns, func(c store.Column) bool { return c.Name == "workspace_id" })
			if at < 0 {
				continue
			}
			err := tx.Rows(table, func(row []any) error {
				if row[at] == int64(ws) {
					all[table.Name] = append(all[table.Name], strings.TrimSuffix(fmt.Sprintln(row...), "\n"))
				}
				return nil
			})
			if err != nil {
				return err
			}
			slices.Sort(all[table.Name])
		}
		return nil
	}))
	return all
}

// idsOf returns the numbers in rows that are ids.
func idsOf(rows map[string][]string) map[int64]string {
	ids := map[int64]string{}
	for table, all := range rows {
		if table == "member" {
			continue // people are of the install
		}
		for _, row := range all {
			for word := range strings.FieldsSeq(row) {
				var n int64
				if _, err := fmt.Sscanf(word, "%d", &n); err == nil && n > 1<<55 { // ids are made of milliseconds << 22
					ids[n] = table
				}
			}
		}
	}
	return ids
}

// leaks returns what of ids, or of a text, is anywhere in a value.
func leaks(v any, ids map[int64]string, text string) (found []string) {
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for it := v.MapRange(); it.Next(); {
				walk(it.Key())
				walk(it.Value())
			}
		case reflect.Int64:
			if what := ids[v.Int()]; what != "" {
				found = append(found, fmt.Sprintf("%s (%d)", what, v.Int()))
			}
		case reflect.String:
			if strings.Contains(v.String(), text) {
				found = append(found, fmt.Sprintf("the text %q", v.String()))
			}
		}
	}
	walk(reflect.ValueOf(v))
	return found
}

// 1.8: an agent who sees only what is theirs, or their team's, gets nothing of
// another conversation of their inbox, whatever they ask, and everything of one
// that they may see.
func TestBoundByVisibility(t *testing.T) {
	d := apptest.New(t, desk.PerThread)
	user := d.Agent.User
	r := furnish(d, d.Workspace, d.Owner.User, "theirs")
	ids := map[int64]string{
		int64(r.contact.ID): "the contact", int64(r.conversation.ID): "the conversation", int64(r.inbound): "a message", int64(r.reply.ID): "a message",
		int64(r.attachment.ID): "a file", int64(r.raw.ID): "an arrival",
	}
	inboxes := []desk.InboxID{r.inbox.ID}
	own := store.Scope{Workspace: d.Workspace, User: user, Inboxes: inboxes, View: desk.VisibleOwn}
	team := store.Scope{Workspace: d.Workspace, User: user, Inboxes: inboxes, View: desk.VisibleTeam, Teams: []desk.TeamID{r.team.ID}}
	skip := []string{"Inboxes", "Channels"} // names of inboxes and channels are for all members of the inbox
	found := func(scope store.Scope) (n int) {
		t.Helper()
		for _, name := range slices.Sorted(maps.Keys(asked)) {
			if unbound[name] != "" || byWorkspace[name] != "" || slices.Contains(skip, name) {
				continue
			}
			d.OK(d.DB.Write(t.Context(), scope, func(tx *store.WriteTx) error {
				got, err := asked[name](tx, r)
				if err != nil && desk.KindOf(err) != desk.NotFound {
					t.Errorf("%s: %v", name, err)
				}
				all := leaks(got, ids, secret+"theirs")
				n += min(1, len(all))
				if k := r.conversation.Keeping(); !scope.SeesKept(k) {
					for _, leak := range all {
						t.Errorf("%s gives %s of a conversation that %s does not see", name, leak, scope.View)
					}
				}
				return nil
			}))
		}
		return n
	}
	do := func(cmd desk.Command) {
		t.Helper()
		d.OK(err2(d.Do(d.As(d.Owner), r.conversation.ID, cmd)))
		r.conversation = d.Conversation(r.conversation.ID)
	}
	d.OK(d.ChangeMember(d.As(d.Owner), user, app.MemberChange{Inboxes: &inboxes}))
	agent := d.Agent
	agent.Inboxes = inboxes
	all := found(store.Scope{Workspace: d.Workspace, User: user, Inboxes: inboxes})
	if n := found(own) + found(team); n != 0 || all < 10 {
		t.Fatalf("%d questions are answered, and %d for who sees all", n, all)
	}
	do(desk.Transfer{Team: r.team.ID, Assignee: d.Owner.User, Note: "why"})
	if n := found(team); n != all {
		t.Errorf("%d of %d questions are answered to the team", n, all)
	}
	if n := found(own); n != 0 {
		t.Errorf("%d questions are answered about another's", n)
	}
	d.OK(err2(d.Do(d.As(agent), r.conversation.ID, desk.Follow{})))
	r.conversation = d.Conversation(r.conversation.ID)
	if n := found(own); n != all {
		t.Errorf("%d of %d questions are answered to a follower", n, all)
	}
	d.OK(err2(d.Do(d.As(agent), r.conversation.ID, desk.Unfollow{})))
	do(desk.Assign{Assignee: user})
	if n := found(own); n != all {
		t.Errorf("%d of %d questions are answered to the assignee", n, all)
	}
}
