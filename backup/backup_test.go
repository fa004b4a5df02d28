package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/backup"
	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/internal/secret"
	"parley/ledger"
	"parley/store"
	"parley/store/storetest"
)

// rows returns every row of every table, as text, in order.
func rows(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := db.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			all[table.Name] = []string{}
			err := tx.Rows(table, func(values []any) error {
				row := map[string]any{}
				for i, v := range values {
					row[table.Columns[i].Name] = v
				}
				b, err := json.Marshal(row)
				all[table.Name] = append(all[table.Name], string(b))
				return err
			})
			if err != nil {
				return err
			}
			slices.Sort(all[table.Name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, got, want map[string][]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[name], want[name]) {
			t.Errorf("%s: %d rows are not the %d that were backed up\ngot  %.500s\nwant %.500s", name, len(got[name]), len(want[name]), got[name], want[name])
		}
	}
	if len(want["message"]) == 0 || len(want["event"]) == 0 {
		t.Error("there was nothing to compare")
	}
}

// busy returns a desk in which much has happened, and its files.
func busy(t *testing.T) *apptest.Desk {
	t.Helper()
	d := apptest.New(t, desk.PerContact)
	for i := range 30 {
		r := d.Get(apptest.Post{From: fmt.Sprintf("kim-%d", i%7), Key: fmt.Sprint("k", i), Text: fmt.Sprintf("Hello %d, “näive” 🙂 \\ \" \u2028 <b>&</b>", i)})
		if i%3 == 0 {
			_, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "An answer", ClientID: fmt.Sprint("c", i)})
			d.OK(err)
		}
		if i%5 == 0 {
			_, err := d.Do(d.As(d.Agent), r.Conversation, desk.Label{Add: []string{"urgent", "bike"}}, desk.Note{Text: "For us"})
			d.OK(err)
		}
		d.Clock.Add(time.Minute)
	}
	long := d.Get(apptest.Post{From: "kim-0", Key: "long", Text: strings.Repeat("Long ", 20_000)}) // too long for a row
	file, err := d.Upload(d.As(d.Agent), channel.File{Name: "a.bin", ContentType: "application/octet-stream", Data: []byte{0, 1, 2, 255}}, app.Uploader(d.Agent))
	d.OK(err)
	_, err = d.Do(d.As(d.Agent), long.Conversation, desk.Reply{Text: "With a file", Files: []desk.AttachmentID{file.ID}})
	d.OK(err)
	d.Work()
	return d
}

func source(d *apptest.Desk) backup.Source {
	return backup.Source{DB: d.DB, Blobs: d.Blobs, Keys: d.Keys, Program: "test", Now: d.Clock.Now}
}

func open(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func blobs(t *testing.T, folder string) *blob.Store {
	t.Helper()
	b, err := blob.Open(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// clean fails unless the ledger of an install adds up.
func clean(t *testing.T, db *store.DB, files *blob.Store, now func() time.Time) {
	t.Helper()
	r, err := ledger.Verify(t.Context(), ledger.Options{DB: db, Blobs: files, Now: now, Hash: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("ledger: %s %s: %s", f.Check, f.Subject, f.What)
	}
}

// From one database to the other and back, every row is what it was.
func TestRoundTrip(t *testing.T) {
	d := busy(t)
	want := rows(t, d.DB)
	dir := t.TempDir()
	from, keys := source(d), d.Keys
	for i, url := range []string{filepath.Join(dir, "1", "parley.db"), storetest.URL(t), filepath.Join(dir, "3", "parley.db")} {
		file, folder := filepath.Join(dir, fmt.Sprint("backup-", i)), filepath.Join(dir, fmt.Sprint(i+1))
		saved, err := backup.Save(t.Context(), from, file, "")
		if err != nil {
			t.Fatal(err)
		}
		done, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: folder, Database: url, Resume: true})
		if err != nil {
			t.Fatal(err)
		}
		if done.Rows() != saved.Rows() || done.Mended != 0 || done.Held != 0 || done.Files != saved.Files || saved.Files == 0 {
			t.Errorf("saved %d rows and %d files, restored %d and %d, mended %d, held %d", saved.Rows(), saved.Files, done.Rows(), done.Files, done.Mended, done.Held)
		}
		db := open(t, url)
		same(t, rows(t, db), want)
		clean(t, db, blobs(t, folder), d.Clock.Now)
		again, err := secret.Load(filepath.Join(folder, "master.key"))
		if err != nil || again.Text() != keys.Text() {
			t.Errorf("the master key is another: %v", err)
		}
		if info, err := os.Stat(filepath.Join(folder, "master.key")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("others can read the master key: %v %v", info, err)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, ".restore*")); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		from = backup.Source{DB: db, Blobs: blobs(t, folder), Keys: again, Program: "test", Now: d.Clock.Now}
	}
}

// What comes after a restore gets numbers after those that were restored.
func TestEventsGoOnAfterRestore(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	if _, err := backup.Save(t.Context(), source(d), file, ""); err != nil {
		t.Fatal(err)
	}
	url := storetest.URL(t)
	if strings.HasSuffix(url, ".db") {
		url = filepath.Join(dir, "new", "parley.db")
	}
	if _, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: filepath.Join(dir, "new"), Database: url}); err != nil {
		t.Fatal(err)
	}
	last := func() (n int) { return len(rows(t, d.DB)["event"]) }
	before := last()
	d.Clock.Add(time.Minute)
	d.DB = open(t, url)
	d.Blobs = blobs(t, filepath.Join(dir, "new"))
	r := d.Get(apptest.Post{From: "kim-1", Key: "after", Text: "After the restore"})
	if r.State != store.RawMessage || last() <= before {
		t.Errorf("after the restore a message becomes %+v, with %d events after %d", r, last(), before)
	}
	d.Work()
	clean(t, d.DB, d.Blobs, d.Clock.Now)
}

