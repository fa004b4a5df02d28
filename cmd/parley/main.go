// Command parley is the home of a team's conversations with its customers.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"parley/desk"
)

// version is set when a release is built.
var version = "dev"

// cli is every command and every setting. Settings are flags, or variables of
// the environment with the prefix PARLEY_.
type cli struct {
	Serve   serveCmd     `cmd:"" default:"withargs" help:"Start Parley and serve until Ctrl-C."`
	Demo    demoCmd      `cmd:"" help:"Make a workspace that looks lived in, and serve it."`
	Migrate migrateCmd   `cmd:"" help:"Bring the database's schema up to date after a snapshot, or put the snapshot back."`
	Backup  backupCmd    `cmd:"" help:"Write everything into one file, while Parley runs."`
	Restore restoreCmd   `cmd:"" help:"Put a backup into an empty folder or database."`
	Import  importCmd    `cmd:"" help:"Bring mails from elsewhere into an inbox."`
	Read    readAgainCmd `cmd:"" name:"read-again" help:"Read mails again from what they arrived as, as this version reads them. Where they belong and what was sent stay."`
	Reindex reindexCmd   `cmd:"" help:"Build the search index anew."`
	Ledger  ledgerCmd    `cmd:"" help:"Prove that nothing was lost."`
	Healthy healthyCmd   `cmd:"" help:"Ask the Parley on this machine whether it is ready; for health checks."`
	Doctor  doctorCmd    `cmd:"" help:"Look at an install and say what is not well and what to do."`
	User    userCmd      `cmd:"" help:"Reset somebody's password."`
	OpenAPI openapiCmd   `cmd:"" name:"openapi" help:"Print the description of the HTTP API."`

	Version kong.VersionFlag `help:"Print the version."`
	Verbose bool             `short:"v" env:"PARLEY_VERBOSE" help:"Log more."`
	LogJSON bool             `name:"log-json" env:"PARLEY_LOG_JSON" help:"Log in JSON, one object in a line."`
}

// storage is where everything is kept.
type storage struct {
	Data     string `default:"data" env:"PARLEY_DATA" type:"path" help:"Folder for the database, files and the master key."`
	Database string `env:"PARLEY_DATABASE" placeholder:"URL" help:"postgres://… to use PostgreSQL; by default SQLite in the data folder."`
	Key      string `env:"PARLEY_KEY" placeholder:"HEX" help:"Master key, 64 hexadecimal digits; by default a file in the data folder. After a comma, earlier keys, which only open what they sealed."`
}

// errSaid ends a command with code 1 whose report has said what is wrong.
var errSaid = errors.New("see the report")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	if bad := unknownSettings(os.Environ()); bad != "" {
		fmt.Fprintln(os.Stderr, "parley: "+bad)
		os.Exit(2)
	}
	parser := kong.Must(&c, kong.Name("parley"), kong.Description("The home of a team's conversations with its customers."),
		kong.Vars{"version": version}, kong.BindTo(ctx, (*context.Context)(nil)))
	k, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "parley: "+err.Error()+"; parley --help says what there is")
		os.Exit(2)
	}
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	var lines slog.Handler = slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	if c.LogJSON {
		lines = slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	}
	log := slog.New(lines)
	if err := k.Run(log); err != nil {
		var e *desk.Error
		if errors.As(err, &e) {
			err = e
		}
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "parley: "+err.Error())
		}
		os.Exit(1)
	}
}
