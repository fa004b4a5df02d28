// Command bench measures Parley as one process from outside: it builds and
// starts the real program on an empty database, loads it over HTTP and sockets
// on this machine, prints one table and writes docs/benchmarks.md.
//
// What a disk can do differs more between machines than programs do, so the
// write rates stand beside the raw rate of the same database on the same disk.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type options struct {
	database string        // postgres://…, or empty for SQLite
	dir      string        // where data goes: the disk that is measured
	sizes    []int         // conversations at which lists are measured
	sockets  int           // idle connections
	stretch  time.Duration // how long each load lasts
	soak     time.Duration // 0 for none
	late     int           // conversations that become late together
	mailbox  int           // conversations at which keys are measured
	bulk     int           // conversations that are changed with one decision
	only     string
	out      string
	keep     bool   // databases of search and keys stay in dir, and are used again
	prepare  bool   // make them, measure nothing
	profile  string // folder for profiles of the loads; empty for none
}

func main() {
	var o options
	sizes := flag.String("sizes", "10000,100000,1000000", "numbers of conversations at which lists are measured")
	flag.StringVar(&o.database, "database", "", "postgres://… to measure on PostgreSQL; by default SQLite")
	flag.StringVar(&o.dir, "dir", "", "folder on the disk to measure; by default a temporary one")
	flag.IntVar(&o.sockets, "sockets", 2000, "idle connections to hold open")
	flag.DurationVar(&o.stretch, "stretch", 8*time.Second, "how long each load lasts")
	flag.DurationVar(&o.soak, "soak", 0, "how long to run under steady load and watch the memory")
	flag.StringVar(&o.only, "only", "", "measure only these parts, by comma: size, start, write, feed, lists, search, mail, late, bulk, keys, idle, soak")
	flag.IntVar(&o.late, "late", 10_000, "how many conversations become late in the same second")
	flag.IntVar(&o.mailbox, "mailbox", 50_000, "number of conversations at which keys are measured")
	flag.IntVar(&o.bulk, "bulk", 10_000, "how many conversations are changed with one decision")
	flag.BoolVar(&o.keep, "keep", false, "leave the databases of search and keys in -dir, and use those that are there: ten million messages take an hour")
	flag.BoolVar(&o.prepare, "prepare", false, "make the databases of search and measure nothing of them")
	flag.StringVar(&o.profile, "profile", "", "folder to write profiles of the program under load to")
	flag.StringVar(&o.out, "out", "", "file to add the table to, in Markdown")
	flag.Parse()
	for s := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: -sizes takes numbers, for instance 10000,100000")
			os.Exit(2)
		}
		o.sizes = append(o.sizes, n)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.dir == "" {
		dir, err := os.MkdirTemp("", "parley-bench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
	}
	t := &table{}
	parts := []struct {
		name string
		fn   func(context.Context, options, *table) error
	}{
		{"size", measureSize}, {"start", measureStart}, {"write", measureWrites}, {"feed", measureFeed},
		{"lists", measureLists}, {"search", measureSearch}, {"mail", measureMail}, {"late", measureLate}, {"bulk", measureBulk}, {"keys", measureKeys}, {"idle", measureIdle}, {"soak", measureSoak},
	}
	for _, p := range parts {
		if o.only != "" && !strings.Contains(","+o.only+",", ","+p.name+",") {
			continue
		}
		slog.Info("measuring", "part", p.name)
		if err := p.fn(ctx, o, t); err != nil {
			t.print(os.Stderr, "measured until then")
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	name := "SQLite"
	if o.database != "" {
		name = "PostgreSQL"
	}
	head := fmt.Sprintf("%s, %s, %d cores, %s, %s", name, cpu(), runtime.NumCPU(), runtime.Version(), time.Now().Format("2006-01-02"))
	t.print(os.Stdout, head)
	if o.out == "" {
		return nil
	}
	f, err := os.OpenFile(filepath.Clean(o.out), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	t.markdown(f, head)
	return f.Close()
}

// cpu is the processor's name, where the system tells it.
func cpu() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.SplitSeq(string(b), "\n") {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return runtime.GOARCH
}
