package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every column that names a row elsewhere is held by a foreign key or looked at
// by Strays. Who adds a column of ids decides which.
func TestEveryReferenceIsHeld(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	free := []string{
		"event.actor_id",                           // a person, or the number of another kind of actor
		"event.command_id", "bulk_item.command_id", // commands have no rows
		"bulk_item.conversation_id",                                       // what somebody asked for, there or not
		"bulk_item.team_id",                                               // a team that may be no more
		"oauth_flow.session_id",                                           // a session that may have ended
		"raw_event.message_id",                                            // MisEnded
		"event.reader_id",                                                 // a person; the fact says it too
		"message.client_id", "message.external_id", "scheduled.client_id", // other people's ids
		"identity.external_id", "attachment.content_id", // of other programs
	}
	err = db.Read(t.Context(), Scope{}, func(tx *Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		keys, err := collect(tx, func(scan func(...any) error) (s string, err error) { err = scan(&s); return s, err },
			`SELECT t.name || '.' || f."from" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'`)
		for _, table := range tables {
			for _, c := range table.Columns {
				name := table.Name + "." + c.Name
				held := slices.Contains(keys, name) || slices.ContainsFunc(references, func(r reference) bool { return r.table+"."+r.column == name })
				switch {
				case !strings.HasSuffix(c.Name, "_id") || c.Name == "workspace_id":
				case slices.Contains(free, name):
				case !held:
					t.Errorf("%s is in no foreign key and not in references", name)
				}
			}
		}
		for _, r := range references {
			if slices.Contains(keys, r.table+"."+r.column) {
				t.Errorf("%s.%s is a foreign key already", r.table, r.column)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
