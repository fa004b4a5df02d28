package store

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/desk"
	"parley/search"
)

const (
	// begunWords is how many words are tried for one that is still being typed.
	begunWords = 40
	// begunLook is how many words with that beginning are looked at for the most
	// frequent of them.
	begunLook = 20_000
	// nearWords is how many words are tried for one that nobody ever wrote.
	nearWords = 4
	// nearTimes is how many words of one question are mended.
	nearTimes = 3
)

// countWords adds to how often words are used.
func (tx *WriteTx) countWords(workspace desk.WorkspaceID, counts map[string]int) error {
	words := slices.Sorted(maps.Keys(counts)) // in one order, whoever writes
	const rows = 64
	for part := range slices.Chunk(words, rows) {
		args := make([]any, 0, 3*len(part))
		for _, w := range part {
			args = append(args, workspace, w, counts[w])
		}
		err := tx.exec(`INSERT INTO search_word (workspace_id, word, docs) VALUES (?, ?, ?)`+strings.Repeat(", (?, ?, ?)", len(part)-1)+`
			ON CONFLICT (workspace_id, word) DO UPDATE SET docs = search_word.docs + excluded.docs`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func scanText(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}

// meant returns what a question was probably meant to be: the last word as the
// beginning of words that people use, and one that nobody ever wrote as words that
// are one slip away from it. instead are those, by the word as it was typed. They
// are of the whole workspace: they must not be shown before they were found in
// something that the reader may read.
func (tx *Tx) meant(e search.Expr, begun string) (_ search.Expr, instead map[string][]string, err error) {
	words := e.Singles()
	if len(words) == 0 {
		return e, nil, nil
	}
	list, args := in(words)
	used, err := collect(tx, scanText, `SELECT word FROM search_word WHERE workspace_id = ? AND word IN `+list, append([]any{tx.scope.Workspace}, args...)...)
	if err != nil {
		return e, nil, err
	}
	more := map[string][]string{}
	instead = map[string][]string{}
	for _, w := range words {
		if w == begun && utf8.RuneCountInString(w) > 1 {
			if more[w], err = tx.begun(w); err != nil {
				return e, nil, err
			}
		}
		if slices.Contains(used, w) || len(more[w]) > 0 || len(instead) == nearTimes {
			continue
		}
		near, err := tx.near(w)
		if err != nil {
			return e, nil, err
		}
		if len(near) > 0 {
			more[w], instead[w] = near, near
		}
	}
	return e.Replace(func(w string) search.Expr {
		either := []search.Expr{search.Phrase(w)}
		for _, m := range more[w] {
			if m != w {
				either = append(either, search.Phrase(m))
			}
		}
		return search.Or(either...)
	}), instead, nil
}

// begun returns the words most used that begin so.
func (tx *Tx) begun(word string) ([]string, error) {
	return collect(tx, scanText, `SELECT word FROM (SELECT word, docs FROM search_word WHERE workspace_id = ? AND word >= ? AND word < ? LIMIT ?) part
		ORDER BY docs DESC, word LIMIT ?`, tx.scope.Workspace, word, word+string(utf8.MaxRune), begunLook, begunWords)
}

// near returns the words most used that are one slip away.
func (tx *Tx) near(word string) ([]string, error) {
	all := search.Near(word)
	if len(all) == 0 {
		return nil, nil
	}
	list, args := in(all)
	return collect(tx, scanText, `SELECT word FROM search_word WHERE workspace_id = ? AND word IN `+list+` ORDER BY docs DESC, word LIMIT ?`,
		append(append([]any{tx.scope.Workspace}, args...), nearWords)...)
}
