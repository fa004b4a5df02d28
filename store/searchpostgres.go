package store

import (
	"slices"
	"strconv"
	"strings"

	"parley/search"
)

// pgSearch is an inverted index of words with their places. It gives every row
// that has the words, in no order, and a word that everybody uses is in millions.
// So each row also has a word for the stretch of the index that it is in, a short
// one and a long one, and the newest stretches are asked first.
type pgSearch struct{}

func (*postgres) search() searchSQL { return pgSearch{} }

const pgSearchTables = `
CREATE TABLE search_message (id BIGINT PRIMARY KEY, place BIGINT NOT NULL, words TSVECTOR NOT NULL);
CREATE INDEX search_message_words ON search_message USING gin (words) WITH (fastupdate = off);
CREATE TABLE search_contact (id BIGINT PRIMARY KEY, place BIGINT NOT NULL, words TSVECTOR NOT NULL);
CREATE INDEX search_contact_words ON search_contact USING gin (words) WITH (fastupdate = off);
`

// How many rows a stretch has, as powers of two.
const (
	shortStretch = 14
	longStretch  = 18
)

// stretch is the word for where a row is. Places can be below zero.
func stretch(sign string, place int64, bits uint) string {
	return sign + strconv.FormatInt(place>>bits+1<<40, 10)
}

func (pgSearch) placed(tx *Tx, table string, ids []int64) (map[int64]int64, error) {
	list, args := in(ids)
	return placedRows(tx, `SELECT id, place FROM `+table+` WHERE id IN `+list, args)
}

// together is how many rows one statement puts.
const together = 200

func (pgSearch) put(tx *WriteTx, table string, rows []indexRow) error {
	for part := range slices.Chunk(rows, together) {
		args := make([]any, 0, 3*len(part))
		for _, r := range part {
			args = append(args, r.id, r.place, vector(r.words, r.place))
		}
		err := tx.exec(`INSERT INTO `+table+` (id, place, words) VALUES (?, ?, ?::text::tsvector)`+strings.Repeat(", (?, ?, ?::text::tsvector)", len(part)-1)+`
			ON CONFLICT (id) DO UPDATE SET words = excluded.words`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// atOnce uses the pending list of GIN: new rows are gathered to 64 MB before they
// are sorted in. Each question goes through all of them until then.
func (pgSearch) atOnce(tx *WriteTx, table string, yes bool) error {
	gathers, err := scanInt(tx.row(`SELECT count(*) FROM pg_class WHERE oid = ?::text::regclass AND 'fastupdate=on' = ANY(reloptions)`, table+"_words").Scan)
	if err != nil || gathers > 0 == yes {
		return err
	}
	if yes {
		return tx.exec(`ALTER INDEX ` + table + `_words SET (fastupdate = on, gin_pending_list_limit = 65536)`)
	}
	if err := tx.exec(`ALTER INDEX ` + table + `_words SET (fastupdate = off)`); err != nil {
		return err
	}
	_, err = scanInt(tx.row(`SELECT gin_clean_pending_list(?::text::regclass)`, table+"_words").Scan)
	return err
}

// vector writes words with their places as PostgreSQL reads them. A word keeps at
// most 255 places.
func vector(words []string, place int64) string {
	places := make(map[string][]int, len(words))
	order := make([]string, 0, len(words))
	for i, w := range words {
		if w == "_" {
			continue // only its place counts
		}
		at, ok := places[w]
		if !ok {
			order = append(order, w)
		}
		if len(at) < 255 {
			places[w] = append(at, i+1)
		}
	}
	var b strings.Builder
	for _, w := range order {
		b.WriteString("'" + w + "':")
		for i, at := range places[w] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(min(at, 16383)))
		}
		b.WriteByte(' ')
	}
	b.WriteString("'" + stretch("_s", place, shortStretch) + "' '" + stretch("_l", place, longStretch) + "'")
	return b.String()
}

func (pgSearch) drop(tx *WriteTx, table string, id int64) error {
	return tx.exec(`DELETE FROM `+table+` WHERE id = ?`, id)
}

func (pgSearch) wipe(tx *WriteTx, table string) error { return tx.exec(`TRUNCATE ` + table) }

// hits asks the two newest short stretches, then the two newest long ones, then
// everything: a word is either in what is newest, or rare.
//
// The index does not know where in a row a word is. Of a phrase it is asked for rows
// with its words, and they are looked at from the newest on: where mostHits of a
// stretch have words that everybody uses, and too few have them in a row, it ends there.
func (p pgSearch) hits(tx *Tx, table string, e search.Expr, before int64, limit int) (ids []int64, until int64, err error) {
	newest, err := scanInt(tx.row(`SELECT coalesce((SELECT place FROM `+table+` WHERE id < ? ORDER BY id DESC LIMIT 1), 0)`, before).Scan)
	if err != nil {
		return nil, 0, err
	}
	loose, phrase := e.Loose()
	most := limit
	if phrase {
		most = max(limit, mostHits)
	}
	// Without MATERIALIZED the planner walks the primary key for a rare word, and
	// without the sum it makes a map of everything that is older.
	q := `WITH hit AS MATERIALIZED (SELECT id FROM ` + table + ` WHERE words @@ ?::text::tsquery AND id + 0 < ?) SELECT id FROM hit ORDER BY id DESC LIMIT ?`
	for _, near := range []search.Expr{
		search.Or(search.Phrase(stretch("_s", newest, shortStretch)), search.Phrase(stretch("_s", newest-1<<shortStretch, shortStretch))),
		search.Or(search.Phrase(stretch("_l", newest, longStretch)), search.Phrase(stretch("_l", newest-1<<longStretch, longStretch))),
		{},
	} {
		all, err := collect(tx, scanInt, q, search.And(near, loose).TSQuery(), before, most)
		if err != nil {
			return nil, 0, err
		}
		cut := phrase && len(all) == most
		if ids = all; phrase {
			if ids, err = p.inARow(tx, table, e, all, limit); err != nil {
				return nil, 0, err
			}
		}
		switch {
		case len(ids) == limit:
			return ids, 0, nil
		case cut:
			return ids, all[most-1], nil
		}
	}
	return ids, 0, nil
}

// inARow returns those of the newest ids, newest first, that e itself is found in.
func (pgSearch) inARow(tx *Tx, table string, e search.Expr, ids []int64, limit int) ([]int64, error) {
	var found []int64
	for size := 256; len(ids) > 0 && len(found) < limit; size *= 4 {
		part := ids[:min(size, len(ids))]
		ids = ids[len(part):]
		more, err := collect(tx, scanInt, `SELECT id FROM `+table+` WHERE id = ANY(?::text::bigint[]) AND words @@ ?::text::tsquery ORDER BY id DESC LIMIT ?`,
			"{"+listed(part)+"}", e.TSQuery(), limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// batch is of what is gathered anyway; of a phrase each is looked at.
func (pgSearch) batch(e search.Expr) int {
	if _, phrase := e.Loose(); phrase {
		return 1
	}
	return 2048
}

func (pgSearch) has(tx *Tx, table string, id int64, e search.Expr) (bool, error) {
	n, err := scanInt(tx.row(`SELECT count(*) FROM `+table+` WHERE id = ? AND words @@ ?::text::tsquery`, id, e.TSQuery()).Scan)
	return n > 0, err
}

func (pgSearch) rows(table string) string { return table }

// oneOf is the condition that a column has one of these ids, however many.
func (pgSearch) oneOf(column string, ids []int64) (string, []any) {
	return column + ` = ANY(?::text::bigint[])`, []any{"{" + listed(ids) + "}"}
}
