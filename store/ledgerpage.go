package store

import (
	"strings"

	"parley/desk"
)

// LedgerPage is which part of a ledger somebody looks at.
type LedgerPage struct {
	Search  string         // words in the sender, the recipient or the reason, whatever their case
	Channel desk.ChannelID // 0 is every channel
	Before  int64          // an id of an earlier page; 0 is the newest
	Limit   int
}

// searchAtOnce is how many entries one page is searched for among. A search that
// finds little goes on with the next page, instead of reading years at once.
const searchAtOnce = 20_000

func (p *LedgerPage) begin() {
	if p.Before == 0 {
		p.Before = 1<<63 - 1
	}
}

// narrow reports whether entries must be read to know whether they belong here.
func (p LedgerPage) narrow() bool { return p.Search != "" || p.Channel != 0 }

// matches returns the condition of a search in columns.
func (p LedgerPage) matches(channel string, columns ...string) (string, []any) {
	where, args := "", []any{}
	if p.Channel != 0 {
		where, args = " AND "+channel+" = ?", append(args, p.Channel)
	}
	for word := range strings.FieldsSeq(strings.ToLower(p.Search)) {
		like := "%" + likeEscaper.Replace(word) + "%"
		var any []string
		for _, c := range columns {
			any = append(any, "lower("+c+`) LIKE ? ESCAPE '!'`)
			args = append(args, like)
		}
		where += " AND (" + strings.Join(any, " OR ") + ")"
	}
	return where, args
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// edge returns the id that is searchAtOnce entries further back, or 0.
func (tx *Tx) edge(q string, args ...any) (int64, error) {
	ids, err := collect(tx, scanInt, q+` ORDER BY id DESC LIMIT 1 OFFSET ?`, append(args, searchAtOnce)...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}
