package store

import (
	"strings"

	"parley/search"
)

// liteSearch is FTS5 without a copy of what it indexes. It gives rows by their
// number, the newest first, as it finds them: a word that everybody uses costs no
// more than a rare one.
type liteSearch struct{}

func (*lite) search() searchSQL { return liteSearch{} }

const liteSearchTables = `
CREATE VIRTUAL TABLE search_message USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'");
CREATE VIRTUAL TABLE search_contact USING fts5 (words, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '_'");
`

func (liteSearch) placed(tx *Tx, table string, ids []int64) (map[int64]int64, error) {
	list, args := in(ids)
	return placedRows(tx, `SELECT id, 0 FROM `+table+`_docsize WHERE id IN `+list, args)
}

func (s liteSearch) put(tx *WriteTx, table string, rows []indexRow) error {
	for _, r := range rows {
		if r.there {
			if err := s.drop(tx, table, r.id); err != nil {
				return err
			}
		}
		if err := tx.exec(`INSERT INTO `+table+` (rowid, words) VALUES (?, ?)`, r.id, strings.Join(r.words, " ")); err != nil {
			return err
		}
	}
	return nil
}

// atOnce implements searchSQL: FTS5 sorts a transaction in when it ends.
func (liteSearch) atOnce(*WriteTx, string, bool) error { return nil }

func (liteSearch) drop(tx *WriteTx, table string, id int64) error {
	return tx.exec(`DELETE FROM `+table+` WHERE rowid = ?`, id)
}

func (liteSearch) wipe(tx *WriteTx, table string) error {
	return tx.exec(`INSERT INTO ` + table + `(` + table + `) VALUES ('delete-all')`)
}

func (liteSearch) hits(tx *Tx, table string, e search.Expr, before int64, limit int) (ids []int64, until int64, err error) {
	ids, err = collect(tx, scanInt, `SELECT rowid FROM `+table+` WHERE `+table+` MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`, e.FTS5(), before, limit)
	return ids, 0, err
}

func (liteSearch) batch(search.Expr) int { return 1 }

func (liteSearch) has(tx *Tx, table string, id int64, e search.Expr) (bool, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM `+table+` WHERE `+table+` MATCH ? AND rowid = ?`, e.FTS5(), id).Scan)
	return n > 0, err
}

func (liteSearch) rows(table string) string { return table + "_docsize" }

// oneOf is the condition that a column has one of these ids, however many.
func (liteSearch) oneOf(column string, ids []int64) (string, []any) {
	return column + ` IN (SELECT value FROM json_each(?))`, []any{"[" + listed(ids) + "]"}
}
