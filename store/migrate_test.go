package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/desk"
	"parley/store"
	"parley/store/storetest"
)

func openAt(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// schemaOf describes every table, column and index.
func schemaOf(t *testing.T, db *store.DB) (all []string) {
	t.Helper()
	q := `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
	if db.Name() == "postgres" {
		q = `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
				WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%'
			UNION ALL SELECT 'index ' || regexp_replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%' ORDER BY 1`
	}
	if err := db.Read(t.Context(), store.Scope{}, func(tx *store.Tx) (err error) { all, err = store.Texts(tx, q); return err }); err != nil {
		t.Fatal(err)
	}
	return all
}

// An empty database and one of the first version end with the same schema, what
// was in the latter is still there, and migrating again changes nothing.
func TestMigrations(t *testing.T) {
	fresh, old := openAt(t, storetest.URL(t)), openAt(t, storetest.URL(t))
	if err := fresh.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := old.MigrateTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := old.Write(t.Context(), store.Scope{}, put("kept", "x")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := old.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if value(t, old, "kept") != "x" {
			t.Error("what was there is gone")
		}
		want, got := schemaOf(t, fresh), schemaOf(t, old)
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 50 {
			t.Errorf("%d lines of schema, differ by:\n%s", len(got), diff)
		}
	}
	s, err := old.Schema(t.Context())
	if err != nil || s.Current != s.Target || s.Target < 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

// The database of a newer program is refused with a sentence, and left alone.
func TestNewerDatabase(t *testing.T) {
	db := storetest.Open(t)
	if err := db.Write(t.Context(), store.Scope{}, func(tx *store.WriteTx) error {
		return store.Exec(tx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, ?)`, 9999, true)
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context()); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "9999") {
		t.Errorf("error %v", err)
	}
}

// Both databases have the same tables with the same columns, but for what orders
// the feed on PostgreSQL.
func TestSameTablesOnBoth(t *testing.T) {
	db := storetest.Open(t)
	var lines []string
	if err := db.Read(t.Context(), store.Scope{}, func(tx *store.Tx) error {
		tables, err := tx.Tables()
		for _, table := range tables {
			columns := []string{}
			for _, c := range table.Columns {
				columns = append(columns, c.Name)
			}
			lines = append(lines, table.Name+": "+strings.Join(columns, " "))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(lines) < 20 {
		t.Errorf("%d tables", len(lines))
	}
	for _, line := range lines {
		if table, columns, _ := strings.Cut(line, ": "); strings.Contains(columns, "xid") {
			t.Errorf("%s has a column of one database only", table)
		}
	}
}

// A rule of the schema that a program breaks is an error that says which: INV-1,
// INV-2, INV-3 and INV-4 hold whatever the code above does.
func TestInvariantsAreInTheSchema(t *testing.T) {
	d := newCrowd(t, 0)
	base := d.all[0]
	base.Grouping, base.Primary, base.Status, base.OpenScope = desk.PerContact, true, desk.StatusOpen, 99
	insert := func(change func(*desk.Conversation)) error {
		c := base
		c.ID = desk.ConversationID(d.DB.IDs.Next(d.Clock.Now()))
		change(&c)
		return d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error { return tx.InsertConversation(&c) })
	}
	d.OK(insert(func(*desk.Conversation) {}))
	for name, c := range map[string]struct {
		change func(*desk.Conversation)
		fits   bool
	}{
		"INV-1: a second open one":        {func(*desk.Conversation) {}, false},
		"INV-1: a second pending one":     {func(c *desk.Conversation) { c.Status = desk.StatusPending }, false},
		"INV-1: a resolved one beside it": {func(c *desk.Conversation) { c.Status = desk.StatusResolved }, true},
		"INV-1: a child beside it":        {func(c *desk.Conversation) { c.Primary = false }, true},
		"INV-1: a thread beside it":       {func(c *desk.Conversation) { c.Grouping = desk.PerThread }, true},
		"INV-1: one of another scope":     {func(c *desk.Conversation) { c.OpenScope = 100 }, true},
		"INV-3: open and archived":        {func(c *desk.Conversation) { c.Primary, c.ArchivedAt = false, d.Clock.Now() }, false},
		"INV-3: closed and archived":      {func(c *desk.Conversation) { c.Status, c.ArchivedAt = desk.StatusClosed, d.Clock.Now() }, true},
		"INV-4: open and merged away":     {func(c *desk.Conversation) { c.Primary, c.MergedInto = false, base.ID }, false},
		"INV-4: closed and merged away":   {func(c *desk.Conversation) { c.Status, c.MergedInto = desk.StatusClosed, base.ID }, true},
		"a status that does not exist":    {func(c *desk.Conversation) { c.Status = "new" }, false},
	} {
		if err := insert(c.change); (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		} else if strings.HasPrefix(name, "INV-1") && !c.fits && d.DB.Violates(err) == "" {
			t.Errorf("%s: %v is not known as a lost race", name, err)
		}
	}
	// INV-2: a thread key leads to one conversation, and the first one keeps it.
	other := base
	other.ID, other.Grouping = desk.ConversationID(d.DB.IDs.Next(d.Clock.Now())), desk.PerThread
	d.OK(d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		if err := tx.InsertConversation(&other); err != nil {
			return err
		}
		for _, c := range []desk.ConversationID{d.all[0].ID, other.ID} {
			if err := tx.SaveThread(base.Inbox, c, 0, []string{"key"}); err != nil {
				return err
			}
		}
		got, err := tx.Thread(base.Inbox, []string{"unknown", "key"})
		if got.ID != d.all[0].ID {
			t.Errorf("INV-2: the key leads to %s", got.ID)
		}
		return err
	}))
	if err := d.DB.Write(t.Context(), store.Scope{Workspace: d.Workspace}, func(tx *store.WriteTx) error {
		return store.Exec(tx, `INSERT INTO thread_alias (workspace_id, inbox_id, thread_key, conversation_id, message_id) VALUES (?, ?, ?, ?, NULL)`, d.Workspace, base.Inbox, "key", other.ID)
	}); err == nil || d.DB.Violates(err) == "" {
		t.Errorf("INV-2: a second conversation under one key: %v", err)
	}
}

// A signature that was of a channel is of its inbox, whose other settings stay.
func TestSignaturesMoveToTheInbox(t *testing.T) {
	db := openAt(t, storetest.URL(t))
	if err := db.MigrateTo(t.Context(), 29); err != nil {
		t.Fatal(err)
	}
	err := db.Write(t.Context(), store.Scope{Workspace: 1}, func(tx *store.WriteTx) error {
		for _, q := range []string{
			`INSERT INTO workspace (id, name, slug, open_scope, created_at) VALUES (1, 'W', 'w', 1, 0)`,
			`INSERT INTO inbox (workspace_id, id, name, grouping, open_scope, settings, created_at) VALUES (1, 2, 'A', 'per_thread', 1, '{"csat":"off"}', 0), (1, 3, 'B', 'per_thread', 1, '{}', 0)`,
			`INSERT INTO channel (workspace_id, id, inbox_id, kind, name, address, config, sealed, disabled, removed, last_error, created_at)
				VALUES (1, 4, 2, 'email', '', 'a@desk.test', '{"signature":"Us\n\"here\""}', '', FALSE, FALSE, '', 0), (1, 5, 3, 'email', '', 'b@desk.test', '{"address":"b"}', '', FALSE, FALSE, '', 0)`,
		} {
			if err := store.Exec(tx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), store.Scope{Workspace: 1}, func(tx *store.Tx) error {
		a, err := tx.Inbox(2)
		if err != nil {
			return err
		}
		b, err := tx.Inbox(3)
		if a.Settings.Signature != "Us\n\"here\"" || a.Settings.CSAT != desk.CSATOff || b.Settings.Signature != "" || string(b.Own) != "{}" {
			t.Errorf("%q %q, %q %s", a.Settings.Signature, a.Settings.CSAT, b.Settings.Signature, b.Own)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