// A backup taken while everybody writes holds one committed moment: its ledger
// adds up, and it has every message that was acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	var acknowledged []desk.MessageID
	started := make(chan struct{}, 100)
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				r, err := d.TryGet(apptest.Post{From: fmt.Sprintf("load-%d-%d", w, i%5), Key: fmt.Sprintf("l%d-%d", w, i), Text: "Load"})
				if err == nil {
					_, err = d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Yes", ClientID: fmt.Sprintf("r%d-%d", w, i)})
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, r.Message)
				mu.Unlock()
				select {
				case started <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 20 {
		<-started
	}
	mu.Lock()
	before := slices.Clone(acknowledged)
	mu.Unlock()
	file := filepath.Join(dir, "backup")
	_, err := backup.Save(t.Context(), source(d), file, "")
	for range 20 { // the load outlives the backup
		<-started
	}
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "new")
	done, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db")})
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, filepath.Join(folder, "parley.db"))
	clean(t, db, blobs(t, folder), d.Clock.Now)
	got := strings.Join(rows(t, db)["message"], "\n")
	for _, id := range before {
		if !strings.Contains(got, fmt.Sprintf(`"id":%d,`, int64(id))) {
			t.Errorf("%s was acknowledged before the backup and is not in it", id)
		}
	}
	if int(done.Held) == 0 {
		t.Error("replies waited to be sent, and nothing was held")
	}
}

// What waits in a backup may have gone out since: nobody gets it twice, and a
// person decides.
func TestRestoreHoldsWhatMayHaveGoneOut(t *testing.T) {
	d := apptest.New(t, desk.PerContact)
	r := d.Get(apptest.Post{From: "kim", Key: "1", Text: "Hello"})
	reply, err := d.Do(d.As(d.Agent), r.Conversation, desk.Reply{Text: "Once only", ClientID: "c"})
	d.OK(err)
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "backup"), filepath.Join(dir, "new")
	if _, err := backup.Save(t.Context(), source(d), file, ""); err != nil {
		t.Fatal(err)
	}
	d.Work() // it goes out after the backup
	if _, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db")}); err != nil {
		t.Fatal(err)
	}
	d.DB, d.Blobs = open(t, filepath.Join(folder, "parley.db")), blobs(t, folder)
	d.Work()
	if got := d.Channel.Sent(); len(got) != 1 {
		t.Errorf("it went out %d times", len(got))
	}
	if m := d.Message(reply.Message); m.Delivery != desk.DeliveryUnknown {
		t.Errorf("after the restore it is %s", m.Delivery)
	}
	clean(t, d.DB, d.Blobs, d.Clock.Now)
}

// Every byte of a backup counts: cut anywhere or changed anywhere, it is refused
// with a sentence, and the target stays empty.
func TestBadBackupIsRefused(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	if _, err := backup.Save(t.Context(), source(d), file, ""); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "new")
	try := func(name string, b []byte, say ...string) {
		t.Helper()
		broken := filepath.Join(dir, "broken")
		if err := os.WriteFile(broken, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Restore(t.Context(), broken, "", backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db")})
		if err == nil || desk.KindOf(err) != desk.Invalid || !slices.ContainsFunc(say, func(s string) bool { return strings.Contains(err.Error(), s) }) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Fatalf("%s: left behind: %v", name, left)
		}
	}
	for _, n := range []int{1, 5, 100, len(good) / 3, len(good) / 2, len(good) - 100, len(good) - 9, len(good) - 1} {
		try(fmt.Sprint("cut to ", n), good[:n], "cut short", "not a backup")
	}
	for i := 0; i < 40; i++ {
		b := bytes.Clone(good)
		b[12+i*(len(b)-13)/40] ^= 0x10
		if at := 12 + i*(len(b)-13)/40; !unused(t, good, b) {
			try(fmt.Sprint("changed at ", at), b, "damaged", "cut short", "not a backup")
		}
	}
	try("nothing", nil, "not a backup")
	try("text", []byte("hello, this is a text file"), "not a backup")
	try("more after it", append(bytes.Clone(good), good...), "damaged")
}

// unused reports whether two compressed texts say the same: a few bits of a
// stream of gzip mean nothing.
func unused(t *testing.T, a, b []byte) bool {
	t.Helper()
	plain := func(b []byte) []byte {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil
		}
		out, err := io.ReadAll(z)
		if err != nil {
			return nil
		}
		return out
	}
	return bytes.Equal(plain(a), plain(b))
}

