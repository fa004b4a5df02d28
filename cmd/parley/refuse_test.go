package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"parley/store/storetest"
)

// ran is how the program ended.
type ran struct {
	code              int
	stdout, stderr    string
	stillRunsAtTheEnd bool
}

// runs starts the program to its end, with an environment of its own.
func runs(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PARLEY_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, "PARLEY_TEST_MAIN=1"), env...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(""), &out, &errs
	err := cmd.Run()
	r := ran{stdout: out.String(), stderr: errs.String(), stillRunsAtTheEnd: ctx.Err() != nil}
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		r.code = e.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return r
}

// What the program cannot begin with, it says in one sentence that names what is
// wrong, and ends with a code of its own: 2 when it was asked wrongly, 1 when what
// it was given does not do.
func TestRefusals(t *testing.T) {
	file := func(t *testing.T, content string) string {
		t.Helper()
		name := filepath.Join(t.TempDir(), "parley.db")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	serve := func(t *testing.T, args ...string) []string {
		return append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--smtp", ""}, args...)
	}
	const secret = "hunter-two"
	for name, tt := range map[string]struct {
		env  []string
		args func(t *testing.T) []string
		code int
		says string
	}{
		"no folder for the database": {nil, func(t *testing.T) []string {
			return serve(t, "--database", filepath.Join(t.TempDir(), "none", "parley.db"))
		}, 1, "There is no folder"},
		"a file where the data folder should be": {nil, func(t *testing.T) []string {
			return []string{"serve", "--data", filepath.Join(file(t, "x"), "data"), "--listen", "127.0.0.1:0"}
		}, 1, "The data folder"},
		"a folder for a database": {nil, func(t *testing.T) []string { return serve(t, "--database", t.TempDir()) }, 1, "cannot be opened"},
		"a file that is no database": {nil, func(t *testing.T) []string {
			return serve(t, "--database", file(t, strings.Repeat("this is a letter to my mother ", 500)))
		}, 1, "is not a Parley database"},
		"a database that is damaged":    {nil, func(t *testing.T) []string { return serve(t, "--database", damaged(t)) }, 1, "damaged"},
		"a database of another program": {nil, func(t *testing.T) []string { return serve(t, "--database", foreignDatabase(t)) }, 1, "is not a Parley database"},
		"a database that is locked":     {nil, func(t *testing.T) []string { return serve(t, "--database", locked(t)) }, 1, "locked by another program"},
		"a database of a newer program": {nil, func(t *testing.T) []string { return serve(t, "--database", newer(t)) }, 1, "Start the newer Parley"},
		"a port that is taken":          {nil, func(t *testing.T) []string { return append(serve(t), "--listen", taken(t)) }, 1, "Another program listens on"},
		"an address that is none":       {nil, func(t *testing.T) []string { return append(serve(t), "--listen", "nowhere") }, 1, "cannot listen on nowhere"},
		"a port that is none":           {nil, func(t *testing.T) []string { return append(serve(t), "--listen", "127.0.0.1:99999") }, 1, "cannot listen on"},
		"a mail port that is taken":     {nil, func(t *testing.T) []string { return append(serve(t), "--smtp", taken(t)) }, 1, "Mail cannot be taken in"},
		"a key file that is garbled": {nil, func(t *testing.T) []string {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "master.key"), []byte(secret), 0o600); err != nil {
				t.Fatal(err)
			}
			return []string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--smtp", ""}
		}, 1, "master.key"},
		"a key that is too short":       {[]string{"PARLEY_KEY=" + secret}, func(t *testing.T) []string { return serve(t) }, 1, "64 hexadecimal digits"},
		"a setting that is not known":   {[]string{"PARLEY_LISTN=127.0.0.1:1"}, func(t *testing.T) []string { return serve(t) }, 2, "PARLEY_LISTN"},
		"a number that is none":         {[]string{"PARLEY_NODE=one"}, func(t *testing.T) []string { return serve(t) }, 2, "one"},
		"a number that is out of range": {nil, func(t *testing.T) []string { return serve(t, "--node", "1024") }, 2, "--node"},
		"a number below nothing":        {nil, func(t *testing.T) []string { return serve(t, "--node=-1") }, 2, "--node"},
		"yes or no that is neither":     {[]string{"PARLEY_VERBOSE=maybe"}, func(t *testing.T) []string { return serve(t) }, 2, "maybe"},
		"a public address that is none": {nil, func(t *testing.T) []string { return serve(t, "--public-url", "desk.example.com") }, 2, "--public-url"},
		"a network that is none":        {nil, func(t *testing.T) []string { return serve(t, "--allow", "the office") }, 1, "the office"},
		"a flag that is not known":      {nil, func(t *testing.T) []string { return serve(t, "--prot", "8080") }, 2, "--prot"},
		"a command that is not known":   {nil, func(*testing.T) []string { return []string{"sevre"} }, 2, "sevre"},
		"PostgreSQL that is not there": {nil, func(t *testing.T) []string {
			return serve(t, "--database", "postgres://me:"+secret+"@127.0.0.1:1/parley")
		}, 1, "PostgreSQL does not answer"},
		"a PostgreSQL address of no form": {nil, func(t *testing.T) []string {
			return serve(t, "--database", "postgres://me:"+secret+"@127.0.0.1:port/parley")
		}, 1, "address of the PostgreSQL database"},
		"a database that is no address": {nil, func(t *testing.T) []string { return serve(t, "--database", "mysql://me:"+secret+"@127.0.0.1/parley") }, 1, "postgres://"},
		"a password for nobody": {nil, func(t *testing.T) []string {
			return []string{"user", "password", "--data", t.TempDir(), "nobody@example.com"}
		}, 1, "password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runs(t, tt.env, tt.args(t)...)
			said := strings.TrimSpace(withoutLog(got.stderr))
			switch {
			case got.stillRunsAtTheEnd:
				t.Fatalf("it runs:\n%s", got.stderr)
			case got.code != tt.code:
				t.Errorf("it ends with %d, not %d: %s", got.code, tt.code, said)
			case !strings.Contains(said, tt.says):
				t.Errorf("it does not say %q: %s", tt.says, said)
			}
			if lines := strings.Split(said, "\n"); len(lines) != 1 || !strings.HasPrefix(lines[len(lines)-1], "parley: ") {
				t.Errorf("it is not one sentence:\n%s", said)
			}
			if strings.Contains(said+got.stdout, secret) || strings.Contains(said, "goroutine") {
				t.Errorf("it tells too much: %s", said)
			}
		})
	}
}

