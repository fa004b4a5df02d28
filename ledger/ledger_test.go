package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"parley/app"
	"parley/app/apptest"
	"parley/backup"
	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/ledger"
	"parley/store"
	"parley/store/storetest"
)

// world is a copy of a busy desk in a database that the test can damage.
type world struct {
	*apptest.Desk
	t     *testing.T
	raw   *sql.DB
	db    *store.DB
	blobs *blob.Store
}

// newWorld returns a copy in which the desk goes on working.
func newWorld(t *testing.T) *world {
	t.Helper()
	d, file := busy(t)
	w := copyOf(t, d, file)
	d.DB, d.Blobs = w.db, w.blobs
	return w
}

// busy returns a desk in which everything has happened that the ledger knows,
// and a backup of it.
func busy(t *testing.T) (d *apptest.Desk, file string) {
	t.Helper()
	d = apptest.New(t, desk.PerContact)
	for i := range 8 {
		r := d.Get(apptest.Post{From: fmt.Sprint("kim-", i%3), Key: fmt.Sprint("k", i), Text: fmt.Sprint("Hello ", i)})
		_, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Yes", ClientID: fmt.Sprint("c", i)}, desk.Label{Add: []string{"bike"}}, desk.Note{Text: "For us"})
		d.OK(err)
		d.Clock.Add(time.Minute)
	}
	d.Work()
	d.Get(apptest.Post{From: "kim-0", Key: "long", Text: strings.Repeat("Long ", 20_000)}) // too long for a row
	up, err := d.Upload(d.As(d.Agent), channel.File{Name: "a.txt", ContentType: "text/plain", Data: []byte("A file")}, "user")
	d.OK(err)
	_ = up                                                         // of nobody yet
	d.Get(apptest.Post{From: "kim-1", Key: "k1", Text: "Hello 1"}) // a duplicate
	raw := apptest.Raw(apptest.Post{Key: "nobody"}, d.Clock.Now())
	d.OK(d.Accept(t.Context(), d.Account, raw)) // a dead letter
	d.Work()
	r := d.Get(apptest.Post{From: "kim-2", Key: "last", Text: "Last"}) // and what waits
	_, err = d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "It waits", ClientID: "waits"})
	d.OK(err)
	d.OK(d.Accept(t.Context(), d.Account, apptest.Raw(apptest.Post{From: "kim-0", Key: "waits", Text: "It waits"}, d.Clock.Now())))

	file = filepath.Join(t.TempDir(), "backup")
	if _, err := backup.Save(t.Context(), backup.Source{DB: d.DB, Blobs: d.Blobs, Keys: d.Keys, Now: d.Clock.Now}, file, ""); err != nil {
		t.Fatal(err)
	}
	return d, file
}

