package main

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// table is what was measured, in order.
type table struct{ rows []row }

type row struct{ what, figure, aim, met string }

// add notes a figure without an aim.
func (t *table) add(what, figure string) { t.aim(what, figure, "", true) }

// aim notes a figure and whether it is what we set out to reach.
func (t *table) aim(what, figure, aim string, met bool) {
	r := row{what, figure, aim, ""}
	if aim != "" {
		r.met = map[bool]string{true: "yes", false: "no"}[met]
	}
	slog.Info(what, "is", figure, "aim", aim)
	t.rows = append(t.rows, r)
}

func (t *table) print(w io.Writer, head string) {
	fmt.Fprintf(w, "\n%s\n\n", head)
	for _, r := range t.rows {
		fmt.Fprintf(w, "%-62s %28s  %-22s %s\n", r.what, r.figure, r.aim, r.met)
	}
}

func (t *table) markdown(w io.Writer, head string) {
	fmt.Fprintf(w, "\n## %s\n\n| what | measured | aim | met |\n|---|---|---|---|\n", head)
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.what, r.figure, r.aim, r.met)
	}
}

// spread is the p50 and p99 of some times.
func spread(all []time.Duration) (p50, p99 time.Duration) {
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }

func pair(p50, p99 time.Duration) string { return ms(p50) + " / " + ms(p99) + " ms" }

func kib(n int64) string { return fmt.Sprintf("%.1f KiB", float64(n)/1024) }
func kb(n int64) string  { return fmt.Sprintf("%.1f kB", float64(n)/1e3) }
func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/1024/1024) }