func TestRestoreRefusesWhatIsInUse(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	if _, err := backup.Save(t.Context(), source(d), file, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Save(t.Context(), source(d), file, ""); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a backup was written over: %v", err)
	}
	folder := filepath.Join(dir, "new")
	to := backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db")}
	if _, err := backup.Restore(t.Context(), file, "", to); err != nil {
		t.Fatal(err)
	}
	before := sum(t, to.Database)
	if _, err := backup.Restore(t.Context(), file, "", to); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "already") {
		t.Errorf("a restore over an install: %v", err)
	}
	if sum(t, to.Database) != before {
		t.Error("the install was changed")
	}
	if url := storetest.URL(t); strings.HasPrefix(url, "postgres") {
		for i, want := range []desk.Kind{"", desk.Conflict} {
			_, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: filepath.Join(dir, fmt.Sprint("pg", i)), Database: url})
			if want == "" && err != nil || want != "" && desk.KindOf(err) != want {
				t.Errorf("restore %d into PostgreSQL: %v", i, err)
			}
			if left, _ := os.ReadDir(filepath.Join(dir, "pg1")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		}
	}
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

func TestPassphrase(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	if _, err := backup.Save(t.Context(), source(d), file, "correct horse"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []string{d.Keys.Text(), "manifest.json", "master.key", "Hello 1"} {
		if bytes.Contains(b, []byte(open)) {
			t.Errorf("%q can be read in it", open)
		}
	}
	for passphrase, say := range map[string]string{"": "encrypted", "wrong": "not the one"} {
		if _, err := backup.Check(t.Context(), file, passphrase); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("with %q: %v", passphrase, err)
		}
	}
	for _, n := range []int{50, len(b) / 2, len(b) - 20} {
		cut := filepath.Join(dir, "cut")
		if err := os.WriteFile(cut, b[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Check(t.Context(), cut, "correct horse"); desk.KindOf(err) != desk.Invalid || err == nil {
			t.Errorf("cut to %d: %v", n, err)
		}
	}
	folder := filepath.Join(dir, "new")
	if _, err := backup.Restore(t.Context(), file, "correct horse", backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db"), Resume: true}); err != nil {
		t.Fatal(err)
	}
	same(t, rows(t, open(t, filepath.Join(folder, "parley.db"))), rows(t, d.DB))

	for text, want := range map[string]string{"secret\n": "secret", "a b \r\nsecond\n": "a b ", "": "", "\nx": ""} {
		path := filepath.Join(dir, "phrase")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := backup.Passphrase(path); got != want || (err == nil) != (want != "") {
			t.Errorf("of %q the passphrase is %q, %v", text, got, err)
		}
	}
}

// Without its key a backup opens only with that key.
func TestKeyKeptElsewhere(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	src := source(d)
	src.WithoutKey = true
	if m, err := backup.Save(t.Context(), src, file, ""); err != nil || m.HasKey || m.KeyID != d.Keys.ID() {
		t.Fatalf("%+v, %v", m, err)
	}
	for i, c := range []struct{ key, say string }{{"", "without its master key"}, {strings.Repeat("ab", 32), "not the one"}, {"zz", "cannot be used"}, {d.Keys.Text(), ""}} {
		folder := filepath.Join(dir, fmt.Sprint(i))
		_, err := backup.Restore(t.Context(), file, "", backup.Target{Folder: folder, Database: filepath.Join(folder, "parley.db"), Key: c.key})
		if c.say == "" && err != nil || c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)) {
			t.Errorf("with the key %.8q: %v", c.key, err)
		}
		if _, err := os.Stat(filepath.Join(folder, "master.key")); err == nil {
			t.Error("a key was written that is kept elsewhere")
		}
	}
}

// A file that a row names and that is gone is said, not passed over.
func TestMissingFileIsSaid(t *testing.T) {
	d := busy(t)
	gone := ""
	d.OK(d.Blobs.Walk(t.Context(), func(hash string, _ int64) error { gone = hash; return nil }))
	empty := blobs(t, t.TempDir())
	d.OK(d.Blobs.Walk(t.Context(), func(hash string, _ int64) error {
		b, err := d.Blobs.ReadAll(t.Context(), hash)
		if err == nil && hash != gone {
			_, _, err = empty.Put(t.Context(), bytes.NewReader(b), 1<<20)
		}
		return err
	}))
	src := source(d)
	src.Blobs = empty
	m, err := backup.Save(t.Context(), src, filepath.Join(t.TempDir(), "backup"), "")
	if gone == "" {
		t.Fatal("there was no file")
	}
	if err != nil || !slices.Equal(m.Missing, []string{gone}) {
		t.Errorf("missing is %q, not %s, %v", m.Missing, gone, err)
	}
}

// Whoever stops a backup finds no half of it.
func TestStoppedBackupLeavesNothing(t *testing.T) {
	d := busy(t)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := backup.Save(ctx, source(d), filepath.Join(dir, "backup"), ""); err == nil {
		t.Error("it was saved")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
