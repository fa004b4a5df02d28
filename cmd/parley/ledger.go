package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"parley/ledger"
)

type ledgerCmd struct {
	Verify verifyCmd `cmd:"" help:"Prove that every arrival and every message has ended as it says, and that nothing is missing. Parley may run meanwhile."`
}

type verifyCmd struct {
	storage `embed:""`
	JSON    bool          `help:"Print the report as JSON."`
	Quick   bool          `help:"Look whether files are there, but do not read them."`
	Grace   time.Duration `default:"1h" help:"How long an arrival may take to end."`
}

// Run verifies; what is wrong makes exit code 1.
func (c *verifyCmd) Run(ctx context.Context) (err error) {
	db, blobs, err := c.current(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := ledger.Verify(ctx, ledger.Options{DB: db, Blobs: blobs, Now: time.Now, Hash: !c.Quick, Grace: c.Grace})
	if err != nil {
		return err
	}
	if c.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		printReport(os.Stdout, r)
	}
	if err == nil && !r.OK() {
		err = errSaid
	}
	return err
}

func printReport(w io.Writer, r ledger.Report) {
	fmt.Fprintf(w, "Arrived: %s\nSent:    %s\n\n", counts(r.Inbound), counts(r.Outbound))
	for _, c := range r.Checks {
		word := "ok   "
		if c.Found > 0 {
			word = "WRONG"
		}
		fmt.Fprintf(w, "%s  %-9s %s", word, c.Name, c.Proves)
		if c.Looked > 0 {
			fmt.Fprintf(w, " (%d)", c.Looked)
		}
		fmt.Fprintln(w)
		for _, f := range r.Findings {
			if f.Check == c.Name {
				fmt.Fprintf(w, "         %s: %s\n", f.Subject, f.What)
			}
		}
		if c.Found == ledger.Limit {
			fmt.Fprintf(w, "         There may be more; the first %d are listed.\n", ledger.Limit)
		}
	}
	if r.OK() {
		fmt.Fprintln(w, "\nEverything adds up.")
		return
	}
	fmt.Fprintf(w, "\n%d findings. Keep a backup of this state before you change anything: parley backup.\n", len(r.Findings))
}

func counts(m map[string]int64) string {
	if len(m) == 0 {
		return "nothing"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%d %s", m[name], strings.ReplaceAll(name, "_", " ")))
	}
	return strings.Join(parts, ", ")
}
