package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// measureSearch measures searching and filters while the number of conversations grows, each
// with ten messages of words that are as unequal as those of a language. What is
// rare is written after everything was copied, so that it is rare at every size.
func measureSearch(ctx context.Context, o options, t *table) error {
	first := map[string]time.Duration{}
	for _, size := range o.sizes {
		if err := measureSearchAt(ctx, o, size, first, t); err != nil {
			return err
		}
	}
	return nil
}

func measureSearchAt(ctx context.Context, o options, size int, first map[string]time.Duration, t *table) error {
	p, indexing, err := library(ctx, o, size)
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("building the search index of %d conversations", size), indexing.Round(time.Second).String())
	if !o.prepare {
		if err := p.filters(ctx, size, first, t); err != nil {
			return err
		}
		if err := p.searches(ctx, size, first, t); err != nil {
			return err
		}
	}
	return p.stop()
}

// library is the program on a database of so many conversations that can be searched,
// and how long its index took: one that an earlier run has kept, or a new one.
func library(ctx context.Context, o options, size int) (*program, time.Duration, error) {
	name := fmt.Sprint("search-", size)
	if o.keep {
		p, k, err := again(ctx, o, name)
		if p != nil || err != nil {
			return p, k.Indexing, err
		}
	}
	p, err := start(ctx, o, name)
	if err != nil {
		return nil, 0, err
	}
	for _, step := range []func(context.Context) error{p.write, p.vary, p.save} {
		if err := step(ctx); err != nil {
			return nil, 0, err
		}
	}
	if err := p.stop(); err != nil {
		return nil, 0, err
	}
	if err := grow(ctx, o, p.database, size, said); err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	if out, err := exec.CommandContext(ctx, binary, "reindex", "--data", p.data, "--database", p.database).CombinedOutput(); err != nil {
		return nil, 0, fmt.Errorf("reindex: %w: %s", err, out)
	}
	indexing := time.Since(begin)
	if o.keep {
		if err := p.leave(indexing); err != nil {
			return nil, 0, err
		}
	}
	return p, indexing, p.run(ctx)
}

// said is what search and filters look at: the copies are without the raw mails and
// requests that the originals came from, a third of what ten million messages weigh.
var said = slices.DeleteFunc(slices.Clone(copied), func(c rows) bool { return c.table == "raw_event" || c.table == "inbound_key" })

// lexicon is words of a language that nobody speaks, the most frequent first.
func lexicon(rnd *rand.Rand, n int) []string {
	syllables := strings.Fields("ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru sta spe tri plo")
	seen := map[string]bool{}
	var all []string
	for len(all) < n {
		w := ""
		for range 1 + rnd.IntN(2) + len(all)/500 {
			w += syllables[rnd.IntN(len(syllables))]
		}
		if w = w[:min(len(w), 14)]; !seen[w] {
			seen[w] = true
			all = append(all, w)
		} else if len(all) < 500 {
			all = append(all, fmt.Sprintf("%s%s", w, syllables[len(all)%len(syllables)]))
			seen[all[len(all)-1]] = true
		}
	}
	return all
}

// write makes conversations of ten messages each.
func (p *program) write(ctx context.Context) error {
	words := lexicon(rand.New(rand.NewPCG(1, 1)), 4000)
	return parallel(base, 16, func(i int) error {
		rnd := rand.New(rand.NewPCG(2, uint64(i)))
		zipf := rand.NewZipf(rnd, 1.1, 4, uint64(len(words)-1))
		name := fmt.Sprintf("%s %s", words[rnd.IntN(400)], words[rnd.IntN(4000)])
		for n := range 10 {
			text := make([]string, 12+rnd.IntN(30))
			for k := range text {
				text[k] = words[zipf.Uint64()]
			}
			if _, err := p.post(ctx, fmt.Sprintf("%s %d", name, i), fmt.Sprint("thread ", i), "everybody "+strings.Join(text, " "), fmt.Sprintf("%d-%d", i, n)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *program) searches(ctx context.Context, size int, first map[string]time.Duration, t *table) error {
	mark := fmt.Sprintf("needle%dword", size)
	for n := range 3 {
		id, err := p.post(ctx, fmt.Sprintf("Wilhelmina Zzyzx%d", size), fmt.Sprint(mark, n), "a very "+mark+" in the haystack number"+mark, fmt.Sprint(mark, n))
		if err != nil {
			return err
		}
		var c struct{ Contact struct{ ID string } }
		if err := p.call(ctx, "GET", p.ws+"/conversations/"+id, nil, &c); err != nil {
			return err
		}
		if err := p.call(ctx, "PATCH", p.ws+"/contacts/"+c.Contact.ID, map[string]string{"phone": fmt.Sprintf("+46 70 %07d", size)}, nil); err != nil {
			return err
		}
	}
	if err := p.findable(ctx, mark); err != nil {
		return err
	}
	for _, part := range []struct {
		what, q string
		aim     time.Duration
		ratio   float64
	}{
		{"a rare word", mark, 50 * time.Millisecond, 2},
		{"a common word", "everybody ", 100 * time.Millisecond, 0},
		{"the beginning of words", "everyb", 100 * time.Millisecond, 0},
		{"a common word and a rare one", "everybody " + mark, 50 * time.Millisecond, 2},
		{"a phrase", `"very ` + mark + `"`, 50 * time.Millisecond, 2},
		{"a phrase of common words", `"everybody ` + lexicon(rand.New(rand.NewPCG(1, 1)), 4000)[0] + `"`, 100 * time.Millisecond, 0},
		{"a word with a slip", strings.Replace(mark, "word", "wrod", 1), 50 * time.Millisecond, 2},
		{"a part of a name", "lhelmin", 50 * time.Millisecond, 2},
		{"a part of a phone number", fmt.Sprintf("%07d", size)[1:], 50 * time.Millisecond, 2},
		{"a word and a condition", "everybody is:unread priority:normal", 100 * time.Millisecond, 0},
		{"a word that nobody wrote", "qqqqqqqq ", 50 * time.Millisecond, 2},
	} {
		path := p.ws + "/search?q=" + url.QueryEscape(part.q)
		all, err := timed(100, func() error { return p.call(ctx, "GET", path, nil, nil) })
		if err != nil {
			return err
		}
		p50, _ := spread(all)
		p95 := all[len(all)*95/100]
		if first[part.what] == 0 {
			first[part.what] = p50
		}
		ratio := float64(p50) / float64(first[part.what])
		aim := fmt.Sprintf("p95 ≤ %d ms", part.aim.Milliseconds())
		if part.ratio > 0 {
			aim += fmt.Sprintf(", ≤ %.0f×", part.ratio)
		}
		t.aim(fmt.Sprintf("search for %s at %d conversations, p50 / p95, ratio to the smallest", part.what, size),
			fmt.Sprintf("%s, %.1f×", pair(p50, p95), ratio), aim, p95 <= part.aim && (part.ratio == 0 || ratio <= part.ratio || p50 < 5*time.Millisecond))
	}
	return nil
}

// findable waits until what was just written is found, and says how long it took.
func (p *program) findable(ctx context.Context, word string) error {
	for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		var r struct{ Conversations []struct{} }
		if err := p.call(ctx, "GET", p.ws+"/search?q="+word, nil, &r); err != nil {
			return err
		}
		if len(r.Conversations) == 3 {
			return nil
		}
	}
	return fmt.Errorf("%s is not found", word)
}