// withoutLog leaves out what the program logged before it ended.
func withoutLog(text string) (rest string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "time=") {
			rest += line
		}
	}
	return rest
}

// database makes a database of this program.
func database(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "parley.db")
	if got := runs(t, nil, "migrate", "--data", filepath.Dir(name), "--database", name); got.code != 0 {
		t.Fatal(got.stderr)
	}
	return name
}

func inside(t *testing.T, name, statement string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	return db
}

func newer(t *testing.T) string {
	name := database(t)
	inside(t, name, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	return name
}

func locked(t *testing.T) string {
	name := database(t)
	inside(t, name, "BEGIN EXCLUSIVE")
	return name
}

func foreignDatabase(t *testing.T) string {
	name := filepath.Join(t.TempDir(), "photos.db")
	inside(t, name, "CREATE TABLE photo (id INTEGER PRIMARY KEY, person TEXT); CREATE TABLE person (name TEXT)")
	return name
}

func damaged(t *testing.T) string {
	name := database(t)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[100:], bytes.Repeat([]byte{0xff}, len(b)-100))
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func taken(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// PostgreSQL that has no such database, and one of a newer program.
func TestRefusalsOnPostgres(t *testing.T) {
	url := storetest.URL(t)
	if !strings.HasPrefix(url, "postgres") {
		t.Skip("PARLEY_TEST_POSTGRES is not set")
	}
	args := func(database string) []string {
		return []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--smtp", "", "--database", database}
	}
	if got := runs(t, nil, args(strings.Replace(url, "/postgres?", "/none?", 1))...); got.code != 1 || !strings.Contains(got.stderr, "none") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%d: %s", got.code, got.stderr)
	}
	if got := runs(t, nil, "migrate", "--data", t.TempDir(), "--database", url); got.code != 0 {
		t.Fatal(got.stderr)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	if got := runs(t, nil, args(url)...); got.code != 1 || !strings.Contains(got.stderr, "Start the newer Parley") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("%d: %s", got.code, got.stderr)
	}
}
