// Command score says how well mail is read, on a folder of examples with
// expectations: files called cases*.jsonl, one case to a line, whose "kind" says
// what is expected. scripts/score-mail runs it; docs/mail.md says what it prints.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"

	"parley/internal/mailtest"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-costly" {
		if err := json.NewEncoder(os.Stdout).Encode(readCostly(context.Background())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	verbose := len(os.Args) == 3 && os.Args[1] == "-v"
	if len(os.Args) != 2 && !verbose {
		fmt.Fprintln(os.Stderr, "usage: scripts/score-mail [-v] FOLDER-OF-EXAMPLES")
		os.Exit(2)
	}
	s, err := Score(context.Background(), os.Args[len(os.Args)-1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if verbose {
		sort.Strings(s.Remarks)
		for _, r := range s.Remarks {
			fmt.Println(r)
		}
	}
	fmt.Print(s)
}

// Result is the sums over all sets of a folder.
type Result struct {
	Mails, Stored, Unreadable     int // Unreadable are stored, and shown as such
	Fields, Agree                 int
	Replies, Exact, Safe, Hiding  int // Safe show more than the reply, Hiding less
	Payloads, Harmless            int
	SlowestMail, SlowestReply     time.Duration
	SlowestMailID, SlowestReplyID string
	MostMemory                    uint64 // bytes allocated for one mail, counting what was freed meanwhile
	MostMemoryID                  string
	SlowestPayload                time.Duration
	SlowestPayloadID              string
	Remarks                       []string
	dir                           string
	seen                          map[string]bool
}

// String returns what the command prints.
func (r Result) String() string {
	var b strings.Builder
	share := func(part, all int) string {
		if all == 0 {
			return ""
		}
		return fmt.Sprintf(" (%.1f %%)", 100*float64(part)/float64(all))
	}
	fmt.Fprintf(&b, "mails stored              %d of %d%s, of them shown as unreadable: %d\n", r.Stored, r.Mails, share(r.Stored, r.Mails), r.Unreadable)
	fmt.Fprintf(&b, "fields that agree         %d of %d%s\n", r.Agree, r.Fields, share(r.Agree, r.Fields))
	fmt.Fprintf(&b, "visible reply: exact      %d of %d%s\n", r.Exact, r.Replies, share(r.Exact, r.Replies))
	fmt.Fprintf(&b, "visible reply: too much   %d of %d%s\n", r.Safe, r.Replies, share(r.Safe, r.Replies))
	fmt.Fprintf(&b, "visible reply: words lost %d of %d%s\n", r.Hiding, r.Replies, share(r.Hiding, r.Replies))
	fmt.Fprintf(&b, "payloads made harmless    %d of %d%s\n", r.Harmless, r.Payloads, share(r.Harmless, r.Payloads))
	fmt.Fprintf(&b, "slowest mail              %v (%s)\n", r.SlowestMail.Round(time.Microsecond), r.SlowestMailID)
	fmt.Fprintf(&b, "slowest reply             %v (%s)\n", r.SlowestReply.Round(time.Microsecond), r.SlowestReplyID)
	fmt.Fprintf(&b, "slowest payload           %v (%s)\n", r.SlowestPayload.Round(time.Microsecond), r.SlowestPayloadID)
	fmt.Fprintf(&b, "most memory for a mail    %.1f MB (%s)\n", float64(r.MostMemory)/1e6, r.MostMemoryID)
	return b.String()
}

// Score goes through every file of cases below dir. Fields of a mail that is in
// two files of expectations are counted in both, the mail itself once.
func Score(ctx context.Context, dir string) (*Result, error) {
	r := &Result{dir: dir, seen: map[string]bool{}}
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "cases") || !strings.HasSuffix(d.Name(), ".jsonl") {
			return err
		}
		files++
		return mailtest.Lines(name, func(line []byte) error { return r.one(ctx, line) })
	})
	if err == nil && files == 0 {
		err = errors.New("there is no file cases*.jsonl in " + dir)
	}
	return r, err
}

func (r *Result) one(ctx context.Context, line []byte) error {
	var c struct{ ID, Kind, Input string }
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	switch c.Kind {
	case "email-parse", "email-reply", "auto-reply", "bounce":
		return r.mail(ctx, line)
	case "reply-trim":
		return r.reply(line)
	case "html-sanitize":
		r.payload(c.ID, c.Input)
	}
	return nil
}

func (r *Result) remark(format string, args ...any) {
	r.Remarks = append(r.Remarks, fmt.Sprintf(format, args...))
}

// measured runs do and returns how long it took and what it allocated.
func measured(do func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	do()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}