func copyOf(t *testing.T, d *apptest.Desk, file string) *world {
	t.Helper()
	w := &world{Desk: d, t: t}
	url, driver := storetest.URL(t), "pgx"
	to := backup.Target{Folder: filepath.Join(t.TempDir(), "data"), Database: url, Resume: true}
	if strings.HasSuffix(url, ".db") {
		driver = "sqlite"
	}
	_, err := backup.Restore(t.Context(), file, "", to)
	if err == nil {
		w.raw, err = sql.Open(driver, url)
	}
	if err == nil {
		w.db, err = store.Open(t.Context(), url)
	}
	if err == nil {
		w.blobs, err = blob.Open(filepath.Join(to.Folder, "files"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.raw.Close(); w.db.Close() })
	// As the Parley that runs on it does; a backup has no search index.
	if err := (&app.App{DB: w.db, Now: d.Clock.Now}).IndexNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// damage runs a statement that must change something.
func (w *world) damage(q string) {
	w.t.Helper()
	conn, err := w.raw.Conn(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if w.db.Name() == "sqlite" {
		_, err = conn.ExecContext(w.t.Context(), "PRAGMA foreign_keys = 0")
	}
	if err == nil {
		var r sql.Result
		if r, err = conn.ExecContext(w.t.Context(), q); err == nil {
			if n, _ := r.RowsAffected(); n == 0 {
				w.t.Fatalf("%s: nothing was damaged", q)
			}
		}
	}
	if err != nil {
		w.t.Fatalf("%s: %v", q, err)
	}
}

func (w *world) verify() ledger.Report {
	w.t.Helper()
	r, err := ledger.Verify(w.t.Context(), ledger.Options{DB: w.db, Blobs: w.blobs, Now: w.Clock.Now, Hash: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) clean() {
	w.t.Helper()
	for _, f := range w.verify().Findings {
		w.t.Errorf("%+v", f)
	}
}

// What happens in an install adds up, while it waits and after it is done.
func TestSound(t *testing.T) {
	w := newWorld(t)
	w.clean()
	r := w.verify()
	if r.Inbound["message"] != 10 || r.Inbound["duplicate"] != 1 || r.Inbound["dead_letter"] != 1 || r.Inbound["received"] != 1 || r.Outbound["queued"] != 1 {
		t.Errorf("counts are %v and %v", r.Inbound, r.Outbound)
	}
	for _, c := range r.Checks {
		if c.Looked == 0 && c.Name != "rows" {
			t.Errorf("the check %s looked at nothing", c.Name)
		}
	}
	w.Work()
	w.clean()
	w.Channel.Fail = fmt.Errorf("the line went dead")
	c := w.List(w.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen})[0]
	sent, err := w.Do(w.As(w.Agent), c.ID, desk.Reply{Text: "Lost", ClientID: "lost"})
	w.OK(err)
	w.Work()
	if m := w.Message(sent.Message); m.Delivery != desk.DeliveryUnknown {
		t.Fatalf("it is %s", m.Delivery)
	}
	note, err := w.Do(w.As(w.Agent), c.ID, desk.Note{Text: "Taken back"})
	w.OK(err)
	_, err = w.Do(w.As(w.Agent), c.ID, desk.Undo{Command: note.Command})
	w.OK(err)
	_, err = w.Do(w.As(w.Agent), c.ID, desk.Close{})
	w.OK(err)
	w.clean()
}

// Every kind of damage is planted, and found by the check that is for it.
func TestDamageIsFound(t *testing.T) {
	d, file := busy(t)
	const first = "(SELECT min(id) FROM "
	for _, c := range []struct{ name, plant, check, say string }{
		{"an arrival without a job", `DELETE FROM job WHERE queue = 'intake'`, "inbound", "its job is gone"},
		{"an arrival whose job gave up", `UPDATE job SET state = 2 WHERE queue = 'intake'`, "inbound", "gave up"},
		{"an arrival that waits too long", `UPDATE raw_event SET received_at = 1 WHERE state = 'received'`, "inbound", "long ago"},
		{"a message that is gone", `DELETE FROM message WHERE id = ` + first + `message WHERE side = 'customer')`, "inbound", "not there"},
		{"a message in another conversation than the ledger says", `UPDATE raw_event SET conversation_id = (SELECT max(id) FROM conversation) WHERE id = ` + first + `raw_event)`, "inbound", "another conversation"},
		{"a duplicate of nothing", `UPDATE raw_event SET message_id = 7 WHERE state = 'duplicate'`, "inbound", "duplicate of a message that is not there"},
		{"a dead letter without a reason", `UPDATE raw_event SET reason = '' WHERE state = 'dead_letter'`, "inbound", "no reason"},
		{"an end without a time", `UPDATE raw_event SET finished_at = NULL WHERE state = 'dead_letter'`, "inbound", "no time"},
		{"two arrivals that are one message", `UPDATE raw_event SET message_id = ` + first + `message) WHERE id IN (SELECT id FROM raw_event WHERE state = 'message' ORDER BY id LIMIT 2)`, "inbound", "same message"},
		{"a queued message that nobody sends", `DELETE FROM job WHERE queue = 'deliver'`, "outbound", "no job sends it"},
		{"a queued message whose job gave up", `UPDATE job SET state = 2 WHERE queue = 'deliver'`, "outbound", "no job sends it"},
		{"a delivery that gave up", `UPDATE job SET state = 2 WHERE queue = 'deliver'`, "jobs", "gave up without an outcome"},
		{"a message without an outcome", `UPDATE message SET delivery = '' WHERE id = ` + first + `message WHERE delivery = 'sent')`, "outbound", "nothing says"},
		{"an outcome that does not exist", `UPDATE message SET delivery = 'perhaps' WHERE id = ` + first + `message WHERE delivery = 'sent')`, "outbound", "no state"},
		{"a customer's message with an outcome", `UPDATE message SET delivery = 'sent' WHERE id = ` + first + `message WHERE side = 'customer')`, "outbound", "no state"},
		{"another outcome than the facts say", `UPDATE message SET delivery = 'read' WHERE id = ` + first + `message WHERE delivery = 'sent')`, "facts", `"read", and its facts say "sent"`},
		{"a job about nothing", `UPDATE job SET payload = '987654321' WHERE queue = 'deliver'`, "jobs", "event this job is about"},
		{"an intake job about nothing", `UPDATE job SET payload = '987654321' WHERE queue = 'intake'`, "jobs", "arrival this job is about"},
		{"a job that hangs", `UPDATE job SET state = 1, lease = 1, lease_until = 1 WHERE queue = 'intake'`, "jobs", "not been heard of"},
		{"a file of no message", `INSERT INTO attachment (workspace_id, id, message_id, name, content_type, content_id, size, inline, width, height, hash, uploader, created_at)
			SELECT workspace_id, 1, 99, 'x', '', '', size, false, 0, 0, hash, '', 1 FROM raw_event WHERE id = ` + first + `raw_event)`, "rows", "attachment.message_id"},
		{"a key of a message that is gone", `UPDATE inbound_key SET message_id = 5 WHERE dedupe = 'k1'`, "rows", "inbound_key.message_id"},
		{"a row of another workspace", `INSERT INTO read_mark (workspace_id, user_id, conversation_id, message_id) SELECT 4, ` + first + `person), ` + first + `conversation), NULL`, "rows", "read_mark.conversation_id"},
		{"a tag that is gone", `DELETE FROM tag`, "rows", "conversation_tag.tag_id"},
		{"a person who is nobody", `UPDATE conversation SET assignee_id = 3 WHERE id = ` + first + `conversation)`, "rows", "conversation.assignee_id"},
		{"a changed conversation", `UPDATE conversation SET status = 'pending' WHERE id = ` + first + `conversation)`, "facts", "Status"},
		{"a changed time", `UPDATE conversation SET first_reply_at = first_reply_at + 1 WHERE id = ` + first + `conversation)`, "facts", "FirstReplyAt"},
		{"a counter that drifted", `UPDATE conversation SET delivery_problems = 3 WHERE id = ` + first + `conversation)`, "facts", "DeliveryProblems"},
		{"a customer who is said to have been here", `UPDATE conversation SET is_returning = NOT is_returning WHERE id = ` + first + `conversation)`, "facts", "here before"},
		{"a lost fact", `DELETE FROM event WHERE seq = (SELECT min(seq) FROM event WHERE version = 2)`, "facts", "gap"},
		{"a lost last fact", `DELETE FROM event WHERE seq = (SELECT max(seq) FROM event WHERE version > 2)`, "facts", "Version"},
		{"a fact nobody can read", `UPDATE event SET kind = 'enchanted' WHERE seq = (SELECT min(seq) FROM event WHERE version = 2)`, "facts", "cannot be read"},
		{"a message that no fact posted", `UPDATE message SET id = 12 WHERE id = (SELECT max(id) FROM message WHERE kind = 'note')`, "facts", "no fact"},
		{"a note that is gone", `DELETE FROM message WHERE id = (SELECT max(id) FROM message WHERE kind = 'note')`, "facts", "is not there"},
		{"a note taken back by nobody", `UPDATE message SET deleted_at = 1 WHERE id = (SELECT max(id) FROM message WHERE kind = 'note')`, "facts", "taken back"},
		{"a list of a tag that lacks one", `DELETE FROM conversation_tag WHERE conversation_id = ` + first + `conversation)`, "facts", "lists of its tags"},
		{"a list of a tag that is stale", `UPDATE conversation_tag SET last_activity_at = 1 WHERE conversation_id = ` + first + `conversation)`, "facts", "lists of its tags"},
		{"bytes that are not stored", `UPDATE raw_event SET body = NULL WHERE id = ` + first + `raw_event)`, "inbound", "not whole"},
		{"bytes that were cut", `UPDATE raw_event SET size = size + 1 WHERE id = ` + first + `raw_event)`, "inbound", "not whole"},
		{"a file that is gone", `UPDATE raw_event SET hash = '` + strings.Repeat("0", 64) + `' WHERE hash <> ''`, "files", "not on disk"},
		{"a file of another size", `UPDATE raw_event SET size = size + 1 WHERE hash <> ''`, "files", "bytes on disk, not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := copyOf(t, d, file)
			w.damage(c.plant)
			var said []string
			for _, f := range w.verify().Findings {
				if f.Check == c.check && strings.Contains(f.Subject+": "+f.What, c.say) {
					return
				}
				said = append(said, fmt.Sprint(f))
			}
			t.Errorf("not found; it said %q", said)
		})
	}
}

// Bytes that rotted on disk are found by their hash, and only then.
func TestRottenFileIsFound(t *testing.T) {
	w := newWorld(t)
	w.OK(w.Blobs.Walk(t.Context(), func(hash string, size int64) error {
		f, err := w.Blobs.Reader(hash)
		if err != nil {
			return err
		}
		name := f.Name()
		f.Close()
		return os.WriteFile(name, bytes.Repeat([]byte("x"), int(size)), 0o600)
	}))
	if r := w.verify(); r.OK() || r.Findings[0].Check != "files" {
		t.Errorf("found %v", r.Findings)
	}
	quick, err := ledger.Verify(t.Context(), ledger.Options{DB: w.db, Blobs: w.blobs, Now: w.Clock.Now})
	w.OK(err)
	if !quick.OK() {
		t.Errorf("without hashes it read them: %v", quick.Findings)
	}
}

// Much damage is cut to what a person reads, in every check.
func TestFindingsAreLimited(t *testing.T) {
	w := newWorld(t)
	for i := range 3 * ledger.Limit {
		w.damage(fmt.Sprintf(`INSERT INTO job (id, workspace_id, queue, lane, payload, state, run_at, attempt, last_error, created_at) VALUES (%d, 1, 'notify', 0, '%d', 0, 1, 0, '', 1)`, i+1, 1_000_000+i))
	}
	n := 0
	for _, f := range w.verify().Findings {
		if f.Check == "jobs" {
			n++
		}
	}
	if n != ledger.Limit {
		t.Errorf("%d findings of one check", n)
	}
}

func TestVerifyStops(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := ledger.Verify(ctx, ledger.Options{DB: w.db, Blobs: w.blobs, Now: w.Clock.Now}); err == nil {
		t.Error("it went on")
	}
}

// E33: what a blocked contact sends leaves a count, which the report says, and
// nothing else; everything adds up before, while it waits and after.
func TestTurnedAway(t *testing.T) {
	w := newWorld(t)
	w.Work()
	before := w.verify().Inbound
	kim := w.List(w.Owner, store.List{View: store.ViewAll, Tab: store.TabOpen})[0].Contact
	var name string
	w.OK(w.DB.Read(t.Context(), store.Scope{Workspace: w.Workspace}, func(tx *store.Tx) error {
		known, err := tx.Identities(kim)
		name = known[0].ID
		return err
	}))
	w.OK(err2(w.Block(w.As(w.Owner), kim)))
	w.Get(apptest.Post{From: name, Key: "no-1", Text: "Let me in"})
	w.OK(w.Accept(t.Context(), w.Account, apptest.Raw(apptest.Post{From: name, Key: "no-2", Text: "Let me in"}, w.Clock.Now())))
	w.clean()
	w.Work()
	w.clean()
	after := w.verify().Inbound
	if after["blocked"] != 2 {
		t.Errorf("%v", after)
	}
	delete(after, "blocked")
	if !maps.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
	w.damage(`UPDATE contact SET turned_away_at = NULL WHERE turned_away > 0`)
	w.damage(`UPDATE contact SET blocked_at = NULL WHERE blocked`)
	if found := w.verify().Findings; len(found) != 2 {
		t.Errorf("%+v", found)
	}
}

func err2[T any](_ T, err error) error { return err }

// A dead letter whose reason is gone becomes a message when it is replayed, and
// not a duplicate of nothing.
func TestReplayOfARefusedMessage(t *testing.T) {
	w := newWorld(t)
	track := func(off string) {
		w.OK(w.ChangeInbox(w.As(w.Owner), w.Inbox.ID, app.InboxChange{Change: json.RawMessage(`{"tracking_disabled":` + off + `}`)}))
	}
	track("true")
	r := w.Get(apptest.Post{From: "a stranger", Key: "refused", Text: "Let me in"})
	if r.State != store.RawDeadLetter {
		t.Fatalf("in an inbox that takes nothing new it is a %s", r.State)
	}
	w.clean()
	track("false")
	w.OK(w.Replay(w.As(w.Owner), r.Raw))
	w.Work()
	w.clean()
	w.OK(w.DB.Read(t.Context(), store.Scope{Workspace: w.Workspace}, func(tx *store.Tx) error {
		again, err := tx.Raw(r.Raw)
		if again.State != store.RawMessage {
			t.Errorf("replayed it is a %s: %s", again.State, again.Reason)
		}
		return err
	}))
}

// What the search index lacks, has too much or has wrong is found; what it has not
// come to yet is not missed.
func TestSearchIndexIsLookedAt(t *testing.T) {
	d, file := busy(t)
	key := "id"
	if d.DB.Name() == "sqlite" {
		key = "rowid"
	}
	for _, c := range []struct{ name, lite, postgres, say string }{
		{"a message that is not in it", `DELETE FROM search_message WHERE rowid = (SELECT max(id) FROM message WHERE kind = 'note')`, "", "cannot be found by search"},
		{"a customer who is not in it", `DELETE FROM search_contact WHERE rowid = (SELECT max(id) FROM contact)`, "", "cannot be found by search"},
		{"words of nothing", `INSERT INTO search_message (rowid, words) VALUES (5, 'hello')`, `INSERT INTO search_message (id, place, words) VALUES (5, 1, 'hello')`, "words of something that is not there"},
		{"other words", `UPDATE message SET body = 'Something else' WHERE id = (SELECT min(id) FROM message)`, "", "by its own words"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := copyOf(t, d, file)
			plant := c.lite
			if w.db.Name() != "sqlite" && c.postgres != "" {
				plant = c.postgres
			}
			w.Clock.Add(time.Hour)
			w.damage(strings.ReplaceAll(plant, "rowid =", key+" ="))
			for _, f := range w.verify().Findings {
				if f.Check == "search" && strings.Contains(f.What, c.say) {
					return
				}
			}
			t.Errorf("not found: %v", w.verify().Findings)
		})
	}
	w := newWorld(t)
	w.Get(apptest.Post{From: "kim-1", Key: "late", Text: "Not indexed yet"})
	w.Clock.Add(time.Hour)
	for _, f := range w.verify().Findings {
		if f.Check == "search" {
			t.Errorf("%+v", f)
		}
	}
}
